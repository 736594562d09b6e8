"""Writing many documents: _bulk requests of bounded size, what is busy asked again, what is poison told apart."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from machtin.adapters.lexical_terms import CURRENT, Analysis
from machtin.adapters.opensearch_client import BUSY, Busy, OpenSearchClient, TimedOut, reason_of
from machtin.adapters.opensearch_documents import bulk_lines, id_of
from machtin.errors import IndexUnavailable, NotAllWritten
from machtin.ports import IndexEntry, IndexTombstone, WriteOutcome

# Bytes of one request: small ones let entries be made while others are written, and are as quick (docs/decisions/0009).
PART_BYTES: Final = 1_000_000
# How long what is busy is asked again, and how long one request may take.
PATIENCE_SECONDS: Final = 20.0
REQUEST_SECONDS: Final = 30.0
ONLY_AN_ALIAS: Final = {"require_alias": "true"}
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Pending:
    """An entry on its way: its place in the batch, and why it was not taken yet."""

    place: int
    article_id: str
    lines: bytes
    reason: str = ""


@dataclass(slots=True)
class _Batch:
    """What has become of a batch so far."""

    deadline: float | None
    late: bool = False  # a request was not answered in time, and may have been carried out
    outcomes: dict[int, WriteOutcome] = field(default_factory=dict)
    poison: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class BulkWriter:
    """Writes batches to the index of the alias ``name``; ``pause``, ``clock`` and ``chance`` are replaced in tests."""

    client: OpenSearchClient
    name: str
    analysis: Analysis = CURRENT
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def write(
        self, entries: Iterable[IndexEntry | IndexTombstone], *, refresh: bool, within: float | None = None
    ) -> list[WriteOutcome]:
        """One outcome for each entry, in order; the next part is made while one is written.

        ``refresh``: searches see it on return.
        What the cluster was too busy for is sent again, it alone, after pauses that double and vary at random (Brooker,
        "Exponential Backoff And Jitter", 2015), for ``within`` seconds. Raises NotAllWritten for what is left then and
        for what the cluster refuses for good; IndexUnavailable when it took nothing at all.
        """
        batch = _Batch(None if within is None else self.clock() + within)
        pending = self._send_all(entries, batch)
        if batch.deadline is None:
            # Not before: making the entries may take long, and is nobody's fault.
            batch.deadline = self.clock() + PATIENCE_SECONDS
        pause = FIRST_PAUSE
        while pending:
            # Half of the pause is certain, half is chance: writers that were refused together come back apart.
            wait = pause * (0.5 + self.chance() / 2)
            if self.clock() + wait > batch.deadline:
                break
            self.pause(wait)
            pause = min(2 * pause, LONGEST_PAUSE)
            pending = [left for part in _parts(pending) for left in self._send(part, batch)]
        if refresh and (batch.late or "written" in batch.outcomes.values()):
            self._refresh(batch)
        if pending and not batch.outcomes and not batch.poison:
            raise IndexUnavailable(f"the index takes no writes now: {pending[0].reason}")
        if pending or batch.poison:
            busy = {one.article_id: one.reason for one in pending}
            raise NotAllWritten(batch.poison | busy, busy=bool(busy))
        return [batch.outcomes[at] for at in range(len(batch.outcomes))]

    def _refresh(self, batch: _Batch) -> None:
        """Once for all parts: a refresh of a large index costs as much for one document as for many.

        One that fails hides nothing: an index refreshes itself every second.
        """
        try:
            self.client.request("POST", f"/{self.name}/_refresh", seconds=self._seconds(batch))
        except (TimedOut, Busy) as error:
            log.warning("what was written is visible a little later: %s", error)

    def _seconds(self, batch: _Batch) -> float:
        if batch.deadline is None:
            return REQUEST_SECONDS
        return min(REQUEST_SECONDS, max(1.0, batch.deadline - self.clock()))

    def _send_all(self, entries: Iterable[IndexEntry | IndexTombstone], batch: _Batch) -> list[_Pending]:
        """A first attempt at everything; returns what is to be sent again."""
        pending = (_Pending(at, id_of(entry), bulk_lines(entry, self.analysis)) for at, entry in enumerate(entries))
        left: list[_Pending] = []
        under_way: Future[list[_Pending]] | None = None
        with ThreadPoolExecutor(1, thread_name_prefix="machtin-bulk") as sender:
            for part in _parts(pending):
                if under_way is not None:
                    left += under_way.result()
                under_way = sender.submit(self._send, part, batch)
            return left + under_way.result() if under_way is not None else left

    def _send(self, part: list[_Pending], batch: _Batch) -> list[_Pending]:
        """One request; sorts its answers and returns what is to be sent again."""
        seconds = self._seconds(batch)
        body = b"".join(one.lines for one in part).decode()
        try:
            answer = self.client.request(
                "POST", f"/{self.name}/_bulk", params=ONLY_AN_ALIAS, body=body, seconds=seconds
            )
        except (TimedOut, Busy) as error:
            # What did arrive is stale at the next attempt, which is as good as written.
            batch.late = True
            return _again(part, str(error))
        left: list[_Pending] = []
        for one, item in zip(part, answer["items"], strict=True):
            result: dict[str, Any] = item["index"]
            status = result["status"]
            if status < 300:
                batch.outcomes[one.place] = "written"
            elif status == 409:
                batch.outcomes[one.place] = "stale"
            elif status == 404:
                raise IndexUnavailable("the index version that was written to has been dropped")
            elif status in BUSY or status >= 500:
                left += _again([one], reason_of(result))
            else:
                batch.poison[one.article_id] = reason_of(result)
        return left


def _again(part: list[_Pending], reason: str) -> list[_Pending]:
    for one in part:
        one.reason = reason
    return part


def _parts(pending: Iterable[_Pending]) -> Iterator[list[_Pending]]:
    """Runs of at most PART_BYTES, or of one entry that is longer."""
    part: list[_Pending] = []
    size = 0
    for one in pending:
        if part and size + len(one.lines) > PART_BYTES:
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one.lines)
    if part:
        yield part
