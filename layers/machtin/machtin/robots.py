"""What a site's robots.txt permits, as RFC 9309 reads it where urllib.robotparser does."""

from __future__ import annotations

from typing import Final
from urllib.robotparser import RobotFileParser

AGENT: Final = "machtin"
# RFC 9309: read at least so much, and keep it no longer than a day.
MOST: Final = 500 << 10
LASTS_SECONDS: Final = 86_400.0


class Robots:
    """The rules of one site; ``text`` is None where it has none, which permits everything."""

    def __init__(self, text: str | None) -> None:
        self._rules = RobotFileParser()
        self._rules.parse((text or "").splitlines())

    def permits(self, address: str) -> bool:
        """Whether machtin may ask for it."""
        return self._rules.can_fetch(AGENT, address)

    @property
    def delay(self) -> float:
        """Seconds that the site wants between two requests, 0 where it says nothing."""
        stated = self._rules.crawl_delay(AGENT)
        rate = self._rules.request_rate(AGENT)
        return max(float(stated or 0), rate.seconds / rate.requests if rate and rate.requests else 0.0)
