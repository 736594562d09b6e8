"""Links between articles of a laptop, in the same SQLite file as the articles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from machtin.adapters.sqlite_file import SqliteFile
from machtin.thread_port import Link, Linked

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS linked (
    article_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, linked_by TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links (
    article_id TEXT, other TEXT, other_revision INTEGER NOT NULL, likelihood REAL NOT NULL,
    PRIMARY KEY (article_id, other)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_back ON links (other);
"""
# Rows read at a time, so that no read transaction stays open.
PAGE: Final = 2_000
_NEWEST = (
    "INSERT INTO linked VALUES (?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET revision = excluded.revision,"
    " linked_by = excluded.linked_by WHERE excluded.revision >= linked.revision"
)
_OF = """
WITH asked AS (SELECT value AS id FROM json_each(?))
SELECT links.article_id, linked.revision, other, other_revision, likelihood FROM asked
JOIN links ON links.article_id = asked.id JOIN linked ON linked.article_id = links.article_id
UNION
SELECT links.article_id, linked.revision, other, other_revision, likelihood FROM asked
JOIN links ON links.other = asked.id JOIN linked ON linked.article_id = links.article_id
"""


class SqliteThreadLinks:
    """Implements thread_port.ThreadLinks."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def put(self, linked: Sequence[Linked]) -> None:
        with self._file.writing() as db:
            for one in linked:
                if db.execute(_NEWEST, (one.article_id, one.revision, one.by)).rowcount:
                    db.execute("DELETE FROM links WHERE article_id = ?", (one.article_id,))
                    rows = [(one.article_id, to.other, to.other_revision, to.likelihood) for to in one.links]
                    db.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", rows)

    def remove(self, articles: Sequence[tuple[str, int]]) -> None:
        with self._file.writing() as db:
            for article_id, revision in articles:
                query = "DELETE FROM linked WHERE article_id = ? AND revision <= ?"
                if db.execute(query, (article_id, revision)).rowcount:
                    db.execute("DELETE FROM links WHERE article_id = ?", (article_id,))

    def of(self, article_ids: Sequence[str]) -> list[Link]:
        with self._file.reading() as db:
            return [Link(*row) for row in db.execute(_OF, (json.dumps(list(article_ids)),))]

    def revisions(self) -> Iterator[tuple[str, int, str]]:
        query = "SELECT article_id, revision, linked_by FROM linked WHERE article_id > ? ORDER BY article_id LIMIT ?"
        last = ""
        while True:
            with self._file.reading() as db:
                rows = db.execute(query, (last, PAGE)).fetchall()
            yield from rows
            if len(rows) < PAGE:
                return
            last = rows[-1][0]
