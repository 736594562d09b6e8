"""How likely two articles report the same event, or what came of it: logistic regression on features of the pair.

``event_model.json`` holds all that was learned; ``training/train_events.py`` writes it, and tells how well it does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from machtin.article import Article
from machtin.companions import Floats
from machtin.errors import ModelError
from machtin.event_features import FEATURES, PairWeights, cosines_of, pair_features
from machtin.model_folder import CosineScale
from machtin.ports import IndexEntry, Vectors

MODEL_FILE: Final = Path(__file__).with_name("event_model.json")
# From this likelihood on an article is a development of another.
SAME_EVENT: Final = 0.58
# Neighbours whose texts are read; those that are further away have hardly ever been reports of the same event.
READ: Final = 16
# What stands out of the crowd by less is hardly ever one.
STANDING_OUT: Final = 0.02

Likelihoods = Floats


@dataclass(frozen=True, slots=True)
class EventModel:
    """likelihood = 1 / (1 + exp(−(base + Σ slopes · features))). Thread-safe."""

    base: float
    slopes: Floats
    weights: PairWeights

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> EventModel:
        """The model of a file, by default the one that is shipped. Raises ModelError when it is missing or broken."""
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            slopes = np.array([document["slopes"][name] for name in FEATURES], dtype=np.float64)
            model = cls(float(document["base"]), slopes, PairWeights(document["pair_weights"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path} is no event model: {error}; train it anew") from error
        if not (np.isfinite(slopes).all() and np.isfinite(model.base)):
            raise ModelError(f"{path} holds what is no number; train it anew")
        return model

    def likelihood(
        self,
        article: Article,
        vector: Vectors | None,
        entries: Sequence[IndexEntry],
        *,
        scale: CosineScale | None = None,
        cosines: Floats | None = None,
        least: float = STANDING_OUT,
    ) -> Likelihoods:
        """Of ``article`` and each entry, 0 to 1; ``entries`` are its nearest neighbours, those of the crowd too.

        What stands out of the crowd is told by the crowd: thirty neighbours or more say more than a few. ``cosines``:
        in place of those of the vectors. The article itself among the entries gets 0, and so does what stands out of
        the crowd by less than ``least``, unread.
        """
        likely: Likelihoods = np.zeros(len(entries))
        others = np.array([at for at, one in enumerate(entries) if one.article.id != article.id], dtype=np.intp)
        if len(others) == 0:
            return likely
        kept = [entries[at] for at in others]
        own, between = cosines_of(vector, kept, scale)
        if cosines is not None:
            own = cosines[others]
        read, rows = pair_features(article, kept, own, between, self.weights, READ, least)
        likely[others[read]] = 1.0 / (1.0 + np.exp(-(self.base + rows @ self.slopes)))
        return likely
