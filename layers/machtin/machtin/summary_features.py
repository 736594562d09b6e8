"""What a sentence looks like to the summarizer: cheap figures about its place, length and words.

Time and memory grow with the length of the text alone: no sentence is compared with every other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, pairwise, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

FEATURES: Final = (
    "position",
    "too_short",
    "too_long",
    "title_recall",
    "title_precision",
    "title_bigrams",
    "title_bigram_f1",
    "repeated_bigrams",
    "article_cosine",
    "lead_cosine",
)
"""Columns of ``sentence_features``, in order."""

FeatureRow = tuple[float, ...]
Bigram = tuple[str, str]

_LATEST_POSITION: Final = 10
_LEAD_SENTENCES: Final = 3
_SHORT: Final = 22
_LONG: Final = 50
_LONGEST: Final = 120


def sentence_features(
    title: Sequence[str], tokens: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> NDArray[np.float64]:
    """Figures of each sentence of one article.

    Args:
        title: ``syllables`` of the headline.
        tokens: ``syllables`` of each sentence, in the order of the text.
        weights: 0 to 1, how much a frequent syllable says; any syllable that is absent weighs 1.

    Returns:
        Shape (sentences, len(FEATURES)).
    """
    distinct = [set(own) for own in tokens]
    bigrams = [set(pairwise(own)) for own in tokens]
    by_place = [_place_and_length(at, len(own)) for at, own in enumerate(tokens)]
    by_title = _nearness_to_title(title, distinct, bigrams, weights)
    by_article = _nearness_to_article(tokens, distinct, bigrams, weights)
    rows = [(*place, *near, *shared) for place, near, shared in zip(by_place, by_title, by_article, strict=True)]
    return np.array(rows, dtype=np.float64).reshape(len(tokens), len(FEATURES))


def total_weight(distinct: AbstractSet[str], weights: Mapping[str, float]) -> float:
    """What these syllables say together; one that is absent from ``weights`` weighs 1."""
    return sum(map(weights.get, distinct, repeat(1.0)))


def _place_and_length(at: int, length: int) -> FeatureRow:
    return (
        min(at, _LATEST_POSITION) / _LATEST_POSITION,
        max(0, _SHORT - length) / _SHORT,
        max(0, min(length, _LONGEST) - _LONG) / _LONG,
    )


def _nearness_to_title(
    title: Sequence[str],
    distinct: Sequence[AbstractSet[str]],
    bigrams: Sequence[AbstractSet[Bigram]],
    weights: Mapping[str, float],
) -> list[FeatureRow]:
    wanted = set(title)
    wanted_weight = total_weight(wanted, weights)
    wanted_bigrams = set(pairwise(title))
    rows: list[FeatureRow] = []
    for own, own_bigrams in zip(distinct, bigrams, strict=True):
        common = total_weight(own & wanted, weights)
        shared = len(own_bigrams & wanted_bigrams)
        rows.append(
            (
                _ratio(common, wanted_weight),
                _ratio(common, total_weight(own, weights)),
                math.log1p(shared),
                _ratio(2 * shared, len(own_bigrams) + len(wanted_bigrams)),
            )
        )
    return rows


def _nearness_to_article(
    tokens: Sequence[Sequence[str]],
    distinct: Sequence[AbstractSet[str]],
    bigrams: Sequence[AbstractSet[Bigram]],
    weights: Mapping[str, float],
) -> list[FeatureRow]:
    """How much of what the article repeats a sentence holds. Bigrams stand for words: most have two syllables."""
    frequency = Counter(chain.from_iterable(tokens))
    squares = {syllable: weights.get(syllable, 1.0) ** 2 for syllable in frequency}
    in_article = {syllable: squares[syllable] * count for syllable, count in frequency.items()}
    article_norm = math.sqrt(sum(in_article[syllable] * count for syllable, count in frequency.items()))
    lead = set().union(*distinct[:_LEAD_SENTENCES])
    lead_norm = math.sqrt(sum(map(squares.__getitem__, lead)))
    recurrence = {bigram: math.log(count) for bigram, count in Counter(chain.from_iterable(bigrams)).items()}
    rows: list[FeatureRow] = []
    for own, own_bigrams in zip(distinct, bigrams, strict=True):
        norm = math.sqrt(sum(map(squares.__getitem__, own)))
        rows.append(
            (
                sum(map(recurrence.__getitem__, own_bigrams)),
                _ratio(sum(map(in_article.__getitem__, own)), norm * article_norm),
                _ratio(sum(map(squares.__getitem__, own & lead)), norm * lead_norm),
            )
        )
    return rows


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
