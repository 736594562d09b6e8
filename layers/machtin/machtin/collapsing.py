"""Search hits with an article's copies folded under the first of them, for who asks for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from machtin.ports import ArticleIndex, IndexEntry
from machtin.ranking import fold_copies, shingles
from machtin.related import whole_text

if TYPE_CHECKING:
    from machtin.search import Found
    from machtin.search_request import SearchRequest

# The first hits, among which copies are folded; deeper ones stand apart. Reading a text for it takes 1 to 3 ms.
COMPARED: Final = 50
# Texts whose vectors are further apart are no copies, and are not read: of copies cut to 60 % under another headline
# the furthest of 600 had .59, two articles at random have .46 once in a hundred.
NEAR: Final = 0.5

Copies = dict[str, list[str]]


def collapsed(
    ask: Callable[[SearchRequest], Found], index: ArticleIndex, request: SearchRequest, most: int
) -> tuple[Found, Copies]:
    """The page of ``request`` with copies folded, and the ids that each hit stands for besides its own.

    Pages count what is left after folding, so that they neither repeat nor skip; the total stays that of all articles
    found. No hit beyond the ``most``-th is asked for.
    """
    found = ask(replace(request, offset=0, size=COMPARED))
    entries = index.get([one.id for one in found.page])
    groups = dict(fold_copies(_texts([entries[one.id] for one in found.page if one.id in entries])))
    heads = [one for one in found.page if one.id in groups]
    page = heads[request.offset : request.offset + request.size]
    start = COMPARED + max(0, request.offset - len(heads))
    lacking = min(request.size - len(page), most - start)
    if lacking > 0 and len(found.page) == COMPARED:
        page += ask(replace(request, offset=start, size=lacking, facets=False)).page
    return replace(found, page=page), {one.id: groups.get(one.id, []) for one in page}


def _texts(entries: Sequence[IndexEntry]) -> list[tuple[str, frozenset[int]]]:
    """Each article with its shingles, or with none where nothing else is near enough to be its copy."""
    if not entries:
        return []
    blank = np.zeros(next((len(one.vector) for one in entries if one.vector is not None), 1), dtype=np.float32)
    vectors = np.array([blank if one.vector is None else one.vector for one in entries])
    near = vectors @ vectors.T >= NEAR
    unknown = np.array([one.vector is None for one in entries], dtype=np.bool_)
    # Whoever has no vector may be anybody's copy.
    candidates = (near.sum(axis=1) > 1) | unknown | unknown.any()
    return [
        (one.article.id, shingles(whole_text(one.article)) if candidate else frozenset())
        for one, candidate in zip(entries, candidates, strict=True)
    ]
