"""The editor's desk: one page for all of its rooms, in the language of its address."""

from __future__ import annotations

from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from http_caching import is_kept
from machtin.web_pages import web_page
from machtin.words import Lang

# A room, and one thing in it; the page itself reads which its address names.
PLACES: Final = ("/desk", "/desk/<room>", "/desk/<room>/<thing>")


def add_desk(app: APIGatewayHttpResolver) -> None:
    """Let a resolver answer the addresses of the desk. The page shows nothing: editors' routes ask who comes."""

    def vietnamese(room: str = "", thing: str = "") -> Response[Any]:
        return _desk(app, "vi")

    def english(room: str = "", thing: str = "") -> Response[Any]:
        return _desk(app, "en")

    for place in PLACES:
        app.get(place, include_in_schema=False, compress=True)(vietnamese)
        app.get(f"/en{place}", include_in_schema=False, compress=True)(english)


def _desk(app: APIGatewayHttpResolver, language: Lang) -> Response[Any]:
    file = web_page("desk.html", language)
    kept = is_kept(app, file.etag)
    return Response(304 if kept else 200, file.content_type, "" if kept else file.body, dict(file.headers))
