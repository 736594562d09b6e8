"""A line and gradient-boosted oblivious trees: all nodes of a level ask one question, the answers number the leaf.

Friedman, "Greedy function approximation", 2001; oblivious trees as in Prokhorenkova et al., "CatBoost", NeurIPS 2018.
Evaluated with numpy alone, all rows and trees at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """value = base + Σ slopes · features + the sum over the trees of the leaf that a row falls into. Thread-safe.

    ``columns`` and ``thresholds``: shape (trees, depth), "is this feature above that?", the first question the highest
    bit of the leaf's number; ``leaves``: shape (trees, 2 ** depth).
    """

    base: float
    slopes: NDArray[np.float64]
    columns: NDArray[np.intp]
    thresholds: NDArray[np.float64]
    leaves: NDArray[np.float64]

    @classmethod
    def read(cls, document: Mapping[str, Any], features: int) -> BoostedTrees:
        """Of what ``written`` gave, for rows of so many features. Raises ValueError, KeyError or TypeError."""
        trees = cls(
            float(document["base"]),
            np.array(document["slopes"], dtype=np.float64),
            np.array(document["columns"], dtype=np.intp),
            np.array(document["thresholds"], dtype=np.float64),
            np.array(document["leaves"], dtype=np.float64),
        )
        count, depth = trees.columns.shape
        if trees.slopes.shape != (features,):
            raise ValueError(f"the trees are not for {features} features")
        if trees.thresholds.shape != (count, depth) or trees.leaves.shape != (count, 1 << depth):
            raise ValueError("columns, thresholds and leaves of the trees don't fit together")
        if trees.columns.min() < 0 or trees.columns.max() >= features:
            raise ValueError(f"the trees ask for a feature beyond {features}")
        if not all(np.isfinite(own).all() for own in (trees.base, trees.slopes, trees.thresholds, trees.leaves)):
            raise ValueError("the trees hold what is no number")
        return trees

    def written(self) -> dict[str, Any]:
        """For a JSON file."""
        return {
            "base": self.base,
            "slopes": self.slopes.tolist(),
            "columns": self.columns.tolist(),
            "thresholds": self.thresholds.tolist(),
            "leaves": self.leaves.tolist(),
        }

    def values(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """One for each row of features."""
        count, depth = self.columns.shape
        above = rows[:, self.columns] > self.thresholds
        leaf = (above @ (2.0 ** np.arange(depth)[::-1])).astype(np.intp)
        values: NDArray[np.float64] = self.base + rows @ self.slopes + self.leaves[np.arange(count), leaf].sum(axis=1)
        return values
