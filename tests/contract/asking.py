"""Short ways to make entries and to ask an index about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, timezone

import numpy as np

from machtin.article import Article
from machtin.ports import NO_FILTERS, ArticleIndex, Filters, IndexEntry, Leg, Retrieval, Sort, Vectors

HANOI = timezone(timedelta(hours=7))


def vector(*values: float) -> Vectors:
    made = np.array(values, dtype=np.float32)
    made /= np.linalg.norm(made)
    return made


def entry(
    article_id: str, title: str = "Tin", *, revision: int = 1, at: Sequence[float] = (), **fields: object
) -> IndexEntry:
    article = replace(Article(id=article_id, title=title), **fields)  # type: ignore[arg-type]  # names vary by test
    return IndexEntry(article, revision, vector(*at) if at else None)


def lexical(
    index: ArticleIndex,
    text: str,
    filters: Filters = NO_FILTERS,
    sort: Sort = "relevance",
    size: int = 10,
    offset: int = 0,
) -> Leg:
    found = index.retrieve(Retrieval(text=text, vector=None, size=size, offset=offset, filters=filters, sort=sort))
    return found.lexical


def nearest(index: ArticleIndex, *values: float, filters: Filters = NO_FILTERS, size: int = 10) -> Leg:
    return index.retrieve(Retrieval(text=None, vector=vector(*values), size=size, filters=filters)).nearest
