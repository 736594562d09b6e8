"""The tags of an index as searches of OpenSearch and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from machtin.adapters.filter_keys import SPELT_BY, usual_spelling
from machtin.adapters.opensearch_answers import failure_of
from machtin.adapters.opensearch_query import Body
from machtin.errors import IndexUnavailable

_NEWEST: Final[Body] = {
    "top_hits": {
        "size": SPELT_BY,
        "_source": ["article.tags"],
        "sort": [{"published": {"order": "desc", "missing": "_last"}}],
    }
}


def body(keys: Sequence[str], *, spelt: bool) -> Body:
    """Articles by tag, with the tags of some of them where their spelling is asked for."""
    names = [f"tag:{key}" for key in keys]
    by_tag: Body = {"terms": {"field": "labels", "include": names, "size": len(names)}}
    if spelt:
        by_tag["aggs"] = {"newest": _NEWEST}
    # Articles with none of them need not be looked at.
    return {"size": 0, "query": {"bool": {"filter": {"terms": {"labels": names}}}}, "aggs": {"tags": by_tag}}


def counts(answer: Mapping[str, Any]) -> dict[str, int]:
    """How many live articles have each tag that was asked for; those that none has are absent."""
    return {_key(one): one["doc_count"] for one in _tags(answer)}


def spellings(answer: Mapping[str, Any]) -> dict[str, str]:
    """How the latest articles that have each tag mostly spell it."""
    usual = {}
    for one in _tags(answer):
        held = (hit["_source"]["article"]["tags"] for hit in one["newest"]["hits"]["hits"])
        usual[_key(one)] = usual_spelling(_key(one), (tag for tags in held for tag in tags))
    return {key: name for key, name in usual.items() if name is not None}


def _tags(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if failure := failure_of(answer):
        raise IndexUnavailable(failure)
    found: list[Mapping[str, Any]] = answer["aggregations"]["tags"]["buckets"]
    return found


def _key(bucket: Mapping[str, Any]) -> str:
    name: str = bucket["key"]
    return name.removeprefix("tag:")
