"""Every sample event through its real handler: the sample is what AWS sends, the answer is what a caller gets."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from machtin import bootstrap
from machtin.errors import StoreUnavailable
from machtin.reindexing import reindex_answer
from machtin.vietnamese import fold

from .conftest import EVENTS, Clock, Event, Invoke, sample_event

ARTICLE = json.loads(sample_event("http-put-article")["body"])


def body(answer: dict[str, Any]) -> Any:
    return json.loads(answer["body"])


def to(path: str, event: str, **changes: object) -> Event:
    """A sample HTTP event with another path."""
    return sample_event(event, rawPath=path, **changes)


@pytest.fixture
def published(editor: Invoke, deliver: Callable[[], None]) -> None:
    assert editor(sample_event("http-put-article"))["statusCode"] == 202
    deliver()


@pytest.mark.usefixtures("published")
class TestReaders:
    def test_search_finds_the_article(self, reader: Invoke) -> None:
        answer = reader(sample_event("http-search"))
        assert answer["statusCode"] == 200
        assert answer["headers"]["Content-Type"] == "application/json"
        found = body(answer)
        assert [hit["id"] for hit in found["hits"]] == ["example-article"]
        assert found["total"] == 1
        assert found["degraded"] is False
        assert found["facets"]["section"] == {"Kinh tế": 1}
        title = found["hits"][0]["title"]
        spans = found["hits"][0]["highlights"]["title"]
        assert [title[span["start"] : span["end"]] for span in spans] == ["vùng", "kinh", "tế"]
        assert "vùng" in answer["body"], "letters are not escaped"

    def test_the_article_is_shown_as_published(self, reader: Invoke) -> None:
        shown = body(reader(sample_event("http-article")))
        assert {name: shown[name] for name in ARTICLE} == ARTICLE
        assert shown["revision"] > 0

    def test_the_summary_points_into_the_article(self, reader: Invoke) -> None:
        summary = body(reader(sample_event("http-summary")))
        assert 1 <= len(summary["sentences"]) <= 2
        for sentence in summary["sentences"]:
            assert ARTICLE[sentence["field"]][sentence["start"] : sentence["end"]] == sentence["text"]

    def test_a_digest_of_an_event_names_the_source_of_each_sentence(
        self, reader: Invoke, editor: Invoke, deliver: Callable[[], None]
    ) -> None:
        again = sample_event("http-put-article")
        again["rawPath"] = again["requestContext"]["http"]["path"] = "/v1/articles/later"
        later = ARTICLE | {"body": "Vùng kinh tế trọng điểm có thêm ba khu công nghiệp mới.", "published_at": None}
        assert editor(again | {"body": json.dumps(later)})["statusCode"] == 202
        deliver()

        event = body(reader(sample_event("http-digest")))
        parameters = {"ids": "later,gone,example-article", "sentences": "9"}
        both = body(reader(sample_event("http-digest", queryStringParameters=parameters)))

        assert event["articles"][0]["id"] == "example-article"
        assert event["syllables"] <= 120
        assert [one["id"] for one in both["articles"]] == ["example-article", "later"]
        assert both["missing"] == [{"id": "gone", "reason": "unknown"}]
        assert {one["source"]["id"] for one in both["sentences"]} == {"example-article", "later"}
        for sentence in event["sentences"] + both["sentences"]:
            published = {"example-article": ARTICLE, "later": later}[sentence["source"]["id"]]
            assert published[sentence["field"]][sentence["start"] : sentence["end"]] == sentence["text"]

    def test_headlines_go_on_from_what_is_typed(self, reader: Invoke) -> None:
        typed = " ".join(ARTICLE["title"].split()[:2])[:-1]
        event = sample_event("http-suggest", queryStringParameters={"q": fold(typed)})
        (completion,) = body(reader(event))["completions"]
        assert completion == {"id": "example-article", "title": ARTICLE["title"]}
        assert body(reader(sample_event("http-suggest", queryStringParameters={"q": "zzz"})))["completions"] == []

    def test_a_walk_ends_with_the_last_match(self, reader: Invoke, editor: Invoke, deliver: Callable[[], None]) -> None:
        for number in range(3):
            event = sample_event("http-put-article")
            event["rawPath"] = event["requestContext"]["http"]["path"] = f"/v1/articles/thu-{number}"
            assert editor(event)["statusCode"] == 202
        deliver()
        parameters, seen = dict(sample_event("http-walk")["queryStringParameters"]), []
        while parameters["cursor"]:
            answer = body(reader(sample_event("http-walk", queryStringParameters=parameters)))
            assert answer["total"] == 4
            seen += [hit["id"] for hit in answer["hits"]]
            parameters["cursor"] = answer["cursor"]
        assert seen == ["example-article", "thu-0", "thu-1", "thu-2"]

    def test_an_article_without_relations_gets_none(self, reader: Invoke) -> None:
        answer = body(reader(sample_event("http-related")))
        assert answer["developments"] == answer["background"] == []

    def test_a_later_report_joins_the_story(self, reader: Invoke, editor: Invoke, deliver: Callable[[], None]) -> None:
        alone = body(reader(sample_event("http-thread")))
        assert [event["article"]["id"] for event in alone["events"]] == ["example-article"]
        put = "http-put-article"
        again = ARTICLE | {"published_at": "2026-03-20T08:30:00+07:00"}
        event = to("/v1/articles/later", put, body=json.dumps(again))
        event["requestContext"]["http"]["path"] = "/v1/articles/later"
        assert editor(event)["statusCode"] == 202
        deliver()

        story = body(reader(sample_event("http-thread")))

        assert (story["thread"], story["articles"], story["degraded"]) == ("example-article", 2, False)
        assert [one["id"] for one in story["events"][0]["copies"]] == ["later"]

    def test_health_names_every_part(self, reader: Invoke) -> None:
        answer = reader(sample_event("http-health"))
        assert answer["statusCode"] == 200
        assert body(answer)["status"] == "ok"
        assert set(body(answer)["parts"]) == {"store", "index", "model"}

    def test_what_is_taken_down_is_gone(self, reader: Invoke, editor: Invoke, deliver: Callable[[], None]) -> None:
        assert editor(sample_event("http-delete-article"))["statusCode"] == 202
        deliver()
        assert reader(sample_event("http-article"))["statusCode"] == 410
        assert reader(sample_event("http-digest"))["statusCode"] == 410
        assert reader(sample_event("http-thread"))["statusCode"] == 410
        assert body(reader(sample_event("http-search")))["total"] == 0


class TestPage:
    def test_the_page_is_compressed_where_that_is_understood(self, reader: Invoke) -> None:
        answer = reader(sample_event("http-page"))
        assert answer["statusCode"] == 200
        assert answer["isBase64Encoded"] is True
        assert b"<html" in gzip.decompress(base64.b64decode(answer["body"]))
        assert "script-src 'self'" in answer["headers"]["Content-Security-Policy"]

    def test_an_unchanged_page_is_not_sent_again(self, reader: Invoke) -> None:
        first = reader(sample_event("http-docs"))
        assert first["statusCode"] == 200
        headers = sample_event("http-docs")["headers"] | {"if-none-match": first["headers"]["ETag"]}
        again = reader(sample_event("http-docs", headers=headers))
        assert (again["statusCode"], again["body"]) == (304, "")

    @pytest.mark.parametrize(
        ("name", "language"),
        [("http-english-docs", "en"), ("http-embed-demo", "vi"), ("http-english-embed-demo", "en")],
    )
    def test_developers_have_pages_in_both_languages(self, reader: Invoke, name: str, language: str) -> None:
        answer = reader(sample_event(name))
        assert (answer["statusCode"], answer["headers"]["Content-Language"]) == (200, language)

    def test_the_interface_is_described(self, reader: Invoke) -> None:
        assert body(reader(sample_event("http-openapi")))["openapi"].startswith("3.1")

    @pytest.mark.parametrize(
        ("event", "told"), [("http-article-page", "Không có"), ("http-english-article-page", "No such")]
    )
    def test_the_page_of_no_article_says_so(self, reader: Invoke, event: str, told: str) -> None:
        answer = reader(sample_event(event))
        assert answer["statusCode"] == 404
        assert told in gzip.decompress(base64.b64decode(answer["body"])).decode("utf-8")

    def test_the_page_is_in_english_too(self, reader: Invoke) -> None:
        answer = reader(sample_event("http-english-page"))
        assert (answer["statusCode"], answer["headers"]["Content-Language"]) == (200, "en")

    def test_what_the_page_is_made_of_is_served(self, reader: Invoke) -> None:
        answer = reader(sample_event("http-asset"))
        assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/css; charset=utf-8")

    @pytest.mark.parametrize("name", ["..%2Fcli.py", "missing.js", "..", "index"])
    def test_nothing_but_the_page_is_served(self, reader: Invoke, name: str) -> None:
        assert reader(to(f"/assets/{name}", "http-page", headers={}))["statusCode"] == 404


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in EVENTS.glob("http-*.json") if "authorizer" in path.read_text(encoding="utf-8"))
)
def test_editors_routes_refuse_whoever_is_not_signed_in(editor: Invoke, name: str) -> None:
    event = sample_event(name)
    del event["requestContext"]["authorizer"]
    for authorization in (None, "Bearer ", "Bearer wrong", "Basic Og==", "Bearer Đ"):
        event["headers"] = {} if authorization is None else {"authorization": authorization}
        answer = editor(event)
        assert answer["statusCode"] == 401
        assert answer["headers"]["Content-Type"] == "application/problem+json"


def test_a_body_without_credentials_stores_nothing(editor: Invoke) -> None:
    assert editor(sample_event("http-put-without-credentials"))["statusCode"] == 401
    assert bootstrap.service().store.count() == 0


class TestEditors:
    def test_the_same_article_again_is_unchanged(self, editor: Invoke) -> None:
        first, again = (body(editor(sample_event("http-put-article"))) for _ in range(2))
        assert (first["outcome"], again["outcome"]) == ("created", "unchanged")
        assert first["revision"] == again["revision"]

    def test_of_many_lines_a_bad_one_is_refused_alone(self, editor: Invoke) -> None:
        answer = editor(sample_event("http-post-articles"))
        lines = [json.loads(line) for line in answer["body"].splitlines()]
        assert [line["status"] for line in lines] == [202, 422]
        assert answer["headers"]["Cache-Control"] == "no-store"
        assert lines[0]["outcome"] == "created"
        assert lines[1]["errors"][0]["field"] == "title"

    def test_drafts_are_related_and_summarized_and_not_stored(self, editor: Invoke) -> None:
        assert body(editor(sample_event("http-draft-related")))["developments"] == []
        assert len(body(editor(sample_event("http-draft-summary")))["sentences"]) == 1
        assert bootstrap.service().store.count() == 0

    @pytest.mark.usefixtures("published")
    def test_a_draft_is_told_what_is_published_already(self, editor: Invoke) -> None:
        draft = {name: value for name, value in ARTICLE.items() if name not in ("id", "url")} | {"tags": []}
        answer = body(editor(sample_event("http-draft-related", body=json.dumps(draft))))
        assert [one["share"] for one in answer["duplicates"]] == [1.0]
        assert {"tags", "links", "developments", "background"} <= answer.keys()

    def test_a_draft_may_be_a_headline_alone_but_not_less(self, editor: Invoke) -> None:
        for text in ({}, {"body": ""}, {"sapo": None, "body": " "}):
            sent = sample_event("http-draft-related", body=json.dumps({"title": "Giá gạo tăng", **text}))
            assert body(editor(sent))["links"] == []
        for wrong, field in (
            ({"body": "Chữ"}, "title"),
            ({"title": " "}, "title"),
            ({"title": "a", "body": 7}, "body"),
        ):
            answer = editor(sample_event("http-draft-related", body=json.dumps(wrong)))
            assert answer["statusCode"] == 422
            assert [error["field"] for error in body(answer)["errors"]] == [field]
        assert editor(sample_event("http-draft-summary", body='{"title": "Giá gạo tăng"}'))["statusCode"] == 422

    def test_a_correction_of_a_missing_article_is_not_found(self, editor: Invoke) -> None:
        assert editor(sample_event("http-delete-article"))["statusCode"] == 404

    def test_a_body_in_base64_is_read(self, editor: Invoke) -> None:
        encoded = base64.b64encode(json.dumps(ARTICLE).encode()).decode()
        assert editor(sample_event("http-put-article", body=encoded, isBase64Encoded=True))["statusCode"] == 202


class TestScheduled:
    def schedule(self, editor: Invoke, moment: datetime) -> dict[str, Any]:
        sent = ARTICLE | {"publish_at": moment.isoformat()}
        answer = editor(sample_event("http-put-article", body=json.dumps(sent)))
        assert answer["statusCode"] == 202
        told: dict[str, Any] = body(answer)
        return told

    @pytest.mark.usefixtures("published")
    def test_what_gets_a_moment_is_withdrawn_till_the_schedule_releases_it(
        self, clock: Clock, editor: Invoke, reader: Invoke, reindex: Invoke, deliver: Callable[[], None]
    ) -> None:
        kept = reader(sample_event("http-article"))["headers"]["ETag"]
        moment = clock.now + timedelta(hours=2)
        put = self.schedule(editor, moment)
        deliver()
        assert put["publish_at"] == moment.isoformat()
        (waiting,) = body(editor(sample_event("http-scheduled")))["articles"]
        assert waiting == {
            "id": "example-article",
            "title": ARTICLE["title"],
            "section": ARTICLE["section"],
            "publish_at": moment.isoformat(),
            "revision": put["revision"],
        }
        asked = sample_event("http-article")
        asked["headers"]["if-none-match"] = kept
        unknown = reader(to("/v1/articles/unknown", "http-article"))
        hidden = reader(asked)
        assert hidden["statusCode"] == unknown["statusCode"] == 404
        assert body(hidden) == json.loads(unknown["body"].replace("unknown", "example-article"))
        assert body(reader(sample_event("http-search")))["total"] == 0
        assert reindex(sample_event("schedule-release")) == {"released": 0}
        clock.now = moment
        assert body(reader(sample_event("http-article")))["publish_at"] == moment.isoformat()
        assert reindex(sample_event("schedule-release")) == {"released": 1}
        assert reindex(sample_event("schedule-release")) == {"released": 0}
        deliver()
        assert body(reader(sample_event("http-search")))["total"] == 1
        assert body(editor(sample_event("http-scheduled"))) == {"articles": []}
        records = body(editor(sample_event("http-audit")))["records"]
        assert [(one["action"], one["who"]) for one in records][-1] == ("release", "schedule")

    def test_lines_say_when_they_will_be_shown(self, editor: Invoke) -> None:
        moment = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        lines = [{"id": "a", "title": "A", "body": "a"}, {"id": "b", "title": "B", "body": "b", "publish_at": moment}]
        sent = "\n".join(map(json.dumps, lines))
        answers = editor(sample_event("http-post-articles", body=sent))["body"].splitlines()
        assert [json.loads(one).get("publish_at") for one in answers] == [None, moment]

    def test_the_list_is_for_editors(self, editor: Invoke) -> None:
        event = sample_event("http-scheduled")
        del event["requestContext"]["authorizer"]
        assert editor(event)["statusCode"] == 401


class TestAudit:
    def trail(self, editor: Invoke) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = body(editor(sample_event("http-audit")))["records"]
        return records

    def test_a_life_is_told_with_who_when_why_and_in_which_request(self, editor: Invoke) -> None:
        corrected = sample_event("http-put-article", body=json.dumps(ARTICLE | {"title": "Bản sửa"}))
        corrected["queryStringParameters"] = {"reason": " sai  tên người "}
        written = [body(editor(event)) for event in (sample_event("http-put-article"), corrected)]
        written.append(body(editor(sample_event("http-delete-article"))))
        trail = self.trail(editor)
        assert [(one["action"], one["outcome"]) for one in trail] == [
            ("put", "created"), ("put", "updated"), ("take_down", "deleted"),
        ]  # fmt: skip
        assert [one["after"] for one in trail] == [one["revision"] for one in written]
        assert [one["before"] for one in trail] == [None, *[one["revision"] for one in written[:2]]]
        assert [one["reason"] for one in trail] == [None, "sai tên người", "đính chính theo văn bản 12/2026"]
        assert {one["who"] for one in trail} == {"arn:aws:iam::123456789012:user/editor"}
        assert {one["request_id"] for one in trail} == {"JKJaXmPLvHcESHA="}
        assert all(one["when"].endswith("+00:00") for one in trail)

    def test_of_many_lines_each_article_has_its_record(self, editor: Invoke) -> None:
        event = sample_event("http-post-articles", queryStringParameters={"reason": "nhập lại"})
        assert editor(event)["statusCode"] == 200
        assert [(one["action"], one["reason"]) for one in self.trail(editor)] == [("put", "nhập lại")]

    @pytest.mark.usefixtures("published")
    def test_a_take_down_is_on_record_whatever_comes_after(
        self, editor: Invoke, ingest: Invoke, reader: Invoke, reindex: Invoke, deliver: Callable[[], None]
    ) -> None:
        editor(sample_event("http-delete-article"))
        deliver()
        before = self.trail(editor)
        state = body(editor(sample_event("http-begin-reindex")))
        while state["state"] == "running":
            state = reindex(sample_event("reindex-step", reindex_id=state["id"]))
        assert state["state"] == "done"
        assert reindex(sample_event("schedule-purge", older_than=15))["failed"] == {}
        for late in ("sqs-s3-created", "sqs-s3-removed", "sqs-s3-created"):
            assert ingest(sample_event(late)) == {"batchItemFailures": []}
        assert self.trail(editor) == before
        assert before[-1]["action"] == "take_down"
        assert body(reader(sample_event("http-search")))["total"] == 0
        assert reader(sample_event("http-article"))["statusCode"] == 410

    @pytest.mark.parametrize("event", ["http-put-article", "http-delete-article", "http-post-articles"])
    def test_a_reason_that_says_nothing_changes_nothing(self, editor: Invoke, event: str) -> None:
        for reason in ("", "  ", "x" * 501, "a\u0000"):
            answer = editor(sample_event(event, queryStringParameters={"reason": reason}))
            assert answer["statusCode"] == 422
            assert [error["field"] for error in body(answer)["errors"]] == ["reason"]
        assert bootstrap.service().store.count() == 0

    def test_what_never_was_has_no_trail(self, editor: Invoke) -> None:
        assert editor(sample_event("http-audit"))["statusCode"] == 404

    def test_without_a_record_the_editor_is_told_to_come_again(
        self, editor: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(log: object, records: object) -> None:
            raise StoreUnavailable("the audit log can't be written")

        with monkeypatch.context() as patch:
            patch.setattr("machtin.adapters.sqlite_audit_log.SqliteAuditLog.append", away)
            answer = editor(sample_event("http-put-article"))
            assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "5")
            assert editor(sample_event("http-begin-reindex"))["statusCode"] == 503
        assert body(editor(sample_event("http-put-article")))["outcome"] == "unchanged"
        assert [one["outcome"] for one in self.trail(editor)] == ["unchanged"]
        assert editor(sample_event("http-begin-reindex"))["statusCode"] == 202


class TestIngest:
    def test_created_and_removed_reach_the_index(self, editor: Invoke, ingest: Invoke, reader: Invoke) -> None:
        editor(sample_event("http-put-article"))
        assert ingest(sample_event("sqs-s3-created")) == {"batchItemFailures": []}
        assert body(reader(sample_event("http-search")))["total"] == 1
        editor(sample_event("http-delete-article"))
        assert ingest(sample_event("sqs-s3-removed")) == {"batchItemFailures": []}
        assert body(reader(sample_event("http-search")))["total"] == 0

    def test_late_and_repeated_messages_do_no_harm(self, editor: Invoke, ingest: Invoke, reader: Invoke) -> None:
        editor(sample_event("http-put-article"))
        editor(sample_event("http-delete-article"))
        for name in ("sqs-s3-removed", "sqs-s3-created", "sqs-s3-created"):
            assert ingest(sample_event(name)) == {"batchItemFailures": []}
        assert body(reader(sample_event("http-search")))["total"] == 0

    def test_the_test_event_of_s3_is_taken(self, ingest: Invoke) -> None:
        assert ingest(sample_event("sqs-s3-test-event")) == {"batchItemFailures": []}

    def test_a_bad_record_fails_alone(self, editor: Invoke, ingest: Invoke, reader: Invoke) -> None:
        editor(sample_event("http-put-article"))
        second = to("/v1/articles/second~article", "http-put-article", body=json.dumps(ARTICLE | {"title": "Bài hai"}))
        assert editor(second)["statusCode"] == 202
        assert ingest(sample_event("sqs-one-bad-record")) == {"batchItemFailures": [{"itemIdentifier": "bad-1"}]}
        assert body(reader(sample_event("http-search")))["total"] == 2


class TestReindex:
    def run(self, editor: Invoke, reindex: Invoke, begin: str = "http-begin-reindex") -> dict[str, Any]:
        begun = editor(sample_event(begin))
        assert begun["statusCode"] == 202
        state: dict[str, Any] = body(begun)
        return self.to_the_end(reindex, state)

    def to_the_end(self, reindex: Invoke, state: Event) -> Event:
        """The whole of it as it is kept; the state machine is told less."""
        while state["state"] == "running":
            state = reindex(sample_event("reindex-step", reindex_id=state["id"]))
        return asdict(reindex_answer(bootstrap.service().reindexer.show(state["id"])))

    def rolled_back(self, editor: Invoke, reindex: Invoke, state: Event) -> Event:
        answer = editor(to(f"/v1/reindexes/{state['id']}/rollback", "http-rollback"))
        assert answer["statusCode"] == 202
        return self.to_the_end(reindex, body(answer))

    @pytest.mark.usefixtures("published")
    def test_it_builds_beside_swaps_and_rolls_back(self, editor: Invoke, reader: Invoke, reindex: Invoke) -> None:
        before = bootstrap.service().live_index().version
        state = self.run(editor, reindex)
        assert (state["state"], state["previous"]) == ("done", before)
        assert bootstrap.service().live_index().version == state["version"] != before
        assert body(reader(sample_event("http-search")))["total"] == 1
        assert body(editor(to(f"/v1/reindexes/{state['id']}", "http-show-reindex")))["articles_done"] == 1
        assert self.rolled_back(editor, reindex, state)["state"] == "rolled_back"
        assert bootstrap.service().live_index().version == before

    @pytest.mark.usefixtures("published")
    def test_a_rollback_shows_what_changed_since(
        self, editor: Invoke, reader: Invoke, reindex: Invoke, deliver: Callable[[], None]
    ) -> None:
        state = self.run(editor, reindex)
        editor(sample_event("http-delete-article"))
        deliver()
        self.rolled_back(editor, reindex, state)
        assert body(reader(sample_event("http-search")))["total"] == 0

    @pytest.mark.usefixtures("published")
    def test_one_runs_at_a_time_and_a_killed_one_goes_on(self, editor: Invoke, reindex: Invoke) -> None:
        begun = body(editor(sample_event("http-begin-reindex")))
        refused = editor(sample_event("http-begin-reindex"))
        assert refused["statusCode"] == 409
        assert begun["id"] in body(refused)["detail"]
        bootstrap.service.cache_clear()  # what a new process starts from
        state = begun
        while state["state"] == "running":
            state = reindex(sample_event("reindex-step", reindex_id=begun["id"]))
        assert state["state"] == "done"

    @pytest.mark.usefixtures("published")
    def test_all_are_listed_with_what_the_gate_found(self, editor: Invoke, reindex: Invoke) -> None:
        assert body(editor(sample_event("http-list-reindexes"))) == {"reindexes": []}
        state = self.run(editor, reindex)
        assert body(editor(sample_event("http-list-reindexes"))) == {"reindexes": [state]}
        assert state["gate"]["verdict"] == "passed"
        assert [part["name"] for part in state["gate"]["parts"]] == ["completeness", "canaries", "quality", "latency"]

    @pytest.mark.usefixtures("published")
    def test_one_is_cancelled_before_its_promotion(self, editor: Invoke, reindex: Invoke) -> None:
        begun = body(editor(sample_event("http-begin-reindex")))
        cancel = to(f"/v1/reindexes/{begun['id']}/cancel", "http-cancel-reindex")
        asked = editor(cancel)
        assert (asked["statusCode"], body(asked)["cancel_requested"]) == (202, True)
        assert reindex(sample_event("reindex-step", reindex_id=begun["id"]))["state"] == "cancelled"
        again = editor(cancel)
        assert again["statusCode"] == 409
        assert "is cancelled, not running" in body(again)["detail"]

    @pytest.mark.usefixtures("published")
    def test_a_refused_one_is_promoted_for_a_reason(
        self, editor: Invoke, reindex: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("machtin.gate_canaries.FLOOR", 1.1)
        state = self.run(editor, reindex)
        assert state["state"] == "refused"
        promote = to(f"/v1/reindexes/{state['id']}/promote", "http-promote-reindex")
        answer = editor(promote)
        assert answer["statusCode"] == 202
        state = self.to_the_end(reindex, body(answer))
        assert (state["state"], state["gate"]["verdict"]) == ("done", "refused")
        assert state["force"] == json.loads(promote["body"])["reason"]
        assert editor(promote)["statusCode"] == 409

    @pytest.mark.usefixtures("published")
    def test_one_may_be_forced_from_the_start(
        self, editor: Invoke, reindex: Invoke, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("machtin.gate_canaries.FLOOR", 1.1)
        state = self.run(editor, reindex, "http-force-reindex")
        assert (state["state"], state["gate"]["verdict"]) == ("done", "refused")

    def test_a_reason_that_says_nothing_is_refused(self, editor: Invoke) -> None:
        for event, field in (("http-force-reindex", "force"), ("http-promote-reindex", "reason")):
            for reason in ("", " ", "x" * 501, 7, None, ["x"], "a\u0000", "\ud800"):
                answer = editor(sample_event(event, body=json.dumps({field: reason})))
                assert answer["statusCode"] == 422
                assert [error["field"] for error in body(answer)["errors"]] == [field]

    def test_a_body_that_is_no_reason_starts_nothing(self, editor: Invoke) -> None:
        for sent in ("[]", '"x"', '{"force": "x", "size": 1}', "{"):
            assert editor(sample_event("http-force-reindex", body=sent))["statusCode"] == 422
        assert body(editor(sample_event("http-list-reindexes"))) == {"reindexes": []}

    def test_what_never_was_is_not_found(self, editor: Invoke) -> None:
        for name in ("http-show-reindex", "http-rollback", "http-cancel-reindex", "http-promote-reindex"):
            assert editor(sample_event(name))["statusCode"] == 404

    @pytest.mark.usefixtures("published")
    def test_it_is_built_in_parts_by_a_map_over_the_bucket(self, editor: Invoke, reindex: Invoke) -> None:
        state: dict[str, Any] = body(editor(sample_event("http-begin-reindex")))
        while state["step"] != "build":
            state = reindex(sample_event("reindex-step", reindex_id=state["id"]))
        assert reindex(sample_event("reindex-map-batch", reindex_id=state["id"])) == {"articles": 1}
        state = reindex(sample_event("reindex-built", reindex_id=state["id"]))
        assert (state["state"], state["step"]) == ("running", "catch_up")
        while state["state"] == "running":
            state = reindex(sample_event("reindex-step", reindex_id=state["id"]))
        assert (state["state"], state["articles_done"]) == ("done", 1)

    @pytest.mark.usefixtures("published")
    def test_what_breaks_outside_the_function_ends_it(self, editor: Invoke, reindex: Invoke) -> None:
        live = bootstrap.service().live_index().version
        begun = body(editor(sample_event("http-begin-reindex")))
        state = reindex(sample_event("reindex-failed", reindex_id=begun["id"]))
        assert state["state"] == "failed"
        assert "ExceedToleratedFailureThreshold" in state["error"]
        assert bootstrap.service().catalog.versions() == [live]

    @pytest.mark.usefixtures("published")
    def test_the_daily_reconciling_finds_what_got_lost(self, editor: Invoke, reader: Invoke, reindex: Invoke) -> None:
        assert reindex(sample_event("schedule-reconcile")) == {"differed": 0}
        editor(sample_event("http-delete-article"))
        assert reindex(sample_event("schedule-reconcile")) == {"differed": 1}
        assert body(reader(sample_event("http-search")))["total"] == 0

    @pytest.mark.usefixtures("published")
    def test_the_daily_purge_keeps_what_a_late_message_may_need(
        self, editor: Invoke, reindex: Invoke, deliver: Callable[[], None]
    ) -> None:
        editor(sample_event("http-delete-article"))
        deliver()
        answer = reindex(sample_event("schedule-purge"))
        assert (answer["tombstones"], answer["failed"]) == (0, {})
        assert answer["versions"] == [bootstrap.service().live_index().version]
        assert reindex(sample_event("schedule-purge", older_than=15))["tombstones"] == 0


def test_every_sample_event_is_used_by_a_test() -> None:
    tests = (EVENTS.parent / "tests").rglob("test_*.py")
    tested = "".join(path.read_text(encoding="utf-8") for path in tests if path.name != "test_template.py")
    unused = [path.stem for path in EVENTS.glob("*.json") if f'"{path.stem}"' not in tested]
    assert unused == []
