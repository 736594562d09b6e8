"""One index version on a laptop: rows in SQLite, text in tantivy, vectors in a file that is mapped into memory."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from machtin.adapters import entry_rows
from machtin.adapters.entry_rows import rows_errors
from machtin.adapters.filter_keys import labels_wanted
from machtin.adapters.index_view import IndexView, Part
from machtin.adapters.index_writer import IndexWriter
from machtin.adapters.row_table import Mask, empty_table
from machtin.adapters.text_index import TextIndex, TextView
from machtin.adapters.vector_file import map_vectors
from machtin.adapters.version_folder import VersionFolder, leading_dimensions
from machtin.adapters.writer_lock import writer_lock
from machtin.errors import IndexUnavailable, ModelError, WriterBusy
from machtin.ports import (
    EMPTY_LEG,
    Facets,
    Filters,
    IndexEntry,
    IndexTombstone,
    Leg,
    Retrieval,
    Retrieved,
    Vectors,
    WriteOutcome,
)

WAIT_SECONDS: Final = 30.0

EMPTY_FACETS: Final[Facets] = {}

log = logging.getLogger(__name__)


class TantivyIndex:
    """Implements ports.ArticleIndex on the folder of one version.

    Threads may share it. What other processes write is noticed by each search.
    """

    def __init__(self, folder: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        """Raises NotFound when there is no such version, IndexUnavailable when its rows can't be read."""
        self._folder = VersionFolder(folder)
        self._description = self._folder.describe()
        self._wait_seconds = wait_seconds
        self._writer = IndexWriter(self._folder, self._description.dimensions)
        self._lock = threading.RLock()
        self._text: TextIndex | None = None
        self._view: IndexView | None = None
        self._data_version: int | None = None
        self._table_as_of = entry_rows.Progress(-1, 0)
        self._behind = False
        self._spellings: Mapping[str, str] | None = None
        with rows_errors(self._folder.rows, "open"):
            self._db: sqlite3.Connection | None = entry_rows.connect(self._folder.rows)
        try:
            self._current()
        except BaseException:
            self.close()
            raise

    @property
    def version(self) -> str:
        """The name of this version."""
        return self._folder.path.name

    @property
    def model_version(self) -> str:
        """The model whose vectors it holds."""
        return self._description.model_version

    def write(self, entries: Sequence[IndexEntry | IndexTombstone]) -> list[WriteOutcome]:
        """Upsert or bury; see ports.ArticleIndex."""
        self._writer.refuse_foreign_vectors(entries)
        if not entries:
            return []
        with (
            writer_lock(self._folder.lock, wait_seconds=self._wait_seconds),
            rows_errors(self._folder.rows, "open"),
            closing(entry_rows.connect(self._folder.rows)) as db,
        ):
            return self._writer.write(db, self._open_text(), entries)

    def retrieve(self, question: Retrieval) -> Retrieved:
        """Run the asked legs; see ports.ArticleIndex."""
        vector = question.vector
        if vector is not None and vector.shape != (self._description.dimensions,):
            raise ModelError(f"the query's vector has shape {vector.shape}, the index {self._description.dimensions}")
        view = self._current()
        lexical, near, facets = EMPTY_LEG, EMPTY_LEG, EMPTY_FACETS
        asked: list[Leg] = []
        if question.text is not None:
            lexical, facets = self._lexical(view, question)
            asked.append(lexical)
        if vector is not None:
            near = self._nearest(view, question.filters, vector, question.size)
            asked.append(near)
        if asked and all(leg.failure for leg in asked):
            raise IndexUnavailable("; ".join(leg.failure or "" for leg in asked))
        return Retrieved(lexical, near, facets)

    def matching(self, text: str, article_ids: Sequence[str], filters: Filters) -> int:
        """How many of these ids match lexically."""
        view = self._current()
        with self._reading() as db:
            slots = entry_rows.slots_of(db, article_ids)
        if text == "":
            passing = self._passing(view, filters)
            return int(np.count_nonzero(passing[[slot for slot in slots if slot < len(passing)]]))
        searchable = view.readable_text()
        return searchable.within(searchable.query(text, filters), slots)

    def get(self, article_ids: Sequence[str]) -> dict[str, IndexEntry]:
        """Entries by id. Where the vectors can't be read an entry comes without: its text can still be shown."""
        view = self._current()
        found: dict[str, IndexEntry] = {}
        with self._reading() as db:
            for slot, embedded, entry in entry_rows.entries(db, article_ids):
                if embedded and view.vectors is not None and slot < len(view.vectors):
                    entry = replace(entry, vector=np.array(view.vectors[slot]))
                found[entry.article.id] = entry
        return found

    def revisions(self) -> Iterator[tuple[str, int]]:
        """Every live article's id and revision, as of the moment the first is asked for."""
        return entry_rows.live_revisions(self._folder.rows)

    def count(self) -> int:
        """Number of live articles."""
        return int(np.count_nonzero(self._current().table.live))

    def close(self) -> None:
        """Give back files; safe to call twice."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = self._view = self._text = None

    def _lexical(self, view: IndexView, question: Retrieval) -> tuple[Leg, Facets]:
        try:
            if question.text:
                leg = view.lexical(question)
            else:
                leg = view.listing(self._passing(view, question.filters), question)
            return leg, view.facets(question, self._section_spellings()) if question.facets else {}
        except IndexUnavailable as error:
            return Leg(failure=str(error)), {}

    def _nearest(self, view: IndexView, filters: Filters, vector: Vectors, size: int) -> Leg:
        try:
            return view.nearest(self._passing(view, filters), vector, size)
        except IndexUnavailable as error:
            return Leg(failure=str(error))

    def _passing(self, view: IndexView, filters: Filters) -> Mask:
        """Which rows of the view pass the filters."""
        passing = view.table.between(filters)
        for name in labels_wanted(filters):
            with self._reading() as db:
                labelled = np.array(entry_rows.slots_labelled(db, name), dtype=np.int64)
            mask = np.zeros(len(passing), dtype=np.bool_)
            mask[labelled[labelled < len(mask)]] = True
            passing = passing & mask
        return passing

    def _section_spellings(self) -> Mapping[str, str]:
        with self._reading() as db:
            if self._spellings is None:
                self._spellings = entry_rows.section_spellings(db)
            return self._spellings

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, rows_errors(self._folder.rows, "read"):
            if self._db is None:
                raise IndexUnavailable(f"index version {self.version} has been closed")
            yield self._db

    def _current(self) -> IndexView:
        """The latest state; read anew, from where it was left, only when another connection has committed."""
        with self._reading() as db:
            view = self._view
            if view is None or self._behind or _data_version(db) != self._data_version:
                self._behind = not self._caught_up(db)
                now = _data_version(db)
                if view is None or now != self._data_version:
                    view = self._read(db, view)
                    self._view, self._data_version, self._spellings = view, now, None
            return view

    def _caught_up(self, db: sqlite3.Connection) -> bool:
        """Whether the text index holds all that the rows do; if its writer died, this process finishes its work."""
        if entry_rows.followed(db) == entry_rows.progress(db):
            return True
        try:
            with (
                writer_lock(self._folder.lock, wait_seconds=0),
                closing(entry_rows.connect(self._folder.rows)) as writing,
            ):
                self._writer.catch_up(writing, self._open_text())
            return True
        except WriterBusy:
            return False
        except IndexUnavailable as error:
            log.warning("index version %s: an unfinished write could not be finished: %s", self.version, error)
            return False

    def _read(self, db: sqlite3.Connection, before: IndexView | None) -> IndexView:
        failures: dict[Part, str] = {}
        text: TextView | None = None
        # Text before rows: then every slot that the text knows has its row.
        try:
            text = self._open_text().view()
        except IndexUnavailable as error:
            failures["text"] = str(error)
        db.execute("BEGIN")
        try:
            now = entry_rows.progress(db)
            last = self._table_as_of
            table = (before.table if before else empty_table()).extended(
                entry_rows.rows_after(db, last.slot), entry_rows.retired_after(db, last.seq), now.slot + 1
            )
        finally:
            db.execute("COMMIT")
        self._table_as_of = now
        vectors = self._mapped(self._folder.vectors, self._description.dimensions, len(table), "vectors", failures)
        leading = leading_dimensions(self._description.dimensions)
        screen = self._mapped(self._folder.leading, leading, len(table), "leading", failures)
        return IndexView(table, text, vectors, screen, failures)

    def _mapped(self, path: Path, dimensions: int, slots: int, part: Part, failures: dict[Part, str]) -> Vectors | None:
        try:
            return map_vectors(path, dimensions, slots)
        except IndexUnavailable as error:
            failures[part] = str(error)
            log.warning("index version %s: %s", self.version, error)
            return None

    def _open_text(self) -> TextIndex:
        with self._lock:
            if self._text is None:
                self._text = TextIndex(self._folder.text)
            return self._text


def _data_version(db: sqlite3.Connection) -> int:
    """Changes whenever another connection has committed; a few microseconds."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])
