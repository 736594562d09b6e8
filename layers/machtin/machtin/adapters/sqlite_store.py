"""The article store of a laptop: one SQLite file; a change and its announcement are one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from machtin.adapters.sqlite_file import SqliteFile
from machtin.article import Article
from machtin.errors import NotFound
from machtin.store_port import Change, Receipt, Stored

SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE,
    hash TEXT,
    document TEXT               -- NULL: a tombstone
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last_revision (only INTEGER PRIMARY KEY CHECK (only = 0), revision INTEGER NOT NULL);
INSERT OR IGNORE INTO last_revision VALUES (0, 0);
CREATE TABLE IF NOT EXISTS queue (
    message INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL,
    event TEXT NOT NULL,
    visible_at REAL NOT NULL DEFAULT 0,
    receives INTEGER NOT NULL DEFAULT 0,
    dead INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS waiting ON queue (dead, visible_at, message);
"""
# Rows read at a time while the whole store is walked: memory stays small and no read transaction stays open.
PAGE = 500


class SqliteStore:
    """Implements ports.ArticleStore; the ``queue`` table is read by sqlite_queue. A position is a revision."""

    late = 0

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def put(self, articles: Sequence[Article]) -> list[Receipt]:
        with self._file.writing() as db:
            return [self._put(db, article) for article in articles]

    def _put(self, db: sqlite3.Connection, article: Article) -> Receipt:
        row = db.execute("SELECT revision, hash FROM articles WHERE id = ?", (article.id,)).fetchone()
        content_hash = article.content_hash
        if row and row[1] == content_hash:
            return Receipt(article.id, row[0], "unchanged", row[0])
        document = json.dumps(article.to_json(), ensure_ascii=False)
        revision = self._record(db, article.id, content_hash, document)
        return Receipt(article.id, revision, "updated" if row and row[1] else "created", row[0] if row else None)

    def delete(self, article_id: str) -> Receipt:
        with self._file.writing() as db:
            row = db.execute("SELECT revision, hash FROM articles WHERE id = ?", (article_id,)).fetchone()
            if row is None:
                raise NotFound(f"there is no article {article_id}")
            if row[1] is None:
                return Receipt(article_id, row[0], "unchanged", row[0])
            return Receipt(article_id, self._record(db, article_id, None, None), "deleted", row[0])

    def _record(self, db: sqlite3.Connection, article_id: str, content_hash: str | None, document: str | None) -> int:
        now = int(datetime.now(UTC).timestamp() * 1000)
        row = db.execute(
            "UPDATE last_revision SET revision = max(revision + 1, ?) RETURNING revision", (now,)
        ).fetchone()
        revision = int(row[0])
        db.execute(
            "INSERT OR REPLACE INTO articles (id, revision, hash, document) VALUES (?, ?, ?, ?)",
            (article_id, revision, content_hash, document),
        )
        event = "ObjectCreated:Put" if document else "ObjectRemoved:Delete"
        db.execute("INSERT INTO queue (article_id, event) VALUES (?, ?)", (article_id, event))
        return revision

    def get(self, article_ids: Sequence[str]) -> dict[str, Stored]:
        wanted = json.dumps(list(article_ids))
        query = "SELECT id, revision, document FROM articles WHERE id IN (SELECT value FROM json_each(?))"
        with self._file.reading() as db:
            return {row[0]: _stored(row) for row in db.execute(query, (wanted,))}

    def states(self, after: str = "") -> Iterator[Stored]:
        query = "SELECT id, revision, document FROM articles WHERE id > ? ORDER BY id LIMIT ?"
        while rows := self._rows(query, (after, PAGE)):
            yield from map(_stored, rows)
            after = rows[-1][0]

    def journal(self, states: Sequence[Stored]) -> None:
        """A write has journalled itself."""

    def changes(self, after: int) -> Iterator[Change]:
        query = "SELECT id, revision, document FROM articles WHERE revision > ? ORDER BY revision LIMIT ?"
        while rows := self._rows(query, (after, PAGE)):
            yield from (Change(row[1], _stored(row)) for row in rows)
            after = rows[-1][1]

    def _rows(self, query: str, values: tuple[str | int, int]) -> list[tuple[str, int, str | None]]:
        with self._file.reading() as db:
            return db.execute(query, values).fetchall()

    def ids(self) -> Iterator[str]:
        with self._file.reading() as db:
            yield from (row[0] for row in db.execute("SELECT id FROM articles WHERE hash IS NOT NULL ORDER BY id"))

    def revisions(self, since: datetime | None = None) -> Iterator[tuple[str, int]]:  # noqa: ARG002  # all are cheap
        with self._file.reading() as db:
            yield from db.execute("SELECT id, revision FROM articles WHERE document IS NOT NULL").fetchall()

    def count(self) -> int:
        with self._file.reading() as db:
            return int(db.execute("SELECT count(*) FROM articles WHERE hash IS NOT NULL").fetchone()[0])

    def health(self) -> str:
        return f"{self.count()} articles"

    def position(self) -> int:
        with self._file.reading() as db:
            return int(db.execute("SELECT revision FROM last_revision").fetchone()[0])


def _stored(row: tuple[str, int, str | None]) -> Stored:
    article_id, revision, document = row
    return Stored(article_id, revision, Article.from_json(json.loads(document)) if document else None)
