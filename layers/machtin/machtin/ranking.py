"""Ranking that is the same on every engine: fusion of the two legs."""

from __future__ import annotations

from typing import Final, NamedTuple

from machtin.ports import Leg

# Stands for a cosine that the vector leg did not return, as a share of the least that it did.
UNKNOWN_COSINE: Final = 0.8


class Part(NamedTuple):
    """A part of a score beyond the two legs'."""

    name: str
    value: float
    weight: float


class Fused(NamedTuple):
    """A candidate with both parts of its score: BM25 relative to the best hit, 0 where that leg did not find it, and
    cosine, estimated where that leg did not. Whatever step adds to the score tells so in ``further``.

    ``strong`` is told where an engine has classed it.
    """

    id: str
    score: float
    lexical: float
    cosine: float
    further: tuple[Part, ...] = ()
    strong: bool | None = None


def fuse(lexical: Leg, nearest: Leg, weight: float, *, best: float = 0.0) -> list[Fused]:
    """Convex combination of the legs over the union of their hits, best first; ties by id.

    ``weight`` in [0, 1] is the share of the cosine; BM25 is divided by ``best``, by default the best hit's. Bruch,
    Gai, Ingber (2023), "An Analysis of Fusion Functions for Hybrid Retrieval". A cosine that the vector leg did not
    return lies below the least that it did: a share of that stands for it.
    """
    best = best or max(lexical.scores, default=0.0) or 1.0
    bm25 = {article_id: score / best for article_id, score in zip(lexical.ids, lexical.scores, strict=True)}
    cosines = dict(zip(nearest.ids, nearest.scores, strict=True))
    unknown = UNKNOWN_COSINE * max(0.0, min(nearest.scores, default=0.0))
    fused = []
    for article_id in bm25.keys() | cosines.keys():
        relative, cosine = bm25.get(article_id, 0.0), cosines.get(article_id, unknown)
        fused.append(Fused(article_id, (1 - weight) * relative + weight * cosine, relative, cosine))
    return sorted(fused, key=lambda one: (-one.score, one.id))
