"""Where exact vector search stops being fast enough, and what screening (and a graph) loses beyond.

    python bench/vector_threshold.py [--rows 1000 10000 100000 300000] [--threads 1] [--hnsw] [--json FILE]

Rows are passages of vietnews.train under the bundled model; queries are titles of vietnews.val. Latencies are of one
query for 100 results in milliseconds, recall is against exact search. ``--hnsw`` needs the package usearch.
"""

from __future__ import annotations

import argparse
import importlib
import json
import lzma
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

QUERIES = 200
SIZE = 100
CHUNK_SYLLABLES = 60


def main() -> None:
    options = parse()
    # Read by the linear algebra when numpy is first imported.
    os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)
    report = measure(options.data, sorted(options.rows), with_graph=options.hnsw)
    for line in report:
        print(json.dumps(line))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("MACHTIN_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of the research data")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000, 300_000])
    parser.add_argument("--threads", type=int, default=1, help="threads of the linear algebra")
    parser.add_argument("--hnsw", action="store_true", help="measure a graph of usearch beside it")
    parser.add_argument("--json", type=Path, help="write the report there too")
    return parser.parse_args()


def passages(file: Path) -> Iterator[str]:
    """Pieces of bodies, each with its title, so that neighbours are near."""
    with lzma.open(file, "rt") as lines:
        for line in lines:
            article = json.loads(line)
            words = article["body"].split()
            for at in range(0, max(1, len(words) - CHUNK_SYLLABLES // 2), CHUNK_SYLLABLES):
                yield article["title"] + "\n" + " ".join(words[at : at + CHUNK_SYLLABLES])


def measure(data: Path, sizes: list[int], *, with_graph: bool) -> list[dict[str, Any]]:
    import numpy as np

    from machtin.adapters import vector_search
    from machtin.adapters.vector_search import SCREEN_DIMENSIONS, nearest
    from machtin.embedding import StaticEmbedder
    from machtin.settings import BUNDLED_MODEL

    embedder = StaticEmbedder.load(BUNDLED_MODEL)
    rows = np.zeros((sizes[-1], embedder.dimensions), dtype=np.float32)
    source, filled = passages(data / "vietnews.train.jsonl.xz"), 0
    while filled < sizes[-1] and (texts := [text for _, text in zip(range(2_000), source, strict=False)]):
        made = embedder.embed(texts[: sizes[-1] - filled])
        rows[filled : filled + len(made)] = made
        filled += len(made)
    with lzma.open(data / "vietnews.val.jsonl.xz", "rt") as lines:
        queries = embedder.embed([json.loads(line)["title"] for _, line in zip(range(QUERIES), lines, strict=False)])

    report = []
    for size in (size for size in sizes if size <= filled):
        vectors = rows[:size]
        leading = np.ascontiguousarray(vectors[:, :SCREEN_DIMENSIONS])
        everyone = np.ones(size, dtype=np.bool_)
        tenth = np.random.default_rng(1).random(size) < 0.1

        def exact(query: Any, candidates: Any = everyone, vectors: Any = vectors) -> list[int]:
            return ranked(*nearest(vectors, None, query, candidates, SIZE))

        def screened(query: Any, vectors: Any = vectors, leading: Any = leading, everyone: Any = everyone) -> list[int]:
            return ranked(*nearest(vectors, leading, query, everyone, SIZE))

        line: dict[str, Any] = {"rows": size, "model": embedder.model_version}
        truth, line["exact"] = timed(exact, queries)
        _, line["exact, a tenth passes"] = timed(partial(exact, candidates=tenth), queries)
        limit, vector_search.EXACT_LIMIT = vector_search.EXACT_LIMIT, 0  # type: ignore[misc]  # to screen at every size
        found, line["screened"] = timed(screened, queries)
        vector_search.EXACT_LIMIT = limit  # type: ignore[misc]  # as above
        line["screened"] |= recall(found, truth)
        if with_graph:
            line["hnsw f16"] = graph(vectors, queries, truth)
        report.append(line)
    return report


def graph(vectors: Any, queries: Any, truth: list[list[int]]) -> dict[str, float]:
    """An HNSW index with usearch's defaults, built on one thread."""
    import numpy as np

    usearch = importlib.import_module("usearch.index")
    index = usearch.Index(ndim=vectors.shape[1], metric="cos", dtype="f16")
    began = time.perf_counter()
    index.add(np.arange(len(vectors)), vectors, threads=1)
    built = time.perf_counter() - began
    found, figures = timed(lambda query: index.search(query, SIZE, threads=1).keys.tolist(), queries)
    return {"build_s": round(built, 1), "mb": round(index.memory_usage / 1e6)} | figures | recall(found, truth)


def ranked(cosines: Any, rows: Any) -> list[int]:
    chosen: list[int] = rows[(-cosines).argsort(kind="stable")][:SIZE].tolist()
    return chosen


def timed(search: Callable[[Any], list[int]], queries: Any) -> tuple[list[list[int]], dict[str, float]]:
    answers, times = [], []
    search(queries[0])
    for query in queries:
        began = time.perf_counter()
        answers.append(search(query))
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    return answers, {"p50_ms": round(times[len(times) // 2], 2), "p95_ms": round(times[int(0.95 * len(times))], 2)}


def recall(found: list[list[int]], truth: list[list[int]]) -> dict[str, float]:
    def at(k: int) -> float:
        pairs = zip(found, truth, strict=True)
        return round(sum(len(set(a[:k]) & set(b[:k])) / len(b[:k]) for a, b in pairs) / len(truth), 4)

    return {"recall@10": at(10), "recall@100": at(100)}


if __name__ == "__main__":
    main()
