"""Why an article is shown beside another, in words that a reader understands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from machtin.article import Article
from machtin.event_features import PairWeights, Words, days_apart
from machtin.related_answers import Reason
from machtin.vietnamese import fold
from machtin.words import Lang, say

# Names that are shown; rarer ones first.
MOST: Final = 2
# A name that nearly every article has explains nothing.
TELLING: Final = 0.35
# From so many hours on, how many make one of the unit, and what says so: earlier, later.
_UNITS: Final = (
    (24 * 365, 24 * 365, "reason.years_before", "reason.years_later"),
    (24 * 60, 24 * 30, "reason.months_before", "reason.months_later"),
    (48, 24, "reason.days_before", "reason.days_later"),
    (1, 1, "reason.hours_before", "reason.hours_later"),
)
_OPENING: Final = re.compile(r"(?:\A|[.!?:…\n])[\s\"“”‘’'(]*\Z")


@dataclass(frozen=True)
class Reasons:
    """Why others are shown beside ``article``, told in a language; names and topics stand as in the others."""

    article: Article
    weights: PairWeights
    lang: Lang

    def of(self, other: Article, *, same_event: bool) -> Reason:
        """Of one related article."""
        days = days_apart(self.article, other)
        hours = None if days is None else round(days * 24, 1)
        when = "" if hours is None else f" · {_later(hours, self.lang)}"
        names = self._names(other)
        if same_event:
            return Reason("same_event", say(self.lang, "reason.same_event") + when, names, hours)
        if names:
            return Reason("names", say(self.lang, "reason.background", shared=", ".join(names)) + when, names, hours)
        own = {fold(tag) for tag in self.article.tags}
        topics = [tag for tag in other.tags if fold(tag) in own][:MOST]
        shared = ", ".join(topics) or say(self.lang, "reason.topic")
        return Reason("topic", say(self.lang, "reason.background", shared=shared) + when, topics, hours)

    def _names(self, other: Article) -> list[str]:
        """Names that both have, as the other has them: the most telling ones."""
        found: dict[str, tuple[float, str]] = {}
        for name, named in _runs(Words.of(other), self._own):
            worth = self.weights.of(named)
            if worth >= TELLING and worth > found.get(fold(name), (0.0, ""))[0]:
                found[fold(name)] = worth, name
        chosen: list[str] = []
        for _, name in sorted(found.values(), key=lambda one: -one[0]):
            if len(chosen) < MOST and not any(fold(name) in fold(one) or fold(one) in fold(name) for one in chosen):
                chosen.append(name)
        return chosen

    @cached_property
    def _own(self) -> frozenset[str]:
        """Pairs of words that are part of a name of the article."""
        words = Words.of(self.article)
        pairs = words.pairs()
        return frozenset(pairs[at] for at in words.names())


def _later(hours: float, lang: Lang) -> str:
    """By how much the other was published later."""
    size = abs(hours)
    for least, unit, before, later in _UNITS:
        if size >= least:
            return say(lang, later if hours > 0 else before, n=int(size // unit))
    return say(lang, "reason.hour")


def _runs(words: Words, shared: AbstractSet[str]) -> Iterator[tuple[str, list[str]]]:
    """Names of which each pair of neighbours is shared, with these pairs; none that a sentence begins with."""
    pairs = words.pairs()
    named = [at for at in words.names() if pairs[at] in shared]
    for run in _stretches(named):
        start = words.spans[run[0]][0]
        if not _OPENING.search(words.text[max(0, start - 8) : start]):
            yield words.text[start : words.spans[run[-1] + 1][1]], [pairs[at] for at in run]


def _stretches(places: Sequence[int]) -> Iterator[list[int]]:
    """Places that follow one another, together."""
    stretch: list[int] = []
    for place in places:
        if stretch and place != stretch[-1] + 1:
            yield stretch
            stretch = []
        stretch.append(place)
    if stretch:
        yield stretch
