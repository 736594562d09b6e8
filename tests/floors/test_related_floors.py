"""Reports of the same event among 20,000 others, the whole article being the query: never below this (nDCG@10)."""

from __future__ import annotations

import json
import lzma
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.article import Article
from machtin.beir import Collection
from machtin.embedding import StaticEmbedder
from machtin.evaluation import corpus_sha256
from machtin.evaluation_run import evaluate_baseline, evaluate_modes, index_corpus
from machtin.settings import BUNDLED_MODEL

pytestmark = pytest.mark.floors

SHA256 = {
    "vnmds.dev.jsonl.xz": "e4433990cc01249d846aba10054c6a5aa36991b8b05ecfa0951471d3fc283e83",
    "vietnews.val.jsonl.xz": "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81",
}
CROWD = 20_000
FLOOR = 0.94


def test_reports_of_one_event_find_one_another(shared_data: Path, tmp_path: Path) -> None:
    for name, expected in SHA256.items():
        assert corpus_sha256([shared_data / name]) == expected, "the floor is that of other data"
    events = rows(shared_data / "vnmds.dev.jsonl.xz")
    clusters: dict[str, set[str]] = {}
    for at, row in enumerate(events):
        clusters.setdefault(row["cluster"], set()).add(f"event-{at}")
    corpus = {f"event-{at}": article(f"event-{at}", row) for at, row in enumerate(events)}
    for at, row in enumerate(rows(shared_data / "vietnews.val.jsonl.xz", CROWD)):
        corpus[f"crowd-{at}"] = article(f"crowd-{at}", row)
    others = {name: dict.fromkeys(cluster - {name}, 1) for cluster in clusters.values() for name in cluster}
    judged = {name: grades for name, grades in others.items() if grades}
    collection = Collection(corpus, {name: corpus[name].title for name in judged}, judged, "")
    embedder = StaticEmbedder.load(BUNDLED_MODEL)
    index = EmbeddedCatalog(tmp_path).create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, list(corpus.values()), silent)

    results = evaluate_modes(index, embedder, collection, related=True, modes=["hybrid"], strip=False, progress=silent)

    index.close()
    results["bm25"] = evaluate_baseline(Bm25Baseline(corpus.values()).rank, collection, related=True, strip=False)
    print(", ".join(f"{mode} {measures['ndcg@10']:.4f}" for mode, measures in results.items()))
    assert results["hybrid"]["ndcg@10"] >= FLOOR
    assert results["hybrid"]["ndcg@10"] > results["bm25"]["ndcg@10"]


def rows(file: Path, most: int | None = None) -> list[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, most)]


def article(name: str, row: dict[str, Any]) -> Article:
    return Article(id=name, title=row["title"], sapo=row.get("abstract") or row.get("summary") or "", body=row["body"])


def silent(_what: str, _done: int, _total: int) -> None:
    pass
