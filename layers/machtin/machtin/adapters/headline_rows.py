"""The headlines of one index version as rows that what is typed is completed from, in the order of their dates.

A row's number holds its date in front of its slot: SQLite walks the matches from the newest back and stops when it has
enough, however many there are. Labels are columns' words too, so that filters narrow the walk itself.
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b
from typing import Final

from machtin.adapters.filter_keys import labels_of, labels_wanted
from machtin.adapters.moments import microseconds
from machtin.article import Article
from machtin.completion import Typed
from machtin.ports import Filters
from machtin.vietnamese import fold, syllables

SCHEMA: Final = """
CREATE VIRTUAL TABLE dated_headline USING fts5 (
    folded, spelt, labels, title UNINDEXED, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 0'
);
"""
# A row's number: the second of publication in 33 bits (0: undated), then the slot.
_SLOT_BITS: Final = 30
_SECONDS: Final = (1, (1 << 33) - 1)
# Letters of no script, which no headline's words begin with.
_LABEL: Final = "\ue000"


def put(db: sqlite3.Connection, slot: int, published: int | None, article: Article) -> None:
    """Add an article's headline; ``published`` in microseconds since 1970. Within a transaction."""
    if not _kept(db):
        return
    words = syllables(article.title)
    folded = [fold(word) for word in words]
    marked = " ".join(word for word, bare in zip(words, folded, strict=True) if word != bare)
    labels = " ".join(sorted(map(_token, labels_of(article))))
    db.execute(
        "INSERT INTO dated_headline (rowid, folded, spelt, labels, title) VALUES (?, ?, ?, ?, ?)",
        (_number(slot, published), " ".join(folded), marked, labels, article.title),
    )


def delete(db: sqlite3.Connection, slot: int, published: int | None) -> None:
    """Take out the headline of a slot; ``published`` as it was put. Within a transaction."""
    if _kept(db):
        db.execute("DELETE FROM dated_headline WHERE rowid = ?", (_number(slot, published),))


def newest(
    db: sqlite3.Connection, typed: Typed, filters: Filters, limit: int, *, opening: bool
) -> list[tuple[int, str]]:
    """Slots and titles, the newest first, of headlines that have what was typed, or begin with it (``opening``).

    Whether typed marks stand in that very place is for the caller to see.
    """
    if not _kept(db):
        return []
    begun = " *" if typed.begun else ""
    asked = [f'folded : {"^ " if opening else ""}"{" ".join(typed.folded)}"{begun}']
    for at, (word, bare) in enumerate(zip(typed.words, typed.folded, strict=True), start=1):
        if word != bare:
            asked.append(f'spelt : "{word}"{begun if at == len(typed.words) else ""}')
    asked += [f'labels : "{_token(name)}"' for name in labels_wanted(filters)]
    since = _second(microseconds(filters.since)) << _SLOT_BITS if filters.since else 0
    until = (_second(microseconds(filters.until)) + 1) << _SLOT_BITS if filters.until else (1 << 63) - 1
    matching = "SELECT rowid, title FROM dated_headline WHERE dated_headline MATCH ?"
    query = f"{matching} AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?"
    rows = db.execute(query, (" AND ".join(asked), since, until, limit))
    return [(number & ((1 << _SLOT_BITS) - 1), title) for number, title in rows]


def _kept(db: sqlite3.Connection) -> bool:
    """Whether there are such rows; an index of an earlier format has none, and completes nothing till made anew."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'dated_headline'").fetchone() is not None


def _number(slot: int, published: int | None) -> int:
    return (0 if published is None else _second(published)) << _SLOT_BITS | slot


def _second(moment: int) -> int:
    return min(max(moment // 1_000_000, _SECONDS[0]), _SECONDS[1])


def _token(label: str) -> str:
    return _LABEL + blake2b(label.encode("utf-8", "replace"), digest_size=8).hexdigest()
