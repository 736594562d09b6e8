"""Hybrid search on the research data: never below these floors (nDCG@10), printed beside plain BM25."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from pathlib import Path

import pytest

from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.article import Article
from machtin.beir import Collection, read_beir
from machtin.embedding import StaticEmbedder
from machtin.evaluation import corpus_sha256
from machtin.evaluation_run import evaluate_baseline, evaluate_modes, index_corpus
from machtin.ports import ArticleIndex
from machtin.search import find
from machtin.search_request import SearchRequest
from machtin.settings import BUNDLED_MODEL

pytestmark = pytest.mark.floors

BEIR_FLOORS = [
    ("xquad-vi", "bd872541be45364b7a5a74cf7a67ed879aad83ad246c5cc4c50f0d629d8a998f", 0.976),
    ("viquad2-validation", "2aad5110d1ed81654803c600bb597df36244165fc6499ae521cfeb975caee38a", 0.893),
]
ENGLISH = ("xquad-en-vi", "08e3d90ed7024642831ceded6f485798820e636c6d2bff80e397f59a6f04f2f6", 0.869)
VALIDATION_SHA256 = "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81"
TITLES = 2_000
MEANINGLESS = ("asdfgh qwerty", "zxcvb", "xyzzy foo", "qqqqqq wwwwww", "1234567890", "aaa bbb ccc", "%%%%")
FEW = 10


def silent(_what: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


@pytest.fixture(scope="module")
def titles(shared_data: Path) -> Collection:
    """The first titles over all bodies; an article is its body alone."""
    file = shared_data / "vietnews.val.jsonl.xz"
    assert corpus_sha256([file]) == VALIDATION_SHA256, "the floors are those of other data"
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    corpus = {f"a{at}": Article(id=f"a{at}", title="", body=row["body"]) for at, row in enumerate(rows)}
    queries = {f"a{at}": row["title"] for at, row in enumerate(rows[:TITLES])}
    return Collection(corpus, queries, {key: {key: 1} for key in queries}, VALIDATION_SHA256)


@pytest.fixture(scope="module")
def bodies(
    titles: Collection, embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ArticleIndex]:
    index = EmbeddedCatalog(tmp_path_factory.mktemp("bodies")).create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, list(titles.corpus.values()), silent)
    yield index
    index.close()


@pytest.fixture(scope="module")
def plain(titles: Collection) -> Bm25Baseline:
    return Bm25Baseline(titles.corpus.values())


@pytest.mark.parametrize(("strip", "floor"), [(False, 0.91), (True, 0.9)])
def test_titles_find_their_bodies(
    titles: Collection, bodies: ArticleIndex, plain: Bm25Baseline, embedder: StaticEmbedder, strip: bool, floor: float
) -> None:
    results = evaluate_modes(bodies, embedder, titles, related=False, modes=["hybrid"], strip=strip, progress=silent)
    results["bm25"] = evaluate_baseline(plain.rank, titles, related=False, strip=strip)
    tell(f"titles{' without diacritics' if strip else ''}", results)
    assert results["hybrid"]["ndcg@10"] >= floor
    assert results["hybrid"]["ndcg@10"] > results["bm25"]["ndcg@10"] + 0.03


@pytest.mark.parametrize("query", MEANINGLESS)
def test_meaningless_queries_find_next_to_nothing(bodies: ArticleIndex, embedder: StaticEmbedder, query: str) -> None:
    assert find(bodies, embedder, SearchRequest(q=query)).total < FEW


@pytest.mark.parametrize(("name", "sha256", "floor"), [*BEIR_FLOORS, ENGLISH])
def test_questions_find_their_paragraphs(
    embedder: StaticEmbedder, shared_data: Path, tmp_path: Path, name: str, sha256: str, floor: float
) -> None:
    collection = read_beir(shared_data / "beir" / name)
    assert collection.sha256 == sha256, "the floors are those of other data"
    index = EmbeddedCatalog(tmp_path).create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, list(collection.corpus.values()), silent)
    results = evaluate_modes(index, embedder, collection, related=False, modes=["hybrid"], strip=False, progress=silent)
    index.close()
    baseline = Bm25Baseline(collection.corpus.values())
    results["bm25"] = evaluate_baseline(baseline.rank, collection, related=False, strip=False)
    tell(name, results)
    assert results["hybrid"]["ndcg@10"] >= floor
    assert results["hybrid"]["ndcg@10"] > results["bm25"]["ndcg@10"]


def tell(what: str, results: dict[str, dict[str, float]]) -> None:
    print(f"{what}: " + ", ".join(f"{mode} {measures['ndcg@10']:.4f}" for mode, measures in results.items()))
