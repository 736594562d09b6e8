"""Cosines of different models on one scale: that of the bundled model, which limits and weights were set on.

Models differ in what a cosine means: one gives unrelated texts 0.05, another 0.6. Two anchors are measured on articles,
with a title as the query: what unrelated articles reach, and what the article itself reaches without its title. A
straight line through both brings one model's cosines to another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from machtin.article import Article
from machtin.model_folder import CosineScale
from machtin.ports import Embedder, Leg

# Fewer tell nothing; more are not needed.
LEAST_ARTICLES: Final = 40
MOST_ARTICLES: Final = 300
# Of the cosines of a title and other articles this share lies below what counts as unrelated: some are of one event.
UNRELATED_QUANTILE: Final = 0.95
# The line must not turn small differences into large ones.
STEEPEST: Final = 5.0


@dataclass(frozen=True, slots=True)
class Anchors:
    """Cosines of one model: of unrelated articles, and of a title with its own article."""

    unrelated: float
    own: float


def scale_of(embedder: Embedder | None) -> CosineScale | None:
    """How an embedder's cosines are read; None where they are taken as they are, as with the bundled model."""
    scale: CosineScale | None = getattr(embedder, "cosine_scale", None)
    return scale


def rescaled(leg: Leg, scale: CosineScale | None) -> Leg:
    """The vector leg with the scores that machtin's limits and weights are set for; the order stays."""
    return leg if scale is None else replace(leg, scores=tuple(scale.of(score) for score in leg.scores))


def measure_anchors(embedder: Embedder, articles: Sequence[Article]) -> Anchors | None:
    """The anchors of a model on these articles; None where too few have both a title and a text."""
    chosen = [one for one in articles if one.title and (one.sapo or one.body)]
    chosen = chosen[:: max(1, len(chosen) // MOST_ARTICLES)][:MOST_ARTICLES]
    if len(chosen) < LEAST_ARTICLES:
        return None
    titles = embedder.embed([one.title for one in chosen])
    texts = embedder.embed_articles([replace(one, title="") for one in chosen])
    cosines = titles @ texts.T
    others = cosines[~np.eye(len(chosen), dtype=bool)]
    return Anchors(float(np.quantile(others, UNRELATED_QUANTILE)), float(np.median(np.diag(cosines))))


def scale_between(measured: Anchors, reference: Anchors) -> CosineScale | None:
    """The line that leads from one model's anchors to another's; None for a model that tells nothing apart."""
    if measured.own <= measured.unrelated:
        return None
    slope = min(STEEPEST, (reference.own - reference.unrelated) / (measured.own - measured.unrelated))
    return CosineScale(slope, reference.unrelated - slope * measured.unrelated)
