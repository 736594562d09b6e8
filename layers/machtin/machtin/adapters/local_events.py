"""Events on a laptop as AWS delivers them: the queue's messages to the ingest function, re-indexes to theirs."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Final, NamedTuple

from machtin.adapters.local_http import Handler, LocalContext
from machtin.adapters.sqlite_queue import Message, SqliteQueue
from machtin.article_keys import article_key
from machtin.errors import IndexUnavailable, MachtinError

# Messages in one event: each event ends in one commit of the index, which costs the same for one article as for many.
BATCH: Final = 1_000
DELIVERIES: Final = 2
IDLE_SECONDS: Final = 0.2
FAILURE_SECONDS: Final = 2.0
DAY_SECONDS: Final = 86_400.0
# Deliveries in a row that fail as a whole, after which it is the index that fails and not an article.
SETBACKS: Final = 3
BUCKET: Final = "machtin-local"
RELEASE_SECONDS: Final = 1.0
# How often a feed is asked; and how long after a poll it is looked what is due, or left.
FEED_SECONDS: Final = 900.0
LOOK_SECONDS: Final = 30.0

log = logging.getLogger(__name__)


def sqs_event(messages: Sequence[Message]) -> dict[str, Any]:
    """The event in which Lambda hands SQS messages, each an S3 notification, to a function."""
    return {"Records": [_sqs_record(message) for message in messages]}


def _sqs_record(message: Message) -> dict[str, Any]:
    body = json.dumps({"Records": [_s3_record(message)]})
    return {
        "messageId": str(message.number),
        "receiptHandle": f"local-{message.number}-{message.receives}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(message.receives)},
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:local:000000000000:machtin-ingest",
        "awsRegion": "local",
    }


def _s3_record(message: Message) -> dict[str, Any]:
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "local",
        "eventName": message.event,
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
            "object": {"key": article_key(message.article_id), "sequencer": f"{message.number:016X}"},
        },
    }


class Delivery(NamedTuple):
    """How many messages one batch had, and how many of them failed."""

    received: int
    failed: int

    def __bool__(self) -> bool:
        """Whether there was anything to deliver."""
        return self.received > 0


class EventSource:
    """Delivers waiting messages to the ingest function in batches, as the SQS event source mapping does."""

    def __init__(self, queue: SqliteQueue, ingest: Handler) -> None:
        self._queue = queue
        self._ingest = ingest

    def deliver(self) -> Delivery:
        """Deliver one batch. What was reported as failed, or all where the function broke, is offered again later."""
        messages = self._queue.receive(BATCH)
        if not messages:
            return Delivery(0, 0)
        try:
            answer = self._ingest(sqs_event(messages), LocalContext("ingest", str(uuid.uuid4())))
        except Exception:
            self._queue.failed(messages)
            raise
        numbers = {entry["itemIdentifier"] for entry in answer["batchItemFailures"]}
        failed = [message for message in messages if str(message.number) in numbers]
        self._queue.failed(failed)
        self._queue.done([message for message in messages if str(message.number) not in numbers])
        return Delivery(len(messages), len(failed))

    def chore(self) -> int:
        """One delivery, as a piece of background work."""
        return self.deliver().received


class Worker:
    """A thread that does what AWS does in the background: deliveries, re-indexes, and files dropped into the inbox.

    Each chore returns how much it did; the thread rests only when none had anything to do.
    """

    def __init__(self, chores: Sequence[Callable[[], int]]) -> None:
        self._chores = chores
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="machtin-worker", daemon=True)

    def start(self) -> None:
        """Begin working."""
        self._thread.start()

    def stop(self, within: float = 30.0) -> None:
        """Finish the piece of work at hand and end; not waited for longer than ``within`` seconds."""
        self._stopping.set()
        self._thread.join(timeout=within)

    def _run(self) -> None:
        while not self._stopping.is_set():
            done = sum(self._attempt(chore) for chore in self._chores)
            if not done:
                self._stopping.wait(IDLE_SECONDS)

    def _attempt(self, chore: Callable[[], int]) -> int:
        try:
            return chore()
        except MachtinError as error:
            log.warning("background work failed and is tried again: %s", error)
        except Exception:
            log.exception("background work failed unexpectedly and is tried again")
        self._stopping.wait(FAILURE_SECONDS)
        return 0


def reindex_chore(
    running: Callable[[], str | None], reindex: Handler, clock: Callable[[], float] = time.monotonic
) -> Callable[[], int]:
    """A chore that does the next piece of the running re-index, where there is one, as the state machine does.

    After a setback it is left alone for as long as its answer says, and other chores go on.
    """
    resting = 0.0

    def advance() -> int:
        nonlocal resting
        reindex_id = running() if clock() >= resting else None
        if reindex_id is None:
            return 0
        answer = reindex({"reindex_id": reindex_id}, LocalContext("reindex", str(uuid.uuid4())))
        resting = clock() + answer["retry_after"]
        return 1

    return advance


def daily_chore(
    event: dict[str, Any], function: Handler, clock: Callable[[], float] = time.monotonic
) -> Callable[[], int]:
    """A chore that sends an event to a function once a day, as a schedule does; for the first time at once."""
    due = -1.0

    def send() -> int:
        nonlocal due
        if clock() < due:
            return 0
        function(event, LocalContext("reindex", str(uuid.uuid4())))
        due = clock() + DAY_SECONDS
        return 1

    return send


def release_chore(
    due: Callable[[], bool], reindex: Handler, clock: Callable[[], float] = time.monotonic
) -> Callable[[], int]:
    """A chore that looks each second whether the moment of a scheduled article has come, and has it released then."""
    looked = -RELEASE_SECONDS

    def release() -> int:
        nonlocal looked
        if clock() < looked + RELEASE_SECONDS:
            return 0
        looked = clock()
        if not due():
            return 0
        released: int = reindex({"release": True}, LocalContext("reindex", str(uuid.uuid4())))["released"]
        return released

    return release


def feeds_chore(feeds: Handler, clock: Callable[[], float] = time.monotonic) -> Callable[[], int]:
    """A chore that polls the feeds that are due, as a schedule does; it goes on while it gets something done."""
    due = -1.0

    def poll() -> int:
        nonlocal due
        if clock() < due:
            return 0
        answer = feeds({"poll_feeds": True, "every": FEED_SECONDS}, LocalContext("feeds", str(uuid.uuid4())))
        fetched: int = answer["fetched"]
        due = clock() + (0.0 if fetched and answer["waiting"] else LOOK_SECONDS)
        return fetched

    return poll


def drain(deliver: Callable[[], Delivery], waiting: Callable[[], int], progress: Callable[[int], None]) -> None:
    """Deliver until nothing waits, telling after each batch how many are left; also waits for what others took.

    Two batches are under way at a time, as on Lambda: one is written while the other is embedded. Raises
    IndexUnavailable when the index takes nothing; what waits stays in the queue.
    """
    setbacks = 0
    with ThreadPoolExecutor(DELIVERIES, thread_name_prefix="machtin-delivery") as pool:
        under_way: set[Future[Delivery]] = set()
        while (left := waiting()) > 0:
            progress(left)
            under_way |= {pool.submit(deliver) for _ in range(DELIVERIES - len(under_way))}
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            deliveries = [future.result() for future in ended]
            if not any(deliveries) and not under_way:
                time.sleep(IDLE_SECONDS)
            for delivery in filter(None, deliveries):
                setbacks = setbacks + 1 if delivery.failed == delivery.received else 0
            if setbacks >= SETBACKS:
                raise IndexUnavailable(f"{left} articles are stored but could not be indexed; run: machtin doctor")
    progress(0)
