"""An installation in memory: the real store, queue and handlers; index, model and summarizer of a few lines."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from machtin import bootstrap
from machtin.adapters.filter_keys import labels_of, usual_spelling
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
from machtin.adapters.sqlite_store import SqliteStore
from machtin.adapters.sqlite_thread_links import SqliteThreadLinks
from machtin.answers import SummarySentence
from machtin.article import Article
from machtin.audit import AuditLog
from machtin.completion import Typed
from machtin.digest import EventDigester
from machtin.errors import Conflict, IndexUnavailable, ModelError, NotFound
from machtin.golden import GoldenQueries
from machtin.models import Models
from machtin.ports import (
    Classes,
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
from machtin.sentences import sentences as split
from machtin.service import Machtin
from machtin.settings import Settings
from machtin.summary_request import GENERAL, Summary, SummaryRequest
from machtin.summary_scoring import SentenceScorer
from machtin.vietnamese import fold, syllables


def text_of(article: Article) -> str:
    return "\n".join((article.title, article.sapo, article.body))


class MemoryIndex:
    """Implements ports.ArticleIndex; ``failure`` makes every write fail, ``unreadable`` every read.

    Nothing may be read from one that is ``building``: an engine need not show it yet.
    """

    def __init__(self, version: str, model_version: str, *, building: bool = False) -> None:
        self.building = building
        self.unreadable: str | None = None
        self.version = version
        self.model_version = model_version
        self.entries: dict[str, IndexEntry] = {}
        self.buried: dict[str, int] = {}
        self.failure: str | None = None
        self.written = 0

    def write(
        self, entries: Iterable[IndexEntry | IndexTombstone], *, within: float | None = None
    ) -> list[WriteOutcome]:
        if self.failure:
            raise IndexUnavailable(self.failure)
        return [self._write(entry) for entry in entries]

    def _write(self, entry: IndexEntry | IndexTombstone) -> WriteOutcome:
        article_id = entry.id if isinstance(entry, IndexTombstone) else entry.article.id
        known = self.entries.get(article_id)
        if entry.revision <= max(known.revision if known else 0, self.buried.get(article_id, 0)):
            return "stale"
        self.written += 1
        self.entries.pop(article_id, None)
        if isinstance(entry, IndexTombstone):
            self.buried[article_id] = entry.revision
        else:
            self.entries[article_id] = entry
        return "written"

    def look(self) -> None:
        assert not self.building, "this index was read before it was warmed up"
        if self.unreadable:
            raise IndexUnavailable(self.unreadable)

    def retrieve(self, question: Retrieval) -> Retrieved:
        self.look()
        passing = [entry for entry in self.entries.values() if passes(entry.article, question.filters)]
        lexical = self._lexical(passing, question) if question.text is not None else Leg()
        with_vector = [(entry, entry.vector) for entry in passing if entry.vector is not None]
        nearest = Leg()
        if question.vector is not None:
            query = question.vector
            scored = [(float(vector @ query), entry.article.id) for entry, vector in with_vector]
            nearest = best(scored, question.size, 0)
        return Retrieved(lexical, nearest, self._facets(question) if question.facets else {})

    def _lexical(self, passing: list[IndexEntry], question: Retrieval) -> Leg:
        wanted = set(syllables(fold(question.text or "")))
        scored = []
        for entry in passing:
            common = len(wanted & set(syllables(fold(text_of(entry.article)))))
            if common or not wanted:
                moment = entry.article.published_at
                dated = moment.timestamp() if moment else 0.0
                score = {"relevance": float(common), "newest": dated, "oldest": -dated}[question.sort]
                scored.append((score, entry.article.id))
        if classes := question.classes:
            return self._classed(scored, question, classes)
        return best(scored, question.size, question.offset)

    def _classed(self, scored: list[tuple[float, str]], question: Retrieval, classes: Classes) -> Leg:
        """Here every match by words is of the first class."""
        known = {article_id for _, article_id in scored}
        strong = known | set(classes.strong)
        leg = best([*scored, *((0.0, one) for one in {*classes.strong, *classes.fair} - known)], len(self.entries), 0)
        ids = sorted(leg.ids, key=lambda one: one not in strong)[question.offset :][: question.size]
        return Leg(tuple(ids), tuple(float(one in strong) for one in ids), leg.total)

    def _facets(self, question: Retrieval) -> Facets:
        everything = replace(question, size=len(self.entries), offset=0)
        passing = [entry for entry in self.entries.values() if passes(entry.article, question.filters)]
        found = [self.entries[article_id].article.section for article_id in self._lexical(passing, everything).ids]
        return {"section": dict(Counter(section for section in found if section).most_common())}

    def matching(self, text: str, article_ids: Sequence[str], filters: Filters) -> int:
        leg = self._lexical(list(self.entries.values()), Retrieval(text, None, len(self.entries), filters=filters))
        return len(set(leg.ids) & set(article_ids))

    def get(self, article_ids: Sequence[str]) -> dict[str, IndexEntry]:
        self.look()
        return {article_id: self.entries[article_id] for article_id in article_ids if article_id in self.entries}

    def pieces(self, article_ids: Sequence[str]) -> dict[str, Pieces]:
        self.look()
        held = {one: self.entries[one].pieces for one in article_ids if one in self.entries}
        return {article_id: pieces for article_id, pieces in held.items() if pieces is not None}

    def revisions(self) -> Iterator[tuple[str, int]]:
        self.look()
        yield from [(article_id, entry.revision) for article_id, entry in self.entries.items()]

    def count(self) -> int:
        self.look()
        return len(self.entries)

    def walk(self, text: str, filters: Filters, sort: Sort, size: int, after: str | None) -> Page:
        passing = [entry for entry in self.entries.values() if passes(entry.article, filters)]
        offset = int(after or 0)
        leg = self._lexical(passing, Retrieval(text, None, size, offset, filters, sort))
        return Page(leg.ids, leg.total, str(offset + size) if offset + size < leg.total else None)

    def headlines(self, typed: Typed, filters: Filters, opening: int, anywhere: int) -> Headlines:
        passing = [entry.article for entry in self.entries.values() if passes(entry.article, filters)]
        places = {one.id: typed.place(one.title) for one in passing}
        found = [Completion(one.id, one.title) for one in passing if places[one.id] is not None]
        return Headlines([one for one in found if places[one.id] == 0][:opening], found[:anywhere])

    def occurrences(self, words: Sequence[str]) -> list[int]:
        texts = [text_of(entry.article) for entry in self.entries.values()]
        return [sum(Typed.of(f"{word} ").place(text) is not None for text in texts) for word in words]

    def tag_counts(self, keys: Sequence[str]) -> dict[str, int]:
        counts = Counter(one for entry in self.entries.values() for one in tag_keys(entry.article))
        return {key: counts[key] for key in keys if counts[key]}

    def tag_spellings(self, keys: Sequence[str]) -> dict[str, str]:
        tags = [tag for entry in reversed(self.entries.values()) for tag in entry.article.tags]
        spelt = {key: usual_spelling(key, tags) for key in keys}
        return {key: name for key, name in spelt.items() if name is not None}

    def warm_up(self) -> None:
        self.building = False

    def purge(self, before: int) -> int:
        old = [article_id for article_id, revision in self.buried.items() if revision < before]
        for article_id in old:
            del self.buried[article_id]
        return len(old)

    def close(self) -> None:
        pass


def tag_keys(article: Article) -> set[str]:
    return {one.removeprefix("tag:") for one in labels_of(article) if one.startswith("tag:")}


def passes(article: Article, filters: Filters) -> bool:
    moment = article.published_at
    return (
        (filters.section is None or article.section == filters.section)
        and (filters.tag is None or filters.tag in article.tags)
        and (filters.author is None or article.author == filters.author)
        and (filters.since is None or (moment is not None and moment >= filters.since))
        and (filters.until is None or (moment is not None and moment < filters.until))
    )


def best(scored: list[tuple[float, str]], size: int, offset: int) -> Leg:
    order = sorted(scored, key=lambda pair: (-pair[0], pair[1]))
    page = order[offset : offset + size]
    return Leg(tuple(one for _, one in page), tuple(score for score, _ in page), len(order))


class MemoryCatalog:
    """Implements ports.IndexCatalog."""

    def __init__(self) -> None:
        self.indexes: dict[str, MemoryIndex] = {}
        self.promoted: list[str] = []
        self.made = 0

    def create(self, model_version: str, dimensions: int, *, building: bool = False) -> MemoryIndex:
        self.made += 1
        index = MemoryIndex(f"v{self.made}", model_version, building=building)
        self.indexes[index.version] = index
        return index

    def open(self, version: str) -> MemoryIndex:
        if version not in self.indexes:
            raise NotFound(f"there is no index version {version}")
        return self.indexes[version]

    def live(self) -> MemoryIndex:
        if not self.promoted:
            raise NotFound("no index version is live")
        if self.promoted[-1] not in self.indexes:
            raise IndexUnavailable(f"version {self.promoted[-1]} is gone")
        return self.open(self.promoted[-1])

    def live_version(self) -> str | None:
        return self.promoted[-1] if self.promoted else None

    def promote(self, version: str, *, only_first: bool = False) -> str | None:
        self.open(version)
        earlier = self.promoted[-1] if self.promoted else None
        if only_first and earlier is not None:
            return earlier
        self.promoted.append(version)
        return earlier

    def previous(self) -> str | None:
        return self.promoted[-2] if len(self.promoted) > 1 else None

    def versions(self) -> list[str]:
        return list(self.indexes)

    def drop(self, version: str) -> None:
        if self.promoted and self.promoted[-1] == version:
            raise Conflict(f"version {version} is live")
        self.open(version)
        del self.indexes[version]

    def close(self) -> None:
        pass


class SyllableEmbedder:
    """Implements model_port.Embedder: a bag of folded syllables; ``model_version`` can be set to another's."""

    dimensions = 64

    def __init__(self, model_version: str = "syllables-1") -> None:
        self.model_version = model_version

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for syllable in syllables(fold(text)):
                row[hashlib.sha256(syllable.encode()).digest()[0] % self.dimensions] += 1
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
        return unit

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        return self.embed([text_of(article) for article in articles])


class LeadSummarizer:
    """Implements model_port.Summarizer: the first sentences. An article titled as ``poison`` breaks it."""

    poison = "Bài làm hỏng"
    version = "lead-1"

    def summarize(self, article: Article, request: SummaryRequest = GENERAL) -> Summary:
        if article.title == self.poison:
            raise ModelError("this article cannot be summarized")
        chosen = split(article.body)[: request.sentences or 2]
        return Summary([SummarySentence(one.text, "body", one.start, one.end, 1.0) for one in chosen])


class Installation:
    """What a test may look at and break; ``restart`` is what the end of a process and a new one amount to."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings(data=data)
        self.catalog = MemoryCatalog()
        self.embedder = SyllableEmbedder()
        self.further: dict[str, SyllableEmbedder] = {}
        self.golden: GoldenQueries | None = None
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def build(self, settings: Settings) -> Machtin:
        file = bootstrap.store_file(settings)
        return Machtin(
            store=SqliteStore(file, self.clock),
            catalog=self.catalog,
            models=Models(self.embedder, self.further.get),
            summarizer=LeadSummarizer(),
            digester=EventDigester(SentenceScorer.load(), self.embedder),
            reindex_log=SqliteReindexLog(file),
            audit_log=SqliteAuditLog(file),
            links=SqliteThreadLinks(file),
            version="1.2.3",
            golden=lambda: self.golden,
            keep_versions=settings.keep_versions,
            clock=self.clock,
        )

    @property
    def service(self) -> Machtin:
        return bootstrap.service()

    @property
    def audit_log(self) -> AuditLog:
        return SqliteAuditLog(bootstrap.store_file(self.settings))

    @staticmethod
    def restart() -> None:
        bootstrap.service.cache_clear()

    def agreeing(self) -> bool:
        """Whether the live index is exactly what the store says."""
        return dict(self.catalog.live().revisions()) == dict(self.service.store.revisions())
