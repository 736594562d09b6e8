"""What machtin needs of the store that keeps its articles, as a Protocol: the source of truth."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple, Protocol

from machtin.article import Article
from machtin.errors import BrokenArticle, PreconditionFailed, StoreUnavailable

log = logging.getLogger(__name__)

# In the place of a revision that was seen: there was no article, never or no longer.
NO_ARTICLE: Final = 0

StoreOutcome = Literal["created", "updated", "unchanged", "deleted"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one write: ``revision`` is the millisecond of the change, and grows with each of one article.

    ``before`` is the revision that it found, also of a tombstone; None where there never was such an article.
    """

    id: str
    revision: int
    outcome: StoreOutcome
    before: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """One article as the store holds it; ``article`` is None for a tombstone (taken down).

    ``waits``: it has not been released since it was put with a ``publish_at`` in the future, or was taken down while it
    waited.
    """

    id: str
    revision: int
    article: Article | None
    waits: bool = False

    @property
    def public(self) -> Article | None:
        """What an index holds of this revision: None for a tombstone, and for what waits."""
        return None if self.waits else self.article


class NotAllStored(StoreUnavailable):
    """Of several articles some could not be stored; ``receipts`` are those of the others. Again: harmless."""

    def __init__(self, receipts: Sequence[Receipt], reason: str) -> None:
        self.receipts = tuple(receipts)
        super().__init__(f"{reason}; what was stored stays, send the same again")


class Change(NamedTuple):
    """A place in the journal of changes, and what has changed there, as it is now."""

    position: int
    state: Stored


class Scheduled(NamedTuple):
    """An article that waits, and the moment of its release in milliseconds."""

    moment: int
    id: str


class ArticleStore(Protocol):
    """The source of truth. Every change announces itself to the queue by being made, so none is lost.

    An article that is put with a ``publish_at`` in the future waits: it is among the states and changes, but does not
    count as an article until ``release``.

    A journal tells in which order articles have changed. ``late``: a change may appear in it at a position up to so
    much below one that was seen already; 0 where writing and journalling are one.
    """

    @property
    def late(self) -> int:
        """See above; in positions, which are milliseconds."""

    def put(self, articles: Sequence[Article], seen: int | None = None) -> list[Receipt]:
        """Store articles, one receipt each, in order; the same content again is ``unchanged`` and announces nothing.

        ``seen``: the revision that each must still have, or NO_ARTICLE. Raises PreconditionFailed where it has another,
        and NotAllStored where a store without transactions has stored some.
        """

    def delete(self, article_id: str, seen: int | None = None) -> Receipt:
        """Leave a tombstone. Raises NotFound when there was never such an article; again: ``unchanged``.

        ``seen`` as in ``put``.
        """

    def release(self, one: Scheduled) -> Receipt | None:
        """Give an article of ``scheduled`` whose moment has come a new revision, with which it no longer waits.

        None where it doesn't wait, or its moment has not come; so late, twice or beside a correction it is harmless.
        """

    def scheduled(self, until: int | None = None) -> list[Scheduled]:
        """What waits, soonest first; up to a moment, where one is given, cheaply enough to be asked each second.

        Some of it may have been released, moved or taken down meanwhile: whoever needs to know asks ``get``.
        """

    def get(self, article_ids: Sequence[str]) -> dict[str, Stored]:
        """The current state of each known id, tombstones included; unknown ids are absent."""

    def states(self, after: str = "") -> Iterator[Stored]:
        """Current state of every article, tombstones included, in an order that stays, from behind ``after``."""

    def journal(self, states: Sequence[Stored]) -> None:
        """Note what is about to be written to the live index; nothing to do where a write has journalled itself."""

    def changes(self, after: int) -> Iterator[Change]:
        """What has changed behind a position of the journal, in its order; what changed often may come once.

        Whoever stops goes on behind the last position that was yielded, and misses nothing. A journal may have
        forgotten what is older than a month.
        """

    def position(self) -> int:
        """A position that all changes from now on will be behind."""

    def ids(self) -> Iterator[str]:
        """Every article's id, tombstones and what waits left out, in the order of ``states``."""

    def revisions(self, since: datetime | None = None) -> Iterator[tuple[str, int]]:
        """Every article's id and revision, tombstones and what waits left out: what store and index are compared by.

        Those last changed before ``since`` may be left out where it is dear to look at them.
        """

    def count(self) -> int:
        """Number of articles, tombstones and what waits left out."""

    def health(self) -> str:
        """What the store says of itself, asked in one cheap request. Raises StoreUnavailable."""


def require_seen(article_id: str, seen: int | None, revision: int) -> None:
    """Raise PreconditionFailed where an article at ``revision``, or NO_ARTICLE, isn't as it was ``seen``, if it was."""
    if seen is None or seen == revision:
        return
    if revision == NO_ARTICLE:
        told = f"article {article_id}, seen at revision {seen}, is not there any more"
    elif seen == NO_ARTICLE:
        told = f"there is an article {article_id} by now, at revision {revision}"
    else:
        told = f"article {article_id} has been changed since revision {seen}, and is at {revision} now"
    raise PreconditionFailed(f"{told}; nothing was done: look at it again, then send yours for what you see")


def readable(store: ArticleStore, article_ids: Sequence[str]) -> list[Stored]:
    """``get`` of many for which one that is broken must not hold up the others; whoever compares will miss it."""
    try:
        return list(store.get(article_ids).values())
    except BrokenArticle:
        states: list[Stored] = []
        for one in article_ids:
            try:
                states += store.get([one]).values()
            except BrokenArticle as error:
                log.error("%s", error)
        return states
