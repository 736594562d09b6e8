"""Search hits with an article's copies folded under one of them, for who asks for that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from machtin.near_duplicates import fold
from machtin.ports import ArticleIndex

if TYPE_CHECKING:
    from machtin.search import Found
    from machtin.search_request import SearchRequest

# The first hits, among which copies are folded; deeper ones stand apart.
COMPARED: Final = 50

Copies = dict[str, list[str]]


def collapsed(
    ask: Callable[[SearchRequest], Found], index: ArticleIndex, request: SearchRequest, most: int
) -> tuple[Found, Copies]:
    """The page of ``request`` with copies folded, and the ids that each hit stands for besides its own.

    In the place of the best one stands the earliest of the fullest; in a list by date the first. Pages count what is
    left after folding, so that they neither repeat nor skip; the total stays that of all articles found. No hit beyond
    the ``most``-th is asked for.
    """
    found = ask(replace(request, offset=0, size=COMPARED))
    entries = index.get([one.id for one in found.page])
    hits = {one.id: one for one in found.page if one.id in entries}
    folded = fold([entries[hit] for hit in hits], show_first=request.sort != "relevance")
    groups = {head.article.id: [copy.article.id for copy in copies] for head, copies in folded}
    page = [hits[head] for head in groups][request.offset : request.offset + request.size]
    start = COMPARED + max(0, request.offset - len(groups))
    lacking = min(request.size - len(page), most - start)
    if lacking > 0 and len(found.page) == COMPARED:
        page += ask(replace(request, offset=start, size=lacking, facets=False)).page
    return replace(found, page=page), {one.id: groups.get(one.id, []) for one in page}
