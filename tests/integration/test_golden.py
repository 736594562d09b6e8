"""The golden queries and related judgements on the sample articles: what readers get stays this good (nDCG@10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.beir import Collection, read_beir
from machtin.embedding import StaticEmbedder
from machtin.evaluation_run import evaluate_baseline, evaluate_modes, index_corpus
from machtin.ports import ArticleIndex
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold, has_diacritics

GOLDEN = Path(__file__).parents[2] / "events" / "golden"
# (folder, without diacritics, floor, least lead over plain BM25)
FLOORS = [
    ("search", False, 0.90, 0.2),
    ("search", True, 0.90, 0.4),
    ("marks", False, 0.91, 0.2),
    ("related", False, 0.92, 0.05),
]


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


@pytest.fixture(scope="module")
def index(embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleIndex]:
    folder = tmp_path_factory.mktemp("golden")
    made = EmbeddedCatalog(folder).create(embedder.model_version, embedder.dimensions)
    index_corpus(made, embedder, list(read_beir(GOLDEN / "search").corpus.values()), silent)
    yield made
    made.close()


def silent(_what: str, _done: int, _total: int) -> None:
    pass


def folded_bm25(collection: Collection) -> float:
    """Articles and queries folded: the fairest baseline of queries without diacritics."""
    folded = [replace(one, title=fold(one.title), body=fold(one.body)) for one in collection.corpus.values()]
    measures = evaluate_baseline(Bm25Baseline(folded).rank, collection, related=False, strip=True)
    return measures["ndcg@10"]


def test_both_tasks_judge_the_same_articles() -> None:
    search, related = read_beir(GOLDEN / "search"), read_beir(GOLDEN / "related")
    assert search.corpus == related.corpus
    for collection in (search, related):
        judged = {article for grades in collection.judgements.values() for article in grades}
        assert judged <= set(collection.corpus)
        assert len(collection.queries) >= 100
    assert set(related.queries) <= set(related.corpus)


def test_the_set_without_marks_is_that_of_the_golden_queries() -> None:
    golden, marks = read_beir(GOLDEN / "search"), read_beir(GOLDEN / "marks")
    assert marks.corpus == golden.corpus
    assert len(marks.queries) >= 200
    ways = Counter(query.rpartition("-")[2] for query in marks.queries)
    assert ways.keys() == {"bare", "odd", "even"}
    for query, typed in marks.queries.items():
        name, _, way = query.rpartition("-")
        text = golden.queries[name]
        assert (fold(typed), typed != text) == (fold(text), True)
        assert has_diacritics(typed) == (way != "bare")
        assert marks.judgements[query] == golden.judgements[name]


@pytest.mark.parametrize(("task", "floor", "lead"), [("search", 0.89, 0.1), ("marks", 0.90, 0.06)])
def test_missing_marks_are_forgiven_better_than_by_folding(
    index: ArticleIndex, embedder: StaticEmbedder, task: str, floor: float, lead: float
) -> None:
    collection = read_beir(GOLDEN / task)
    results = evaluate_modes(
        index, embedder, collection, related=False, modes=["hybrid", "lexical"], strip=False, progress=silent
    )
    ours, words, theirs = results["hybrid"]["ndcg@10"], results["lexical"]["ndcg@10"], folded_bm25(collection)
    print(f"{task}: hybrid {ours:.4f}, words alone {words:.4f}, folded BM25 {theirs:.4f}")
    assert ours >= max(floor, theirs + lead)
    assert words >= theirs


@pytest.mark.parametrize(("task", "strip", "floor", "lead"), FLOORS)
def test_golden(
    index: ArticleIndex, embedder: StaticEmbedder, task: str, strip: bool, floor: float, lead: float
) -> None:
    collection: Collection = read_beir(GOLDEN / task)
    related = task == "related"
    results = evaluate_modes(
        index, embedder, collection, related=related, modes=["hybrid"], strip=strip, progress=silent
    )
    baseline = Bm25Baseline(collection.corpus.values())
    results["bm25"] = evaluate_baseline(baseline.rank, collection, related=related, strip=strip)
    ours, theirs = results["hybrid"]["ndcg@10"], results["bm25"]["ndcg@10"]
    print(f"{task}{' without diacritics' if strip else ''}: hybrid {ours:.4f}, plain BM25 {theirs:.4f}")
    assert ours >= floor, results
    assert ours >= theirs + lead, results
