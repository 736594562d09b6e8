"""What every log of re-indexes promises, whatever keeps it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from machtin.adapters import sqlite_reindex_log
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_reindex_log import S3ReindexLog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
from machtin.errors import Conflict, NotFound
from machtin.gate_report import GateFigure, GatePart, GateReport, GateWork, MeasuredQuery, QueryDifference
from machtin.reindex_record import ReindexLog, ReindexRecord, State, Step

START = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "s3"])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], ReindexLog]:
    """Opens the same log again when it is called again, as another process would."""
    if request.param == "sqlite":
        return lambda: SqliteReindexLog(SqliteFile(tmp_path / "log.sqlite", sqlite_reindex_log.SCHEMA))
    bucket: Bucket = request.getfixturevalue("bucket")
    return lambda: S3ReindexLog(Bucket(bucket.name))


@pytest.fixture
def log(open_log: Callable[[], ReindexLog]) -> ReindexLog:
    return open_log()


def record(number: int = 1, state: State = "running", step: Step = "build", **fields: object) -> ReindexRecord:
    moment = START + timedelta(hours=number)
    made = ReindexRecord(id=f"r{number}", state=state, step=step, started_at=moment, updated_at=moment)
    return replace(made, **fields)  # type: ignore[arg-type]  # names vary by test


def full() -> ReindexRecord:
    figures = [GateFigure("nDCG@10", 0.9, None, "20 queries")]
    part = GatePart("quality", "refused", figures, ["worse"])
    return record(
        versions=("v1", "v2"),
        version="v3",
        setbacks=2,
        error="away",
        force="lý do",
        gate_work=GateWork(live="v2", canaries=part, measured=[MeasuredQuery("q", 1.0, 1.0, 2.5)], seconds=0.5),
        gate=GateReport(
            "refused",
            "v2",
            None,
            7,
            1.5,
            [part],
            [QueryDifference("q", "giá gạo", 1.0, 0.5)],
            [QueryDifference("p", "gạo", 0.5, 1.0)],
        ),
    )


def test_a_record_comes_back_whole_in_another_process(open_log: Callable[[], ReindexLog]) -> None:
    open_log().begin(full())
    assert open_log().get("r1") == full()
    assert open_log().all() == [full()]


def test_one_runs_at_a_time(log: ReindexLog) -> None:
    log.begin(record(1))
    with pytest.raises(Conflict, match="r1 is running"):
        log.begin(record(2))
    assert log.running() == record(1)
    log.save(record(1, "done", "done"), record(1))
    assert log.running() is None
    log.begin(record(2))
    assert [one.id for one in log.all()] == ["r2", "r1"]


def test_one_that_ended_may_run_again_unless_another_does(log: ReindexLog) -> None:
    log.begin(record(1))
    log.save(record(1, "refused", "gate", cancel_requested=True), record(1))
    log.begin(record(1, step="catch_up"))
    assert (log.get("r1").state, log.get("r1").cancel_requested) == ("running", False)
    log.save(record(1, "refused", "gate"), record(1, step="catch_up"))
    log.begin(record(2))
    with pytest.raises(Conflict, match="r2 is running"):
        log.begin(record(1, step="catch_up"))
    assert log.get("r1").state == "refused"


def test_a_save_does_not_lose_the_request_to_cancel(log: ReindexLog) -> None:
    log.begin(record())
    assert log.request_cancel("r1").cancel_requested
    log.save(record(through=7), record())
    assert (log.get("r1").cancel_requested, log.get("r1").through) == (True, 7)
    assert log.request_cancel("r1") == log.get("r1")


def test_of_two_who_did_the_same_piece_one_saves_it(log: ReindexLog) -> None:
    log.begin(record())
    log.save(record(through=7), record())
    with pytest.raises(Conflict, match="went on elsewhere"):
        log.save(record(step="gate"), record())
    assert log.get("r1") == record(through=7)


def test_a_late_save_does_not_take_the_place_of_another_reindex(log: ReindexLog) -> None:
    log.begin(record(1))
    log.save(record(1, "done", "done"), record(1))
    log.begin(record(2))
    with pytest.raises(Conflict):
        log.save(record(1, through=7), record(1))
    assert [(one.id, one.state) for one in log.all()] == [("r2", "running"), ("r1", "done")]


def test_requests_and_saves_of_many_at_once_all_stay(open_log: Callable[[], ReindexLog]) -> None:
    log = open_log()
    log.begin(record())
    saved: list[int] = []

    def save() -> None:
        own = open_log()
        for _ in range(20):
            before = own.get("r1")
            try:
                own.save(replace(before, through=before.through + 1), before)
            except Conflict:
                continue
            saved.append(1)

    threads = [threading.Thread(target=save) for _ in range(3)]
    for thread in threads:
        thread.start()
    open_log().request_cancel("r1")
    for thread in threads:
        thread.join()
    assert (log.get("r1").cancel_requested, log.get("r1").through) == (True, len(saved))


@pytest.mark.parametrize(
    ("state", "step"),
    [("running", "promote"), ("running", "settle"), ("done", "done"), ("refused", "gate"), ("failed", "build")],
)
def test_what_is_past_its_gate_or_has_ended_is_not_cancelled(log: ReindexLog, state: State, step: Step) -> None:
    log.begin(record())
    log.save(record(1, state, step), record())
    with pytest.raises(Conflict, match="r1"):
        log.request_cancel("r1")
    assert not log.get("r1").cancel_requested


def test_what_never_was_is_not_found(log: ReindexLog) -> None:
    for ask in (log.get, log.request_cancel):
        with pytest.raises(NotFound):
            ask("khong-co")


def test_a_record_of_an_earlier_release_is_read() -> None:
    known = {"id": "r1", "state": "done", "step": "done", "version": "v2", "previous": "v1", "through": 5}
    times = {"started_at": START.isoformat(), "updated_at": START.isoformat()}
    counted = {"articles_done": 3, "articles_total": 3, "error": None}
    assert ReindexRecord.from_json({**known, **times, **counted}).gate is None


def test_parts_of_a_build_add_up_and_the_same_part_again_counts_once(open_log: Callable[[], ReindexLog]) -> None:
    log = open_log()
    assert log.parts("r1") == 0
    log.note_part("r1", "bai-1", 100)
    log.note_part("r1", "bai-101", 100)
    log.note_part("r1", "bai-101", 99)
    log.note_part("r2", "bai-1", 7)
    assert open_log().parts("r1") == 199
    assert open_log().parts("r2") == 7


def test_a_record_of_a_later_release_is_read_as_far_as_it_is_known() -> None:
    assert ReindexRecord.from_json(full().to_json() | {"something_new": 1}) == full()
