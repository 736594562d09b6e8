"""OpenSearch: search and ingest as machtin does them, beside the server's own plain BM25 and raw _bulk, in one run.

Needs a running server: ``make bench-opensearch`` starts one.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from articles import articles, queries
from machtin import bootstrap
from machtin.adapters.opensearch_catalog import OpenSearchCatalog
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.opensearch_documents import bulk_lines
from machtin.article import Article
from machtin.ports import IndexEntry, IndexTombstone
from machtin.reconciliation import CHUNK
from machtin.search import search
from machtin.search_request import SearchRequest
from machtin.service import Machtin
from machtin.settings import OpenSearchSettings, Settings
from machtin.store_port import Stored
from timing import Spread, milliseconds

ARTICLES = 20_000
# So many of them are loaded again and again, to compare loading with loading.
LOADED = 5_000
QUERIES = 400
WARM_UP = 40
PATIENT = 120.0
# As much in a request as is usual for loading alone.
RAW_BYTES = 5_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--rounds", type=int, default=3, help="of ingest, raw and machtin in turn")
    options = parser.parse_args()
    made, origin = articles(options.articles)
    cluster = replace(OpenSearchSettings.from_env(os.environ), prefix=f"bench-{uuid.uuid4().hex[:8]}", timeout=10.0)
    client = OpenSearchClient(cluster)
    catalog = OpenSearchCatalog(client, cluster.prefix)
    try:
        with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
            service = bootstrap.build(Settings(data=Path(folder), index="opensearch", opensearch=cluster))
            figures: dict[str, Any] = {"articles": len(made), "text": origin}
            figures["ingest"] = ingest(service, client, catalog, made[:LOADED], options.rounds)
            figures["search"] = searches(service, client, catalog, made)
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    finally:
        client.request("DELETE", f"/{cluster.prefix}-*", seconds=PATIENT)


def ingest(
    service: Machtin, client: OpenSearchClient, catalog: OpenSearchCatalog, made: list[Article], rounds: int
) -> dict[str, Any]:
    """Articles a second: embedding, summary and writing, beside the writing alone of the same documents."""
    changes = _changes(made)
    parts = list(_parts(_documents(service, changes)))
    seconds: dict[str, list[float]] = {"raw _bulk": [], "machtin": []}
    for _ in range(rounds):
        index = catalog.create(service.models.current.model_version, service.models.current.dimensions, building=True)
        started = time.perf_counter()
        for part in parts:
            path = f"/{catalog.prefix}-{index.version}/_bulk"
            answer = client.request("POST", path, body=part.decode(), seconds=PATIENT)
            assert not answer["errors"]
        seconds["raw _bulk"].append(time.perf_counter() - started)
        catalog.drop(index.version)

        index = catalog.create(service.models.current.model_version, service.models.current.dimensions, building=True)
        started = time.perf_counter()
        for start in range(0, len(changes), CHUNK):
            service.index_changes(index, changes[start : start + CHUNK])
        seconds["machtin"].append(time.perf_counter() - started)
    return {
        "articles a second": {name: [round(len(made) / one) for one in taken] for name, taken in seconds.items()},
        "machtin / raw _bulk, medians": round(_median(seconds["raw _bulk"]) / _median(seconds["machtin"]), 2),
    }


def searches(
    service: Machtin, client: OpenSearchClient, catalog: OpenSearchCatalog, made: list[Article]
) -> dict[str, Any]:
    """Milliseconds of ten hits: hybrid with highlights, beside a match query that the server answers with articles."""
    index = catalog.create(service.models.current.model_version, service.models.current.dimensions, building=True)
    changes = _changes(made)
    for start in range(0, len(changes), CHUNK):
        service.index_changes(index, changes[start : start + CHUNK])
    index.warm_up()
    times: dict[str, list[float]] = {"server's BM25": [], "hybrid": [], "words alone": [], "meaning alone": []}
    for query in queries(made, QUERIES + WARM_UP):
        body = {"size": 10, "track_total_hits": True, "query": {"match": {"text": query}}, "_source": ["article"]}
        plain = partial(client.request, "POST", f"/{catalog.prefix}-{index.version}/_search", body=body)
        times["server's BM25"].append(milliseconds(plain))
        for name, mode in (("hybrid", "hybrid"), ("words alone", "lexical"), ("meaning alone", "semantic")):
            request = SearchRequest(q=query, mode=mode)  # type: ignore[arg-type]  # one of the three
            times[name].append(milliseconds(partial(search, index, service.models.current, request)))
    spreads = {name: Spread.of(values[WARM_UP:]) for name, values in times.items()}
    return {
        "queries": QUERIES,
        "ms": {name: spread._asdict() for name, spread in spreads.items()},
        "hybrid / server's BM25, p50": round(spreads["hybrid"].p50 / spreads["server's BM25"].p50, 2),
    }


def _changes(made: list[Article]) -> list[Stored]:
    return [Stored(article.id, at, article) for at, article in enumerate(made, start=1)]


def _documents(service: Machtin, changes: list[Stored]) -> Iterator[bytes]:
    """The very documents that machtin writes."""
    recorder = _Recorder(service.models.current.model_version)
    for start in range(0, len(changes), CHUNK):
        service.index_changes(recorder, changes[start : start + CHUNK])  # type: ignore[arg-type]  # writes alone
        yield from map(bulk_lines, recorder.entries)
        recorder.entries.clear()


class _Recorder:
    def __init__(self, model_version: str) -> None:
        self.model_version = model_version
        self.entries: list[IndexEntry | IndexTombstone] = []

    def write(self, entries: list[IndexEntry | IndexTombstone], *, within: float | None = None) -> list[str]:  # noqa: ARG002
        self.entries += entries
        return []


def _parts(lines: Iterator[bytes]) -> Iterator[bytes]:
    part: list[bytes] = []
    size = 0
    for line in lines:
        if part and size + len(line) > RAW_BYTES:
            yield b"".join(part)
            part, size = [], 0
        part.append(line)
        size += len(line)
    yield b"".join(part)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()
