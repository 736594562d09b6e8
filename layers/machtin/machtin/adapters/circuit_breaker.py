"""A circuit breaker: after repeated failures a part is left alone for a while, so that nobody waits for a dead one.

The pattern is Nygard's ("Release It!", 2007): closed, open for some seconds, then one trial that decides.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from machtin.errors import IndexUnavailable

FAILURES: Final = 2
REST_SECONDS: Final = 5.0


class CircuitBreaker:
    """Counts failures in a row. Threads may share it."""

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._limit = failures
        self._rest_seconds = rest_seconds
        self._failures = 0
        self._resting_until = 0.0
        self._reason = ""

    def check(self) -> None:
        """Let a call through, or raise IndexUnavailable with the reason of the last failure and the seconds to wait.

        When the rest is over one caller may try; the others wait for what comes of it, a rest at most.
        """
        with self._lock:
            if self._failures < self._limit:
                return
            now = self._clock()
            left = self._resting_until - now
            if left <= 0:
                self._resting_until = now + self._rest_seconds
                return
            error = IndexUnavailable(f"{self._reason}; it is asked again in {math.ceil(left)} s")
            error.retry_after = max(1, math.ceil(left))
            raise error

    @property
    def failing(self) -> bool:
        """Whether the last call failed."""
        return self._failures > 0

    def succeeded(self) -> None:
        """The part answers: close."""
        with self._lock:
            self._failures = 0

    def failed(self, reason: str) -> None:
        """The part did not answer: open when this is the last of too many in a row."""
        with self._lock:
            self._failures += 1
            self._reason = reason
            self._resting_until = self._clock() + self._rest_seconds
