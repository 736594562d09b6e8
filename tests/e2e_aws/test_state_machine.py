"""The re-index state machine as template.yaml defines it, interpreted: its order of work, and each way it can end."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws

from .state_machine import definition, tasks_given_to, taught

ARTICLES: Final = 1_203
ID: Final = "20260315T013000000000"
SECONDS: Final = 30.0
Event = dict[str, Any]
PLAN: Final = {"state": "running", "step": "plan"}
BUILD: Final = {"state": "running", "step": "build"}
CATCH_UP: Final = {"state": "running", "step": "catch_up"}
PROMOTE: Final = {"state": "running", "step": "promote"}
DONE: Final = {"state": "done", "step": "done"}


@dataclass
class Reindexing:
    """Answers the state machine as the re-index function does: ``steps`` are told one after the other."""

    steps: Sequence[Event]
    fails: Callable[[Event], str | None] = lambda event: None
    events: list[Event] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._steps = iter(self.steps)

    def __call__(self, function: str, event: Event) -> Event:
        assert function == "the re-index function"
        with self.lock:
            self.events.append(event)
            if failure := self.fails(event):
                raise RuntimeError(failure)
            if "keys" in event:
                return {"articles": len(event["keys"])}
            return {"retry_after": 0.0, "error": None, **next(self._steps)}

    def asked(self) -> list[str]:
        """What it was asked for, in order; batches in a row count once."""
        kinds = [(event.keys() - {"reindex_id"} or {"next"}).pop() for event in self.events]
        return [kind for kind, before in zip(kinds, ["", *kinds], strict=False) if kind != before or kind != "keys"]


CarryOut = Callable[[Reindexing], Event]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of more articles than one page of a listing has, and objects that are no articles."""
    with pytest.MonkeyPatch.context() as patch, taught():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
        with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
            s3 = boto3.client("s3")
            s3.create_bucket(Bucket="articles", CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
            for number in range(ARTICLES):
                s3.put_object(Bucket="articles", Key=f"articles/{number:04}.json", Body=b"{}")
            s3.put_object(Bucket="articles", Key="inbox/a.html", Body=b"")
            yield "articles"


@pytest.fixture
def carry_out(bucket: str, template: dict[str, Any]) -> CarryOut:
    """Carries out one re-index; the execution as it ended. What fails is tried twice, a second later."""
    given = definition(template, {"ReindexFunction": "the re-index function", "Bucket": bucket, "Workers": "4"})
    hurried = re.sub(
        r'"MaxAttempts": \d+', '"MaxAttempts": 1', given.replace('"IntervalSeconds": 2', '"IntervalSeconds": 1')
    )

    def execution(reindexing: Reindexing) -> Event:
        client = boto3.client("stepfunctions")
        role = "arn:aws:iam::123456789012:role/reindex"
        name = f"reindex-{uuid.uuid4().hex}"
        machine = client.create_state_machine(name=name, definition=hurried, roleArn=role)["stateMachineArn"]
        with tasks_given_to(reindexing):
            begun = client.start_execution(stateMachineArn=machine, input=json.dumps({"reindex_id": ID}))
            until = time.monotonic() + SECONDS
            while (ended := client.describe_execution(executionArn=begun["executionArn"]))["status"] == "RUNNING":
                assert time.monotonic() < until, reindexing.events
                time.sleep(0.05)
        return dict(ended)

    return execution


def test_it_advances_builds_from_the_listing_and_advances_until_it_is_done(carry_out: CarryOut) -> None:
    reindexing = Reindexing([PLAN, BUILD, CATCH_UP, PROMOTE, DONE])
    assert carry_out(reindexing)["status"] == "SUCCEEDED"
    assert reindexing.asked() == ["next", "next", "keys", "built", "next", "next"]
    assert all(event["reindex_id"] == ID for event in reindexing.events)
    batches = [event["keys"] for event in reindexing.events if "keys" in event]
    assert sorted(itertools.chain(*batches)) == [f"articles/{number:04}.json" for number in range(ARTICLES)]
    assert sorted(map(len, batches)) == [203, 500, 500]


@pytest.mark.parametrize("state", ["done", "rolled_back", "cancelled"])
def test_what_was_asked_for_and_done_is_a_success(carry_out: CarryOut, state: str) -> None:
    reindexing = Reindexing([PLAN, {"state": state, "step": "plan"}])
    assert carry_out(reindexing)["status"] == "SUCCEEDED"
    assert reindexing.asked() == ["next", "next"]


def test_one_that_is_cancelled_while_it_is_built_ends_with_the_map(carry_out: CarryOut) -> None:
    reindexing = Reindexing([BUILD, {"state": "cancelled", "step": "build"}])
    assert carry_out(reindexing)["status"] == "SUCCEEDED"
    assert reindexing.asked() == ["next", "keys", "built"]


@pytest.mark.parametrize("state", ["refused", "failed"])
def test_a_refusal_and_a_failure_end_it_with_their_reason(carry_out: CarryOut, state: str) -> None:
    reindexing = Reindexing([PLAN, {"state": state, "step": "gate", "error": "canaries: found 80 of 100"}])
    ended = carry_out(reindexing)
    assert (ended["status"], ended["error"], ended["cause"]) == (
        "FAILED", state.capitalize(), "canaries: found 80 of 100"
    )  # fmt: skip
    assert reindexing.asked() == ["next", "next"]


def test_a_setback_is_waited_for(carry_out: CarryOut) -> None:
    reindexing = Reindexing([CATCH_UP | {"retry_after": 2.0, "error": "S3 answered 503"}, DONE])
    began = time.monotonic()
    assert carry_out(reindexing)["status"] == "SUCCEEDED"
    assert time.monotonic() - began >= 2


def failing(kind: str, most: int, reason: str = "out of memory") -> Callable[[Event], str | None]:
    """Fails so many times of those that are asked for this."""
    left = itertools.repeat(reason, most)
    return lambda event: next(left, None) if kind in event or (kind == "next" and len(event) == 1) else None


@pytest.mark.parametrize("kind", ["next", "keys", "built"])
def test_what_breaks_once_is_tried_again(carry_out: CarryOut, kind: str) -> None:
    reindexing = Reindexing([BUILD, CATCH_UP, DONE], failing(kind, 1))
    assert carry_out(reindexing)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        ("next", "RuntimeError", "out of memory"),
        ("built", "RuntimeError", "out of memory"),
        ("keys", "States.ExceedToleratedFailureThreshold", "threshold was exceeded"),
    ],
)
def test_what_keeps_breaking_is_noted_as_failed(carry_out: CarryOut, kind: str, error: str, told: str) -> None:
    reindexing = Reindexing([BUILD, {"state": "failed", "step": "build", "error": "…"}], failing(kind, 100))
    ended = carry_out(reindexing)
    noted = reindexing.events[-1]
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Broken", noted["failed"])
    assert noted["reindex_id"] == ID
    reason = json.loads(noted["failed"])
    assert reason["Error"] == error
    assert told in reason["Cause"]


def test_it_ends_also_where_that_can_not_be_noted(carry_out: CarryOut) -> None:
    reindexing = Reindexing([], lambda event: "S3 is gone")
    ended = carry_out(reindexing)
    assert (ended["status"], ended["error"]) == ("FAILED", "Broken")
    assert reindexing.asked() == ["next", "next", "failed", "failed"]
