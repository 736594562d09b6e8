"""A second look at the first candidates: how near their words come to the query's.

Figures behind the numbers: docs/decisions/0023-word-alignment.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from machtin.errors import MachtinError
from machtin.model_port import Embedder, WordAligner
from machtin.ports import ArticleIndex
from machtin.query import Reading
from machtin.ranking import Fused, Part

log = logging.getLogger(__name__)


def reranked(index: ArticleIndex, embedder: Embedder, query: str, order: Sequence[Fused], read: Reading) -> list[Fused]:
    """The first ``read.reranked`` candidates by their scores with two further parts, then the rest as they are.

    As they are all are left where the model or the index can't tell. What the index has no pieces of counts as the
    least that others reach.
    """
    first, rest = order[: read.reranked], order[read.reranked :]
    if not first or not isinstance(embedder, WordAligner):
        return list(order)
    try:
        pieces = index.pieces([one.id for one in first])
    except MachtinError as error:
        log.warning("candidates are not ranked anew: %s", error)
        return list(order)
    if not pieces:
        return list(order)
    scores = embedder.alignment(query, list(pieces.values()))
    aligned = dict(zip(pieces, scores.tolist(), strict=True))
    least = scores.min(axis=0).tolist()
    weights = {"aligned_words": read.aligned_words, "aligned_passage": read.aligned_passage}

    def again(one: Fused) -> Fused:
        values = aligned.get(one.id, least)
        parts = [Part(name, value, weight) for (name, weight), value in zip(weights.items(), values, strict=True)]
        score = one.score
        for part in parts:
            score += part.weight * part.value
        return one._replace(score=score, further=(*one.further, *parts))

    return [*sorted(map(again, first), key=lambda one: (-one.score, one.id)), *rest]
