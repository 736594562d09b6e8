"""Nearest neighbours: exact against sorting everything, screened against exact, and the file they lie in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from machtin.adapters import vector_search
from machtin.adapters.vector_file import append_vectors, create_vectors, map_vectors
from machtin.adapters.vector_search import nearest
from machtin.errors import IndexUnavailable
from machtin.ports import Vectors


def unit(shape: tuple[int, int], seed: int) -> Vectors:
    made = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    # Like vectors trained at several lengths: what comes first says most.
    made *= np.geomspace(1, 0.1, shape[1], dtype=np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def brute_force(vectors: Vectors, query: Vectors, candidates: NDArray[np.bool_], size: int) -> set[int]:
    order = np.argsort(-(vectors @ query), kind="stable")
    return set(order[candidates[order]][:size].tolist())


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("size", [0, 1, 10, 5_000])
def test_exact_search_finds_what_sorting_everything_finds(share: float, size: int) -> None:
    vectors, query = unit((2_000, 32), 1), unit((1, 32), 2)[0]
    candidates = np.random.default_rng(3).random(2_000) < share
    cosines, rows = nearest(vectors, vectors[:, :8], query, candidates, size)
    assert set(rows.tolist()) == brute_force(vectors, query, candidates, size)
    np.testing.assert_allclose(cosines, vectors[rows] @ query, atol=1e-6)


def test_screening_beyond_the_limit_loses_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_search, "EXACT_LIMIT", 1_000)
    vectors, queries = unit((50_000, 64), 1), unit((20, 64), 2)
    leading = np.ascontiguousarray(vectors[:, :16])
    candidates = np.random.default_rng(3).random(50_000) < 0.7
    found = [set(nearest(vectors, leading, query, candidates, 10)[1].tolist()) for query in queries]
    wanted = [brute_force(vectors, query, candidates, 10) for query in queries]
    assert sum(len(a & b) for a, b in zip(found, wanted, strict=True)) >= 0.95 * 10 * len(queries)


def test_vectors_are_read_back_by_slot_with_zeros_between(tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    create_vectors(path, 3)
    rows = {slot: np.full(3, slot, dtype=np.float32) for slot in (0, 1, 4)}
    append_vectors(path, 3, rows, 6)
    assert map_vectors(path, 3, 6)[:, 0].tolist() == [0, 1, 0, 0, 4, 0]
    append_vectors(path, 3, {6: np.full(3, 6, dtype=np.float32)}, 7)
    assert map_vectors(path, 3, 7)[:, 2].tolist() == [0, 1, 0, 0, 4, 0, 6]


def test_a_file_of_other_dimensions_or_too_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    create_vectors(path, 3)
    assert map_vectors(path, 3, 0).shape == (0, 3)
    for dimensions, slots in ((4, 0), (3, 1)):
        with pytest.raises(IndexUnavailable):
            map_vectors(path, dimensions, slots)
