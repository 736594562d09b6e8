"""How much each sentence of an article says: ridge regression on cheap features (Hoerl & Kennard, 1970).

The target was each sentence's ROUGE-1 + ROUGE-2 F1 against the sapo that an editor wrote. ``summary_model.json`` holds
all that was learned, in readable form; ``training/train_summary.py`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from machtin.errors import ModelError
from machtin.summary_choice import Selection
from machtin.summary_features import FEATURES, sentence_features

MODEL_FILE: Final = Path(__file__).with_name("summary_model.json")
Scores = NDArray[np.float64]


class Scorer(Protocol):
    """Scores sentences; which of them are shown is chosen elsewhere. Safe to share among threads."""

    @property
    def selection(self) -> Selection:
        """Settings of the choice, in the unit of the scores."""

    @property
    def syllable_weights(self) -> Mapping[str, float]:
        """How much a frequent syllable says, 0 to 1; any that is absent weighs 1."""

    def scores(self, title: Sequence[str], tokens: Sequence[Sequence[str]]) -> Scores:
        """One for each sentence of an article: of the title and of the sentences the syllables are given."""


@dataclass(frozen=True, slots=True)
class SentenceScorer:
    """Implements Scorer: score = intercept + Σ weights · features."""

    intercept: float
    weights: NDArray[np.float64]
    syllable_weights: Mapping[str, float]
    selection: Selection

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> SentenceScorer:
        """The scorer of a file, by default the one that is shipped.

        Raises ModelError when the file is missing, broken or made for other features.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            features = document["features"]
            if tuple(features) != FEATURES:
                raise ModelError(f"{path} is made for other features: {', '.join(features)}; train it again")
            return cls(
                intercept=float(document["intercept"]),
                weights=np.array([features[name]["weight"] for name in FEATURES], dtype=np.float64),
                syllable_weights={str(key): float(value) for key, value in document["syllable_weights"].items()},
                selection=Selection(**document["selection"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{path} is not a summary model: {error}") from error

    def scores(self, title: Sequence[str], tokens: Sequence[Sequence[str]]) -> Scores:
        """One for each sentence, in order."""
        features = sentence_features(title, tokens, self.syllable_weights)
        scores: Scores = self.intercept + features @ self.weights
        return scores
