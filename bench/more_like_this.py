"""OpenSearch's own ``more_like_this``: one text field of title, sapo and body, the standard analyzer, one shard."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.article import Article
from machtin.near_duplicates import whole_text
from machtin.settings import OpenSearchSettings

BATCH: Final = 1_000
PATIENT: Final = 120.0
SETTINGS: Final = {"number_of_shards": 1, "number_of_replicas": 0}
MAPPINGS: Final = {"properties": {"text": {"type": "text"}}}
ASKED: Final[dict[str, dict[str, Any]]] = {
    "more_like_this, defaults": {},
    # All that its documentation offers for recall: rare terms, terms said once, any share of them.
    "more_like_this, 100 terms": {
        "max_query_terms": 100,
        "min_term_freq": 1,
        "min_doc_freq": 1,
        "minimum_should_match": "0%",
    },
}

Rank = Callable[[Article], list[str]]


@contextmanager
def more_like_this(url: str, articles: Iterable[Article], size: int = 100) -> Iterator[dict[str, Rank]]:
    """What ranks ids beside an article, by name; the articles lie in an index of their own meanwhile."""
    client = OpenSearchClient(OpenSearchSettings(url=url, timeout=PATIENT))
    name = f"bench-{uuid.uuid4().hex[:8]}"
    try:
        client.request("PUT", f"/{name}", body={"settings": SETTINGS, "mappings": MAPPINGS}, seconds=PATIENT)
        documents = list(articles)
        for start in range(0, len(documents), BATCH):
            lines = [
                json.dumps(line, ensure_ascii=False)
                for one in documents[start : start + BATCH]
                for line in ({"index": {"_id": one.id}}, {"text": whole_text(one)})
            ]
            answer = client.request("POST", f"/{name}/_bulk", body="\n".join(lines) + "\n", seconds=PATIENT)
            assert not answer["errors"]
        client.request("POST", f"/{name}/_refresh", seconds=PATIENT)

        def ranker(options: dict[str, Any]) -> Rank:
            def rank(article: Article) -> list[str]:
                query = {"more_like_this": {"fields": ["text"], "like": whole_text(article), **options}}
                body = {"size": size + 1, "query": query, "_source": False}
                answer = client.request("POST", f"/{name}/_search", body=body, seconds=PATIENT)
                return [hit["_id"] for hit in answer["hits"]["hits"] if hit["_id"] != article.id]

            return rank

        yield {label: ranker(options) for label, options in ASKED.items()}
    finally:
        client.request("DELETE", f"/{name}", seconds=PATIENT)
        client.close()
