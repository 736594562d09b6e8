"""What OpenSearch answers to a question's searches, as the legs of a retrieval."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from machtin.adapters.opensearch_client import reason_of
from machtin.adapters.opensearch_query import WORDS
from machtin.ports import EMPTY_LEG, Facets, Leg, Retrieved

log = logging.getLogger(__name__)


def retrieved(answers: Mapping[str, Any], *, facets: bool) -> Retrieved:
    """The legs of the searches ``lexical``, ``nearest`` and ``embedded`` (the count of the second), where they ran."""
    lexical = _lexical(answers["lexical"]) if "lexical" in answers else EMPTY_LEG
    nearest = EMPTY_LEG
    if "nearest" in answers:
        nearest = _nearest(answers["nearest"], answers["embedded"], with_words="lexical" in answers)
    counted = facets and "lexical" in answers and lexical.failure is None
    return Retrieved(lexical, nearest, _facets(answers["lexical"]) if counted else {})


def _lexical(answer: Mapping[str, Any]) -> Leg:
    if failure := failure_of(answer):
        return Leg(failure=failure)
    hits = answer["hits"]["hits"]
    # A list by date or by id has no scores.
    scores = tuple(float(hit["_score"] or 0.0) for hit in hits)
    return Leg(_ids(hits), scores, answer["hits"]["total"]["value"])


def _nearest(answer: Mapping[str, Any], counted: Mapping[str, Any], *, with_words: bool) -> Leg:
    if failure := failure_of(answer) or failure_of(counted):
        return Leg(failure=failure)
    hits = answer["hits"]["hits"]
    # Lucene has no negative scores: it gives (1 + cosine) / 2.
    cosines = tuple(2 * float(hit["_score"]) - 1 for hit in hits)
    matching = frozenset(hit["sort"][-1] for hit in hits if WORDS in hit.get("matched_queries", ()))
    return Leg(_ids(hits), cosines, counted["hits"]["total"]["value"], matching=matching if with_words else None)


def failure_of(answer: Mapping[str, Any]) -> str | None:
    """Why one search of several has no whole answer."""
    if "error" in answer:
        log.warning("a search was not carried out: %s", reason_of(answer))
        return "OpenSearch could not carry out the search"
    if answer["timed_out"]:
        return "the search was broken off"
    return missing_shards(answer)


def missing_shards(answer: Mapping[str, Any]) -> str | None:
    """Why an answer speaks for a part of the index alone. A shard that stands nowhere isn't counted as failed."""
    shards = answer["_shards"]
    answered = shards["successful"]
    return None if answered == shards["total"] else f"{answered} of {shards['total']} shards answered"


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
