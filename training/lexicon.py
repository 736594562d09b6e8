"""Which English pieces translate a Vietnamese piece: IBM model 1 on the sentence pairs and the dictionary.

Brown et al. (1993), "The Mathematics of Statistical Machine Translation". A bag of words asks for no order,
so that a Vietnamese headline put into English word by word trains the model as a translated one would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from token_store import Ids, TokenBags

_CHOICES = 6
_LONGEST_SENTENCE = 60


@dataclass(frozen=True)
class EnglishLexicon:
    """For each Vietnamese piece up to six English ones; an empty place (-1) keeps the piece itself."""

    choices: NDArray[np.int32]  # (pieces, 6)
    cumulative: NDArray[np.float32]  # (pieces, 6), the running sum of their probabilities

    def translate(self, tokens: Ids, random: np.random.Generator) -> Ids:
        """Each token replaced by a translation drawn by probability; names and numbers stay."""
        draws = random.random(len(tokens), dtype=np.float32)
        place = (draws[:, None] >= self.cumulative[tokens]).sum(axis=1)
        chosen = self.choices[tokens, np.minimum(place, _CHOICES - 1)]
        return np.where(chosen >= 0, chosen, tokens)


def _cells(english: TokenBags, vietnamese: TokenBags) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every (vietnamese, english) piece pair of every sentence pair, as keys, and where each English word starts."""
    keys: list[NDArray[np.int64]] = []
    lengths: list[NDArray[np.int64]] = []
    pieces = int(max(english.ids.max(), vietnamese.ids.max())) + 1
    for place in range(len(english)):
        source = np.unique(vietnamese[place][:_LONGEST_SENTENCE]).astype(np.int64)
        target = np.unique(english[place][:_LONGEST_SENTENCE]).astype(np.int64)
        if not len(source) or not len(target):
            continue
        keys.append((source[None, :] * pieces + target[:, None]).ravel())
        lengths.append(np.full(len(target), len(source), dtype=np.int64))
    ends = np.cumsum(np.concatenate(lengths))
    return np.concatenate(keys), np.concatenate([[0], ends[:-1]])


def learn_lexicon(english: TokenBags, vietnamese: TokenBags, pieces: int, rounds: int = 5) -> EnglishLexicon:
    keys, starts = _cells(english, vietnamese)
    unique, place = np.unique(keys, return_inverse=True)
    base = int(max(english.ids.max(), vietnamese.ids.max())) + 1
    source, target = unique // base, unique % base
    lengths = np.diff(np.append(starts, len(keys)))
    probability = np.ones(len(unique))
    for _ in range(rounds):
        cell = probability[place]
        cell /= np.repeat(np.add.reduceat(cell, starts), lengths)
        expected = np.bincount(place, weights=cell, minlength=len(unique))
        probability = expected / np.bincount(source, weights=expected, minlength=base)[source]
    return _most_likely(source, target, probability, expected, pieces)


def _most_likely(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    probability: NDArray[np.float64],
    expected: NDArray[np.float64],
    pieces: int,
) -> EnglishLexicon:
    choices = np.full((pieces, _CHOICES), -1, dtype=np.int32)
    chances = np.zeros((pieces, _CHOICES), dtype=np.float32)
    kept = np.flatnonzero((probability > 0.06) & (expected > 0.8))
    order = kept[np.lexsort((-probability[kept], source[kept]))]
    rank = np.arange(len(order)) - np.searchsorted(source[order], source[order])
    order, rank = order[rank < _CHOICES], rank[rank < _CHOICES]
    choices[source[order], rank] = target[order]
    chances[source[order], rank] = probability[order]
    totals = chances.sum(axis=1, keepdims=True)
    cumulative = np.cumsum(np.divide(chances, totals, out=np.zeros_like(chances), where=totals > 0), axis=1)
    return EnglishLexicon(choices, cumulative)
