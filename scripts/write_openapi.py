"""Writes the interface's description from the handlers: one OpenAPI document for readers' and editors' routes.

It is shipped as a file, since making it at run time costs more than all other requests together.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import editor_api
import reader_api
from article_lines import MAX_LINES
from interface_promises import keep_promises, mark_deprecated
from machtin import __version__
from machtin.article import ID_PATTERN
from machtin.article_reading import MAX_LENGTH, MAX_RELATED, MAX_TAGS
from machtin.audit import LONGEST_REASON
from machtin.errors import phrase_of
from machtin.golden_csv import LONGEST_QUERY
from machtin.golden_editing import MOST_ARTICLES
from machtin.web_files import FOLDER
from openapi_samples import code_samples

TARGET: Final = Path(FOLDER) / "openapi.json"
EXAMPLES: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "openapi_examples.json").read_text(encoding="utf-8")
)
DESCRIPTION: Final = (
    "Semantic search, related stories and extractive summaries for Vietnamese newsrooms. Whatever fails is told by an "
    "RFC 9457 problem document whose `errors` name each field and its mend. Times are RFC 3339; offsets into texts "
    "count Unicode code points of the field as published."
)
# Powertools adds these for its own refusals, and no route here answers with them.
UNUSED: Final = {"HTTPValidationError", "ValidationError", "ResponseValidationError"}
# What audit.valid_reason asks for.
REASON: Final = {"type": "string", "minLength": 1, "maxLength": LONGEST_REASON, "pattern": r"\S"}
# What these routes are sent may be left out.
BODILESS: Final = ("/v1/reindexes", "/v1/ingest/refused/{refusal_id}/retry")
MENDED: Final = {
    "schema": {
        "type": "object",
        "properties": {"input": {"type": "string", "description": "The line, page or file as it should have been"}},
        "additionalProperties": False,
    },
    "example": {"input": '{"id": "lua-dong-xuan", "title": "Lúa đông xuân được mùa", "body": "Thu hoạch sớm."}'},
}
LINES: Final = {
    "schema": {
        "type": "string",
        "description": f"NDJSON: one Article a line, at most {MAX_LINES:,} lines, each with an id or a url",
    },
    "example": "".join(
        json.dumps({"id": name, "title": title, "body": body}, ensure_ascii=False) + "\n"
        for name, title, body in (
            ("lua-dong-xuan", "Lúa đông xuân được mùa", "Nông dân Đồng Tháp thu hoạch sớm."),
            ("cau-cao-lanh", "Cầu Cao Lãnh bảo trì", "Xe tải đi đường tránh trong ba đêm."),
        )
    ),
}
LINE_ANSWERS: Final = {
    "schema": {"type": "string", "description": "NDJSON: one LineAnswer for each line that is not blank, in order"},
    "example": '{"line":1,"status":202,"id":"lua-dong-xuan","revision":1773538200000,"outcome":"created"}\n'
    '{"line":2,"status":422,"detail":"title: is missing or blank; give the headline",'
    '"errors":[{"field":"title","message":"is missing or blank; give the headline"}]}\n',
}


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of all routes."""
    readers, editors = (
        json.loads(app.get_openapi_json_schema(title="machtin", version=__version__, description=DESCRIPTION))
        for app in (reader_api.app, editor_api.app)
    )
    for operations in editors["paths"].values():
        for operation in operations.values():
            operation["security"] = [{"editorToken": []}, {"awsIam": []}]
    for path, operations in editors["paths"].items():
        readers["paths"].setdefault(path, {}).update(operations)
    schemas = readers["components"]["schemas"] | editors["components"]["schemas"] | {"Article": article_schema()}
    described: dict[str, Any] = {
        "openapi": readers["openapi"],
        "info": readers["info"],
        "servers": [{"url": "/"}],
        "paths": dict(sorted(readers["paths"].items())),
        "components": {
            "schemas": {name: _untitled(schema) for name, schema in sorted(schemas.items()) if name not in UNUSED},
            "securitySchemes": {
                "editorToken": {"type": "http", "scheme": "bearer", "description": "On a laptop: `machtin token`"},
                "awsIam": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "AWS Signature V4",
                },
            },
        },
    }
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
            mark_deprecated(f"{method.upper()} {path}", operation)
            shown = EXAMPLES["samples"].get(operation["operationId"], {})
            operation["x-codeSamples"] = code_samples(path, method, operation, shown)
    return described


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """What the handlers don't say by themselves: short names, bodies, examples, and statuses in order."""
    operation["operationId"] = operation["operationId"].partition("_v1_")[0]
    operation["responses"] = dict(sorted(operation["responses"].items()))
    for parameter in operation.get("parameters", ()):
        schema = _untitled(parameter["schema"])
        # A parameter that may be left out is no null.
        parameter["schema"] = next((one for one in schema.get("anyOf", ()) if one["type"] != "null"), schema)
        parameter["schema"].pop("description", None)
        if parameter["name"] == "reason":
            parameter["schema"] |= REASON
        if parameter["name"] in EXAMPLES:
            parameter["example"] = EXAMPLES[parameter["name"]]
    for status, response in operation["responses"].items():
        if status == "304":
            del response["content"]  # Powertools gives every answer one
            continue
        for content in response["content"].values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            if name in EXAMPLES:
                content["example"] = _example(name, int(status), method)
    if path == "/v1/articles":
        operation["responses"]["200"]["content"] = {"application/x-ndjson": LINE_ANSWERS}
    body = request_content(path, method)
    if body:
        operation["requestBody"] = {"required": path not in BODILESS, "content": body}


def request_content(path: str, method: str) -> dict[str, Any]:
    """The body that a route takes, by media type; none for most."""
    if path == "/v1/articles":
        return {"application/x-ndjson": LINES}
    if path.startswith("/v1/golden"):
        return {"application/json": judged(changing=method == "put")} if method in ("post", "put") else {}
    if path.endswith("/retry"):
        return {"application/json": MENDED}
    if method == "put" or path.startswith("/v1/drafts/"):
        article = {"schema": {"$ref": "#/components/schemas/Article"}, "example": EXAMPLES["Article"]}
        pages = {
            kind: {"schema": {"type": "string"}, "example": EXAMPLES[kind]} for kind in ("text/html", "text/plain")
        }
        return {"application/json": article, **(pages if path == "/v1/drafts/article" else {})}
    if path == "/v1/reindexes" and method == "post":
        return {"application/json": reason("force", "Promoted even if the gate refuses; the reason is kept", [])}
    if path.endswith("/promote"):
        return {"application/json": reason("reason", "Why it is promoted though the gate refused it", ["reason"])}
    return {}


def reason(name: str, description: str, required: list[str]) -> dict[str, Any]:
    """A body of one field, the reason for which a refusal of the gate does not count."""
    text = REASON | {"description": description}
    schema = {"type": "object", "properties": {name: text}, "required": required, "additionalProperties": False}
    return {"schema": schema, "example": {name: "the queries that lose are about a closed section"}}


def judged(*, changing: bool) -> dict[str, Any]:
    """A golden query as it is sent; with the revision that it was seen at where one is changed."""
    article = {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "The article's id or address"},
            "grade": {"type": "integer", "minimum": 0, "maximum": 9, "default": 1},
        },
        "required": ["id"],
        "additionalProperties": False,
    }
    properties: dict[str, Any] = {
        "query": {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY},
        "articles": {"type": "array", "minItems": 1, "maxItems": MOST_ARTICLES, "items": article},
    }
    example: dict[str, Any] = {"query": "giá gạo hôm nay", "articles": [{"id": "gia-gao-xuat-khau", "grade": 2}]}
    if changing:
        properties["revision"] = {"type": "string", "description": "What it was seen at; another one is refused (409)"}
        example["revision"] = EXAMPLES["GoldenQuery"]["revision"]
    schema = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    return {"schema": schema, "example": example}


def article_schema() -> dict[str, Any]:
    """The schema of an article as it is sent."""

    def text(name: str, **more: object) -> dict[str, Any]:
        return {"type": ["string", "null"], "maxLength": MAX_LENGTH[name], **more}

    title = {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH["title"], "description": "As published"}
    moment = {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "RFC 3339 with its offset, from 1900 and not in the future, unless before publish_at",
    }
    release = {
        "description": "Readers are shown nothing of it before; RFC 3339 with its offset, at most five years ahead. "
        "Also published_at, where that is missing"
    }
    item = {
        "type": "object",
        "properties": {"title": title, "sapo": text("sapo"), "url": text("url", pattern="^https?://")},
        "required": ["title"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "description": "An article as published. At least one of sapo and body has text.",
        "properties": {
            "id": {
                "type": ["string", "null"],
                "pattern": ID_PATTERN,
                "description": "By default the address's, or one made from `url`",
            },
            "title": title,
            "sapo": text("sapo", description="The lead paragraph"),
            "body": text("body", description="Paragraphs parted by a blank line; the sapo is not repeated"),
            "url": text("url", pattern="^https?://", description="The canonical address"),
            "section": text("section"),
            "tags": {
                "type": ["array", "null"],
                "maxItems": MAX_TAGS,
                "items": {"type": "string", "maxLength": MAX_LENGTH["tags"]},
            },
            "author": text("author", description="The byline as published"),
            "publisher": text("publisher", description="The site or agency"),
            "published_at": moment,
            "modified_at": moment,
            "publish_at": moment | release,
            "related_as_published": {
                "type": ["array", "null"],
                "maxItems": MAX_RELATED,
                "items": item,
                "description": 'The page\'s own "Tin liên quan"',
            },
        },
        "required": ["title"],
        "additionalProperties": False,
    }


def _example(name: str, status: int, method: str) -> Any:
    example = EXAMPLES[name]
    if name == "ReindexList":
        return {"reindexes": [EXAMPLES["ReindexAnswer"]]}
    if name == "GoldenList":
        return {"queries": [EXAMPLES["GoldenQuery"]]}
    if name == "RefusedList":
        return {"total": 1, "refused": [EXAMPLES["RefusedEntry"] | {"input": None}]}
    if name == "ProblemDocument" and status != 422:
        phrase = phrase_of(status)
        return example | {"title": phrase, "status": status, "detail": _DETAILS[status], "errors": []}
    if name == "WriteAnswer" and method == "delete":
        return example | {"outcome": "deleted"}
    if name == "HealthAnswer" and status == 503:
        broken = {"ok": False, "detail": "no index version is live"}
        return example | {"status": "degraded", "parts": example["parts"] | {"index": broken}}
    return example


_DETAILS: Final = {
    401: "this route is for editors: send 'Authorization: Bearer TOKEN'",
    404: "there is no article gia-gao-xuat-khau",
    409: "re-index 20260315T013000000000 is running; wait until it is done",
    410: "article gia-gao-xuat-khau has been taken down",
    412: "article gia-gao-xuat-khau has been changed since revision 1773538200000, and is at 1773538260000 now; "
    "nothing was done: look at it again, then send yours for what you see",
    413: "body: has 7,000,000 bytes; the limit is 6,000,000",
    415: "Content-Encoding: is not understood; send the body uncompressed",
    500: "unexpected failure; it has been logged",
    503: "the index is unavailable",
}


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes of names; a property that is called title stays."""
    if isinstance(schema, list):
        return [_untitled(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _untitled(value) for name, value in schema.items() if not (name == "title" and isinstance(value, str))
    }


def text() -> str:
    """The document as it is shipped."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    told = keep_promises(document(), breaking="--breaking" in sys.argv)
    TARGET.write_text(text(), encoding="utf-8")
    print(f"wrote {TARGET.name} and {told}")
