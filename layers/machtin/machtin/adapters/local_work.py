"""The background work of one data folder, done by whichever process holds its lock."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from machtin.adapters.local_events import (
    Delivery,
    EventSource,
    Worker,
    daily_chore,
    feeds_chore,
    reindex_chore,
    release_chore,
)
from machtin.adapters.local_functions import Functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.sqlite_queue import SqliteQueue
from machtin.adapters.worker_lock import WorkerLock
from machtin.reindexing import Reindexer

NOTHING = Delivery(0, 0)


class LocalWork:
    """Does a piece of work when it is asked to, unless another process has the work in hand."""

    def __init__(
        self,
        lock: WorkerLock,
        queue: SqliteQueue,
        reindexer: Reindexer,
        functions: Functions,
        due: Callable[[], bool] = lambda: False,
    ) -> None:
        """``due``: whether an article waits whose moment has come."""
        self.lock = lock
        self.queue = queue
        self._taking = threading.Lock()
        self._reindexer = reindexer
        self._functions = functions
        self._due = due
        self._source = EventSource(queue, functions.ingest)

    def take(self) -> bool:
        """Take the work in hand, with what the process before left unfinished; False while another one has it."""
        with self._taking:
            if self.lock.held:
                return True
            if not self.lock.take():
                return False
            self.queue.reclaim()
            return True

    def deliver(self) -> Delivery:
        """Bring one batch of changes to the index."""
        return self._source.deliver() if self.take() else NOTHING

    def waiting(self) -> int:
        """How many changes are not yet in the index."""
        return self.queue.state().waiting

    def advance(self, reindex_id: str) -> bool:
        """Do the next piece of a re-index; False while another process has it in hand."""
        if not self.take():
            return False
        self._functions.reindex({"reindex_id": reindex_id}, LocalContext("reindex", str(uuid.uuid4())))
        return True

    def worker(self, *chores: Callable[[], int], on_taking: Callable[[], object]) -> Worker:
        """A thread for releases, deliveries, re-indexes, the daily purge and ``chores``.

        ``on_taking`` runs first, when the work is in hand.
        """
        prepared = False

        def prepare() -> int:
            nonlocal prepared
            if not prepared and self.take():
                on_taking()
                prepared = True
            return 0

        def when_prepared(chore: Callable[[], int]) -> Callable[[], int]:
            return lambda: chore() if prepared else 0

        own = (
            release_chore(self._due, self._functions.reindex),
            self._source.chore,
            reindex_chore(self._running, self._functions.reindex),
            daily_chore({"purge": True}, self._functions.reindex),
        )
        return Worker([prepare, *(when_prepared(chore) for chore in (*own, *chores))])

    @contextmanager
    def polling(self) -> Iterator[None]:
        """Poll feeds meanwhile, in a thread of its own, since sites are slow; while the work is in hand here."""
        poll = feeds_chore(self._functions.feeds)
        worker = Worker([lambda: poll() if self.lock.held else 0])
        worker.start()
        try:
            yield
        finally:
            worker.stop(within=1.0)  # a request may take longer, and nothing is lost with it

    def _running(self) -> str | None:
        record = self._reindexer.running()
        return record.id if record else None
