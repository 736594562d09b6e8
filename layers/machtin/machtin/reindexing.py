"""Re-index: build a new version beside the live one, compare, swap, and keep the old one for rollback.

Every piece of work leaves a record behind and can be repeated, so that a re-index that was killed goes on where it
stopped. What is away for a while is tried again, with pauses; what breaks ends it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Final

from machtin.answers import ReindexAnswer
from machtin.article_reading import FORBIDDEN
from machtin.errors import Conflict, InvalidInput, MachtinError, Unavailable
from machtin.ports import ArticleIndex, ArticleStore, IndexCatalog
from machtin.reconciliation import IndexChanges, reconcile
from machtin.reindex_record import PROMOTING, ReindexLog, ReindexRecord
from machtin.reindex_steps import ReindexSteps

# Failures in a row after which something that is only away for a while is taken for broken.
SETBACKS: Final = 30
LONGEST_REASON: Final = 500

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
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._log = log
        self._index_changes = index_changes
        self._steps = steps
        self._clock = clock

    def begin(self, force: str | None = None) -> ReindexRecord:
        """Start a re-index, of which nothing is done yet. Raises Conflict naming the one that is running.

        ``force``: the reason for which it is promoted even if the gate refuses it.
        """
        now = self._clock()
        record = ReindexRecord(
            id=now.strftime("%Y%m%dT%H%M%S") + f"{now.microsecond:06d}",
            state="running",
            step="plan",
            started_at=now,
            updated_at=now,
            force=None if force is None else valid_reason(force, "force"),
        )
        self._log.begin(record)
        return record

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

    def show(self, reindex_id: str) -> ReindexRecord:
        """One re-index as it stands. Raises NotFound."""
        return self._log.get(reindex_id)

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
        return self._log.request_cancel(reindex_id)

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
        self._log.begin(resumed)
        return resumed

    def roll_back(self, reindex_id: str) -> ReindexRecord:
        """Make the version that was live before this re-index live again, with all that has changed since.

        Only that version has to be readable. Raises Conflict when this re-index is not the one whose version is live,
        or the version before is no longer there.
        """
        record = self._log.get(reindex_id)
        cut_short = self._was_cut_short(record)
        if not cut_short and not self._is_live(record):
            raise Conflict(f"re-index {reindex_id} is {record.state} and its version is not the live one")
        earlier_version = record.previous or self._catalog.previous()
        if earlier_version is None or earlier_version not in self._catalog.versions():
            raise Conflict(f"the version before re-index {reindex_id} is no longer there; start a new re-index")
        if running := self._log.running():
            raise Conflict(f"re-index {running.id} is running; cancel it or wait until it is done, then roll back")
        if not cut_short:
            # First brought up to date, so that readers never see an article that was taken down since.
            with closing(self._catalog.open(earlier_version)) as earlier:
                self.reconcile(earlier)
            self._catalog.promote(earlier_version)
        with closing(self._catalog.open(earlier_version)) as live:
            self.reconcile(live)
        rolled_back = replace(record, state="rolled_back", updated_at=self._clock())
        self._log.save(rolled_back, record)
        return rolled_back

    def reconcile(self, index: ArticleIndex) -> int:
        """Bring an index version to the store's state exactly; returns how many articles had differed."""
        return reconcile(self._store, index, self._index_changes)

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
        """Whether readers get what this re-index made."""
        made = record.state in ("done", "failed") and record.step in PROMOTING
        return made and self._catalog.live_version() == record.version

    def _was_cut_short(self, record: ReindexRecord) -> bool:
        """Whether a rollback of this re-index has swapped but was not noted."""
        if record.state != "done" or record.previous is None or self._catalog.previous() != record.version:
            return False
        return self._catalog.live_version() == record.previous


def valid_reason(text: object, field: str) -> str:
    """A reason as it is kept. Raises InvalidInput naming ``field`` unless it says something in 500 characters."""
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_REASON:
        raise InvalidInput.of(field, f"must give the reason, in 1 to {LONGEST_REASON} characters")
    if bad := FORBIDDEN.search(text):
        raise InvalidInput.of(field, f"has the character U+{ord(bad[0]):04X} at position {bad.start()}; remove it")
    return " ".join(text.split())


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
