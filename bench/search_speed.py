"""Search: hybrid, lexical and semantic beside bare tantivy BM25, the same queries in turn in one run."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from articles import articles, queries
from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.answers import Mode
from machtin.embedding import StaticEmbedder
from machtin.evaluation_run import index_corpus
from machtin.search import search
from machtin.search_request import SearchRequest
from machtin.settings import Settings
from timing import Spread, milliseconds

MODES: tuple[Mode, ...] = ("hybrid", "lexical", "semantic")
QUERIES = 300
WARM_UP = 20


def measure(size: int) -> dict[str, Any]:
    """Milliseconds of one search for ten hits with highlights, over ``size`` articles; memory of a reader."""
    made, origin = articles(size)
    embedder = StaticEmbedder.load(Settings().model)
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        index = EmbeddedCatalog(Path(folder)).create(embedder.model_version, embedder.dimensions)
        index_corpus(index, embedder, made, lambda *_: None)
        baseline = Bm25Baseline(made)
        typed = queries(made, QUERIES + WARM_UP)
        times: dict[str, list[float]] = {"bare tantivy BM25": [], **{mode: [] for mode in MODES}}
        for query in typed:
            times["bare tantivy BM25"].append(milliseconds(partial(baseline.rank, query, 10)))
            for mode in MODES:
                request = SearchRequest(q=query, mode=mode)
                times[mode].append(milliseconds(partial(search, index, embedder, request)))
        index.close()
        memory = _reader_memory(folder, index.version)
    spreads = {name: Spread.of(values[WARM_UP:] or values) for name, values in times.items()}
    return {
        "articles": len(made),
        "text": origin,
        "queries": len(typed),
        "ms": {name: spread._asdict() for name, spread in spreads.items()},
        "hybrid / bare BM25, p50": round(spreads["hybrid"].p50 / spreads["bare tantivy BM25"].p50, 2),
        "reader memory, MB": memory,
    }


def _reader_memory(folder: str, version: str) -> float:
    """Peak resident memory of a fresh process that opens the index and answers some searches."""
    code = [sys.executable, str(Path(__file__).with_name("reader.py")), folder, version]
    return float(subprocess.run(code, check=True, capture_output=True, text=True).stdout)
