"""What a reader keeps in memory of the rows of an index version: arrays by slot, extended as others write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from machtin.adapters.entry_rows import Row
from machtin.adapters.moments import microseconds
from machtin.ports import Filters, Sort

UNDATED: Final = np.iinfo(np.int64).min
Mask = NDArray[np.bool_]
Slots = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RowTable:
    """One state of the rows. ``ids`` is shared with later states and may be longer than the arrays."""

    ids: list[str]
    published: NDArray[np.int64]
    live: Mask
    embedded: Mask

    def __len__(self) -> int:
        return len(self.live)

    def extended(self, rows: Iterable[Row], retired: Iterable[tuple[int, str]], slots: int) -> RowTable:
        """The state after further rows and retirements, ``slots`` long."""
        more = slots - len(self)
        self.ids.extend([""] * (slots - len(self.ids)))
        published = np.append(self.published, np.full(more, UNDATED, dtype=np.int64))
        live = np.append(self.live, np.zeros(more, dtype=np.bool_))
        embedded = np.append(self.embedded, np.zeros(more, dtype=np.bool_))
        for row in rows:
            self.ids[row.slot] = row.id
            live[row.slot], embedded[row.slot] = row.live, row.embedded
            if row.published is not None:
                published[row.slot] = row.published
        for slot, article_id in retired:
            # A text index that has not followed yet still finds it.
            self.ids[slot] = article_id
            live[slot] = embedded[slot] = False
        return RowTable(self.ids, published, live, embedded)

    def between(self, filters: Filters) -> Mask:
        """Live rows that pass the conditions on the date."""
        mask = self.live
        if filters.since or filters.until:
            mask = mask & (self.published != UNDATED)
        if filters.since:
            mask = mask & (self.published >= microseconds(filters.since))
        if filters.until:
            mask = mask & (self.published < microseconds(filters.until))
        return mask

    def listed(self, slots: Slots, sort: Sort) -> NDArray[np.int64]:
        """Keys by which these rows are listed, smallest first, undated last; all equal for relevance."""
        published = self.published[slots]
        if sort == "relevance":
            return np.zeros(len(slots), dtype=np.int64)
        keys = published if sort == "oldest" else -published
        return np.where(published == UNDATED, np.iinfo(np.int64).max, keys)


def behind(keys: NDArray[Any], slots: Slots, ids: Sequence[str], key: float, article_id: str) -> NDArray[np.bool_]:
    """Which rows come after a place (a key, and among equal keys an id) in the order of ``page``."""
    later = keys > key
    for at in np.flatnonzero(keys == key):
        later[at] = ids[int(slots[at])] > article_id
    return later


def empty_table() -> RowTable:
    """The state of an index without rows."""
    return RowTable([], np.zeros(0, np.int64), np.zeros(0, np.bool_), np.zeros(0, np.bool_))


def page(keys: NDArray[Any], slots: Slots, ids: Sequence[str], offset: int, size: int) -> NDArray[np.int64]:
    """Positions of the ``size`` smallest keys from ``offset`` on; equal keys in the order of their ids.

    Only those ties are sorted by id that touch the page.
    """
    if offset >= len(keys) or size <= 0:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    start = int(np.searchsorted(ranked, ranked[offset], side="left"))
    end = int(np.searchsorted(ranked, ranked[min(offset + size, len(keys)) - 1], side="right"))
    touched = sorted(order[start:end].tolist(), key=lambda at: (keys[at], ids[int(slots[at])]))
    return np.array(touched[offset - start : offset - start + size], dtype=np.int64)
