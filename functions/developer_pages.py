"""The pages for whoever builds on the API: its documentation and the snippet's demonstration, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from http_caching import is_kept
from machtin.web_pages import ROOTS, web_page
from machtin.words import Lang

PAGES: Final = {"/docs": "docs.html", "/embed": "embed.html"}


def add_developer_pages(app: APIGatewayHttpResolver) -> None:
    """Let a resolver answer the addresses of these pages."""
    for lang, root in ROOTS.items():
        for path, name in PAGES.items():
            app.get(root + path, include_in_schema=False, compress=True)(_answering(app, name, lang))


def _answering(app: APIGatewayHttpResolver, name: str, lang: Lang) -> Callable[[], Response[Any]]:
    def answer() -> Response[Any]:
        page = web_page(name, lang)
        kept = is_kept(app, page.etag)
        return Response(304 if kept else 200, page.content_type, "" if kept else page.body, dict(page.headers))

    return answer
