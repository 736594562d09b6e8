"""Whether a text that says nearly the same as another gives another fact: a number, a date, a name in one sentence.

So a report whose toll has risen is no copy of the one before, nor is today's bulletin of prices one of yesterday's. What
only one of them says, changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from machtin.fact_slots import NAME, NUMBER, Sentence, Slot, SlottedText, same_name

# Share of the words of the longer of two sentences from which they are one sentence, edited.
SAME_SENTENCE: Final = 0.6
# Shorter ones must have all words in common: "Mua vào: 36,50".
LEAST_WORDS: Final = 5
REST_OF_NAME: Final = 2
# "hơn 5.000" and "5.100" are no contradiction.
ROUNDING: Final = 0.1
# Lines of these alone tell when a page was made or seen.
_OF_PAGES: Final = frozenset(
    "thu chu nhat hai ba tu nam sau bay ngay thang luc gio gmt am pm cap dang luot xem binh luan chia se"
    " like tin id ma bai so".split()
)


def facts_changed(one: SlottedText, other: SlottedText) -> bool:
    """Whether some sentence stands in both texts with another number or name."""
    lines, other_lines = Counter(one.lines), Counter(other.lines)
    here = Counter(map(one.sentence, (lines - other_lines).elements()))
    there = Counter(map(other.sentence, (other_lines - lines).elements()))
    ours = [_Words.of(sentence) for sentence in (here - there).elements() if _tells(sentence)]
    theirs = [_Words.of(sentence) for sentence in (there - here).elements() if _tells(sentence)]
    return any(_differ(first, second) for first, second in _paired(ours, theirs))


class _Words(NamedTuple):
    sentence: Sentence
    words: frozenset[str]

    @classmethod
    def of(cls, sentence: Sentence) -> _Words:
        return cls(sentence, frozenset(slot.key for slot in sentence if slot.key not in (NUMBER, NAME)))


def _tells(sentence: Sentence) -> bool:
    words = {slot.key for slot in sentence}
    slots = any(slot.value is not None or slot.name for slot in sentence)
    return slots and not words - {NUMBER, NAME} <= _OF_PAGES


def _paired(ours: Sequence[_Words], theirs: Sequence[_Words]) -> Iterator[tuple[Sentence, Sentence]]:
    """Sentences that are one, edited; each in one pair at most, the most alike first."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(theirs):
        for word in one.words:
            holders[word].append(at)
    alike = []
    for at, one in enumerate(ours):
        for other, common in Counter(held for word in one.words for held in holders[word]).items():
            longer = max(len(one.words), len(theirs[other].words))
            if common >= (SAME_SENTENCE if longer >= LEAST_WORDS else 1.0) * longer:
                alike.append((-common / longer, -common, at, other))
    taken: tuple[set[int], set[int]] = set(), set()
    for _, _, at, other in sorted(alike):
        if at not in taken[0] and other not in taken[1]:
            taken[0].add(at)
            taken[1].add(other)
            yield ours[at].sentence, theirs[other].sentence


def _differ(one: Sentence, other: Sentence) -> bool:
    """Whether numbers or names that stand for each other differ, and neither sentence says the other's elsewhere."""
    matcher = SequenceMatcher(None, [slot.key for slot in one], [slot.key for slot in other], autojunk=False)
    opcodes = matcher.get_opcodes()
    for at, (tag, first, last, start, end) in enumerate(opcodes):
        if tag == "replace" and last - first == end - start == 1:
            if _numbers_differ(one[first], other[start], one, other):
                return True
        elif tag == "equal":
            for here, there in zip(range(first, last), range(start, end), strict=True):
                if one[here] == other[there]:
                    continue
                if one[here].key == NUMBER:
                    if last - first > 1 and _numbers_differ(one[here], other[there], one, other):
                        return True
                elif (
                    (here > first or here == start == 0)
                    and (here < last - 1 or _goes_on(opcodes, at))
                    and _names_differ(one[here], other[there], one, other)
                ):
                    return True
    return False


def _goes_on(opcodes: Sequence[tuple[str, int, int, int, int]], at: int) -> bool:
    """Whether both sentences end behind this stretch, or as few other words follow ("Bộ Y tế", "Bộ Công an")."""
    if at + 1 == len(opcodes):
        return True
    tag, first, last, start, end = opcodes[at + 1]
    return tag == "replace" and last - first == end - start <= REST_OF_NAME


def _numbers_differ(here: Slot, there: Slot, one: Sentence, other: Sentence) -> bool:
    return (
        here.value is not None
        and there.value is not None
        and not any(_same_number(here, said) for said in other)
        and not any(_same_number(there, said) for said in one)
    )


def _names_differ(here: Slot, there: Slot, one: Sentence, other: Sentence) -> bool:
    return (
        bool(here.name and there.name)
        and not any(said.name and same_name(here.name, said.name) for said in other)
        and not any(said.name and same_name(there.name, said.name) for said in one)
    )


def _same_number(one: Slot, other: Slot) -> bool:
    if one.value is None or other.value is None:
        return False
    larger, apart = max(abs(one.value), abs(other.value)), abs(one.value - other.value)
    if one.rounded or other.rounded:
        return apart <= ROUNDING * larger
    return apart < 1e-6 * larger or apart == 0.0 or _rounds(one, other) or _rounds(other, one)


def _rounds(rough: Slot, exact: Slot) -> bool:
    """Whether "1,2 triệu" is said for 1.234.567: two or more digits fewer, written in millions or thousands."""
    if not rough.scaled or rough.value is None or exact.value is None:
        return False
    digits = len(f"{rough.value:.6g}".replace(".", "").rstrip("0").partition("e")[0])
    finer = len(f"{exact.value:.12g}".replace(".", "").rstrip("0"))
    return finer >= digits + 2 and float(f"{exact.value:.{digits}g}") == rough.value
