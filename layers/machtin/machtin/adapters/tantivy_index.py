"""One index version on a laptop: rows in SQLite, text in tantivy, vectors in a file that is mapped into memory."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from machtin.adapters import entry_rows, headline_rows, tag_rows
from machtin.adapters.entry_rows import rows_errors
from machtin.adapters.index_reader import IndexReader
from machtin.adapters.index_view import IndexView
from machtin.adapters.index_writer import IndexWriter
from machtin.adapters.lexical_terms import CURRENT, OUTDATED, occurrence_term
from machtin.adapters.version_folder import VersionFolder
from machtin.adapters.writer_lock import writer_lock
from machtin.completion import Typed
from machtin.errors import IndexUnavailable, ModelError
from machtin.ports import (
    EMPTY_LEG,
    Completion,
    Facets,
    Filters,
    Headlines,
    IndexEntry,
    IndexTombstone,
    Leg,
    Page,
    Pieces,
    Retrieval,
    Retrieved,
    Sort,
    Vectors,
    WriteOutcome,
)

WAIT_SECONDS: Final = 30.0
log = logging.getLogger(__name__)
EMPTY_FACETS: Final[Facets] = {}


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
        analysis = self._description.analysis
        self._reader = IndexReader(self._folder, self._description.dimensions, self._writer, analysis)
        if analysis != CURRENT:
            log.warning(OUTDATED, folder.name)

    @property
    def version(self) -> str:
        """The name of this version."""
        return self._folder.path.name

    @property
    def model_version(self) -> str:
        """The model whose vectors it holds."""
        return self._description.model_version

    def write(
        self, entries: Iterable[IndexEntry | IndexTombstone], *, within: float | None = None
    ) -> list[WriteOutcome]:
        """Upsert or bury; see ports.ArticleIndex. All of a batch is written, or nothing."""
        entries = list(entries)
        self._writer.refuse_foreign_vectors(entries)
        if not entries:
            return []
        with self._writing(within) as db:
            return self._writer.write(db, self._reader.open_text(), entries)

    @contextmanager
    def _writing(self, within: float | None = None) -> Iterator[sqlite3.Connection]:
        """The rows, to this writer alone."""
        with (
            writer_lock(self._folder.lock, wait_seconds=self._wait_seconds if within is None else within),
            rows_errors(self._folder.rows, "write"),
            closing(entry_rows.connect(self._folder.rows)) as db,
        ):
            entry_rows.complete(db)
            yield db

    def retrieve(self, question: Retrieval) -> Retrieved:
        """Run the asked legs; see ports.ArticleIndex."""
        vector = question.vector
        if vector is not None and vector.shape != (self._description.dimensions,):
            raise ModelError(f"the query's vector has shape {vector.shape}, the index {self._description.dimensions}")
        view = self._reader.current()
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
        view = self._reader.current()
        with self._reader.reading() as db:
            slots = entry_rows.slots_of(db, article_ids)
        if text == "":
            passing = self._reader.passing(view, filters)
            return int(np.count_nonzero(passing[[slot for slot in slots if slot < len(passing)]]))
        searchable = view.readable_text()
        return searchable.within(searchable.query(text, filters), slots)

    def walk(self, text: str, filters: Filters, sort: Sort, size: int, after: str | None) -> Page:
        """A stretch of all lexical matches; see ports.ArticleIndex. A place is a score or date, and an id."""
        view = self._reader.current()
        question = Retrieval(text=text, vector=None, size=size, filters=filters, sort=sort)
        return view.walk(self._reader.passing(view, filters), question, after)

    def headlines(self, typed: Typed, filters: Filters, opening: int, anywhere: int) -> Headlines:
        """Headlines that have what was typed, the newest first; see ports.ArticleIndex."""
        view = self._reader.current()
        passing = self._reader.passing(view, filters)

        def completions(found: Iterable[tuple[int, str]]) -> list[Completion]:
            ids = view.table.ids
            return [Completion(ids[slot], title) for slot, title in found if slot < len(passing) and passing[slot]]

        with self._reader.reading() as db:
            has = headline_rows.newest(db, typed, filters, anywhere, opening=False)
            begins = [(slot, title) for slot, title in has if typed.place(title) == 0][:opening]
            if len(begins) < opening and len(has) == anywhere:
                begins = headline_rows.newest(db, typed, filters, opening, opening=True)
        return Headlines(completions(begins), completions(has))

    def occurrences(self, words: Sequence[str]) -> list[int]:
        """How many articles have each word or pair; those that were replaced lately may count."""
        text = self._reader.current().readable_text()
        analysis = self._description.analysis
        return [text.of(occurrence_term(word, analysis)) for word in words]

    def tag_counts(self, keys: Sequence[str]) -> dict[str, int]:
        """How many articles have each tag; see ports.ArticleIndex."""
        with self._reader.reading() as db:
            return tag_rows.counts(db, keys)

    def tag_spellings(self, keys: Sequence[str]) -> dict[str, str]:
        """How each tag is usually spelt; see ports.ArticleIndex."""
        with self._reader.reading() as db:
            return tag_rows.spellings(db, keys)

    def get(self, article_ids: Sequence[str]) -> dict[str, IndexEntry]:
        """Entries by id. Where the vectors can't be read an entry comes without: its text can still be shown."""
        view = self._reader.current()
        found: dict[str, IndexEntry] = {}
        with self._reader.reading() as db:
            for slot, embedded, entry in entry_rows.entries(db, article_ids):
                if embedded and view.vectors is not None and slot < len(view.vectors):
                    entry = replace(entry, vector=np.array(view.vectors[slot]))
                found[entry.article.id] = entry
        return found

    def pieces(self, article_ids: Sequence[str]) -> dict[str, Pieces]:
        """The pieces of articles by id; see ports.ArticleIndex."""
        with self._reader.reading() as db:
            return entry_rows.pieces(db, article_ids)

    def revisions(self) -> Iterator[tuple[str, int]]:
        """Every live article's id and revision, as of the moment the first is asked for."""
        return entry_rows.live_revisions(self._folder.rows)

    def count(self) -> int:
        """Number of live articles."""
        return int(np.count_nonzero(self._reader.current().table.live))

    def warm_up(self) -> None:
        """Read what a search reads, so that it comes from memory."""
        view = self._reader.current()
        for part in (view.leading, view.vectors):
            if part is not None:
                part.sum()

    def purge(self, before: int) -> int:
        """Forget old tombstones; see ports.ArticleIndex."""
        with self._writing() as db:
            return entry_rows.forget_tombstones(db, before)

    def close(self) -> None:
        """Give back files; safe to call twice."""
        self._reader.close()

    def _lexical(self, view: IndexView, question: Retrieval) -> tuple[Leg, Facets]:
        try:
            if question.text and (classes := question.classes):
                with self._reader.reading() as db:
                    strong, fair = (entry_rows.slots_of(db, ids) for ids in (classes.strong, classes.fair))
                leg = view.classed(question, classes, strong, fair)
            elif question.text:
                leg = view.lexical(question)
            else:
                leg = view.listing(self._reader.passing(view, question.filters), question)
            return leg, view.facets(question, self._reader.section_spellings()) if question.facets else {}
        except IndexUnavailable as error:
            return Leg(failure=str(error)), {}

    def _nearest(self, view: IndexView, filters: Filters, vector: Vectors, size: int) -> Leg:
        try:
            return view.nearest(self._reader.passing(view, filters), vector, size)
        except IndexUnavailable as error:
            return Leg(failure=str(error))
