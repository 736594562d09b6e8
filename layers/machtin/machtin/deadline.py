"""The time that one use case may take in all: whoever waits for something outside asks how much of it is left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends: ContextVar[float | None] = ContextVar("machtin_deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done in the block, in this thread, is to be done in so many seconds."""
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


@contextmanager
def uncounted() -> Iterator[None]:
    """What is done in the block takes nothing from the time that is left: it is done once in the life of a process."""
    started = time.monotonic()
    try:
        yield
    finally:
        end = _ends.get()
        if end is not None:
            _ends.set(end + time.monotonic() - started)


def seconds_left(wanted: float) -> float:
    """``wanted``, or less where the time is running out; at least 0."""
    end = _ends.get()
    return wanted if end is None else max(0.0, min(wanted, end - time.monotonic()))
