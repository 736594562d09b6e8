"""Scheduled articles: what waits for its moment, as editors see it, and its release when the moment has come."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from machtin.audit import By
from machtin.errors import BrokenArticle
from machtin.store_port import ArticleStore, readable
from machtin.visibility import first_millisecond, milliseconds

if TYPE_CHECKING:
    from machtin.editing import ArticleEditing

SCHEDULE: Final = By(who="schedule")
# Articles that are read at a time.
PAGE: Final = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScheduledArticle:
    """An article that readers are not shown before ``publish_at``."""

    id: str
    title: str
    section: str | None
    publish_at: str
    revision: int


@dataclass(frozen=True, slots=True)
class ScheduledList:
    """What waits, soonest first; one whose moment has passed is about to be released."""

    articles: list[ScheduledArticle]


def scheduled(store: ArticleStore, size: int) -> ScheduledList:
    """The ``size`` articles that are released next."""
    return ScheduledList(list(islice(_waiting(store), size)))


def _waiting(store: ArticleStore) -> Iterator[ScheduledArticle]:
    entries = store.scheduled()
    for start in range(0, len(entries), PAGE):
        page = entries[start : start + PAGE]
        states = {state.id: state for state in readable(store, [one.id for one in page])}
        for one in page:
            state = states.get(one.id)
            if state is None or not state.waits or state.article is None or state.article.publish_at is None:
                continue
            article, publish_at = state.article, state.article.publish_at
            # Of an article that was moved the entry of before may be left.
            if one.moment == first_millisecond(publish_at):
                yield ScheduledArticle(one.id, article.title, article.section, publish_at.isoformat(), state.revision)


def is_due(store: ArticleStore, now: datetime) -> bool:
    """Whether there is anything to release; one cheap question."""
    return bool(store.scheduled(milliseconds(now)))


def release_due(store: ArticleStore, editing: ArticleEditing, now: datetime) -> int:
    """Release every article whose moment has come, each on record; returns how many. Again, or beside others: harmless.

    One that can't be read is told in the log and keeps no other waiting.
    """
    released = 0
    for one in store.scheduled(milliseconds(now)):
        try:
            released += editing.release(one, SCHEDULE) is not None
        except BrokenArticle as error:
            log.error("a scheduled article can't be released: %s", error)
    return released
