"""One site during one poll: what is to be asked there, in which order, and when it may be asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from machtin.feed_state import SiteState
from machtin.robots import LASTS_SECONDS, MOST, Robots
from machtin.web_port import NotAllowed, NotFetched, WebAnswer

# Between two requests to one site, unless its robots.txt asks for more.
PAUSE_SECONDS: Final = 1.0
# Failures in a row after which a site is left alone until the next poll.
FAILURES: Final = 2
# How long a site that asks to be left alone is left, where it does not say.
REST_SECONDS: Final = 600.0
LONGEST_REST_SECONDS: Final = 86_400.0
# A robots.txt that could not be read again is relied on for another hour.
_AGAIN_SECONDS: Final = 3_600.0


class Site:
    """Its feeds, least lately asked first, and its articles, in turn the newest and the one at the other end.

    ``touched``: its state is to be kept; ``trouble``: why it did not answer when it was asked last.
    """

    def __init__(self, name: str, state: SiteState) -> None:
        self.name = name
        self.state = state
        self.trouble = ""
        self.touched = False
        self._failures = 0
        self._tried: set[str] = set()
        self._feeds: deque[str] = deque()
        self._articles: deque[str] = deque()
        self._turns = 0
        self._robots: Robots | None = None

    def plan_feeds(self, addresses: list[str]) -> None:
        """Further feeds that are to be asked."""
        known = self.state.feeds
        new = [address for address in addresses if address not in self._feeds]
        self._feeds.extend(sorted(new, key=lambda address: known[address].asked_at if address in known else 0.0))

    def plan_articles(self) -> None:
        """All that waits and was not tried yet is to be fetched: news is not late, and nothing waits for ever."""
        waiting = self.state.waiting
        new = waiting.keys() - self._tried
        self._articles = deque(sorted(new, key=lambda address: waiting[address].since, reverse=True))

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds that are still to be asked."""
        return tuple(self._feeds)

    @property
    def gone(self) -> bool:
        """Whether it has failed so often that it is left alone in this poll."""
        return self._failures >= FAILURES

    @property
    def next_address(self) -> str | None:
        """An address that is to be asked for here in this poll, None where there is none."""
        return None if self.gone else next(iter(self._feeds or self._articles), None)

    def answered(self) -> None:
        """It has answered, whatever it was."""
        self._failures, self.trouble = 0, ""

    def failed(self, reason: str) -> None:
        """It has not answered."""
        self._failures += 1
        self.trouble = reason

    @property
    def ready_at(self) -> float:
        """When it may be asked again, in seconds since 1970."""
        return max(self.state.asked_at + self.delay, self.state.rests_until)

    @property
    def delay(self) -> float:
        """Seconds between two requests."""
        return max(PAUSE_SECONDS, self.robots.delay)

    @property
    def robots(self) -> Robots:
        """Its rules, as last read."""
        if self._robots is None:
            self._robots = Robots(self.state.robots)
        return self._robots

    def next_feed(self) -> str | None:
        """A feed where it is a feed's turn; feeds and articles are asked for in turn."""
        self._turns += 1
        return self._feeds.popleft() if self._feeds and (self._turns % 2 or not self._articles) else None

    def next_article(self) -> str | None:
        """The newest article, or the one at the other end, in turn."""
        while self._articles:
            address = self._articles.pop() if len(self._tried) % 2 else self._articles.popleft()
            if address in self.state.waiting:
                self._tried.add(address)
                return address
        return None

    def rest(self, now: float, asked: float | None) -> None:
        """Leave it alone for as long as it asked for, in this poll and in later ones."""
        self.state.rests_until = now + min(max(asked or REST_SECONDS, PAUSE_SECONDS), LONGEST_REST_SECONDS)

    def knows_robots(self, now: float) -> bool:
        """Whether its robots.txt has been read within a day."""
        return now - self.state.robots_at < LASTS_SECONDS

    def read_robots(self, now: float, ask: Callable[[int], WebAnswer]) -> None:
        """Read its robots.txt; 4xx means that there is none. Raises NotFetched where it was never read and can't be."""
        try:
            answer = ask(MOST)
            if answer.status >= 500 or answer.status in (304, 429):
                raise NotFetched(f"is answered with {answer.status}")
            text = _whole_lines(answer.body) if answer.status == 200 else None
        except (NotFetched, NotAllowed) as error:
            if not self.state.robots_at:
                raise NotFetched(f"its robots.txt can't be read: {error}") from error
            self.state.robots_at = now - LASTS_SECONDS + _AGAIN_SECONDS
            return
        self.state.robots, self.state.robots_at = text, now
        self._robots = None


def _whole_lines(body: bytes) -> str:
    """The text of a robots.txt; of one that was cut off without its last line, half of which may say something else."""
    whole = body if len(body) < MOST else body[: body.rfind(b"\n") + 1]
    return whole.decode("utf-8-sig", "replace")
