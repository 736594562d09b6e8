"""What every audit log promises, whatever keeps it: what is in it stays as it is, in order, for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters import sqlite_audit_log
from machtin.adapters.s3_audit_log import S3AuditLog
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.audit import AuditLog, AuditRecord

REVISION = 1_773_538_200_000
START = datetime.fromtimestamp(REVISION / 1000, UTC)
Opener = Callable[[], AuditLog]


@pytest.fixture(params=["sqlite", "s3"])
def open_log(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same log again when it is called again, as another process would."""
    if request.param == "sqlite":
        return lambda: SqliteAuditLog(SqliteFile(tmp_path / "log.sqlite", sqlite_audit_log.SCHEMA))
    bucket: Bucket = request.getfixturevalue("bucket")
    return lambda: S3AuditLog(Bucket(bucket.name))


@pytest.fixture
def log(open_log: Opener) -> AuditLog:
    return open_log()


def put(number: int = 0, **changes: Any) -> AuditRecord:
    """The ``number``-th change of an article, a second after the one before."""
    made = AuditRecord(
        kind="article",
        id="gao-2026",
        action="put",
        outcome="updated" if number else "created",
        when=START + timedelta(seconds=number, microseconds=120),
        who="arn:aws:iam::123456789012:user/editor",
        request_id=f"JKJaXmPLvHcESHA={number}",
        before=REVISION + 1000 * (number - 1) if number else None,
        after=REVISION + 1000 * number,
    )
    return replace(made, **changes)


def asked(reindex_id: str, minutes: int = 0, **changes: Any) -> AuditRecord:
    made = AuditRecord(
        kind="reindex",
        id=reindex_id,
        action="begin_reindex",
        outcome="asked",
        when=START + timedelta(minutes=minutes),
        who="token",
    )
    return replace(made, **changes)


def test_records_come_back_whole_and_in_order_in_another_process(open_log: Opener) -> None:
    down = put(3, action="take_down", outcome="deleted", reason="theo văn bản 12/2026 của Sở Thông tin & Truyền thông")
    for part in ([put(1), put(0)], [down], [put(2)]):
        open_log().append(part)
    assert open_log().of_article("gao-2026") == [put(0), put(1), put(2), down]


def test_an_article_that_nobody_touched_has_no_record(log: AuditLog) -> None:
    assert log.of_article("gao-2026") == log.of_reindexes() == log.latest(5) == []
    log.append([])
    log.append([put()])
    assert log.of_article("gao") == log.of_article("gao-2026-2") == []


def test_the_records_of_articles_whose_ids_begin_alike_stay_apart(log: AuditLog) -> None:
    ids = ("gao", "gao-1", "gao.1", "gao~1", "gao1")
    log.append([put(id=article_id) for article_id in ids])
    assert [log.of_article(article_id) for article_id in ids] == [[put(id=article_id)] for article_id in ids]


def test_a_record_is_never_written_over(log: AuditLog) -> None:
    log.append([put()])
    log.append([put(outcome="unchanged", when=START + timedelta(hours=1), before=REVISION)])
    log.append([put(), put(1), put(1, outcome="unchanged")])
    assert log.of_article("gao-2026") == [put(), put(1)]


def test_the_same_by_others_or_in_another_request_is_another_action(log: AuditLog) -> None:
    others: Sequence[AuditRecord] = [
        put(when=START + timedelta(seconds=1), outcome="unchanged", request_id="another"),
        put(when=START + timedelta(seconds=2), outcome="unchanged", who="token"),
        put(when=START + timedelta(seconds=3), outcome="unchanged", reason="lần nữa"),
        put(when=START + timedelta(seconds=4), outcome="unchanged", action="take_down"),
    ]
    log.append([put(), *others])
    assert log.of_article("gao-2026") == [put(), *others]


def test_revisions_count_where_clocks_disagree(log: AuditLog) -> None:
    ahead = put(0, when=START + timedelta(minutes=5))
    log.append([put(1), ahead])
    assert log.of_article("gao-2026") == [ahead, put(1)]


def test_reindexes_have_records_of_their_own_in_order_of_time(log: AuditLog) -> None:
    first, second = asked("r1", 0, reason="vì vội"), asked("r2", 20)
    back = asked("r1", 30, action="roll_back_reindex")
    log.append([back])
    log.append([second, first, put(id="r1")])
    failed = asked("r1", 31, action="roll_back_reindex", outcome="failed")
    log.append([failed])
    assert log.of_reindexes() == [first, second, back, failed]
    assert log.of_article("r1") == [put(id="r1")]


def test_what_was_done_last_comes_first_whatever_it_was_done_to(log: AuditLog) -> None:
    judged = put(id="csv-0a1b", kind="golden", action="judge", before=None, after=None, when=START + timedelta(hours=2))
    log.append([put(1), asked("r1", 20), judged])
    log.append([put(0), put(id="another", number=5)])
    assert log.latest(10) == [judged, asked("r1", 20), put(id="another", number=5), put(1), put(0)]
    assert log.latest(2) == [judged, asked("r1", 20)]


def test_what_was_sent_twice_is_told_of_once(log: AuditLog) -> None:
    log.append([put()])
    log.append([put(outcome="unchanged", when=START + timedelta(hours=1), before=REVISION)])
    assert log.latest(10) == [put()]


def test_many_records_are_kept_at_once(log: AuditLog) -> None:
    log.append([put(number, id=f"bai-{number % 100}") for number in range(300)])
    assert [record.after for record in log.of_article("bai-7")] == [REVISION + 1000 * one for one in (7, 107, 207)]


def test_of_many_who_write_one_record_at_once_all_are_content_and_one_is_kept(open_log: Opener) -> None:
    def write(writer: int) -> None:
        open_log().append([put(when=START + timedelta(microseconds=writer)), put(1, request_id=f"writer {writer}")])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    first, *others = open_log().of_article("gao-2026")
    assert first.after == REVISION
    assert sorted(str(record.request_id) for record in others) == [f"writer {writer}" for writer in range(6)]
