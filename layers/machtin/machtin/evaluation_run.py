"""Runs a test collection through the same search and the same related news that readers get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from machtin.answers import Mode
from machtin.article import Article
from machtin.beir import Collection
from machtin.cosine_scale import scale_of
from machtin.errors import IndexUnavailable
from machtin.evaluation import RECALL_CUTOFF, evaluate_rankings
from machtin.model_port import Embedder
from machtin.models import embedded
from machtin.near_duplicates import whole_text
from machtin.ports import ArticleIndex, IndexEntry
from machtin.related import rank_related
from machtin.search import find
from machtin.search_request import MAX_QUERY, SearchRequest
from machtin.vietnamese import fold

CHUNK: Final = 500

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def index_corpus(index: ArticleIndex, embedder: Embedder, articles: Sequence[Article], progress: Progress) -> None:
    """Write a test collection's articles to an empty index version."""
    for start in range(0, len(articles), CHUNK):
        chunk = articles[start : start + CHUNK]
        index.write(
            [
                IndexEntry(article, start + at + 1, vector, pieces=pieces)
                for at, (article, (vector, pieces)) in enumerate(zip(chunk, embedded(embedder, chunk), strict=True))
            ]
        )
        progress("indexing", start + len(chunk), len(articles))


def evaluate_modes(
    index: ArticleIndex,
    embedder: Embedder,
    collection: Collection,
    *,
    related: bool,
    modes: Sequence[Mode],
    strip: bool,
    progress: Progress,
) -> dict[str, dict[str, float]]:
    """The measures of each mode, of an index that holds the collection's corpus and nothing else.

    ``related``: each query is an article, known by its id, which is left out of its own answer; else each is what
    somebody typed. ``strip``: queries are asked without diacritics.
    """
    return {
        mode: evaluate_rankings(
            rank_queries(index, embedder, collection, mode=mode, related=related, strip=strip, progress=progress),
            collection.judgements,
        )
        for mode in modes
    }


def rank_queries(
    index: ArticleIndex,
    embedder: Embedder,
    collection: Collection,
    *,
    mode: Mode,
    related: bool = False,
    strip: bool = False,
    progress: Progress = lambda *_: None,
) -> dict[str, list[str]]:
    """What readers get for each query, ids best first; ``evaluation.measure_rankings`` has the figures of each."""
    rankings: dict[str, list[str]] = {}
    for done, query in enumerate(collection.queries, start=1):
        if related:
            rankings[query] = _related(index, embedder, _article(collection, query, strip), mode)
        else:
            rankings[query] = ranking_of(index, embedder, _typed(collection, query, strip), mode, syntax=False)
        progress(mode, done, len(collection.queries))
    return rankings


def evaluate_baseline(
    rank: Callable[[str, int], Sequence[str]], collection: Collection, *, related: bool, strip: bool
) -> dict[str, float]:
    """The same measures of anything that ranks ids by a text alone."""
    rankings = {}
    for query in collection.queries:
        text = whole_text(_article(collection, query, strip)) if related else _typed(collection, query, strip)
        found = rank(text, RECALL_CUTOFF + 1)
        rankings[query] = [article_id for article_id in found if not related or article_id != query][:RECALL_CUTOFF]
    return evaluate_rankings(rankings, collection.judgements)


def ranking_of(
    index: ArticleIndex, embedder: Embedder, text: str, mode: Mode = "hybrid", *, syntax: bool = True
) -> list[str]:
    """The ids that a reader gets for a query, best first, as many as measures look at; ``syntax``: by its signs too.

    Raises IndexUnavailable where a leg fails: figures of the other alone would mislead.
    """
    request = SearchRequest(q=text, size=RECALL_CUTOFF, mode=mode, syntax=syntax)
    found = find(index, embedder, request)
    if found.degraded:
        raise IndexUnavailable(
            f"index version {index.version} answers by words or by meaning alone, the log says why; nothing is measured"
        )
    return [one.id for one in found.page]


def _related(index: ArticleIndex, embedder: Embedder, article: Article, mode: Mode) -> list[str]:
    """What readers see under the article: its own copies, then the others, each before those folded under it."""
    vector = embedder.embed_articles([article])[0]
    ranked = rank_related(index, article, vector, mode=mode, scale=scale_of(embedder))
    return [*ranked.copies, *(name for group in ranked.groups for name in (group.article.id, *group.copies))]


def _typed(collection: Collection, query: str, strip: bool) -> str:
    text = collection.queries[query][:MAX_QUERY]
    return fold(text) if strip else text


def _article(collection: Collection, query: str, strip: bool) -> Article:
    article = collection.corpus.get(query) or Article(id=query, title=collection.queries[query])
    if not strip:
        return article
    return replace(article, title=fold(article.title), sapo=fold(article.sapo), body=fold(article.body))
