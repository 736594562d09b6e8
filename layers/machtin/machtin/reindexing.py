"""Re-index: build a new version beside the live one, swap, and keep the old one for rollback.

Every step leaves a record behind and can be repeated, so that a re-index that was killed goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from machtin.answers import ReindexAnswer
from machtin.errors import Conflict, MachtinError, NotFound
from machtin.ports import ArticleIndex, ArticleStore, Embedder, IndexCatalog, Stored
from machtin.reindex_record import ReindexLog, ReindexRecord

# Articles indexed by one call of ``advance``: a few seconds' work, so that progress shows and a kill costs little.
CHUNK: Final = 500

log = logging.getLogger(__name__)

IndexChanges = Callable[[ArticleIndex, Sequence[Stored]], None]


class Reindexer:
    """Carries out the steps build → catch_up → promote → settle → done, one piece at a time."""

    def __init__(
        self,
        store: ArticleStore,
        catalog: IndexCatalog,
        embedder: Embedder,
        log: ReindexLog,
        index_changes: IndexChanges,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._embedder = embedder
        self._log = log
        self._index_changes = index_changes
        self._clock = clock

    def begin(self) -> ReindexRecord:
        """Start a re-index. Raises Conflict naming the one that is running."""
        now = self._clock()
        candidate = self._catalog.create(self._embedder.model_version, self._embedder.dimensions)
        record = ReindexRecord(
            id=now.strftime("%Y%m%dT%H%M%S") + f"{now.microsecond:06d}",
            state="running",
            step="build",
            version=candidate.version,
            articles_total=self._store.count(),
            started_at=now,
            updated_at=now,
        )
        try:
            self._log.begin(record)
        except Conflict:
            self._catalog.drop(candidate.version)
            raise
        return record

    def advance(self, reindex_id: str) -> ReindexRecord:
        """Do the next piece of work; call again until the state is no longer ``running``."""
        record = self._log.get(reindex_id)
        if record.state != "running":
            return record
        steps: dict[str, Callable[[ReindexRecord], ReindexRecord]] = {
            "build": self._replay,
            "catch_up": self._replay,
            "promote": self._promote,
            "settle": self._settle,
        }
        try:
            record = steps[record.step](record)
        except MachtinError as error:
            record = replace(record, state="failed", error=str(error))
        except Exception as error:  # what breaks once breaks at each repetition: it must end, not be repeated for ever
            log.exception("re-index %s broke in step %s", record.id, record.step)
            record = replace(record, state="failed", error=f"{type(error).__name__}: {error}")
        record = replace(record, updated_at=self._clock())
        self._log.save(record)
        return record

    def show(self, reindex_id: str) -> ReindexRecord:
        """One re-index as it stands. Raises NotFound."""
        return self._log.get(reindex_id)

    def running(self) -> ReindexRecord | None:
        """The one that is under way, or was when its process ended."""
        return next((record for record in self._log.all() if record.state == "running"), None)

    def all(self) -> list[ReindexRecord]:
        """Every re-index, newest first."""
        return self._log.all()

    def roll_back(self, reindex_id: str) -> ReindexRecord:
        """Make the version that was live before this re-index live again, with all that has changed since.

        Raises Conflict when this re-index is not the one whose version is live, or nothing was live before it.
        """
        record = self._log.get(reindex_id)
        if record.state != "done" or self._catalog.live().version != record.version:
            raise Conflict(f"re-index {reindex_id} is {record.state} and its version is not the live one")
        if record.previous is None or record.previous not in self._catalog.versions():
            raise Conflict(f"the version before re-index {reindex_id} is no longer there; start a new re-index")
        # First brought up to date, so that readers never see an article that was taken down since.
        self.reconcile(self._catalog.open(record.previous))
        self._catalog.promote(record.previous)
        self.reconcile(self._catalog.live())
        record = replace(record, state="rolled_back", updated_at=self._clock())
        self._log.save(record)
        return record

    def reconcile(self, index: ArticleIndex) -> int:
        """Bring an index version to the store's state exactly; returns how many articles had differed."""
        indexed = dict(index.revisions())
        stored = dict(self._store.revisions())
        differing = [article_id for article_id, revision in stored.items() if indexed.get(article_id) != revision]
        for start in range(0, len(differing), CHUNK):
            self._index_changes(index, list(self._store.get(differing[start : start + CHUNK]).values()))
        # Bury what the store does not show, even where it has never heard of it: the store is the truth.
        buried = [Stored(article_id, indexed[article_id] + 1, None) for article_id in indexed.keys() - stored.keys()]
        if buried:
            self._index_changes(index, buried)
        return len(differing) + len(buried)

    def _replay(self, record: ReindexRecord) -> ReindexRecord:
        changes = [stored for stored, _ in zip(self._store.changes(record.through), range(CHUNK), strict=False)]
        if not changes:
            return replace(record, step="catch_up" if record.step == "build" else "promote")
        self._index_changes(self._catalog.open(record.version), changes)
        return replace(
            record,
            through=changes[-1].revision,
            articles_done=record.articles_done + len(changes),
            articles_total=max(record.articles_total, record.articles_done + len(changes)),
        )

    def _promote(self, record: ReindexRecord) -> ReindexRecord:
        try:
            already_live = self._catalog.live().version == record.version
        except NotFound:
            already_live = False
        if already_live:
            return replace(record, step="settle", previous=self._catalog.previous())
        return replace(record, step="settle", previous=self._catalog.promote(record.version))

    def _settle(self, record: ReindexRecord) -> ReindexRecord:
        self.reconcile(self._catalog.live())
        kept = {record.version, record.previous}
        for version in self._catalog.versions():
            if version not in kept:
                self._catalog.drop(version)
        return replace(record, step="done", state="done")


def reindex_answer(record: ReindexRecord) -> ReindexAnswer:
    """A record as the API shows it."""
    seconds = (record.updated_at - record.started_at).total_seconds()
    rate = record.articles_done / seconds if seconds > 0 and record.articles_done else None
    left = max(0, record.articles_total - record.articles_done)
    return ReindexAnswer(
        id=record.id,
        state=record.state,
        step=record.step,
        version=record.version,
        previous=record.previous,
        articles_done=record.articles_done,
        articles_total=record.articles_total,
        rate=round(rate, 1) if rate else None,
        seconds_left=round(left / rate, 1) if rate and record.state == "running" else None,
        started_at=record.started_at.isoformat(),
        updated_at=record.updated_at.isoformat(),
        error=record.error,
    )
