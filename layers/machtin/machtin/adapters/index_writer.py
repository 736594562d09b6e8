"""Writing one index version: rows first, the text index after them, and what a killed writer left undone.

The order is what makes it crash-safe. Vectors are durable before the rows that own them are committed; the rows are the
truth; the text index follows them, and the rows remember how far it has. Killed at any moment, the next writer or
reader finds the rows ahead and lets the text index catch up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np

from machtin.adapters import entry_rows
from machtin.adapters.entry_rows import rows_errors
from machtin.adapters.text_index import TextIndex
from machtin.adapters.vector_file import append_vectors
from machtin.adapters.version_folder import VersionFolder, leading_dimensions
from machtin.article import Article
from machtin.errors import ModelError
from machtin.ports import IndexEntry, IndexTombstone, Vectors, WriteOutcome


class IndexWriter:
    """Writes to a version while the caller holds its lock."""

    def __init__(self, folder: VersionFolder, dimensions: int) -> None:
        self._folder = folder
        self._dimensions = dimensions

    def refuse_foreign_vectors(self, entries: Sequence[IndexEntry | IndexTombstone]) -> None:
        """Raises ModelError for a vector that can't be of the index's model."""
        for entry in entries:
            vector = entry.vector if isinstance(entry, IndexEntry) else None
            if vector is not None and (vector.shape != (self._dimensions,) or not np.isfinite(vector).all()):
                raise ModelError(
                    f"the vector of {_id(entry)} has shape {vector.shape} or holds no numbers;"
                    f" the index holds vectors of length {self._dimensions}"
                )

    def write(
        self, db: sqlite3.Connection, text: TextIndex, entries: Sequence[IndexEntry | IndexTombstone]
    ) -> list[WriteOutcome]:
        """Commit a batch; durable, and searchable by everybody, on return."""
        self.catch_up(db, text)
        with rows_errors(self._folder.rows, "write"):
            db.execute("BEGIN IMMEDIATE")
            try:
                outcomes, placed = self._place(db, entries)
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        if "written" in outcomes:
            self._follow(db, text, placed.items())
        return outcomes

    def catch_up(self, db: sqlite3.Connection, text: TextIndex) -> None:
        """Bring into the text index what rows hold beyond it."""
        with rows_errors(self._folder.rows, "read"):
            done = entry_rows.followed(db)
            if done == entry_rows.progress(db):
                return
            articles = list(entry_rows.articles_after(db, done.slot))
        self._follow(db, text, articles, again=True)

    def _place(
        self, db: sqlite3.Connection, entries: Sequence[IndexEntry | IndexTombstone]
    ) -> tuple[list[WriteOutcome], dict[int, Article]]:
        outcomes: list[WriteOutcome] = []
        placed: dict[int, Article] = {}
        vectors: dict[int, Vectors] = {}
        newest: dict[str, int] = {}
        slot = entry_rows.progress(db).slot + 1
        for entry in entries:
            if isinstance(entry, IndexTombstone):
                done = entry_rows.bury(db, slot, entry.id, entry.revision)
            else:
                done = entry_rows.put(db, slot, entry)
            outcomes.append("written" if done else "stale")
            if not done:
                continue
            # The same article may come twice in one batch.
            placed.pop(newest.get(_id(entry), -1), None)
            newest[_id(entry)] = slot
            if isinstance(entry, IndexEntry):
                placed[slot] = entry.article
                if entry.vector is not None:
                    vectors[slot] = entry.vector
            slot += 1
        if "written" in outcomes:
            leading = leading_dimensions(self._dimensions)
            append_vectors(self._folder.vectors, self._dimensions, vectors, slot)
            append_vectors(self._folder.leading, leading, {at: one[:leading] for at, one in vectors.items()}, slot)
        return outcomes, placed

    def _follow(
        self, db: sqlite3.Connection, text: TextIndex, articles: Iterable[tuple[int, Article]], *, again: bool = False
    ) -> None:
        """One commit of the text index, and the note that it is done. ``again``: it may hold some of them already."""
        with rows_errors(self._folder.rows, "write"):
            now = entry_rows.progress(db)
            articles = list(articles)
            gone = [slot for slot, _ in entry_rows.retired_after(db, entry_rows.followed(db).seq)]
            if again:
                gone += [slot for slot, _ in articles]

        def committed() -> None:
            with rows_errors(self._folder.rows, "write"):
                entry_rows.follow(db, now)

        text.replace(articles, gone, committed)


def _id(entry: IndexEntry | IndexTombstone) -> str:
    return entry.id if isinstance(entry, IndexTombstone) else entry.article.id
