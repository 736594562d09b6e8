"""The audit log of a laptop: not even whoever opens its file can change a record by a slip."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from machtin.adapters import sqlite_audit_log
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.audit import AuditRecord
from machtin.errors import StoreUnavailable

RECORD = AuditRecord(
    kind="article",
    id="a",
    action="put",
    outcome="created",
    when=datetime(2026, 3, 15, 1, 30, tzinfo=UTC),
    who="token",
    after=1_773_538_200_000,
)


@pytest.fixture
def file(tmp_path: Path) -> SqliteFile:
    return SqliteFile(tmp_path / "log.sqlite", sqlite_audit_log.SCHEMA)


@pytest.fixture
def log(file: SqliteFile) -> SqliteAuditLog:
    made = SqliteAuditLog(file)
    made.append([RECORD])
    return made


@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET record = '{}'"])
def test_a_record_can_be_neither_changed_nor_removed(file: SqliteFile, log: SqliteAuditLog, statement: str) -> None:
    with pytest.raises(StoreUnavailable, match="audit records are"), file.writing() as db:
        db.execute(statement)
    assert log.of_article("a") == [RECORD]


def test_a_record_can_not_be_replaced(file: SqliteFile, log: SqliteAuditLog) -> None:
    with file.writing() as db:
        db.execute("REPLACE INTO audit VALUES (?, '{}')", (RECORD.key,))
    assert log.of_article("a") == [RECORD]
