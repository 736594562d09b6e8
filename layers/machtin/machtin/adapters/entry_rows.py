"""The rows of one index version: one SQLite file that is the truth about every entry, and what follows from it.

Each entry stands at a slot of its own. Slots only ever grow, so they number the changes too: whoever has read up
to a slot finds what came later above it.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from machtin.adapters import headline_rows
from machtin.adapters.filter_keys import key, labels_of
from machtin.adapters.moments import microseconds
from machtin.adapters.sqlite_file import SelfClosing
from machtin.answers import SummarySentence
from machtin.article import Article
from machtin.errors import IndexUnavailable
from machtin.ports import IndexEntry, Pieces

BUSY_SECONDS: Final = 30.0
_SCHEMA: Final = """
CREATE TABLE entry (
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    live INTEGER NOT NULL,      -- 0: a tombstone
    embedded INTEGER NOT NULL,  -- 1: a vector stands at the slot
    published INTEGER,          -- microseconds since 1970, UTC
    section TEXT,               -- as published
    section_key TEXT
);
CREATE INDEX entry_section ON entry (section_key, section) WHERE section_key IS NOT NULL;
-- Apart from the rows that are read whole at opening, which it would make ten times as long.
CREATE TABLE content (slot INTEGER PRIMARY KEY, packed BLOB NOT NULL);
CREATE TABLE label (name TEXT NOT NULL, slot INTEGER NOT NULL, PRIMARY KEY (name, slot)) WITHOUT ROWID;
CREATE INDEX label_slot ON label (slot);
CREATE TABLE retired (seq INTEGER PRIMARY KEY, slot INTEGER NOT NULL, id TEXT NOT NULL);
-- How far the text index has followed.
CREATE TABLE followed (only INTEGER PRIMARY KEY CHECK (only = 0), slot INTEGER NOT NULL, seq INTEGER NOT NULL);
INSERT INTO followed VALUES (0, -1, 0);
"""
# Of an article's pieces, little-endian int32; files from before them get it when they are next written.
_PIECES: Final = "CREATE TABLE IF NOT EXISTS piece (slot INTEGER PRIMARY KEY, ids BLOB NOT NULL)"


class Progress(NamedTuple):
    """A point in the history of the rows: the last slot given and the last retirement."""

    slot: int
    seq: int


class Row(NamedTuple):
    """What readers keep of an entry in memory; ``published`` in microseconds since 1970, None for undated."""

    slot: int
    id: str
    live: bool
    embedded: bool
    published: int | None


@contextmanager
def rows_errors(path: Path, verb: str) -> Iterator[None]:
    """SQLite's errors in machtin's words."""
    try:
        yield
    except (sqlite3.Error, OSError, zlib.error) as error:
        raise IndexUnavailable(f"cannot {verb} {path}: {error}") from error


def create_rows(path: Path) -> None:
    """An empty file of rows."""
    with closing(connect(path, missing_ok=True)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_SCHEMA + headline_rows.SCHEMA + _PIECES)


def complete(db: sqlite3.Connection) -> None:
    """Add what files of an earlier version lack; before anything is written."""
    db.execute(_PIECES)


def connect(path: Path, *, missing_ok: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode that any thread may use, one at a time; commits survive a power cut."""
    mode = "rwc" if missing_ok else "rw"
    address = f"{path.absolute().as_uri()}?mode={mode}"
    db = sqlite3.connect(
        address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, factory=SelfClosing
    )
    db.execute("PRAGMA synchronous = FULL")
    return db


def progress(db: sqlite3.Connection) -> Progress:
    """The latest point in the history."""
    row = db.execute(
        "SELECT (SELECT coalesce(max(slot), -1) FROM entry), (SELECT coalesce(max(seq), 0) FROM retired)"
    ).fetchone()
    return Progress(*row)


def followed(db: sqlite3.Connection) -> Progress:
    """The point up to which the text index holds everything."""
    return Progress(*db.execute("SELECT slot, seq FROM followed").fetchone())


def follow(db: sqlite3.Connection, point: Progress) -> None:
    """Remember that the text index holds everything up to there."""
    db.execute("UPDATE followed SET slot = ?, seq = ?", point)


def rows_after(db: sqlite3.Connection, slot: int) -> Iterator[Row]:
    """Rows above a slot, in order; those that were replaced meanwhile are left out."""
    return map(
        Row._make,
        db.execute("SELECT slot, id, live, embedded, published FROM entry WHERE slot > ? ORDER BY slot", (slot,)),
    )


def retired_after(db: sqlite3.Connection, seq: int) -> list[tuple[int, str]]:
    """Slots, with their ids, whose entries were replaced or buried since."""
    return db.execute("SELECT slot, id FROM retired WHERE seq > ? ORDER BY seq", (seq,)).fetchall()


def articles_after(db: sqlite3.Connection, slot: int) -> Iterator[tuple[int, Article]]:
    """Live articles above a slot."""
    query = "SELECT slot, packed FROM content WHERE slot > ? ORDER BY slot"
    for at, packed in db.execute(query, (slot,)):
        yield at, _unpack(packed)[0]


def put(db: sqlite3.Connection, slot: int, entry: IndexEntry) -> bool:
    """Place an entry at a slot, retiring what its id had; False when that is not older. Within a transaction."""
    article = entry.article
    if not _retire(db, article.id, entry.revision):
        return False
    published = microseconds(article.published_at) if article.published_at else None
    section_key = key(article.section or "") or None
    embedded = entry.vector is not None
    db.execute(
        "INSERT INTO entry VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
        (slot, article.id, entry.revision, embedded, published, article.section, section_key),
    )
    db.execute("INSERT INTO content VALUES (?, ?)", (slot, _pack(entry)))
    if entry.pieces is not None:
        db.execute("INSERT INTO piece VALUES (?, ?)", (slot, entry.pieces.astype("<i4").tobytes()))
    db.executemany("INSERT INTO label VALUES (?, ?)", [(name, slot) for name in sorted(labels_of(article))])
    headline_rows.put(db, slot, published, article)
    return True


def bury(db: sqlite3.Connection, slot: int, article_id: str, revision: int) -> bool:
    """Leave a tombstone at a slot; False when what the id had is not older. Within a transaction."""
    if not _retire(db, article_id, revision):
        return False
    db.execute("INSERT INTO entry VALUES (?, ?, ?, 0, 0, NULL, NULL, NULL)", (slot, article_id, revision))
    return True


def _retire(db: sqlite3.Connection, article_id: str, revision: int) -> bool:
    row = db.execute("SELECT slot, revision, published FROM entry WHERE id = ?", (article_id,)).fetchone()
    if row is None:
        return True
    if row[1] >= revision:
        return False
    slot = row[0]
    db.execute("INSERT INTO retired (slot, id) VALUES (?, ?)", (slot, article_id))
    for table in ("entry", "content", "label", "piece"):
        db.execute(f"DELETE FROM {table} WHERE slot = ?", (slot,))  # noqa: S608 the four names above
    headline_rows.delete(db, slot, row[2])
    return True


def entries(db: sqlite3.Connection, article_ids: Sequence[str]) -> Iterator[tuple[int, bool, IndexEntry]]:
    """Slot, whether a vector stands there, and the entry without it, of each live id."""
    query = (
        "SELECT slot, embedded, revision, packed FROM entry JOIN content USING (slot)"
        " WHERE id IN (SELECT value FROM json_each(?))"
    )
    for slot, embedded, revision, packed in db.execute(query, (json.dumps(list(article_ids)),)):
        article, summary, summarizer = _unpack(packed)
        yield slot, bool(embedded), IndexEntry(article, revision, None, summary, summarizer=summarizer)


def pieces(db: sqlite3.Connection, article_ids: Sequence[str]) -> dict[str, Pieces]:
    """The pieces of the live ones among these ids."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'piece'").fetchone() is None:
        return {}
    query = "SELECT id, ids FROM entry JOIN piece USING (slot) WHERE id IN (SELECT value FROM json_each(?))"
    found = db.execute(query, (json.dumps(list(article_ids)),))
    return {article_id: np.frombuffer(ids, dtype="<i4").astype(np.int32, copy=False) for article_id, ids in found}


def slots_of(db: sqlite3.Connection, article_ids: Sequence[str]) -> list[int]:
    """Slots of the live ones among these ids."""
    query = "SELECT slot FROM entry WHERE live AND id IN (SELECT value FROM json_each(?))"
    return [row[0] for row in db.execute(query, (json.dumps(list(article_ids)),))]


def slots_labelled(db: sqlite3.Connection, name: str) -> list[int]:
    """Slots of the entries that carry a label."""
    return [row[0] for row in db.execute("SELECT slot FROM label WHERE name = ?", (name,))]


def forget_tombstones(db: sqlite3.Connection, before: int) -> int:
    """Delete tombstones with an older revision; the last slot stays, since slots must only grow."""
    query = "DELETE FROM entry WHERE NOT live AND revision < ? AND slot < (SELECT max(slot) FROM entry)"
    return db.execute(query, (before,)).rowcount


def live_revisions(path: Path) -> Iterator[tuple[str, int]]:
    """Ids and revisions of live entries as of one moment, however long the reading takes."""
    with rows_errors(path, "read"), closing(connect(path)) as db:
        yield from db.execute("SELECT id, revision FROM entry WHERE live ORDER BY slot")


def section_spellings(db: sqlite3.Connection) -> dict[str, str]:
    """The most common published spelling of each section key; among equals the first in code point order."""
    query = (
        "SELECT section_key, section, count(*) FROM entry WHERE section_key IS NOT NULL"
        " GROUP BY section_key, section ORDER BY count(*), section DESC"
    )
    return {section_key: section for section_key, section, _ in db.execute(query)}


def _pack(entry: IndexEntry) -> bytes:
    summary = [[one.text, one.field, one.start, one.end, one.score] for one in entry.summary]
    document = {"article": entry.article.to_json(), "summary": summary, "summarizer": entry.summarizer}
    # Level 1: a third of the time of the default for a tenth more space.
    return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _unpack(packed: bytes) -> tuple[Article, tuple[SummarySentence, ...], str | None]:
    """Article, summary, and the version of the summarizer, which entries of before there were versions lack."""
    document: dict[str, Any] = json.loads(zlib.decompress(packed))
    summary = tuple(SummarySentence(*one) for one in document["summary"])
    return Article.from_json(document["article"]), summary, document.get("summarizer")
