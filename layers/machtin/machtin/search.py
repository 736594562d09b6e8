"""Hybrid search: both legs of the index, fused, with highlights."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from machtin.answers import Highlights, SearchAnswer, SearchHit, Snippet
from machtin.collapsing import collapsed
from machtin.cosine_scale import rescaled, scale_of
from machtin.cursor import cursor_of, place_of
from machtin.dated_lists import by_date, in_classes
from machtin.errors import EmbeddingUnavailable, MachtinError
from machtin.explanation import classes_of, explained, relevance_of
from machtin.highlights import Highlighter, spans_of
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex, Facets, Retrieval, Retrieved, Vectors
from machtin.query import Reading, english_words, reading
from machtin.query_syntax import understood
from machtin.ranking import Fused, fuse
from machtin.reranking import reranked
from machtin.search_request import MAX_WINDOW, SearchRequest
from machtin.snippets import MarkedArticle, snippets
from machtin.suggestion import recovered, suggestion

# Candidates that each leg brings to fusion.
POOL: Final = 100
NOTHING: Final = Retrieved()

log = logging.getLogger(__name__)


def search(index: ArticleIndex, embedder: Embedder, request: SearchRequest) -> SearchAnswer:
    """Answer a search. One leg may fail: then the other answers and ``degraded`` is true, the reason being logged.

    Raises IndexUnavailable when neither leg that the mode asks for can answer.
    """
    started = time.perf_counter()
    typed = request
    searched = _meant(typed, lambda: recovered(index, typed.q))
    request = understood(request if searched is None else replace(request, q=searched))
    ask = partial(find, index, embedder)
    found, copies = collapsed(ask, index, request, MAX_WINDOW) if request.collapse else (ask(request), {})
    entries = index.get([one.id for one in found.page]) if found.page else {}
    highlighter = Highlighter(request.q, english_words(request.q))
    shown = [(one, entries[one.id].article) for one in found.page if one.id in entries]
    texts = [
        MarkedArticle(article, *map(highlighter.occurrences, (article.sapo, article.body))) for _, article in shown
    ]
    chosen = snippets(highlighter, texts, embedder, request.q) if request.q.strip() else [None] * len(texts)
    hits = [
        _hit(one, text, snippet, found, request, highlighter)
        for (one, _), text, snippet in zip(shown, texts, chosen, strict=True)
    ]
    hits = [replace(hit, copies=copies[hit.id]) for hit in hits] if request.collapse else hits
    meant = searched
    # Which words stand in the hits is not to be seen where none were asked for.
    unseen = not hits and found.total > 0
    if meant is None and not (request.offset or request.cursor or found.degraded or unseen):
        marked = [(article, hit.highlights) for (_, article), hit in zip(shown, hits, strict=True)]
        meant = _meant(typed, lambda: suggestion(index, typed.q, request.filters, marked))
    return SearchAnswer(
        total=found.total,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        degraded=found.degraded,
        mode=request.mode,
        hits=hits,
        facets={name: dict(counts) for name, counts in found.facets.items()},
        model_version=index.model_version,
        cursor=found.cursor,
        suggestion=meant,
        searched=searched,
    )


def _meant(request: SearchRequest, guess: Callable[[], str | None]) -> str | None:
    """A guess at what was meant; a search by meaning alone needs none, and no search fails for want of one."""
    if request.mode == "semantic" or not request.q.strip():
        return None
    try:
        return guess()
    except MachtinError as error:
        log.warning("no suggestion: %s", error)
        return None


@dataclass(frozen=True, slots=True)
class Found:
    """The ranking behind an answer: one page of it, and what is told of the whole and of how it came about.

    ``legs``: what fusion was given; ``model_gave``: the same with cosines as the model has them.
    """

    page: Sequence[Fused]
    total: int
    facets: Facets
    read: Reading
    degraded: bool = False
    weight: float = 0.0
    cursor: str | None = None
    legs: Retrieved = NOTHING
    model_gave: Retrieved = NOTHING


def find(index: ArticleIndex, embedder: Embedder, request: SearchRequest) -> Found:
    """Rank, without what only a reader needs: texts and highlights."""
    request = understood(request)
    window = request.offset + request.size
    if request.cursor is not None:
        return _walk(index, request, request.cursor)
    if not request.q.strip() or (request.by_date and not request.in_classes and request.mode != "semantic"):
        return _listing(index, request)
    lexical_wanted = request.mode != "semantic"
    vector, failure = _query_vector(index, embedder, request)
    if failure and not lexical_wanted:
        raise EmbeddingUnavailable(failure)
    # By date only the nearest can be listed: however deep a page lies, it is one of the same list.
    pool = POOL if request.mode == "hybrid" or request.by_date else max(POOL, window)
    gave = index.retrieve(
        Retrieval(
            text=request.q if lexical_wanted else None,
            vector=vector,
            size=pool,
            filters=request.filters,
            facets=request.facets,
        )
    )
    read = reading(request.q)
    weight = {"lexical": 0.0, "semantic": 1.0}.get(request.mode, read.weight)
    found = replace(gave, nearest=rescaled(gave.nearest, scale_of(embedder)))
    # Whoever asks for the semantic leg alone gets all its neighbours, however far.
    order = fuse(found.lexical, found.nearest, weight)
    if request.mode == "hybrid" and vector is not None:
        # Whatever page is asked for, it is cut from the same candidates.
        order = reranked(index, embedder, request.q, order, read)
    for reason in (failure, found.lexical.failure, found.nearest.failure):
        if reason:
            log.warning("search is degraded: %s", reason)
    if request.in_classes and lexical_wanted and not found.lexical.failure:
        page, total = in_classes(index, request, order, classes_of(order, found, read))
    elif request.by_date:
        dated = by_date(index, order, request.by_date, classes_of(order, found, read) if request.in_classes else None)
        page, total = dated[request.offset : window], len(dated)
    else:
        if request.mode == "hybrid" and len(order) < window:
            order = order + _tail(index, request, window, {one.id for one in order})
        page, total = order[request.offset : window], _total(index, request, found, order)
    return Found(
        page=page,
        total=total,
        facets=found.facets,
        read=read,
        degraded=bool(failure or found.lexical.failure or found.nearest.failure),
        weight=weight,
        legs=found,
        model_gave=gave,
    )


def _listing(index: ArticleIndex, request: SearchRequest) -> Found:
    """All that matches lexically, by date: what an empty query and a sort by date ask for."""
    found = index.retrieve(
        Retrieval(
            text=request.q if request.q.strip() else "",
            vector=None,
            size=request.size,
            offset=request.offset,
            filters=request.filters,
            sort=request.by_date or "newest",
            facets=request.facets,
        )
    )
    page = [Fused(article_id, 0.0, 0.0, 0.0) for article_id in found.lexical.ids]
    return Found(page, found.lexical.total, found.facets, reading(request.q))


def _walk(index: ArticleIndex, request: SearchRequest, cursor: str) -> Found:
    """One page of all lexical matches; scores are not told, since pages don't know of each other's best."""
    text = request.q if request.q.strip() else ""
    page = index.walk(text, request.filters, request.by_date or "relevance", request.size, place_of(request, cursor))
    facets: Facets = {}
    if request.facets:
        facets = index.retrieve(Retrieval(text=text, vector=None, size=0, filters=request.filters, facets=True)).facets
    hits = [Fused(article_id, 0.0, 0.0, 0.0) for article_id in page.ids]
    following = None if page.next is None else cursor_of(request, page.next)
    return Found(hits, page.total, facets, reading(request.q), cursor=following)


def _query_vector(index: ArticleIndex, embedder: Embedder, request: SearchRequest) -> tuple[Vectors | None, str | None]:
    """The query's vector, or None with the reason why there is none. No known token is no failure."""
    if request.mode == "lexical":
        return None, None
    if embedder.model_version != index.model_version:
        return None, f"the index holds vectors of {index.model_version}, the model is {embedder.model_version}"
    try:
        vector = embedder.embed([request.q])[0]
    except MachtinError as error:
        return None, f"no vector for the query: {error}"
    return (vector if vector.any() else None), None


def _tail(index: ArticleIndex, request: SearchRequest, window: int, known: set[str]) -> list[Fused]:
    """Lexical hits beyond the pool, below everything fused, so that pages never overlap however deep one goes."""
    leg = index.retrieve(Retrieval(text=request.q, vector=None, size=window, filters=request.filters)).lexical
    return [Fused(article_id, 0.0, 0.0, 0.0) for article_id in leg.ids if article_id not in known]


def _total(index: ArticleIndex, request: SearchRequest, found: Retrieved, order: Sequence[Fused]) -> int:
    """All that match lexically, and what the vector leg adds to them."""
    if request.mode == "semantic":
        return found.nearest.total
    if not found.nearest.ids:
        return found.lexical.total
    kept = {one.id for one in order}
    beyond = kept.intersection(found.nearest.ids).difference(found.lexical.ids)
    if beyond and found.lexical.total > len(found.lexical.ids):
        told = found.nearest.matching
        both = len(beyond & told) if told is not None else index.matching(request.q, sorted(beyond), request.filters)
        return found.lexical.total + len(beyond) - both
    return found.lexical.total + len(beyond)


def _hit(
    fused: Fused,
    found: MarkedArticle,
    snippet: Snippet | None,
    ranked: Found,
    request: SearchRequest,
    highlighter: Highlighter,
) -> SearchHit:
    article = found.article
    return SearchHit(
        id=article.id,
        url=article.url,
        title=article.title,
        sapo=article.sapo,
        section=article.section,
        tags=list(article.tags),
        author=article.author,
        publisher=article.publisher,
        published_at=article.published_at.isoformat() if article.published_at else None,
        score=round(fused.score, 6),
        highlights=Highlights(highlighter.spans(article.title), spans_of(found.sapo), spans_of(found.body)),
        snippet=snippet,
        explain=explained(fused, ranked.legs, ranked.model_gave, ranked.read, ranked.weight, request.mode)
        if request.explain
        else None,
        relevance=relevance_of(fused, ranked.legs, ranked.read),
    )
