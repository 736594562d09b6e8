"""Writing many documents: _bulk requests of bounded size, what is busy asked again, what is poison told apart."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from machtin.adapters.opensearch_client import BUSY, Busy, OpenSearchClient, TimedOut, reason_of
from machtin.adapters.opensearch_documents import bulk_lines, id_of
from machtin.errors import IndexUnavailable, NotAllWritten
from machtin.ports import IndexEntry, IndexTombstone, WriteOutcome

MAX_BYTES: Final = 5_000_000
# How long what is busy is asked again, and how long one request may take.
PATIENCE_SECONDS: Final = 20.0
REQUEST_SECONDS: Final = 30.0
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0


@dataclass(slots=True)
class _Pending:
    """An entry on its way: its place in the batch, and why it was not taken yet."""

    place: int
    article_id: str
    lines: bytes
    reason: str = ""


@dataclass(slots=True)
class BulkWriter:
    """Writes batches to one index; ``pause`` and ``clock`` are there to be replaced in tests."""

    client: OpenSearchClient
    name: str
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    spread: Callable[[], float] = field(default=random.random)

    def write(
        self, entries: Sequence[IndexEntry | IndexTombstone], *, refresh: bool, within: float | None = None
    ) -> list[WriteOutcome]:
        """One outcome for each entry, in order.

        What the cluster was too busy for is sent again, it alone, after pauses that double and vary at random (Brooker,
        "Exponential Backoff And Jitter", 2015), for ``within`` seconds. Raises NotAllWritten for what is left then and
        for what the cluster refuses for good; IndexUnavailable when it took nothing at all.
        """
        deadline = self.clock() + (PATIENCE_SECONDS if within is None else within)
        outcomes: dict[int, WriteOutcome] = {}
        poison: dict[str, str] = {}
        pending = [_Pending(at, id_of(entry), bulk_lines(entry)) for at, entry in enumerate(entries)]
        pause = FIRST_PAUSE
        while pending:
            pending = [one for part in _parts(pending) for one in self._send(part, refresh, deadline, outcomes, poison)]
            wait = pause * (0.5 + self.spread() / 2)
            if not pending or self.clock() + wait > deadline:
                break
            self.pause(wait)
            pause = min(2 * pause, LONGEST_PAUSE)
        if pending and not outcomes and not poison:
            raise IndexUnavailable(f"the index takes no writes now: {pending[0].reason}")
        if poison or pending:
            raise NotAllWritten(poison | {one.article_id: one.reason for one in pending})
        return [outcomes[at] for at in range(len(entries))]

    def _send(
        self,
        part: list[_Pending],
        refresh: bool,
        deadline: float,
        outcomes: dict[int, WriteOutcome],
        poison: dict[str, str],
    ) -> list[_Pending]:
        """One request; sorts its answers into the two tables and returns what is to be sent again."""
        seconds = min(REQUEST_SECONDS, max(1.0, deadline - self.clock()))
        params = {"refresh": "true" if refresh else "false"}
        body = b"".join(one.lines for one in part).decode("utf-8")
        try:
            answer = self.client.request("POST", f"/{self.name}/_bulk", params=params, body=body, seconds=seconds)
        except (TimedOut, Busy) as error:
            # What did arrive is stale at the next attempt, which is as good as written.
            return _again(part, str(error))
        left: list[_Pending] = []
        for one, item in zip(part, answer["items"], strict=True):
            result: dict[str, Any] = item["index"]
            status = result["status"]
            if status < 300:
                outcomes[one.place] = "written"
            elif status == 409:
                outcomes[one.place] = "stale"
            elif status in BUSY or status >= 500:
                left += _again([one], reason_of(result))
            else:
                poison[one.article_id] = reason_of(result)
        return left


def _again(part: list[_Pending], reason: str) -> list[_Pending]:
    for one in part:
        one.reason = reason
    return part


def _parts(pending: list[_Pending]) -> Iterator[list[_Pending]]:
    """Runs of at most MAX_BYTES, or of one entry that is longer."""
    part: list[_Pending] = []
    size = 0
    for one in pending:
        if part and size + len(one.lines) > MAX_BYTES:
            yield part
            part, size = [], 0
        part.append(one)
        size += len(one.lines)
    if part:
        yield part
