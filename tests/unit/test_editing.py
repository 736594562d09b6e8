"""What is done on somebody's behalf is on record, whatever fails on the way, and however often it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from machtin.answers import AuditEntry
from machtin.article import Article
from machtin.audit import AuditLog, AuditRecord, By, valid_reason
from machtin.editing import Editing
from machtin.errors import Conflict, InvalidInput, NotFound, StoreUnavailable

from .memory_installation import Installation

ARTICLE = Article(id="gao-1", title="Giá gạo tăng", body="Nội dung không thuộc về nhật ký.")
EDITOR = By(who="arn:aws:iam::123456789012:user/editor", request_id="JKJaXmPLvHcESHA=")
START = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)


class LogThatFails:
    """Implements audit.AuditLog on another one, unless it is ``away``."""

    def __init__(self, kept: AuditLog) -> None:
        self._kept = kept
        self.away = False
        self.of_article = kept.of_article
        self.of_reindexes = kept.of_reindexes
        self.latest = kept.latest

    def append(self, records: Sequence[AuditRecord]) -> None:
        if self.away:
            raise StoreUnavailable("S3 answered 503 SlowDown")
        self._kept.append(records)


class Desk:
    """An editor's desk with a clock that moves on by a second whenever it is looked at."""

    def __init__(self, installation: Installation) -> None:
        service = installation.service
        self.now = START
        self.log = LogThatFails(installation.audit_log)
        self.reindexer = service.reindexer
        self.store = service.store
        self.editing = Editing(service.store, service.reindexer, self.log, self.clock)

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def trail(self) -> list[AuditEntry]:
        return self.editing.trail(ARTICLE.id).records

    def asked(self) -> list[tuple[str, str, str, str | None]]:
        return [(one.id, one.action, one.outcome, one.reason) for one in self.editing.trail_of_reindexes().records]


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def test_an_articles_life_is_told_from_its_first_put_to_its_take_down(desk: Desk) -> None:
    desk.editing.put([ARTICLE], EDITOR)
    desk.editing.put([replace(ARTICLE, title="Bản sửa")], replace(EDITOR, request_id="2", reason="sai tên người"))
    desk.editing.take_down(ARTICLE.id, By(who="token", request_id="3", reason="theo văn bản 12/2026"))
    first, second, third = desk.trail()
    assert [(one.action, one.outcome, one.reason) for one in (first, second, third)] == [
        ("put", "created", None),
        ("put", "updated", "sai tên người"),
        ("take_down", "deleted", "theo văn bản 12/2026"),
    ]
    assert [one.who for one in (first, second, third)] == [EDITOR.who, EDITOR.who, "token"]
    assert [one.request_id for one in (first, second, third)] == [EDITOR.request_id, "2", "3"]
    assert first.before is None
    assert [second.before, third.before] == [first.after, second.after]
    assert third.after == desk.store.get([ARTICLE.id])[ARTICLE.id].revision
    assert first.when == "2026-03-15T01:30:01+00:00"


def test_no_record_holds_what_was_written(installation: Installation, desk: Desk) -> None:
    desk.editing.put([ARTICLE], EDITOR)
    (record,) = installation.audit_log.of_article(ARTICLE.id)
    assert "Nội dung" not in str(record.to_json())
    assert ARTICLE.title not in str(record.to_json())


def test_the_same_content_again_is_an_action_and_no_change(desk: Desk) -> None:
    desk.editing.put([ARTICLE], EDITOR)
    desk.editing.put([ARTICLE], replace(EDITOR, request_id="2"))
    first, second = desk.trail()
    assert second.outcome == "unchanged"
    assert second.before == second.after == first.after


def test_what_a_queue_delivers_again_is_one_action(desk: Desk) -> None:
    for _ in range(3):
        desk.editing.put([ARTICLE], By.inbox("inbox/2026/tin.ndjson"))
    (only,) = desk.trail()
    assert (only.who, only.outcome) == ("inbox:inbox/2026/tin.ndjson", "created")


def test_where_a_put_cannot_be_recorded_a_retry_is_harmless_and_is_recorded(desk: Desk) -> None:
    desk.log.away = True
    with pytest.raises(StoreUnavailable):
        desk.editing.put([ARTICLE], EDITOR)
    desk.log.away = False
    (answer,) = desk.editing.put([ARTICLE], EDITOR)
    assert answer.outcome == "unchanged"
    (only,) = desk.trail()
    assert (only.who, only.after) == (EDITOR.who, answer.revision)


def test_where_a_take_down_cannot_be_recorded_the_article_is_gone_and_a_retry_is_recorded(desk: Desk) -> None:
    desk.editing.put([ARTICLE], EDITOR)
    desk.log.away = True
    with pytest.raises(StoreUnavailable):
        desk.editing.take_down(ARTICLE.id, EDITOR)
    assert desk.store.get([ARTICLE.id])[ARTICLE.id].article is None
    desk.log.away = False
    desk.editing.take_down(ARTICLE.id, replace(EDITOR, reason="theo yêu cầu"))
    last = desk.trail()[-1]
    assert (last.action, last.reason) == ("take_down", "theo yêu cầu")


def test_a_take_down_of_what_never_was_is_no_action(installation: Installation, desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.editing.take_down("khong-co", EDITOR)
    assert installation.audit_log.of_article("khong-co") == []
    with pytest.raises(NotFound):
        desk.editing.trail("khong-co")


def test_an_article_from_before_there_was_a_trail_has_an_empty_one(desk: Desk) -> None:
    desk.store.put([ARTICLE])
    assert desk.trail() == []


def test_a_reindex_is_on_record_with_its_reason(desk: Desk) -> None:
    begun = desk.editing.begin_reindex("vì vội", EDITOR)
    desk.editing.cancel_reindex(begun.id, EDITOR)
    assert desk.asked() == [(begun.id, "begin_reindex", "asked", "vì vội"), (begun.id, "cancel_reindex", "asked", None)]


def test_a_reindex_that_is_refused_is_on_record_as_failed(desk: Desk) -> None:
    begun = desk.editing.begin_reindex(None, EDITOR)
    with pytest.raises(Conflict):
        desk.editing.begin_reindex(None, replace(EDITOR, request_id="2"))
    with pytest.raises(Conflict):
        desk.editing.promote_reindex(begun.id, "đã xem", EDITOR)
    with pytest.raises(NotFound):
        desk.editing.roll_back_reindex("khong-co", EDITOR)
    assert [(action, outcome) for _, action, outcome, _ in desk.asked()] == [
        ("begin_reindex", "asked"),
        ("begin_reindex", "asked"),
        ("begin_reindex", "failed"),
        ("promote_reindex", "asked"),
        ("promote_reindex", "failed"),
    ]


def test_no_reindex_begins_that_is_not_on_record(desk: Desk) -> None:
    desk.log.away = True
    with pytest.raises(StoreUnavailable):
        desk.editing.begin_reindex(None, EDITOR)
    assert desk.reindexer.all() == []


def test_what_may_be_secret_in_a_feeds_address_is_left_out() -> None:
    assert By.feed("https://me:sesame@bao.example:8443/rss/tin.xml?key=sesame#sesame").who == (
        "feed:https://bao.example:8443/rss/tin.xml"
    )


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, None, 7, "a\u0000b", "\ud800"])
def test_a_reason_that_says_nothing_is_refused(reason: object) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        valid_reason(reason, "reason")


def test_a_record_of_a_later_release_is_read() -> None:
    made = AuditRecord(kind="article", id="a", action="put", outcome="created", when=START, who="token", after=1)
    assert AuditRecord.from_json({**made.to_json(), "moon": "full"}) == made
