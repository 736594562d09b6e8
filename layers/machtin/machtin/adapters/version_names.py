"""Names of index versions: the moment they were made, so that none is given twice and their order is their age."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

PATTERN: Final = re.compile(r"articles-(\d{17,})")


def next_version(taken: Iterable[str], now: datetime | None = None) -> str:
    """A name above all others, also where a clock was set back. Milliseconds, UTC: ``articles-20260315013000000``."""
    moment = int((now or datetime.now(UTC)).strftime("%Y%m%d%H%M%S%f")[:-3])
    numbers = [int(match[1]) for name in taken if (match := PATTERN.fullmatch(name))]
    return f"articles-{max([moment, *(number + 1 for number in numbers)])}"


def by_age(names: Iterable[str]) -> list[str]:
    """Those that are names of versions, oldest first."""
    return sorted((name for name in names if PATTERN.fullmatch(name)), key=lambda name: (len(name), name))
