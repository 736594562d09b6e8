"""Files that are dropped into the bucket: from there to the readers without anybody's further doing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from .cloud import BUCKET, VISIBILITY, Cloud
from .cluster import ROOT
from .event_source import until_true
from .newsroom import Newsroom

pytestmark = pytest.mark.aws

SECONDS: Final = 60.0
TITLE: Final = "Gặp xác thuyền gỗ dưới lòng sông, cầu Lĩnh Nam dừng khoan trụ T9"
PAGE: Final = ROOT / "events" / "articles" / "cau-linh-nam-dung-khoan-tru-vi-xac-thuyen-co.html"


def row(name: str, title: str) -> str:
    """A line of a file of articles."""
    fields = {"id": f"e2e-{name}", "title": title, "body": f"{title}.", "published_at": "2026-06-15T08:30:00+07:00"}
    return json.dumps(fields, ensure_ascii=False) + "\n"


@pytest.fixture
def drop(cloud: Cloud) -> Any:
    """Puts a file into the inbox and waits until it has been dealt with."""

    def put(name: str, content: bytes) -> None:
        cloud.client("s3").put_object(Bucket=BUCKET, Key=f"inbox/{name}", Body=content)
        until_true(lambda: cloud.inbox.left() == 0, SECONDS, "the inbox queue is empty")

    return put


@pytest.fixture(autouse=True)
def impatient(cloud: Cloud) -> Iterator[None]:
    """A message that failed comes back after two seconds; in the end none was given up but those that tests count."""
    cloud.inbox.visible_after(2)
    yield
    cloud.inbox.visible_after(VISIBILITY)
    assert cloud.inbox.dead() == 0


def test_dropped_articles_are_found_and_a_bad_line_is_kept_with_its_reason(
    cloud: Cloud, newsroom: Newsroom, drop: Any
) -> None:
    lines = row("tha-1", "Bài thả vào QL41001") + '{"id": "e2e-tha-2"}\n' + row("tha-3", "Bài thả vào QL41003")
    drop("tòa soạn/bản tin + sáng.ndjson", lines.encode())
    until_true(lambda: newsroom.matching("QL41001") == ["e2e-tha-1"], SECONDS, "the first is found")
    until_true(lambda: newsroom.matching("QL41003") == ["e2e-tha-3"], SECONDS, "the third is found")
    s3 = cloud.client("s3")
    (refused,) = s3.list_objects_v2(Bucket=BUCKET, Prefix="refused/")["Contents"]
    assert "title" in s3.get_object(Bucket=BUCKET, Key=refused["Key"])["Body"].read().decode()
    (record,) = newsroom.ask("GET", "/v1/articles/e2e-tha-1/audit")["records"]
    assert record["who"] == "inbox:tòa soạn/bản tin + sáng.ndjson"


def test_a_page_is_read(newsroom: Newsroom, drop: Any) -> None:
    drop(PAGE.name, PAGE.read_bytes())

    def titles() -> list[str]:
        return [hit["title"] for hit in newsroom.get("/v1/search", q=TITLE).json()["hits"]]

    until_true(lambda: titles()[:1] == [TITLE], SECONDS, "it is found")


def test_the_same_file_again_changes_nothing(cloud: Cloud, newsroom: Newsroom, drop: Any) -> None:
    drop("a.ndjson", row("tha-5", "Bài thả hai lần QL42001").encode())
    until_true(lambda: newsroom.matching("QL42001") == ["e2e-tha-5"], SECONDS, "it is found")
    revision = newsroom.get("/v1/articles/e2e-tha-5").json()["revision"]
    drop("a.ndjson", row("tha-5", "Bài thả hai lần QL42001").encode())
    assert newsroom.get("/v1/articles/e2e-tha-5").json()["revision"] == revision


def test_a_message_that_nobody_can_read_is_given_up(cloud: Cloud) -> None:
    cloud.inbox.sqs.send_message(QueueUrl=cloud.inbox.url, MessageBody="not a notification")
    until_true(lambda: cloud.inbox.dead() == 1, SECONDS, "it is given up")
    cloud.inbox.forget_dead_letters()
