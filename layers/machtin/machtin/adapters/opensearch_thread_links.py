"""Links between articles in a cluster: one index beside the versions of the article index, a document an article."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from machtin.adapters.opensearch_answers import missing_shards
from machtin.adapters.opensearch_client import AlreadyThere, OpenSearchClient, reason_of
from machtin.adapters.opensearch_schema import COPIES
from machtin.errors import IndexUnavailable, NotFound
from machtin.thread_port import Link, Linked

MAPPING: Final = {
    "dynamic": "strict",
    "properties": {
        "id": {"type": "keyword"},
        "revision": {"type": "long"},
        "by": {"type": "keyword"},
        "others": {"type": "keyword"},
        "links": {"type": "object", "enabled": False},
    },
}
MISSING: Final = "index_not_found_exception"
# Far more than a story has: it is walked through in short steps.
MOST: Final = 2_000
STRETCH: Final = 10_000
WRITE_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


class OpenSearchThreadLinks:
    """Implements thread_port.ThreadLinks. The index is made with the first link. Threads may share it."""

    def __init__(self, client: OpenSearchClient, prefix: str) -> None:
        self._client = client
        self._name = f"{prefix}-threads"
        # Written through an alias: a write to an index that is not there must not make one without its mapping.
        self._alias = f"{self._name}-write"

    def put(self, linked: Sequence[Linked]) -> None:
        """One _bulk, visible on return. Raises IndexUnavailable where some were not taken; stale ones are fine."""
        if not linked:
            return
        lines = [json.dumps(part) for one in linked for part in (_action(one), _document(one))]
        try:
            self._bulk(lines)
        except NotFound:
            self._make()
            self._bulk(lines)

    def remove(self, articles: Sequence[tuple[str, int]]) -> None:
        """By a query: a _bulk that deletes from an index that is not there would make it, without its mapping."""
        if not articles:
            return
        each = [
            {"bool": {"filter": [{"term": {"id": article_id}}, {"range": {"revision": {"lte": revision}}}]}}
            for article_id, revision in articles
        ]
        params = {"conflicts": "proceed", "refresh": "true", "ignore_unavailable": "true"}
        body = {"query": {"bool": {"should": each}}}
        path = f"/{self._name}/_delete_by_query"
        self._request("POST", path, params=params, body=body)

    def of(self, article_ids: Sequence[str]) -> list[Link]:
        asked = list(article_ids)
        either = [{"terms": {"id": asked}}, {"terms": {"others": asked}}]
        body = {"size": MOST, "query": {"bool": {"filter": {"bool": {"should": either}}}}}
        return [
            Link(own["id"], own["revision"], other, revision, likelihood)
            for own in (hit["_source"] for hit in self._search(body, self._client.seconds))
            for other, revision, likelihood in own["links"]
            if own["id"] in asked or other in asked
        ]

    def revisions(self) -> Iterator[tuple[str, int, str]]:
        body: dict[str, Any] = {"size": STRETCH, "sort": [{"id": "asc"}], "_source": ["id", "revision", "by"]}
        while True:
            hits = self._search(body, WRITE_SECONDS)
            yield from ((hit["_source"]["id"], hit["_source"]["revision"], hit["_source"]["by"]) for hit in hits)
            if len(hits) < STRETCH:
                return
            body["search_after"] = hits[-1]["sort"]

    def _search(self, body: dict[str, Any], seconds: float) -> list[Any]:
        """The hits; none where no link was ever kept. Through _msearch, which readers may ask."""
        text = f"{json.dumps({'index': self._name})}\n{json.dumps(body)}\n"
        (answer,) = self._request("POST", "/_msearch", body=text, seconds=seconds)["responses"]
        if "error" in answer:
            if answer["error"].get("type") == MISSING:
                return []
            log.warning("links can't be read: %s", reason_of(answer))
            raise IndexUnavailable("links between articles can't be read now")
        if failure := missing_shards(answer):
            raise IndexUnavailable(failure)
        found: list[Any] = answer["hits"]["hits"]
        return found

    def _request(self, method: str, path: str, *, seconds: float = WRITE_SECONDS, **asked: Any) -> Any:
        """That links answer slowly says nothing of the articles: those are asked on."""
        return self._client.request(method, path, seconds=seconds, telling=False, **asked)

    def _bulk(self, lines: Sequence[str]) -> None:
        params = {"require_alias": "true", "refresh": "true"}
        body = "\n".join(lines) + "\n"
        answer = self._request("POST", f"/{self._alias}/_bulk", params=params, body=body)
        for item in answer["items"]:
            result = item["index"]
            if result["status"] == 404:
                raise NotFound("there is no index of links yet")
            # 409: a newer one is there.
            if result["status"] >= 300 and result["status"] != 409:
                raise IndexUnavailable(f"links of {result['_id']} can't be written: {reason_of(result)}")

    def _make(self) -> None:
        body = {
            # What was removed is forgotten in a moment, so that the same revision may come again: late ones do no harm.
            "settings": {"index.number_of_shards": 1, "index.gc_deletes": "0s", **COPIES},
            "mappings": MAPPING,
            "aliases": {self._alias: {}},
        }
        with suppress(AlreadyThere):
            self._request("PUT", f"/{self._name}", body=body)


def _action(one: Linked) -> dict[str, Any]:
    return {"index": {"_id": one.article_id, "version": one.revision, "version_type": "external_gte"}}


def _document(one: Linked) -> dict[str, Any]:
    return {
        "id": one.article_id,
        "revision": one.revision,
        "by": one.by,
        "others": [to.other for to in one.links],
        "links": [[to.other, to.other_revision, to.likelihood] for to in one.links],
    }
