"""How likely each pair of neighbouring syllables in the articles of an event is to stand in a digest of them.

Logistic regression on what a pair does in the articles, as in Li, Qian and Liu, "Using supervised bigram-based ILP for
extractive summarization", ACL 2013. It was learned from digests that people wrote; ``digest_model.json`` holds all of
it, and ``training/train_digest.py`` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.errors import ModelError
from machtin.summary_novelty import Pair, Tokens

MODEL_FILE: Final = Path(__file__).with_name("digest_model.json")
FEATURES: Final = ("shared", "first_place", "place", "best_place", "best_score", "in_sapo", "short_article")
"""Columns of ``EventPairs.features``, in order.

``shared``: the share of the other articles that have the pair. ``first_place``: that of the first sentence with it in
any article, in tens, 1 at most. ``place`` and ``best_place``: 1 / √(1 + place) in an article, the mean over all and the
highest. ``best_score``: of the sentences with it, as the sentence scorer has it. ``in_sapo``: of any article.
``short_article``: 1 / √ sentences of the shortest article with it.
"""

_LATEST: Final = 10
_LEAST_SCORE: Final = 0.01


@dataclass(frozen=True, slots=True)
class EventPairs:
    """``numbers``: of each sentence the distinct pairs, by their row in ``features``, in the order of the articles."""

    numbers: Sequence[NDArray[np.intp]]
    features: NDArray[np.float64]
    known: dict[Pair, int]

    @classmethod
    def of(
        cls, articles: Sequence[Sequence[Tokens]], scores: Sequence[NDArray[np.float64]], sapos: Sequence[Tokens]
    ) -> EventPairs:
        """Of the sentences of each article, with a score for each; and the sentences of all sapos."""
        known: dict[Pair, int] = {}
        numbers = [
            np.array(sorted({known.setdefault(pair, len(known)) for pair in pairwise(tokens)}), dtype=np.intp)
            for tokens in chain.from_iterable(articles)
        ]
        lengths = np.array([len(own) for own in articles])
        article = np.repeat(np.arange(len(articles)), lengths)
        place = np.concatenate([np.arange(length) for length in lengths]) if len(articles) else np.zeros(0)
        own = [len(row) for row in numbers]
        pair = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.intp)
        first = np.full((len(articles), len(known)), np.inf)
        np.minimum.at(first, (np.repeat(article, own), pair), np.repeat(place, own))
        best = np.full(len(known), _LEAST_SCORE)
        np.maximum.at(best, pair, np.repeat(np.concatenate(scores) if scores else np.zeros(0), own))
        nearness = 1 / np.sqrt(1 + first)
        has = np.isfinite(first)
        short = np.where(has, 1 / np.sqrt(np.maximum(lengths, 1))[:, None], 0.0)
        in_sapo = {row for row in map(known.get, chain.from_iterable(map(pairwise, sapos))) if row is not None}
        return cls(
            numbers,
            np.column_stack(
                [
                    (has.sum(axis=0) - 1) / max(len(articles) - 1, 1),
                    np.minimum(first.min(axis=0, initial=_LATEST), _LATEST) / _LATEST,
                    nearness.sum(axis=0) / max(len(articles), 1),
                    nearness.max(axis=0, initial=0.0),
                    best,
                    np.isin(np.arange(len(known)), list(in_sapo)),
                    short.max(axis=0, initial=0.0),
                ]
            ).astype(np.float64),
            known,
        )


@dataclass(frozen=True, slots=True)
class PairModel:
    """likelihood = 1 / (1 + exp(−(intercept + Σ weights · features)))."""

    intercept: float
    weights: NDArray[np.float64]

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> PairModel:
        """The model of a file, by default the one that is shipped.

        Raises ModelError when the file is missing, broken or made for other features.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            weights = document["weights"]
            if tuple(weights) != FEATURES:
                raise ModelError(f"{path} is made for other features: {', '.join(weights)}; train it again")
            return cls(float(document["intercept"]), np.array([float(weights[name]) for name in FEATURES]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{path} is not a digest model: {error}") from error

    def likelihood(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """One for each row, 0 to 1."""
        likely: NDArray[np.float64] = 1 / (1 + np.exp(-(self.intercept + features @ self.weights)))
        return likely
