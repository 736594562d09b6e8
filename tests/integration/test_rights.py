"""The rights that template.yaml gives each function: enough for what it does, and nothing that it does not do.

Each function's real handler works on a bucket; whatever it asks AWS is held against its role's policies.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from machtin import bootstrap
from machtin.adapters import s3_schedule
from machtin.adapters.feed_states import S3FeedStates
from machtin.adapters.refusals import Refused
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_refusals import keep_in_bucket
from machtin.feed_state import FeedState, SiteState

from .conftest import Clock, Event, Invoke, batch_of, sample_event
from .rights import MACHINE, Rights, Watch, compared, covers, watched


@pytest.fixture
def watch() -> Iterator[Watch]:
    with watched() as watch:
        yield watch


@pytest.fixture
def data(engine: str, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose articles are in a bucket and whose re-indexes a state machine carries out."""
    boto3.client("stepfunctions").create_state_machine(
        name="machtin-reindex",
        definition='{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/reindex",
    )
    given = {"DATA": str(tmp_path), "STORE": "s3", "BUCKET": bucket.name, "STATE_MACHINE": MACHINE}
    for name, value in given.items():
        monkeypatch.setenv(f"MACHTIN_{name}", value)
    bootstrap.service.cache_clear()
    return tmp_path


Story = Callable[[], None]


def at(path: str, name: str, **changes: object) -> Event:
    """A sample HTTP event with another path."""
    event = sample_event(name, rawPath=path, **changes)
    event["requestContext"]["http"]["path"] = path
    return event


READERS: Final = (
    "http-search",
    "http-suggest",
    "http-walk",
    "http-article",
    "http-related",
    "http-thread",
    "http-summary",
    "http-digest",
    "http-health",
)


def run_the_house(watch: Watch, bucket: Bucket, editor: Invoke) -> None:
    """Golden queries are edited, refused input is mended and dismissed, and it is looked how ingest stands."""
    for line in (1, 2):
        keep_in_bucket(bucket, Refused(origin="a.ndjson", line=line, reasons=(), raw=b"{}"))
    bucket.put("inbox/a.ndjson", b"{}")
    S3FeedStates(bucket).save("bao.example", SiteState(feeds={"https://bao.example/rss": FeedState()}))
    with watch.on("EditorFunction"):
        golden = json.loads(editor(sample_event("http-add-golden"))["body"])
        path = f"/v1/golden/{golden['id']}"
        sent = json.loads(sample_event("http-change-golden")["body"]) | {"revision": golden["revision"]}
        golden = json.loads(editor(at(path, "http-change-golden", body=json.dumps(sent)))["body"])
        parameters = {"revision": golden["revision"]}
        gone = editor(at(path, "http-forget-golden", queryStringParameters=parameters))
        assert json.loads(gone["body"]) == {"queries": []}
        first, second = json.loads(editor(sample_event("http-refused"))["body"])["refused"]
        article = json.loads(sample_event("http-put-article")["body"]) | {"id": "example-article"}
        mended = json.dumps({"input": json.dumps(article)})
        taken = editor(at(f"/v1/ingest/refused/{first['id']}/retry", "http-retry-refused", body=mended))
        assert taken["statusCode"] == 202
        assert editor(at(f"/v1/ingest/refused/{second['id']}", "http-dismiss-refused"))["statusCode"] == 200
        status = json.loads(editor(sample_event("http-ingest"))["body"])
        assert (status["refused"], status["inbox"][0]["state"], len(status["feeds"])) == (0, "waiting", 1)
        records = json.loads(editor(sample_event("http-latest-audit"))["body"])["records"]
        assert "dismiss" in {record["action"] for record in records}


@pytest.fixture
def story(
    watch: Watch,
    clock: Clock,
    reader: Invoke,
    editor: Invoke,
    ingest: Invoke,
    reindex: Invoke,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
) -> Story:
    """An installation's life: articles come and go, are asked for, are indexed anew, and as before."""
    monkeypatch.setattr(s3_schedule, "SETTLED_MILLISECONDS", 0)

    def told() -> None:
        with watch.on("EditorFunction"):
            for name in ("http-put-article", "http-put-article", "http-post-articles"):
                assert editor(sample_event(name))["statusCode"] in (200, 202)
        with watch.on("IngestFunction"):
            assert ingest(batch_of(["example-article", "never-there"])) == {"batchItemFailures": []}
        with watch.on("ReaderFunction"):
            for name in READERS:
                assert reader(sample_event(name))["statusCode"] == 200
        for _ in range(2):
            with watch.on("EditorFunction"):
                begun = json.loads(editor(sample_event("http-begin-reindex"))["body"])
            assert carried_out(begun)["state"] == "done"
        path = f"/v1/reindexes/{begun['id']}/rollback"
        with watch.on("EditorFunction"):
            back = json.loads(editor(sample_event("http-rollback", rawPath=path))["body"])
            for name in ("http-draft-related", "http-list-reindexes"):
                assert editor(sample_event(name))["statusCode"] == 200
        assert carried_out(back)["state"] == "rolled_back"
        with watch.on("EditorFunction"):
            assert editor(sample_event("http-delete-article"))["statusCode"] == 202
        released()
        run_the_house(watch, bucket, editor)
        with watch.on("ReindexFunction"):  # nobody else brings to the index what was just taken down
            assert reindex(sample_event("schedule-reconcile"))["differed"] > 0
            reindex(sample_event("schedule-purge"))

    def released() -> None:
        """An article waits for its moment, and is released; what marked it is removed."""
        moment = clock.now + timedelta(hours=1)
        event = sample_event("http-put-article")
        event["body"] = json.dumps(json.loads(event["body"]) | {"publish_at": moment.isoformat()})
        with watch.on("EditorFunction"):
            assert editor(event)["statusCode"] == 202
            assert len(json.loads(editor(sample_event("http-scheduled"))["body"])["articles"]) == 1
        clock.now = moment + timedelta(seconds=1)
        with watch.on("ReindexFunction"):
            assert [reindex(sample_event("schedule-release"))["released"] for _ in range(2)] == [1, 0]

    def carried_out(state: dict[str, Any]) -> dict[str, Any]:
        with watch.on("ReindexFunction"):
            while state["state"] == "running":
                name = "reindex-step"
                if state["step"] == "build":
                    reindex(sample_event("reindex-map-batch", reindex_id=state["id"]))
                    name = "reindex-built"
                state = reindex(sample_event(name, reindex_id=state["id"]))
        return state

    return told


def test_each_function_may_do_what_it_does_and_nothing_else(
    template: dict[str, Any], watch: Watch, bucket: Bucket, story: Story
) -> None:
    story()
    assert watch.asked.keys() == {"ReaderFunction", "EditorFunction", "IngestFunction", "ReindexFunction"}
    for function, asked in watch.asked.items():
        assert compared(Rights(template, bucket.name), function, asked) == (set(), set()), function


@pytest.mark.parametrize("engine", [pytest.param("opensearch", marks=pytest.mark.opensearch)], indirect=True)
def test_every_right_on_the_cluster_is_needed_by_whoever_has_it(
    template: dict[str, Any], watch: Watch, bucket: Bucket, story: Story
) -> None:
    story()
    given = Rights(template, bucket.name)
    for policy, functions in {"SearchPolicy": ("Reader", "Editor"), "IndexPolicy": ("Ingest", "Reindex")}.items():
        asked = set().union(*(watch.asked[f"{function}Function"] for function in functions))
        assert {right for right in given.of_policy(policy) if not any(covers(right, one) for one in asked)} == set()
