"""Cursors: places in a walk through all matches, bound to the search that they were given for."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from machtin.errors import InvalidInput

if TYPE_CHECKING:
    from machtin.search_request import SearchRequest

BEGINNING: Final = "*"
MAX_CURSOR: Final = 4_000


def check_walk(request: SearchRequest) -> None:
    """Raises InvalidInput for a request that can't be walked through."""
    if request.offset:
        raise InvalidInput.of("from", "can't be given with cursor, which says itself where a page begins")
    if request.size < 1:
        raise InvalidInput.of("size", "must be at least 1 with cursor")
    by_meaning = request.mode == "semantic" or request.in_classes
    by_meaning = by_meaning or (request.mode == "hybrid" and request.sort == "relevance")
    if request.q.strip() and by_meaning:
        raise InvalidInput.of(
            "cursor", "walks through what matches by words: give mode=lexical, or sort=newest or oldest, or no q"
        )


def cursor_of(request: SearchRequest, place: str) -> str:
    """A place as the caller is given it."""
    return f"{_fingerprint(request)}.{place}"


def place_of(request: SearchRequest, cursor: str) -> str | None:
    """The index's place behind a cursor, None for the beginning. Raises InvalidInput where it is another search's."""
    if cursor == BEGINNING:
        return None
    fingerprint, _, place = cursor.partition(".")
    if fingerprint != _fingerprint(request):
        raise InvalidInput.of("cursor", "belongs to another search; send it with the same q, filters, sort and mode")
    return place


def _fingerprint(request: SearchRequest) -> str:
    asked = repr((request.q, request.filters, request.sort, request.mode))
    return blake2b(asked.encode("utf-8", "backslashreplace"), digest_size=6).hexdigest()
