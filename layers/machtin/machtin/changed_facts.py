"""Whether a text that says nearly the same as another gives another fact: a number, a date, a name in one sentence.

So a report whose toll has risen is no copy of the one before, nor is today's bulletin of prices one of yesterday's.
What only one of them says, changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Final, NamedTuple

from machtin.contradictions import EARLIER
from machtin.fact_slots import NAME, NUMBER, Name, Sentence, Slot, SlottedText, bare, part_of_name, same_name
from machtin.quantities import quantities

# Share of the words of the longer of two sentences from which they are one sentence, edited.
SAME_SENTENCE: Final = 0.6
MAYBE_SAME: Final = 0.4
# Shorter ones must have all words in common: "Mua vào: 36,50".
LEAST_WORDS: Final = 5
# Long tables of the same words would make one of each two lines.
MOST_PAIRS: Final = 4_000
# "hơn 5.000" and "5.100" are no contradiction.
ROUNDING: Final = 0.1
_FATES: Final = re.compile(r"chết|thương|tử|thiệt|tích")
_RISEN: Final = re.compile(r"\b(?:tăng|nâng) (?:[^.;]{0,60} )?lên\b")
# Lines of these alone tell when a page was made or seen.
_OF_PAGES: Final = frozenset(
    "thu chu nhat hai ba tu nam sau bay ngay thang luc gio gmt am pm cap dang luot xem binh luan chia se"
    " like tin id ma bai so".split()
)


def facts_changed(one: SlottedText, other: SlottedText) -> bool:
    """Whether some sentence stands in both texts with another number or name, or each tells of another toll."""
    own, others = _only(one.lines, other.lines), _only(other.lines, one.lines)
    plain, plain_there = dict(zip(own, bare(own), strict=True)), dict(zip(others, bare(others), strict=True))
    own, others = _only(own, others, plain, plain_there), _only(others, own, plain_there, plain)
    if not own or not others:
        return False
    alike = (
        (one.sentence(own[at]), other.sentence(others[place]), (at, place))
        for at, place in islice(
            _alike([plain[line] for line in own], [plain_there[line] for line in others]), MOST_PAIRS
        )
    )
    if any(_differ(first, second) for first, second in _paired(alike)):
        return True
    return _tolls_differ(_tolls(own), _tolls(others), set(one.lines) - set(own))


def _only(
    ours: Sequence[str],
    theirs: Sequence[str],
    plain: Mapping[str, str] | None = None,
    plain_there: Mapping[str, str] | None = None,
) -> list[str]:
    """The sentences of ours that are none of theirs, as they are or in their plainest spelling."""
    said = Counter(theirs if plain_there is None else map(plain_there.__getitem__, theirs))
    left = []
    for line in ours:
        spelt = line if plain is None else plain[line]
        if said[spelt] > 0:
            said[spelt] -= 1
        else:
            left.append(line)
    return left


def _alike(ours: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of sentences that may be one: by words, names among them, before anything is read."""
    own, others = (
        [{word for word in line.split() if not word[0].isdigit()} for line in side] for side in (ours, theirs)
    )
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(others):
        for word in words:
            holders[word].append(at)
    for at, words in enumerate(own):
        for place, common in Counter(held for word in words for held in holders[word]).items():
            if common >= MAYBE_SAME * max(len(words), len(others[place])):
                yield at, place


def _paired(alike: Iterable[tuple[Sentence, Sentence, tuple[int, int]]]) -> Iterator[tuple[Sentence, Sentence]]:
    """Sentences that are one, edited; each in one pair at most, the most alike first."""
    found = []
    for one, other, places in alike:
        words, said = (frozenset(slot.key for slot in sentence) - {NUMBER, NAME} for sentence in (one, other))
        longer, common = max(len(words), len(said)), len(words & said)
        if common >= (SAME_SENTENCE if longer >= LEAST_WORDS else 1.0) * longer and not words <= _OF_PAGES:
            found.append((-common / max(longer, 1), -common, places, one, other))
    taken: tuple[set[int], set[int]] = set(), set()
    for _, _, (here, there), one, other in sorted(found, key=lambda pair: pair[:3]):
        if here not in taken[0] and there not in taken[1]:
            taken[0].add(here)
            taken[1].add(there)
            yield one, other


class _Toll(NamedTuple):
    value: float
    rounded: bool
    risen: bool


def _tolls(lines: Iterable[str]) -> dict[str, set[_Toll]]:
    """What became of how many people, of earlier events apart."""
    told: defaultdict[str, set[_Toll]] = defaultdict(set)
    for line in lines:
        if _FATES.search(line) and not EARLIER.search(line):
            risen = _RISEN.search(line) is not None
            for said in quantities(line):
                if said.of_people:
                    told[said.about].add(_Toll(said.value, said.rounded, risen))
    return told


def _tolls_differ(ours: dict[str, set[_Toll]], theirs: dict[str, set[_Toll]], common: Iterable[str]) -> bool:
    """Whether each text has one number alone for what became of people, or one tells of a risen one, however told."""
    both = ours.keys() & theirs.keys()
    shared = _tolls(common) if both else {}
    for about in both:
        values = [{said.value for said in told[about]} for told in (ours, theirs)]
        known = {said.value for said in shared.get(about, ())}
        alone = len(values[0]) == len(values[1]) == 1 and not known
        if values[0] != values[1] and alone and not _one_rounded(ours[about] | theirs[about]):
            return True
        risen = [{said.value for said in told[about] if said.risen} for told in (ours, theirs)]
        if risen[0] - values[1] - known or risen[1] - values[0] - known:
            return True
    return False


def _one_rounded(told: Iterable[_Toll]) -> bool:
    """Whether one number may be the other, rounded."""
    values = [said.value for said in told]
    return any(said.rounded for said in told) and max(values) - min(values) <= ROUNDING * max(values)


class _Own(NamedTuple):
    """The numbers and names that one of two sentences says oftener than the other does."""

    numbers: Counter[float]
    names: Counter[Name]

    @classmethod
    def of(cls, one: Sentence, other: Sentence) -> _Own:
        return cls(_numbers(one) - _numbers(other), _names(one) - _names(other))


def _numbers(sentence: Sentence) -> Counter[float]:
    return Counter(slot.value for slot in sentence if slot.value is not None)


def _names(sentence: Sentence) -> Counter[Name]:
    return Counter(slot.name for slot in sentence if slot.name)


def _differ(one: Sentence, other: Sentence) -> bool:
    """Whether numbers or names that stand for each other differ, and neither sentence says the other's elsewhere."""
    matcher = SequenceMatcher(None, [slot.key for slot in one], [slot.key for slot in other], autojunk=False)
    ours, theirs = _Own.of(one, other), _Own.of(other, one)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "replace" and last - first == end - start == 1:
            if _numbers_differ(one[first], other[start], ours, theirs):
                return True
        elif tag == "equal":
            for here, there in zip(range(first, last), range(start, end), strict=True):
                # What stands on both sides of a name tells that the same is meant; beside a number one side does.
                before = here > first or here == there == 0
                behind = here < last - 1 or (here == len(one) - 1 and there == len(other) - 1)
                if (before or behind) and _numbers_differ(one[here], other[there], ours, theirs):
                    return True
                if before and behind and _names_differ(one[here].name, other[there].name, ours, theirs):
                    return True
    return False


def _numbers_differ(here: Slot, there: Slot, ours: _Own, theirs: _Own) -> bool:
    return (
        here.value is not None
        and there.value is not None
        and ours.numbers[here.value] > 0
        and theirs.numbers[there.value] > 0
        and not _same_number(here, there)
    )


def _names_differ(here: Name, there: Name, ours: _Own, theirs: _Own) -> bool:
    return (
        ours.names[here] > 0
        and theirs.names[there] > 0
        and not same_name(here, there)
        and not any(part_of_name(here, said) for said in theirs.names)
        and not any(part_of_name(there, said) for said in ours.names)
    )


def _same_number(one: Slot, other: Slot) -> bool:
    if one.value is None or other.value is None:
        return False
    larger, apart = max(one.value, other.value), abs(one.value - other.value)
    if one.hedge != other.hedge:
        return apart <= ROUNDING * larger
    return apart <= 1e-6 * larger or _rounds(one, other) or _rounds(other, one)


def _rounds(rough: Slot, exact: Slot) -> bool:
    """Whether "1,2 triệu" is said for 1.234.567: two or more digits fewer, written in millions or thousands."""
    if not rough.scaled or rough.value is None or exact.value is None:
        return False
    digits = len(f"{rough.value:.6g}".replace(".", "").rstrip("0").partition("e")[0])
    finer = len(f"{exact.value:.12g}".replace(".", "").rstrip("0"))
    return finer >= digits + 2 and float(f"{exact.value:.{digits}g}") == rough.value
