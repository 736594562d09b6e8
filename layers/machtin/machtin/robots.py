"""What a site's robots.txt permits, as RFC 9309 reads it where urllib.robotparser does."""

from __future__ import annotations

from typing import Final
from urllib.robotparser import RobotFileParser

AGENT: Final = "machtin"
# RFC 9309: read at least so much, and keep it no longer than a day.
MOST: Final = 500 << 10
LASTS_SECONDS: Final = 86_400.0
# What a site may ask for at most between two requests.
LONGEST_DELAY: Final = 86_400.0


class Robots:
    """The rules of one site; ``text`` is None where it has none, which permits everything.

    Lines that can't be read are passed over, as the RFC has it; nothing that a file says raises.
    """

    def __init__(self, text: str | None) -> None:
        self._rules = RobotFileParser()
        self._rules.parse(list(filter(_is_readable, (text or "").splitlines())))

    def permits(self, address: str) -> bool:
        """Whether machtin may ask for it; not where that can't be told."""
        try:
            return self._rules.can_fetch(AGENT, address)
        except ValueError:
            return False

    @property
    def delay(self) -> float:
        """Seconds that the site wants between two requests, 0 where it says nothing, a day at most."""
        stated = self._rules.crawl_delay(AGENT)
        rate = self._rules.request_rate(AGENT)
        try:
            asked = max(float(stated or 0), rate.seconds / rate.requests if rate and rate.requests else 0.0)
        except OverflowError:
            return LONGEST_DELAY
        return min(asked, LONGEST_DELAY)


def _is_readable(line: str) -> bool:
    """Whether urllib.robotparser survives a line: it takes numbers and addresses for whole that are not."""
    try:
        RobotFileParser().parse(["User-agent: *", line])
    except ValueError:
        return False
    return True
