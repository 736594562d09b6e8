"""Re-index records of a laptop, in the same SQLite file as the articles."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

from machtin.adapters.sqlite_file import SqliteFile
from machtin.errors import Conflict, NotFound
from machtin.reindex_record import ReindexRecord, refuse_cancel

SCHEMA = """
CREATE TABLE IF NOT EXISTS reindexes (
    id TEXT PRIMARY KEY, running INTEGER NOT NULL, started_at TEXT NOT NULL, record TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS reindex_parts (
    reindex_id TEXT, part TEXT, articles INTEGER NOT NULL, PRIMARY KEY (reindex_id, part)
) WITHOUT ROWID;
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
            _write(db, record)

    def save(self, record: ReindexRecord, before: ReindexRecord) -> None:
        with self._file.writing() as db:
            stored = _read(db, record.id)
            if stored is None or replace(stored, cancel_requested=before.cancel_requested) != before:
                raise Conflict(f"re-index {record.id} went on elsewhere")
            _write(db, replace(record, cancel_requested=record.cancel_requested or stored.cancel_requested))

    def request_cancel(self, reindex_id: str) -> ReindexRecord:
        with self._file.writing() as db:
            record = _read(db, reindex_id)
            if record is None:
                raise NotFound(f"there is no re-index {reindex_id}")
            if refusal := refuse_cancel(record):
                raise Conflict(refusal)
            record = replace(record, cancel_requested=True)
            _write(db, record)
            return record

    def note_part(self, reindex_id: str, part: str, articles: int) -> None:
        with self._file.writing() as db:
            db.execute("INSERT OR REPLACE INTO reindex_parts VALUES (?, ?, ?)", (reindex_id, part, articles))

    def parts(self, reindex_id: str) -> int:
        query = "SELECT coalesce(sum(articles), 0) FROM reindex_parts WHERE reindex_id = ?"
        with self._file.reading() as db:
            return int(db.execute(query, (reindex_id,)).fetchone()[0])

    def get(self, reindex_id: str) -> ReindexRecord:
        with self._file.reading() as db:
            record = _read(db, reindex_id)
        if record is None:
            raise NotFound(f"there is no re-index {reindex_id}")
        return record

    def running(self) -> ReindexRecord | None:
        with self._file.reading() as db:
            row = db.execute("SELECT record FROM reindexes WHERE running = 1").fetchone()
        return ReindexRecord.from_json(json.loads(row[0])) if row else None

    def all(self) -> list[ReindexRecord]:
        with self._file.reading() as db:
            rows = db.execute("SELECT record FROM reindexes ORDER BY started_at DESC").fetchall()
        return [ReindexRecord.from_json(json.loads(row[0])) for row in rows]


def _read(db: sqlite3.Connection, reindex_id: str) -> ReindexRecord | None:
    row = db.execute("SELECT record FROM reindexes WHERE id = ?", (reindex_id,)).fetchone()
    return ReindexRecord.from_json(json.loads(row[0])) if row else None


def _write(db: sqlite3.Connection, record: ReindexRecord) -> None:
    document = record.to_json()
    row = record.id, record.state == "running", document["started_at"], json.dumps(document)
    db.execute(
        "INSERT INTO reindexes VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET running = excluded.running,"
        " record = excluded.record",
        row,
    )
