"""Both engines on the same articles and queries: nDCG@10 within a hundredth, and the same articles found by words."""

from __future__ import annotations

import json
import lzma
import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pytest

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.opensearch_catalog import OpenSearchCatalog
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.answers import Mode
from machtin.article import Article
from machtin.beir import read_beir
from machtin.embedding import StaticEmbedder
from machtin.evaluation_run import evaluate_modes, index_corpus
from machtin.ports import ArticleIndex, IndexCatalog, Retrieval
from machtin.settings import BUNDLED_MODEL, OpenSearchSettings

pytestmark = pytest.mark.opensearch
GOLDEN = Path(__file__).parents[2] / "events" / "golden"
ARTICLES = 1_000
# BM25 itself is the same in both; the shares of deleted articles in it, ties and Lucene's approximate graph are not.
TOLERANCE = 0.01
Engines = Mapping[str, ArticleIndex]


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


def opened(
    articles: list[Article], embedder: StaticEmbedder, opensearch: OpenSearchSettings, folder: Path
) -> Iterator[Engines]:
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    client = OpenSearchClient(opensearch)
    catalogs: dict[str, IndexCatalog] = {
        "embedded": EmbeddedCatalog(folder),
        "opensearch": OpenSearchCatalog(client, prefix),
    }
    engines = {name: one.create(embedder.model_version, embedder.dimensions) for name, one in catalogs.items()}
    for index in engines.values():
        index_corpus(index, embedder, articles, lambda *_: None)
    yield engines
    for index in engines.values():
        index.close()
    client.request("DELETE", f"/{prefix}-*")
    client.close()


@pytest.fixture(scope="module")
def samples(
    embedder: StaticEmbedder, opensearch: OpenSearchSettings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    """The sample articles."""
    articles = list(read_beir(GOLDEN / "search").corpus.values())
    yield from opened(articles, embedder, opensearch, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def thousand(
    embedder: StaticEmbedder,
    opensearch: OpenSearchSettings,
    shared_data: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Engines]:
    """The sample articles in a crowd of others."""
    articles = list(read_beir(GOLDEN / "search").corpus.values())
    with lzma.open(shared_data / "vietnews.val.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, ARTICLES - len(articles))]
    articles += [Article(id=f"val-{at}", title=row["title"], body=row["body"]) for at, row in enumerate(rows)]
    assert len(articles) == ARTICLES
    yield from opened(articles, embedder, opensearch, tmp_path_factory.mktemp("thousand"))


def compare(engines: Engines, embedder: StaticEmbedder, task: str, modes: Sequence[Mode], *, strip: bool) -> None:
    measured = {
        name: evaluate_modes(
            index,
            embedder,
            read_beir(GOLDEN / task),
            related=task == "related",
            modes=modes,
            strip=strip,
            progress=lambda *_: None,
        )
        for name, index in engines.items()
    }
    for mode, figures in measured["embedded"].items():
        ours, theirs = figures["ndcg@10"], measured["opensearch"][mode]["ndcg@10"]
        print(f"{task}{' without diacritics' if strip else ''}, {mode}: embedded {ours:.4f}, OpenSearch {theirs:.4f}")
        assert theirs == pytest.approx(ours, abs=TOLERANCE), (task, mode)


@pytest.mark.parametrize(("task", "strip"), [("search", False), ("search", True), ("related", False)])
def test_the_samples_are_ranked_alike(samples: Engines, embedder: StaticEmbedder, task: str, strip: bool) -> None:
    compare(samples, embedder, task, ["hybrid", "lexical", "semantic"], strip=strip)


@pytest.mark.floors
@pytest.mark.parametrize(("task", "strip"), [("search", False), ("search", True), ("related", False)])
def test_a_thousand_articles_are_ranked_alike(
    thousand: Engines, embedder: StaticEmbedder, task: str, strip: bool
) -> None:
    compare(thousand, embedder, task, ["hybrid"], strip=strip)


def test_the_same_articles_match_the_same_words(samples: Engines) -> None:
    for query in read_beir(GOLDEN / "search").queries.values():
        question = Retrieval(text=query, vector=None, size=0)
        assert samples["embedded"].retrieve(question) == samples["opensearch"].retrieve(question), query
