"""Articles in a bucket whose notifications a queue hands to the ingest function: the deployed shape, in one process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from machtin import bootstrap, reindex_steps
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_store import S3Store
from machtin.errors import StoreUnavailable

from .conftest import Event, Invoke, sample_event

pytestmark = pytest.mark.parametrize("engine", ["embedded"], indirect=True)


@pytest.fixture
def data(engine: str, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose articles are in a bucket."""
    for name, value in {"DATA": str(tmp_path), "STORE": "s3", "BUCKET": bucket.name}.items():
        monkeypatch.setenv(f"MACHTIN_{name}", value)
    bootstrap.service.cache_clear()
    return tmp_path


@pytest.fixture
def deliver(bucket: Bucket, ingest: Invoke) -> Callable[[], int]:
    """Hands everything that the bucket has told the queue to the ingest function; returns how many messages failed."""
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=bucket.name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rules = [{"Key": {"FilterRules": [{"Name": "prefix", "Value": "articles/"}]}}]
    queue = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": rules[0]}
    bucket.client.put_bucket_notification_configuration(
        Bucket=bucket.name, NotificationConfiguration={"QueueConfigurations": [queue]}
    )

    def all_of_it() -> int:
        failed = 0
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]
            failed += len(ingest({"Records": records})["batchItemFailures"])
            for one in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return failed

    return all_of_it


def body(answer: dict[str, Any]) -> Any:
    return json.loads(answer["body"])


def put(editor: Invoke, article_id: str, **changes: str) -> None:
    event = sample_event("http-put-article", rawPath=f"/v1/articles/{article_id}")
    event["body"] = json.dumps(json.loads(event["body"]) | changes)
    assert editor(event)["statusCode"] == 202


def take_down(editor: Invoke, article_id: str) -> None:
    assert editor(sample_event("http-delete-article", rawPath=f"/v1/articles/{article_id}"))["statusCode"] == 202


def found(reader: Invoke, text: str = "quy hoach vung kinh te") -> set[str]:
    event = sample_event("http-search", rawQueryString=f"q={text}", queryStringParameters={"q": text})
    return {hit["id"] for hit in body(reader(event))["hits"]}


def agreeing() -> bool:
    service = bootstrap.service()
    return dict(service.live_index().revisions()) == dict(service.store.revisions())


def test_an_article_is_found_corrected_and_taken_down(
    editor: Invoke, reader: Invoke, deliver: Callable[[], int]
) -> None:
    put(editor, "a")
    assert deliver() == 0
    assert found(reader) == {"a"}
    put(editor, "a", title="Sân vận động mới mở cửa", sapo="", body="Trận đầu tiên đá tối nay.")
    deliver()
    assert found(reader) == set()
    assert found(reader, "sân vận động") == {"a"}
    take_down(editor, "a")
    deliver()
    assert found(reader, "sân vận động") == set()
    assert reader(sample_event("http-article", rawPath="/v1/articles/a"))["statusCode"] == 410
    assert body(reader(sample_event("http-health")))["parts"]["store"]["detail"].startswith("bucket machtin-")


def test_a_message_about_something_else_in_the_bucket_fails_alone(
    bucket: Bucket, editor: Invoke, reader: Invoke, deliver: Callable[[], int]
) -> None:
    put(editor, "a")
    bucket.put("articles/ghi chú.txt", "không phải bài".encode())
    assert deliver() == 1
    assert found(reader) == {"a"}
    assert agreeing()


@pytest.mark.parametrize("broken", [b"{", b"[]", b'{"id": "hong"}', json.dumps({"title": "Tin"}).encode()])
def test_an_object_that_others_wrote_fails_alone_until_it_is_put_anew(
    bucket: Bucket, editor: Invoke, reader: Invoke, deliver: Callable[[], int], broken: bytes
) -> None:
    put(editor, "a")
    bucket.put("articles/hong.json", broken)
    assert deliver() == 1
    assert [one.id for one in bootstrap.service().store.states()] == ["a"]
    assert reader(sample_event("http-article", rawPath="/v1/articles/hong"))["statusCode"] == 500
    put(editor, "hong")
    assert deliver() == 0
    assert found(reader) == {"a", "hong"}


def test_what_others_wrote_over_an_article_is_taken_down_like_the_article(
    bucket: Bucket, editor: Invoke, reader: Invoke, deliver: Callable[[], int]
) -> None:
    put(editor, "a")
    deliver()
    bucket.put("articles/a.json", b"{}")
    take_down(editor, "a")
    deliver()
    assert found(reader) == set()
    assert agreeing()


def test_an_object_that_others_wrote_holds_up_neither_comparison_nor_reindex(
    bucket: Bucket, machine: Machine, editor: Invoke, reader: Invoke, reindex: Invoke, deliver: Callable[[], int]
) -> None:
    put(editor, "a")
    deliver()
    bucket.put("articles/hong.json", json.dumps({"title": "Tin do ai đó đặt vào"}).encode())
    put(editor, "b")
    reindex({"reconcile": True})
    assert found(reader) == {"a", "b"}
    refused = machine.to_the_end(machine.begin())
    assert refused["state"] == "refused"
    assert "hong" in refused["error"]


def test_of_a_batch_that_is_stored_in_part_each_line_is_told_and_what_is_stored_is_on_record(
    bucket: Bucket, editor: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Bucket.create

    def failing(self: Bucket, key: str, *given: Any) -> str:
        if key == "articles/b.json":
            raise StoreUnavailable("S3 answered 503 SlowDown")
        return create(self, key, *given)

    monkeypatch.setattr(Bucket, "create", failing)
    lines = "\n".join(json.dumps({"id": one, "title": "Tin", "body": "Nội dung."}) for one in "ab")
    answer = editor(sample_event("http-post-articles", body=lines, isBase64Encoded=False))
    assert [json.loads(line)["status"] for line in answer["body"].splitlines()] == [503, 503]
    trail = body(editor(sample_event("http-audit", rawPath="/v1/articles/a/audit")))
    assert [one["outcome"] for one in trail["records"]] == ["created"]


class Machine:
    """What the state machine does between two answers of the re-index function."""

    def __init__(self, bucket: Bucket, editor: Invoke, reindex: Invoke) -> None:
        self._bucket = bucket
        self._editor = editor
        self._reindex = reindex

    def begin(self) -> Event:
        begun: Event = body(self._editor(sample_event("http-begin-reindex")))
        return begun

    def to_the_end(self, state: Event, during_build: Callable[[], object] = lambda: None) -> Event:
        while state["state"] == "running":
            if state["step"] == "build":
                keys = [one.key for one in self._bucket.listed("articles/")]
                parts = [keys[at : at + 2] for at in range(0, len(keys), 2)]
                # A part that is repeated changes nothing.
                for part in [*parts, *parts[:1]]:
                    self._reindex({"reindex_id": state["id"], "keys": part})
                during_build()
                state = self._reindex({"reindex_id": state["id"], "built": True})
            else:
                state = self._reindex({"reindex_id": state["id"]})
        return state


@pytest.fixture
def machine(bucket: Bucket, editor: Invoke, reindex: Invoke) -> Machine:
    return Machine(bucket, editor, reindex)


def test_a_reindex_built_in_parts_has_what_changed_meanwhile_and_is_rolled_back_with_what_changed_since(
    machine: Machine, editor: Invoke, reader: Invoke, deliver: Callable[[], int]
) -> None:
    for article_id in "abcde":
        put(editor, article_id)
    take_down(editor, "c")
    deliver()

    def meanwhile() -> None:
        take_down(editor, "a")
        put(editor, "f")
        put(editor, "b", title="Quy hoạch vùng kinh tế: bản sửa")
        deliver()

    before = bootstrap.service().live_index().version
    done = machine.to_the_end(machine.begin(), meanwhile)
    assert done["state"] == "done", done
    assert done["articles_done"] == 4
    assert bootstrap.service().live_index().version == done["version"] != before
    assert found(reader) == {"b", "d", "e", "f"}
    assert agreeing()
    take_down(editor, "d")
    deliver()
    rollback = sample_event("http-rollback", rawPath=f"/v1/reindexes/{done['id']}/rollback")
    back = machine.to_the_end(body(editor(rollback)))
    assert (back["state"], bootstrap.service().live_index().version) == ("rolled_back", before)
    assert found(reader) == {"b", "e", "f"}
    assert agreeing()


def test_changes_that_still_wait_in_the_queue_are_no_reason_to_refuse(
    machine: Machine, editor: Invoke, deliver: Callable[[], int]
) -> None:
    for article_id in "abc":
        put(editor, article_id)
    deliver()

    def meanwhile() -> None:
        put(editor, "moi")
        put(editor, "a", title="Bản sửa chưa được đưa vào chỉ mục")
        take_down(editor, "b")

    done = machine.to_the_end(machine.begin(), meanwhile)
    assert done["state"] == "done", done["error"]
    deliver()
    assert agreeing()


def test_a_flood_of_changes_is_caught_up_with_piece_by_piece(
    machine: Machine, editor: Invoke, deliver: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindex_steps, "CHUNK", 2)
    monkeypatch.setattr(reindex_steps, "CHUNKS", 1)
    monkeypatch.setattr(S3Store, "late", 1_000)
    for article_id in "abc":
        put(editor, article_id)
    deliver()

    def meanwhile() -> None:
        for article_id in "defghi":
            put(editor, article_id)
            deliver()

    done = machine.to_the_end(machine.begin(), meanwhile)
    assert done["state"] == "done", done
    assert agreeing()


def test_what_never_reached_the_index_is_brought_there_by_the_daily_comparison(
    editor: Invoke, reader: Invoke, reindex: Invoke, deliver: Callable[[], int]
) -> None:
    put(editor, "a")
    put(editor, "b")
    deliver()
    put(editor, "c")
    take_down(editor, "a")
    before = bootstrap.service().store.position() + bootstrap.service().store.late
    assert reindex({"reconcile": True}) == {"differed": 2}
    journalled = {change.state.id for change in bootstrap.service().store.changes(before - 1)}
    assert journalled == {"a", "c"}, "a version that is being built learns of it"
    assert found(reader) == {"b", "c"}
    assert agreeing()
