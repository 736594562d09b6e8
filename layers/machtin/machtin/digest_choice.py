"""Which sentences make a digest: those that together have most of the pairs that a written one would have, each once.

Pairs of syllables stand for facts, and a fact counts when it is said first: the budgeted maximum coverage of Gillick
and Favre, "A scalable global model for summarization", 2009, taken greedily by what a sentence adds for its length.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# A written digest is shorter than there is room for by this; what is added beyond must be worth more than it dilutes.
WRITTEN: Final = 0.75
# What a sentence of one syllable is worth, which has no pair.
_NEARLY_NOTHING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Pool:
    """Sentences of all articles, lists of one length.

    ``pairs``: of each, by their index in ``likely``, which holds how likely each is to be written. ``lengths``: in
    syllables. ``antecedents``: the index of the sentence that one leans on, its own where there is none, None where it
    stands alone. ``fit``: whether it can be shown at all. ``alike``: how much of each of them the one at an index says
    by meaning, 0 to 1; None where that is not known.
    """

    pairs: Sequence[NDArray[np.intp]]
    likely: NDArray[np.float64]
    lengths: Sequence[int]
    antecedents: Sequence[int | None]
    fit: Sequence[bool]
    alike: Callable[[int], NDArray[np.float64]] | None = None


def chosen(pool: Pool, sentences: int | None, room: int | None) -> list[int]:
    """Indices in order: at most so many, of at most ``room`` syllables together.

    Where there is room, it ends before what would make it less like a digest that fills WRITTEN of it: the expected F1
    of its pairs must rise.
    """
    options = _options(pool)
    taken: list[int] = []
    if not options:
        return taken
    pairs, starts = _pairs_of(pool, options)
    left = np.append(pool.likely, _NEARLY_NOTHING)
    lengths = np.array(pool.lengths)
    first, last = (np.array(column) for column in zip(*((one[0], one[-1]) for one in options), strict=True))
    twins = _twins(pool)
    shown, again = np.zeros((2, len(lengths)), dtype=bool)
    said = np.zeros(len(lengths))
    expected, length = 0.0, 0
    while True:
        behind = (first != last) & ~shown[first]
        added = lengths[last] + np.where(behind, lengths[first], 0)
        gain = np.add.reduceat(left[pairs], starts) * (1 - said[last])
        # What was said word for word isn't shown again, not even for what leans on it there.
        fits = ~again[last] & ~(behind & again[first]) & (gain > 0)
        fits &= added <= (sys.maxsize if room is None else room) - length
        fits &= len(taken) + 1 + behind <= (sys.maxsize if sentences is None else sentences)
        if not fits.any():
            break
        best = int(np.where(fits, gain / added, -np.inf).argmax())
        if room is not None and taken:
            written = WRITTEN * room
            if (expected + gain[best]) / (length + added[best] + written) <= expected / (length + written):
                break
        expected, length = expected + float(gain[best]), length + int(added[best])
        for at in dict.fromkeys(options[best]):
            if not shown[at]:
                taken.append(at)
                shown[at] = True
                again[twins[pool.pairs[at].tobytes()]] = True
                left[pool.pairs[at] if len(pool.pairs[at]) else -1] = 0.0
                if pool.alike is not None:
                    said = np.maximum(said, pool.alike(at))
    return sorted(taken)


def _options(pool: Pool) -> list[tuple[int, ...]]:
    """What may be taken: a sentence that stands alone, or one that leans together with what it leans on."""
    options: list[tuple[int, ...]] = []
    for at, behind in enumerate(pool.antecedents):
        one = (at,) if behind is None else (behind, at)
        # What is leant on must stand alone; at the beginning of an article there is nothing to lean on.
        if behind != at and pool.antecedents[one[0]] is None and all(pool.fit[member] for member in one):
            options.append(one)
    return options or [(at,) for at in range(len(pool.fit))]


def _twins(pool: Pool) -> dict[bytes, list[int]]:
    """Sentences that have the same pairs, by these."""
    twins: dict[bytes, list[int]] = {}
    for at, own in enumerate(pool.pairs):
        twins.setdefault(own.tobytes(), []).append(at)
    return twins


def _pairs_of(pool: Pool, options: Sequence[tuple[int, ...]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pairs of all options one after the other, and where each option begins."""
    nothing = np.array([len(pool.likely)], dtype=np.intp)
    own = [np.unique(np.concatenate([pool.pairs[at] for at in one])) for one in options]
    rows = [row if len(row) else nothing for row in own]
    starts = np.cumsum([0, *(len(row) for row in rows[:-1])], dtype=np.intp)
    return np.concatenate(rows), starts
