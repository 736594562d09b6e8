"""What a feed says: its entries, or the further feeds that it lists."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One article of which a feed tells: its absolute address and, where the feed says so, more. Dates are aware."""

    address: str
    title: str = ""
    published_at: datetime | None = None
    changed_at: datetime | None = None
    text: str = ""

    @property
    def mark(self) -> str:
        """Changes when the feed tells of a change: its date of change, else what it says of the article."""
        if self.changed_at is not None:
            return self.changed_at.isoformat()
        published = self.published_at.isoformat() if self.published_at else ""
        told = "\0".join((self.title, published, self.text))
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed that a sitemap index lists, and when that says it was changed ("" where it does not)."""

    address: str
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was read: RSS, Atom or a sitemap has entries, a sitemap index has feeds."""

    entries: tuple[FeedEntry, ...] = ()
    feeds: tuple[ListedFeed, ...] = ()
