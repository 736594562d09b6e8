"""The readers' site as whole pages: search, article and digest in each language, readable without any script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from http_caching import is_kept
from machtin.article_reading import FORBIDDEN
from machtin.bootstrap import service, site_address
from machtin.errors import Unavailable
from machtin.site_frame import View, page
from machtin.site_pages import article_page, digest_page, failed_page, search_page, unknown_page
from machtin.web_files import CONTENT_TYPES, PAGE_HEADERS, etag_of
from machtin.words import Lang

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]  # Powertools leaves it untyped
logger = Logger(service="machtin", child=True)

# What is another at each request, though nothing is new.
_UNTOLD: Final = re.compile(r'"took_ms":[\d.e+-]+|<p class="status"[^<]*</p>')
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9a-fA-F:]{2,39}\](:\d{1,5})?")
Asked = Mapping[str, str]


@router.get("/", include_in_schema=False, compress=True)
def front() -> Response[str]:
    return _page("vi", lambda given, now: search_page(service(), "vi", given, now))


@router.get("/en", include_in_schema=False, compress=True)
def english_front() -> Response[str]:
    return _page("en", lambda given, now: search_page(service(), "en", given, now))


@router.get("/articles/<article_id>", include_in_schema=False, compress=True)
def article(article_id: str) -> Response[str]:
    return _page("vi", lambda given, now: _reading("vi", article_id, given, now))


@router.get("/en/articles/<article_id>", include_in_schema=False, compress=True)
def english_article(article_id: str) -> Response[str]:
    return _page("en", lambda given, now: _reading("en", article_id, given, now))


def no_page(path: str) -> Response[str] | None:
    """What a browser is shown at an address that leads nowhere; None for who asks for no page, or for the API."""
    if path.startswith(("/v1/", "/assets/")) or "text/html" not in (router.current_event.headers.get("accept") or ""):
        return None
    if path.endswith("/"):  # what people add by hand; no two slashes are left, which would lead to another site
        query = router.current_event.raw_query_string
        there = quote("/" + path.strip("/")) + (f"?{query}" if query else "")
        return _html(308, "", {**PAGE_HEADERS, "Cache-Control": "no-store", "Location": there})
    lang: Lang = "en" if path.startswith("/en/") else "vi"
    return _page(lang, lambda _, now: unknown_page(lang, now))


def _reading(lang: Lang, article_id: str, given: Asked, now: datetime) -> View:
    if given.get("view") == "digest":
        return digest_page(service(), lang, article_id, now)
    return article_page(service(), lang, _site(), article_id, given, now)


def _page(lang: Lang, view_of: Callable[[Asked, datetime], View]) -> Response[str]:
    """The page with the view's status; 304 where the browser's copy is still right, which it asks at each use."""
    now = datetime.now(UTC)
    try:
        view = view_of(_asked(), now)
        body = page(lang, _site(), view)
    except Exception as error:  # whoever reads is told in words, and in their language
        logger.exception("unexpected failure", exc_info=error)
        view = failed_page(lang, now)
        body = page(lang, "", view)
    headers = {**PAGE_HEADERS, "Content-Language": lang}
    if view.status >= 400:
        wait = {"Retry-After": str(Unavailable.retry_after)} if view.status == 503 else {}
        return _html(view.status, body, {**headers, "Cache-Control": "no-store", **wait})
    etag = f"W/{etag_of(_UNTOLD.sub('', body))}"
    kept = is_kept(router, etag)
    return _html(304 if kept else 200, "" if kept else body, {**headers, "ETag": etag})


def _html(status: int, body: str, headers: Mapping[str, Any]) -> Response[str]:
    return Response(status, CONTENT_TYPES[".html"], body, dict(headers))


def _asked() -> Asked:
    """The parameters of the address, the first of each name, without what no article can hold."""
    asked: dict[str, str] = {}
    for name, value in parse_qsl(router.current_event.raw_query_string, keep_blank_values=True, errors="replace"):
        asked.setdefault(name, FORBIDDEN.sub("", value))
    return asked


def _site() -> str:
    """The address of the site: as it is set, else as the gateway was asked."""
    if known := _known_site():
        return known
    event = router.current_event
    host = event.request_context.domain_name or ""
    scheme = event.headers.get("x-forwarded-proto")
    return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}" if _HOST.fullmatch(host) else ""


@lru_cache(maxsize=1)
def _known_site() -> str:
    return site_address()
