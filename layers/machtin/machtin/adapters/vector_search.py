"""Nearest neighbours among the vectors of an index version: exact, and beyond a measured number of rows screened.

Figures behind the limits: docs/decisions/0002-embedded-index.md, measured by bench/vector_threshold.py.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.ports import Vectors

# As long as no more rows than this have to be read, every cosine is computed.
EXACT_LIMIT: Final = 50_000
# Beyond, the leading dimensions choose this many rows for each one wanted (and at least so many in all).
SCREEN_DIMENSIONS: Final = 96
SCREEN_FACTOR: Final = 40
SCREEN_LEAST: Final = 2_000
# Fewer candidates than this share of the rows are gathered; more are masked after one pass over all rows.
GATHER_SHARE: Final = 0.2


def nearest(
    vectors: Vectors, leading: Vectors | None, query: Vectors, candidates: NDArray[np.bool_], size: int
) -> tuple[Vectors, NDArray[np.int64]]:
    """Cosines and rows of the ``size`` nearest candidates, in no order, with all that tie with the last.

    ``vectors`` is (n, d), rows of length 1; ``leading`` holds their first dimensions, for screening: with vectors
    trained for it (matryoshka) few of the true nearest are lost. Without it every answer is exact.
    """
    rows = np.flatnonzero(candidates)
    if size <= 0 or not len(rows):
        return np.zeros(0, dtype=np.float32), rows[:0]
    to_read = len(rows) if _gathers(rows, vectors) else len(vectors)
    if leading is not None and to_read > EXACT_LIMIT:
        wanted = max(SCREEN_FACTOR * size, SCREEN_LEAST)
        rows = _largest(_products(leading, query[: leading.shape[1]], rows), rows, wanted)[1]
    return _largest(_products(vectors, query, rows), rows, size)


def _products(vectors: Vectors, query: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Inner products with the query of those rows; shape (len(rows),)."""
    # einsum, not @: BLAS shares this little work among threads, and where another core is busy it waits 10 ms for them.
    if _gathers(rows, vectors):
        return np.asarray(np.einsum("ij,j->i", vectors[rows], query))
    products = np.asarray(np.einsum("ij,j->i", vectors, query))
    return products if len(rows) == len(products) else products[rows]


def _gathers(rows: NDArray[np.int64], vectors: Vectors) -> bool:
    return len(rows) < GATHER_SHARE * len(vectors)


def _largest(
    scores: NDArray[np.float32], rows: NDArray[np.int64], size: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    if len(rows) <= size:
        return scores, rows
    least = np.partition(scores, len(scores) - size)[len(scores) - size]
    kept = np.flatnonzero(scores >= least)
    return scores[kept], rows[kept]
