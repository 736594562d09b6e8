"""A story's articles in order of time: what reports the same thing at one time is one event, copies are folded."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from machtin.article import Article
from machtin.near_duplicates import fold, whole_text
from machtin.ports import IndexEntry
from machtin.thread_answers import ThreadAnswer, ThreadEvent, thread_article

# Reports of one event follow the first one within this, and are so near to each other (cosine).
EVENT_TIME: Final = timedelta(hours=24)
EVENT_COSINE: Final = 0.6


class _Report(NamedTuple):
    """An article with its copies, which say nothing else."""

    entry: IndexEntry
    copies: list[IndexEntry]

    @property
    def moment(self) -> datetime | None:
        return self.entry.article.published_at


def thread_answer(asked: str, members: Sequence[IndexEntry], *, degraded: bool, started: float) -> ThreadAnswer:
    """As callers get it; ``started`` as of ``time.perf_counter``."""
    events = [_event(reports) for reports in _events(_folded(sorted(members, key=_order)))]
    first = min(members, key=_order).article
    return ThreadAnswer(
        id=asked,
        thread=first.id,
        title=_central([event.article.id for event in events], members).title,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        degraded=degraded,
        articles=len(members),
        events=events,
    )


def _order(entry: IndexEntry) -> tuple[bool, float, str]:
    """Oldest first, the undated last."""
    moment = entry.article.published_at
    return moment is None, moment.timestamp() if moment else 0.0, entry.article.id


def _folded(members: Sequence[IndexEntry]) -> list[_Report]:
    """Copies under the one that is shown of each group."""
    return [_Report(group.head, group.copies) for group in fold(members)]


def _fullness(article: Article) -> int:
    return len(whole_text(article))


def _events(reports: Sequence[_Report]) -> list[list[_Report]]:
    """Reports that are near to each other in time and text, in order of the first one's time."""
    events: list[list[_Report]] = []
    for report in reports:
        fitting = [event for event in events if _same_time(event[0], report) and _alike(event, report)]
        if fitting:
            fitting[-1].append(report)
        else:
            events.append([report])
    return sorted(events, key=lambda event: _first(event))


def _first(event: Sequence[_Report]) -> tuple[bool, float, str]:
    return min(_order(one) for report in event for one in (report.entry, *report.copies))


def _same_time(first: _Report, other: _Report) -> bool:
    here, there = first.moment, other.moment
    if here is None or there is None:
        return here is there
    return abs(there - here) <= EVENT_TIME


def _alike(event: Sequence[_Report], report: _Report) -> bool:
    return all(_cosine(one.entry, report.entry) >= EVENT_COSINE for one in event)


def _cosine(one: IndexEntry, other: IndexEntry) -> float:
    return 0.0 if one.vector is None or other.vector is None else float(one.vector @ other.vector)


def _event(reports: Sequence[_Report]) -> ThreadEvent:
    """The fullest report first, since whoever reads one alone should get the most; the first of those as full."""
    best = max(reports, key=lambda one: _fullness(one.entry.article))
    moment = min((one.published_at for one in _articles(reports) if one.published_at), default=None)
    copies = sorted((copy for report in reports for copy in report.copies), key=_order)
    return ThreadEvent(
        date=moment.isoformat() if moment else None,
        article=thread_article(best.entry.article),
        others=[thread_article(one.entry.article) for one in reports if one is not best],
        copies=[thread_article(one.article) for one in copies],
    )


def _articles(reports: Sequence[_Report]) -> list[Article]:
    return [one.article for report in reports for one in (report.entry, *report.copies)]


def _central(ids: Sequence[str], members: Sequence[IndexEntry]) -> Article:
    """Of these articles the one that is nearest to all of the story."""
    vectors: list[NDArray[np.float32]] = [one.vector for one in members if one.vector is not None]
    chosen = [next(one for one in members if one.article.id == article_id) for article_id in ids]
    if not vectors:
        return chosen[0].article
    centre = np.mean(vectors, axis=0)
    return max(chosen, key=lambda one: 0.0 if one.vector is None else float(one.vector @ centre)).article
