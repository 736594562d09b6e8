"""What the desk asks about a draft before it is put: what is understood of it, and what is stored under its id."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from http_api import ArticleId, answered_with, request_bytes, respond, sent_bytes
from http_json import decode_json
from machtin.bootstrap import read_draft, service
from machtin.draft_reading import DraftKind, DraftReading, understood_document
from machtin.errors import UnsupportedMedia
from machtin.stored_answers import StoredAnswer

# The gateway hands on text as UTF-8: a file in another encoding keeps its bytes only as application/octet-stream.
KINDS: Final[Mapping[str, DraftKind]] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "application/octet-stream": "file",
}
MEND: Final = "must be text/html, text/plain, application/json or, for a page or text as it was saved, octet-stream"
WHOLE: Final = "send the page or the text"


def add_desk_drafts(app: APIGatewayHttpResolver) -> None:
    """Let the editors' resolver answer these questions."""

    @app.post(
        "/v1/drafts/article",
        summary="What is understood of a page, a text or an article in JSON",
        responses=answered_with(DraftReading, "Its fields, what was cut off, what is missing or wrong", 401, 413, 415),
    )
    def draft_article() -> Response[str]:
        media, charset = _sent_kind(app)
        if media in KINDS:
            return respond(read_draft(sent_bytes(app, WHOLE), KINDS[media], charset))
        if not media.endswith("json"):
            raise UnsupportedMedia.of("Content-Type", MEND)
        return respond(understood_document(decode_json(request_bytes(app)), service().clock()))

    @app.get(
        "/v1/articles/<article_id>/stored",
        summary="What is stored under an id",
        responses=answered_with(StoredAnswer, "Published, scheduled, taken down, or nothing", 401, 404),
    )
    def stored(article_id: ArticleId) -> Response[str]:
        return respond(service().stored(article_id))


def _sent_kind(app: APIGatewayHttpResolver) -> tuple[str, str | None]:
    """The media type of the body, JSON where none is named, and its charset."""
    message = Message()
    message["Content-Type"] = app.current_event.headers.get("content-type") or "application/json"
    return message.get_content_type(), message.get_content_charset()
