"""How related news is measured: whole rankings, and what is shown in each part."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple, cast

import numpy as np

from machtin import related
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.answers import Mode
from machtin.article import Article
from machtin.embedding import Vectors
from machtin.evaluation import evaluate_rankings
from machtin.evaluation_run import index_corpus
from machtin.event_features import days_apart
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex, IndexEntry, Retrieval, Retrieved
from machtin.related_answers import RelatedAnswer, RelatedArticle
from related_sets import BACKGROUND, DEVELOPMENT, RelatedSet

ALL: Final = 50
SHOWN: Final = 6


class Shares(NamedTuple):
    """Precision and recall over all pairs, 0 to 1; 1 where nothing is shown, or nothing belongs there."""

    precision: float
    recall: float

    def __str__(self) -> str:
        return f"{self.precision:.3f} / {self.recall:.3f}"


class Parts(NamedTuple):
    """``background_either``: precision where reports of the event count as right in it too.

    ``filler``: of the articles that nothing belongs to, the shares that show developments, and background all the same.
    ``likeness``: mean cosine of two articles of one list; ``days``: mean age of background beside its article.
    """

    developments: Shares
    background: Shares
    background_either: float
    filler: tuple[float, float] | None
    likeness: float
    days: float


@dataclass(frozen=True)
class Measured:
    """A set, and its index."""

    own: RelatedSet
    index: ArticleIndex


class Remembering:
    """An index that is asked for the same again and again, with other knobs."""

    def __init__(self, index: ArticleIndex) -> None:
        self.model_version = index.model_version
        self._index = index
        self._found: dict[tuple[str | None, bool, int], Retrieved] = {}
        self._entries: dict[str, IndexEntry] = {}

    def retrieve(self, question: Retrieval) -> Retrieved:
        key = question.text, question.vector is None, question.size
        if question.text is None:
            return self._index.retrieve(question)
        if key not in self._found:
            self._found[key] = self._index.retrieve(question)
        return self._found[key]

    def get(self, article_ids: Sequence[str]) -> dict[str, IndexEntry]:
        if missing := [one for one in article_ids if one not in self._entries]:
            self._entries |= self._index.get(missing)
        return {one: self._entries[one] for one in article_ids if one in self._entries}


@contextmanager
def indexed(one: RelatedSet, embedder: Embedder) -> Iterator[Measured]:
    """The articles of a set in an index of their own, which remembers what it was asked."""
    with tempfile.TemporaryDirectory(prefix="machtin-related-") as folder:
        index = EmbeddedCatalog(Path(folder)).create(embedder.model_version, embedder.dimensions)
        index_corpus(index, embedder, list(one.corpus.values()), lambda *_: None)
        yield Measured(one, cast(ArticleIndex, Remembering(index)))
        index.close()


def headline(article: Article) -> Article:
    """What an editor has at first."""
    return Article(id=article.id, title=article.title)


def whole(article: Article) -> Article:
    """The article as it is."""
    return article


def ndcg(one: RelatedSet, rank: Callable[[Article], Sequence[str]], asked: Callable[[Article], Article]) -> float:
    """nDCG@10 of what ranks ids beside an article; its own is left out."""
    rankings = {name: [other for other in rank(asked(one.corpus[name])) if other != name] for name in one.judged}
    return evaluate_rankings(rankings, one.judged)["ndcg@10"]


def ranker(index: ArticleIndex, embedder: Embedder, mode: Mode) -> Callable[[Article], list[str]]:
    """All that machtin finds beside an article: its copies, then the others, each before those folded under it."""

    def rank(article: Article) -> list[str]:
        ranked = related.rank_related(index, article, vector_of(embedder, article), mode=mode)
        return [*ranked.copies, *(name for group in ranked.groups for name in (group.article.id, *group.copies))]

    return rank


def measured_parts(one: RelatedSet, index: ArticleIndex, embedder: Embedder, size: int) -> Parts:
    """Both parts of each judged article, and of those that nothing belongs to, at most ``size`` in each."""
    counts = np.zeros((3, 3), dtype=np.int64)
    likeness: list[float] = []
    days: list[float] = []
    for name in one.judged:
        answer = _answer(one, index, embedder, name, size)
        events, explaining = one.belonging(name, DEVELOPMENT), one.belonging(name, BACKGROUND)
        counts[0] += _counted({*_ids(answer.developments), *answer.copies}, events)
        counts[1] += _counted(_ids(answer.background), explaining)
        counts[2] += _counted(_ids(answer.background), events | explaining)
        likeness += _cosines(index, answer.developments) + _cosines(index, answer.background)
        days += [-apart for apart in (_days(one, name, shown) for shown in answer.background) if apart is not None]
    alone = [_answer(one, index, embedder, name, size) for name in one.alone]
    shares = [
        Shares(float(hits / shown) if shown else 1.0, float(hits / true) if true else 1.0)
        for hits, shown, true in counts
    ]
    return Parts(
        shares[0],
        shares[1],
        shares[2].precision,
        (_mean([bool(one.developments) for one in alone]), _mean([bool(one.background) for one in alone]))
        if alone
        else None,
        _mean(likeness),
        _mean(days),
    )


def _answer(one: RelatedSet, index: ArticleIndex, embedder: Embedder, name: str, size: int) -> RelatedAnswer:
    return related.related(index, one.corpus[name], vector_of(embedder, one.corpus[name]), size)


def vector_of(embedder: Embedder, article: Article) -> Vectors:
    """Of an article, as it is made when it is ingested."""
    vector: Vectors = embedder.embed_articles([article])[0]
    return vector


def _ids(shown: Sequence[RelatedArticle]) -> set[str]:
    return {name for one in shown for name in (one.id, *one.copies)}


def _counted(shown: set[str], true: set[str]) -> tuple[int, int, int]:
    return len(shown & true), len(shown), len(true)


def _cosines(index: ArticleIndex, shown: Sequence[RelatedArticle]) -> list[float]:
    vectors = [entry.vector for entry in index.get([one.id for one in shown]).values() if entry.vector is not None]
    return [float(first @ second) for first, second in combinations(vectors, 2)]


def _days(one: RelatedSet, name: str, shown: RelatedArticle) -> float | None:
    return days_apart(one.corpus[name], one.corpus[shown.id])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
