"""Headlines that have what was typed, as searches of OpenSearch and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from machtin.adapters.lexical_terms import CURRENT
from machtin.adapters.opensearch_answers import failure_of
from machtin.adapters.opensearch_query import Body, conditions
from machtin.completion import Typed
from machtin.errors import IndexUnavailable
from machtin.ports import Completion, Filters, Headlines

# Words that a begun one is looked up as where its beginning is no term itself: there are fewer so long ones.
EXPANSIONS: Final = 200
# Headlines are read from columns: the stored documents hold whole articles.
_SHOWN: Final[Body] = {
    "_source": False,
    "stored_fields": "_none_",
    "docvalue_fields": ["id", "title"],
    "track_total_hits": False,
    "sort": [{"published": {"order": "desc", "missing": "_last"}}, {"id": "asc"}],
}


def bodies(typed: Typed, filters: Filters, opening: int, anywhere: int) -> dict[str, Body]:
    """The two searches: headlines that begin with what was typed, and those that have it anywhere."""
    folded = " ".join(typed.folded)
    if typed.begun:
        begins: Body = {"prefix": {"opening": folded}}
        has: Body = {"match_phrase_prefix": {"headline": {"query": folded, "max_expansions": EXPANSIONS}}}
    else:
        begins = {"bool": {"should": [{"term": {"opening": folded}}, {"prefix": {"opening": f"{folded} "}}]}}
        has = {"match_phrase": {"headline": folded}}
    others = [*_spelt(typed), *conditions(filters, CURRENT)]
    return {
        "opening": _SHOWN | {"size": opening, "query": {"bool": {"filter": [begins, *others]}}},
        "anywhere": _SHOWN | {"size": anywhere, "query": {"bool": {"filter": [has, *others]}}},
    }


def _spelt(typed: Typed) -> list[Body]:
    """Typed marks stand somewhere in the headline."""
    marked = [at for at, (word, bare) in enumerate(zip(typed.words, typed.folded, strict=True)) if word != bare]
    last = len(typed.words) - 1
    return [
        {"prefix" if typed.begun and at == last else "term": {"headline.spelt": {"value": typed.words[at]}}}
        for at in marked
    ]


def found(answers: Mapping[str, Any]) -> Headlines:
    """The headlines of both searches. Raises IndexUnavailable where one was not carried out whole."""
    for answer in answers.values():
        if failure := failure_of(answer):
            raise IndexUnavailable(failure)
    return Headlines(_completions(answers["opening"]), _completions(answers["anywhere"]))


def _completions(answer: Mapping[str, Any]) -> list[Completion]:
    columns = (hit["fields"] for hit in answer["hits"]["hits"])
    return [Completion(one["id"][0], one["title"][0]) for one in columns]
