"""One index version in OpenSearch."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Final

import numpy as np

from machtin.adapters import opensearch_headlines, opensearch_query, opensearch_tags
from machtin.adapters.lexical_terms import CURRENT, OUTDATED, Analysis, occurrence_term
from machtin.adapters.opensearch_answers import missing_shards, retrieved
from machtin.adapters.opensearch_bulk import BulkWriter
from machtin.adapters.opensearch_client import OpenSearchClient, TimedOut, reason_of
from machtin.adapters.opensearch_documents import entry_of, pieces_of
from machtin.adapters.opensearch_frequencies import IndexFrequencies
from machtin.adapters.opensearch_query import Body
from machtin.adapters.opensearch_upkeep import purge_tombstones, warm_up
from machtin.adapters.opensearch_walk import walk, walk_revisions
from machtin.completion import Typed
from machtin.errors import IndexUnavailable, ModelError, NotFound
from machtin.ports import (
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

# Of the time that a question may take, what both legs together get before the words are asked alone.
BOTH_LEGS_SHARE: Final = 0.6

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What an index says of itself; ``building`` until it is warmed up."""

    model_version: str
    dimensions: int
    building: bool = False
    analysis: Analysis = CURRENT
    pieces: bool = True
    summarizer: bool = True


def written_as(name: str) -> str:
    """The alias that an index is written through: a write that comes late must not make a dropped index anew."""
    return f"{name}-write"


class OpenSearchIndex:
    """Implements ports.ArticleIndex on one index of a cluster. Threads may share it."""

    def __init__(self, client: OpenSearchClient, name: str, version: str, description: Description) -> None:
        self.version = version
        self.model_version = description.model_version
        self._client = client
        self._name = name
        self._dimensions = description.dimensions
        self._building = description.building
        self._frequencies = IndexFrequencies(client, name)
        self._bulk = BulkWriter(client, written_as(name), description.analysis)
        self._analysis = description.analysis
        self._keeps_pieces, self._keeps_summarizer = description.pieces, description.summarizer
        if description.analysis != CURRENT:
            log.warning(OUTDATED, version)

    def write(
        self, entries: Iterable[IndexEntry | IndexTombstone], *, within: float | None = None
    ) -> list[WriteOutcome]:
        """Upsert or bury; see ports.ArticleIndex and BulkWriter.

        A newsroom writes little, so that each batch is made visible at once rather than with the next refresh.
        """
        return self._bulk.write(map(self._own, entries), refresh=not self._building, within=within)

    def retrieve(self, question: Retrieval) -> Retrieved:
        """Run the asked legs in one request; see ports.ArticleIndex.

        Where the vector leg makes both late, the words are asked again alone, and the vector leg is left out for a
        while: readers get an answer in time.
        """
        if question.vector is not None:
            self._refuse_foreign(question.vector)
        asked = self._bodies(question)
        if not asked:
            return Retrieved()
        answers, left_out = self._ask(asked, _preference(question))
        found = retrieved(answers, facets=question.facets)
        if left_out is not None:
            found = replace(found, nearest=Leg(failure=left_out))
        legs = [leg for name, leg in (("lexical", found.lexical), ("nearest", found.nearest)) if name in asked]
        if all(leg.failure for leg in legs):
            raise IndexUnavailable("; ".join(leg.failure for leg in legs if leg.failure))
        return found

    def matching(self, text: str, article_ids: Sequence[str], filters: Filters) -> int:
        """How many of these ids match lexically."""
        query = self._matching(text, filters)
        among = {"bool": {"must": query, "filter": {"terms": {"id": list(article_ids)}}}}
        return self._count(among) if article_ids else 0

    def walk(self, text: str, filters: Filters, sort: Sort, size: int, after: str | None) -> Page:
        """A stretch of all lexical matches as of the moment when the walk began; see ports.ArticleIndex."""
        query = self._matching(text, filters)
        with self._in_use():
            return walk(self._client, self._name, opensearch_query.walk_body(text, query, sort, size), after)

    def headlines(self, typed: Typed, filters: Filters, opening: int, anywhere: int) -> Headlines:
        """Headlines that have what was typed, the newest first; see ports.ArticleIndex."""
        if self._analysis != CURRENT:
            return Headlines([], [])
        asked = opensearch_headlines.bodies(typed, filters, opening, anywhere)
        answers = self._msearch(asked, _preference_of(typed, filters), self._client.seconds, telling=True)
        return opensearch_headlines.found(answers)

    def occurrences(self, words: Sequence[str]) -> list[int]:
        """How many articles have each word or pair, as of some minutes ago at most."""
        terms = [occurrence_term(word, self._analysis) for word in words]
        known, _ = self._frequencies.look_up(terms) if terms else ({}, 0)
        return [known[term.field, term.token] for term in terms]

    def tag_counts(self, keys: Sequence[str]) -> dict[str, int]:
        """How many articles have each tag; see ports.ArticleIndex."""
        return opensearch_tags.counts(self._tagged(keys, spelt=False)) if keys else {}

    def tag_spellings(self, keys: Sequence[str]) -> dict[str, str]:
        """How each tag is usually spelt; see ports.ArticleIndex."""
        return opensearch_tags.spellings(self._tagged(keys, spelt=True)) if keys else {}

    def get(self, article_ids: Sequence[str]) -> dict[str, IndexEntry]:
        """Entries by id; unknown or buried ids are absent."""
        if not article_ids:
            return {}
        # Whole documents: leaving fields out costs the server more than sending them.
        found = self._documents([{"_id": one} for one in dict.fromkeys(article_ids)])
        sources = [one["_source"] for one in found if one["found"]]
        return {source["id"]: entry_of(source) for source in sources if source["live"]}

    def pieces(self, article_ids: Sequence[str]) -> dict[str, Pieces]:
        """The pieces of articles by id; see ports.ArticleIndex. A tombstone has none."""
        if not article_ids or not self._keeps_pieces:
            return {}
        docs = [{"_id": one, "_source": False, "stored_fields": ["pieces"]} for one in dict.fromkeys(article_ids)]
        return {one["_id"]: pieces_of(one["fields"]["pieces"][0]) for one in self._documents(docs) if "fields" in one}

    def revisions(self) -> Iterator[tuple[str, int]]:
        """Every live article's id and revision, by id; one that is written meanwhile shows either."""
        with self._in_use():
            yield from walk_revisions(self._client, self._name)

    def count(self) -> int:
        """Number of live articles."""
        return self._count({"term": {"live": True}})

    def warm_up(self) -> None:
        """End a build: copies and refreshes as for a live index, one segment, caches filled; minutes in a large one."""
        warm_up(self._client, self._name, self._dimensions)
        self._building = False

    def purge(self, before: int) -> int:
        """Forget old tombstones; the server itself remembers them for another minute."""
        return purge_tombstones(self._client, self._name, before)

    def close(self) -> None:
        """Nothing to give back: connections belong to the catalog."""

    def _own(self, entry: IndexEntry | IndexTombstone) -> IndexEntry | IndexTombstone:
        if isinstance(entry, IndexEntry) and entry.vector is not None:
            self._refuse_foreign(entry.vector)
        if isinstance(entry, IndexTombstone) or (self._keeps_pieces and self._keeps_summarizer):
            return entry
        summarizer = entry.summarizer if self._keeps_summarizer else None
        return replace(entry, pieces=entry.pieces if self._keeps_pieces else None, summarizer=summarizer)

    def _refuse_foreign(self, vector: Vectors) -> None:
        if vector.shape != (self._dimensions,) or not np.isfinite(vector).all():
            raise ModelError(
                f"a vector has shape {vector.shape} or holds no numbers; the index holds vectors of length"
                f" {self._dimensions}"
            )

    def _bodies(self, question: Retrieval) -> dict[str, Body]:
        bodies: dict[str, Body] = {}
        if question.text is not None:
            bodies["lexical"] = opensearch_query.lexical_body(question, self._matching(question.text, question.filters))
        if question.vector is not None:
            words = bodies["lexical"]["query"] if question.text else None
            within = opensearch_query.conditions(question.filters, self._analysis)
            bodies["nearest"] = opensearch_query.nearest_body(question.vector, within, question.size, words)
            bodies["embedded"] = opensearch_query.embedded_body(within)
        return bodies

    def _ask(self, asked: Mapping[str, Body], preference: str) -> tuple[dict[str, Any], str | None]:
        """The answers by name, and why the vector leg had to be left out.

        That a vector search is late tells nothing of the cluster: it has a breaker of its own.
        """
        whole, vectors = self._client.seconds, self._client.vector_breaker
        if "nearest" not in asked:
            return self._msearch(asked, preference, whole, telling=True), None
        words_alone = {name: body for name, body in asked.items() if name == "lexical"}
        try:
            vectors.check()
        except IndexUnavailable as error:
            if not words_alone:
                raise
            return self._msearch(words_alone, preference, whole, telling=True), str(error)
        seconds = BOTH_LEGS_SHARE * whole if words_alone else whole
        try:
            answers = self._msearch(asked, preference, seconds, telling=False)
        except TimedOut:
            reason = f"the vector search did not answer within {seconds:.1f} s"
            log.warning("the vector leg is left out: %s", reason)
            vectors.failed(reason)
            if not words_alone:
                raise
            return self._msearch(words_alone, preference, (1 - BOTH_LEGS_SHARE) * whole, telling=True), reason
        vectors.succeeded()
        return answers, None

    def _msearch(self, asked: Mapping[str, Body], preference: str, seconds: float, *, telling: bool) -> dict[str, Any]:
        header = json.dumps({"index": self._name, "preference": preference})
        lines = [line for body in asked.values() for line in (header, json.dumps(body, ensure_ascii=False))]
        text = "\n".join(lines) + "\n"
        answer = self._request("POST", "/_msearch", body=text, seconds=seconds, telling=telling)
        return dict(zip(asked, answer["responses"], strict=True))

    def _tagged(self, keys: Sequence[str], *, spelt: bool) -> dict[str, Any]:
        asked = {"tags": opensearch_tags.body(keys, spelt=spelt)}
        found: dict[str, Any] = self._msearch(asked, _preference_of(len(keys)), self._client.seconds, telling=True)
        return dict(found["tags"])

    def _matching(self, text: str, filters: Filters) -> Body:
        return opensearch_query.matching_query(text, filters, self._frequencies.asked(), self._analysis)

    def _documents(self, asked: Sequence[Body]) -> list[Any]:
        """What is asked of each document; raises IndexUnavailable where that of some can't be told."""
        documents: list[Any] = self._request("POST", f"/{self._name}/_mget", body={"docs": asked})["docs"]
        for one in documents:
            if "error" in one:
                log.warning("article %s can't be read: %s", one["_id"], reason_of(one))
                raise IndexUnavailable("some articles can't be read now")
        return documents

    def _count(self, query: Body) -> int:
        answer = self._request("POST", f"/{self._name}/_count", body={"query": query})
        if failure := missing_shards(answer):
            raise IndexUnavailable(failure)
        return int(answer["count"])

    def _request(self, method: str, path: str, **options: Any) -> Any:
        with self._in_use():
            return self._client.request(method, path, **options)

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """That an index is gone is no answer to who asked it for articles: another one has taken its place."""
        try:
            yield
        except NotFound as error:
            raise IndexUnavailable(f"the index version {self.version} has been dropped") from error


def _preference(question: Retrieval) -> str:
    """The same for all pages of one question: they come from the same copy of the index."""
    # Classes speak of the scores of another answer: that of the same question by relevance.
    return _preference_of(question.text, question.filters, "relevance" if question.classes else question.sort)


def _preference_of(*asked: object) -> str:
    return blake2b(repr(asked).encode("utf-8", "replace"), digest_size=8).hexdigest()
