"""The gate on real news and a real engine: what is sound passes, what is broken is refused, each for its own reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from machtin import __version__
from machtin.adapters import sqlite_audit_log, sqlite_reindex_log, sqlite_store
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article
from machtin.comparison import compare
from machtin.digest import EventDigester
from machtin.embedding import StaticEmbedder
from machtin.gate_quality import answerable
from machtin.gate_sides import Side
from machtin.model_port import Embedder
from machtin.models import Models
from machtin.ports import ArticleIndex, IndexCatalog, IndexEntry, IndexTombstone
from machtin.reindex_record import ReindexRecord
from machtin.service import Machtin
from machtin.settings import BUNDLED_MODEL
from machtin.store_port import Stored
from machtin.summary import ExtractiveSummarizer
from machtin.summary_scoring import SentenceScorer

from .sample_news import golden_queries, sample_articles

Entry = IndexEntry | IndexTombstone


class Newsroom:
    """The sample articles in a store and in a live index, and re-indexes that can be broken on their way."""

    def __init__(self, folder: Path, catalog: IndexCatalog, current: Embedder, live: Embedder) -> None:
        schema = sqlite_store.SCHEMA + sqlite_reindex_log.SCHEMA + sqlite_audit_log.SCHEMA
        file = SqliteFile(folder / "store.sqlite", schema)
        self.catalog = catalog
        self.store = SqliteStore(file)
        self.log = SqliteReindexLog(file)
        self.audit = SqliteAuditLog(file)
        self.current = live
        self.live = live
        self.put(sample_articles())
        self.current = current

    @property
    def service(self) -> Machtin:
        """A service as a process has it; its current model is the one that a candidate is made with."""
        return Machtin(
            store=self.store,
            catalog=self.catalog,
            models=Models(self.current, {self.live.model_version: self.live}.get),
            summarizer=ExtractiveSummarizer.load(),
            digester=EventDigester(SentenceScorer.load()),
            reindex_log=self.log,
            audit_log=self.audit,
            version=__version__,
            golden=golden_queries,
        )

    def put(self, articles: Sequence[Article]) -> None:
        service = self.service
        service.put(articles)
        service.index_articles([article.id for article in articles])

    def reindex(self, broken: Callable[[Entry], Entry | None] = lambda entry: entry) -> ReindexRecord:
        """Carry a re-index out; ``broken`` is what becomes of each entry that is written to the candidate."""
        service = self.service
        steps, write = service.reindexer._steps, service.index_changes

        def index_changes(index: ArticleIndex, changes: Sequence[Stored]) -> None:
            write(Breaking(index, broken), changes)  # type: ignore[arg-type]  # it stands for an index of the engine

        steps._index_changes = index_changes
        record = service.reindexer.begin()
        while record.state == "running":
            record = service.reindexer.advance(record.id)
        return record


class Breaking:
    """Hands everything on to an index; what is written is changed on its way."""

    def __init__(self, index: ArticleIndex, broken: Callable[[Entry], Entry | None]) -> None:
        self._index = index
        self._broken = broken

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)

    def write(self, entries: Sequence[Entry], **more: float | None) -> object:
        kept = [changed for entry in entries if (changed := self._broken(entry)) is not None]
        return self._index.write(kept, **more)


@pytest.fixture(scope="module")
def bundled() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


@pytest.fixture
def open_newsroom(
    open_catalog: Callable[[], IndexCatalog], tmp_path: Path, bundled: StaticEmbedder
) -> Iterator[Callable[..., Newsroom]]:
    catalog = open_catalog()
    yield lambda current=bundled, live=bundled: Newsroom(tmp_path, catalog, current, live)
    catalog.live().close()


@pytest.fixture
def newsroom(open_newsroom: Callable[..., Newsroom]) -> Newsroom:
    return open_newsroom()


def refusals(record: ReindexRecord) -> dict[str, list[str]]:
    """The reasons of each part that refuses."""
    assert record.gate is not None, record.error
    return {part.name: part.reasons for part in record.gate.parts if part.verdict == "refused"}


def test_a_sound_candidate_passes_every_part(newsroom: Newsroom) -> None:
    record = newsroom.reindex()
    assert (record.state, refusals(record)) == ("done", {})
    assert record.gate is not None
    assert [part.verdict for part in record.gate.parts] == ["passed"] * 4
    figures = {figure.name: figure for part in record.gate.parts for figure in part.figures}
    assert figures["nDCG@10"].candidate == figures["nDCG@10"].live
    assert (figures["nDCG@10"].candidate or 0) >= 0.89
    assert figures["articles"].candidate == len(sample_articles())
    assert figures["section Kinh tế"].candidate == figures["section Kinh tế"].live == 19
    assert {figures[name].candidate for name in ("headlines", "headlines without diacritics", "own vectors")} == {1.0}
    assert record.gate.seconds > 0


def test_half_of_the_dimensions_pass(open_newsroom: Callable[..., Newsroom], bundled: StaticEmbedder) -> None:
    record = open_newsroom(current=bundled.cut(128)).reindex()
    assert (record.state, refusals(record)) == ("done", {})


def test_a_candidate_compared_query_by_query_tells_what_moved(
    open_newsroom: Callable[..., Newsroom], bundled: StaticEmbedder
) -> None:
    worse = bundled.cut(16)
    newsroom = open_newsroom(current=worse)
    record = newsroom.reindex()
    live, candidate = newsroom.catalog.live(), newsroom.catalog.open(str(record.version))
    questions = answerable(golden_queries(), newsroom.store)
    found = compare(questions, Side(live, bundled), Side(candidate, worse), lambda *_: None)
    assert (found.before, found.after) == (live.version, record.version)
    assert len(found.queries) == len(questions)
    assert found.difference.low < found.ndcg_after - found.ndcg_before < 0
    losses = [one.after - one.before for one in found.queries]
    assert losses == sorted(losses)
    judged = [move for move in found.queries[0].moves if move.grade]
    assert judged, "the worst query has lost an article that answers it"
    assert all(move.title and move.before != move.after for move in judged)
    candidate.close()


def test_a_worse_model_is_refused_by_its_quality(
    open_newsroom: Callable[..., Newsroom], bundled: StaticEmbedder
) -> None:
    newsroom = open_newsroom(current=bundled.cut(16))
    live = newsroom.catalog.live().version
    record = newsroom.reindex()
    assert (record.state, newsroom.catalog.live().version) == ("refused", live)
    assert list(refusals(record)) == ["quality"]
    assert record.gate is not None
    assert len(record.gate.worst_queries) == 10
    assert all(one.candidate < one.live and one.text for one in record.gate.worst_queries)
    assert all(one.candidate > one.live and one.text for one in record.gate.best_queries)


def without_marked_letters(entry: Entry) -> Entry:
    """What an analyser makes of Vietnamese that takes every letter beyond ASCII for a gap."""
    if isinstance(entry, IndexTombstone):
        return entry

    def gapped(text: str) -> str:
        return "".join(letter if letter.isascii() else " " for letter in text)

    article = entry.article
    broken = replace(article, title=gapped(article.title), sapo=gapped(article.sapo), body=gapped(article.body))
    return replace(entry, article=broken)


def test_an_analyser_that_loses_letters_is_refused_by_the_canaries(newsroom: Newsroom) -> None:
    record = newsroom.reindex(without_marked_letters)
    assert record.state == "refused"
    assert any("found by their headline" in reason for reason in refusals(record)["canaries"])


def without_folding(entry: Entry) -> Entry:
    """Letters that look alike and fold to nothing: then only headlines as they are typed with marks are found."""
    if isinstance(entry, IndexTombstone):
        return entry
    swapped = str.maketrans("aeiouyd", "αειουγδ")
    article = entry.article
    broken = replace(article, title=article.title.translate(swapped), body=article.body.translate(swapped), sapo="")
    return replace(entry, article=broken)


def test_folding_that_fails_is_refused_by_the_canaries(newsroom: Newsroom) -> None:
    reasons = refusals(newsroom.reindex(without_folding))["canaries"]
    assert any("without diacritics" in reason for reason in reasons)


def test_missing_vectors_are_refused_by_the_canaries(newsroom: Newsroom) -> None:
    record = newsroom.reindex(lambda entry: replace(entry, vector=None) if isinstance(entry, IndexEntry) else entry)
    assert any("found by their own vector" in reason for reason in refusals(record)["canaries"])


def test_vectors_of_another_model_are_refused_by_the_canaries(newsroom: Newsroom) -> None:
    chance = np.random.default_rng(1)

    def foreign(entry: Entry) -> Entry:
        if isinstance(entry, IndexTombstone) or entry.vector is None:
            return entry
        vector = chance.normal(size=len(entry.vector)).astype(np.float32)
        return replace(entry, vector=vector / np.linalg.norm(vector))

    assert any("their own vector" in reason for reason in refusals(newsroom.reindex(foreign))["canaries"])


def test_missing_articles_are_refused_and_named(newsroom: Newsroom) -> None:
    lost = sorted(article.id for article in sample_articles())[:2]

    def losing(entry: Entry) -> Entry | None:
        return None if isinstance(entry, IndexEntry) and entry.article.id in lost else entry

    reasons = refusals(newsroom.reindex(losing))["completeness"]
    assert reasons == [f"2 articles are missing or not as they are in the store: {', '.join(lost)}"]


def test_sections_that_are_lost_are_refused_by_name(newsroom: Newsroom) -> None:
    def bare(entry: Entry) -> Entry:
        return replace(entry, article=replace(entry.article, section=None)) if isinstance(entry, IndexEntry) else entry

    reasons = refusals(newsroom.reindex(bare))["completeness"]
    assert "section Kinh tế has 0 articles, in the live index 19, in the store 19" in reasons


def test_changes_while_the_gate_works_are_no_reason_to_refuse(newsroom: Newsroom) -> None:
    reindexer = newsroom.service.reindexer
    record = reindexer.begin()
    first, second = sample_articles()[:2]
    while record.state == "running":
        if record.step == "gate":
            newsroom.store.put([replace(first, title=f"{first.title}, {record.updated_at.microsecond}")])
            newsroom.store.delete(second.id)
        record = reindexer.advance(record.id)
    assert (record.state, refusals(record)) == ("done", {})
    assert dict(newsroom.catalog.live().revisions()) == dict(newsroom.store.revisions())
