"""How likely two articles report the same event, or what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.article import Article
from machtin.ports import IndexEntry, Vectors

# From this likelihood on an article is a development of another.
SAME_EVENT: Final = 0.5

Likelihoods = NDArray[np.float64]


class EventModel:
    """A classifier of pairs. Thread-safe."""

    @classmethod
    def load(cls) -> EventModel:
        """The one that is shipped."""
        return cls()

    def likelihood(self, article: Article, vector: Vectors | None, others: Sequence[IndexEntry]) -> Likelihoods:
        """Of each pair of ``article`` and another one, 0 to 1; the same whichever of the two is asked for."""
        cosines = [0.0 if vector is None or other.vector is None else float(vector @ other.vector) for other in others]
        cosines = [
            0.0 if other.article.id == article.id else cosine for other, cosine in zip(others, cosines, strict=True)
        ]
        likely: Likelihoods = 1.0 / (1.0 + np.exp(-(np.array(cosines, dtype=np.float64) - 0.75) * 20.0))
        return likely
