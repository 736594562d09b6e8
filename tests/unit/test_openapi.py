"""The shipped description of the interface: made from the handlers as they are now, complete, its examples true."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import editor_api
import reader_api
from machtin.article_reading import read_article
from machtin.errors import STATUS, InvalidInput
from machtin.web_files import web_file

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "write_openapi.py"
DOCUMENT: dict[str, Any] = json.loads(web_file("openapi.json").body)
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
NOW = datetime(2026, 4, 1, tzinfo=UTC)
WITH_ARTICLES = ("PUT /v1/articles", "POST /v1/articles", "POST /v1/drafts")
EDITORS_ONLY = (
    "/v1/reindexes",
    "/v1/reindexes/{reindex_id}",
    "/audit",
    "/stored",
    "/v1/scheduled",
    "/v1/golden",
    "/v1/ingest",
    "/v1/ingest/refused",
    "/v1/ingest/refused/{refusal_id}",
)
RETRY = "POST /v1/ingest/refused/{refusal_id}/retry"
WITH_JUDGEMENTS = ("POST /v1/golden", "PUT /v1/golden/{golden_id}")
IN_CONFLICT = ("POST /v1/reindexes", *WITH_JUDGEMENTS, "DELETE /v1/golden/{golden_id}")
KEPT = (
    "GET /v1/articles/{article_id}",
    "GET /v1/articles/{article_id}/summary",
    "GET /v1/articles/{article_id}/related",
    "GET /v1/articles/{article_id}/thread",
    "GET /v1/digests",
)
OF_ITS_OWN = ("POST /v1/reindexes", "POST /v1/reindexes/{reindex_id}/promote", RETRY, *WITH_JUDGEMENTS)


def test_the_shipped_document_is_what_the_handlers_say_now() -> None:
    made = runpy.run_path(str(SCRIPT))["text"]()
    assert web_file("openapi.json").body == made, "run: make openapi"


def test_every_route_is_described() -> None:
    routes = {
        f"{route.method} {route.path.replace('<', '{').replace('>', '}')}"
        for app in (reader_api.app, editor_api.app)
        for route in app._static_routes + app._dynamic_routes
        if route.include_in_schema
    }
    assert routes == {name for name, _ in OPERATIONS}
    assert len({operation["operationId"] for _, operation in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_every_status_that_a_route_can_give_is_described(name: str, operation: dict[str, Any]) -> None:
    expected = {"422", "500", "503"}
    if "security" in operation:
        expected |= {"401"}
    if "{" in name:
        expected |= {"404"}
    if name.startswith("GET /v1/articles/") and "security" not in operation:
        expected |= {"410"}
    if name == "GET /v1/digests":
        expected |= {"404", "410"}
    if "requestBody" in operation:
        expected |= {"413", "415"}
    if name.startswith(IN_CONFLICT):
        expected |= {"409"}
    if "if-match" in [one["name"] for one in operation.get("parameters", [])]:
        expected |= {"412"}
    statuses = set(operation["responses"])
    assert {status for status in statuses if status >= "400"} == expected
    assert len([status for status in statuses if status < "300"]) == 1
    assert ("304" in statuses) is (name in KEPT)
    for status in expected:
        (content,) = operation["responses"][status]["content"].items()
        health = name == "GET /v1/health" and status == "503"
        assert content[0] == ("application/json" if health else "application/problem+json")
    assert ("requestBody" in operation) is (name.startswith(WITH_ARTICLES) or name in OF_ITS_OWN)
    assert ("security" in operation) is not (name.startswith("GET /v1/") and not name.endswith(EDITORS_ONLY))


def test_every_named_failure_has_a_described_status() -> None:
    described = {status for _, operation in OPERATIONS for status in operation["responses"]}
    assert {str(status) for _, status in STATUS} <= described


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield str(inner)
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    named = {reference.removeprefix("#/components/schemas/") for reference in references(DOCUMENT)}
    assert named <= set(schemas)
    # The lines of an NDJSON answer can't be referred to in OpenAPI 3.1; their description names the schema.
    assert set(schemas) - named == {"LineAnswer"}


def validator(schema: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]}, validate_formats=True)


def contents() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, operation in OPERATIONS:
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} request", media, content
        for status, response in operation["responses"].items():
            for media, content in response.get("content", {}).items():
                yield f"{name} {status}", media, content


CONTENTS = list(contents())


@pytest.mark.parametrize(("name", "media", "content"), CONTENTS, ids=[name for name, _, _ in CONTENTS])
def test_every_body_has_an_example_that_is_valid(name: str, media: str, content: dict[str, Any]) -> None:
    assert list(validator(content["schema"]).iter_errors(content["example"])) == []
    if media == "application/problem+json":
        assert content["example"]["status"] == int(name.rpartition(" ")[2])


def test_the_example_articles_are_taken() -> None:
    for name, media, content in CONTENTS:
        pages = media in ("text/html", "text/plain")
        if name.endswith("request") and name.removesuffix(" request") not in OF_ITS_OWN and not pages:
            lines = content["example"].splitlines() if media == "application/x-ndjson" else [None]
            for line in lines:
                document = json.loads(line) if line else content["example"]
                assert read_article(document, now=NOW).title == document["title"]


def test_the_example_of_line_answers_is_valid() -> None:
    example = DOCUMENT["paths"]["/v1/articles"]["post"]["responses"]["200"]["content"]["application/x-ndjson"][
        "example"
    ]
    line = validator({"$ref": "#/components/schemas/LineAnswer"})
    assert [list(line.iter_errors(json.loads(one))) for one in example.splitlines()] == [[], []]


def test_example_parameters_are_valid() -> None:
    for _, operation in OPERATIONS:
        for parameter in operation.get("parameters", ()):
            if "example" in parameter:
                assert list(validator(parameter["schema"]).iter_errors(parameter["example"])) == []


@pytest.mark.parametrize(
    "document",
    [
        {"title": ""},
        {"title": "x" * 1_001},
        {"title": "x", "body": "x", "colour": "red"},
        {"body": "x"},
        {"title": "x", "body": "x", "url": "ftp://a.example"},
        {"title": "x", "body": "x", "tags": [1]},
        {"title": "x", "body": "x", "published_at": "hôm nay"},
        {"title": "x", "body": "x", "id": "a/b"},
        {"title": "x", "body": "x", "related_as_published": [{"sapo": "x"}]},
    ],
)
def test_the_schema_of_an_article_refuses_what_the_reader_refuses(document: dict[str, Any]) -> None:
    assert list(validator({"$ref": "#/components/schemas/Article"}).iter_errors(document))
    with pytest.raises(InvalidInput):
        read_article(document, now=NOW)
