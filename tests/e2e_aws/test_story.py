"""The story of an article, told to the deployed shape: published, found, corrected, taken down, in any order."""

from __future__ import annotations

import json
import time
from typing import Any, Final

import pytest

from .cloud import BUCKET, Cloud
from .event_source import until_true
from .newsroom import EDITOR, Newsroom

pytestmark = pytest.mark.aws

# A change is to be seen in seconds; a busy machine may take some more.
SECONDS: Final = 20.0
FIRST: Final = {
    "id": "e2e-pha-quan-lan",
    "title": "Phà Quan Lạn chạy thử tuyến đêm",
    "sapo": "Chuyến phà đầu tiên rời bến Cái Rồng lúc 20 giờ với 112 hành khách.",
    "body": (
        "Tối 15/6, phà Quan Lạn chạy thử tuyến đêm từ bến Cái Rồng ra đảo.\n\n"
        "Chuyến đi mang số hiệu QL70917, mất 70 phút, sóng êm.\n\n"
        "Huyện Vân Đồn sẽ quyết định giá vé trong tháng bảy."
    ),
    "section": "Xã hội",
    "published_at": "2026-06-15T21:30:00+07:00",
}
FOLLOWING: Final = {
    "id": "e2e-pha-quan-lan-gia-ve",
    "title": "Giá vé phà Quan Lạn tuyến đêm: 90.000 đồng một lượt",
    "sapo": "Huyện Vân Đồn chốt giá vé phà Quan Lạn tuyến đêm sau hai tuần chạy thử.",
    "body": "Sau hai tuần chạy thử, phà Quan Lạn tuyến đêm từ bến Cái Rồng ra đảo chính thức bán vé.",
    "section": "Xã hội",
    "published_at": "2026-06-29T09:00:00+07:00",
}
CORRECTED: Final = FIRST | {"body": FIRST["body"].replace("QL70917", "QL95208").replace("70 phút", "95 phút")}


def event_of(article_id: str) -> dict[str, Any]:
    """What S3 tells the queue of an article's object."""
    key = f"articles/{article_id}.json"
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": BUCKET}, "object": {"key": key}}}]}


def test_an_article_is_found_related_and_summarised_in_seconds(newsroom: Newsroom) -> None:
    newsroom.put(FOLLOWING)
    begun = time.monotonic()
    assert newsroom.put(FIRST)["outcome"] == "created"
    until_true(lambda: newsroom.found(FIRST["title"])[:1] == [FIRST["id"]], SECONDS, "it is found")
    print(f"published to found: {time.monotonic() - begun:.1f} s")
    assert newsroom.found("pha quan lan chay thu")[:1] == [FIRST["id"]]
    assert newsroom.found("night ferry to the island", mode="semantic", size=50)
    assert newsroom.get("/v1/suggest", q="pha quan").json()["completions"][0]["id"] in (FIRST["id"], FOLLOWING["id"])
    until_true(lambda: FIRST["id"] in newsroom.related(FOLLOWING["id"]), SECONDS, "it is related news")
    assert FOLLOWING["id"] in newsroom.related(FIRST["id"])
    summary = newsroom.get(f"/v1/articles/{FIRST['id']}/summary").json()
    assert summary["sentences"]
    for sentence in summary["sentences"]:
        assert FIRST[sentence["field"]][sentence["start"] : sentence["end"]] == sentence["text"]


def test_the_same_article_again_changes_nothing(cloud: Cloud, newsroom: Newsroom) -> None:
    first, deliveries = newsroom.put(FIRST), len(cloud.sources["IngestQueue"].deliveries)
    again = newsroom.put(FIRST)
    assert (again["outcome"], again["revision"]) == ("unchanged", first["revision"])
    versions = cloud.client("s3").list_object_versions(Bucket=BUCKET, Prefix=f"articles/{FIRST['id']}.json")
    assert len(versions["Versions"]) == 1
    assert len(cloud.sources["IngestQueue"].deliveries) == deliveries


def test_a_correction_leaves_nothing_of_the_old_text(newsroom: Newsroom) -> None:
    until_true(lambda: newsroom.matching("QL70917") == [FIRST["id"]], SECONDS, "the old text is found")
    assert newsroom.put(CORRECTED)["outcome"] == "updated"
    until_true(lambda: newsroom.matching("QL95208") == [FIRST["id"]], SECONDS, "the new text is found")
    assert newsroom.matching("QL70917") == []
    shown = newsroom.get(f"/v1/articles/{FIRST['id']}")
    summary = newsroom.get(f"/v1/articles/{FIRST['id']}/summary", sentences=5)
    for answer in (shown, summary):
        assert "QL95208" in answer.text
        assert "QL70917" not in answer.text


def test_what_is_taken_down_is_gone_everywhere(newsroom: Newsroom) -> None:
    assert newsroom.take_down(FIRST["id"])["outcome"] == "deleted"
    until_true(lambda: newsroom.matching("QL95208") == [], SECONDS, "it is not found")
    assert FIRST["id"] not in newsroom.found(FIRST["title"], size=50)
    assert FIRST["id"] not in newsroom.related(FOLLOWING["id"])
    assert newsroom.get("/v1/suggest", q="pha quan lan chay").json()["completions"] == []
    draft = newsroom.ask("POST", "/v1/drafts/related", FOLLOWING)
    assert FIRST["id"] not in [one["id"] for one in (*draft["developments"], *draft["background"])]
    for path in ("", "/summary", "/related"):
        assert newsroom.get(f"/v1/articles/{FIRST['id']}{path}").status_code == 410


def test_who_did_it_stays_on_record(newsroom: Newsroom) -> None:
    records = newsroom.ask("GET", f"/v1/articles/{FIRST['id']}/audit")["records"]
    changes = [record for record in records if record["outcome"] != "unchanged"]
    assert [record["outcome"] for record in changes] == ["created", "updated", "deleted"]
    assert {record["who"] for record in records} == {EDITOR.authorizer()["userArn"]}
    created, updated, deleted = changes
    assert created["before"] is None
    assert (updated["before"], deleted["before"]) == (created["after"], updated["after"])
    assert all(record["request_id"] for record in records)


def test_late_and_repeated_events_bring_nothing_back(cloud: Cloud, newsroom: Newsroom) -> None:
    for _ in range(3):
        cloud.ingest.send(event_of(FIRST["id"]))
        cloud.ingest.send(event_of(FOLLOWING["id"]))
    until_true(lambda: cloud.ingest.left() == 0, SECONDS, "all are taken")
    assert FIRST["id"] not in newsroom.found(FIRST["title"], size=50)
    assert newsroom.found(FOLLOWING["title"])[:1] == [FOLLOWING["id"]]


def test_events_may_arrive_in_any_order(cloud: Cloud, newsroom: Newsroom) -> None:
    source = cloud.sources["IngestQueue"]
    source.stop()
    newsroom.put(FIRST)
    newsroom.put(CORRECTED)
    newsroom.take_down(FOLLOWING["id"])
    newsroom.put(FOLLOWING | {"title": "Giá vé phà Quan Lạn giảm: thông báo QL80104"})
    newsroom.put(FIRST)
    messages = cloud.ingest.receive()
    assert len(messages) == 5
    for body in (*reversed(messages), *messages[::2]):
        cloud.ingest.send(json.loads(body))
    source.start()
    until_true(lambda: newsroom.matching("QL80104") == [FOLLOWING["id"]], SECONDS, "the last state is found")
    until_true(lambda: newsroom.matching("QL70917") == [FIRST["id"]], SECONDS, "the last state is found")
    assert newsroom.matching("QL95208") == []
