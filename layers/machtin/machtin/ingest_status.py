"""How ingest stands: what is stored and not yet searchable, what waits in the inbox, what feeds have told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from machtin.audit import AuditLog
from machtin.errors import Unavailable
from machtin.feed_state import FeedState, FeedStates, SiteState
from machtin.ports import ArticleIndex
from machtin.store_port import ArticleStore, readable

# Of so many of the latest actions on articles it is looked whether the index has them.
LATEST: Final = 100
# Files of the inbox and feeds that are told of.
MOST_FILES: Final = 20
MOST_FEEDS: Final = 200

FileState = Literal["waiting", "under_way", "taken", "refused"]


class QueueCounts(NamedTuple):
    """Changes that wait to be indexed, and those that were given up after five attempts."""

    waiting: int
    given_up: int


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """The queue between store and index."""

    waiting: int
    given_up: int


@dataclass(frozen=True, slots=True)
class NotSearchable:
    """Of the articles that were changed last, those whose change the index does not have yet.

    ``looked_at``: how many were compared; ``since``: when the one that has waited longest was stored. ``failure``: why
    the index can't be asked, and nothing was compared.
    """

    looked_at: int
    ids: list[str]
    since: str | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file that was dropped into the inbox, with its size in bytes."""

    name: str
    size: int
    changed_at: str
    state: FileState


@dataclass(frozen=True, slots=True)
class FeedVisit:
    """What is known of a feed: when it was last asked, how many articles wait to be fetched, and its trouble.

    ``failures``: how often in a row reading it has ended a poll; ``rests_until``: its site asked to be left alone.
    """

    address: str
    asked_at: str | None
    articles: int
    waiting: int
    failures: int
    rests_until: str | None


@dataclass(frozen=True, slots=True)
class IngestAnswer:
    """``queue`` is null where it can't be asked from here: in the cloud, where its alarms tell of it."""

    not_searchable: NotSearchable
    queue: QueueStatus | None
    refused: int
    inbox: list[InboxFile]
    feeds: list[FeedVisit]


class IngestStatus:
    """Asks everything that takes part in ingest."""

    def __init__(
        self,
        *,
        store: ArticleStore,
        live_index: Callable[[], ArticleIndex],
        audit_log: AuditLog,
        queue: Callable[[], QueueCounts | None],
        refused: Callable[[], int],
        inbox: Callable[[int], list[InboxFile]],
        feeds: FeedStates,
    ) -> None:
        self._store, self._live_index, self._audit = store, live_index, audit_log
        self._queue, self._refused, self._inbox, self._feeds = queue, refused, inbox, feeds

    def look(self) -> IngestAnswer:
        """How it stands now."""
        counts = self._queue()
        return IngestAnswer(
            not_searchable=self._not_searchable(),
            queue=QueueStatus(*counts) if counts else None,
            refused=self._refused(),
            inbox=self._inbox(MOST_FILES),
            feeds=self._visits(),
        )

    def _not_searchable(self) -> NotSearchable:
        changed = {one.id: one.when for one in reversed(self._audit.latest(LATEST)) if one.kind == "article"}
        states = readable(self._store, list(changed))
        try:
            known = self._live_index().get([state.id for state in states])
        except Unavailable as error:
            return NotSearchable(0, [], None, str(error))
        missing = []
        for state in states:
            entry = known.get(state.id)
            shown = state.public is not None
            if (entry is None) == shown or (entry is not None and entry.revision < state.revision):
                missing.append(state.id)
        since = min((changed[one] for one in missing), default=None)
        return NotSearchable(len(states), missing, since.isoformat() if since else None)

    def _visits(self) -> list[FeedVisit]:
        sites = [self._feeds.load(site) for site in self._feeds.sites()]
        found = [visit for site in sites for visit in _visits_of(site, sites)]
        return sorted(found, key=lambda one: (-one.failures, one.address))[:MOST_FEEDS]


def _visits_of(site: SiteState, sites: Iterable[SiteState]) -> list[FeedVisit]:
    return [_visit(address, feed, site, sites) for address, feed in site.feeds.items()]


def _visit(address: str, feed: FeedState, site: SiteState, sites: Iterable[SiteState]) -> FeedVisit:
    return FeedVisit(
        address=address,
        asked_at=_moment(feed.asked_at),
        articles=len(feed.marks),
        waiting=sum(one.feed == address for other in sites for one in other.waiting.values()),
        failures=feed.failures,
        rests_until=_moment(site.rests_until),
    )


def _moment(seconds: float) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None
