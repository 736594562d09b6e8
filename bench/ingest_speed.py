"""Ingest: articles a second through store, queue, function and index, and the parts of that time."""

from __future__ import annotations

import os
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from articles import articles
from machtin.adapters.local_events import EventSource, drain
from machtin.adapters.local_functions import local_functions
from machtin.bootstrap import build, queue, service
from machtin.ports import IndexEntry
from machtin.settings import Settings
from machtin.summary import ExtractiveSummarizer

PUT_BATCH = 200
PARTS_SAMPLE = 2_000


def measure(size: int) -> dict[str, Any]:
    """The whole way of ``size`` articles, as `machtin ingest` takes it once files are read, then each part alone."""
    made, origin = articles(size)
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        os.environ["MACHTIN_DATA"] = folder
        service.cache_clear()
        waiting = queue(Settings.from_env())
        source = EventSource(waiting, local_functions().ingest)
        started = time.perf_counter()
        for start in range(0, size, PUT_BATCH):
            service().put(made[start : start + PUT_BATCH])
        stored = time.perf_counter()
        drain(source.deliver, lambda: waiting.state().waiting, lambda _: None)
        seconds = time.perf_counter() - started
        if service().live_index().count() != size:
            raise SystemExit("not every article arrived in the index")
        index_bytes = sum(file.stat().st_size for file in Path(folder, "index").rglob("*") if file.is_file())
    return {
        "articles": size,
        "text": origin,
        "seconds": round(seconds, 1),
        "articles a second": round(size / seconds),
        "seconds in the store": round(stored - started, 1),
        "index, MB": round(index_bytes / 1e6, 1),
        "parts, ms an article": _parts(size),
    }


def _parts(size: int) -> dict[str, float]:
    """Each part of the way on its own, over the same articles."""
    made, _ = articles(min(size, PARTS_SAMPLE))
    summarizer = ExtractiveSummarizer.load()
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        built = build(Settings(data=Path(folder)))
        index = built.live_index()
        marks = [time.perf_counter()]
        built.put(made)
        marks.append(time.perf_counter())
        vectors = built.models.current.embed_articles(made)
        marks.append(time.perf_counter())
        summaries = [tuple(summarizer.summarize(article).sentences) for article in made]
        marks.append(time.perf_counter())
        parts = enumerate(zip(made, vectors, summaries, strict=True), start=1)
        index.write([IndexEntry(article, number, vector, summary) for number, (article, vector, summary) in parts])
        marks.append(time.perf_counter())
    spent = [(after - before) / len(made) * 1000 for before, after in pairwise(marks)]
    return dict(zip(("store", "embed", "summarize", "index"), (round(part, 3) for part in spent), strict=True))
