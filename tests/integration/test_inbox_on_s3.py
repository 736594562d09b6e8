"""Files dropped into the bucket's inbox: taken whole or piece by piece, once, in order, and never lost."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from machtin import bootstrap
from machtin.adapters import s3_inbox
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_drop import Mark
from machtin.adapters.s3_inbox import S3Inbox
from machtin.article_reading import read_article
from machtin.drops import Drop, drops_of
from machtin.errors import InvalidInput, StoreUnavailable

from .conftest import Event, sample_event

PAGE = "Chợ nổi đông khách trở lại\n\nNội dung bài báo có một đoạn văn.\n\nĐoạn thứ hai của bài báo.\n"


def row(article_id: str, title: str = "Tiêu đề") -> str:
    return json.dumps({"id": article_id, "title": title, "body": "Nội dung."}) + "\n"


def rows(count: int) -> str:
    return "".join(row(f"a{number}") for number in range(count))


class Desk:
    """A bucket with its inbox and queue, and what a test asks of them."""

    def __init__(self, bucket: Bucket) -> None:
        local_functions()  # Powertools without what only CloudWatch reads
        import inbox

        self.handler = inbox.handler
        self.bucket = bucket
        self.sqs = boto3.client("sqs")
        self.url = self.sqs.create_queue(QueueName=bucket.name)["QueueUrl"]
        names = {"QueueUrl": self.url, "AttributeNames": ["QueueArn"]}
        arn = self.sqs.get_queue_attributes(**names)["Attributes"]["QueueArn"]
        rules = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "inbox/"}]}}
        told = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"], "Filter": rules}
        bucket.client.put_bucket_notification_configuration(
            Bucket=bucket.name, NotificationConfiguration={"QueueConfigurations": [told]}
        )
        self.test_event = self.waiting()[0]

    def drop(self, name: str, content: str | bytes) -> None:
        self.bucket.put(f"inbox/{name}", content.encode() if isinstance(content, str) else content)

    def waiting(self) -> list[Event]:
        """Take what waits out of the queue, as the event source mapping's records."""
        records = []
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            for one in messages:
                records.append({"messageId": one["MessageId"], "body": one["Body"]})
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=one["ReceiptHandle"])
        return records

    def invoke(self, records: list[Event], seconds: float = 300.0) -> list[str]:
        """The messages that failed."""
        answer = self.handler({"Records": records}, LocalContext("inbox", "test", seconds=seconds))
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def deliver(self) -> int:
        """Hand over all that waits until nothing does; returns how many invocations that took."""
        invocations = 0
        while records := self.waiting():
            assert self.invoke(records) == []
            invocations += 1
        return invocations

    def tag(self, name: str) -> str | None:
        answer = self.bucket.client.get_object_tagging(Bucket=self.bucket.name, Key=f"inbox/{name}")
        return next((tag["Value"] for tag in answer["TagSet"] if tag["Key"] == "machtin"), None)

    def refused(self) -> list[dict[str, Any]]:
        found = [self.bucket.get(one.key) for one in self.bucket.listed("refused/")]
        return [json.loads(one.body) for one in found if one]

    def ids(self) -> list[str]:
        return list(bootstrap.service().store.ids())

    def title(self, article_id: str) -> str:
        article = bootstrap.service().store.get([article_id])[article_id].article
        assert article
        return article.title


@pytest.fixture
def desk(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(bucket)
    settings = {"DATA": str(tmp_path), "STORE": "s3", "BUCKET": bucket.name, "INBOX_QUEUE": made.url}
    for name, value in settings.items():
        monkeypatch.setenv(f"MACHTIN_{name}", value)
    bootstrap.service.cache_clear()
    bootstrap.inbox.cache_clear()
    yield made
    bootstrap.service.cache_clear()
    bootstrap.inbox.cache_clear()


def test_a_dropped_file_is_taken_stays_and_is_marked(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a") + row("b"))
    assert desk.deliver() == 1
    assert desk.ids() == ["a", "b"]
    assert desk.tag("a.ndjson") == "taken"
    (record,) = bootstrap.service().editing.trail("a").records
    assert record.who == "inbox:a.ndjson"


def test_what_is_in_a_file_is_told_by_its_name_and_pages_get_their_ids_from_their_path(desk: Desk) -> None:
    desk.drop("tỉnh/chợ nổi + bến xe.txt", PAGE)
    desk.drop(
        "huyện/bài.html", "<html><title>Bài</title><h1>Bài viết ở huyện</h1><p>" + "Chữ trong bài. " * 20 + "</p>"
    )
    desk.drop("list.json", "[" + row("l1") + "," + row("l2") + "]")
    desk.drop("một.jsonl.gz", gzip.compress(row("g").encode()))
    desk.deliver()
    assert desk.ids() == ["g", "huyen-bai", "l1", "l2", "tinh-cho-noi-ben-xe"]
    assert desk.refused() == []


@pytest.mark.parametrize(
    ("name", "pack"), [("a.ndjson", bytes), ("a.ndjson.gz", gzip.compress), ("a.ndjson.xz", lzma.compress)]
)
def test_a_large_file_is_taken_piece_by_piece(
    desk: Desk, name: str, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_inbox, "MOST", 10)
    lines = rows(15) + "\n\n{broken\n" + rows(24) + row("a3", "Bản sửa") + '{"id": "x"}\n'
    desk.drop(name, pack(lines.encode()))
    assert desk.deliver() == 5
    assert len(desk.ids()) == 24
    assert desk.title("a3") == "Bản sửa", "a later line wins over an earlier one"
    assert sorted(one["line"] for one in desk.refused()) == [18, 44]
    assert desk.tag(name) == "taken"


def test_a_large_list_is_taken_piece_by_piece(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_inbox, "MOST", 10)
    desk.drop("a.json", "[" + ",".join(rows(24).splitlines()) + ', 7, {"id": "x"')
    assert desk.deliver() == 3
    assert len(desk.ids()) == 24
    assert len(desk.refused()) == 2


def test_a_file_that_fits_exactly_needs_no_further_message(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_inbox, "MOST", 10)
    desk.drop("a.ndjson", rows(20) + "\n")
    assert desk.deliver() == 2


class Clock:
    """Runs on by a second each time it is looked at."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def inbox_of(desk: Desk, seconds: Callable[[], float]) -> S3Inbox:
    service = bootstrap.service()
    return S3Inbox(desk.bucket, bootstrap.inbox()._queue, service.put, service.clock, seconds)


def test_no_invocation_outgrows_its_time(desk: Desk) -> None:
    desk.drop("a.ndjson", rows(30))
    pieces = 0
    while messages := desk.waiting():
        (drop,) = drops_of(messages[0]["body"])
        taken = inbox_of(desk, Clock()).take(drop, within=8)
        assert len(taken.changes) + taken.unchanged < 10
        pieces += 1
    assert pieces > 3
    assert len(desk.ids()) == 30


def test_every_message_of_a_batch_has_its_share_of_the_time(desk: Desk) -> None:
    import inbox

    asked: list[float] = []

    class Watched:
        def take(self, drop: Drop, within: float) -> Any:
            asked.append(within)
            raise StoreUnavailable("not now")

    for name in ("a", "b", "c"):
        desk.drop(f"{name}.ndjson", row(name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox, "inbox", Watched)
        assert len(desk.invoke(desk.waiting(), seconds=inbox.RESERVE_SECONDS + 90)) == 3
    assert asked == pytest.approx([30, 45, 90])


def test_a_piece_for_which_there_is_no_time_at_all_is_offered_again(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a"))
    (message,) = desk.waiting()
    assert desk.invoke([message], seconds=1) == [message["messageId"]]
    assert desk.invoke([message]) == []
    assert desk.ids() == ["a"]


def test_a_file_that_is_overwritten_while_it_is_read_is_taken_as_it_was_and_then_as_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_inbox, "MOST", 2)
    desk.drop("a.ndjson", row("a") + row("b") + row("c"))
    assert desk.invoke(desk.waiting()) == []
    (rest,) = desk.waiting()
    desk.drop("a.ndjson", row("d") + row("e"))
    assert desk.invoke([rest]) == []
    assert desk.ids() == ["a", "b", "c"]
    assert desk.tag("a.ndjson") is None, "the mark is on the version that was read"
    desk.deliver()
    assert desk.ids() == ["a", "b", "c", "d", "e"]
    assert desk.tag("a.ndjson") == "taken"


def test_without_versions_only_the_file_as_it_was_told_of_is_read(desk: Desk) -> None:
    old = desk.bucket.put("inbox/a.ndjson", row("a").encode())
    desk.drop("a.ndjson", row("b"))
    drop = Drop(bucket=desk.bucket.name, key="inbox/a.ndjson", etag=old.strip('"'))
    assert bootstrap.inbox().take(drop, within=60).passed_over
    assert desk.ids() == []


def test_a_file_that_is_not_there_any_more_is_no_failure(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a"))
    desk.bucket.delete("inbox/a.ndjson")
    assert desk.deliver() == 1
    gone = Drop(bucket=desk.bucket.name, key="inbox/b.ndjson", version="3HL4kqtJvjVBH40Nrjfkd")
    assert desk.invoke([{"messageId": "1", "body": gone.message()}]) == []
    assert desk.ids() == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.ndjson.gz", b"no gzip at all", "not packed"),
        ("a.ndjson.xz", lzma.compress(rows(2000).encode())[:-300], "can't be read to its end"),
        ("a.html", b"\xff\xff\xff" * 30, "neither UTF-8"),
        ("a.txt", b"", "empty"),
        ("a.json", b'{"id": "a"', "is no JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_kept_with_the_reason_and_does_not_hold_up_others(
    desk: Desk, name: str, content: bytes, reason: str
) -> None:
    desk.drop(name, content)
    desk.drop("good.ndjson", row("good"))
    desk.deliver()
    assert "good" in desk.ids()
    refused = desk.refused()
    assert [one["origin"] for one in refused] == [f"inbox/{name}"]
    assert reason in refused[0]["reasons"][0]["message"]
    assert desk.tag(name) == "refused"


def test_a_json_file_too_large_to_be_held_is_refused_with_the_mend(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_inbox, "MAX_JSON", 1 << 20)
    desk.drop("a.json", "[" + " " * (1 << 20) + "]")
    desk.deliver()
    (refused,) = desk.refused()
    assert refused["reasons"][0]["message"].startswith("is larger than 1 MiB; write one article per line (.ndjson)")
    assert desk.tag("a.json") == "refused"


def test_a_packed_file_beyond_the_limit_is_taken_up_to_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_inbox, "MAX_UNPACKED", 1_000)
    desk.drop("a.ndjson.gz", gzip.compress(rows(100).encode()))
    desk.deliver()
    (refused,) = desk.refused()
    assert "unpack it" in refused["reasons"][0]["message"]
    assert 10 < len(desk.ids()) < 100
    assert desk.tag("a.ndjson.gz") == "refused"


def test_a_broken_line_names_file_line_field_and_mend(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a") + json.dumps({"id": "b", "title": 7, "body": "x"}) + "\n" + row("c"))
    desk.deliver()
    assert desk.ids() == ["a", "c"]
    (refused,) = desk.refused()
    assert (refused["origin"], refused["line"]) == ("inbox/a.ndjson", 2)
    assert refused["reasons"][0] == {"field": "title", "message": "must be a string, not a number"}
    assert json.loads(refused["input"])["id"] == "b"


def test_the_same_message_again_changes_nothing_even_after_a_correction(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a") + "{broken\n")
    messages = desk.waiting()
    assert desk.invoke(messages) == []
    document = {"id": "a", "title": "Sửa tay", "body": "Nội dung."}
    bootstrap.service().put([read_article(document, now=datetime.now(UTC))])
    assert desk.invoke(messages * 3) == []
    assert desk.title("a") == "Sửa tay"
    assert len(desk.refused()) == 1


def test_killed_after_any_step_a_file_is_taken_once_and_its_messages_do_not_multiply(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_inbox, "MOST", 10)
    desk.drop("a.ndjson", rows(30))

    def killed(self: Mark, value: str) -> None:
        raise SystemExit("killed")

    (first,) = desk.waiting()
    with monkeypatch.context() as patched:
        patched.setattr(Mark, "set", killed)
        with pytest.raises(SystemExit):
            desk.invoke([first])
    (second,) = desk.waiting()
    assert desk.invoke([first]) == []
    (again,) = desk.waiting()
    assert again["body"] == second["body"]
    assert desk.invoke([second, again]) == []
    assert len(desk.waiting()) == 1


def test_other_tags_stay(desk: Desk) -> None:
    where = {"Bucket": desk.bucket.name, "Key": "inbox/a.ndjson"}
    desk.bucket.client.put_object(**where, Body=row("a").encode(), Tagging="source=cms")
    desk.deliver()
    tags = desk.bucket.client.get_object_tagging(**where)["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"source": "cms", "machtin": "taken"}


@pytest.mark.parametrize("name", [".hidden.ndjson", "a.ndjson.part", "folder/", ".sync/a.ndjson", "Thumbs.db"])
def test_hidden_and_unfinished_files_are_left_alone(desk: Desk, name: str) -> None:
    desk.drop(name, row("a"))
    desk.deliver()
    assert desk.ids() == []
    assert desk.tag(name) is None


def test_a_file_waits_while_the_bucket_is_unavailable(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.drop("a.ndjson", rows(3))
    messages = desk.waiting()

    def unavailable(self: Bucket, key: str) -> None:
        raise StoreUnavailable("S3 answered 503 SlowDown")

    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "head", unavailable)
        assert desk.invoke(messages) == [messages[0]["messageId"]]
    assert desk.tag("a.ndjson") is None
    assert desk.invoke(messages) == []
    assert len(desk.ids()) == 3


def test_messages_that_are_none_fail_alone(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a"))
    strange = ["{}", "not json", '{"Records": [{}]}', "[]", '{"bucket": "b", "key": "articles/a.json"}', "7"]
    strange.append(Drop(bucket="another", key="inbox/a.ndjson").message())
    strange.append(
        Drop(bucket=desk.bucket.name, key="inbox/a.ndjson").message().replace('"position": 0', '"position": -1')
    )
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(strange)]
    assert desk.invoke([*records, *desk.waiting()]) == [record["messageId"] for record in records]
    assert desk.ids() == ["a"]


def test_the_sample_events_are_read(desk: Desk) -> None:
    (new,) = [drop for one in sample_event("sqs-inbox-created")["Records"] for drop in drops_of(one["body"])]
    (rest,) = [drop for one in sample_event("sqs-inbox-continued")["Records"] for drop in drops_of(one["body"])]
    assert (new.key, new.version) == (rest.key, rest.version) == ("inbox/báo Hà/2026-03-15.ndjson", rest.version)
    assert (rest.position, rest.line) == (8388608, 10000)
    assert drops_of(rest.message()) == [rest]
    assert desk.invoke([desk.test_event, *sample_event("sqs-s3-test-event")["Records"]]) == []
    removed = sample_event("sqs-s3-removed")["Records"][0]["body"].replace("articles/", "inbox/")
    assert drops_of(removed) == []
    with pytest.raises(InvalidInput, match="key must begin with inbox/"):
        drops_of(sample_event("sqs-s3-created")["Records"][0]["body"])
