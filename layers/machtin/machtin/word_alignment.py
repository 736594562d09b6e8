"""How near the words of an article come to each word of a query: by the rows of a static model, piece by piece.

Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT",
SIGIR 2020, with rows that don't depend on the context, and of the article as a whole as of its best passage. Figures:
docs/decisions/0023-word-alignment.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Pieces = NDArray[np.int32]

# The leading dimensions tell which words are near each other as well as all do, at a fraction of the reading.
DIMENSIONS: Final = 64
# A passage is two neighbouring blocks of so many pieces, about two sentences.
BLOCK: Final = 16
# Products of matrices with no more multiplications than this are made by one thread.
MOST_ALONE: Final = 200_000


class WordAlignment:
    """Compares by a table of rows, one for each piece. Safe to share among threads."""

    def __init__(self, rows: NDArray[np.float16] | NDArray[np.float32]) -> None:
        self._rows = rows
        # The leading dimensions as unit vectors, each made when it is first asked for: numpy takes long to read half
        # precision, and to make all would read the whole file.
        self._heads: Vectors = np.empty((len(rows), min(DIMENSIONS, rows.shape[1])), dtype=np.float32)
        self._made = np.zeros(len(rows), dtype=np.bool_)

    def scores(self, query: NDArray[np.int64], articles: Sequence[Pieces]) -> Vectors:
        """Of each article as a whole and of its best passage, from 0, where nothing in it is near, to 1, where all
        pieces of the query are; shape (n, 2).

        Each piece of the query counts the cosine of the nearest piece there, weighted by the square of its row's
        length, by which the model tells how much a piece says. ``articles`` are in the order of their texts.
        """
        found = np.zeros((len(articles), 2), dtype=np.float32)
        rows = self._rows[query].astype(np.float32)
        weights = np.einsum("ij,ij->i", rows, rows)
        told = [place for place, pieces in enumerate(articles) if len(pieces)]
        if not told or not weights.any():
            return found
        weights /= weights.sum()
        pieces = np.concatenate([articles[place] for place in told])
        cosines = self._cosines(query, pieces)
        starts, first = _blocks([len(articles[place]) for place in told])
        blocks = np.maximum.reduceat(cosines, starts, axis=1)
        found[told, 0] = weights.dot(np.maximum.reduceat(blocks, first, axis=1))
        # With the block behind it, unless that is another article's.
        passages = np.maximum(blocks[:, :-1], blocks[:, 1:])
        passages[:, first[1:] - 1] = blocks[:, first[1:] - 1]
        covered = weights.dot(np.concatenate([passages, blocks[:, -1:]], axis=1))
        found[told, 1] = np.maximum.reduceat(covered, first)
        return found

    def _cosines(self, query: NDArray[np.int64], pieces: Pieces) -> Vectors:
        """Of each piece of the query (rows) and each of the texts' (columns), at least 0."""
        # Articles on one matter share most of their pieces: each is compared once.
        named = np.zeros(len(self._rows), dtype=np.bool_)
        named[pieces] = True
        different = np.flatnonzero(named)
        place = np.empty(len(self._rows), dtype=np.intp)
        place[different] = np.arange(len(different))
        asked, units = self._units(query), self._units(different).T
        cosines = np.empty((len(query), len(different)), dtype=np.float32)
        # A few at a time are too small for BLAS to share among threads, for which a busy machine waits long.
        step = max(1, MOST_ALONE // asked.size)
        for first in range(0, len(different), step):
            np.matmul(asked, units[:, first : first + step], out=cosines[:, first : first + step])
        np.maximum(cosines, 0, out=cosines)
        return cosines.take(place[pieces], axis=1)

    def _units(self, pieces: NDArray[np.integer]) -> Vectors:
        if not self._made.take(pieces).all():
            missing = pieces[~self._made[pieces]]
            rows = self._rows[missing, : self._heads.shape[1]].astype(np.float32)
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
            self._heads[missing] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
            self._made[missing] = True
        units: Vectors = self._heads.take(pieces, axis=0)
        return units


def _blocks(lengths: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the blocks of texts of those lengths begin, laid end to end, and which block is each text's first."""
    ends = np.cumsum(lengths)
    starts = [np.arange(end - length, end, BLOCK) for end, length in zip(ends, lengths, strict=True)]
    first = np.concatenate([[0], np.cumsum([len(one) for one in starts])[:-1]])
    return np.concatenate(starts), first.astype(np.intp)
