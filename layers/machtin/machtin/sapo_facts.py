"""What of an event only sapos tell: sentences with a number that no body gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from machtin.quantities import quantities
from machtin.summary_candidates import Candidate
from machtin.summary_novelty import Pair, pairs_of

# A sentence of which less is new says again what a body says, with one number more.
LEAST_NEW: Final = 0.3


@dataclass(frozen=True, slots=True)
class _Fact:
    """A sentence of the sapo of an article, by its index, with its pairs of syllables and what it counts."""

    article: int
    sentence: Candidate
    pairs: set[Pair]
    counts: set[float]

    def tells(self, known: set[Pair], numbers: set[float]) -> bool:
        """Whether it has a number that is not among these, and is new enough besides."""
        return not self.counts <= numbers and len(self.pairs - known) >= LEAST_NEW * len(self.pairs)


def only_in_sapos(
    sapos: Sequence[Sequence[Candidate]], offered: Sequence[Sequence[Candidate]], room: int | None, most: int | None
) -> list[tuple[int, Candidate]]:
    """Sentences of the sapos, each with the index of its article and with a number of its own.

    ``offered``: what each article's digest is chosen from, its body or else its sapo. What says most that is new comes
    first. At most ``most``, of at most ``room`` syllables together.
    """
    told = list(chain.from_iterable(offered))
    known = pairs_of(one.tokens for one in told)
    numbers = {number for one in told for number in (*_counts(one), *_figures(one))}
    facts = [
        _Fact(at, one, pairs_of([one.tokens]), _counts(one))
        for at, own in enumerate(sapos)
        for one in own
        if offered[at] and one.fit and not one.leans and not one.discount
    ]
    found: list[tuple[int, Candidate]] = []
    while most is None or len(found) < most:
        # What once fits no more, or tells nothing, never will.
        facts = [
            one for one in facts if (room is None or len(one.sentence.tokens) <= room) and one.tells(known, numbers)
        ]
        if not facts:
            break
        best = max(facts, key=lambda one: len(one.pairs - known))
        found.append((best.article, best.sentence))
        known |= best.pairs
        numbers |= best.counts | _figures(best.sentence)
        room = None if room is None else room - len(best.sentence.tokens)
    return found


def _counts(one: Candidate) -> set[float]:
    return {quantity.value for quantity in quantities(one.sentence.text)}


def _figures(one: Candidate) -> set[float]:
    """The figures that stand for themselves."""
    return {float(token) for token in one.tokens if token.isdecimal()}
