"""Numbers that several articles give differently for what seems to be the same thing.

Rather miss one than show two numbers that count different things: a sentence that tells of earlier times says nothing
here, neither does an article that has more than one number for a thing otherwise, and the sentences must be alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from machtin.quantities import Quantity, quantities
from machtin.sentence_scope import dates, periods, places
from machtin.summary_candidates import Candidate
from machtin.summary_features import total_weight
from machtin.vietnamese import canonical, syllables

# How much of the lighter sentence the other must say, without their numbers. What became of people is said in so many
# ways that little is asked; that two tell of "ngôi nhà" says nothing by itself.
ALIKE_OF_PEOPLE: Final = 0.25
ALIKE: Final = 0.6
# Of things also between commas, where there are so many words there.
LEAST_CLAUSE: Final = 5.0
# What an article counts oftener, such as prices, is a list: no one number of it is that of the event.
LISTED: Final = 8
# "hơn 5.000" and "5.100" don't contradict each other.
ROUNDING: Final = 0.1
# "Năm ngoái, 12 người chết …": told to compare, not of the event.
EARLIER: Final = re.compile(
    r"\b(?:hồi|trong) (?:tháng|năm)\b|\bnăm (?:ngoái|trước|nay|\d{4})|\btrước (?:đó|đây)\b|\b(?:tháng|tuần) trước\b"
    r"|\b(?:một|hai|ba|bốn|\d+) năm (?:trước|nay)\b|\b(?:mỗi|hàng|hằng) (?:năm|ngày|tháng)\b"
    r"|\b(?:từng|trung bình|kể từ|nếu|có thể|tối đa|sức chứa|dự kiến|kế hoạch|mục tiêu|chỉ tiêu|phấn đấu)\b"
    r"|\b(?:bị phạt|theo luật|bộ luật|nghị định)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A quantity, the article that has it (by its place in the order of time) and its sentence there."""

    article: int
    place: int
    sentence: Candidate
    quantity: Quantity


def contradictions(
    articles: Sequence[Sequence[Candidate]], weights: Mapping[str, float]
) -> dict[str, list[list[Said]]]:
    """What is said differently → who says each number: lists of one number each, and in them, in order of articles.

    Args:
        articles: the sentences of each, first published first.
        weights: how much a frequent syllable says, 0 to 1; any that is absent weighs 1.
    """
    comparison = _Comparison(articles, weights)
    found: dict[str, list[list[Said]]] = {}
    for about, said in _comparable(articles).items():
        differing = [one for one in said if any(comparison.contradict(one, other) for other in said)]
        numbers: dict[float, Said] = {}
        reports: defaultdict[float, list[Said]] = defaultdict(list)
        for one in differing:
            first = numbers.setdefault(one.quantity.value, one)
            if one is first or one.article not in {said.article for said in reports[one.quantity.value]}:
                reports[one.quantity.value].append(one)
        if len(reports) > 1:
            found[about] = list(reports.values())
    return found


def _comparable(articles: Sequence[Sequence[Candidate]]) -> dict[str, list[Said]]:
    """By what is counted, what the articles say of it; of people only where an article has one number alone."""
    by_subject: defaultdict[str, list[Said]] = defaultdict(list)
    for at, offered in enumerate(articles):
        own: defaultdict[str, list[Said]] = defaultdict(list)
        for place, sentence in enumerate(offered):
            if not EARLIER.search(sentence.sentence.text):
                told = quantities(sentence.sentence.text)
                counted = Counter(one.about for one in told)
                for quantity in told:
                    if quantity.of_people or counted[quantity.about] == 1:
                        own[quantity.about].append(Said(at, place, sentence, quantity))
        for about, said in own.items():
            if not said[0].quantity.of_people:
                if len(said) <= LISTED:
                    by_subject[about] += [one for one in said if one.sentence.fit]
            elif said[0].sentence.fit and len({one.quantity.value for one in said}) == 1:
                by_subject[about].append(said[0])
    return {about: said for about, said in by_subject.items() if len({one.article for one in said}) > 1}


class _Comparison:
    def __init__(self, articles: Sequence[Sequence[Candidate]], weights: Mapping[str, float]) -> None:
        self._articles = articles
        self._weights = weights
        self._texts = [canonical(" ".join(one.sentence.text for one in own)).lower() for own in articles]
        self._counted = [
            {(counted.about, counted.value) for said in own for counted in quantities(said.sentence.text)}
            for own in articles
        ]

    def contradict(self, one: Said, other: Said) -> bool:
        """Whether both tell of the same thing, with different numbers."""
        return (
            one.article != other.article
            and _differ(one.quantity, other.quantity)
            and self._same_scope(one, other)
            and self._alike(one, other)
            and not self._says_both(one, other)
            and not self._says_both(other, one)
        )

    def _same_scope(self, one: Said, other: Said) -> bool:
        """Not of places of which the other article says nothing, both of them, nor of different spans of time."""
        here, there = one.sentence.sentence.text, other.sentence.sentence.text
        if periods(here) != periods(there) or (dates(here) and dates(there) and not dates(here) & dates(there)):
            return False
        elsewhere = [name for name in places(here) if name not in self._texts[other.article]]
        return not elsewhere or all(name in self._texts[one.article] for name in places(there))

    def _alike(self, one: Said, other: Said) -> bool:
        if one.quantity.of_people:
            return any(
                self._shared(first, second) >= ALIKE_OF_PEOPLE
                for first, second in product(self._told(one), self._told(other))
            )
        if not (one.quantity.before in other.sentence.tokens and other.quantity.before in one.sentence.tokens):
            return False
        if self._shared(self._words(one, [one.sentence]), self._words(other, [other.sentence])) >= ALIKE:
            return True
        first, second = _clause(one), _clause(other)
        lighter = min(total_weight(first, self._weights), total_weight(second, self._weights))
        return lighter >= LEAST_CLAUSE and self._shared(first, second) >= ALIKE

    def _told(self, said: Said) -> list[set[str]]:
        """The words of the sentence; where it names no place, also with those of the sentence before."""
        told = [self._words(said, [said.sentence])]
        if said.place > 0 and not places(said.sentence.sentence.text):
            told.append(self._words(said, [self._articles[said.article][said.place - 1], said.sentence]))
        return told

    @staticmethod
    def _words(said: Said, of: Sequence[Candidate]) -> set[str]:
        words = {token for one in of for token in one.tokens if not token[0].isdigit()}
        return words - set(said.quantity.about.split())

    def _shared(self, first: set[str], second: set[str]) -> float:
        """How much of the lighter one the other says."""
        lighter = min(total_weight(first, self._weights), total_weight(second, self._weights))
        return total_weight(first & second, self._weights) / lighter if lighter > 0 else 0.0

    def _says_both(self, one: Said, other: Said) -> bool:
        """Whether the article of the one says the number of the other too, of things of the same name."""
        return (one.quantity.about, other.quantity.value) in self._counted[one.article]


def _clause(said: Said) -> set[str]:
    """The words of the part of the sentence, between commas, that has the number; without what it counts."""
    text, quantity = said.sentence.sentence.text, said.quantity
    start = max(text.rfind(sign, 0, quantity.start) for sign in (", ", "; ", ": "))
    ends = [at for sign in (", ", "; ") if (at := text.find(sign, quantity.end)) >= 0]
    words = {word for word in syllables(text[start + 1 : min(ends, default=len(text))]) if not word[0].isdigit()}
    return words - set(quantity.about.split())


def _differ(one: Quantity, other: Quantity) -> bool:
    larger, apart = max(one.value, other.value), abs(one.value - other.value)
    return apart > (ROUNDING * larger if one.rounded or other.rounded else 0.0)
