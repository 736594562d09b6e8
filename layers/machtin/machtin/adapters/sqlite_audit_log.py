"""The audit log of a laptop, in the same SQLite file as the articles; the file itself refuses to change a record."""

from __future__ import annotations

import json
from collections.abc import Sequence

from machtin.adapters.sqlite_file import SqliteFile
from machtin.audit import AuditRecord, folder, in_order

SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (key TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS audit_when ON audit (json_extract(record, '$.when'));
CREATE TRIGGER IF NOT EXISTS audit_records_stay BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit records are kept for ever'); END;
CREATE TRIGGER IF NOT EXISTS audit_records_stay_the_same BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_records_are_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE key = NEW.key) BEGIN SELECT RAISE(IGNORE); END;
"""


class SqliteAuditLog:
    """Implements audit.AuditLog."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def append(self, records: Sequence[AuditRecord]) -> None:
        rows = [(record.key, json.dumps(record.to_json(), ensure_ascii=False)) for record in records]
        with self._file.writing() as db:
            db.executemany("INSERT INTO audit VALUES (?, ?)", rows)

    def of_article(self, article_id: str) -> list[AuditRecord]:
        return self._below(folder("article", article_id))

    def of_reindexes(self) -> list[AuditRecord]:
        return self._below(folder("reindex"))

    def latest(self, size: int) -> list[AuditRecord]:
        query = "SELECT record FROM audit ORDER BY json_extract(record, '$.when') DESC LIMIT ?"
        with self._file.reading() as db:
            return [AuditRecord.from_json(json.loads(row[0])) for row in db.execute(query, (size,))]

    def _below(self, prefix: str) -> list[AuditRecord]:
        query = "SELECT record FROM audit WHERE key > ? AND key < ?"
        with self._file.reading() as db:
            rows = db.execute(query, (prefix, prefix + "\uffff")).fetchall()
        return in_order([AuditRecord.from_json(json.loads(row[0])) for row in rows])
