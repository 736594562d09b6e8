"""What of an event only sapos tell: sentences with a number that no body gives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Final

from machtin.quantities import quantities
from machtin.summary_candidates import Candidate
from machtin.summary_novelty import pairs_of

# A sentence of which less is new says again what a body says, with one number more.
LEAST_NEW: Final = 0.3


def only_in_sapos(
    sapos: Sequence[Sequence[Candidate]], bodies: Sequence[Sequence[Candidate]], room: int | None, most: int | None
) -> list[tuple[int, Candidate]]:
    """Sentences of the sapos, each with the index of its article: the newest first, each with a number of its own.

    At most ``most``, of at most ``room`` syllables together.
    """
    told = list(chain.from_iterable(bodies))
    known, numbers = pairs_of(one.tokens for one in told), _numbers(told)
    offered = [
        (at, one)
        for at, own in enumerate(sapos)
        for one in own
        if bodies[at] and one.fit and not one.leans and not one.discount
    ]
    found: list[tuple[int, Candidate]] = []
    while offered and (most is None or len(found) < most):
        new = [(one, len(pairs_of([one[1].tokens]) - known)) for one in offered if _fits(one[1], room)]
        new = [(one, count) for one, count in new if _tells(one[1], count, numbers)]
        if not new:
            break
        best, _ = max(new, key=lambda pair: pair[1])
        offered.remove(best)
        found.append(best)
        known |= pairs_of([best[1].tokens])
        numbers |= _numbers([best[1]])
        room = None if room is None else room - len(best[1].tokens)
    return found


def _fits(one: Candidate, room: int | None) -> bool:
    return room is None or len(one.tokens) <= room


def _tells(one: Candidate, new: int, numbers: Collection[float]) -> bool:
    """Whether it has a number that is not among these, and is new enough besides."""
    pairs = pairs_of([one.tokens])
    return new >= LEAST_NEW * len(pairs) and any(
        quantity.value not in numbers for quantity in quantities(one.sentence.text)
    )


def _numbers(told: Iterable[Candidate]) -> set[float]:
    """All that is counted, and all figures that stand for themselves."""
    found = set()
    for one in told:
        found |= {quantity.value for quantity in quantities(one.sentence.text)}
        found |= {float(token) for token in one.tokens if token.isdecimal()}
    return found
