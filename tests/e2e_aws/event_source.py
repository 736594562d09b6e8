"""Stands in for the SQS event source mapping: batches for a function, partial failures, nothing deleted too early.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html: what was reported as failed, and all of a
batch where the function broke or its answer makes no sense, stays in the queue and comes back when its visibility
timeout has passed; the queue itself moves it to the dead letters after so many receives.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from .gateway import REGION, FunctionError, Invoke

RECEIVE: Final = 10  # messages that SQS hands out, and deletes, at a time
IDLE_SECONDS: Final = 0.2
Message = Mapping[str, Any]


def sqs_event(messages: Sequence[Message], arn: str) -> dict[str, Any]:
    """The event that a function gets of these messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": dict(message.get("Attributes", {})),
                "messageAttributes": dict(message.get("MessageAttributes", {})),
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def failed_ids(answer: object, sent: Sequence[str]) -> set[str]:
    """Which of these messages failed, by a function's answer. One that makes no sense fails all of them."""
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else answer
    if not failures and not isinstance(failures, str):
        return set()
    if not isinstance(failures, list):
        return set(sent)
    told = [one.get("itemIdentifier") if isinstance(one, dict) else None for one in failures]
    known = {one for one in told if isinstance(one, str) and one in sent}
    return known if len(known) == len(set(map(str, told))) else set(sent)


@dataclass
class EventSource:
    """Polls one queue for one function until it is stopped.

    ``window``: seconds in which a batch may fill; ``concurrency``: batches under way at a time. ``deliveries`` tells of
    the latest batches, how many messages and how many of them failed. ``twice``: deliver each batch a second time, as
    a queue that promises *at least once* may.
    """

    queues: Any
    url: str
    arn: str
    function: Invoke
    batch_size: int = 10
    window: float = 0.0
    concurrency: int = 2
    partial: bool = True
    twice: bool = False
    deliveries: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=1_000))
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to poll."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way and end; what waits stays in the queue."""
        self._stopping.set()
        if self._thread:
            self._thread.join(timeout=60)

    def _run(self) -> None:
        free = threading.Semaphore(self.concurrency)
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix="event-source") as workers:
            while not self._stopping.is_set():
                free.acquire()
                if batch := self._batch():
                    workers.submit(self.deliver, batch).add_done_callback(lambda _: free.release())
                else:
                    free.release()
                    self._stopping.wait(IDLE_SECONDS)

    def _batch(self) -> list[Message]:
        """Messages until the batch is full, the window has passed or nothing more waits."""
        batch: list[Message] = []
        until: float | None = None
        while len(batch) < self.batch_size and not self._stopping.is_set():
            batch += self.queues.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=min(RECEIVE, self.batch_size - len(batch)),
                AttributeNames=["All"],
                WaitTimeSeconds=0,
            ).get("Messages", [])
            if not batch:
                break
            until = until or time.monotonic() + self.window
            if time.monotonic() >= until:
                break
            self._stopping.wait(min(IDLE_SECONDS, self.window))
        return batch

    def deliver(self, batch: Sequence[Message]) -> None:
        """Hand a batch to the function and delete what it took."""
        ids = [message["MessageId"] for message in batch]
        for _ in range(2 if self.twice else 1):
            failed = self._failed(batch, ids)
        self.deliveries.append((len(batch), len(failed)))
        done = [message for message in batch if message["MessageId"] not in failed]
        for start in range(0, len(done), RECEIVE):
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(done[start : start + RECEIVE])
            ]
            self.queues.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def _failed(self, batch: Sequence[Message], ids: Sequence[str]) -> set[str]:
        try:
            answer = self.function(sqs_event(batch, self.arn))
        except FunctionError:
            return set(ids)
        return failed_ids(answer, ids) if self.partial else set()


def until_true(ask: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask until it is true. Raises AssertionError naming ``what`` when the time is over."""
    deadline = time.monotonic() + seconds
    while not ask():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)
