"""What one sentence, or two together, would make as a summary: figures of the set, and how good the trees think it is.

Two sentences are measured by what either says, each term once: what both say counts no more than if one said it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from machtin.summary_features import FEATURES, expected_f1
from machtin.summary_likelihood import Likelihood
from machtin.summary_terms import ArticleTerms, Floats, Places

OF_THE_BEST: Final = ("position", "length", "title_recall", "title_bigram_f1", "article_cosine", "lead_cosine", "rank")
"""Features of the sentence with the higher score that the set keeps."""
SET_FEATURES: Final = (
    "two",
    "length",
    "said_syllables",
    "said_pairs",
    "syllable_precision",
    "pair_precision",
    "syllable_share",
    "pair_share",
    "title_share",
    "title_pair_share",
    "common_syllables",
    "common_pairs",
    "higher_score",
    "lower_score",
    "behind_best",
    "shorter",
    "first",
    "apart",
    "sentences",
    "title_length",
    "mean_length",
    "lead_length",
    "last_length",
    "expected_syllables",
    "expected_pairs",
    *(f"best_{name}" for name in OF_THE_BEST),
)
"""Columns of ``set_features``, in order."""
_OF_THE_BEST: Final = np.array([FEATURES.index(name) for name in OF_THE_BEST])


def set_features(
    article: ArticleTerms, likely: Likelihood, features: Floats, scores: Floats, first: Places, second: Places
) -> Floats:
    """Figures of sets of sentences of one article, shape (sets, len(SET_FEATURES)).

    Args:
        article, likely: of the article.
        features: ``sentence_features`` of it.
        scores: of its sentences.
        first, second: the sentences of each set, in the order of the text; the same twice where there is but one.
    """
    members: Places = np.unique(np.concatenate((first, second)))
    one, other = np.searchsorted(members, first), np.searchsorted(members, second)
    two = first != second
    syllables, pairs = article.syllables.held(members), article.pairs.held(members)

    def shares(held: Floats, values: Floats) -> tuple[Floats, Floats]:
        """What either sentence has of these values, and the share of the lesser that both have."""
        among = (held * values) @ held.T
        own = among.diagonal()
        both = among[one, other]
        return own[one] + own[other] - both, two * both / np.maximum(np.minimum(own[one], own[other]), 1e-9)

    held, held_pairs = syllables.astype(np.float64), pairs.astype(np.float64)
    said, common = shares(held, likely.syllables)
    said_pairs, common_pairs = shares(held_pairs, likely.pairs)
    titled, _ = shares(held, article.syllables.in_title.astype(np.float64))
    titled_pairs, _ = shares(held_pairs, article.pairs.in_title.astype(np.float64))
    lengths = article.lengths
    length = lengths[first] + two * lengths[second]
    best = np.where(scores[first] >= scores[second], first, second)
    expected, expected_pairs = likely.syllables.sum(), likely.pairs.sum()
    title = max(len(article.title), 1)
    columns: list[NDArray[Any]] = [
        two,
        length,
        expected_f1(said, length),
        expected_f1(said_pairs, length - 2),
        said / length,
        said_pairs / length,
        said / max(expected, 1e-9),
        said_pairs / max(expected_pairs, 1e-9),
        titled / title,
        titled_pairs / title,
        common,
        common_pairs,
        scores[best],
        two * np.minimum(scores[first], scores[second]),
        scores[best] - scores.max(),
        two * np.minimum(lengths[first], lengths[second]),
        first,
        second - first,
        np.full(len(first), len(lengths)),
        np.full(len(first), title),
        np.full(len(first), lengths.mean()),
        np.full(len(first), lengths[0]),
        np.full(len(first), lengths[-1]),
        np.full(len(first), expected),
        np.full(len(first), expected_pairs),
        features[best][:, _OF_THE_BEST],
    ]
    return np.column_stack(columns).astype(np.float64)
