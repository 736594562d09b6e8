"""The rights of the functions that take articles in, from the bucket's inbox and from feeds: enough, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from machtin import bootstrap
from machtin.adapters import s3_inbox
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.web_client import WebClient
from machtin.web_port import WebAnswer

from .conftest import sample_event
from .rights import Rights, compared, watched

SITE: Final = "https://bao.example"
FEED: Final = f"""<rss version="2.0"><channel>
<item><link>{SITE}/cho-noi.html</link><title>Chợ nổi</title></item>
<item><link>{SITE}/trang.html</link><title>Trang</title></item>
</channel></rss>"""
PAGE: Final = "<html><head><title>Chợ nổi đông khách</title></head><body><h1>Chợ nổi đông khách</h1><p>" + (
    "Chợ nổi đông khách trở lại sau mùa mưa. " * 20 + "</p></body></html>"
)
PAGES: Final = {f"{SITE}/rss": (FEED, "application/rss+xml"), f"{SITE}/cho-noi.html": (PAGE, "text/html")}


@pytest.fixture
def installation(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Articles in a bucket with its inbox, and a feed; the address of the inbox's queue."""
    local_functions()  # Powertools without what only CloudWatch reads
    queue = str(boto3.client("sqs").create_queue(QueueName=bucket.name)["QueueUrl"])
    given = {"DATA": str(tmp_path), "STORE": "s3", "BUCKET": bucket.name, "INBOX_QUEUE": queue, "FEEDS": f"{SITE}/rss"}
    for name, value in given.items():
        monkeypatch.setenv(f"MACHTIN_{name}", value)
    cached = (bootstrap.service, bootstrap.inbox, bootstrap.feeds)
    for one in cached:
        one.cache_clear()
    yield queue
    for one in cached:
        one.cache_clear()


def rights_used(
    template: dict[str, Any], bucket: Bucket, function: str, handler: Any, events: Iterable[Any]
) -> tuple[Any, Any]:
    """What a function lacked and what it did not need, of its rights, to answer these events, which must succeed."""
    with watched() as watch, watch.on(function):
        for event in events:
            answer = handler(event, LocalContext("test", "test", seconds=300.0))
            assert not answer.get("batchItemFailures")
    return compared(Rights(template, bucket.name), function, watch.asked[function])


def test_the_inbox_may_take_files_piece_by_piece_and_nothing_else(
    template: dict[str, Any], bucket: Bucket, installation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import inbox

    monkeypatch.setattr(s3_inbox, "MOST", 1)
    lines = [
        {"id": "a", "title": "Một", "body": "Bài một."},
        {"title": ""},
        {"id": "b", "title": "Hai", "body": "Hai.", "publish_at": f"{datetime.now(UTC) + timedelta(days=1):%FT%TZ}"},
    ]
    bucket.put("inbox/bài.ndjson", "".join(json.dumps(line) + "\n" for line in lines).encode())
    told = sample_event("sqs-inbox-created")
    notification = json.loads(told["Records"][0]["body"])
    notification["Records"][0]["s3"] |= {"bucket": {"name": bucket.name}, "object": {"key": "inbox/b%C3%A0i.ndjson"}}
    told["Records"][0]["body"] = json.dumps(notification)
    gone = json.loads(json.dumps(told).replace("b%C3%A0i", "gone"))

    def events() -> Iterator[Any]:
        yield told
        yield gone
        sqs = boto3.client("sqs")
        while messages := sqs.receive_message(QueueUrl=installation).get("Messages"):
            (rest,) = messages
            sqs.delete_message(QueueUrl=installation, ReceiptHandle=rest["ReceiptHandle"])
            yield {"Records": [{"messageId": rest["MessageId"], "body": rest["Body"]}]}

    assert rights_used(template, bucket, "InboxFunction", inbox.handler, events()) == (set(), set())
    assert [(one.id, one.waits) for one in bootstrap.service().store.states()] == [("a", False), ("b", True)]


def test_feeds_may_keep_what_they_fetch_and_nothing_else(
    template: dict[str, Any], bucket: Bucket, installation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import feeds

    def got(self: WebClient, address: str, **asked: Any) -> WebAnswer:
        body, kind = PAGES.get(address, ("", "text/html"))
        status = 404 if address.endswith("robots.txt") else 200
        return WebAnswer(address=address, status=status, body=body.encode(), kind=kind, charset="utf-8")

    monkeypatch.setattr(WebClient, "get", got)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    event = sample_event("schedule-feeds", every=0)
    assert rights_used(template, bucket, "FeedsFunction", feeds.handler, [event, event]) == (set(), set())
    assert len(list(bootstrap.service().store.ids())) == 1
