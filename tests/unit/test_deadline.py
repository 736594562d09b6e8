"""The time that a use case may take in all, and what is not counted in it."""

from __future__ import annotations

import pytest

from machtin import deadline
from machtin.deadline import seconds_left, uncounted, within
from machtin.embedding import StaticEmbedder
from machtin.models import Models
from machtin.settings import BUNDLED_MODEL


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(deadline, "time", made)
    return made


def test_time_runs_out_and_is_never_less_than_none(clock: Clock) -> None:
    with within(3):
        clock.now += 1
        assert (seconds_left(10), seconds_left(1.5)) == (2, 1.5)
        clock.now += 5
        assert seconds_left(10) == 0
    assert seconds_left(10) == 10


def test_what_is_uncounted_takes_nothing_from_it(clock: Clock) -> None:
    with within(3):
        with uncounted():
            clock.now += 8
        assert seconds_left(10) == 3
    with uncounted():
        clock.now += 8
    assert seconds_left(10) == 10


def test_loading_a_model_takes_nothing_from_who_waits_for_it(clock: Clock) -> None:
    bundled = StaticEmbedder.load(BUNDLED_MODEL)

    def load(name: str) -> StaticEmbedder | None:
        clock.now += 8
        return bundled.cut(64) if name.endswith("@64") else None

    models = Models(bundled, load)
    with within(3):
        assert models.named("another@64") is not None
        assert seconds_left(10) == 3
