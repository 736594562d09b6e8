"""Editors' routes that run the house: how ingest stands, refused input and its mend, and what was done last."""

from __future__ import annotations

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from callers import caller
from http_api import ArticleId, answered_with, request_bytes, respond
from http_json import decode_json
from machtin.answers import AuditAnswer
from machtin.audit import LONGEST_REASON
from machtin.bootstrap import operations, service
from machtin.errors import InvalidInput, Problem
from machtin.ingest_status import IngestAnswer
from machtin.refused_mending import MendedAnswer, RefusedEntry, RefusedList

Size = Annotated[int, Query(ge=1, le=200, description="At most this many")]
Reason = Annotated[str | None, Query(max_length=LONGEST_REASON, description="Why; kept in the audit trail")]


def add_ingest(app: APIGatewayHttpResolver) -> None:
    """Let a resolver answer them; that the caller is an editor is seen to before."""

    @app.get(
        "/v1/ingest",
        summary="How ingest stands",
        responses=answered_with(IngestAnswer, "What waits, what was refused, what feeds told", 401),
    )
    def ingest_status() -> Response[str]:
        return respond(operations().ingest.look())

    @app.get(
        "/v1/ingest/refused",
        summary="Input that could not be taken",
        responses=answered_with(RefusedList, "Newest first", 401),
    )
    def refused(size: Size = 50) -> Response[str]:
        return respond(operations().refused.newest(size))

    @app.get(
        "/v1/ingest/refused/<refusal_id>",
        summary="A piece of refused input, to be mended",
        responses=answered_with(RefusedEntry, "The input and its reasons", 401, 404),
    )
    def show_refused(refusal_id: ArticleId) -> Response[str]:
        return respond(operations().refused.show(refusal_id))

    @app.post(
        "/v1/ingest/refused/<refusal_id>/retry",
        summary="Take refused input in after all",
        responses=answered_with(MendedAnswer, "Taken", 401, 404, 413, 415, status=202),
    )
    def retry_refused(refusal_id: ArticleId, reason: Reason = None) -> Response[str]:
        by = caller(app, reason or f"refused input {refusal_id}")
        return respond(operations().refused.retry(refusal_id, _sent_input(app), by), 202)

    @app.delete(
        "/v1/ingest/refused/<refusal_id>",
        summary="Dismiss refused input",
        responses=answered_with(RefusedList, "What is left, newest first", 401, 404),
    )
    def dismiss_refused(refusal_id: ArticleId, reason: Reason = None) -> Response[str]:
        kept = operations().refused
        kept.dismiss(refusal_id, caller(app, reason))
        return respond(kept.newest(50))

    @app.get(
        "/v1/audit",
        summary="What was done last in the whole house",
        responses=answered_with(AuditAnswer, "Newest first", 401),
    )
    def latest_audit(size: Size = 50) -> Response[str]:
        return respond(service().editing.latest(size))


def _sent_input(app: APIGatewayHttpResolver) -> str | None:
    """``{"input": "…"}``, what an editor has made of it; or nothing at all. Raises InvalidInput naming the field."""
    if not (app.current_event.get("body") or "").strip():
        return None
    document: Any = decode_json(request_bytes(app))
    if not isinstance(document, dict):
        raise InvalidInput.of("body", 'must be a JSON object: {"input": "the mended input"}')
    if unknown := sorted(document.keys() - {"input"}):
        raise InvalidInput([Problem(name, "is not a field here; known: input") for name in unknown])
    mended = document.get("input")
    if mended is not None and not isinstance(mended, str):
        raise InvalidInput.of("input", "must be a text: the line, the page or the file as it should have been")
    return mended
