"""The article store of a laptop: one SQLite file; a change and its announcement are one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from machtin.adapters.sqlite_file import SqliteFile
from machtin.article import Article
from machtin.errors import NotFound
from machtin.store_port import NO_ARTICLE, Change, Receipt, Scheduled, Stored, require_seen
from machtin.visibility import milliseconds, release_moment

SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE,
    hash TEXT,
    document TEXT               -- NULL: a tombstone
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scheduled (
    id TEXT PRIMARY KEY,        -- of an article that waits
    moment INTEGER              -- milliseconds; NULL: it was taken down while it waited
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS soonest ON scheduled (moment);
CREATE VIEW IF NOT EXISTS states AS
    SELECT articles.id AS id, revision, document, scheduled.id IS NOT NULL AS waits
    FROM articles LEFT JOIN scheduled ON scheduled.id = articles.id;
CREATE VIEW IF NOT EXISTS shown AS
    SELECT id, revision FROM articles WHERE hash IS NOT NULL AND id NOT IN (SELECT id FROM scheduled);
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
NEVER = 2**62


class SqliteStore:
    """Implements ports.ArticleStore; the ``queue`` table is read by sqlite_queue. A position is a revision."""

    late = 0

    def __init__(self, file: SqliteFile, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` tells what is public at once and what waits; revisions are of this machine's own."""
        self._file = file
        self._clock = clock

    def put(self, articles: Sequence[Article], seen: int | None = None) -> list[Receipt]:
        with self._file.writing() as db:
            return [self._put(db, article, seen) for article in articles]

    def _put(self, db: sqlite3.Connection, article: Article, seen: int | None) -> Receipt:
        row = db.execute("SELECT revision, hash FROM articles WHERE id = ?", (article.id,)).fetchone()
        content_hash = article.content_hash
        if row and row[1] == content_hash:
            return Receipt(article.id, row[0], "unchanged", row[0])
        require_seen(article.id, seen, row[0] if row and row[1] else NO_ARTICLE)
        document = json.dumps(article.to_json(), ensure_ascii=False)
        revision = self._record(db, article.id, content_hash, document)
        db.execute("DELETE FROM scheduled WHERE id = ?", (article.id,))
        if (moment := release_moment(article, self._clock())) is not None:
            db.execute("INSERT INTO scheduled VALUES (?, ?)", (article.id, moment))
        return Receipt(article.id, revision, "updated" if row and row[1] else "created", row[0] if row else None)

    def delete(self, article_id: str, seen: int | None = None) -> Receipt:
        with self._file.writing() as db:
            row = db.execute("SELECT revision, hash FROM articles WHERE id = ?", (article_id,)).fetchone()
            if row is None:
                raise NotFound(f"there is no article {article_id}")
            if row[1] is None:
                return Receipt(article_id, row[0], "unchanged", row[0])
            require_seen(article_id, seen, row[0])
            db.execute("UPDATE scheduled SET moment = NULL WHERE id = ?", (article_id,))
            return Receipt(article_id, self._record(db, article_id, None, None), "deleted", row[0])

    def release(self, one: Scheduled) -> Receipt | None:
        with self._file.writing() as db:
            query = (
                "SELECT revision, hash, document FROM articles JOIN scheduled USING (id) WHERE id = ? AND moment <= ?"
            )
            row = db.execute(query, (one.id, milliseconds(self._clock()))).fetchone()
            if row is None:
                return None
            db.execute("DELETE FROM scheduled WHERE id = ?", (one.id,))
            return Receipt(one.id, self._record(db, one.id, row[1], row[2]), "updated", row[0])

    def scheduled(self, until: int | None = None) -> list[Scheduled]:
        query = "SELECT moment, id FROM scheduled WHERE moment <= ? ORDER BY moment, id"
        with self._file.reading() as db:
            return [Scheduled(*row) for row in db.execute(query, (NEVER if until is None else until,))]

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
        query = "SELECT id, revision, document, waits FROM states WHERE id IN (SELECT value FROM json_each(?))"
        with self._file.reading() as db:
            return {row[0]: _stored(row) for row in db.execute(query, (wanted,))}

    def states(self, after: str = "") -> Iterator[Stored]:
        query = "SELECT id, revision, document, waits FROM states WHERE id > ? ORDER BY id LIMIT ?"
        while rows := self._rows(query, (after, PAGE)):
            yield from map(_stored, rows)
            after = rows[-1][0]

    def journal(self, states: Sequence[Stored]) -> None:
        """A write has journalled itself."""

    def changes(self, after: int) -> Iterator[Change]:
        query = "SELECT id, revision, document, waits FROM states WHERE revision > ? ORDER BY revision LIMIT ?"
        while rows := self._rows(query, (after, PAGE)):
            yield from (Change(row[1], _stored(row)) for row in rows)
            after = rows[-1][1]

    def _rows(self, query: str, values: tuple[str | int, int]) -> list[tuple[str, int, str | None, int]]:
        with self._file.reading() as db:
            return db.execute(query, values).fetchall()

    def ids(self) -> Iterator[str]:
        with self._file.reading() as db:
            yield from (row[0] for row in db.execute("SELECT id FROM shown ORDER BY id"))

    def revisions(self, since: datetime | None = None) -> Iterator[tuple[str, int]]:  # noqa: ARG002  # all are cheap
        with self._file.reading() as db:
            yield from db.execute("SELECT id, revision FROM shown").fetchall()

    def count(self) -> int:
        # A difference, since asking of each article whether it waits takes three times as long.
        query = (
            "SELECT (SELECT count(*) FROM articles WHERE hash IS NOT NULL)"
            " - (SELECT count(*) FROM scheduled WHERE moment IS NOT NULL)"
        )
        with self._file.reading() as db:
            return int(db.execute(query).fetchone()[0])

    def health(self) -> str:
        return f"{self.count()} articles"

    def position(self) -> int:
        with self._file.reading() as db:
            return int(db.execute("SELECT revision FROM last_revision").fetchone()[0])


def _stored(row: tuple[str, int, str | None, int]) -> Stored:
    article_id, revision, document, waits = row
    article = Article.from_json(json.loads(document)) if document else None
    return Stored(article_id, revision, article, bool(waits))
