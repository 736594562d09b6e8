"""The syllables and the pairs of neighbours of an article as arrays: how often each stands, where first, which hold it.

Pairs stand for words: most Vietnamese words have two syllables. Time and memory grow with the length of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Terms:
    """Distinct terms of one article, in order of first appearance, and which sentence holds which.

    Arrays of one place a term, but ``sentence`` and ``term``, which have one for each term of each sentence, once.
    """

    count: Floats
    """How often it stands in the article."""
    first: Places
    """The first sentence that holds it."""
    in_title: NDArray[np.bool_]
    sentence: Places
    term: Places
    sentences: int

    @property
    def spread(self) -> Floats:
        """How many sentences hold each term."""
        return np.bincount(self.term, minlength=len(self.count)).astype(np.float64)

    def sums(self, values: Floats) -> Floats:
        """For each sentence the sum of its terms' values."""
        totals: Floats = np.bincount(self.sentence, values[self.term], self.sentences).astype(np.float64)
        return totals

    def held(self, sentences: Places) -> NDArray[np.bool_]:
        """Shape (sentences given, terms): which terms each of these sentences holds."""
        place = np.full(self.sentences, -1)
        place[sentences] = np.arange(len(sentences))
        among = place[self.sentence] >= 0
        held = np.zeros((len(sentences), len(self.count)), dtype=bool)
        held[place[self.sentence[among]], self.term[among]] = True
        return held


@dataclass(frozen=True, slots=True)
class ArticleTerms:
    """What an article and its title say. ``names``: the distinct syllables of the sentences, by place.

    ``openings``: the first syllable of each sentence, ``both``: the two of each pair, by place there.
    """

    title: Sequence[str]
    names: Sequence[str]
    lengths: Floats
    openings: Places
    syllables: Terms
    pairs: Terms
    both: tuple[Places, Places]

    @classmethod
    def of(cls, title: Sequence[str], tokens: Sequence[Sequence[str]]) -> ArticleTerms:
        """Of the ``syllables`` of the headline and of each sentence."""
        places: dict[str, int] = {}
        flat = np.array([places.setdefault(one, len(places)) for one in chain.from_iterable(tokens)], dtype=np.intp)
        lengths = np.array([len(own) for own in tokens], dtype=np.intp)
        sentence = np.repeat(np.arange(len(tokens)), lengths)
        head = np.array([places.get(one, -1) for one in title], dtype=np.intp)
        syllables = _terms(flat, sentence, len(places), len(tokens), np.unique(head[head >= 0]))
        # Two neighbours are a pair where both stand in one sentence; pairs are numbered in order of first appearance.
        within = sentence[1:] == sentence[:-1]
        coded = (flat[:-1] * len(places) + flat[1:])[within]
        found, at, number = np.unique(coded, return_index=True, return_inverse=True)
        order = np.argsort(at)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        headed = (head[:-1] * len(places) + head[1:])[(head[:-1] >= 0) & (head[1:] >= 0)]
        in_title = rank[np.isin(found, headed)]
        pairs = _terms(rank[number], sentence[1:][within], len(found), len(tokens), in_title)
        known = found[order]
        size = max(len(places), 1)
        openings = flat[np.cumsum(lengths) - lengths]
        both = known // size, known % size
        return cls(title, list(places), lengths.astype(np.float64), openings, syllables, pairs, both)


def _terms(flat: Places, sentence: Places, terms: int, sentences: int, in_title: Places) -> Terms:
    """``flat``: the term at each place of the article, terms numbered in order of first appearance."""
    held = np.unique(sentence * max(terms, 1) + flat)
    own, term = held // max(terms, 1), held % max(terms, 1)
    first = np.full(terms, sentences, dtype=np.intp)
    first[term[::-1]] = own[::-1]  # the earliest sentence is written last
    titled = np.zeros(terms, dtype=bool)
    titled[in_title] = True
    return Terms(np.bincount(flat, minlength=terms).astype(np.float64), first, titled, own, term, sentences)
