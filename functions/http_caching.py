"""What callers, browsers and shared caches may keep of an answer, and until when it is shown without asking again."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response

from http_json import json_text
from http_problems import NOSNIFF
from machtin.web_files import etag_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from aws_lambda_powertools.event_handler.api_gateway import Router

# What was taken down or corrected may be shown so much longer by whoever keeps the answer, in seconds.
MAX_AGE: Final = 30
# When that is over it is asked for again: an answer that went stale while nobody could be asked is not shown.
BRIEFLY: Final = f"public, max-age={MAX_AGE}, must-revalidate"
# A caller that names no origin gets no CORS headers, and a cache must not give that answer to a page of another site.
VARY: Final = {"Vary": "Origin"}
_ETAG: Final = re.compile(r'"[^"]*"')


def respond_if_new(app: APIGatewayHttpResolver, value: object) -> Response[str]:
    """An answer as JSON that callers may keep; 304 without it where the one they have kept is still right.

    They ask at each use, since a correction has to show at once.
    """
    text = json_text(value)
    return _unless_kept(app, text, etag_of(text), "no-cache")


def respond_briefly(app: APIGatewayHttpResolver, value: DataclassInstance) -> Response[str]:
    """An answer as JSON that anybody may keep for ``MAX_AGE`` seconds, then ask whether it is still right: 304 if so.

    The time that it took to make, ``took_ms``, is another each time and no part of what the tag is made of; so the tag
    is a weak one.
    """
    plain: dict[str, Any] = asdict(value)
    told = {name: field for name, field in plain.items() if name != "took_ms"}
    return _unless_kept(app, json_text(plain), f"W/{etag_of(json_text(told))}", BRIEFLY)


def is_kept(app: APIGatewayHttpResolver | Router, etag: str) -> bool:
    """Whether the caller has what this entity tag names (If-None-Match: a list of tags, weak ones too, or *)."""
    kept = app.current_event.headers.get("if-none-match") or ""
    return etag.removeprefix("W/") in _ETAG.findall(kept) or kept.strip() == "*"


def _unless_kept(app: APIGatewayHttpResolver, text: str, etag: str, keeping: str) -> Response[str]:
    kept = is_kept(app, etag)
    headers = {"ETag": etag, "Cache-Control": keeping, **VARY, **NOSNIFF}
    return Response(304 if kept else 200, "application/json", "" if kept else text, headers)
