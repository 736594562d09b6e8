"""Writes the interface's description from the handlers: one OpenAPI document for readers' and editors' routes.

It is shipped as a file, since making it at run time costs more than all other requests together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import editor_api
import reader_api
from machtin.article import ID_PATTERN
from machtin.article_reading import MAX_LENGTH, MAX_RELATED, MAX_TAGS
from machtin.bootstrap import package_version
from machtin.web_files import FOLDER

TARGET = Path(FOLDER) / "openapi.json"
METHODS = {"get", "put", "post", "delete"}
DESCRIPTION = "Semantic search, related stories and extractive summaries for Vietnamese newsrooms."


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of all routes."""
    schemas = [
        json.loads(app.get_openapi_json_schema(title="machtin", version=package_version(), description=DESCRIPTION))
        for app in (reader_api.app, editor_api.app)
    ]
    merged: dict[str, Any] = schemas[0]
    merged["servers"] = [{"url": "/"}]
    for path, operations in schemas[1]["paths"].items():
        for method in METHODS & operations.keys():
            operation = operations[method]
            operation["security"] = [{"editorToken": []}, {"awsIam": []}]
            operation["responses"]["401"] = operation["responses"]["422"]
            if method in ("put", "post"):
                operation |= _request_body(path)
        merged["paths"].setdefault(path, {}).update(operations)
    merged["components"]["schemas"] |= schemas[1]["components"]["schemas"] | {"Article": _article_schema()}
    merged["components"]["securitySchemes"] = {
        "editorToken": {"type": "http", "scheme": "bearer", "description": "On a laptop: `machtin token`"},
        "awsIam": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "AWS Signature V4"},
    }
    return _tidy(merged)


def _request_body(path: str) -> dict[str, Any]:
    article = {"$ref": "#/components/schemas/Article"}
    content = {
        "/v1/articles": {"application/x-ndjson": {"schema": {"type": "string", "description": "An Article a line"}}},
        "/v1/reindexes": None,
        "/v1/reindexes/{reindex_id}/rollback": None,
    }.get(path, {"application/json": {"schema": article}})
    return {"requestBody": {"required": True, "content": content}} if content else {}


def _article_schema() -> dict[str, Any]:
    def text(name: str) -> dict[str, Any]:
        return {"type": ["string", "null"], "maxLength": MAX_LENGTH[name]}

    moment = {"type": ["string", "null"], "format": "date-time"}
    item = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "sapo": {"type": "string"}, "url": text("url")},
        "required": ["title"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "description": "An article as published; at least one of sapo and body has text.",
        "properties": {
            "id": {"type": "string", "pattern": ID_PATTERN},
            "title": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH["title"]},
            **{name: text(name) for name in ("sapo", "body", "url", "section", "author", "publisher")},
            "tags": {
                "type": "array",
                "maxItems": MAX_TAGS,
                "items": {"type": "string", "maxLength": MAX_LENGTH["tags"]},
            },
            "published_at": moment,
            "modified_at": moment,
            "related_as_published": {"type": "array", "maxItems": MAX_RELATED, "items": item},
        },
        "required": ["title"],
        "additionalProperties": False,
    }


def _tidy(value: dict[str, Any]) -> dict[str, Any]:
    """Without the validation models that Powertools adds and no route here answers with."""
    unused = {"HTTPValidationError", "ValidationError", "ResponseValidationError"}
    value["components"]["schemas"] = {k: v for k, v in value["components"]["schemas"].items() if k not in unused}
    return value


if __name__ == "__main__":
    TARGET.write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET.name}")
