"""The use cases: what applications, editors and readers can ask of machtin."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from machtin.answers import (
    ArticleAnswer,
    CompletionAnswer,
    HealthAnswer,
    PurgeAnswer,
    SearchAnswer,
    SuggestAnswer,
    SummaryAnswer,
    WriteAnswer,
)
from machtin.article import Article
from machtin.audit import ITSELF, AuditLog, By
from machtin.completion import complete
from machtin.cosine_scale import scale_of
from machtin.digest_answers import DigestAnswer, digest_answer
from machtin.digest_request import MAX_ARTICLES, DigestRequest, published
from machtin.draft_answers import DraftAnswer
from machtin.drafts import related_with_advice
from machtin.editing import Editing
from machtin.errors import IndexUnavailable, NotFound
from machtin.gate import Gate
from machtin.golden import GoldenQueries
from machtin.health import health
from machtin.model_folder import CosineScale
from machtin.model_port import Digester, Embedder, Summarizer
from machtin.models import Models, embedded
from machtin.ports import ArticleIndex, Filters, IndexCatalog, IndexEntry, IndexTombstone, Pieces, Vectors
from machtin.purging import DEFAULT_DAYS, purge
from machtin.reconciliation import reconcile
from machtin.reindex_record import BACKGROUND, ReindexLog, ReindexRunner
from machtin.reindex_steps import ReindexSteps
from machtin.reindexing import Reindexer
from machtin.related import related
from machtin.related_answers import RelatedAnswer
from machtin.scheduling import ScheduledList, release_due, scheduled
from machtin.search import search
from machtin.search_request import SearchRequest
from machtin.store_port import ArticleStore, Stored
from machtin.stored_answers import StoredAnswer, stored_answer
from machtin.stories import Stories
from machtin.summary_request import GENERAL, Summary, SummaryRequest, summary_answer
from machtin.thread_answers import ThreadAnswer
from machtin.thread_port import NO_LINKS, ThreadLinks
from machtin.visibility import visible
from machtin.words import VIETNAMESE, Lang

# Articles that are embedded at once: enough to be quick, few enough to be written while the next are made.
SLICE: Final = 64
# A daily comparison of store and index looks at what has changed since, twice over.
RECENT_DAYS: Final = 3

log = logging.getLogger(__name__)


class Machtin:
    """One installation: a store, the index made from it, models and a summarizer.

    ``golden`` reads the golden queries that a re-index is measured by; ``keep_versions`` counts the index versions
    that a re-index leaves, the live one among them.
    """

    def __init__(
        self,
        *,
        store: ArticleStore,
        catalog: IndexCatalog,
        models: Models,
        summarizer: Summarizer,
        digester: Digester,
        reindex_log: ReindexLog,
        audit_log: AuditLog,
        version: str,
        reindex_runner: ReindexRunner = BACKGROUND,
        links: ThreadLinks = NO_LINKS,
        golden: Callable[[], GoldenQueries | None] = lambda: None,
        keep_versions: int = 2,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.store = store
        self.catalog = catalog
        self.models = models
        self.version = version
        self.clock = clock
        self._summarizer, self._digester = summarizer, digester
        gate = Gate(store, models, golden)
        changes = self.index_changes
        steps = ReindexSteps(store, catalog, models, reindex_log, changes, gate, keep_versions, clock)
        self.reindexer = Reindexer(store, catalog, reindex_log, changes, steps, reindex_runner, clock)
        self.editing = Editing(store, self.reindexer, audit_log, clock)
        self.stories = Stories(links, self._scale)

    # Articles in

    def put(self, articles: Sequence[Article], by: By = ITSELF, seen: int | None = None) -> list[WriteAnswer]:
        """Store articles, one answer each, in order; the index follows through the queue. See ArticleStore.put."""
        return self.editing.put(articles, by, seen)

    def take_down(self, article_id: str, by: By = ITSELF, seen: int | None = None) -> WriteAnswer:
        """Replace an article by a tombstone. Raises NotFound where there never was one. See ArticleStore.delete."""
        return self.editing.take_down(article_id, by, seen)

    def release(self) -> int:
        """Publish what has waited for a moment that has come; returns how many articles. See machtin.scheduling."""
        return release_due(self.store, self.editing, self.clock())

    def scheduled(self, size: int) -> ScheduledList:
        """The articles that will be published next, for editors."""
        return scheduled(self.store, size)

    def stored(self, article_id: str) -> StoredAnswer:
        """What is stored under an id, for editors, whether readers are shown it or not."""
        return stored_answer(self.store, article_id)

    def index_articles(self, article_ids: Sequence[str], *, within: float | None = None) -> list[Stored]:
        """Bring these articles' state in the store to the live index; returns it. Idempotent, indifferent to order.

        ``within``: seconds for which a busy index is asked again. Raises NotAllWritten naming those that failed.
        """
        changes = list(self.store.get(list(dict.fromkeys(article_ids))).values())
        self.store.journal(changes)
        until = None if within is None else time.monotonic() + within
        while True:
            index = self.live_index()
            self.index_changes(index, changes, within=within)
            # A version that was promoted meanwhile may have been brought up to date before these articles changed.
            if self.catalog.live_version() == index.version:
                self.stories.follow(index, changes, until)
                return changes

    def index_changes(self, index: ArticleIndex, changes: Sequence[Stored], *, within: float | None = None) -> None:
        """Write these states to an index version: vectors and summaries of what is public, else tombstones."""
        if changes:
            index.write(self._entries(index, changes), within=within)

    def _entries(self, index: ArticleIndex, changes: Sequence[Stored]) -> Iterator[IndexEntry | IndexTombstone]:
        """Made a few at a time, so that an engine may write some while others are made."""
        for start in range(0, len(changes), SLICE):
            part = changes[start : start + SLICE]
            articles = [(stored.public, stored.revision) for stored in part if stored.public is not None]
            texts = [article for article, _ in articles]
            for (article, revision), (vector, pieces) in zip(articles, self._embedded(index, texts), strict=True):
                summary = tuple(self._summarizer.summarize(article).sentences)
                yield IndexEntry(article, revision, vector, summary, pieces, self._summarizer.version)
            yield from (IndexTombstone(stored.id, stored.revision) for stored in part if stored.public is None)

    def live_index(self) -> ArticleIndex:
        """The live version; in a new installation an empty one is made and becomes live."""
        try:
            return self.catalog.live()
        except NotFound:
            current = self.models.current
            first = self.catalog.create(current.model_version, current.dimensions)
            if self.catalog.promote(first.version, only_first=True) is not None:
                self.catalog.drop(first.version)
            return self.catalog.live()

    # Answers

    def article(self, article_id: str) -> ArticleAnswer:
        """The article as published. Raises NotFound, or TakenDown where it was once."""
        article, revision = self._published(article_id)
        items = list(article.related_as_published)
        return ArticleAnswer(**article.to_json() | {"related_as_published": items}, revision=revision)

    def _published(self, article_id: str) -> tuple[Article, int]:
        states = self.store.get([article_id])
        return visible(states, article_id, self.clock()), states[article_id].revision

    def search(self, request: SearchRequest) -> SearchAnswer:
        """See machtin.search."""
        index = self.live_index()
        return search(index, self._embedder(index), request)

    def suggest(self, typed: str, filters: Filters, size: int) -> SuggestAnswer:
        """Phrases and headlines that go on from what was typed so far."""
        started = time.perf_counter()
        found = complete(self.live_index(), typed, filters, size)
        took_ms = round((time.perf_counter() - started) * 1000, 2)
        return SuggestAnswer(took_ms, found.phrases, [CompletionAnswer(one.id, one.title) for one in found.headlines])

    def related(self, article_id: str, size: int, *, past_only: bool = False, lang: Lang = VIETNAMESE) -> RelatedAnswer:
        """Related news of a published article; the rest as in machtin.related. Raises NotFound or TakenDown."""
        index = self.live_index()
        article, revision = self._published(article_id)
        entry = index.get([article_id]).get(article_id)
        current = entry is not None and entry.revision == revision
        vector = entry.vector if entry is not None and current else self._embedded(index, [article])[0][0]
        return related(index, article, vector, size, self._scale(index), past_only=past_only, lang=lang)

    def thread(self, article_id: str) -> ThreadAnswer:
        """The story of a published article as a line of events. Raises NotFound or TakenDown."""
        return self.stories.thread(self.live_index(), *self._published(article_id))

    def related_of_draft(self, draft: Article, size: int, lang: Lang = VIETNAMESE) -> DraftAnswer:
        """Related news of an article that is not published, duplicates, tags and links; see machtin.drafts."""
        index = self.live_index()
        vector = self._embedded(index, [draft])[0][0]
        answer = related_with_advice(index, draft, vector, size, self._scale(index), lang)
        return answer if self.models.named(index.model_version) else replace(answer, degraded=True)

    def summary(self, article_id: str, request: SummaryRequest = GENERAL) -> SummaryAnswer:
        """The summary of a published article.

        The general one is that made at ingest, unless the article has been corrected since or another version of the
        summarizer made it.
        """
        article, revision = self._published(article_id)
        entry = self._entry(article_id) if request == GENERAL else None
        made = None if entry is None else (entry.revision, entry.summarizer)
        if entry is not None and entry.summary and made == (revision, self._summarizer.version):
            return summary_answer(article_id, Summary(entry.summary), request)
        return self.summary_of_draft(article, request)

    def summary_of_draft(self, draft: Article, request: SummaryRequest = GENERAL) -> SummaryAnswer:
        """The summary of an article that need not be published."""
        return summary_answer(draft.id, self._summarizer.summarize(draft, request), request)

    def digest(self, request: DigestRequest) -> DigestAnswer:
        """One text of several articles. Raises NotFound or TakenDown where the article, or each of the ids, is gone."""
        ids, degraded = list(dict.fromkeys(request.ids)), False
        if request.article is not None:
            told = self.related(request.article, MAX_ARTICLES - 1)
            ids, degraded = [request.article, *(one.id for one in told.developments)], told.degraded
        articles, missing = published(self.store, ids, self.clock())
        digest = self._digester.digest(articles, request.sentences, request.room)
        return digest_answer(digest, missing, degraded=degraded)

    def health(self) -> HealthAnswer:
        """Ask every part whether it answers."""
        return health(self.store, self.live_index, self.models, self.version)

    def purge(self, days: int = DEFAULT_DAYS) -> PurgeAnswer:
        """Forget tombstones of more than ``days`` days ago in every index version; see machtin.purging."""
        return purge(self.catalog, self.clock(), days)

    def reconcile(self, days: int = RECENT_DAYS) -> int:
        """Bring the live index to the store's state; returns how many articles had differed.

        Of articles that were last changed more than ``days`` ago, only whether they are there need be looked at.
        """
        since = self.clock() - timedelta(days=days)
        differed = 0
        while True:
            index = self.live_index()
            differed += reconcile(self.store, index, self._index_journalled, since)
            if self.catalog.live_version() == index.version:
                self.stories.complete(index)
                return differed

    def _index_journalled(self, index: ArticleIndex, changes: Sequence[Stored]) -> None:
        """What is written to the live index is in the journal first, so that no version beside it misses it."""
        self.store.journal(changes)
        self.index_changes(index, changes)

    def _embedder(self, index: ArticleIndex) -> Embedder:
        """The model that the index names. Where it is not installed, another: search then answers by words alone."""
        return self.models.named(index.model_version) or self.models.current

    def _scale(self, index: ArticleIndex) -> CosineScale | None:
        return scale_of(self.models.named(index.model_version))

    def _entry(self, article_id: str) -> IndexEntry | None:
        try:
            return self.live_index().get([article_id]).get(article_id)
        except IndexUnavailable as error:
            log.warning("a stored summary could not be read, it is made anew: %s", error)
            return None

    def _embedded(
        self, index: ArticleIndex, articles: Sequence[Article]
    ) -> Sequence[tuple[Vectors | None, Pieces | None]]:
        """Vector and pieces of each article; no vector where a text has no known token, neither where the index's
        model is not installed."""
        embedder = self.models.named(index.model_version)
        return [(None, None)] * len(articles) if embedder is None else embedded(embedder, articles)
