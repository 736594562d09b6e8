"""How times are taken and told: milliseconds, median and 99th percentile, ratios inside one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Spread(NamedTuple):
    """Milliseconds of repeated calls."""

    p50: float
    p99: float

    @classmethod
    def of(cls, milliseconds: list[float]) -> Spread:
        """Of at least one measured time."""
        ordered = sorted(milliseconds)
        return cls(
            round(statistics.median(ordered), 3), round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], 3)
        )


def milliseconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000
