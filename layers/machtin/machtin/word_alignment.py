"""How near the words of an article come to each word of a query: by the rows of a static model, piece by piece.

Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT",
SIGIR 2020, with rows that don't depend on the context. Figures: docs/decisions/0021-word-alignment.md.
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


class WordAlignment:
    """Compares by a table of rows, one for each piece. Safe to share among threads."""

    def __init__(self, rows: NDArray[np.float16] | NDArray[np.float32]) -> None:
        self._rows = rows
        # The leading dimensions as unit vectors, each made when it is first asked for: numpy takes long to read half
        # precision, and to make all would read the whole file.
        self._heads: Vectors = np.empty((len(rows), min(DIMENSIONS, rows.shape[1])), dtype=np.float32)
        self._made = np.zeros(len(rows), dtype=np.bool_)

    def scores(self, query: NDArray[np.int64], articles: Sequence[Pieces]) -> Vectors:
        """For each article from 0, where nothing in it is near, to 1, where all pieces of the query are; shape (n,).

        Each piece of the query counts the cosine of the nearest piece of the article, weighted by the square of its
        row's length, by which the model tells how much a piece says. Pieces beyond the table are ignored.
        """
        found = np.zeros(len(articles), dtype=np.float32)
        rows = self._rows[query].astype(np.float32)
        weights = np.einsum("ij,ij->i", rows, rows)
        if not weights.any():
            return found
        weights /= weights.sum()
        asked = np.ascontiguousarray(self._units(query).T)
        for place, pieces in enumerate(articles):
            known = pieces if not len(pieces) or pieces[-1] < len(self._rows) else pieces[pieces < len(self._rows)]
            if len(known):
                # One by one they are too small for BLAS to share among threads, for which a busy machine waits long.
                found[place] = weights.dot(np.maximum((self._units(known) @ asked).max(axis=0), 0))
        return found

    def _units(self, pieces: NDArray[np.integer]) -> Vectors:
        if not self._made.take(pieces).all():
            missing = pieces[~self._made[pieces]]
            rows = self._rows[missing, : self._heads.shape[1]].astype(np.float32)
            lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
            self._heads[missing] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
            self._made[missing] = True
        units: Vectors = self._heads.take(pieces, axis=0)
        return units
