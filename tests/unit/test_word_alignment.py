"""How near an article's words come to a query's: the arithmetic, beside a plain one, and what odd input gives."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from machtin.word_alignment import BLOCK, DIMENSIONS, WordAlignment

LENGTHS = (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 8, 20 * BLOCK + 13)


@pytest.fixture
def rows() -> NDArray[np.float16]:
    return np.random.default_rng(1).standard_normal((500, DIMENSIONS + 16)).astype(np.float16)


def plainly(rows: NDArray[np.float16], query: NDArray[np.int64], pieces: NDArray[np.int32]) -> tuple[float, float]:
    """The same by the definition, one passage after another."""
    if not len(pieces):
        return 0.0, 0.0
    whole = rows.astype(np.float64)
    weights = (whole[query] ** 2).sum(axis=1) / (whole[query] ** 2).sum()
    heads = whole[:, :DIMENSIONS] / np.linalg.norm(whole[:, :DIMENSIONS], axis=1, keepdims=True)

    def covered(part: NDArray[np.int32]) -> float:
        return float(np.maximum(heads[query] @ heads[part].T, 0).max(axis=1) @ weights)

    starts = range(0, max(1, len(pieces) - BLOCK), BLOCK)
    return covered(pieces), max(covered(pieces[start : start + 2 * BLOCK]) for start in starts)


def test_an_article_is_scored_as_a_whole_and_by_its_best_passage(rows: NDArray[np.float16]) -> None:
    random = np.random.default_rng(2)
    articles = [random.integers(0, len(rows), length).astype(np.int32) for length in LENGTHS]
    query = np.array([3, 9, 77])
    scores = WordAlignment(rows).scores(query, articles)
    np.testing.assert_allclose(scores, [plainly(rows, query, pieces) for pieces in articles], atol=1e-5)


def test_an_article_with_all_words_of_the_query_beside_each_other_scores_one(rows: NDArray[np.float16]) -> None:
    query = np.array([3, 9, 77])
    apart = np.concatenate([[3], np.full(3 * BLOCK, 200), [9], np.full(3 * BLOCK, 200), [77]]).astype(np.int32)
    together = np.array([200, 77, 3, 9], dtype=np.int32)
    (whole_apart, passage_apart), (whole, passage) = WordAlignment(rows).scores(query, [apart, together])
    assert [whole_apart, whole, passage] == pytest.approx([1, 1, 1])
    assert passage_apart < 0.8


def test_scores_don_t_depend_on_what_else_is_scored(rows: NDArray[np.float16]) -> None:
    random = np.random.default_rng(3)
    articles = [random.integers(0, len(rows), length).astype(np.int32) for length in (5, 100, 400)]
    alignment, query = WordAlignment(rows), np.array([1, 2])
    alone = [alignment.scores(query, [one])[0] for one in articles]
    np.testing.assert_allclose(alignment.scores(query, articles), alone, atol=1e-6)


def test_nothing_to_compare_scores_nothing(rows: NDArray[np.float16]) -> None:
    rows[7] = 0
    alignment, text = WordAlignment(rows), np.array([1, 2], dtype=np.int32)
    assert not alignment.scores(np.array([], dtype=np.int64), [text]).any()
    assert not alignment.scores(np.array([7]), [text]).any(), "a piece without a direction says nothing"
    assert alignment.scores(np.array([1]), []).shape == (0, 2)
    assert not alignment.scores(np.array([1]), [text[:0]]).any()
