"""What the doctor looks at in a deployment on AWS: bucket, clock, queues, dead letters and state machine."""

from __future__ import annotations

from typing import Final

from machtin.commands.check import Check, Part
from machtin.settings import Settings

# Revisions are milliseconds of a clock; the journal of changes allows for more, S3 refuses whoever is 15 minutes off.
MOST_SKEW: Final = 5.0
ACCESS: Final = (
    "see that credentials and region are the deployment's (aws sts get-caller-identity), and that the variable names "
    "what the stack's outputs name"
)
VERSION: Final = "put-bucket-versioning --versioning-configuration Status=Enabled"
ENCRYPT: Final = (
    "put-bucket-encryption --server-side-encryption-configuration "
    """'{"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}'"""
)
NOT_SET: Final = "is not looked at; to have it looked at, set"


def kept() -> list[Part]:
    """Where the articles are, and the clock that their revisions come from."""
    return [
        Part("bucket", _bucket, f"MACHTIN_BUCKET: {ACCESS}"),
        Part("clock", _clock, f"MACHTIN_BUCKET: {ACCESS}"),
        Part("store", _store, f"MACHTIN_BUCKET: {ACCESS}"),
    ]


def on_its_way() -> list[Part]:
    """Queues, dead letters, and what carries out re-indexes."""
    return [
        Part("ingest queue", _ingest_queue, f"MACHTIN_INGEST_QUEUE: {ACCESS}"),
        Part("inbox queue", _inbox_queue, f"MACHTIN_INBOX_QUEUE: {ACCESS}"),
        Part("state machine", _state_machine, f"MACHTIN_STATE_MACHINE: {ACCESS}"),
    ]


def _bucket(settings: Settings) -> Check:
    from machtin.adapters.deployment import bucket_state

    state = bucket_state(settings.bucket)
    versioned = "versioned" if state.versioned else "NOT versioned"
    encrypted = f"encrypted ({state.encryption})" if state.encryption else "NOT encrypted"
    mends = [VERSION] if not state.versioned else []
    mends += [ENCRYPT] if not state.encryption else []
    mend = "deploy the template again, or: " + "; ".join(f"aws s3api {one} --bucket {settings.bucket}" for one in mends)
    return Check("bucket", not mends, f"{settings.bucket}, {versioned}, {encrypted}", mend)


def _clock(settings: Settings) -> Check:
    from machtin.adapters.deployment import clock_skew

    skew = clock_skew(settings.bucket)
    side = "ahead of" if skew > 0 else "behind"
    detail = f"{abs(skew):.0f} s {side} S3's" if abs(skew) >= 1 else "within a second of S3's"
    return Check("clock", abs(skew) <= MOST_SKEW, detail, "set this machine's clock: sudo chronyc makestep")


def _store(_: Settings) -> Check:
    from machtin import bootstrap

    return Check("store", True, bootstrap.service().store.health())


def _ingest_queue(settings: Settings) -> Check:
    return _queue("ingest", "MACHTIN_INGEST_QUEUE", settings.ingest_queue)


def _inbox_queue(settings: Settings) -> Check:
    return _queue("inbox", "MACHTIN_INBOX_QUEUE", settings.inbox_queue)


def _queue(function: str, variable: str, url: str) -> Check:
    from machtin.adapters.deployment import queue_state

    part = f"{function} queue"
    if not url:
        return Check(part, True, f"{NOT_SET} {variable}")
    state = queue_state(url)
    if state.dead_letters is None:
        return Check(
            part, False, "has no queue for dead letters", "deploy the template again, it sets the redrive policy"
        )
    detail = f"{state.waiting:,} wait, {state.under_way:,} under way, {state.dead:,} were given up"
    mend = (
        f"find the reason in the logs of the {function} function, mend it, then: "
        f"aws sqs start-message-move-task --source-arn {state.dead_letters}"
    )
    return Check(part, state.dead == 0, detail, mend)


def _state_machine(settings: Settings) -> Check:
    from machtin import bootstrap
    from machtin.adapters.deployment import machine_state

    if not settings.state_machine:
        return Check("state machine", True, f"{NOT_SET} MACHTIN_STATE_MACHINE")
    state = machine_state(settings.state_machine)
    last = f", the last one {state.last.lower()}" if state.last else ""
    detail = f"{state.status.lower()}, {state.running:,} executions under way{last}"
    if state.status != "ACTIVE":
        return Check("state machine", False, detail, "deploy the template again")
    running = bootstrap.service().reindexer.running()
    if running is not None and not state.running:
        mend = (
            f"aws stepfunctions start-execution --state-machine-arn {settings.state_machine} "
            f'--input \'{{"reindex_id": "{running.id}"}}\''
        )
        return Check("state machine", False, f"{detail}; nobody carries out re-index {running.id}", mend)
    return Check("state machine", True, detail)
