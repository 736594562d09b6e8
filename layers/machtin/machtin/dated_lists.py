"""Hits by date: all alike, or the clearly relevant ones before the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from machtin.ports import ArticleIndex, Classes, Retrieval, Sort
from machtin.ranking import Fused

if TYPE_CHECKING:
    from machtin.search_request import SearchRequest


def in_classes(
    index: ArticleIndex, request: SearchRequest, order: Sequence[Fused], classes: Classes
) -> tuple[list[Fused], int]:
    """A page of all hits by date, the clearly relevant ones first, and how many there are."""
    asked = Retrieval(
        text=request.q,
        vector=None,
        size=request.size,
        offset=request.offset,
        filters=request.filters,
        sort=request.by_date or "newest",
        classes=classes,
    )
    leg = index.retrieve(asked).lexical
    known = {one.id: one for one in order}
    page = [
        known.get(article_id, Fused(article_id, 0.0, 0.0, 0.0))._replace(strong=strong > 0)
        for article_id, strong in zip(leg.ids, leg.scores, strict=True)
    ]
    return page, leg.total


def by_date(index: ArticleIndex, order: list[Fused], sort: Sort, classes: Classes | None) -> list[Fused]:
    """Candidates by date, those of the first class before the others where there are classes."""
    entries = index.get([one.id for one in order])
    first = frozenset(classes.strong) if classes else frozenset()
    dated = [(entries[one.id].article.published_at, one) for one in order if one.id in entries]
    sign = -1 if sort == "newest" else 1
    dated.sort(key=lambda pair: (pair[1].id not in first, _date_key(pair[0], sign, pair[1].id)))
    return [one for _, one in dated]


def _date_key(moment: datetime | None, sign: int, article_id: str) -> tuple[bool, float, str]:
    return moment is None, sign * moment.timestamp() if moment else 0.0, article_id
