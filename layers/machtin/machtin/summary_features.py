"""What a sentence looks like to the summarizer: cheap figures about its place, length, words and form.

Time and memory grow with the length of the text alone: no sentence is compared with every other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

FEATURES: Final = (
    "position",
    "near_end",
    "too_short",
    "too_long",
    "unfinished",
    "capitals",
    "parenthesis",
    "colon",
    "title_recall",
    "title_precision",
    "title_cosine",
    "title_bigrams",
    "title_bigram_f1",
    "repeated_bigrams",
    "repeated_bigram_density",
    "repeated_syllables",
    "article_cosine",
    "lead_cosine",
)
"""Columns of ``sentence_features``, in order."""

FeatureRow = tuple[float, ...]

_LATEST_POSITION: Final = 10
_LEAD_SENTENCES: Final = 3
_SHORT: Final = 22
_LONG: Final = 50
_LONGEST: Final = 120
_END_MARKS: Final = (".", "!", "?", "…", "。")
_CLOSING: Final = "\"'”’»)] \u200b\ufeff"


def sentence_features(
    title: Sequence[str], texts: Sequence[str], tokens: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> NDArray[np.float64]:
    """Figures of each sentence of one article.

    Args:
        title: ``syllables`` of the headline.
        texts: the sentences as published, in order.
        tokens: ``syllables`` of each of them.
        weights: 0 to 1, how much a frequent syllable says; any syllable that is absent weighs 1.

    Returns:
        Shape (sentences, len(FEATURES)).
    """
    by_place = [_place_and_length(at, len(tokens), len(own)) for at, own in enumerate(tokens)]
    by_form = [_form(text) for text in texts]
    by_title = _nearness_to_title(title, tokens, weights)
    by_article = _nearness_to_article(tokens, weights)
    rows = [chain(*parts) for parts in zip(by_place, by_form, by_title, by_article, strict=True)]
    return np.array([list(row) for row in rows], dtype=np.float64).reshape(len(tokens), len(FEATURES))


def total_weight(distinct: AbstractSet[str], weights: Mapping[str, float]) -> float:
    """What these syllables say together; one that is absent from ``weights`` weighs 1."""
    return sum(weights.get(syllable, 1.0) for syllable in distinct)


def _place_and_length(at: int, count: int, length: int) -> FeatureRow:
    return (
        min(at, _LATEST_POSITION) / _LATEST_POSITION,
        float(at >= count - 2),
        max(0, _SHORT - length) / _SHORT,
        max(0, min(length, _LONGEST) - _LONG) / _LONG,
    )


def _form(text: str) -> FeatureRow:
    words = text.split()
    later = max(len(words) - 1, 1)
    return (
        float(not text.rstrip(_CLOSING).endswith(_END_MARKS)),
        sum(word[0].isupper() for word in words[1:]) / later,
        float("(" in text),
        float(":" in text),
    )


def _nearness_to_title(
    title: Sequence[str], tokens: Sequence[Sequence[str]], weights: Mapping[str, float]
) -> list[FeatureRow]:
    wanted = set(title)
    wanted_weight = total_weight(wanted, weights)
    wanted_norm = math.sqrt(sum(weights.get(syllable, 1.0) ** 2 for syllable in wanted))
    wanted_bigrams = set(pairwise(title))
    rows: list[FeatureRow] = []
    for own in tokens:
        distinct = set(own)
        common = [weights.get(syllable, 1.0) for syllable in distinct & wanted]
        all_weights = [weights.get(syllable, 1.0) for syllable in distinct]
        norm = wanted_norm * math.sqrt(sum(weight * weight for weight in all_weights))
        bigrams = set(pairwise(own))
        shared = len(bigrams & wanted_bigrams)
        rows.append(
            (
                _ratio(sum(common), wanted_weight),
                _ratio(sum(common), sum(all_weights)),
                _ratio(sum(weight * weight for weight in common), norm),
                math.log1p(shared),
                _ratio(2 * shared, len(bigrams) + len(wanted_bigrams)),
            )
        )
    return rows


def _nearness_to_article(tokens: Sequence[Sequence[str]], weights: Mapping[str, float]) -> list[FeatureRow]:
    """How much of what the article repeats a sentence holds. Bigrams stand for words: most have two syllables."""
    distinct = [set(own) for own in tokens]
    frequency = Counter(chain.from_iterable(tokens))
    spread = Counter(chain.from_iterable(distinct))
    squares = {syllable: weights.get(syllable, 1.0) ** 2 for syllable in frequency}
    repeated = {syllable: weights.get(syllable, 1.0) * (spread[syllable] > 1) for syllable in frequency}
    in_article = {syllable: squares[syllable] * count for syllable, count in frequency.items()}
    article_norm = math.sqrt(sum(squares[syllable] * count**2 for syllable, count in frequency.items()))
    lead = set().union(*distinct[:_LEAD_SENTENCES])
    lead_norm = math.sqrt(sum(squares[syllable] for syllable in lead))

    bigrams = [set(pairwise(own)) for own in tokens]
    recurrence = {bigram: math.log(count) for bigram, count in Counter(chain.from_iterable(bigrams)).items()}
    rows: list[FeatureRow] = []
    for syllables_of, bigrams_of in zip(distinct, bigrams, strict=True):
        norm = math.sqrt(sum(map(squares.__getitem__, syllables_of)))
        recurring = sum(map(recurrence.__getitem__, bigrams_of))
        rows.append(
            (
                recurring / 10,
                _ratio(recurring, len(bigrams_of)),
                sum(map(repeated.__getitem__, syllables_of)) / 20,
                _ratio(sum(map(in_article.__getitem__, syllables_of)), norm * article_norm),
                _ratio(sum(map(squares.__getitem__, syllables_of & lead)), norm * lead_norm),
            )
        )
    return rows


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
