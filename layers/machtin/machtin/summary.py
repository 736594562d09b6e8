"""Extractive summaries: a linear scorer of sentences, and a choice that avoids saying a thing twice.

The scorer is ridge regression (Hoerl & Kennard, 1970) on each sentence's ROUGE-1 + ROUGE-2 F1 against the sapo that an
editor wrote; the choice is maximal marginal relevance (Carbonell & Goldstein, 1998). ``summary_model.json`` holds all
that was learned, in readable form; ``training/train_summary.py`` writes it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.answers import SummarySentence
from machtin.article import Article
from machtin.errors import ModelError
from machtin.ports import Embedder
from machtin.summary_candidates import Candidate, candidates
from machtin.summary_features import FEATURES, sentence_features, total_weight
from machtin.vietnamese import fold_syllables, has_diacritics
from machtin.vietnamese import syllables as syllables_of

MODEL_FILE: Final = Path(__file__).with_name("summary_model.json")

# Sentences of one article differ by 0.1 to 0.2 in score: one that holds the whole query overtakes any that does not.
_QUERY_BONUS: Final = 0.6

# A sentence of which so much has been said already is a repeat: it comes after every other, whatever its score.
_REPEAT: Final = 0.9
_BEHIND_ALL: Final = 100.0


@dataclass(frozen=True, slots=True)
class Selection:
    """How sentences are chosen by score; the unit of the first three is that of the score."""

    redundancy: float
    """Lost by a sentence that says nothing new beside those already chosen, in proportion to what it repeats."""
    lean: float
    """Lost by a sentence that leans on the one before it, unless that one has been chosen."""
    drop: float
    """Without a length asked for, a second sentence joins the best one when it is worse by no more than this …"""
    room: int
    """… and both together have no more syllables than this."""


@dataclass(frozen=True, slots=True)
class ScorerModel:
    """What was learned: score = intercept + Σ weights · features, and how much frequent syllables say (0 to 1)."""

    intercept: float
    weights: NDArray[np.float64]
    syllable_weights: Mapping[str, float]
    selection: Selection

    @classmethod
    def load(cls, path: Path) -> ScorerModel:
        """Raises ModelError when the file is missing, broken or made for other features."""
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


class SentenceScorer:
    """Chooses sentences of an article as they were published. Safe to share among threads."""

    def __init__(self, model: ScorerModel, embedder: Embedder | None = None) -> None:
        """``embedder`` brings a query nearer to sentences that say it in other words, or in another language."""
        self._model = model
        self._embedder = embedder

    @classmethod
    def load(cls, path: Path | None = None, *, embedder: Embedder | None = None) -> SentenceScorer:
        """The scorer of a file, by default the one that is shipped; raises ModelError."""
        return cls(ScorerModel.load(path or MODEL_FILE), embedder)

    def summarize(
        self, article: Article, *, sentences: int | None = None, syllables: int | None = None, query: str | None = None
    ) -> tuple[SummarySentence, ...]:
        """The chosen sentences in the order of the text: of the body, or of the sapo where the body has none.

        Args:
            article: what is summarized; its title tells what matters.
            sentences: exactly so many, or all there are.
            syllables: together never more; sentences that would exceed it are passed over, so that nothing is chosen
                when each one alone is longer. With ``sentences`` both limits hold. With neither: the best sentence, or
                the two best where the second is nearly as good, says something else, and both are short.
            query: what the reader is looking for; sentences that speak of it are preferred.
        """
        offered = candidates(article)
        if not offered:
            return ()
        scores = self._scores(article, offered)
        if query and query.strip():
            scores += _QUERY_BONUS * self._nearness(query, offered)
        choice = _Choice(offered, scores, self._model)
        if sentences is None and syllables is None:
            choice.take_usual()
        else:
            choice.take_up_to(sentences, syllables)
        return tuple(_shown(offered[at], float(scores[at])) for at in sorted(choice.taken))

    def _scores(self, article: Article, offered: Sequence[Candidate]) -> NDArray[np.float64]:
        features = sentence_features(
            syllables_of(article.title),
            [one.tokens for one in offered],
            self._model.syllable_weights,
        )
        scores: NDArray[np.float64] = self._model.intercept + features @ self._model.weights
        return scores

    def _nearness(self, query: str, offered: Sequence[Candidate]) -> NDArray[np.float64]:
        """0 to 1 for each sentence: how much of the query it holds or, where there is an embedder, means."""
        wanted = set(syllables_of(query))
        spelt = has_diacritics(query)
        weights = self._model.syllable_weights
        whole = total_weight(wanted, weights) or 1.0
        held = (wanted & set(one.tokens if spelt else fold_syllables(one.tokens)) for one in offered)
        nearness = np.array([total_weight(part, weights) / whole for part in held], dtype=np.float64)
        if self._embedder is None:
            return nearness
        vectors = self._embedder.embed([query, *(one.sentence.text for one in offered)])
        cosines: NDArray[np.float64] = (vectors[1:] @ vectors[0]).astype(np.float64)
        return np.maximum(nearness, cosines)


class _Choice:
    """Takes sentences one by one, each time the one that is worth most beside those already taken."""

    def __init__(self, offered: Sequence[Candidate], scores: NDArray[np.float64], model: ScorerModel) -> None:
        self.taken: list[int] = []
        self._scores = scores
        self._selection = model.selection
        self._weights = model.syllable_weights
        self._distinct = [frozenset(one.tokens) for one in offered]
        self._totals = [total_weight(distinct, self._weights) for distinct in self._distinct]
        self._lengths = np.array([len(one.tokens) for one in offered])
        self._leaning = np.array([one.leans for one in offered], dtype=bool)
        self._said = np.zeros(len(offered))  # how much of each sentence those already taken say

    def take_usual(self) -> None:
        """The best sentence, and a second one where that makes a better summary."""
        selection = self._selection
        worth = self._worth()
        self._take(int(worth.argmax()))
        together = self._lengths + self._lengths[self.taken[0]]
        self._take_best((together <= selection.room) & (self._worth() >= worth.max() - selection.drop))

    def take_up_to(self, sentences: int | None, syllables: int | None) -> None:
        """Sentences within both limits, until no other fits; repeats only where they are needed for the number."""
        count = len(self._scores) if sentences is None else sentences
        room = sys.maxsize if syllables is None else syllables
        repeats = sentences is not None
        while len(self.taken) < count and self._take_best((self._lengths <= room) & (repeats | (self._said < _REPEAT))):
            room -= int(self._lengths[self.taken[-1]])

    def _worth(self) -> NDArray[np.float64]:
        alone = self._leaning.copy()
        alone[[at + 1 for at in self.taken if at + 1 < len(alone)]] = False
        worth = self._scores - self._selection.redundancy * self._said - self._selection.lean * alone
        worth[self._said >= _REPEAT] -= _BEHIND_ALL
        worth[self.taken] = -np.inf
        return worth

    def _take_best(self, allowed: NDArray[np.bool_]) -> bool:
        worth = np.where(allowed, self._worth(), -np.inf)
        best = int(worth.argmax())
        if np.isneginf(worth[best]):
            return False
        self._take(best)
        return True

    def _take(self, at: int) -> None:
        self.taken.append(at)
        for other, distinct in enumerate(self._distinct):
            lighter = min(self._totals[at], self._totals[other])
            common = total_weight(self._distinct[at] & distinct, self._weights)
            self._said[other] = max(self._said[other], common / lighter if lighter else 0.0)


def _shown(chosen: Candidate, score: float) -> SummarySentence:
    text, start, end = chosen.sentence
    return SummarySentence(text=text, field=chosen.field, start=start, end=end, score=score)
