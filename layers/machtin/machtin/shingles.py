"""Runs of four syllables, read from many texts at once: what texts are compared by to see whether one copies the other.

Broder (1997), "On the resemblance and containment of documents". Letters are looked up in a table and words hashed by
array arithmetic, some twenty times as fast as syllable by syllable.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.vietnamese import canonical, fold

Shingles = NDArray[np.uint32]

LENGTH: Final = 4
_CODES: Final = 1 << 16
# What a code point stands for beside letters: nothing at all, the end of a syllable, of a sentence, of a text.
_DROPPED: Final = 0xFFFF
_SPACE, _STOP, _END = 0, 1, 2
_STOPS: Final = "\n\r.!?…。"
# From here on each sign stands for itself.
_SYMBOLS: Final = 0x3040
_LONGEST: Final = 48
_FACTOR: Final = np.uint32(0x9E3779B1)
_PLACES: Final = (0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F, 0x165667B1)
_SAMPLED: Final = np.uint32(1 << 29)
_LEAST_SAMPLED: Final = 0.25
# Too few to judge by.
_FEW: Final = 6
_NONE: Final = np.empty(0, dtype=np.uint32)


def shingles(texts: Sequence[str]) -> list[Shingles]:
    """Of each text the hashes of its runs of four folded syllables inside a sentence, distinct and in order.

    Diacritics, case, Unicode form, signs and white space make no difference. The order of sentences makes none either.
    """
    codes, ends = _folded(texts)
    lettered = codes > _END
    starts = np.flatnonzero(lettered[1:] > lettered[:-1]).astype(np.int32) + np.int32(1)
    if len(starts) < LENGTH:
        return [_NONE for _ in texts]
    syllables = np.add.reduceat(_weighted(codes, starts), starts - starts[0])
    syllables ^= syllables >> np.uint32(15)
    runs = np.zeros(len(starts) - LENGTH + 1, dtype=np.uint32)
    for at, factor in enumerate(_PLACES):
        runs += syllables[at : at + len(runs)] * np.uint32(factor)
    runs ^= runs >> np.uint32(16)
    stops = np.cumsum((codes == _STOP) | (codes == _END), dtype=np.int32)[starts]
    whole = stops[: len(runs)] == stops[LENGTH - 1 :]
    bounds = np.searchsorted(starts[: len(runs)][whole], ends).tolist()
    runs = runs[whole]
    return [_distinct(runs[first:last]) for first, last in pairwise((0, *bounds))]


def shared(one: Shingles, other: Shingles) -> int:
    """How many shingles two texts have in common."""
    both = np.concatenate((one, other))
    both.sort()
    return int(np.count_nonzero(both[1:] == both[:-1]))


def pairs_sharing(texts: Sequence[Shingles]) -> list[tuple[int, int]]:
    """Pairs of texts, by their places, that may have a half of the shorter one's shingles in common; few others.

    Judged by the eighth of the shingles with the smallest hashes, as MinHash does (Broder); short texts always may.
    """
    samples = [own[: np.searchsorted(own, _SAMPLED)].tolist() for own in texts]
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for at, sample in enumerate(samples):
        for one in sample:
            holders[one].append(at)
    common = Counter(pair for held in holders.values() if len(held) > 1 for pair in combinations(held, 2))
    few = [at for at, sample in enumerate(samples) if len(sample) < _FEW]
    common.update({(min(at, other), max(at, other)): _FEW for at in few for other in range(len(texts)) if at != other})
    return sorted(
        pair
        for pair, count in common.items()
        if count >= _LEAST_SAMPLED * min(len(samples[pair[0]]), len(samples[pair[1]]))
    )


def _weighted(codes: NDArray[np.uint16], starts: NDArray[np.int32]) -> Shingles:
    """From the first syllable on, each letter times the factor of its place in its syllable; 0 between syllables."""
    place = np.arange(starts[0], len(codes), dtype=np.int32)
    place -= np.repeat(starts, np.diff(starts, append=np.int32(len(codes))))
    weighted = _powers().take(place, mode="clip")
    letters = codes[starts[0] :]
    weighted *= np.where(letters > _END, letters, np.uint16(0))
    return weighted


def _distinct(runs: Shingles) -> Shingles:
    ordered = np.sort(runs)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def _folded(texts: Sequence[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """An end, then the code points of all texts, folded, an end behind each text; and where those lie."""
    joined = "\0".join(("", *texts, ""))
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = _table().take(points, mode="clip")
    ends = np.cumsum([len(text) + 1 for text in texts], dtype=np.int64)
    codes[0] = codes[ends] = _END
    kept = codes != _DROPPED
    if kept.all():
        return codes, ends
    return codes[kept], np.cumsum(kept)[ends] - 1


@cache
def _powers() -> Shingles:
    powers = np.full(_LONGEST, _FACTOR)
    powers[0] = 1
    return np.multiply.accumulate(powers)


@cache
def _table() -> NDArray[np.uint16]:
    table = np.arange(_CODES, dtype=np.uint16)
    table[:_SYMBOLS] = table[0xD800:0xF900] = table[0xFE00:] = _SPACE
    for code in (*range(_SYMBOLS), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xFF01, 0xFF5F)):
        sign = chr(code)
        letter = (fold(sign) if code < 0x370 or 0x1E00 <= code < 0x1F00 or code > _SYMBOLS else sign.lower())[:1]
        if letter.isalnum():
            table[code] = ord(letter)
        elif unicodedata.combining(sign) or not canonical(sign):
            table[code] = _DROPPED
    for stop in _STOPS:
        table[ord(stop)] = _STOP
    return table
