"""How much each sentence of an article says, and which one or two make the best summary: gradient-boosted trees.

The first trees were taught each sentence's ROUGE-1 + ROUGE-2 F1 against the sapo that an editor wrote; the second the
ROUGE of one or two sentences together, less a price for their length. ``summary_model.json`` holds all that was
learned; ``training/train_summary.py`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from machtin.boosted_trees import BoostedTrees
from machtin.errors import ModelError
from machtin.summary_choice import Selection, Sets
from machtin.summary_features import FEATURES, sentence_features
from machtin.summary_likelihood import OF_PAIRS, OF_SYLLABLES, Likelihood, LikelihoodModel, TermModel
from machtin.summary_sets import SET_FEATURES, set_features
from machtin.summary_terms import ArticleTerms

MODEL_FILE: Final = Path(__file__).with_name("summary_model.json")
Scores = NDArray[np.float64]
Syllables = Sequence[str]


class Scorer(Protocol):
    """Scores sentences; which of them are shown is chosen elsewhere. Safe to share among threads."""

    @property
    def selection(self) -> Selection:
        """Settings of the choice, in the unit of the scores."""

    @property
    def syllable_weights(self) -> Mapping[str, float]:
        """How much a frequent syllable says, 0 to 1; any that is absent weighs 1."""

    def read(self, title: Syllables, tokens: Sequence[Syllables]) -> Reading:
        """An article, of whose title and sentences the syllables are given."""

    def scores(self, title: Syllables, tokens: Sequence[Syllables]) -> Scores:
        """One for each sentence of an article, in order: its expected ROUGE-1 + ROUGE-2, 0 to 2."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as a scorer has read it; ``scores``: of its sentences, in order."""

    scores: Scores
    _model: SentenceScorer
    _article: ArticleTerms
    _likely: Likelihood
    _features: Scores

    def described(self, sets: Sets) -> Scores:
        """``set_features`` of each set."""
        first, second = (np.array(column, dtype=np.intp) for column in zip(*sets, strict=True))
        return set_features(self._article, self._likely, self._features, self.scores, first, second)

    def together(self, sets: Sets) -> Scores:
        """How good a summary each set would make, in the unit of the scores."""
        rows = self.described(sets)
        worth: Scores = self._model.sets.values(rows) - self._model.price * rows[:, SET_FEATURES.index("length")]
        return worth


@dataclass(frozen=True, slots=True)
class SentenceScorer:
    """Implements Scorer. ``price``: what a syllable costs a set, in the unit of the trees ``sets``."""

    likelihood: LikelihoodModel
    sentences: BoostedTrees
    sets: BoostedTrees
    price: float
    syllable_weights: Mapping[str, float]
    selection: Selection

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> SentenceScorer:
        """The scorer of a file, by default the one that is shipped.

        Raises ModelError when the file is missing, broken or made for other features.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            for name, known in (("features", FEATURES), ("set_features", SET_FEATURES)):
                if tuple(document[name]) != known:
                    raise ModelError(f"{path} is made for other {name}: {', '.join(document[name])}; train it again")
            return cls(
                likelihood=LikelihoodModel(
                    TermModel.read(document["syllables"], OF_SYLLABLES), TermModel.read(document["pairs"], OF_PAIRS)
                ),
                sentences=BoostedTrees.read(document["sentence_trees"], len(FEATURES)),
                sets=BoostedTrees.read(document["set_trees"], len(SET_FEATURES)),
                price=float(document["price"]),
                syllable_weights={str(key): float(value) for key, value in document["syllable_weights"].items()},
                selection=Selection(**document["selection"]),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{path} is not a summary model: {error}") from error

    def written(self) -> dict[str, Any]:
        """What ``load`` reads, for a JSON file."""
        return {
            "features": FEATURES,
            "set_features": SET_FEATURES,
            "selection": asdict(self.selection),
            "price": self.price,
            "syllables": self.likelihood.syllables.written(OF_SYLLABLES),
            "pairs": self.likelihood.pairs.written(OF_PAIRS),
            "sentence_trees": self.sentences.written(),
            "set_trees": self.sets.written(),
            "syllable_weights": dict(self.syllable_weights),
        }

    def read(self, title: Syllables, tokens: Sequence[Syllables]) -> Reading:
        """An article with one sentence at least, none of them empty."""
        article = ArticleTerms.of(title, tokens)
        likely = self.likelihood.likelihood(article)
        features = sentence_features(article, likely, self.syllable_weights)
        return Reading(self.sentences.values(features), self, article, likely, features)

    def scores(self, title: Syllables, tokens: Sequence[Syllables]) -> Scores:
        """One for each sentence, in order."""
        return self.read(title, tokens).scores if tokens else np.zeros(0)
