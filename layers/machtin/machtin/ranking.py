"""Ranking that is the same on every engine: fusion of the two legs, and near-duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from machtin.ports import Leg
from machtin.vietnamese import fold, syllables

SHINGLE: Final = 4
# Share of the shorter text's shingles that the longer one holds too, from which both are one text.
COPY_CONTAINMENT: Final = 0.7


class Fused(NamedTuple):
    """A candidate with both its parts: BM25 relative to the best hit, and cosine; 0 where a leg did not find it."""

    id: str
    score: float
    lexical: float
    cosine: float


def fuse(lexical: Leg, nearest: Leg, weight: float) -> list[Fused]:
    """Convex combination of the legs over the union of their hits, best first; ties by id.

    ``weight`` in [0, 1] is the share of the cosine; BM25 is divided by the best hit's. Bruch, Gai, Ingber (2023),
    "An Analysis of Fusion Functions for Hybrid Retrieval".
    """
    best = max(lexical.scores, default=0.0) or 1.0
    bm25 = {article_id: score / best for article_id, score in zip(lexical.ids, lexical.scores, strict=True)}
    cosine = dict(zip(nearest.ids, nearest.scores, strict=True))
    fused = [
        Fused(
            article_id,
            (1 - weight) * bm25.get(article_id, 0.0) + weight * cosine.get(article_id, 0.0),
            bm25.get(article_id, 0.0),
            cosine.get(article_id, 0.0),
        )
        for article_id in bm25.keys() | cosine.keys()
    ]
    return sorted(fused, key=lambda one: (-one.score, one.id))


def shingles(text: str) -> frozenset[int]:
    """Hashes of all runs of four folded syllables: what two texts are compared by. Broder (1997)."""
    tokens = syllables(fold(text))
    return frozenset(hash(tuple(tokens[at : at + SHINGLE])) for at in range(max(1, len(tokens) - SHINGLE + 1)))


def is_copy(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether one text is the other, lightly edited or cut."""
    smaller = min(len(one), len(other))
    return smaller > 0 and len(one & other) >= COPY_CONTAINMENT * smaller


def fold_copies(candidates: Sequence[tuple[str, frozenset[int]]]) -> list[tuple[str, list[str]]]:
    """Collapse near-duplicates under the first of each group; order is kept."""
    groups: list[tuple[str, frozenset[int], list[str]]] = []
    for article_id, own in candidates:
        for _, first, copies in groups:
            if is_copy(own, first):
                copies.append(article_id)
                break
        else:
            groups.append((article_id, own, []))
    return [(article_id, copies) for article_id, _, copies in groups]
