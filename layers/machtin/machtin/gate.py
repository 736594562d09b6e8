"""The gate of a re-index: a candidate is compared with the live index before readers get it.

Completeness and canaries have fixed floors; quality and latency are compared with the live index, and are left open
where there is none that can be read: a re-index is also the mend for a live index that is broken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from machtin.errors import InvalidInput
from machtin.gate_canaries import canaries, sample
from machtin.gate_completeness import completeness
from machtin.gate_quality import Question, answerable, changed_queries, latency, measure, quality
from machtin.gate_report import GateReport, GateWork, MeasuredQuery
from machtin.gate_sides import Side
from machtin.golden import GoldenQueries
from machtin.models import Models
from machtin.ports import ArticleIndex
from machtin.store_port import ArticleStore

# Golden queries are asked for so long in one piece of work, so that a kill costs little.
PIECE_SECONDS: Final = 5.0


class Gate:
    """Compares a candidate with the live index, one piece of work at a time; ``golden`` reads the golden queries."""

    def __init__(self, store: ArticleStore, models: Models, golden: Callable[[], GoldenQueries | None]) -> None:
        self._store = store
        self._models = models
        self._golden = golden

    def work(
        self, done: GateWork, candidate: ArticleIndex, live: ArticleIndex | None, through: int
    ) -> tuple[GateWork, bool]:
        """The next piece; True when there is nothing left but to decide.

        Raises IndexUnavailable while the candidate, or a live index that could be read at first, does not answer.
        """
        started = time.perf_counter()
        sides = self._side(candidate), self._side(live) if live else None
        if done.canaries is None:
            done = replace(done, canaries=canaries(sample(self._store, through), *sides))
            ended = False
        else:
            fresh, ended = self._measure(done, *sides)
            done = replace(done, measured=[*done.measured, *fresh])
        return replace(done, seconds=done.seconds + time.perf_counter() - started), ended

    def decide(
        self,
        done: GateWork,
        candidate: ArticleIndex,
        live: ArticleIndex | None,
        through: int,
        since: datetime | None = None,
    ) -> GateReport:
        """The report, of a candidate that has all changes up to ``through`` and was begun at ``since``.

        Expects that all work is done.
        """
        started = time.perf_counter()
        questions, failure = self._questions()
        parts = [
            completeness(self._store, candidate, live, through, since),
            *([done.canaries] if done.canaries else []),
            quality(done.measured, failure),
            latency(done.measured),
        ]
        worst, best = changed_queries(done.measured, {one.id: one.text for one in questions})
        return GateReport(
            verdict="refused" if any(part.verdict == "refused" for part in parts) else "passed",
            live=done.live,
            live_failure=done.live_failure,
            through=through,
            seconds=round(done.seconds + time.perf_counter() - started, 3),
            parts=parts,
            worst_queries=worst,
            best_queries=best,
        )

    def _side(self, index: ArticleIndex) -> Side:
        return Side(index, self._models.named(index.model_version) or self._models.current)

    def _measure(self, done: GateWork, candidate: Side, live: Side | None) -> tuple[list[MeasuredQuery], bool]:
        """Ask as many golden queries as there is time for; True when that were all that are left."""
        known = {one.id for one in done.measured}
        waiting = [one for one in self._questions()[0] if one.id not in known]
        until = time.perf_counter() + PIECE_SECONDS
        fresh: list[MeasuredQuery] = []
        for at, question in enumerate(waiting):
            fresh.append(measure(question, candidate, live, live_first=at % 2 == 0))
            if time.perf_counter() > until:
                break
        return fresh, len(fresh) == len(waiting)

    def _questions(self) -> tuple[list[Question], str | None]:
        """The golden queries that count, and why they can't be read where they can't."""
        try:
            golden = self._golden()
        except InvalidInput as error:
            return [], str(error)
        return (answerable(golden, self._store) if golden else []), None
