"""One index version in OpenSearch."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any, Final

import numpy as np

from machtin.adapters import opensearch_query
from machtin.adapters.opensearch_bulk import BulkWriter
from machtin.adapters.opensearch_client import OpenSearchClient, TimedOut, reason_of
from machtin.adapters.opensearch_documents import SOURCE, entry_of
from machtin.adapters.opensearch_frequencies import IndexFrequencies
from machtin.adapters.opensearch_query import Body
from machtin.adapters.opensearch_upkeep import purge_tombstones, warm_up
from machtin.adapters.opensearch_walk import walk, walk_revisions
from machtin.completion import goes_on
from machtin.errors import IndexUnavailable, ModelError
from machtin.ports import (
    Completion,
    Facets,
    Filters,
    IndexEntry,
    IndexTombstone,
    Leg,
    Page,
    Retrieval,
    Retrieved,
    Sort,
    Vectors,
    WriteOutcome,
)
from machtin.vietnamese import fold_syllables, syllables

# Of the time that a question may take, what both legs together get before the words are asked alone.
BOTH_LEGS_SHARE: Final = 0.6
# Headlines that are looked at for those whose typed marks fit as well.
COMPLETIONS: Final = 50
NO_SCORES: Final = 0.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What an index says of itself; ``building`` until it is warmed up."""

    model_version: str
    dimensions: int
    building: bool = False


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
        self._bulk = BulkWriter(client, name)

    def write(
        self, entries: Sequence[IndexEntry | IndexTombstone], *, within: float | None = None
    ) -> list[WriteOutcome]:
        """Upsert or bury; see ports.ArticleIndex and BulkWriter.

        A newsroom writes little, so that each batch is made visible at once rather than with the next refresh.
        """
        for entry in entries:
            vector = entry.vector if isinstance(entry, IndexEntry) else None
            if vector is not None:
                self._refuse_foreign(vector)
        return self._bulk.write(entries, refresh=not self._building, within=within)

    def retrieve(self, question: Retrieval) -> Retrieved:
        """Run the asked legs in one request; see ports.ArticleIndex.

        Where the vector leg makes both late, the words are asked again alone, and the vector leg is left out for a
        while: readers get an answer in time.
        """
        asked: dict[str, Body] = {}
        if question.text is not None:
            asked["lexical"] = opensearch_query.lexical_body(question, self._frequencies)
        failure: str | None = None
        if question.vector is not None:
            self._refuse_foreign(question.vector)
            failure = self._resting() if question.text is not None else None
            if failure is None:
                asked["nearest"] = opensearch_query.nearest_body(question.vector, question.filters, question.size)
                asked["embedded"] = opensearch_query.embedded_body(question.filters)
        if not asked:
            return Retrieved()
        answers, late = self._ask(asked, question)
        legs = {name: _leg(name, answers[name]) for name in ("lexical", "nearest") if name in answers}
        failure = failure or late
        nearest = Leg(failure=failure) if failure else legs.get("nearest", Leg())
        if "embedded" in answers and nearest.failure is None:
            nearest = _counted(nearest, answers["embedded"])
        lexical = legs.get("lexical", Leg())
        if all(
            leg.failure for name, leg in (("lexical", lexical), ("nearest", nearest)) if name in asked or leg.failure
        ):
            raise IndexUnavailable("; ".join(leg.failure for leg in (lexical, nearest) if leg.failure))
        facets = _facets(answers["lexical"]) if question.facets and not lexical.failure else {}
        return Retrieved(lexical, nearest, facets)

    def matching(self, text: str, article_ids: Sequence[str], filters: Filters) -> int:
        """How many of these ids match lexically."""
        query = opensearch_query.matching_query(text, filters, self._frequencies)
        among = {"bool": {"must": query, "filter": {"terms": {"id": list(article_ids)}}}}
        return self._count(among) if article_ids else 0

    def walk(self, text: str, filters: Filters, sort: Sort, size: int, after: str | None) -> Page:
        """A stretch of all lexical matches as of the moment when the walk began; see ports.ArticleIndex."""
        query = opensearch_query.matching_query(text, filters, self._frequencies)
        return walk(self._client, self._name, opensearch_query.walk_body(text, query, sort, size), after)

    def complete(self, typed: str, size: int) -> list[Completion]:
        """Headlines that go on from what was typed; see ports.ArticleIndex."""
        words = syllables(typed)
        if not words or size <= 0:
            return []
        body = opensearch_query.completion_body(" ".join(fold_syllables(words)), max(COMPLETIONS, size))
        answer = self._client.request("POST", f"/{self._name}/_search", body=body)
        options = answer["suggest"]["headline"][0]["options"]
        found = (Completion(one["_id"], one["_source"]["article"]["title"]) for one in options)
        return list(islice((one for one in found if goes_on(one.title, words)), size))

    def get(self, article_ids: Sequence[str]) -> dict[str, IndexEntry]:
        """Entries by id; unknown or buried ids are absent."""
        if not article_ids:
            return {}
        params = {"_source_includes": ",".join(SOURCE)}
        body = {"ids": list(dict.fromkeys(article_ids))}
        answer = self._client.request("POST", f"/{self._name}/_mget", params=params, body=body)
        for one in answer["docs"]:
            if "error" in one:
                raise IndexUnavailable(f"articles can't be read: {reason_of(one)}")
        sources = [one["_source"] for one in answer["docs"] if one["found"]]
        return {source["id"]: entry_of(source) for source in sources if source["live"]}

    def revisions(self) -> Iterator[tuple[str, int]]:
        """Every live article's id and revision, as of the moment the first is asked for."""
        return walk_revisions(self._client, self._name)

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

    def _refuse_foreign(self, vector: Vectors) -> None:
        if vector.shape != (self._dimensions,) or not np.isfinite(vector).all():
            raise ModelError(
                f"a vector has shape {vector.shape} or holds no numbers; the index holds vectors of length"
                f" {self._dimensions}"
            )

    def _resting(self) -> str | None:
        try:
            self._client.vector_breaker.check()
        except IndexUnavailable as error:
            return str(error)
        return None

    def _ask(self, asked: Mapping[str, Body], question: Retrieval) -> tuple[dict[str, Any], str | None]:
        """The answers by name, and why the vector leg had to be left out."""
        preference = _preference(question)
        if not ("lexical" in asked and "nearest" in asked):
            return self._msearch(asked, preference, self._client.seconds, telling=True), None
        try:
            share = BOTH_LEGS_SHARE * self._client.seconds
            answers = self._msearch(asked, preference, share, telling=False)
            self._client.vector_breaker.succeeded()
            return answers, None
        except TimedOut as error:
            words_alone = {"lexical": asked["lexical"]}
            rest = (1 - BOTH_LEGS_SHARE) * self._client.seconds
            answers = self._msearch(words_alone, preference, rest, telling=True)
            reason = f"the vector search did not answer in {share:.1f} s"
            self._client.vector_breaker.failed(reason)
            log.warning("%s: %s", reason, error)
            return answers, reason

    def _msearch(self, asked: Mapping[str, Body], preference: str, seconds: float, *, telling: bool) -> dict[str, Any]:
        header = json.dumps({"index": self._name, "preference": preference})
        lines = [line for body in asked.values() for line in (header, json.dumps(body, ensure_ascii=False))]
        text = "\n".join(lines) + "\n"
        answer = self._client.request("POST", "/_msearch", body=text, seconds=seconds, telling=telling)
        return dict(zip(asked, answer["responses"], strict=True))

    def _count(self, query: Body) -> int:
        return int(self._client.request("POST", f"/{self._name}/_count", body={"query": query})["count"])


def _preference(question: Retrieval) -> str:
    """The same for all pages of one question: they come from the same copy of the index."""
    asked = repr((question.text, question.filters, question.sort))
    return blake2b(asked.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _leg(name: str, answer: Mapping[str, Any]) -> Leg:
    if failure := _failure(answer):
        return Leg(failure=failure)
    hits = answer["hits"]["hits"]
    scored = bool(hits) and hits[0].get("_score") is not None
    scores = [float(hit["_score"]) if scored else NO_SCORES for hit in hits]
    if name == "nearest":
        # Lucene has no negative scores: it gives (1 + cosine) / 2.
        return Leg(_ids(hits), tuple(2 * score - 1 for score in scores))
    return Leg(_ids(hits), tuple(scores), answer["hits"]["total"]["value"])


def _counted(nearest: Leg, answer: Mapping[str, Any]) -> Leg:
    failure = _failure(answer)
    return Leg(failure=failure) if failure else Leg(nearest.ids, nearest.scores, answer["hits"]["total"]["value"])


def _failure(answer: Mapping[str, Any]) -> str | None:
    """Why one search of several has no whole answer."""
    if "error" in answer:
        return reason_of(answer)
    if answer["timed_out"]:
        return "the search was broken off"
    shards = answer["_shards"]
    if shards["failed"]:
        reasons = [reason_of({"error": one["reason"]}) for one in shards.get("failures", ())]
        return f"{shards['failed']} of {shards['total']} shards did not answer: {'; '.join(reasons)}"
    return None


def _ids(hits: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The id is the last of a hit's sort values."""
    return tuple(hit["sort"][-1] for hit in hits)


def _facets(answer: Mapping[str, Any]) -> Facets:
    counted = answer["aggregations"]
    sections = [(one["spelling"]["buckets"][0]["key"], one["doc_count"]) for one in counted["section"]["buckets"]]
    return {
        "section": dict(sorted(sections, key=lambda pair: (-pair[1], pair[0]))),
        "month": {one["key"]: one["doc_count"] for one in counted["month"]["buckets"]},
    }
