"""What is read becomes articles in the store and the index, or a refusal that is kept; whatever interrupts it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from machtin.adapters.intake import BATCH, Intake, Tally
from machtin.adapters.local_events import drain
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_work import LocalWork
from machtin.adapters.sources import Refused, Source, read_sources
from machtin.adapters.worker_lock import WorkerLock
from machtin.answers import WriteAnswer
from machtin.article import Article
from machtin.audit import By
from machtin.bootstrap import queue
from machtin.errors import IndexUnavailable, Problem

from .memory_installation import Installation


def line(number: int, **changes: object) -> str:
    return json.dumps({"id": f"bai-{number}", "title": f"Bài {number}", "body": "Nội dung."} | changes)


class Recorder:
    """A store that remembers what it was given, in which batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.kept: list[Refused] = []

    def put(self, articles: Sequence[Article], by: By) -> list[WriteAnswer]:
        known = {one for batch in self.batches for one in batch}
        self.batches.append([article.id for article in articles])
        return [WriteAnswer(one.id, 1, "unchanged" if one.id in known else "created") for one in articles]

    def intake(self, each: list[int] | None = None) -> Intake:
        def hear(tally: Tally) -> None:
            if each is not None:
                each.append(tally.read)

        return Intake(self.put, self.kept.append, lambda: datetime(2026, 4, 1, tzinfo=UTC), hear)


def test_everything_is_stored_in_order_and_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    path.write_text("\n".join(line(number) for number in range(2 * BATCH + 3)))
    recorder, heard = Recorder(), list[int]()
    tally = recorder.intake(heard).take(read_sources([path]))
    assert [len(batch) for batch in recorder.batches] == [BATCH, BATCH, 3]
    assert [one for batch in recorder.batches for one in batch] == [f"bai-{number}" for number in range(2 * BATCH + 3)]
    assert heard == [BATCH, 2 * BATCH, 2 * BATCH + 3]
    assert (tally.created, tally.updated, tally.unchanged, tally.refused) == (2 * BATCH + 3, 0, 0, [])
    assert tally.position == tally.size == path.stat().st_size


def test_a_refusal_names_file_line_and_field_and_is_kept_with_its_input(tmp_path: Path) -> None:
    path = tmp_path / "mixed.ndjson"
    path.write_text("\n".join([line(1), line(2, title="  "), "{broken", line(4, published_at="hôm qua"), line(5)]))
    recorder = Recorder()
    tally = recorder.intake().take(read_sources([path]))
    assert recorder.batches == [["bai-1", "bai-5"]]
    told = [(refusal.file, refusal.line, [error.field for error in refusal.errors]) for refusal in tally.refused]
    assert told == [(str(path), 2, ["title"]), (str(path), 3, ["input"]), (str(path), 4, ["published_at"])]
    assert [refused.raw for refused in recorder.kept][1] == b"{broken"
    assert json.loads(recorder.kept[2].raw)["published_at"] == "hôm qua"
    assert str(tally.refused[0]).startswith(f"{path}:2: title is missing")


def test_the_tally_as_json(tmp_path: Path) -> None:
    path = tmp_path / "mixed.ndjson"
    path.write_text("\n".join([line(1), line(1), "[]"]))
    shown = Recorder().intake().take(read_sources([path])).to_json()
    assert shown.pop("seconds") >= 0
    assert shown.pop("rate") >= 0
    (refused,) = shown.pop("refused")
    assert (refused["file"], refused["line"]) == (str(path), 3)
    assert set(refused["errors"][0]) == {"field", "message"}
    assert shown == {"taken": 2, "created": 2, "updated": 0, "unchanged": 0}


def test_what_was_stored_before_an_interruption_stays_stored(tmp_path: Path) -> None:
    path = tmp_path / "many.ndjson"
    path.write_text("\n".join(line(number) for number in range(BATCH + 50)))

    def interrupted() -> Iterator[Source]:
        for number, source in enumerate(read_sources([path])):
            if number == BATCH + 20:
                raise KeyboardInterrupt
            yield source

    recorder = Recorder()
    with pytest.raises(KeyboardInterrupt):
        recorder.intake().take(interrupted())
    assert [len(batch) for batch in recorder.batches] == [BATCH]
    tally = recorder.intake().take(read_sources([path]))
    assert (tally.created, tally.unchanged) == (50, BATCH)


def test_nothing_to_read_stores_nothing(tmp_path: Path) -> None:
    recorder = Recorder()
    tally = recorder.intake().take(read_sources([tmp_path]))
    assert recorder.batches == []
    assert tally.read == 0


# From the store on: the queue, the real ingest function, and the lock that says who works.


@pytest.fixture
def work(installation: Installation) -> Iterator[LocalWork]:
    yield (made := another(installation))
    made.lock.release()


def another(installation: Installation) -> LocalWork:
    """What another process on the same folder would hold."""
    settings = installation.settings
    lock = WorkerLock(settings.data / "worker.lock")
    return LocalWork(lock, queue(settings), installation.service.reindexer, local_functions())


def articles(count: int, title: str = "Bài") -> list[Article]:
    return [Article(id=f"bai-{number}", title=title, body=f"Nội dung số {number}.") for number in range(count)]


def test_deliveries_bring_the_index_to_the_store_and_empty_the_queue(
    installation: Installation, work: LocalWork
) -> None:
    installation.service.put(articles(450))
    installation.service.take_down("bai-7")
    left: list[int] = []
    drain(work.deliver, work.waiting, left.append)
    assert left[0] == 451
    assert left[-1] == 0
    assert left == sorted(left, reverse=True)
    assert installation.agreeing()
    assert installation.catalog.live().count() == 449


def test_only_one_of_two_processes_delivers_and_the_other_takes_over_when_it_ends(
    installation: Installation, work: LocalWork
) -> None:
    installation.service.put(articles(3))
    assert work.take()
    other = another(installation)
    assert other.deliver().received == 0
    assert other.waiting() == 3
    work.queue.receive(2)  # taken by a process that dies before it is done
    work.lock.release()
    assert other.deliver().received == 3
    assert installation.agreeing()
    other.lock.release()


def test_a_lock_names_its_holder_and_can_be_released_twice(tmp_path: Path) -> None:
    import os

    first, second = WorkerLock(tmp_path / "new" / "worker.lock"), WorkerLock(tmp_path / "new" / "worker.lock")
    assert first.holder() is None
    assert first.take()
    assert first.take(), "held already"
    assert not second.take()
    assert not second.held
    assert second.holder() == os.getpid()
    first.release()
    first.release()
    assert second.take()
    second.release()


def test_one_poison_article_fails_alone(installation: Installation, work: LocalWork) -> None:
    installation.service.put([*articles(5), Article(id="hong", title="Bài làm hỏng", body="Nội dung.")])
    delivery = work.deliver()
    assert delivery == (6, 1)
    assert installation.catalog.live().count() == 5
    assert work.waiting() == 1


def test_an_index_that_takes_nothing_ends_the_wait_and_keeps_the_queue(
    installation: Installation, work: LocalWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    from machtin.adapters import sqlite_queue

    class Hurried:
        """Time in which every pause is over at once."""

        now = 0.0

        def time(self) -> float:
            self.now += 1_000
            return self.now

    monkeypatch.setattr(sqlite_queue, "time", Hurried())
    installation.service.put(articles(4))
    installation.service.live_index()
    installation.catalog.live().failure = "the disk is full"
    with pytest.raises(IndexUnavailable, match="4 articles are stored but could not be indexed"):
        drain(work.deliver, work.waiting, lambda _: None)
    assert work.queue.state() == (4, 0)
    installation.catalog.live().failure = None
    drain(work.deliver, work.waiting, lambda _: None)
    assert installation.agreeing()


def test_a_delivery_whose_function_breaks_is_offered_again(installation: Installation, work: LocalWork) -> None:
    from machtin.adapters.local_events import EventSource

    installation.service.put(articles(2))

    def broken(event: object, context: object) -> dict[str, object]:
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        EventSource(work.queue, broken).deliver()
    assert work.queue.state() == (2, 0)
    work.queue.reclaim()
    assert work.deliver() == (2, 0)


def test_a_source_that_was_refused_before_reaches_the_tally_unchanged() -> None:
    refused = Refused(origin="x.html", line=None, reasons=(Problem("input", "is empty"),), raw=b"", position=0, size=0)
    recorder = Recorder()
    tally = recorder.intake().take([refused])
    assert recorder.kept == [refused]
    assert str(tally.refused[0]) == "x.html: input is empty"
