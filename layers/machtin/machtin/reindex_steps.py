"""The steps of a re-index, one piece of work each. Every piece can be repeated after it was cut short anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from machtin.errors import Conflict, IndexUnavailable, MachtinError, ModelError, NotFound, Unavailable
from machtin.gate import Gate
from machtin.gate_report import GateWork
from machtin.gate_sides import unreadable
from machtin.models import Models
from machtin.ports import ArticleIndex, IndexCatalog
from machtin.reconciliation import CHUNK, IndexChanges, index_all, reconcile
from machtin.reindex_record import PROMOTING, ReindexLog, ReindexRecord
from machtin.store_port import ArticleStore, Change, Stored

# What is replayed at most in one piece of work: some minutes of it.
CHUNKS: Final = 20


class ReindexSteps:
    """Carries out plan → build → catch_up → warm_up → gate → promote → settle, and roll_back, on store and catalog.

    Nothing is read from a candidate before ``warm_up``: an engine may show what is written in a build only then.
    """

    def __init__(
        self,
        store: ArticleStore,
        catalog: IndexCatalog,
        models: Models,
        log: ReindexLog,
        index_changes: IndexChanges,
        gate: Gate,
        keep_versions: int,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._models = models
        self._log = log
        self._index_changes = index_changes
        self._gate_of = gate
        self._keep_versions = keep_versions
        self._clock = clock
        self._steps: dict[str, Callable[[ReindexRecord], ReindexRecord]] = {
            "plan": self._plan,
            "build": self._build,
            "catch_up": self._catch_up,
            "warm_up": self._warm_up,
            "gate": self._gate,
            "promote": self._promote,
            "settle": self._settle,
            "roll_back": self._roll_back,
        }

    def take(self, record: ReindexRecord) -> ReindexRecord:
        """Do the next piece of work; the record as it stands afterwards, not yet saved."""
        return self._steps[record.step](record)

    def abandon(self, record: ReindexRecord) -> None:
        """Drop the candidate, unless it is live. Raises Unavailable when it can't be dropped now."""
        if record.step == "plan":
            self._drop(self._unplanned(record))
        elif record.version is not None and record.step not in PROMOTING - {"promote"}:
            self._drop([record.version])

    def _plan(self, record: ReindexRecord) -> ReindexRecord:
        """First note what there is, then make the candidate: what is new beside it was left by a plan cut short."""
        if record.versions is None:
            self._drop([one.version for one in self._log.all() if one.state == "refused" and one.version])
            return replace(record, versions=tuple(self._catalog.versions()))
        self._drop(self._unplanned(record))
        planned, total, model = self._store.position(), self._store.count(), self._models.current
        with closing(self._catalog.create(model.model_version, model.dimensions, building=True)) as candidate:
            return replace(
                record,
                step="build",
                version=candidate.version,
                model_version=candidate.model_version,
                planned=planned,
                through=planned,
                articles_total=total,
            )

    def _unplanned(self, record: ReindexRecord) -> list[str]:
        """Candidates that this re-index made without having noted them."""
        if record.versions is None or self._live() is None:
            return []  # in a new installation another process may be making the first version
        return [version for version in self._catalog.versions() if version not in record.versions]

    def _build(self, record: ReindexRecord) -> ReindexRecord:
        started = self._clock()
        states = list(islice(self._store.states(record.built), CHUNK))
        built = replace(
            record,
            step="build" if len(states) == CHUNK else "catch_up",
            built=states[-1].id if states else record.built,
            articles_done=record.articles_done + self.fill(record, states),
        )
        return self._worked(built, started)

    def fill(self, record: ReindexRecord, states: Sequence[Stored]) -> int:
        """Write articles to the candidate; returns how many. Tombstones are left out: what they bury isn't there."""
        due = [one for one in states if one.public is not None]
        with self._candidate(record) as candidate:
            index_all(candidate, due, self._index_changes)
        return len(due)

    def _catch_up(self, record: ReindexRecord) -> ReindexRecord:
        with self._candidate(record) as candidate:
            record, ended = self._replayed(record, candidate)
        return replace(record, step="warm_up") if ended else record

    def _warm_up(self, record: ReindexRecord) -> ReindexRecord:
        with self._candidate(record) as candidate:
            candidate.warm_up()
        judged = record.force is not None and record.gate is not None
        return replace(record, step="promote" if judged else "gate")

    def _gate(self, record: ReindexRecord) -> ReindexRecord:
        with self._candidate(record) as candidate:
            done = record.gate_work
            if done is None or (done.live is not None and done.live != self._live()):
                # Also when another version went live meanwhile: readers have that one to lose now.
                done = self._begin_gate(candidate)
            if done.live is None:
                return self._compared(record, done, candidate, None)
            with closing(self._catalog.open(done.live)) as live:
                return self._compared(record, done, candidate, live)

    def _begin_gate(self, candidate: ArticleIndex) -> GateWork:
        """What the candidate is compared with: nothing where the live index can't be read and the candidate can."""
        if failure := unreadable(candidate):
            raise IndexUnavailable(failure)
        try:
            version = self._catalog.live_version()
            if version is None:
                return GateWork(live=None, live_failure="no index version is live yet")
            with closing(self._catalog.open(version)) as live:
                failure = unreadable(live)
        except MachtinError as error:
            return GateWork(live=None, live_failure=str(error))
        return GateWork(live=None if failure else version, live_failure=failure)

    def _compared(
        self, record: ReindexRecord, done: GateWork, candidate: ArticleIndex, live: ArticleIndex | None
    ) -> ReindexRecord:
        done, ended = self._gate_of.work(done, candidate, live, self._due(record))
        if not ended:
            return replace(record, gate_work=done)
        # The gate may have taken minutes: it decides on what there is now.
        record, ended = self._all_replayed(record, candidate)
        if not ended:
            return replace(record, step="catch_up", gate_work=done)
        report = self._gate_of.decide(done, candidate, live, self._due(record), record.started_at)
        record = replace(record, gate_work=None, gate=report)
        if report.verdict == "passed" or record.force is not None:
            return replace(record, step="promote")
        return replace(record, state="refused", error="; ".join(report.reasons))

    def _promote(self, record: ReindexRecord) -> ReindexRecord:
        compared_with = record.gate.live if record.gate else None
        if record.force is None and compared_with and self._live() not in (compared_with, record.version):
            # Another version went live after the gate: readers have that one to lose now.
            return replace(record, step="gate", gate=None)
        with self._candidate(record) as candidate:
            # So that readers never see an article that was taken down since the gate decided.
            record, ended = self._all_replayed(record, candidate)
            if not ended:
                return replace(record, step="catch_up")
            version = candidate.version
        already = self._live() == version
        return replace(
            record, step="settle", previous=self._catalog.previous() if already else self._catalog.promote(version)
        )

    def _settle(self, record: ReindexRecord) -> ReindexRecord:
        with self._candidate(record) as live:
            record, ended = self._all_replayed(record, live)
            if not ended:
                return record
            if record.force is not None:
                # It may have been promoted although something was missing.
                self._reconcile(record, live)
        self._drop(self._superseded(record))
        return replace(record, step="done", state="done")

    def _roll_back(self, record: ReindexRecord) -> ReindexRecord:
        """Only the version before has to be readable."""
        earlier_version = record.previous or ""
        if self._live() != earlier_version:
            # First brought up to date, so that readers never see an article that was taken down since.
            with closing(self._catalog.open(earlier_version)) as earlier:
                self._reconcile(record, earlier)
            self._catalog.promote(earlier_version)
        with closing(self._catalog.open(earlier_version)) as live:
            self._reconcile(record, live)
        return replace(record, state="rolled_back")

    def _reconcile(self, record: ReindexRecord, index: ArticleIndex) -> None:
        """Until this re-index the version was the live one, so that only what has changed since can differ."""
        reconcile(self._store, index, self._index_changes, record.started_at)

    def _superseded(self, record: ReindexRecord) -> list[str]:
        """Versions beyond those that are kept: the live one, the one before, then the newest that were ever live."""
        never_live = {one.version for one in self._log.all() if one.state in ("refused", "failed", "cancelled")}
        newest_first = self._catalog.versions()[::-1]
        behind = [one for one in newest_first if one not in {*never_live, record.version, record.previous}]
        before = [record.previous] if record.previous in newest_first else []
        kept = {record.version, *[*before, *behind][: self._keep_versions - 1]}
        return [version for version in newest_first if version not in kept]

    def _candidate(self, record: ReindexRecord) -> closing[ArticleIndex]:
        """The version that is made, opened for one piece of work. Raises NotFound, or ModelError without its model."""
        index = self._catalog.open(record.version or "")
        if self._models.named(index.model_version) is None:
            index.close()
            raise ModelError(f"the model {index.model_version} is no longer installed; begin anew with the present one")
        return closing(index)

    def _due(self, record: ReindexRecord) -> int:
        """The revision up to which articles must be in the candidate as they are in the store."""
        # What changed after the plan may still wait in the queue where it is journalled from there.
        return record.planned if self._store.late else record.through

    def _all_replayed(self, record: ReindexRecord, index: ArticleIndex) -> tuple[ReindexRecord, bool]:
        """Everything that has changed so far, what has appeared late in the journal among it.

        False when there was more than a piece of work may be; what was replayed counts.
        """
        record = replace(record, through=max(record.planned, min(record.through, record.sure)))
        for _ in range(CHUNKS):
            record, ended = self._replayed(record, index)
            if ended:
                return record, True
        return record, False

    def _replayed(self, record: ReindexRecord, index: ArticleIndex) -> tuple[ReindexRecord, bool]:
        """The next chunk of changes; True when no more were waiting."""
        started = self._clock()
        sure = self._store.position()
        changes: list[Change] = []
        ended = True
        for change in self._store.changes(record.through):
            # Beyond the place where it began: an entry of the journal may hold a whole chunk.
            if len(changes) >= CHUNK and changes[-1].position > record.through:
                ended = False
                break
            changes.append(change)
        # What was taken down before the plan, or waits since then, can't be in the candidate.
        due = [one.state for one in changes if one.state.public is not None or one.state.revision > record.planned]
        if due:
            index_all(index, due, self._index_changes)
        replayed = replace(
            record,
            through=changes[-1].position if changes else record.through,
            sure=sure if ended else record.sure,
        )
        return self._worked(replayed, started), ended

    def _worked(self, record: ReindexRecord, started: datetime) -> ReindexRecord:
        return replace(
            record,
            articles_total=max(record.articles_total, record.articles_done),
            build_seconds=record.build_seconds + (self._clock() - started).total_seconds(),
        )

    def _live(self) -> str | None:
        try:
            return self._catalog.live_version()
        except MachtinError:
            return None

    def _drop(self, versions: Sequence[str]) -> None:
        for version in versions:
            # Gone already, or live, or the engine can't do it now: what is left the next re-index drops.
            with suppress(NotFound, Conflict, Unavailable):
                self._catalog.drop(version)
