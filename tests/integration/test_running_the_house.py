"""What editors run the house with, through the real handler, on both engines and both stores."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from machtin import bootstrap
from machtin.adapters.feed_states import FolderFeedStates, S3FeedStates
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.refusals import Refused, keep_refused
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_refusals import keep_in_bucket
from machtin.errors import IndexUnavailable, Problem
from machtin.feed_state import FeedState, SiteState, Waiting

from .conftest import batch_of, sample_event
from .local_place import installation_environment

FEED = "https://bao.example/rss"
PLACES = {
    "http-show-refused": "/v1/ingest/refused/{}",
    "http-retry-refused": "/v1/ingest/refused/{}/retry",
    "http-dismiss-refused": "/v1/ingest/refused/{}",
    "http-change-golden": "/v1/golden/{}",
    "http-forget-golden": "/v1/golden/{}",
}


class House:
    """An installation on either store, what editors ask of it, and what happens to it."""

    def __init__(self, data: Path, bucket: Bucket | None) -> None:
        self.data, self.bucket = data, bucket
        self.functions = local_functions()

    def ask(self, name: str, thing: str = "", /, status: int = 200, **changes: object) -> Any:
        event = sample_event(name, **changes)
        if thing:
            event["rawPath"] = event["requestContext"]["http"]["path"] = PLACES[name].format(thing)
        answer = self.functions.editor(event, LocalContext("editor_api", "test"))
        assert answer["statusCode"] == status, answer["body"]
        return json.loads(answer["body"])

    def index(self, *article_ids: str) -> None:
        event = batch_of(list(article_ids))
        assert self.functions.ingest(event, LocalContext("ingest", "test")) == {"batchItemFailures": []}

    def refuse(self, raw: bytes = b'{"title": ""}', line: int = 3) -> None:
        reasons = (Problem("title", "is missing or blank; give the headline"),)
        refused = Refused(origin="tin.ndjson", line=line, reasons=reasons, raw=raw)
        if self.bucket is not None:
            keep_in_bucket(self.bucket, refused)
        else:
            keep_refused(self.data / "refused", refused)

    def drop(self, name: str, content: bytes) -> None:
        if self.bucket is not None:
            self.bucket.put(f"inbox/{name}", content)
        else:
            (self.data / "inbox").mkdir(parents=True, exist_ok=True)
            (self.data / "inbox" / name).write_bytes(content)

    def poll(self, state: SiteState) -> None:
        states = S3FeedStates(self.bucket) if self.bucket is not None else FolderFeedStates(self.data / "feeds")
        states.save("bao.example", state)


@pytest.fixture(params=["sqlite", "s3"])
def house(
    request: pytest.FixtureRequest, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    bucket: Bucket | None = request.getfixturevalue("bucket") if request.param == "s3" else None
    for name, value in installation_environment(tmp_path / "data").items():
        monkeypatch.setenv(name, value)
    if bucket is not None:
        monkeypatch.setenv("MACHTIN_STORE", "s3")
        monkeypatch.setenv("MACHTIN_BUCKET", bucket.name)
    bootstrap.service.cache_clear()
    yield House(tmp_path / "data", bucket)
    bootstrap.service().catalog.close()
    bootstrap.service.cache_clear()


def test_what_is_stored_and_not_yet_searchable_is_told(house: House) -> None:
    empty = house.ask("http-ingest")
    assert empty["not_searchable"] == {"looked_at": 0, "ids": [], "since": None, "failure": None}
    house.ask("http-put-article", status=202)
    stored = house.ask("http-ingest")["not_searchable"]
    assert (stored["looked_at"], stored["ids"]) == (1, ["example-article"])
    assert stored["since"] is not None
    house.index("example-article")
    assert house.ask("http-ingest")["not_searchable"]["ids"] == []
    house.ask("http-delete-article", status=202)
    assert house.ask("http-ingest")["not_searchable"]["ids"] == ["example-article"]
    house.index("example-article")
    assert house.ask("http-ingest")["not_searchable"]["ids"] == []


def test_the_queue_is_counted_where_it_can_be_asked(house: House) -> None:
    house.ask("http-put-article", status=202)
    queue = house.ask("http-ingest")["queue"]
    assert queue == ({"waiting": 1, "given_up": 0} if house.bucket is None else None)


def test_an_index_that_is_away_is_told_and_the_rest_all_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise IndexUnavailable("the cluster does not answer")

    house.ask("http-put-article", status=202)
    house.refuse()
    monkeypatch.setattr(bootstrap.service(), "live_index", away)
    status = house.ask("http-ingest")
    assert status["not_searchable"]["failure"] == "the cluster does not answer"
    assert status["refused"] == 1


def test_the_inbox_and_feeds_are_told_of(house: House) -> None:
    house.drop("tin.ndjson", b"{}\n")
    waiting = {"https://bao.example/a": Waiting(FEED, "m"), "https://bao.example/b": Waiting(FEED, "m")}
    feed = FeedState(asked_at=1_773_538_200.0, failures=2, marks={"https://bao.example/c": "m"})
    house.poll(SiteState(feeds={FEED: feed}, waiting=waiting))
    status = house.ask("http-ingest")
    (file,) = status["inbox"]
    assert (file["name"], file["size"], file["state"]) == ("tin.ndjson", 3, "waiting")
    assert status["feeds"] == [
        {
            "address": FEED,
            "asked_at": "2026-03-15T01:30:00+00:00",
            "articles": 1,
            "waiting": 2,
            "failures": 2,
            "rests_until": None,
        }
    ]


def test_refused_input_is_looked_at_mended_and_then_searchable(house: House) -> None:
    house.refuse()
    (listed,) = house.ask("http-refused")["refused"]
    assert (listed["origin"], listed["line"], listed["input"]) == ("tin.ndjson", 3, None)
    assert listed["reasons"] == [{"field": "title", "message": "is missing or blank; give the headline"}]
    assert house.ask("http-show-refused", listed["id"])["input"] == '{"title": ""}'
    taken = house.ask("http-retry-refused", listed["id"], status=202)
    assert [one["outcome"] for one in taken["articles"]] == ["created"]
    assert house.ask("http-refused") == {"total": 0, "refused": []}
    record = house.ask("http-latest-audit")["records"][0]
    assert (record["kind"], record["id"], record["action"]) == ("article", "lua-dong-xuan", "put")
    assert record["reason"] == f"refused input {listed['id']}"
    house.ask("http-retry-refused", listed["id"], status=404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("[]", "body"),
        ('{"text": "x"}', "text"),
        ('{"input": 1}', "input"),
        ('{"input": "{"}', "input"),
        ('{"input": "{\\"id\\": \\"a\\"}"}', "title"),
        (None, "title"),
    ],
)
def test_what_is_no_mend_is_refused_and_the_input_stays(house: House, body: str | None, field: str) -> None:
    house.refuse()
    (listed,) = house.ask("http-refused")["refused"]
    answer = house.ask("http-retry-refused", listed["id"], 422, body=body)
    assert field in {error["field"] for error in answer["errors"]}
    assert house.ask("http-refused")["total"] == 1


def test_refused_input_is_dismissed_with_a_reason(house: House) -> None:
    house.refuse()
    house.refuse(b"{}", 4)
    first = house.ask("http-refused")["refused"][0]
    left = house.ask("http-dismiss-refused", first["id"])
    assert left["total"] == 1
    record = house.ask("http-latest-audit")["records"][0]
    assert (record["action"], record["id"], record["reason"]) == ("dismiss", first["id"], "test")
    house.ask("http-show-refused", first["id"], 404)


def test_golden_queries_are_added_changed_and_forgotten(house: House) -> None:
    assert house.ask("http-golden") == {"queries": []}
    house.ask("http-put-article", status=202)
    made = house.ask("http-add-golden", status=201)
    assert made["articles"][0]["known"] is True
    house.ask("http-add-golden", status=409)
    sent = json.loads(sample_event("http-change-golden")["body"])
    house.ask("http-change-golden", made["id"], 409)
    changed = house.ask("http-change-golden", made["id"], body=json.dumps(sent | {"revision": made["revision"]}))
    assert [one["grade"] for one in changed["articles"]] == [3]
    stale = {"revision": made["revision"]}
    house.ask("http-forget-golden", made["id"], 409, queryStringParameters=stale)
    fresh = {"revision": changed["revision"]}
    assert house.ask("http-forget-golden", made["id"], queryStringParameters=fresh) == {"queries": []}
    house.ask("http-forget-golden", made["id"], 404, queryStringParameters=fresh)
    done = [(one["kind"], one["action"], one["reason"]) for one in house.ask("http-latest-audit")["records"]]
    query = "vùng kinh tế trọng điểm"
    assert done == [("golden", "forget", query), *[("golden", "judge", query)] * 2, ("article", "put", None)]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ([], "body"),
        ({"articles": []}, "query"),
        ({"query": "a", "articles": {}}, "articles"),
        ({"query": "a", "articles": []}, "articles"),
        ({"query": "a", "articles": ["x"]}, "articles[0]"),
        ({"query": "a", "articles": [{"grade": 1}]}, "articles[0].id"),
        ({"query": "a", "articles": [{"id": "a b"}]}, "articles[0].id"),
        ({"query": "a", "articles": [{"id": "a", "grade": True}]}, "articles[0].grade"),
        ({"query": "a", "articles": [{"id": "a", "grade": 10}]}, "articles[0].grade"),
        ({"query": "a", "articles": [{"id": "a", "note": ""}]}, "articles[0].note"),
        ({"query": "a", "articles": [{"id": "a"}], "revision": "x"}, "revision"),
    ],
)
def test_each_field_of_a_golden_query_that_is_wrong_is_named(house: House, sent: object, field: str) -> None:
    answer = house.ask("http-add-golden", "", 422, body=json.dumps(sent))
    assert field in {error["field"] for error in answer["errors"]}


def test_nobody_but_an_editor_is_told(house: House) -> None:
    for name in ("http-ingest", "http-refused", "http-golden", "http-latest-audit"):
        event = sample_event(name)
        del event["requestContext"]["authorizer"]
        answer = house.functions.editor(event, LocalContext("editor_api", "test"))
        assert answer["statusCode"] == 401
