"""Which sentences make a summary: the best by their scores that each say something new and stand where they are put.

Of a length asked for, the choice is maximal marginal relevance (Carbonell & Goldstein, 1998); else it is the one or two
sentences that are worth most together. It knows nothing of articles: sentences of several may be offered together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from machtin.summary_features import total_weight

# A sentence of which so much has been said already is a repeat: it comes after every other, whatever its score.
_REPEAT: Final = 0.9
_BEHIND_ALL: Final = 100.0
_NEVER: Final = -np.inf
# Without a length asked for: so many of the best sentences are weighed alone, so many of these in twos, and so many of
# the sentences that lean, each with what it leans on.
ALONE: Final = 6
IN_TWOS: Final = 5
LEANING: Final = 2


@dataclass(frozen=True, slots=True)
class Selection:
    """How sentences are chosen by score."""

    redundancy: float
    """Lost by a sentence that says nothing new beside those already chosen, in proportion to what it repeats."""


Sets = Sequence[tuple[int, int]]
"""Two sentences each, in the order of the text, or one named twice."""
Together = Callable[[Sets], NDArray[np.float64]]
"""How good a summary each set would make."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Sentences to choose from, all lists of one length; syllables of each in ``tokens``.

    ``antecedents``: the index of the sentence that one leans on, its own where there is none, None where it stands
    alone. ``fit``: whether it can be shown at all.
    """

    tokens: Sequence[Sequence[str]]
    scores: NDArray[np.float64]
    antecedents: Sequence[int | None]
    fit: Sequence[bool]


Leaning = Literal["with antecedent", "never"]


class Choice:
    """Takes sentences one by one, each time the one that is worth most beside those already taken.

    One that leans is taken when its antecedent has been, or together with it; never, where each must stand alone.
    """

    def __init__(
        self,
        offer: Offer,
        selection: Selection,
        weights: Mapping[str, float],
        *,
        leaning: Leaning = "with antecedent",
        fall_back: bool = True,
    ) -> None:
        """``fall_back``: where no sentence can be shown, all are; else nothing is taken."""
        self.taken: list[int] = []
        self._tokens = [tuple(own) for own in offer.tokens]
        self._scores = offer.scores
        self._selection = selection
        self._weights = weights
        self._distinct: list[AbstractSet[str]] = [frozenset(own) for own in offer.tokens]
        self._totals = [total_weight(distinct, weights) for distinct in self._distinct]
        self._lengths = np.array([len(own) for own in offer.tokens], dtype=np.int64)
        self._said = np.zeros(len(offer.tokens))  # how much of each sentence those already taken say
        self._fit = np.array(offer.fit, dtype=bool)
        own = np.arange(len(offer.tokens))
        self._antecedents = np.array([-1 if one is None else one for one in offer.antecedents], dtype=np.int64)
        self._alone = self._antecedents < 0
        # Beside its antecedent a sentence stands, unless that one leans too or can't be shown.
        behind = np.maximum(self._antecedents, 0)
        self._pairs = ~self._alone & (behind != own) & self._alone[behind] & self._fit[behind] & self._fit
        if leaning == "never":
            self._pairs[:] = False
        if fall_back and not (self._fit & (self._alone | self._pairs)).any():
            self._fit[:], self._alone[:], self._pairs[:] = True, True, False

    def take_usual(self, together: Together) -> None:
        """The one or two sentences that make the best summary."""
        sets = self.sets()
        for at in sorted(set(sets[int(together(sets).argmax())])) if sets else ():
            self._take(at)

    def sets(self) -> Sets:
        """What is worth weighing for ``take_usual``, by the scores of single sentences."""
        worth = self._worth()
        alone = self._best(np.flatnonzero(self._fit & self._alone), worth)
        leaning = self._best(np.flatnonzero(self._pairs), (worth + worth[self._antecedents]) / 2)
        # What is said again word for word is weighed once.
        distinct: dict[tuple[str, ...], int] = {}
        for at in alone:
            distinct.setdefault(self._tokens[at], at)
        first = list(distinct.values())
        return [
            *((at, at) for at in first[:ALONE]),
            *((min(two), max(two)) for two in combinations(first[:IN_TWOS], 2)),
            *((int(self._antecedents[at]), at) for at in leaning[:LEANING]),
        ]

    def take_up_to(self, sentences: int | None, syllables: int | None) -> None:
        """Sentences within both limits, until no other fits; repeats only where they are needed for the number."""
        most = len(self._scores) if sentences is None else sentences
        room = sys.maxsize if syllables is None else syllables
        repeats = sentences is not None
        while len(self.taken) < most and self._take_best(most - len(self.taken), room, repeats=repeats):
            room = (sys.maxsize if syllables is None else syllables) - int(self._lengths[self.taken].sum())

    def _worth(self) -> NDArray[np.float64]:
        worth = self._scores - self._selection.redundancy * self._said
        worth[self._said >= _REPEAT] -= _BEHIND_ALL
        worth[self.taken] = _NEVER
        return worth

    @staticmethod
    def _best(offered: Iterable[int], worth: NDArray[np.float64]) -> list[int]:
        return sorted(map(int, offered), key=lambda at: -worth[at])

    def _take_best(self, count: int, room: int, *, repeats: bool = True) -> bool:
        """Take what is worth most: one sentence, or one and its antecedent at the mean of their worths."""
        worth = self._worth()
        if not repeats:
            worth[self._said >= _REPEAT] = _NEVER
        behind = np.maximum(self._antecedents, 0)
        stands = self._alone.copy()
        stands |= self._pairs & np.isin(behind, self.taken)
        single = np.where(self._fit & stands & (self._lengths <= room), worth, _NEVER)
        best = int(single.argmax())
        if count > 1:
            both = np.where(self._pairs & ~stands, (worth + worth[behind]) / 2, _NEVER)
            both[self._lengths + self._lengths[behind] > room] = _NEVER
            pair = int(both.argmax())
            if both[pair] > single[best]:
                self._take(int(behind[pair]))
                self._take(pair)
                return True
        if single[best] == _NEVER:
            return False
        self._take(best)
        return True

    def _take(self, at: int) -> None:
        self.taken.append(at)
        for other in [other for other, own in enumerate(self._tokens) if other != at and own == self._tokens[at]]:
            # The same words again say nothing, and what leans on them there has no place here.
            self._fit[other] = self._pairs[other] = False
            self._pairs[self._antecedents == other] = False
        for other, distinct in enumerate(self._distinct):
            lighter = min(self._totals[at], self._totals[other])
            common = total_weight(self._distinct[at] & distinct, self._weights)
            self._said[other] = max(self._said[other], common / lighter if lighter else 0.0)
