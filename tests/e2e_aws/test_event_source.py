"""The event source of these tests behaves as Lambda's does with a queue."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from .event_source import EventSource, failed_ids, until_true
from .gateway import REGION, FunctionError

VISIBILITY: Final = 1


class Function:
    """Takes events and answers what a test wants."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], object] = lambda event: {"batchItemFailures": []}

    def __call__(self, event: dict[str, Any]) -> object:
        self.events.append(event)
        return self.answer(event)

    def bodies(self) -> list[list[str]]:
        return [sorted(record["body"] for record in event["Records"]) for event in self.events]


class Queue:
    """A queue with its dead letters behind it."""

    def __init__(self) -> None:
        self.client = boto3.client("sqs", REGION)
        self.dead = self.client.create_queue(QueueName="dead")["QueueUrl"]
        dead_arn = self._attributes(self.dead)["QueueArn"]
        policy = f'{{"deadLetterTargetArn": "{dead_arn}", "maxReceiveCount": 5}}'
        attributes = {"VisibilityTimeout": str(VISIBILITY), "RedrivePolicy": policy}
        self.url = self.client.create_queue(QueueName="queue", Attributes=attributes)["QueueUrl"]
        self.arn = self._attributes(self.url)["QueueArn"]

    def _attributes(self, url: str) -> dict[str, str]:
        told: dict[str, str] = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return told

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.client.send_message(QueueUrl=self.url, MessageBody=body)

    def left(self) -> int:
        told = self._attributes(self.url)
        return int(told["ApproximateNumberOfMessages"]) + int(told["ApproximateNumberOfMessagesNotVisible"])

    def buried(self) -> int:
        return int(self._attributes(self.dead)["ApproximateNumberOfMessages"])


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Queue()


@pytest.fixture
def function() -> Function:
    return Function()


@pytest.fixture
def source(queue: Queue, function: Function) -> Iterator[EventSource]:
    """Polls one batch at a time."""
    one = EventSource(queue.client, queue.url, queue.arn, function, concurrency=1)
    yield one
    one.stop()


def failing(*bodies: str) -> Callable[[dict[str, Any]], object]:
    """A function that reports messages with these bodies as failed."""
    return lambda event: {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for record in event["Records"] if record["body"] in bodies
        ]
    }


def test_a_message_is_told_as_lambda_tells_it(queue: Queue, source: EventSource, function: Function) -> None:
    queue.send("vải")
    source.start()
    until_true(lambda: queue.left() == 0, 10, "the message is taken")
    ((record,),) = (event["Records"] for event in function.events)
    assert record["body"] == "vải"
    assert record["md5OfBody"] == hashlib.md5("vải".encode()).hexdigest()
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", queue.arn, REGION)
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert {"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"} <= record["attributes"].keys()
    assert record["messageId"]
    assert record["receiptHandle"]


def test_batches_fill_up_to_their_size(queue: Queue, source: EventSource, function: Function) -> None:
    queue.send(*map(str, range(25)))
    source.batch_size, source.window = 20, 0.5
    source.start()
    until_true(lambda: queue.left() == 0, 10, "all are taken")
    assert [len(bodies) for bodies in function.bodies()] == [20, 5]


def test_a_batch_waits_its_window_for_more(queue: Queue, source: EventSource, function: Function) -> None:
    source.window = 0.6
    queue.send("first")
    source.start()
    time.sleep(0.2)
    queue.send("second")
    until_true(lambda: queue.left() == 0, 10, "both are taken")
    assert function.bodies() == [["first", "second"]]


def test_only_what_failed_comes_back(queue: Queue, source: EventSource, function: Function) -> None:
    queue.send("good", "bad")
    function.answer = failing("bad")
    source.start()
    until_true(lambda: len(function.events) >= 2, 10, "it comes back")
    assert function.bodies()[:2] == [["bad", "good"], ["bad"]]
    assert function.events[1]["Records"][0]["attributes"]["ApproximateReceiveCount"] == "2"
    function.answer = failing()
    until_true(lambda: queue.left() == 0, 10, "it is taken in the end")


def test_without_partial_answers_whatever_is_answered_is_a_success(
    queue: Queue, source: EventSource, function: Function
) -> None:
    queue.send("bad")
    source.partial, function.answer = False, failing("bad")
    source.start()
    until_true(lambda: queue.left() == 0, 10, "it is taken")


def test_a_broken_function_gets_the_whole_batch_again_and_then_no_more(
    queue: Queue, source: EventSource, function: Function
) -> None:
    def broken(event: dict[str, Any]) -> object:
        raise FunctionError("it broke")

    queue.send("a", "b")
    function.answer = broken
    source.start()
    until_true(lambda: queue.buried() == 2, 20, "both are among the dead letters")
    assert queue.left() == 0
    assert function.bodies() == [["a", "b"]] * 5


def test_a_queue_may_deliver_twice(queue: Queue, source: EventSource, function: Function) -> None:
    queue.send("a")
    source.twice = True
    source.start()
    until_true(lambda: queue.left() == 0, 10, "it is taken")
    assert function.bodies() == [["a"], ["a"]]


def test_no_more_batches_are_under_way_than_allowed(queue: Queue, source: EventSource, function: Function) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def slow(event: dict[str, Any]) -> object:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.2)
        with lock:
            under_way -= 1
        return None

    queue.send(*map(str, range(12)))
    source.batch_size, source.concurrency, function.answer = 1, 3, slow
    source.start()
    until_true(lambda: queue.left() == 0, 20, "all are taken")
    assert most == 3


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": None}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": "unknown"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "unknown"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"identifier": "a"}]}, {"a", "b"}),
        ({"batchItemFailures": ["a"]}, {"a", "b"}),
        ({"batchItemFailures": "a"}, {"a", "b"}),
        ("a", {"a", "b"}),
    ],
)
def test_an_answer_that_makes_no_sense_fails_the_batch(answer: object, failed: set[str]) -> None:
    assert failed_ids(answer, ["a", "b"]) == failed
