"""Editors' routes to the golden queries that every re-index is measured by: read, add, change, forget."""

from __future__ import annotations

from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from callers import caller
from http_api import ArticleId, answered_with, request_bytes, respond
from http_json import decode_json
from machtin.bootstrap import operations
from machtin.errors import InvalidInput, Problem
from machtin.golden_editing import GoldenList, GoldenQuery, Judged

FIELDS: Final = ("query", "articles", "revision")
Revision = Annotated[str, Query(max_length=64, description="The query's revision when it was seen")]


def add_golden(app: APIGatewayHttpResolver) -> None:
    """Let a resolver answer them; that the caller is an editor is seen to before."""

    @app.get(
        "/v1/golden",
        summary="All golden queries",
        responses=answered_with(GoldenList, "In the order of their files", 401),
    )
    def list_golden() -> Response[str]:
        return respond(operations().golden.all())

    @app.post(
        "/v1/golden",
        summary="Judge a new query",
        responses=answered_with(GoldenQuery, "Kept", 401, 409, 413, 415, status=201),
    )
    def add_golden_query() -> Response[str]:
        return respond(operations().golden.add(_sent(app), caller(app)), 201)

    @app.put(
        "/v1/golden/<golden_id>",
        summary="Change a golden query",
        responses=answered_with(GoldenQuery, "Kept; worded anew it has another id", 401, 404, 409, 413, 415),
    )
    def change_golden_query(golden_id: ArticleId) -> Response[str]:
        return respond(operations().golden.change(golden_id, _sent(app, revision=True), caller(app)))

    @app.delete(
        "/v1/golden/<golden_id>",
        summary="Forget a golden query",
        responses=answered_with(GoldenList, "What is left", 401, 404, 409),
    )
    def forget_golden_query(golden_id: ArticleId, revision: Revision) -> Response[str]:
        golden = operations().golden
        golden.forget(golden_id, revision, caller(app))
        return respond(golden.all())


def _sent(app: APIGatewayHttpResolver, *, revision: bool = False) -> Judged:
    """``{"query": …, "articles": [{"id": …, "grade": …}], "revision": …}``. Raises InvalidInput naming each field."""
    document: Any = decode_json(request_bytes(app))
    if not isinstance(document, dict):
        raise InvalidInput.of("body", 'must be a JSON object: {"query": "…", "articles": [{"id": "…", "grade": 1}]}')
    known = FIELDS if revision else FIELDS[:-1]
    problems = [
        Problem(name, f"is not a field here; known: {', '.join(known)}") for name in sorted(document.keys() - {*known})
    ]
    query, articles, seen = (document.get(name) for name in FIELDS)
    if not isinstance(query, str):
        problems.append(Problem("query", "must be a text: what readers would type"))
    if not isinstance(articles, list):
        problems.append(Problem("articles", 'must be a list of {"id": "…", "grade": 1}'))
    if revision and not isinstance(seen, str):
        problems.append(Problem("revision", "must be the one that the query had when it was seen; see GET /v1/golden"))
    rows = [_row(at, one, problems) for at, one in enumerate(articles if isinstance(articles, list) else [])]
    if problems:
        raise InvalidInput(problems)
    return Judged(str(query), rows, str(seen) if revision else None)


def _row(at: int, one: object, problems: list[Problem]) -> tuple[str, int]:
    """An article, by id or address, with its grade, 1 where none is given."""
    place = f"articles[{at}]"
    if not isinstance(one, dict):
        problems.append(Problem(place, 'must be an object: {"id": "…", "grade": 1}'))
        return "", 0
    if unknown := sorted(one.keys() - {"id", "grade"}):
        problems += [Problem(f"{place}.{name}", "is not a field here; known: id, grade") for name in unknown]
    article, grade = one.get("id"), one.get("grade", 1)
    if not isinstance(article, str):
        problems.append(Problem(f"{place}.id", "must be the id of an article, or its address (https://…)"))
    if not isinstance(grade, int) or isinstance(grade, bool) or not 0 <= grade <= 9:
        problems.append(Problem(f"{place}.grade", "must be a whole number from 0 (does not answer) to 9"))
    return str(article), grade if isinstance(grade, int) else 0
