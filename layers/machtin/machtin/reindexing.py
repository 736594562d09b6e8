"""Re-index: build a new version beside the live one, compare, swap, and keep the old one for rollback.

Every piece of work leaves a record behind and can be repeated, so that a re-index that was killed goes on where it
stopped. What is away for a while is tried again, with pauses; what breaks ends it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from machtin.answers import ReindexAnswer
from machtin.audit import valid_reason
from machtin.errors import Conflict, MachtinError, Unavailable
from machtin.ports import ArticleIndex, IndexCatalog
from machtin.reconciliation import IndexChanges, reconcile
from machtin.reindex_record import PROMOTING, ReindexLog, ReindexRecord, ReindexRunner
from machtin.reindex_steps import ReindexSteps
from machtin.store_port import ArticleStore, readable

# Failures in a row after which something that is only away for a while is taken for broken.
SETBACKS: Final = 30
# The longest piece of work, and the parts of a build of a large archive, during which nothing is saved.
STALLED_SECONDS: Final = 3 * 3600.0
# Within it a journal still knows what has changed since a candidate was refused.
LONGEST_REFUSED: Final = timedelta(days=25)

log = logging.getLogger(__name__)


class Reindexer:
    """Begins re-indexes, carries them out piece by piece, cancels them and rolls them back."""

    def __init__(
        self,
        store: ArticleStore,
        catalog: IndexCatalog,
        log: ReindexLog,
        index_changes: IndexChanges,
        steps: ReindexSteps,
        runner: ReindexRunner,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._log = log
        self._index_changes = index_changes
        self._steps = steps
        self._runner = runner
        self._clock = clock

    def next_id(self) -> str:
        """An id for a re-index that begins now: its moment in microseconds."""
        return self._clock().strftime("%Y%m%dT%H%M%S%f")

    def begin(self, force: str | None = None, reindex_id: str | None = None) -> ReindexRecord:
        """Start a re-index, of which nothing is done yet. Raises Conflict naming the one that is running.

        ``force``: the reason for which it is promoted even if the gate refuses it. ``reindex_id`` is one of
        ``next_id``, where it had to be known before.
        """
        now = self._clock()
        record = ReindexRecord(
            id=reindex_id or self.next_id(),
            state="running",
            step="plan",
            started_at=now,
            updated_at=now,
            force=None if force is None else valid_reason(force, "force"),
        )
        self._begin(record)
        return record

    def _begin(self, record: ReindexRecord, before: ReindexRecord | None = None) -> None:
        """Note that it runs and have it carried out; where that can't be arranged, it is what it was ``before``."""
        try:
            self._log.begin(record)
        except Conflict:
            self.revive()
            raise
        try:
            self._runner.start(record)
        except Unavailable as error:
            self._log.save(before or self._failed(record, str(error)), record)
            raise

    def revive(self) -> None:
        """Have the running re-index carried out again if nobody has done a piece of it for longer than one takes."""
        running = self._log.running()
        if running and (self._clock() - running.updated_at).total_seconds() > STALLED_SECONDS:
            log.warning("re-index %s has stalled in step %s; it is started again", running.id, running.step)
            self._runner.start(running)

    def advance(self, reindex_id: str) -> ReindexRecord:
        """Do the next piece of work; call again until the state is no longer ``running``."""
        record = self._log.get(reindex_id)
        if record.state != "running":
            return record
        try:
            advanced = self._cancelled(record) if record.cancel_requested else self._taken(record)
        except Unavailable as error:
            advanced = self._set_back(record, error)
        except MachtinError as error:
            advanced = self._failed(record, str(error))
        except Exception as error:  # what breaks once breaks at each repetition: it must end, not be repeated for ever
            log.exception("re-index %s broke in step %s", record.id, record.step)
            advanced = self._failed(record, f"{type(error).__name__}: {error}")
        advanced = replace(advanced, updated_at=self._clock())
        try:
            self._log.save(advanced, record)
        except Conflict:
            # Two workers had the same piece in hand; what the other one has saved counts.
            return self._log.get(reindex_id)
        if advanced.state in ("failed", "cancelled"):
            self._abandon(record)
        return advanced

    def build_part(self, reindex_id: str, article_ids: Sequence[str]) -> int:
        """Write these articles to the candidate, beside others that write theirs; returns how many were written.

        Nothing is written unless it is being built and not to be cancelled. The same part again: harmless.
        """
        record = self._log.get(reindex_id)
        if record.state != "running" or record.step != "build" or record.cancel_requested:
            return 0
        written = self._steps.fill(record, readable(self._store, article_ids))
        self._log.note_part(reindex_id, article_ids[0] if article_ids else "", written)
        return written

    def built(self, reindex_id: str) -> ReindexRecord:
        """All parts are written: the next step begins."""
        record = self.show(reindex_id)
        if record.state != "running" or record.step != "build":
            return record
        with suppress(Conflict):
            self._log.save(replace(record, step="catch_up", updated_at=self._clock()), self._log.get(reindex_id))
        return self._log.get(reindex_id)

    def fail(self, reindex_id: str, cause: str) -> ReindexRecord:
        """Whoever carries it out can't go on: it ends, and its candidate is dropped unless it is live."""
        record = self._log.get(reindex_id)
        if record.state == "running":
            failed = replace(self._failed(record, cause), updated_at=self._clock())
            self._log.save(failed, record)
            self._abandon(record)
        return self._log.get(reindex_id)

    def show(self, reindex_id: str) -> ReindexRecord:
        """One re-index as it stands, with what parts of the build have written. Raises NotFound."""
        record = self._log.get(reindex_id)
        if record.state != "running" or record.step != "build":
            return record
        written = self._log.parts(reindex_id)
        if not written:
            return record
        done = record.articles_done + written
        # Parts are written beside each other: what counts is the time since the first could begin.
        spent = (self._clock() - record.updated_at).total_seconds()
        return replace(record, articles_done=done, articles_total=max(done, record.articles_total), build_seconds=spent)

    def running(self) -> ReindexRecord | None:
        """The one that is under way, or was when its process ended."""
        return self._log.running()

    def all(self) -> list[ReindexRecord]:
        """Every re-index, newest first."""
        return self._log.all()

    def cancel(self, reindex_id: str) -> ReindexRecord:
        """Ask for the end of a re-index; the next piece of work drops its candidate.

        Raises NotFound; Conflict when it does not run, or is past its gate.
        """
        record = self._log.request_cancel(reindex_id)
        try:
            self._runner.start(record)
        except Unavailable as error:
            log.warning("whoever carries out re-index %s will cancel it: %s", reindex_id, error)
        return record

    def promote_refused(self, reindex_id: str, reason: str) -> ReindexRecord:
        """Go on with a re-index that the gate refused: catch up, and promote in spite of the gate's report.

        Raises NotFound; Conflict when it was not refused, its version is gone, or another one is running.
        """
        reason = valid_reason(reason, "reason")
        record = self._log.get(reindex_id)
        if record.state != "refused":
            raise Conflict(f"re-index {reindex_id} is {record.state}; only one that the gate refused can be promoted")
        if record.version not in self._catalog.versions():
            raise Conflict(f"the version of re-index {reindex_id} is no longer there; start a new re-index")
        if self._store.late and self._clock() - record.updated_at > LONGEST_REFUSED:
            raise Conflict(f"re-index {reindex_id} was refused too long ago to catch up; start a new re-index")
        resumed = replace(
            record,
            state="running",
            step="catch_up",
            force=reason,
            error=None,
            setbacks=0,
            cancel_requested=False,
            updated_at=self._clock(),
        )
        self._begin(resumed, record)
        return resumed

    def roll_back(self, reindex_id: str) -> ReindexRecord:
        """Go back to the version that was live before this re-index, with all that has changed since.

        Raises NotFound; Conflict when this re-index is not the one whose version is live, the version before is no
        longer there, or another one is running.
        """
        record = self._log.get(reindex_id)
        if not self._is_live(record):
            raise Conflict(f"re-index {reindex_id} is {record.state} and its version is not the live one")
        earlier = record.previous or self._catalog.previous()
        if earlier is None or earlier not in self._catalog.versions():
            raise Conflict(f"the version before re-index {reindex_id} is no longer there; start a new re-index")
        if running := self._log.running():
            raise Conflict(f"re-index {running.id} is running; cancel it or wait until it is done, then roll back")
        begun = replace(
            record,
            state="running",
            step="roll_back",
            previous=earlier,
            error=None,
            setbacks=0,
            cancel_requested=False,
            updated_at=self._clock(),
        )
        self._begin(begun, record)
        return begun

    def reconcile(self, index: ArticleIndex, since: datetime | None = None) -> int:
        """Bring an index version to the store's state; returns how many articles had differed. See reconciliation."""
        return reconcile(self._store, index, self._index_changes, since)

    def _taken(self, record: ReindexRecord) -> ReindexRecord:
        return self._steps.take(replace(record, setbacks=0, error=None))

    def _cancelled(self, record: ReindexRecord) -> ReindexRecord:
        return replace(record, state="cancelled", gate_work=None, setbacks=0, error=None)

    def _set_back(self, record: ReindexRecord, error: Unavailable) -> ReindexRecord:
        log.warning("re-index %s is set back in step %s and tried again: %s", record.id, record.step, error)
        if record.setbacks + 1 >= SETBACKS:
            return self._failed(record, f"{error} ({SETBACKS} times in a row)")
        return replace(record, setbacks=record.setbacks + 1, error=str(error))

    def _failed(self, record: ReindexRecord, error: str) -> ReindexRecord:
        return replace(record, state="failed", gate_work=None, error=error)

    def _abandon(self, record: ReindexRecord) -> None:
        try:
            self._steps.abandon(record)
        except MachtinError as left:
            log.warning("the candidate of re-index %s is left for the next one to drop: %s", record.id, left)

    def _is_live(self, record: ReindexRecord) -> bool:
        """Whether readers get what this re-index made, or a rollback of it has swapped and then failed."""
        if record.state not in ("done", "failed") or record.step not in PROMOTING:
            return False
        return record.step == "roll_back" or self._catalog.live_version() == record.version


def reindex_answer(record: ReindexRecord) -> ReindexAnswer:
    """A record as the API shows it."""
    seconds = record.build_seconds
    rate = record.articles_done / seconds if seconds > 0 and record.articles_done else None
    left = max(0, record.articles_total - record.articles_done)
    return ReindexAnswer(
        id=record.id,
        state=record.state,
        step=record.step,
        version=record.version,
        previous=record.previous,
        model_version=record.model_version or None,
        articles_done=record.articles_done,
        articles_total=record.articles_total,
        rate=round(rate, 1) if rate else None,
        seconds_left=round(left / rate, 1) if rate and record.state == "running" and record.step == "build" else None,
        started_at=record.started_at.isoformat(),
        updated_at=record.updated_at.isoformat(),
        error=record.error,
        setbacks=record.setbacks,
        retry_after=record.retry_after,
        cancel_requested=record.cancel_requested,
        force=record.force,
        gate=record.gate,
    )
