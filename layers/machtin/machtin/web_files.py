"""The page's files: what the reader function serves beside the API."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from machtin.errors import NotFound

FOLDER: Final = Path(__file__).parent / "web"
CONTENT_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\.[a-z]{2,5}")
# No inline script or style, no other origin: a hostile article that slipped through escaping could still do nothing.
SECURITY: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
# Revalidated at each use: a new version shows at once, an unchanged one costs a 304. Some callers get it compressed.
PAGE_HEADERS: Final = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Origin", **SECURITY}
# Pages of newspapers load this one at each view: for ten minutes they do so without asking.
SNIPPET: Final = "embed.js"
_SNIPPET_KEPT: Final = {
    **PAGE_HEADERS,
    "Cache-Control": "public, max-age=600",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass(frozen=True, slots=True)
class WebFile:
    """One file with what HTTP says of it; ``etag`` changes with the content."""

    body: str
    content_type: str
    etag: str
    headers: Mapping[str, str]


@lru_cache(maxsize=128)
def web_file(name: str) -> WebFile:
    """A file of the page by its name. Raises NotFound, also for names that lead out of the folder."""
    path = FOLDER / name
    content_type = CONTENT_TYPES.get(path.suffix)
    # A name of other characters, or of great length, is not even asked for: file systems raise at some of them.
    if content_type is None or not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound(f"there is no file {name[:100]}")
    body = path.read_text(encoding="utf-8")
    etag = etag_of(body)
    return WebFile(body, content_type, etag, {"ETag": etag, **(_SNIPPET_KEPT if name == SNIPPET else PAGE_HEADERS)})


def etag_of(body: str) -> str:
    """An entity tag that changes with the content."""
    return f'"{hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:16]}"'
