"""machtin doctor on a deployment: bucket, clock, queues, dead letters and state machine of a server that speaks AWS."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest

from machtin import bootstrap, cli
from machtin.adapters import deployment
from machtin.adapters.s3_bucket import Bucket
from machtin.article import Article

ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
WAITING = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}}


class Queue(NamedTuple):
    """A queue whose messages are given up, to another one, at the second receive."""

    url: str
    dead_letters: str
    arn_of_dead_letters: str


class Deployment:
    """What a stack would have made, and the doctor's view of it."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.sqs = boto3.client("sqs")
        self.machines = boto3.client("stepfunctions")
        bucket.client.put_bucket_encryption(Bucket=bucket.name, ServerSideEncryptionConfiguration=ENCRYPTED)
        self.ingest, self.inbox = self.queue("ingest"), self.queue("inbox")
        made = self.machines.create_state_machine(
            name=f"machtin-{uuid.uuid4().hex[:8]}",
            definition=json.dumps(WAITING),
            roleArn="arn:aws:iam::123456789012:role/machtin",
        )
        self.machine: str = made["stateMachineArn"]

    def queue(self, name: str) -> Queue:
        unique = f"machtin-{name}-{uuid.uuid4().hex[:8]}"
        dead = self.sqs.create_queue(QueueName=f"{unique}-dead")["QueueUrl"]
        asked = self.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
        arn = asked["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
        made = self.sqs.create_queue(QueueName=unique, Attributes={"RedrivePolicy": policy})
        return Queue(made["QueueUrl"], dead, arn)


def empty_bucket(like: Bucket) -> str:
    """The name of another bucket, as sound as this one."""
    name = f"{like.name}-empty"
    where = {"LocationConstraint": like.client.meta.region_name}
    like.client.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    like.client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    like.client.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=ENCRYPTED)
    return name


Checks = dict[str, dict[str, Any]]


@pytest.fixture
def deployed(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    made = Deployment(bucket)
    for name, value in {
        "MACHTIN_DATA": str(tmp_path / "data"),
        "MACHTIN_STORE": "s3",
        "MACHTIN_BUCKET": bucket.name,
        "MACHTIN_INGEST_QUEUE": made.ingest.url,
        "MACHTIN_INBOX_QUEUE": made.inbox.url,
        "MACHTIN_STATE_MACHINE": made.machine,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MACHTIN_INDEX", raising=False)
    bootstrap.service.cache_clear()
    service = bootstrap.service()
    service.put([Article(id="gao-1", title="Giá gạo tăng", body="Nội dung.")])
    service.index_articles(["gao-1"])
    yield made
    service.catalog.close()
    bootstrap.service.cache_clear()


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Callable[[], Checks]:
    """What the doctor says of each part; its exit code says whether all are well."""

    def look() -> Checks:
        capsys.readouterr()
        code = cli.run(["doctor", "--json"])
        document = json.loads(capsys.readouterr().out)
        assert code == (0 if document["ok"] else 1)
        return {check["part"]: check for check in document["checks"]}

    return look


def unwell(checks: Checks) -> list[str]:
    return [part for part, check in checks.items() if not check["ok"]]


@pytest.mark.usefixtures("deployed")
def test_a_sound_deployment_is_well(doctor: Callable[[], Checks], deployed: Deployment) -> None:
    checks = doctor()
    assert unwell(checks) == []
    assert list(checks) == [
        "python", "packages", "bucket", "clock", "store", "model", "index", "stories", "ingest queue", "inbox queue",
        "state machine", "schedule",
    ]  # fmt: skip
    assert checks["bucket"]["detail"] == f"{deployed.bucket.name}, versioned, encrypted (AES256)"
    assert checks["index"]["detail"].startswith("version articles-")
    assert "1 articles" in checks["index"]["detail"]
    assert checks["ingest queue"]["detail"] == "0 wait, 0 under way, 0 were given up"
    assert checks["state machine"]["detail"] == "active, 0 executions under way"


def test_a_bucket_that_forgets_and_is_open_is_found(doctor: Callable[[], Checks], deployed: Deployment) -> None:
    client, name = deployed.bucket.client, deployed.bucket.name
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    client.delete_bucket_encryption(Bucket=name)
    check = doctor()["bucket"]
    assert (check["ok"], check["detail"]) == (False, f"{name}, NOT versioned, NOT encrypted")
    assert f"put-bucket-versioning --versioning-configuration Status=Enabled --bucket {name}" in check["mend"]
    assert "put-bucket-encryption" in check["mend"]


def test_what_was_given_up_is_found_with_the_command_that_offers_it_again(
    doctor: Callable[[], Checks], deployed: Deployment
) -> None:
    deployed.sqs.send_message(QueueUrl=deployed.ingest.url, MessageBody="{}")
    deployed.sqs.send_message(QueueUrl=deployed.inbox.dead_letters, MessageBody="{}")
    checks = doctor()
    assert unwell(checks) == ["inbox queue"]
    assert checks["ingest queue"]["detail"] == "1 wait, 0 under way, 0 were given up"
    assert checks["inbox queue"]["detail"] == "0 wait, 0 under way, 1 were given up"
    command = f"aws sqs start-message-move-task --source-arn {deployed.inbox.arn_of_dead_letters}"
    assert command in checks["inbox queue"]["mend"]


def test_a_queue_that_loses_what_it_can_not_deliver_is_found(
    doctor: Callable[[], Checks], deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACHTIN_INGEST_QUEUE", deployed.ingest.dead_letters)
    assert doctor()["ingest queue"]["detail"] == "has no queue for dead letters"


def test_a_clock_that_is_wrong_is_found(
    doctor: Callable[[], Checks], deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ahead:
        @staticmethod
        def time() -> float:
            return time.time() + 90

    monkeypatch.setattr(deployment, "time", Ahead)
    check = doctor()["clock"]
    assert not check["ok"]
    assert check["detail"] in ("89 s ahead of S3's", "90 s ahead of S3's")
    assert "clock" in check["mend"]


def test_a_reindex_that_nobody_carries_out_is_found(doctor: Callable[[], Checks], deployed: Deployment) -> None:
    begun = bootstrap.service().reindexer.begin()
    assert doctor()["state machine"]["ok"], "it is under way"
    for one in deployed.machines.list_executions(stateMachineArn=deployed.machine)["executions"]:
        deployed.machines.stop_execution(executionArn=one["executionArn"])
    check = doctor()["state machine"]
    assert not check["ok"]
    assert f"nobody carries out re-index {begun.id}" in check["detail"]
    assert "aws stepfunctions start-execution" in check["mend"]


def test_names_that_lead_nowhere_are_told_with_the_mend(
    doctor: Callable[[], Checks], deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACHTIN_BUCKET", "khong-co-thung-nay")
    monkeypatch.setenv("MACHTIN_INBOX_QUEUE", deployed.inbox.url + "-khong-co")
    monkeypatch.setenv("MACHTIN_STATE_MACHINE", deployed.machine + "-khong-co")
    bootstrap.service.cache_clear()
    checks = doctor()
    assert unwell(checks) == ["bucket", "store", "inbox queue", "state machine", "schedule"]
    for part, variable in (("bucket", "BUCKET"), ("inbox queue", "INBOX_QUEUE"), ("state machine", "STATE_MACHINE")):
        assert f"MACHTIN_{variable}: see that credentials" in checks[part]["mend"]


def test_a_deployment_without_articles_is_well(
    doctor: Callable[[], Checks], deployed: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACHTIN_BUCKET", empty_bucket(deployed.bucket))
    monkeypatch.setenv("MACHTIN_DATA", str(tmp_path / "another"))
    bootstrap.service.cache_clear()
    checks = doctor()
    assert unwell(checks) == []
    assert checks["index"]["detail"] == "is made with the first article"


def test_an_index_that_is_gone_is_found(
    doctor: Callable[[], Checks], deployed: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACHTIN_DATA", str(tmp_path / "another"))
    bootstrap.service.cache_clear()
    check = doctor()["index"]
    assert not check["ok"]
    assert "POST /v1/reindexes" in check["mend"]


def test_what_is_not_named_is_not_looked_at(
    doctor: Callable[[], Checks], deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MACHTIN_INGEST_QUEUE", "MACHTIN_INBOX_QUEUE", "MACHTIN_STATE_MACHINE"):
        monkeypatch.delenv(name)
    checks = doctor()
    assert unwell(checks) == []
    assert checks["inbox queue"]["detail"] == "is not looked at; to have it looked at, set MACHTIN_INBOX_QUEUE"


def test_a_repair_brings_store_and_index_to_agree(deployed: Deployment, capsys: pytest.CaptureFixture[str]) -> None:
    service = bootstrap.service()
    service.put([Article(id="gao-2", title="Gạo", body="Nội dung.")])
    assert cli.run(["doctor", "--repair"]) == 0
    assert "1 articles brought to agree" in capsys.readouterr().err
    assert dict(service.live_index().revisions()) == dict(service.store.revisions())
