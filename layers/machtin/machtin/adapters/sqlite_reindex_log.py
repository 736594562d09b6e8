"""Re-index records of a laptop, in the same SQLite file as the articles."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from machtin.adapters.sqlite_file import SqliteFile
from machtin.errors import Conflict, NotFound
from machtin.reindex_record import ReindexRecord

SCHEMA = """
CREATE TABLE IF NOT EXISTS reindexes (
    id TEXT PRIMARY KEY, running INTEGER NOT NULL, started_at TEXT NOT NULL, record TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_running ON reindexes (running) WHERE running = 1;
"""


class SqliteReindexLog:
    """Implements reindex_record.ReindexLog."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def begin(self, record: ReindexRecord) -> None:
        with self._file.writing() as db:
            row = db.execute("SELECT id FROM reindexes WHERE running = 1").fetchone()
            if row:
                raise Conflict(f"re-index {row[0]} is running; wait until it is done")
            db.execute("INSERT INTO reindexes VALUES (?, ?, ?, ?)", _row(record))

    def save(self, record: ReindexRecord) -> None:
        with self._file.writing() as db:
            db.execute("INSERT OR REPLACE INTO reindexes VALUES (?, ?, ?, ?)", _row(record))

    def get(self, reindex_id: str) -> ReindexRecord:
        with self._file.reading() as db:
            row = db.execute("SELECT record FROM reindexes WHERE id = ?", (reindex_id,)).fetchone()
        if row is None:
            raise NotFound(f"there is no re-index {reindex_id}")
        return _record(row[0])

    def all(self) -> list[ReindexRecord]:
        with self._file.reading() as db:
            rows = db.execute("SELECT record FROM reindexes ORDER BY started_at DESC").fetchall()
        return [_record(row[0]) for row in rows]


def _row(record: ReindexRecord) -> tuple[str, int, str, str]:
    document = asdict(record)
    for name in ("started_at", "updated_at"):
        document[name] = document[name].isoformat()
    return record.id, record.state == "running", document["started_at"], json.dumps(document)


def _record(text: str) -> ReindexRecord:
    document = json.loads(text)
    for name in ("started_at", "updated_at"):
        document[name] = datetime.fromisoformat(document[name])
    return ReindexRecord(**document)
