"""What a reader meant who struck wrong keys: words near to those typed that stand together in the index.

A noisy channel (Kernighan, Church and Gale 1990, "A spelling correction program based on a noisy channel model"): each
word's likely slips, weighed against how often the index has the words, alone and beside each other. Words are compared
without marks here; which marks belong to them is read from the articles found. Nothing is kept in memory: the nearest
spellings of a word are made, and the index is asked which of them it has.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from machtin.keystrokes import decoded, is_plain_tone
from machtin.orthography import is_folded_syllable
from machtin.vietnamese import fold

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Costs of a slip: natural logarithms of how much rarer it is than a word typed right, judged by what is suggested for
# titles that are right and for titles that were spoilt (docs/decisions/0019-typing.md).
TWISTED: Final = 5.0
DOUBLED: Final = 5.0
NEIGHBOUR: Final = 5.5
MARKS: Final = 3.5
LEFT_OUT: Final = 5.5
RUN_TOGETHER: Final = 6.0
OTHER: Final = 7.0
KEYSTROKES: Final = 2.0
TONE_KEY: Final = 4.0
# How much a pair of neighbours tells, beside the frequency of a word alone.
TOGETHER: Final = 0.9
# A word that is in no article is as frequent as if so much of one had it, of so many at least: that a small archive
# hasn't seen a syllable tells little; of what is no syllable at all, or of marks that all others write otherwise, more.
UNSEEN: Final = 0.3
LEAST_ARCHIVE: Final = 1_000
NO_SYLLABLE: Final = 100_000
LEAST_SPELT: Final = 100
# The least by which what was meant must be likelier than what was typed.
MARGIN: Final = 2.0
# Shorter words are anything's neighbours; longer ones than this nobody types.
SHORTEST: Final = 2
LONGEST: Final = 20
# Foreign words and names, which no shape tells, from so many letters.
LONG_WORD: Final = 5
# Candidates for one word, and words that are looked at: a query with more slips says nothing.
MOST_CANDIDATES: Final = 12
MOST_SUSPECTS: Final = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one word may have been meant as: ``folded``, two words parted by a space where they ran together.

    ``seen``: articles that have it; ``chance``: that of meeting it in one; ``share``: of its spellings the one typed.
    """

    folded: str
    cost: float
    seen: float
    chance: float
    share: float = 1.0


Occurrences = Callable[[Sequence[str]], list[int]]


def meant(words: Sequence[str], suspects: Sequence[bool], articles: int, occurrences: Occurrences) -> list[str | None]:
    """For each word what was meant, without marks, None where that is the word itself.

    Only suspects may have been meant otherwise. ``articles`` is how many there are, ``occurrences`` tells how many of
    them have a word, or a pair; it is asked twice.
    """
    if not (0 < sum(suspects) <= MOST_SUSPECTS and articles):
        return [None] * len(words)
    slips = [_slips(word) if suspect else {} for word, suspect in zip(words, suspects, strict=True)]
    asked = list(dict.fromkeys([*words, *map(fold, words), *(one for costs in slips for one in costs)]))
    seen = dict(zip(asked, occurrences(asked), strict=True))
    choices = [_choices(word, costs, seen, articles) for word, costs in zip(words, slips, strict=True)]
    if all(len(some) == 1 for some in choices):
        return [None] * len(words)
    pairs = {
        f"{_last(left.folded)} {_first(right.folded)}"
        for lefts, rights in pairwise(choices)
        for left in lefts
        for right in rights
    }
    beside = dict(zip(pairs, occurrences(list(pairs)), strict=True))
    for at, some in enumerate(choices):
        around = [f"{one[0].folded} {other[0].folded}" for one, other in pairwise(choices[max(0, at - 1) : at + 2])]
        if not any(beside.get(pair) for pair in around):
            # What nobody writes beside these words may well be spelt as nobody else spells it.
            some[0] = replace(some[0], share=math.sqrt(some[0].share))
    best, typed = _likeliest(choices, beside), _likeliest([some[:1] for some in choices], beside)
    if best[0] - typed[0] < MARGIN:
        return [None] * len(words)
    return [None if chosen is some[0] else chosen.folded for chosen, some in zip(best[1], choices, strict=True)]


def _choices(word: str, costs: dict[str, float], seen: dict[str, int], articles: int) -> list[Candidate]:
    """The word as it was typed first, then what it may have been meant as."""
    bare = fold(word)
    if seen[bare]:
        spelt = seen[word] or UNSEEN * seen[bare] / max(seen[bare], LEAST_SPELT)
        typed = Candidate(bare, 0.0, seen[bare], seen[bare] / articles, min(1.0, spelt / seen[bare]))
    else:
        archive = max(articles, LEAST_ARCHIVE) if is_folded_syllable(bare) else NO_SYLLABLE
        typed = Candidate(bare, 0.0, UNSEEN, UNSEEN / archive)
    others = [
        Candidate(one, cost, count, count / articles)
        for one, cost in costs.items()
        if (count := seen[one]) > seen[word]
    ]
    others.sort(key=lambda one: (one.cost - math.log(one.seen), one.folded))
    return [typed, *others[:MOST_CANDIDATES]]


def _likeliest(choices: Sequence[Sequence[Candidate]], beside: dict[str, int]) -> tuple[float, list[Candidate]]:
    """The likeliest way through the choices (Viterbi), with its log-probability."""
    ways: list[tuple[float, list[Candidate]]] = [(0.0, [])]
    for some in choices:
        reached: list[tuple[float, list[Candidate]]] = []
        for one in some:
            scored = []
            for score, way in ways:
                chance = one.chance
                if way:
                    together = beside.get(f"{_last(way[-1].folded)} {_first(one.folded)}", 0)
                    chance = TOGETHER * min(1.0, together / way[-1].seen) + (1 - TOGETHER) * chance
                scored.append((score + math.log(chance * one.share) - one.cost, [*way, one]))
            reached.append(max(scored, key=lambda pair: pair[0]))
        ways = reached
    return max(ways, key=lambda pair: pair[0])


def _slips(word: str) -> dict[str, float]:
    """Words without marks that one slip makes into this one, and what each slip costs."""
    bare = fold(word)
    costs: dict[str, float] = {}
    if not (SHORTEST <= len(bare) <= LONGEST and bare.isascii() and bare.isalpha()):
        return {fold(read): KEYSTROKES} if (read := decoded(word)) else {}
    for one, cost in _edits(bare):
        if (is_folded_syllable(one) or len(one) >= LONG_WORD) and cost < costs.get(one, math.inf):
            costs[one] = cost
    for at in range(2, len(bare) - 1):
        if is_folded_syllable(bare[:at]) and is_folded_syllable(bare[at:]):
            costs[f"{bare[:at]} {bare[at:]}"] = RUN_TOGETHER
    costs.pop(bare, None)
    if word != bare:
        costs[bare] = MARKS
    if read := decoded(word):
        costs[fold(read)] = TONE_KEY if is_plain_tone(word) else KEYSTROKES
    return costs


def _edits(bare: str) -> Iterator[tuple[str, float]]:
    """What one slip would have to be undone for: a letter more, two letters twisted, a wrong letter, a letter less."""
    for at in range(len(bare)):
        before, letter, after = bare[:at], bare[at], bare[at + 1 :]
        near = _NEAR.get(letter, "")
        yield before + after, DOUBLED if after[:1] == letter or (before and before[-1] in near) else OTHER
        if after and after[0] != letter:
            yield before + after[0] + letter + after[1:], TWISTED
        for other in LETTERS:
            if other != letter:
                yield before + other + after, NEIGHBOUR if other in near else OTHER
    for at in range(len(bare) + 1):
        for other in LETTERS:
            yield bare[:at] + other + bare[at:], LEFT_OUT


def _neighbours() -> dict[str, str]:
    """The keys around each key of the usual keyboard."""
    places = {key: (row, at + row / 2) for row, keys in enumerate(_KEYBOARD) for at, key in enumerate(keys)}
    return {
        key: "".join(one for one, (r, c) in places.items() if one != key and abs(r - row) <= 1 and abs(c - column) <= 1)
        for key, (row, column) in places.items()
    }


_NEAR: Final = _neighbours()


def _first(folded: str) -> str:
    return folded.partition(" ")[0]


def _last(folded: str) -> str:
    return folded.rpartition(" ")[2]
