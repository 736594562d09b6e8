"""Files, folders and standard input → articles → store, with what could not be taken kept beside its reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from machtin.adapters.sources import Refused, Source
from machtin.answers import WriteAnswer
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.audit import ITSELF, By
from machtin.errors import InvalidInput, Problem

# Articles in one transaction of the store: one flush to disk for all of them.
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """One piece of input that was not taken; ``line`` is None where the whole file is meant."""

    file: str
    line: int | None
    errors: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line, "errors": [error._asdict() for error in self.errors]}

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: " + "; ".join(f"{field} {message}" for field, message in self.errors)


@dataclass(slots=True)
class Tally:
    """What became of everything that was read so far; ``position`` of ``size`` bytes, where the size is known."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    position: int = 0
    size: int | None = None
    seconds: float = 0.0

    @property
    def taken(self) -> int:
        """Articles that are new or were changed."""
        return self.created + self.updated

    @property
    def read(self) -> int:
        """Articles that are in the store, whether they were there before or not."""
        return self.taken + self.unchanged

    @property
    def rate(self) -> float:
        """Articles in a second."""
        return self.read / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "taken": self.taken,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": [refusal.to_json() for refusal in self.refused],
            "seconds": round(self.seconds, 3),
            "rate": round(self.rate, 1),
        }


class Intake:
    """Takes a stream of sources into the store, a batch in each transaction.

    ``put`` stores articles on somebody's behalf; ``keep`` puts refused input where it is not lost; ``each`` hears the
    tally after every batch and may do other work between two of them.
    """

    def __init__(
        self,
        put: Callable[[Sequence[Article], By], Sequence[WriteAnswer]],
        keep: Callable[[Refused], object],
        clock: Callable[[], datetime],
        each: Callable[[Tally], object] | None = None,
    ) -> None:
        self._put = put
        self._keep = keep
        self._clock = clock
        self._each = each

    def take(self, sources: Iterable[Source], by: By = ITSELF) -> Tally:
        """Everything that the sources hold. What was taken before an interruption stays taken."""
        started = time.monotonic()
        tally = Tally()
        batch: list[Article] = []
        for source in sources:
            tally.position, tally.size = source.position, source.size
            one = self._read(source)
            if isinstance(one, Article):
                batch.append(one)
            else:
                tally.refused.append(Refusal(one.origin, one.line, one.reasons))
                self._keep(one)
            if len(batch) == BATCH:
                self._store(batch, by, tally, started)
                batch = []
        self._store(batch, by, tally, started)
        return tally

    def _read(self, source: Source) -> Article | Refused:
        if isinstance(source, Refused):
            return source
        try:
            return read_article(source.document, now=self._clock())
        except InvalidInput as error:
            return source.refused(error.problems)

    def _store(self, batch: Sequence[Article], by: By, tally: Tally, started: float) -> None:
        outcomes = [answer.outcome for answer in self._put(batch, by)] if batch else []
        tally.created += outcomes.count("created")
        tally.updated += outcomes.count("updated")
        tally.unchanged += outcomes.count("unchanged")
        tally.seconds = time.monotonic() - started
        if self._each is not None:
            self._each(tally)
        # What ``each`` did between two batches, indexing above all, belongs to the time that intake takes.
        tally.seconds = time.monotonic() - started
