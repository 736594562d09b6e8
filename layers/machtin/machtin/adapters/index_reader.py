"""Reading one index version: its latest state, and noticing when others have written it."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from machtin.adapters import entry_rows
from machtin.adapters.entry_rows import rows_errors
from machtin.adapters.filter_keys import labels_unwanted, labels_wanted
from machtin.adapters.index_view import IndexView, Part
from machtin.adapters.index_writer import IndexWriter
from machtin.adapters.lexical_terms import Analysis
from machtin.adapters.row_table import Mask, Slots, empty_table
from machtin.adapters.text_index import TextIndex, TextView
from machtin.adapters.vector_file import map_vectors
from machtin.adapters.version_folder import VersionFolder, leading_dimensions
from machtin.adapters.writer_lock import writer_lock
from machtin.errors import IndexUnavailable, WriterBusy
from machtin.ports import Filters, Vectors

# At a byte a row each: 3 MB with 100,000 articles.
REMEMBERED_MASKS: Final = 32

log = logging.getLogger(__name__)


class IndexReader:
    """Keeps the latest state of a version in memory. Threads may share it."""

    def __init__(self, folder: VersionFolder, dimensions: int, writer: IndexWriter, analysis: Analysis) -> None:
        """``writer`` finishes what a killed process left. Raises IndexUnavailable when the rows can't be read."""
        self._folder = folder
        self._dimensions = dimensions
        self._writer = writer
        self._analysis = analysis
        self._lock = threading.RLock()
        self._text: TextIndex | None = None
        self._view: IndexView | None = None
        self._data_version: int | None = None
        self._table_as_of = entry_rows.Progress(-1, 0)
        self._behind = False
        self._spellings: Mapping[str, str] | None = None
        self._masks: dict[tuple[str, str], Mask] = {}
        with rows_errors(folder.rows, "open"):
            self._db: sqlite3.Connection | None = entry_rows.connect(folder.rows)
        try:
            self.current()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give back files; safe to call twice."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = self._view = self._text = None

    def current(self) -> IndexView:
        """The latest state; read anew, from where it was left, only when another connection has committed."""
        with self.reading() as db:
            view = self._view
            if view is None or self._behind or _data_version(db) != self._data_version:
                self._behind = not self._caught_up(db)
                now = _data_version(db)
                if view is None or now != self._data_version:
                    view = self._read(db, view)
                    self._view, self._data_version = view, now
                    self._spellings, self._masks = None, {}
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
                self._writer.catch_up(writing, self.open_text())
            return True
        except WriterBusy:
            return False
        except IndexUnavailable as error:
            log.warning(
                "index version %s: an unfinished write could not be finished: %s", self._folder.path.name, error
            )
            return False

    def _read(self, db: sqlite3.Connection, before: IndexView | None) -> IndexView:
        failures: dict[Part, str] = {}
        text: TextView | None = None
        # Text before rows: then every slot that the text knows has its row.
        try:
            text = self.open_text().view()
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
        vectors = self._mapped(self._folder.vectors, self._dimensions, len(table), "vectors", failures)
        leading = leading_dimensions(self._dimensions)
        screen = self._mapped(self._folder.leading, leading, len(table), "leading", failures)
        return IndexView(table, text, vectors, screen, failures)

    def _mapped(self, path: Path, dimensions: int, slots: int, part: Part, failures: dict[Part, str]) -> Vectors | None:
        try:
            return map_vectors(path, dimensions, slots)
        except IndexUnavailable as error:
            failures[part] = str(error)
            log.warning("index version %s: %s", self._folder.path.name, error)
            return None

    def open_text(self) -> TextIndex:
        """The text index. Raises IndexUnavailable when it can't be opened."""
        with self._lock:
            if self._text is None:
                self._text = TextIndex(self._folder.text, self._analysis)
            return self._text

    def passing(self, view: IndexView, filters: Filters) -> Mask:
        """Which rows of the view pass the filters."""
        passing = view.table.between(filters)
        for name in labels_wanted(filters):
            passing = passing & self._labelled(view, name)
        for name in labels_unwanted(filters):
            passing = passing & ~self._labelled(view, name)
        for phrase in filters.phrases:
            passing = passing & self._having(view, phrase)
        for phrase in filters.without:
            passing = passing & ~self._having(view, phrase)
        return passing

    def _labelled(self, view: IndexView, name: str) -> Mask:
        """Which rows of the view carry a label."""

        def rows() -> Slots:
            with self.reading() as db:
                return np.array(entry_rows.slots_labelled(db, name), dtype=np.int64)

        return self._mask(view, ("label", name), rows)

    def _having(self, view: IndexView, phrase: str) -> Mask:
        """Which rows of the view have a phrase in one of their fields. Raises IndexUnavailable without a text."""
        return self._mask(view, ("phrase", phrase), lambda: view.readable_text().having(phrase))

    def _mask(self, view: IndexView, condition: tuple[str, str], rows: Callable[[], Slots]) -> Mask:
        """The rows as a mask; the latest are remembered, since readers stay within a section and page on."""
        with self._lock:
            if view is self._view and condition in self._masks:
                return self._masks[condition]
        slots = rows()
        mask = np.zeros(len(view.table), dtype=np.bool_)
        mask[slots[slots < len(mask)]] = True
        with self._lock:
            if view is self._view:
                if len(self._masks) >= REMEMBERED_MASKS:
                    del self._masks[next(iter(self._masks))]
                self._masks[condition] = mask
        return mask

    def section_spellings(self) -> Mapping[str, str]:
        """The usual published spelling of each section key."""
        with self.reading() as db:
            if self._spellings is None:
                self._spellings = entry_rows.section_spellings(db)
            return self._spellings

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection for reading rows, to this thread alone, with its errors translated."""
        with self._lock, rows_errors(self._folder.rows, "read"):
            if self._db is None:
                raise IndexUnavailable(f"index version {self._folder.path.name} has been closed")
            yield self._db


def _data_version(db: sqlite3.Connection) -> int:
    """Changes whenever another connection has committed; a few microseconds."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])
