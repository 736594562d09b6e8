"""What tells two reports of one event from two articles that are merely alike: the features of a pair of articles."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.article import Article
from machtin.companions import Floats, company
from machtin.model_folder import CosineScale
from machtin.ports import IndexEntry, Vectors
from machtin.vietnamese import fold, fold_syllables

# A word with what stands inside it: TP.HCM, 23-10, 128/NQ-CP.
_WORD: Final = re.compile(r"[^\W_](?:\S*[^\W_])?")
# News says first what it is about: code points of a body that are read.
READ: Final = 1_600
# The neighbour at this rank is the crowd, and no further away than in a large archive; where there are fewer, it is as
# near as unrelated news usually is.
CROWD_RANK: Final = 20
LEAST_CROWD: Final = 0.35
UNRELATED: Final = 0.2
# From this cosine on a neighbour has the same text, all but a few words.
SAME_TEXT: Final = 0.95
# Neighbours whose nearness to a candidate counts: as far as each stands out of the crowd itself, fully from SURE on.
COMPANIONS: Final = 3
SURE: Final = 0.2
DAY: Final = timedelta(days=1)
MONTHS: Final = 12.0

FEATURES: Final = (
    "cosine",
    "standing_out",  # of the crowd, by cosine
    "company",  # nearness to those that are surely near the article
    "strangers",  # nearness to the nearest of those that are further away than all that are read
    "names_of_article",  # share of its names that the other has
    "names_of_other",
    "names_shared",
    "numbers",
    "headline_in_other",
    "other_headline_in",
    "words_cosine",
    "words_shared",
    "dated",
    "days",
    "months",
    "section",  # 1 the same, -1 another, 0 not known
)


@dataclass(frozen=True, slots=True)
class PairWeights:
    """How much a frequent pair of syllables says, 0 to 1; any that is absent weighs 1."""

    frequent: Mapping[str, float]

    def of(self, pairs: Iterable[str]) -> float:
        """Of all of them together."""
        weight = self.frequent.get
        return sum([weight(one, 1.0) for one in pairs])

    def squared(self, pairs: Iterable[str]) -> float:
        """Of their squares."""
        weight = self.frequent.get
        return sum([weight(one, 1.0) ** 2 for one in pairs])


@dataclass(frozen=True, slots=True)
class Told:
    """What an article tells, in pairs of neighbouring words without marks, each with what all of them weigh.

    ``names``: pairs of which both begin with a capital; ``numbers``: words that begin with a figure, of two letters or
    more; ``norm``: the root of the squared weights of ``pairs``.
    """

    pairs: frozenset[str]
    headline: frozenset[str]
    names: frozenset[str]
    numbers: frozenset[str]
    all_pairs: float
    all_headline: float
    all_names: float
    norm: float

    @classmethod
    def of(cls, article: Article, weights: PairWeights) -> Told:
        """Of its headline, its sapo and the beginning of its body."""
        words = Words.of(article)
        pairs, names = words.pairs(), words.names()
        headline = frozenset(pairs[: max(0, words.in_headline - 1)])
        every = frozenset(pairs)
        named = frozenset(pairs[at] for at in names)
        numbers = frozenset(one for one in words.folded if len(one) > 1 and one[0].isdigit())
        return cls(
            every,
            headline,
            named,
            numbers,
            weights.of(every),
            weights.of(headline),
            weights.of(named),
            math.sqrt(weights.squared(every)),
        )


@dataclass(frozen=True, slots=True)
class Words:
    """The words of what is read of an article, without marks, and where they stand in ``text``."""

    text: str
    folded: list[str]
    spans: list[tuple[int, int]]
    in_headline: int

    @classmethod
    def of(cls, article: Article) -> Words:
        """Of its headline, its sapo and the beginning of its body."""
        text = "\n".join(part for part in (article.title, article.sapo, article.body[:READ]) if part)
        found = list(_WORD.finditer(text))
        folded = fold_syllables([one[0] for one in found])
        spans = [one.span() for one in found]
        return cls(text, folded, spans, bisect_left(spans, (len(article.title), 0)))

    def pairs(self) -> list[str]:
        """Each word with the next."""
        return [f"{one} {other}" for one, other in pairwise(self.folded)]

    def names(self) -> list[int]:
        """The places of pairs of which both begin with a capital and nothing but a space stands between."""
        capital = [self.text[start].isupper() for start, _ in self.spans]
        return [
            at
            for at, ((_, end), (start, _)) in enumerate(pairwise(self.spans))
            if capital[at] and capital[at + 1] and start - end == 1
        ]


def pair_features(
    article: Article,
    entries: Sequence[IndexEntry],
    cosines: Floats,
    between: Floats,
    weights: PairWeights,
    most: int,
    least: float = -1.0,
) -> tuple[NDArray[np.intp], Floats]:
    """The places of the ``most`` entries nearest to ``article``, and one row of FEATURES for each.

    Copies of it count neither among those nor in the crowd: there may be many. Those that don't stand out of the crowd
    by ``least`` are left out.

    ``cosines``: of the article with each entry; ``between``: of each entry with each; the same that is here as an
    entry itself is no company to anybody.
    """
    order = np.argsort(-cosines, kind="stable")
    same = int(np.count_nonzero(cosines >= SAME_TEXT))
    rank = CROWD_RANK + same
    crowd = max(LEAST_CROWD, float(cosines[order[rank]])) if len(order) > rank else UNRELATED
    nearest = order[:COMPANIONS]
    near = company(nearest, np.clip((cosines[nearest] - crowd) / SURE, 0.0, 1.0), between)
    nearest, further = order[: most + same], order[most + same :]
    strange = np.maximum(LEAST_CROWD, between[:, further].max(axis=1, initial=0.0))
    read = nearest[cosines[nearest] - crowd >= least]
    own = Told.of(article, weights)
    rows = [
        _row(article, own, entries[at].article, [cosines[at], cosines[at] - crowd, near[at], strange[at]], weights)
        for at in read
    ]
    return read, np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def cosines_of(
    vector: Vectors | None, entries: Sequence[IndexEntry], scale: CosineScale | None
) -> tuple[Floats, Floats]:
    """Of an article with each entry, and of each entry with each; 0 where a vector is missing."""
    width = next((len(one) for one in (vector, *(entry.vector for entry in entries)) if one is not None), 1)
    blank = np.zeros(width, dtype=np.float32)
    rows = np.array([blank if entry.vector is None else entry.vector for entry in entries]).reshape(-1, width)
    own = (rows @ (blank if vector is None else vector)).astype(np.float64)
    between = (rows @ rows.T).astype(np.float64)
    if scale is None:
        return own, between
    scaled = np.vectorize(scale.of, otypes=[np.float64])
    return scaled(own), scaled(between)


def _row(
    article: Article,
    own: Told,
    other_article: Article,
    nearness: Sequence[float],
    weights: PairWeights,
) -> list[float]:
    """``nearness``: the first four of FEATURES."""
    other = Told.of(other_article, weights)
    names = weights.of(own.names & other.names)
    both = own.pairs & other.pairs
    days = days_apart(article, other_article)
    dated = float(days is not None)
    return [
        *nearness,
        names / (own.all_names + 1),
        names / (other.all_names + 1),
        math.log1p(names),
        len(own.numbers & other.numbers) / (min(len(own.numbers), len(other.numbers)) + 2),
        weights.of(own.headline & other.pairs) / (own.all_headline + 0.5),
        weights.of(other.headline & own.pairs) / (other.all_headline + 0.5),
        weights.squared(both) / ((own.norm * other.norm) or 1.0),
        weights.of(both) / (min(own.all_pairs, other.all_pairs) + 10),
        dated,
        math.log1p(abs(days or 0.0)),
        min(abs(days or 0.0) / 30, MONTHS),
        _section(article.section, other_article.section),
    ]


def days_apart(article: Article, other: Article) -> float | None:
    """By how many days the other was published later, negative where earlier; None where either has no date."""
    if article.published_at is None or other.published_at is None:
        return None
    return (other.published_at - article.published_at) / DAY


def _section(own: str | None, other: str | None) -> float:
    if not own or not other:
        return 0.0
    return 1.0 if fold(own) == fold(other) else -1.0
