"""After repeated failures a part is left alone for a while, then tried by one caller."""

from __future__ import annotations

import pytest

from machtin.adapters.circuit_breaker import CircuitBreaker
from machtin.errors import IndexUnavailable


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=2, rest_seconds=5.0, clock=clock)


def test_one_failure_stops_nobody(breaker: CircuitBreaker) -> None:
    breaker.failed("no answer")
    breaker.check()


def test_successes_between_failures_keep_it_closed(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        breaker.failed("no answer")
        breaker.succeeded()
    breaker.check()


def test_repeated_failures_open_it_and_say_when_to_come_again(breaker: CircuitBreaker, clock: Clock) -> None:
    breaker.failed("no answer")
    breaker.failed("the cluster is gone")
    clock.now += 1.5
    with pytest.raises(IndexUnavailable, match="the cluster is gone; it is asked again in 4 s") as caught:
        breaker.check()
    assert caught.value.retry_after == 4


def test_after_the_rest_one_caller_tries_and_the_others_wait(breaker: CircuitBreaker, clock: Clock) -> None:
    breaker.failed("gone")
    breaker.failed("gone")
    clock.now += 5
    breaker.check()
    with pytest.raises(IndexUnavailable):
        breaker.check()
    breaker.failed("gone")
    with pytest.raises(IndexUnavailable):
        breaker.check()
    clock.now += 5
    breaker.check()
    breaker.succeeded()
    breaker.check()
    breaker.check()


def test_a_trial_that_never_ends_is_followed_by_another(breaker: CircuitBreaker, clock: Clock) -> None:
    breaker.failed("gone")
    breaker.failed("gone")
    for _ in range(3):
        clock.now += 5
        breaker.check()
