"""The queue of a laptop keeps the promises of SQS."""

from __future__ import annotations

from pathlib import Path

import pytest

from machtin.adapters import sqlite_queue, sqlite_store
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_queue import MAX_RECEIVES, VISIBILITY_SECONDS, Message, SqliteQueue
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sqlite_queue, "time", clock)
    return clock


@pytest.fixture
def file(tmp_path: Path) -> SqliteFile:
    return SqliteFile(tmp_path / "articles.sqlite", sqlite_store.SCHEMA)


@pytest.fixture
def queue(file: SqliteFile, clock: Clock) -> SqliteQueue:
    SqliteStore(file).put([Article(id=f"a{number}", title="Bài", body="Nội dung.") for number in range(5)])
    return SqliteQueue(file)


def ids(messages: list[Message]) -> list[str]:
    return [message.article_id for message in messages]


def test_messages_come_oldest_first_and_not_more_than_asked_for(queue: SqliteQueue) -> None:
    assert ids(queue.receive(3)) == ["a0", "a1", "a2"]
    assert ids(queue.receive(3)) == ["a3", "a4"]
    assert queue.receive(3) == []


def test_a_message_that_was_taken_is_nobody_elses_until_its_time_is_over(
    queue: SqliteQueue, file: SqliteFile, clock: Clock
) -> None:
    queue.receive(2)
    other = SqliteQueue(SqliteFile(file.path, sqlite_store.SCHEMA))
    assert ids(other.receive(10)) == ["a2", "a3", "a4"]
    clock.now += VISIBILITY_SECONDS + 1
    again = other.receive(10)
    assert ids(again) == ["a0", "a1", "a2", "a3", "a4"]
    assert [message.receives for message in again] == [2, 2, 2, 2, 2]


def test_what_is_done_never_comes_again(queue: SqliteQueue, clock: Clock) -> None:
    messages = queue.receive(10)
    queue.done(messages[:4])
    assert queue.state() == (1, 0)
    clock.now += VISIBILITY_SECONDS + 1
    assert ids(queue.receive(10)) == ["a4"]


def test_what_failed_comes_again_after_a_pause_that_grows(queue: SqliteQueue, clock: Clock) -> None:
    queue.done(queue.receive(4))
    pauses = []
    for _ in range(MAX_RECEIVES - 1):
        queue.failed(queue.receive(1))
        start = clock.now
        while not (messages := queue.receive(1)):
            clock.now += 0.5
        pauses.append(clock.now - start)
        queue.reclaim()  # as if it had not been received, so that the loop may receive it
        assert messages
    assert pauses == sorted(set(pauses))


def test_five_failures_make_a_dead_letter_and_a_release_offers_it_again(queue: SqliteQueue, clock: Clock) -> None:
    queue.done(queue.receive(4))
    for expected in range(1, MAX_RECEIVES + 1):
        messages = queue.receive(10)
        assert [(message.article_id, message.receives) for message in messages] == [("a4", expected)]
        queue.failed(messages)
        clock.now += 1_000
    assert queue.state() == (0, 1)
    assert queue.receive(10) == []
    assert queue.release() == 1
    assert [(message.article_id, message.receives) for message in queue.receive(10)] == [("a4", 1)]


def test_what_a_process_did_not_live_to_finish_is_reclaimed_at_no_cost(queue: SqliteQueue) -> None:
    for _ in range(3 * MAX_RECEIVES):
        assert len(queue.receive(10)) == 5
        assert queue.reclaim() == 5
    messages = queue.receive(10)
    assert {message.receives for message in messages} == {1}
    queue.failed(messages)
    assert queue.state() == (5, 0), "ends of processes were not counted as failures"


def test_reclaiming_leaves_dead_letters_and_waiting_messages_alone(queue: SqliteQueue, clock: Clock) -> None:
    for _ in range(MAX_RECEIVES):
        queue.failed(queue.receive(2)[:1])
        clock.now += 1_000
    assert queue.state().dead == 1
    assert queue.reclaim() == 0
    assert queue.state().dead == 1


def test_a_queue_keeps_its_messages_when_its_process_ends(queue: SqliteQueue, file: SqliteFile) -> None:
    queue.receive(2)
    again = SqliteQueue(SqliteFile(file.path, sqlite_store.SCHEMA))
    assert again.state() == (5, 0)
    again.reclaim()
    assert len(again.receive(10)) == 5
