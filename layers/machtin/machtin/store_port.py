"""What machtin needs of the store that keeps its articles, as a Protocol: the source of truth."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from machtin.article import Article
from machtin.errors import BrokenArticle, StoreUnavailable

log = logging.getLogger(__name__)

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
    """One article as the store holds it; ``article`` is None for a tombstone (taken down)."""

    id: str
    revision: int
    article: Article | None


class NotAllStored(StoreUnavailable):
    """Of several articles some could not be stored; ``receipts`` are those of the others. Again: harmless."""

    def __init__(self, receipts: Sequence[Receipt], reason: str) -> None:
        self.receipts = tuple(receipts)
        super().__init__(f"{reason}; what was stored stays, send the same again")


class Change(NamedTuple):
    """A place in the journal of changes, and what has changed there, as it is now."""

    position: int
    state: Stored


class ArticleStore(Protocol):
    """The source of truth. Every change announces itself to the queue by being made, so none is lost.

    A journal tells in which order articles have changed. ``late``: a change may appear in it at a position up to so
    much below one that was seen already; 0 where writing and journalling are one.
    """

    @property
    def late(self) -> int:
        """See above; in positions, which are milliseconds."""

    def put(self, articles: Sequence[Article]) -> list[Receipt]:
        """Store articles, one receipt each, in order; the same content again is ``unchanged`` and announces nothing.

        Raises NotAllStored where a store without transactions has stored some.
        """

    def delete(self, article_id: str) -> Receipt:
        """Leave a tombstone. Raises NotFound when there was never such an article; again: ``unchanged``."""

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
        """Every article's id, tombstones left out, in the order of ``states``."""

    def revisions(self, since: datetime | None = None) -> Iterator[tuple[str, int]]:
        """Every article's id and revision, tombstones left out: what a check of store against index compares.

        Those last changed before ``since`` may be left out where it is dear to look at them.
        """

    def count(self) -> int:
        """Number of articles, tombstones left out."""

    def health(self) -> str:
        """What the store says of itself, asked in one cheap request. Raises StoreUnavailable."""


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
