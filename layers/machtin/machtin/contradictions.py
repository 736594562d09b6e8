"""Numbers that several articles give differently for what seems to be the same thing.

Rather miss one than show two numbers that count different things: a sentence that tells of earlier times says nothing
here, neither does an article that has more than one number for a thing otherwise, and the sentences must be alike.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from machtin.quantities import Quantity, quantities
from machtin.summary_candidates import Candidate
from machtin.summary_features import total_weight

# How much of the lighter sentence the other must say, without their numbers. What became of people is said in so many
# ways that little is asked; that two tell of "ngôi nhà" says nothing by itself.
ALIKE_OF_PEOPLE: Final = 0.25
ALIKE: Final = 0.6
# "hơn 5.000" and "5.100" don't contradict each other.
ROUNDING: Final = 0.1
# "Năm ngoái, 12 người chết …": told to compare, not of the event.
_EARLIER: Final = re.compile(
    r"\b(?:hồi|trong) (?:tháng|năm)\b|\bnăm (?:ngoái|trước|nay|\d{4})|\btrước (?:đó|đây)\b|\b(?:tháng|tuần) trước\b"
    r"|\b(?:mỗi|hàng|hằng) (?:năm|ngày|tháng)\b|\b(?:từng|trung bình|kể từ|nếu|có thể|tối đa|sức chứa)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A quantity, the article that has it (by its place in the order of time) and its sentence there."""

    article: int
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
    found: dict[str, list[list[Said]]] = {}
    for about, said in _comparable(articles).items():
        differing = [one for one in said if any(_differ(one, other) and _alike(one, other, weights) for other in said)]
        numbers: defaultdict[float, list[Said]] = defaultdict(list)
        for one in differing:
            numbers[one.quantity.value].append(one)
        if len(numbers) > 1:
            found[about] = list(numbers.values())
    return found


def _comparable(articles: Sequence[Sequence[Candidate]]) -> dict[str, list[Said]]:
    """By what is counted, one of each article: the first sentence, where the article has one number for it alone."""
    by_subject: defaultdict[str, list[Said]] = defaultdict(list)
    for at, offered in enumerate(articles):
        own: defaultdict[str, list[Said]] = defaultdict(list)
        for sentence in offered:
            for quantity in quantities(sentence.sentence.text):
                own[quantity.about].append(Said(at, sentence, quantity))
        for about, said in own.items():
            told = [one for one in said if not _EARLIER.search(one.sentence.sentence.text)]
            if told and told[0].sentence.fit and len({one.quantity.value for one in told}) == 1:
                by_subject[about].append(told[0])
    return {about: said for about, said in by_subject.items() if len(said) > 1}


def _differ(one: Said, other: Said) -> bool:
    larger, apart = (
        max(one.quantity.value, other.quantity.value),
        abs(one.quantity.value - other.quantity.value),
    )
    rounded = one.quantity.rounded or other.quantity.rounded
    return apart > (ROUNDING * larger if rounded else 0.0)


def _alike(one: Said, other: Said, weights: Mapping[str, float]) -> bool:
    counted = set(chain(one.quantity.about.split(), other.quantity.about.split()))
    first, second = (
        {token for token in said.sentence.tokens if not token[0].isdigit()} - counted for said in (one, other)
    )
    lighter = min(total_weight(first, weights), total_weight(second, weights))
    least = ALIKE_OF_PEOPLE if one.quantity.of_people else ALIKE
    return lighter > 0 and total_weight(first & second, weights) >= least * lighter
