"""Learns ``machtin.boosted_trees``: stochastic gradient boosting on squared error (Friedman, 2002), with numpy alone.

It starts from ridge regression (Hoerl & Kennard, 1970), so that trees need not build slopes of steps. Features are cut
into bins by quantiles; each level of a tree asks the one question that lessens the error of all its nodes together
most. The same rows and seed give the same trees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from machtin.boosted_trees import BoostedTrees

Floats = NDArray[np.float64]
BINS = 32
RIDGE = 10.0


@dataclass(frozen=True)
class Settings:
    """How trees are grown; each sees a share of the rows and of the features, drawn at random."""

    trees: int = 100
    depth: int = 4
    rate: float = 0.06
    ridge: float = 50.0
    rows: float = 0.5
    features: float = 0.6
    seed: int = 1


def boosted(features: Floats, targets: Floats, settings: Settings) -> BoostedTrees:
    """Trees whose values are near the targets; ``features`` has one row for each."""
    chance = np.random.default_rng(settings.seed)
    count, width = features.shape
    edges = [edges_of(column) for column in features.T]
    codes = [np.searchsorted(own, column).astype(np.uint8) for own, column in zip(edges, features.T, strict=True)]
    base, slopes = line(features, targets)
    left = targets - base - features @ slopes
    columns, thresholds, leaves = [], [], []
    for _ in range(settings.trees):
        rows = np.flatnonzero(chance.random(count) < settings.rows)
        offered = [at for at in range(width) if len(edges[at]) and chance.random() < settings.features]
        questions = grown([codes[at][rows] for at in offered], [len(edges[at]) for at in offered], left[rows], settings)
        asked = [(offered[at], cut) for at, cut in questions]
        leaf = leaf_of(codes, asked)
        totals = np.bincount(leaf[rows], left[rows], 1 << settings.depth)
        sizes = np.bincount(leaf[rows], minlength=1 << settings.depth)
        values = np.round(settings.rate * totals / (sizes + settings.ridge), 5)
        left -= values[leaf]
        columns.append([at for at, _ in asked])
        thresholds.append([float(edges[at][cut]) for at, cut in asked])
        leaves.append(values)
    return BoostedTrees(base, slopes, np.array(columns, dtype=np.intp), np.array(thresholds), np.array(leaves))


def line(features: Floats, targets: Floats) -> tuple[float, Floats]:
    """Ridge regression on features of unit variance."""
    means, scales = features.mean(axis=0), features.std(axis=0)
    scales[scales == 0] = 1.0
    unit = (features - means) / scales
    fitted = np.linalg.solve(unit.T @ unit + RIDGE * np.eye(len(scales)), unit.T @ (targets - targets.mean()))
    slopes = np.round(fitted / scales, 6)
    return round(float(targets.mean() - means @ slopes), 6), slopes


def edges_of(column: Floats) -> Floats:
    """Where a feature may be cut, rounded so that a file is short: what is above the last edge is a bin too."""
    quantiles = np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1])
    edges = np.unique([float(f"{edge:.5g}") for edge in quantiles])
    return edges[edges < column.max()]


def grown(codes: list[NDArray[np.uint8]], cuts: list[int], left: Floats, settings: Settings) -> list[tuple[int, int]]:
    """The questions of one tree, (feature, edge), from its root down."""
    node = np.zeros(len(left), dtype=np.int64)
    questions = []
    for level in range(settings.depth):
        best, asked = -np.inf, (0, 0)
        for at, (own, edges) in enumerate(zip(codes, cuts, strict=True)):
            gains = gains_of(node * BINS + own, 1 << level, left, settings.ridge)[:edges]
            cut = int(gains.argmax())
            if gains[cut] > best:
                best, asked = float(gains[cut]), (at, cut)
        questions.append(asked)
        node = 2 * node + (codes[asked[0]] > asked[1])
    return questions


def gains_of(key: NDArray[np.int64], nodes: int, left: Floats, ridge: float) -> Floats:
    """How much a cut behind each bin lessens the squared error, summed over the nodes."""
    totals = np.bincount(key, left, nodes * BINS).reshape(nodes, BINS).cumsum(axis=1)
    sizes = np.bincount(key, minlength=nodes * BINS).reshape(nodes, BINS).cumsum(axis=1)
    above, more = totals[:, -1:] - totals, sizes[:, -1:] - sizes
    gains: Floats = (totals**2 / (sizes + ridge) + above**2 / (more + ridge)).sum(axis=0)
    return gains


def leaf_of(codes: list[NDArray[np.uint8]], questions: list[tuple[int, int]]) -> NDArray[np.int64]:
    """The leaf of every row, its first question the highest bit."""
    leaf = np.zeros(len(codes[0]), dtype=np.int64)
    for at, cut in questions:
        leaf = 2 * leaf + (codes[at] > cut)
    return leaf
