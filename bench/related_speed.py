"""Related news: made when asked for, beside what a list made at ingest would cost; OpenSearch's own query beside both.

``python bench/related_speed.py 1000 10000`` measures the embedded index. With a running server (``make
opensearch-start``) and ``--opensearch`` it measures that too, beside its ``more_like_this`` in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from articles import articles
from machtin import bootstrap
from machtin.adapters.opensearch_catalog import OpenSearchCatalog
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.article import Article
from machtin.models import embedded
from machtin.near_duplicates import whole_text
from machtin.ports import ArticleIndex, IndexEntry
from machtin.service import Machtin
from machtin.settings import OpenSearchSettings, Settings
from timing import Spread, milliseconds

SHOWN = 6
ASKED = 100
WARM_UP = 20
BATCH = 500
PATIENT = 120.0

Calls = dict[str, Callable[[], object]]


def measure(service: Machtin, made: Sequence[Article], beside: Callable[[Article], Calls] = lambda _: {}) -> Any:
    """Milliseconds of each call, in turn for one article after another.

    ``ms of our processor``: without waiting, for busy machines; what a server of its own does is not in them.

    ``kept list``: the least that a list made at ingest would cost, which is to look whether each of its articles is
    still there, in the store, and to fetch their titles of today from the index.
    """
    fill(service, made)
    index = service.live_index()
    index.warm_up()
    chosen = random.Random(5).sample(list(made), min(ASKED + WARM_UP, len(made)))
    shown = 0
    times: dict[str, list[float]] = {}
    processor: dict[str, list[float]] = {}
    for article in chosen:
        ids: list[str] = []
        calls: Calls = {
            "related": partial(_asked, service, article.id, ids),
            "kept list": partial(_kept, service, index, ids),
            **beside(article),
        }
        for name, call in calls.items():
            before = process_time()
            times.setdefault(name, []).append(milliseconds(call))
            processor.setdefault(name, []).append((process_time() - before) * 1000)
        shown += len(ids) - 1
    return {
        "articles": len(made),
        "shown beside one, mean": round(shown / len(chosen), 1),
        "ms": _spreads(times),
        "ms of our processor": _spreads(processor),
    }


def _spreads(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    return {name: Spread.of(values[WARM_UP:] or values)._asdict() for name, values in times.items()}


def fill(service: Machtin, made: Sequence[Article]) -> None:
    """Store and index without summaries, which related news never asks for and which take most of an ingest."""
    index = service.live_index()
    for start in range(0, len(made), BATCH):
        part = made[start : start + BATCH]
        revisions = [receipt.revision for receipt in service.put(part)]
        vectors = embedded(service.models.current, part)
        index.write(
            [
                IndexEntry(article, revision, vector, pieces=pieces)
                for article, revision, (vector, pieces) in zip(part, revisions, vectors, strict=True)
            ]
        )


def _asked(service: Machtin, article_id: str, ids: list[str]) -> None:
    """Adds to ``ids`` the article and what is shown beside it."""
    told = service.related(article_id, SHOWN)
    ids += [article_id, *(one.id for one in (*told.developments, *told.background))]


def _kept(service: Machtin, index: ArticleIndex, ids: Sequence[str]) -> object:
    return service.store.get(ids), index.get(ids)


def on_opensearch(made: Sequence[Article]) -> Any:
    """The same on the server that the environment names, beside what it offers by itself for the same text."""
    cluster = replace(OpenSearchSettings.from_env(os.environ), prefix=f"bench-{uuid.uuid4().hex[:8]}", timeout=10.0)
    client = OpenSearchClient(cluster)
    catalog = OpenSearchCatalog(client, cluster.prefix)

    def more_like_this(article: Article) -> Calls:
        query = {"fields": ["text"], "like": whole_text(article), "min_term_freq": 1, "max_query_terms": 25}
        body = {"size": 2 * SHOWN, "query": {"more_like_this": query}, "_source": ["article"]}
        path = f"/{catalog.prefix}-{catalog.live_version()}/_search"
        return {"more_like_this": partial(client.request, "POST", path, body=body)}

    try:
        with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
            settings = Settings(data=Path(folder), index="opensearch", opensearch=cluster)
            return measure(bootstrap.build(settings), made, more_like_this)
    finally:
        client.request("DELETE", f"/{cluster.prefix}-*", seconds=PATIENT)


def main() -> None:
    """Measure and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000])
    parser.add_argument("--opensearch", action="store_true", help="also on the server of MACHTIN_OPENSEARCH_URL")
    options = parser.parse_args()
    for size in options.sizes:
        made, text = articles(size)
        with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
            service = bootstrap.build(Settings(data=Path(folder)))
            figures = {"text": text, "embedded": measure(service, made)}
            service.catalog.close()
        if options.opensearch:
            figures["opensearch"] = on_opensearch(made)
        print(json.dumps(figures, ensure_ascii=False, indent=1), flush=True)


if __name__ == "__main__":
    main()
