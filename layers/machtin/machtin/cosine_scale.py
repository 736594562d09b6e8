"""Cosines of different models on one scale: that of the bundled model, which limits and weights were set on.

Models differ in what a cosine means: one gives unrelated texts 0.2, another 0.8. Measured is what titles and other
articles reach, which is brought to what they reach by the bundled model; 1 and -1 stay where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from machtin.article import Article
from machtin.model_folder import CosineScale
from machtin.model_port import Embedder
from machtin.ports import Leg

# Fewer tell nothing; more take minutes with a large model.
LEAST_ARTICLES: Final = 40
MOST_ARTICLES: Final = 40
# Of the cosines of a title and other articles this share lies below what counts as unrelated: some are of one event.
UNRELATED_QUANTILE: Final = 0.95


def scale_of(embedder: Embedder | None) -> CosineScale | None:
    """How an embedder's cosines are read; None where they are taken as they are, as with the bundled model."""
    scale: CosineScale | None = getattr(embedder, "cosine_scale", None)
    return scale


def rescaled(leg: Leg, scale: CosineScale | None) -> Leg:
    """The vector leg with the scores that machtin's limits and weights are set for; the order stays."""
    return leg if scale is None else replace(leg, scores=tuple(scale.of(score) for score in leg.scores))


def unrelated_cosine(embedder: Embedder, articles: Sequence[Article]) -> float | None:
    """What a title and another article reach, but for one in twenty; None with too few articles to tell."""
    chosen = [one for one in articles if one.title and (one.sapo or one.body)]
    chosen = chosen[:: max(1, len(chosen) // MOST_ARTICLES)][:MOST_ARTICLES]
    if len(chosen) < LEAST_ARTICLES:
        return None
    cosines = embedder.embed([one.title for one in chosen]) @ embedder.embed_articles(chosen).T
    return float(np.quantile(cosines[~np.eye(len(chosen), dtype=bool)], UNRELATED_QUANTILE))
