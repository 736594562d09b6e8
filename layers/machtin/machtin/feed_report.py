"""What became of one poll of all feeds, for logs, metrics and people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

# Refusals that are told of for each feed; all are counted.
SHOWN: Final = 20


@dataclass(slots=True)
class FeedReport:
    """One feed. ``state``: polled, unchanged (the site said so), left (asked lately, or no time) or failed,
    with the ``reason``; one that was polled has a reason where articles wait because their site does not answer.

    ``entries``: how many articles it lists. ``fetched`` counts pages that were asked for; ``refused`` those that could
    not be taken, the first of them with their reason; ``waiting`` those that are left for the next poll.
    """

    address: str
    state: str = "left"
    reason: str = ""
    entries: int = 0
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    waiting: int = 0
    refusals: list[dict[str, str]] = field(default_factory=list)

    def fail(self, reason: str) -> None:
        """The feed itself could not be read."""
        self.state, self.reason = "failed", reason

    def refuse(self, address: str, reason: str) -> None:
        """One of its articles could not be taken."""
        self.refused += 1
        if len(self.refusals) < SHOWN:
            self.refusals.append({"address": address, "reason": reason})


@dataclass(slots=True)
class PollReport:
    """All feeds, in the order in which they are set, those that an index lists behind them.

    ``pending``: how many feeds were due and there was no time to ask. ``changes``: ids and revisions of what was put.
    """

    feeds: dict[str, FeedReport] = field(default_factory=dict)
    pending: int = 0
    changes: list[tuple[str, int]] = field(default_factory=list)
    seconds: float = 0.0

    def of(self, feed: str) -> FeedReport:
        """The report of one feed, which is begun when it is first asked for."""
        return self.feeds.setdefault(feed, FeedReport(feed))

    @property
    def left(self) -> bool:
        """Whether something is left for the next poll."""
        return self.pending > 0 or self.total("waiting") > 0

    def total(self, name: str) -> int:
        """The sum of one count over all feeds."""
        return sum(int(getattr(one, name)) for one in self.feeds.values())

    @property
    def failed(self) -> int:
        """How many feeds could not be read."""
        return sum(one.state == "failed" for one in self.feeds.values())

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        counts = {name: self.total(name) for name in ("fetched", "new", "changed", "unchanged", "refused", "waiting")}
        feeds = [asdict(one) for one in self.feeds.values()]
        return {
            **counts,
            "failed": self.failed,
            "pending": self.pending,
            "seconds": round(self.seconds, 3),
            "feeds": feeds,
        }
