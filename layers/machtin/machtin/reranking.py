"""A second look at the first candidates: how near their words come to the query's.

Figures behind the numbers: docs/decisions/0023-word-alignment.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from machtin.errors import MachtinError
from machtin.model_port import Embedder, WordAligner
from machtin.ports import ArticleIndex
from machtin.query import Reading
from machtin.ranking import Fused, Part

# Of the candidates that must have pieces.
LEAST_SHARE: Final = 0.9

log = logging.getLogger(__name__)


def reranked(index: ArticleIndex, embedder: Embedder, query: str, order: Sequence[Fused], read: Reading) -> list[Fused]:
    """The first ``read.reranked`` candidates by their scores with two further parts, then the rest as they are; of
    those that share no word with the query what is too far from it is left out."""
    first = order[: read.reranked]
    aligned = _alignment(index, embedder, query, [one.id for one in first])
    if aligned:
        # What the index has no pieces of counts as the least that others reach.
        least = min(words for words, _ in aligned.values()), min(passage for _, passage in aligned.values())
        again = [_with_parts(one, aligned.get(one.id, least), read) for one in first]
        order = [*sorted(again, key=lambda one: (-one.score, one.id)), *order[read.reranked :]]
    return [one for one in order if one.lexical or _is_near(one, aligned.get(one.id), read)]


def _alignment(
    index: ArticleIndex, embedder: Embedder, query: str, article_ids: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """How near each article's words, and those of its best passage, come; of no article where model or index can't
    tell."""
    if not article_ids or not isinstance(embedder, WordAligner):
        return {}
    try:
        pieces = index.pieces(article_ids)
        # Where many have none, as while an old index is written anew, they can't be told from those that are far.
        if len(pieces) < LEAST_SHARE * len(article_ids):
            return {}
        scores = embedder.alignment(query, list(pieces.values()))
    except MachtinError as error:
        log.warning("candidates are not ranked anew: %s", error)
        return {}
    return {article_id: (words, passage) for article_id, (words, passage) in zip(pieces, scores.tolist(), strict=True)}


def _with_parts(one: Fused, aligned: tuple[float, float], read: Reading) -> Fused:
    words, passage = aligned
    score = one.score + read.aligned_words * words
    score += read.aligned_passage * passage
    parts = Part("aligned_words", words, read.aligned_words), Part("aligned_passage", passage, read.aligned_passage)
    return one._replace(score=score, further=(*one.further, *parts))


def _is_near(one: Fused, aligned: tuple[float, float] | None, read: Reading) -> bool:
    """Whether an article is an answer by its meaning alone."""
    if aligned is None:
        return one.cosine >= read.least_cosine
    cosine = read.least_cosine_aligned
    return (cosine is None or one.cosine >= cosine) and aligned[1] >= read.least_passage
