"""What can't be taken: given up after five receives, without harm to its neighbours, and taken up again once mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from .cloud import BUCKET, VISIBILITY, Cloud
from .event_source import until_true
from .newsroom import Newsroom
from .queues import MOST_RECEIVES

pytestmark = pytest.mark.aws

SECONDS: Final = 60.0


def article(name: str, title: str) -> dict[str, Any]:
    """A short article."""
    return {"id": f"e2e-{name}", "title": title, "body": f"{title}.", "published_at": "2026-06-15T08:30:00+07:00"}


@pytest.fixture(autouse=True)
def impatient(cloud: Cloud) -> Iterator[None]:
    """A message that failed comes back after a second; what a test leaves among the dead letters harms no other."""
    cloud.ingest.visible_after(1)
    yield
    cloud.ingest.visible_after(VISIBILITY)
    cloud.ingest.forget_dead_letters()


def test_a_poison_article_is_given_up_alone_and_taken_up_when_mended(cloud: Cloud, newsroom: Newsroom) -> None:
    """Somebody has written over an article's object by hand; the bucket still has the version before."""
    poisoned, neighbour = article("hong", "Bài bị ghi đè QL11001"), article("lanh", "Bài bên cạnh QL11002")
    newsroom.put(poisoned)
    until_true(lambda: newsroom.matching("QL11001") == [poisoned["id"]], SECONDS, "it is found")
    s3, key = cloud.client("s3"), f"articles/{poisoned['id']}.json"
    metadata = s3.head_object(Bucket=BUCKET, Key=key)["Metadata"]
    later = metadata | {"revision": str(int(metadata["revision"]) + 1)}
    written = s3.put_object(Bucket=BUCKET, Key=key, Body=b"<html>not an article</html>", Metadata=later)
    newsroom.put(neighbour)
    until_true(
        lambda: newsroom.matching("QL11002") == [neighbour["id"]], SECONDS, "its neighbour is found all the same"
    )
    until_true(lambda: cloud.ingest.dead() == 1, SECONDS, "it is given up")
    assert cloud.ingest.left() == 0
    (letter,) = cloud.ingest.dead_letters()
    assert poisoned["id"] in letter["Body"]
    # The queue's own receive, by which it sees that the message has had enough, hands it to nobody.
    assert int(letter["Attributes"]["ApproximateReceiveCount"]) - 1 == MOST_RECEIVES
    assert newsroom.matching("QL11001") == [poisoned["id"]], "readers still have what was there before"

    s3.delete_object(Bucket=BUCKET, Key=key, VersionId=written["VersionId"])
    newsroom.put(poisoned | {"title": "Bài đã sửa QL11003"})
    assert cloud.ingest.redrive() == 1
    until_true(lambda: newsroom.matching("QL11003") == [poisoned["id"]], SECONDS, "it is found, mended")
    until_true(lambda: cloud.ingest.left() == 0, SECONDS, "nothing is left")
    assert cloud.ingest.dead() == 0


def test_a_message_that_nobody_can_read_is_given_up_alone(cloud: Cloud, newsroom: Newsroom) -> None:
    neighbour = article("ben-canh", "Bài cùng lượt QL12001")
    cloud.ingest.sqs.send_message(QueueUrl=cloud.ingest.url, MessageBody="not a notification")
    cloud.ingest.send({"Records": [{"s3": {"object": {"key": "articles/..%2Fetc%2Fpasswd.json"}}}]})
    newsroom.put(neighbour)
    until_true(
        lambda: newsroom.matching("QL12001") == [neighbour["id"]], SECONDS, "its neighbour is found all the same"
    )
    until_true(lambda: cloud.ingest.dead() == 2, SECONDS, "both are given up")
    letters = cloud.ingest.dead_letters()
    assert "not a notification" in [letter["Body"] for letter in letters]


def test_an_object_that_is_no_article_is_given_up(cloud: Cloud, newsroom: Newsroom) -> None:
    """Keys reach the queue URL-encoded, and what is under them need not be machtin's."""
    key = "articles/ghi chú + nháp.txt"
    cloud.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"a note")
    until_true(lambda: cloud.ingest.dead() == 1, SECONDS, "it is given up")
    cloud.client("s3").delete_object(Bucket=BUCKET, Key=key)
    (letter,) = cloud.ingest.dead_letters()
    told = json.loads(letter["Body"])["Records"][0]["s3"]["object"]["key"]
    assert told == "articles%2Fghi+ch%C3%BA+%2B+nh%C3%A1p.txt"
    assert newsroom.get("/v1/health").status_code == 200
