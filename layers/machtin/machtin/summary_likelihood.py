"""How likely an editor's summary says each syllable, and each pair of neighbours, of an article: logistic regression.

What a sentence, or several together, would share with that summary follows by adding up: the weights of concepts in
Gillick & Favre, "A scalable global model for summarization", 2009, learned as in Li, Qian & Liu, ACL 2013.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from machtin.summary_terms import ArticleTerms, Floats, Places, Terms

COUNTS: Final = (1, 2, 3, 5)
"""Counts in the article up to which terms are of one kind."""
FIRSTS: Final = (0, 1, 2, 5)
"""The same of the sentence, from 0, that holds a term first."""
KINDS: Final = (2, len(COUNTS) + 1, len(FIRSTS) + 1)
"""In the title or not, how often, how early."""
OF_SYLLABLES: Final = ("lift", "lift_in_title", "lift_if_repeated", "article", "spread")
OF_PAIRS: Final = (*OF_SYLLABLES, "syllables", "unlikelier_syllable")


@dataclass(frozen=True, slots=True)
class TermModel:
    """log-odds = that of the kind of term + Σ weights · features.

    ``lifts``: how much likelier than others an editor takes up this term, as log-odds; one that is absent is ``rare``.
    """

    lifts: Mapping[str, float]
    rare: float
    kinds: Floats
    weights: Floats

    @classmethod
    def read(cls, document: Mapping[str, Any], features: tuple[str, ...]) -> TermModel:
        """Of what ``written`` gave. Raises ValueError, KeyError, TypeError or AttributeError."""
        kinds = np.array(document["kinds"], dtype=np.float64)
        weights = np.array([document["weights"][name] for name in features], dtype=np.float64)
        if kinds.shape != KINDS or not (np.isfinite(kinds).all() and np.isfinite(weights).all()):
            raise ValueError(f"kinds must be numbers of shape {KINDS}, and weights numbers")
        lifts = {term: float(lift) for lift, terms in document["lifts"].items() for term in terms.split("|")}
        return cls(lifts, float(document["rare"]), kinds, weights)

    def written(self, features: tuple[str, ...]) -> dict[str, Any]:
        """For a JSON file, the terms of each lift together."""
        weights = dict(zip(features, self.weights.tolist(), strict=True))
        lifts: dict[str, list[str]] = {}
        for term, lift in sorted(self.lifts.items(), key=lambda item: (item[1], item[0])):
            lifts.setdefault(str(lift), []).append(term)
        terms = {lift: "|".join(together) for lift, together in lifts.items()}
        return {"kinds": self.kinds.tolist(), "weights": weights, "rare": self.rare, "lifts": terms}

    def log_odds(self, kinds: Places, features: Floats) -> Floats:
        """One for each term."""
        odds: Floats = self.kinds.ravel()[kinds] + features @ self.weights
        return odds


@dataclass(frozen=True, slots=True)
class Likelihood:
    """0 to 1 for each syllable and each pair of an article."""

    syllables: Floats
    pairs: Floats


@dataclass(frozen=True, slots=True)
class LikelihoodModel:
    """Tells what an editor would take up. Safe to share among threads."""

    syllables: TermModel
    pairs: TermModel

    def likelihood(self, article: ArticleTerms) -> Likelihood:
        """Of all that the article says."""
        odds = self.syllables.log_odds(*self.of_syllables(article))
        pair_odds = self.pairs.log_odds(*self.of_pairs(article, odds))
        return Likelihood(_probability(odds), _probability(pair_odds))

    def of_syllables(self, article: ArticleTerms) -> tuple[Places, Floats]:
        """Kind and features of each syllable."""
        lifts = np.array([self.syllables.lifts.get(name, self.syllables.rare) for name in article.names])
        return kinds_of(article.syllables), np.column_stack(_common(article.syllables, lifts))

    def of_pairs(self, article: ArticleTerms, odds: Floats) -> tuple[Places, Floats]:
        """Kind and features of each pair; ``odds``: the syllables' log-odds."""
        names, known, rare = article.names, self.pairs.lifts, self.pairs.rare
        both = zip(*(places.tolist() for places in article.both), strict=True)
        lifts = np.array([known.get(f"{names[one]} {names[other]}", rare) for one, other in both])
        first, second = (odds[places] for places in article.both)
        columns = [*_common(article.pairs, lifts), first + second, np.minimum(first, second)]
        return kinds_of(article.pairs), np.column_stack(columns)


def kinds_of(terms: Terms) -> Places:
    """The place of each term's kind in ``kinds``, read row by row."""
    count = np.searchsorted(COUNTS, terms.count)
    first = np.searchsorted(FIRSTS, terms.first)
    kinds: Places = (terms.in_title * KINDS[1] + count) * KINDS[2] + first
    return kinds


def _common(terms: Terms, lifts: Floats) -> list[NDArray[Any]]:
    spread = terms.spread
    article = np.full(len(lifts), np.log(max(terms.sentences, 1)))
    return [lifts, lifts * terms.in_title, lifts * np.log(terms.count), article, spread / max(terms.sentences, 1)]


def _probability(odds: Floats) -> Floats:
    probability: Floats = 1 / (1 + np.exp(-odds))
    return probability
