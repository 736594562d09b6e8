"""What is remembered of the sites whose feeds are polled, so that each article is fetched once for each change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from machtin.feed_entry import FeedEntry

# An article that no feed has told of for so long is forgotten; told of again, it is fetched again.
REMEMBERED_DAYS: Final = 90
# Articles that may wait at one site; what is beyond is listed again later.
MOST_WAITING: Final = 20_000
DAY: Final = 86_400.0


@dataclass(slots=True)
class FeedState:
    """One feed. ``marks``: what it said of each article it lists when that was dealt with.

    ``feeds``: those that a sitemap index lists, each with its date of change; ``done``: the date with which the index
    listed this feed when it was read; ``asked_at`` in seconds since 1970; ``failures``: how often in a row a poll has
    begun to read it and did not come to its end.
    """

    asked_at: float = 0.0
    etag: str | None = None
    modified: str | None = None
    marks: dict[str, str] = field(default_factory=dict)
    feeds: dict[str, str] = field(default_factory=dict)
    done: str | None = None
    failures: int = 0


@dataclass(slots=True)
class ArticleState:
    """One article's address: when it was fetched, with what validators it came, and when a feed last told of it."""

    fetched_at: float = 0.0
    etag: str | None = None
    modified: str | None = None
    told_at: float = 0.0


@dataclass(slots=True)
class Waiting:
    """An article that is to be fetched: which feed told of it, what that said, and how often fetching has failed."""

    feed: str
    mark: str
    title: str = ""
    published_at: str | None = None
    since: float = 0.0
    failures: int = 0

    @classmethod
    def of(cls, feed: str, entry: FeedEntry, now: float) -> Waiting:
        published = entry.published_at or entry.changed_at
        moment = entry.published_at.isoformat() if entry.published_at else None
        return cls(feed, entry.mark, entry.title, moment, published.timestamp() if published else now)

    @property
    def published(self) -> datetime | None:
        return datetime.fromisoformat(self.published_at) if self.published_at else None


@dataclass(slots=True)
class SiteState:
    """One site: its feeds and articles, what waits there, its robots.txt, and when it may be asked again.

    ``robots`` is the file's text, None where there is none; times are seconds since 1970.
    """

    asked_at: float = 0.0
    rests_until: float = 0.0
    robots: str | None = None
    robots_at: float = 0.0
    feeds: dict[str, FeedState] = field(default_factory=dict)
    articles: dict[str, ArticleState] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether no further article may wait here."""
        return len(self.waiting) >= MOST_WAITING

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> SiteState:
        """The inverse of ``to_json``."""
        values = dict(document)
        values["feeds"] = {address: FeedState(**one) for address, one in values["feeds"].items()}
        values["articles"] = {address: ArticleState(**one) for address, one in values["articles"].items()}
        values["waiting"] = {address: Waiting(**one) for address, one in values["waiting"].items()}
        return cls(**values)

    def forget(self, now: float) -> None:
        """Drop the articles that no feed has told of for long."""
        since = now - REMEMBERED_DAYS * DAY
        self.articles = {address: one for address, one in self.articles.items() if one.told_at >= since}


class FeedStates(Protocol):
    """Keeps one document for each site. Losing one costs requests, nothing else."""

    def sites(self) -> list[str]:
        """The sites of which something is kept."""

    def load(self, site: str) -> SiteState:
        """What is kept of a site, an empty state where nothing is. Raises StoreUnavailable."""

    def save(self, site: str, state: SiteState) -> None:
        """Keep it in place of what was kept. Raises StoreUnavailable."""
