"""One state of an index version, and the two legs of a retrieval over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from machtin.adapters.row_table import Mask, RowTable, behind, page
from machtin.adapters.text_index import TextView
from machtin.adapters.vector_search import nearest
from machtin.article import valid_id
from machtin.errors import IndexUnavailable, InvalidInput
from machtin.ports import Classes, Facets, Leg, Page, Retrieval, Vectors

# A float's or a time's digits.
LONGEST_KEY: Final = 30
Part = Literal["text", "vectors", "leading"]
Readable = TypeVar("Readable", TextView, Vectors)


@dataclass(frozen=True, slots=True)
class IndexView:
    """Never changes, whatever is written meanwhile. A part that can't be read is None; ``failures`` has the reasons."""

    table: RowTable
    text: TextView | None
    vectors: Vectors | None
    leading: Vectors | None
    failures: Mapping[Part, str]

    def readable_text(self) -> TextView:
        """Raises IndexUnavailable with the reason when the text can't be read."""
        return self._whole(self.text, "text")

    def listing(self, passing: Mask, question: Retrieval) -> Leg:
        """All articles that pass, by date, or by id where relevance is asked for: an empty text tells nothing of it."""
        slots = np.flatnonzero(passing)
        return self._leg(self.table.listed(slots, question.sort), slots, None, len(slots), question)

    def lexical(self, question: Retrieval) -> Leg:
        """Articles that match a text within the filters; a list by date has no scores (0)."""
        text = self.readable_text()
        query = text.query(question.text or "", question.filters)
        window = max(1, question.offset + question.size)
        if question.sort == "relevance":
            scores, slots, total = text.best(query, window)
            return self._leg(-scores, slots, scores, total, question)
        keys, slots, total = text.by_date(query, window, question.sort)
        return self._leg(keys, slots, None, total, question)

    def classed(self, question: Retrieval, classes: Classes, strong: Sequence[int], fair: Sequence[int]) -> Leg:
        """A list by date in classes; ``strong`` and ``fair`` are the slots of the classes' ids."""
        text = self.readable_text()
        query = text.query(question.text or "", question.filters)
        scores, slots, _ = text.best(query, max(1, text.count(query)))
        # A text that has not followed yet finds an article at its former slot.
        now = {self.table.ids[slot]: slot for slot in (*strong, *fair) if slot < len(self.table)}
        for at in np.flatnonzero(~self.table.live[slots]):
            slots[at] = now.get(self.table.ids[int(slots[at])], slots[at])
        further = np.setdiff1d(np.array([*strong, *fair], dtype=np.int64), slots)
        further = further[further < len(self.table)]
        further = further[self.table.live[further]]
        slots = np.append(slots, further)
        first = (np.append(scores, np.zeros(len(further))) >= classes.least) | np.isin(slots, strong)
        # Dates as their ranks, so that one number tells class and date.
        ranks = np.unique(self.table.listed(slots, question.sort), return_inverse=True)[1].reshape(-1)
        keys = np.where(first, ranks, ranks + len(slots))
        return self._leg(keys, slots, first.astype(np.float64), len(slots), question)

    def walk(self, passing: Mask, question: Retrieval, after: str | None) -> Page:
        """The stretch of ``question.size`` matches after a place; a place is a key and an id."""
        if question.text:
            text = self.readable_text()
            query = text.query(question.text, question.filters)
            window = max(1, text.count(query))
            if question.sort == "relevance":
                scores, slots, total = text.best(query, window)
                keys: NDArray[Any] = -scores
            else:
                keys, slots, total = text.by_date(query, window, question.sort)
        else:
            slots = np.flatnonzero(passing)
            keys, total = self.table.listed(slots, question.sort), len(slots)
        if after is not None:
            rest = behind(keys, slots, self.table.ids, *_place(after))
            keys, slots = keys[rest], slots[rest]
        chosen = page(keys, slots, self.table.ids, 0, question.size)
        ids = tuple(self.table.ids[slot] for slot in slots[chosen])
        last = f"{keys[chosen[-1]].item()} {ids[-1]}" if 0 < len(chosen) < len(slots) else None
        return Page(ids, total, last)

    def facets(self, question: Retrieval, spellings: Mapping[str, str]) -> Facets:
        """Counts over all lexical matches: sections by their spelling, largest first; months newest first."""
        text = self.readable_text()
        sections, months = text.facets(text.query(question.text or "", question.filters))
        named = sorted((-n, spellings.get(section_key, section_key)) for section_key, n in sections.items())
        return {"section": {name: -n for n, name in named}, "month": dict(sorted(months.items(), reverse=True))}

    def nearest(self, passing: Mask, vector: Vectors, size: int) -> Leg:
        """Nearest articles among those that pass."""
        vectors = self._whole(self.vectors, "vectors")
        candidates = passing & self.table.embedded
        # Without the leading dimensions every search is exact, only slower.
        cosines, slots = nearest(vectors, self.leading, vector, candidates, size)
        if not np.isfinite(cosines).all():
            raise IndexUnavailable("the vectors hold values that are no numbers; re-index to mend them")
        total = int(np.count_nonzero(candidates))
        return self._leg(-cosines, slots, cosines, total, Retrieval(text=None, vector=vector, size=size))

    def _leg(
        self,
        keys: NDArray[np.generic],
        slots: NDArray[np.int64],
        scores: Vectors | NDArray[np.float64] | None,
        total: int,
        question: Retrieval,
    ) -> Leg:
        chosen = page(keys, slots, self.table.ids, question.offset, question.size)
        return Leg(
            ids=tuple(self.table.ids[slot] for slot in slots[chosen]),
            scores=(0.0,) * len(chosen) if scores is None else tuple(float(score) for score in scores[chosen]),
            total=total,
        )

    def _whole(self, part: Readable | None, name: Part) -> Readable:
        if part is None:
            raise IndexUnavailable(self.failures.get(name, f"the {name} can't be read"))
        return part


def _place(after: str) -> tuple[float, str]:
    key, _, article_id = after.partition(" ")
    try:
        valid_id(article_id)
        if len(key) > LONGEST_KEY:
            raise ValueError("no key is so long")
        return float(key) if not key.lstrip("-").isdecimal() else int(key), article_id
    except (ValueError, InvalidInput) as error:
        raise InvalidInput.of("cursor", "is not one that was given here; begin again with *") from error
