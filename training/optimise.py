"""Contrastive training of a table of rows: tokens → mean of rows → unit vector.

Symmetric in-batch softmax over cosines (Oord et al. 2018; Henderson et al. 2017) at several prefixes of the
vector at once (Kusupati et al. 2022, "Matryoshka Representation Learning"). Only the rows that a batch names are
gathered, differentiated and moved (Adam, Kingma & Ba 2015, with moments kept per row as in torch's SparseAdam).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from torch.nn import functional

from pairs import Batch
from token_store import TokenBags

PREFIXES = {256: 1.0, 128: 0.7, 64: 0.5}
SCALE = 25.0


class _MeanOfRows(torch.autograd.Function):
    """Bags × rows as an embedding bag, and its transpose (an embedding bag again) backwards."""

    @staticmethod
    def forward(ctx: Any, rows: torch.Tensor, *tables: torch.Tensor) -> torch.Tensor:
        ids, starts, weights, *ctx.transposed = tables
        return functional.embedding_bag(
            ids, rows, starts, mode="sum", per_sample_weights=weights, include_last_offset=True
        )

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        ids, starts, weights = ctx.transposed
        rows = functional.embedding_bag(
            ids, gradient.contiguous(), starts, mode="sum", per_sample_weights=weights, include_last_offset=True
        )
        return rows, None, None, None, None, None, None


def _tables(bags: TokenBags, queries: int, local: NDArray[np.int64], rows: int) -> list[torch.Tensor]:
    """The bags as sparse rows and columns. In texts, which follow the queries, a piece that occurs n times counts
    1 + ln n, as it does where articles are embedded."""
    matrix = csr_matrix((np.ones(len(local), dtype=np.float32), local, bags.starts), shape=(len(bags), rows))
    matrix.sum_duplicates()
    texts = matrix.data[matrix.indptr[queries] :]
    np.log(texts, out=texts)
    texts += 1
    sums = np.add.reduceat(matrix.data, matrix.indptr[:-1])
    matrix.data /= np.repeat(sums, np.diff(matrix.indptr))
    transposed = matrix.tocsc()
    return [
        torch.from_numpy(array)
        for array in (
            matrix.indices.astype(np.int64),
            matrix.indptr.astype(np.int64),
            matrix.data,
            transposed.indices.astype(np.int64),
            transposed.indptr.astype(np.int64),
            transposed.data,
        )
    ]


def contrastive_loss(vectors: torch.Tensor, pairs: int) -> torch.Tensor:
    """vectors: queries, their texts in the same order, then texts that belong to no query; (…, dimensions)."""
    wanted = torch.arange(pairs)
    total = torch.zeros(())
    for dimensions, weight in PREFIXES.items():
        units = functional.normalize(vectors[:, :dimensions], dim=1)
        cosines = SCALE * units[:pairs] @ units[pairs:].T
        total = total + weight * (
            functional.cross_entropy(cosines, wanted) + functional.cross_entropy(cosines[:, :pairs].T, wanted)
        )
    return total / (2 * sum(PREFIXES.values()))


class RowTable:
    """The model in training: one row a piece, with Adam's two moments."""

    def __init__(self, pieces: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.rows = torch.randn(pieces, max(PREFIXES), generator=generator) * 0.1
        self._mean = torch.zeros_like(self.rows)
        self._square = torch.zeros_like(self.rows)
        self._steps = 0

    def step(self, batch: Batch, rate: float) -> float:
        """One update from one batch; returns the loss."""
        bags = batch.bags()
        present = np.zeros(len(self.rows), dtype=np.bool_)
        present[bags.ids] = True
        named = np.flatnonzero(present)
        place = np.zeros(len(self.rows), dtype=np.int64)
        place[named] = np.arange(len(named))
        chosen = torch.from_numpy(named)
        rows = self.rows.index_select(0, chosen).requires_grad_()
        vectors = _MeanOfRows.apply(rows, *_tables(bags, len(batch.pairs), place[bags.ids], len(named)))
        loss = contrastive_loss(vectors, len(batch.pairs))
        loss.backward()
        assert rows.grad is not None
        self._adam(chosen, rows.detach(), rows.grad, rate)
        return float(loss.detach())

    def _adam(self, chosen: torch.Tensor, rows: torch.Tensor, gradient: torch.Tensor, rate: float) -> None:
        self._steps += 1
        first, second = 0.9, 0.999
        mean = self._mean.index_select(0, chosen).mul_(first).add_(gradient, alpha=1 - first)
        square = self._square.index_select(0, chosen).mul_(second).addcmul_(gradient, gradient, value=1 - second)
        self._mean.index_copy_(0, chosen, mean)
        self._square.index_copy_(0, chosen, square)
        corrected = rate * (1 - second**self._steps) ** 0.5 / (1 - first**self._steps)
        self.rows.index_copy_(0, chosen, rows.addcdiv_(mean, square.sqrt_().add_(1e-8), value=-corrected))
