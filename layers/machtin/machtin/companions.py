"""How near candidates are to those that surely belong: what is near to several of one kind is of that kind too."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Of two reports of one event, usually; unrelated ones are further apart.
ALIKE: Final = 0.4


def company(nearest: NDArray[np.intp], sure: Floats, between: Floats) -> Floats:
    """For each of n candidates how much nearer than ALIKE it is to the ``nearest`` few, each weighed by ``sure``.

    ``sure``: 0 to 1, one for each of ``nearest``; ``between``: cosines, shape (n, n). Nobody is company to itself.
    """
    weight = np.tile(sure, (len(between), 1))
    weight[nearest, np.arange(len(nearest))] = 0.0
    near: Floats = ((between[:, nearest] - ALIKE) * weight).sum(axis=1) / np.maximum(1.0, weight.sum(axis=1))
    return near
