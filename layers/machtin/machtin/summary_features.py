"""What a sentence looks like to the summarizer: figures about its place, its length, its words and those around it.

Time and memory grow with the length of the text alone: no sentence is compared with every other.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise, repeat
from typing import Final

import numpy as np

from machtin.summary_likelihood import Likelihood
from machtin.summary_terms import ArticleTerms, Floats

FEATURES: Final = (
    "position",
    "relative_position",
    "sentences",
    "length",
    "title_recall",
    "title_precision",
    "title_bigrams",
    "title_bigram_f1",
    "repeated_bigrams",
    "article_cosine",
    "lead_cosine",
    "said_syllables",
    "said_pairs",
    "syllable_precision",
    "pair_precision",
    "syllable_share",
    "pair_share",
    "likeliest_pair",
    "rank",
    "behind_best",
    "deviation",
    "previous",
    "next",
    "opening",
    "title_length",
    "lead",
    "expected_syllables",
    "expected_pairs",
    "mean_length",
)
"""Columns of ``sentence_features``, in order."""

USUAL_LENGTH: Final = 36
"""Syllables of a sapo, on average."""
_LATEST: Final = 30
_LEAD_SENTENCES: Final = 3


def sentence_features(article: ArticleTerms, likely: Likelihood, weights: Mapping[str, float]) -> Floats:
    """Figures of each sentence of one article.

    Args:
        article: with one sentence at least, none of them empty.
        likely: how likely an editor takes up each term of it.
        weights: 0 to 1, how much a frequent syllable says; any syllable that is absent weighs 1.

    Returns:
        Shape (sentences, len(FEATURES)).
    """
    count = len(article.lengths)
    at = np.arange(count)
    columns = [np.minimum(at, _LATEST), at / max(count - 1, 1), np.full(count, count), article.lengths]
    columns += _nearness_to_title(article, weights)
    columns += _nearness_to_article(article, weights)
    columns += _likelihoods(article, likely)
    return np.column_stack(columns).astype(np.float64)


def total_weight(distinct: AbstractSet[str], weights: Mapping[str, float]) -> float:
    """What these syllables say together; one that is absent from ``weights`` weighs 1."""
    return sum(map(weights.get, distinct, repeat(1.0)))


def expected_f1(common: Floats, length: Floats) -> Floats:
    """Of a text of this length that has so much in common with a sapo of the usual one."""
    f1: Floats = 2 * common / np.maximum(length + USUAL_LENGTH, 1)
    return f1


def _weights(article: ArticleTerms, weights: Mapping[str, float]) -> Floats:
    return np.array([weights.get(name, 1.0) for name in article.names])


def _nearness_to_title(article: ArticleTerms, weights: Mapping[str, float]) -> list[Floats]:
    own = _weights(article, weights)
    common = article.syllables.sums(own * article.syllables.in_title)
    shared = article.pairs.sums(article.pairs.in_title.astype(np.float64))
    titled = len(set(pairwise(article.title)))
    pairs = np.bincount(article.pairs.sentence, minlength=len(shared))
    return [
        common / max(total_weight(set(article.title), weights), 1e-9),
        common / np.maximum(article.syllables.sums(own), 1e-9),
        np.log1p(shared),
        2 * shared / np.maximum(pairs + titled, 1),
    ]


def _nearness_to_article(article: ArticleTerms, weights: Mapping[str, float]) -> list[Floats]:
    """How much of what the article repeats, and of how it begins, a sentence holds."""
    terms = article.syllables
    squares = _weights(article, weights) ** 2
    lead = squares * (terms.first < _LEAD_SENTENCES)
    norms = np.maximum(np.sqrt(terms.sums(squares)), 1e-9)
    article_norm = np.sqrt((squares * terms.count**2).sum())
    return [
        article.pairs.sums(np.log(np.maximum(article.pairs.spread, 1))),
        terms.sums(squares * terms.count) / (norms * max(article_norm, 1e-9)),
        terms.sums(lead) / (norms * max(np.sqrt(lead.sum()), 1e-9)),
    ]


def _likelihoods(article: ArticleTerms, likely: Likelihood) -> list[Floats]:
    """What a sentence is expected to share with the sapo, by itself and beside the other sentences."""
    lengths, count = article.lengths, len(article.lengths)
    common, pairs = article.syllables.sums(likely.syllables), article.pairs.sums(likely.pairs)
    said, said_pairs = expected_f1(common, lengths), expected_f1(pairs, lengths - 2)
    both = said + said_pairs
    rank = np.empty(count)
    rank[np.argsort(-both, kind="stable")] = np.arange(count)
    likeliest = np.zeros(count)
    np.maximum.at(likeliest, article.pairs.sentence, likely.pairs[article.pairs.term])
    expected, expected_pairs = likely.syllables.sum(), likely.pairs.sum()
    return [
        said,
        said_pairs,
        common / lengths,
        pairs / np.maximum(lengths - 1, 1),
        common / max(expected, 1e-9),
        pairs / max(expected_pairs, 1e-9),
        likeliest,
        rank,
        both - both.max(),
        (both - both.mean()) / (both.std() + 1e-6),
        np.concatenate(([0.0], both[:-1])),
        np.concatenate((both[1:], [0.0])),
        likely.syllables[article.openings],
        np.full(count, len(article.title)),
        np.full(count, both[0]),
        np.full(count, expected),
        np.full(count, expected_pairs),
        np.full(count, lengths.mean()),
    ]
