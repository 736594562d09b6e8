"""Reports of the same event among 20,000 others: never below these floors, ranked (nDCG@10) and as developments.

The event model was trained on these events; ``training/train_events.py`` prints what it does for events unseen.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters.bm25_baseline import Bm25Baseline
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.article import Article
from machtin.evaluation import corpus_sha256, evaluate_rankings
from machtin.evaluation_run import index_corpus
from machtin.model_port import Embedder
from machtin.near_duplicates import whole_text
from machtin.ports import ArticleIndex
from machtin.related import rank_related, related
from machtin.settings import BUNDLED_MODEL

pytestmark = pytest.mark.floors

SHA256 = {
    "vnmds.dev.jsonl.xz": "e4433990cc01249d846aba10054c6a5aa36991b8b05ecfa0951471d3fc283e83",
    "vietnews.val.jsonl.xz": "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81",
}
CROWD = 20_000
PRECISION, RECALL = 0.905, 0.8


@dataclass(frozen=True)
class Events:
    """The reports and the crowd in one index; by id, the other reports of each event."""

    corpus: Mapping[str, Article]
    others: Mapping[str, set[str]]
    embedder: Embedder
    index: ArticleIndex

    def ndcg(self, rank: Callable[[Article], Sequence[str]], *, headline: bool) -> float:
        rankings = {}
        for name in self.others:
            article = self.corpus[name]
            found = rank(Article(id=name, title=article.title) if headline else article)
            rankings[name] = [other for other in found if other != name]
        judgements = {name: dict.fromkeys(others, 1) for name, others in self.others.items()}
        return evaluate_rankings(rankings, judgements)["ndcg@10"]

    def rank(self, article: Article) -> list[str]:
        ranked = rank_related(self.index, article, self.embedder.embed_articles([article])[0])
        return [*ranked.copies, *(name for one in ranked.groups for name in (one.article.id, *one.copies))]

    def developments(self, name: str) -> set[str]:
        """Copies are reports of the event too, folded or the article's own."""
        article = self.corpus[name]
        answer = related(self.index, article, self.embedder.embed_articles([article])[0], 50)
        return {*answer.copies, *(found for one in answer.developments for found in (one.id, *one.copies))}


@pytest.fixture(scope="module")
def events(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Events]:
    for name, expected in SHA256.items():
        assert corpus_sha256([shared_data / name]) == expected, "the floors are those of other data"
    reports = rows(shared_data / "vnmds.dev.jsonl.xz")
    clusters: dict[str, set[str]] = {}
    for at, row in enumerate(reports):
        clusters.setdefault(row["cluster"], set()).add(f"event-{at}")
    corpus = {f"event-{at}": article(f"event-{at}", row) for at, row in enumerate(reports)}
    for at, row in enumerate(rows(shared_data / "vietnews.val.jsonl.xz", CROWD)):
        corpus[f"crowd-{at}"] = article(f"crowd-{at}", row)
    others = {name: cluster - {name} for cluster in clusters.values() for name in cluster if len(cluster) > 1}
    embedder = load_model(BUNDLED_MODEL)
    index = EmbeddedCatalog(tmp_path_factory.mktemp("events")).create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, list(corpus.values()), lambda *_: None)
    yield Events(corpus, others, embedder, index)
    index.close()


@pytest.fixture(scope="module")
def plain(events: Events) -> Callable[[Article], Sequence[str]]:
    baseline = Bm25Baseline(events.corpus.values())
    return lambda asked: baseline.rank(whole_text(asked), 101)


@pytest.mark.parametrize(("headline", "floor", "lead"), [(False, 0.962, 0.015), (True, 0.854, 0.03)])
def test_reports_of_one_event_find_one_another(
    events: Events, plain: Callable[[Article], Sequence[str]], headline: bool, floor: float, lead: float
) -> None:
    found, baseline = events.ndcg(events.rank, headline=headline), events.ndcg(plain, headline=headline)
    print(f"{'headline alone' if headline else 'whole article'}: {found:.4f}, plain BM25 {baseline:.4f}")
    assert found >= floor
    assert found >= baseline + lead


def test_developments_are_reports_of_the_event(events: Events) -> None:
    shown = {name: events.developments(name) for name in events.others}
    right = sum(len(shown[name] & others) for name, others in events.others.items())
    precision = right / sum(map(len, shown.values()))
    recall = right / sum(map(len, events.others.values()))
    print(f"developments: precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= PRECISION
    assert recall >= RECALL


def rows(file: Path, most: int | None = None) -> list[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, most)]


def article(name: str, row: dict[str, Any]) -> Article:
    return Article(id=name, title=row["title"], sapo=row.get("abstract") or row.get("summary") or "", body=row["body"])
