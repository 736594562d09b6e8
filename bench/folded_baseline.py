"""Plain BM25 with articles and queries folded: the fair baseline for queries typed without diacritics (nDCG@10)."""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from pathlib import Path

from articles import ROOT, shared_data
from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.article import Article
from machtin.beir import Collection, read_beir
from machtin.evaluation_run import evaluate_baseline
from machtin.vietnamese import fold

TITLES = 2_000


def main() -> None:
    """Print one line for each collection that is there."""
    report("golden queries", read_beir(ROOT / "events" / "golden" / "search"))
    if data := shared_data():
        report("XQuAD-vi", read_beir(data / "beir" / "xquad-vi"))
        report("vietnews.val headlines", headlines(data))


def report(name: str, collection: Collection) -> None:
    """Rank folded queries over folded articles."""
    folded = [replace(one, title=fold(one.title), body=fold(one.body)) for one in collection.corpus.values()]
    measures = evaluate_baseline(Bm25Baseline(folded).rank, collection, related=False, strip=True)
    print(f"{name:<24} {measures['ndcg@10']:.4f}")


def headlines(data: Path) -> Collection:
    """The first headlines of vietnews.val over all its bodies."""
    with lzma.open(data / "vietnews.val.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    corpus = {row["id"]: Article(id=row["id"], title="", body=row["body"]) for row in rows}
    queries = {row["id"]: row["title"] for row in rows[:TITLES]}
    return Collection(corpus, queries, {query: {query: 1} for query in queries}, sha256="")


if __name__ == "__main__":
    main()
