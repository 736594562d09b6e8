"""A deployment as AWS describes it: its bucket, its queues and its state machine, asked by an operator."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from machtin.errors import Unavailable

CONNECT_SECONDS: Final = 3.0
READ_SECONDS: Final = 10.0
ATTEMPTS: Final = 2
_QUEUE_REGION: Final = re.compile(r"https://(?:sqs\.)?([a-z]{2}-[a-z-]+-\d)\b")


@dataclass(frozen=True, slots=True)
class BucketState:
    """``encryption`` names the algorithm, None where there is none."""

    versioned: bool
    encryption: str | None


@dataclass(frozen=True, slots=True)
class QueueState:
    """Messages that wait, that are being worked on, and that were given up; ``dead_letters`` is the ARN of those.

    Without a queue for dead letters it is None.
    """

    waiting: int
    under_way: int
    dead: int
    dead_letters: str | None


@dataclass(frozen=True, slots=True)
class MachineState:
    """``status`` as Step Functions names it; ``running`` counts executions, ``last`` is the latest one's outcome."""

    status: str
    running: int
    last: str | None


def bucket_state(name: str) -> BucketState:
    """Raises Unavailable, here as below, where AWS does not answer or refuses to."""
    with _translated("S3"):
        client = _client("s3")
        versioning = client.get_bucket_versioning(Bucket=name).get("Status")
        try:
            rules = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ServerSideEncryptionConfigurationNotFoundError":
                raise
            rules = []
    algorithms = [rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules]
    return BucketState(versioning == "Enabled", algorithms[0] if algorithms else None)


def clock_skew(bucket: str) -> float:
    """Seconds by which this machine's clock is ahead of S3's, which tells whole seconds."""
    asked = time.time()
    with _translated("S3"):
        client = _client("s3")
        try:
            answer = client.head_bucket(Bucket=bucket)
        except client.exceptions.ClientError as error:
            # Whom S3 refuses because of the clock is told the time all the same.
            answer = error.response
            if "date" not in _headers(answer):
                raise
    halfway = (asked + time.time()) / 2
    return halfway - parsedate_to_datetime(_headers(answer)["date"]).timestamp() - 0.5


def queue_state(url: str) -> QueueState:
    """A queue and its dead letters."""
    region = _QUEUE_REGION.match(url)
    with _translated("SQS"):
        client = _client("sqs", region[1] if region else None)
        asked = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        policy = json.loads(asked.get("RedrivePolicy") or "{}")
        dead_letters = policy.get("deadLetterTargetArn")
        dead = _waiting_in(client, dead_letters) if dead_letters else 0
    return QueueState(
        waiting=int(asked["ApproximateNumberOfMessages"]),
        under_way=int(asked["ApproximateNumberOfMessagesNotVisible"]),
        dead=dead,
        dead_letters=dead_letters,
    )


def machine_state(arn: str) -> MachineState:
    """A state machine and its executions."""
    with _translated("Step Functions"):
        client = _client("stepfunctions", arn.split(":")[3] if arn.count(":") >= 6 else None)
        status = client.describe_state_machine(stateMachineArn=arn)["status"]
        running = client.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
        latest = client.list_executions(stateMachineArn=arn, maxResults=1)["executions"]
    return MachineState(status, len(running), latest[0]["status"] if latest else None)


def _waiting_in(client: Any, arn: str) -> int:
    *_, account, name = arn.split(":")
    url = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    asked = client.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(asked["Attributes"]["ApproximateNumberOfMessages"])


def _headers(answer: Mapping[str, Any]) -> Mapping[str, str]:
    headers: Mapping[str, str] = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return headers


def _client(service: str, region: str | None = None) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
    )
    return boto3.client(service, region_name=region, config=config)


@contextmanager
def _translated(service: str) -> Iterator[None]:
    """An operator may read AWS's own words."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"{service}: {error}") from error
