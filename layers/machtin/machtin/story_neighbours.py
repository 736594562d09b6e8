"""What an article is compared with to find its story: the nearest in meaning, of about its time, few copies of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from machtin.article import Article
from machtin.ports import NO_FILTERS, ArticleIndex, Filters, IndexEntry, Retrieval

# Each is compared with so many of the nearest: what stands out of the crowd is told by the crowd.
NEAREST: Final = 30
# A story's reports follow one another within this.
STORY_DAYS: Final = 75
# What many papers print alike at one time would itself be the crowd: of reports as near as this (cosine) to each other,
# that come within this, so few are compared, and others are looked for among so many of the nearest.
ALIKE: Final = 0.95
AT_ONE_TIME: Final = timedelta(days=2)
FEW: Final = 8
FURTHER: Final = 150


def neighbours(index: ArticleIndex, entries: Sequence[IndexEntry]) -> list[list[IndexEntry]]:
    """Of each entry those that it is compared with, nearest first. Raises Unavailable."""
    near = {entry.article.id: _near(index, entry, NEAREST) for entry in entries}
    known = index.get(sorted({one for ids in near.values() for one in ids}))
    for entry in entries:
        ids = near[entry.article.id]
        if len(_few_of_each(_known(known, ids))) < len(_known(known, ids)):
            near[entry.article.id] = _near(index, entry, FURTHER)
    known |= index.get(sorted({one for ids in near.values() for one in ids} - known.keys()))
    return [_few_of_each(_known(known, near[entry.article.id])) for entry in entries]


def _known(known: Mapping[str, IndexEntry], ids: Sequence[str]) -> list[IndexEntry]:
    return [known[one] for one in ids if one in known]


def _near(index: ArticleIndex, entry: IndexEntry, most: int) -> list[str]:
    if entry.vector is None:
        return []
    question = Retrieval(text=None, vector=entry.vector, size=most + 1, filters=_about(entry.article))
    return [article_id for article_id in index.retrieve(question).nearest.ids if article_id != entry.article.id]


def _about(article: Article) -> Filters:
    """The time within which a dated article's story lies."""
    moment, days = article.published_at, timedelta(days=STORY_DAYS)
    return NO_FILTERS if moment is None else Filters(since=moment - days, until=moment + days)


def _few_of_each(entries: Sequence[IndexEntry]) -> list[IndexEntry]:
    """The first NEAREST, without what is alike to more than a few before it."""
    vectors = [entry.vector for entry in entries if entry.vector is not None]
    if len(vectors) < len(entries) or len(entries) <= FEW:
        return list(entries)[:NEAREST]
    rows = np.array(vectors)
    alike = rows @ rows.T >= ALIKE
    kept: list[int] = []
    for at, one in enumerate(entries):
        moment = one.article.published_at
        before = [kept[k] for k in np.flatnonzero(alike[at, kept])]
        if sum(_at_one_time(moment, entries[k].article.published_at) for k in before) < FEW:
            kept.append(at)
    return [entries[at] for at in kept[:NEAREST]]


def _at_one_time(one: datetime | None, other: datetime | None) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= AT_ONE_TIME
