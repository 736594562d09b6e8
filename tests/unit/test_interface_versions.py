"""What applications rely on stays: promises of the interface, and how answers tell that something will go."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from http_deprecation import DEPRECATED, Deprecated, announcing
from interface_promises import broken, kept, promises
from machtin.adapters.local_http import LocalContext
from machtin.web_files import FOLDER

ROOT: Final = Path(__file__).parent.parent.parent
DOCUMENT: Final[dict[str, Any]] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
OLD: Final = Deprecated(
    "GET /v1/things/{thing}",
    since=datetime(2026, 1, 1, tzinfo=UTC),
    sunset=datetime(2026, 7, 1, tzinfo=UTC),
    instead="https://machtin.example/interface#things",
    parameter="colour",
)
Change = Callable[[dict[str, Any]], object]


def test_no_promise_is_broken_and_each_new_one_is_written_down() -> None:
    made = promises(DOCUMENT)
    assert broken(kept(), made) == [], "applications rely on this: see docs/interface.md"
    assert made == kept(), "run: make openapi"


def search(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/v1/search"]["get"]
    return found


def parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string"}}


BREAKS: Final[dict[str, Change]] = {
    "an operation goes": lambda one: one["paths"].pop("/v1/suggest"),
    "a parameter goes": lambda one: search(one)["parameters"].pop(),
    "a parameter takes a value less": lambda one: next(
        each for each in search(one)["parameters"] if each["name"] == "sort"
    )["schema"]["enum"].pop(),
    "a parameter is demanded": lambda one: search(one)["parameters"].append(parameter("colour") | {"required": True}),
    "a status goes": lambda one: search(one)["responses"].pop("422"),
    "a field of an answer goes": lambda one: one["components"]["schemas"]["SearchHit"]["properties"].pop("title"),
    "a field of an answer may be missing": lambda one: one["components"]["schemas"]["SearchHit"]["required"].pop(),
    "a field has another type": lambda one: one["components"]["schemas"]["SearchHit"]["properties"].update(
        score={"type": "string"}
    ),
    "a field of a request is demanded": lambda one: one["components"]["schemas"]["Article"]["required"].append("url"),
}  # fmt: skip
GROWS: Final[dict[str, Change]] = {
    "an operation comes": lambda one: one["paths"].update({"/v1/more": {"get": search(one)}}),
    "a parameter comes": lambda one: search(one)["parameters"].append(parameter("colour")),
    "a field of an answer comes": lambda one: one["components"]["schemas"]["SearchHit"]["properties"].update(
        colour={"type": "string"}
    ),
    "a parameter is demanded no more": lambda one: one["components"]["schemas"]["Article"].update(required=[]),
}


@pytest.mark.parametrize("change", BREAKS.values(), ids=BREAKS)
def test_what_breaks_an_application_is_noticed(change: Change) -> None:
    changed = copy.deepcopy(DOCUMENT)
    change(changed)
    assert broken(promises(DOCUMENT), promises(changed))


@pytest.mark.parametrize("change", GROWS.values(), ids=GROWS)
def test_what_breaks_none_is_let_through(change: Change) -> None:
    changed = copy.deepcopy(DOCUMENT)
    change(changed)
    assert promises(changed) != promises(DOCUMENT)
    assert broken(promises(DOCUMENT), promises(changed)) == []


def asked(query: dict[str, str]) -> dict[str, Any]:
    """The headers of an answer of an interface of which ``OLD`` is deprecated."""
    app = APIGatewayHttpResolver()
    app.use(middlewares=[announcing([OLD])])

    @app.get("/v1/things/<thing>")
    def things(thing: str) -> Response[str]:
        return Response(200, "application/json", "{}")

    http = {"method": "GET", "path": "/v1/things/1"}
    event = {"version": "2.0", "rawPath": "/v1/things/1", "queryStringParameters": query, "headers": {}}
    context: Any = LocalContext("things", "1")
    headers: dict[str, Any] = app.resolve(event | {"requestContext": {"http": http, "stage": "$default"}}, context)[
        "headers"
    ]
    return headers


def test_an_answer_says_that_what_it_used_will_go() -> None:
    headers = asked({"colour": "red"})
    assert headers["Deprecation"] == "@1767225600"
    assert headers["Sunset"] == "Wed, 01 Jul 2026 00:00:00 GMT"
    assert headers["Link"] == '<https://machtin.example/interface#things>; rel="deprecation"'


def test_an_answer_that_used_nothing_of_it_says_nothing() -> None:
    assert not {"Deprecation", "Sunset", "Link"} & set(asked({}))


def test_whatever_is_deprecated_is_there_and_stays_for_half_a_year() -> None:
    names = {f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods}
    for one in DEPRECATED:
        assert one.operation in names
        assert one.sunset - one.since >= timedelta(days=180)
