"""Scheduled articles: shown at their moment, released on record, told to editors alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from machtin import bootstrap
from machtin.adapters.local_events import RELEASE_SECONDS, release_chore
from machtin.article import Article
from machtin.audit import By
from machtin.digest_request import DigestRequest
from machtin.errors import NotFound, TakenDown
from machtin.golden import unknown_articles
from machtin.golden_csv import Judgement
from machtin.search_request import SearchRequest
from machtin.service import Machtin as Service

from .command_line import Machtin, Outcome
from .memory_installation import Installation

START = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
NOON = START + timedelta(hours=3)
PUBLIC = Article(id="gao-1", title="Giá gạo tăng", body="Giá gạo xuất khẩu tăng.", section="Kinh tế")
WAITING = Article(id="gao-2", title="Giá gạo giảm", body="Giá gạo xuất khẩu giảm.", section="Kinh tế", publish_at=NOON)


class Newsroom:
    """An installation whose clock stands until it is set."""

    def __init__(self, installation: Installation) -> None:
        self.now = START
        self.installation = installation
        installation.clock = lambda: self.now
        installation.restart()

    @property
    def service(self) -> Service:
        return self.installation.service

    def put(self, *articles: Article) -> None:
        self.service.put(articles)
        self.index(*(one.id for one in articles))

    def index(self, *article_ids: str) -> None:
        self.service.index_articles(article_ids)

    def found(self) -> list[str]:
        return sorted(hit.id for hit in self.service.search(SearchRequest(q="giá gạo", mode="lexical")).hits)


@pytest.fixture
def newsroom(installation: Installation) -> Newsroom:
    made = Newsroom(installation)
    made.put(PUBLIC, WAITING)
    return made


def test_nothing_shows_before_the_moment_and_the_article_itself_does_at_it(newsroom: Newsroom) -> None:
    service = newsroom.service
    assert newsroom.found() == [PUBLIC.id]
    for ask in (service.article, service.summary, lambda one: service.related(one, 6)):
        with pytest.raises(NotFound, match=f"^there is no article {WAITING.id}$"):
            ask(WAITING.id)
    digest = service.digest(DigestRequest(ids=(PUBLIC.id, WAITING.id)))
    assert [(one.id, one.reason) for one in digest.missing] == [(WAITING.id, "unknown")]
    newsroom.now = NOON
    assert service.article(WAITING.id).publish_at == NOON.isoformat()
    assert service.summary(WAITING.id).sentences
    assert newsroom.found() == [PUBLIC.id], "the index follows when it is released"
    assert service.release() == 1
    newsroom.index(WAITING.id)
    assert newsroom.found() == [PUBLIC.id, WAITING.id]
    assert service.release() == 0


def test_a_public_article_that_gets_a_moment_is_withdrawn_until_then(newsroom: Newsroom) -> None:
    newsroom.put(replace(PUBLIC, publish_at=NOON, body="Bản sửa còn chờ."))
    assert newsroom.found() == []
    with pytest.raises(NotFound) as told:
        newsroom.service.article(PUBLIC.id)
    assert not isinstance(told.value, TakenDown)


def test_store_and_index_agree_while_articles_wait_and_when_they_are_due(
    newsroom: Newsroom, installation: Installation
) -> None:
    for now in (START, NOON):
        newsroom.now = now
        assert installation.agreeing()
        assert newsroom.service.reconcile() == 0


@pytest.mark.parametrize("step", range(8))
def test_a_reindex_in_whose_midst_the_moment_comes_ends_right(
    newsroom: Newsroom, installation: Installation, step: int
) -> None:
    service = newsroom.service
    begun = service.editing.begin_reindex(by=By(who="token"))
    state, at = begun.state, 0
    while state == "running":
        if at == step:
            newsroom.now = NOON
            service.release()
            newsroom.index(WAITING.id)
        state, at = service.reindexer.advance(begun.id).state, at + 1
    assert state == "done"
    if at <= step:
        pytest.fail(f"a re-index has only {at} steps")
    assert newsroom.found() == [PUBLIC.id, WAITING.id]
    assert installation.agreeing()


def test_a_reindex_between_the_moment_and_the_release_misses_nothing(newsroom: Newsroom) -> None:
    newsroom.now = NOON
    service = newsroom.service
    begun = service.editing.begin_reindex(by=By(who="token"))
    while (state := service.reindexer.advance(begun.id)).state == "running":
        pass
    assert (state.state, state.error) == ("done", None)


def test_a_release_is_on_record_in_the_name_of_the_schedule(newsroom: Newsroom) -> None:
    newsroom.now = NOON
    newsroom.service.release()
    put, release = newsroom.service.editing.trail(WAITING.id).records
    assert (release.action, release.outcome, release.who) == ("release", "updated", "schedule")
    assert release.before == put.after


def test_an_article_that_cannot_be_read_keeps_no_other_waiting(newsroom: Newsroom) -> None:
    newsroom.service.put([replace(WAITING, id="gao-0")])
    with bootstrap.store_file(newsroom.installation.settings).writing() as db:
        db.execute("DELETE FROM articles WHERE id = 'gao-0'")
    newsroom.now = NOON
    assert newsroom.service.release() == 1


def test_who_puts_it_is_told_when_it_will_be_shown(newsroom: Newsroom) -> None:
    answers = newsroom.service.put([PUBLIC, WAITING, replace(PUBLIC, id="cu", publish_at=START)])
    assert [one.publish_at for one in answers] == [None, NOON.isoformat(), None]


def test_golden_queries_count_what_waits_for_unknown(newsroom: Newsroom) -> None:
    judged = [Judgement("giá gạo", one.id, 1, "golden.csv:1") for one in (PUBLIC, WAITING)]
    assert [one.article for one in unknown_articles(judged, newsroom.service.store)] == [WAITING.id]


def test_editors_see_what_waits_the_soonest_first(newsroom: Newsroom) -> None:
    sooner = replace(WAITING, id="gao-3", section=None, publish_at=NOON - timedelta(hours=1))
    newsroom.service.put([sooner, replace(WAITING, id="gao-4")])
    newsroom.service.take_down("gao-4")
    listed = newsroom.service.scheduled(10).articles
    assert [(one.id, one.section, one.publish_at) for one in listed] == [
        ("gao-3", None, (NOON - timedelta(hours=1)).isoformat()),
        (WAITING.id, "Kinh tế", NOON.isoformat()),
    ]
    assert [one.id for one in newsroom.service.scheduled(1).articles] == ["gao-3"]


def test_the_command_shows_what_waits(newsroom: Newsroom, machtin: Machtin) -> None:
    shown = machtin("scheduled")
    assert shown.out == f"{NOON.isoformat()}  gao-2  [Kinh tế]  Giá gạo giảm\n"
    assert [one["id"] for one in machtin("scheduled", "--json").document["articles"]] == ["gao-2"]
    newsroom.service.take_down(WAITING.id)
    assert "Nothing is scheduled." in machtin("scheduled").err


def checked(outcome: Outcome) -> dict[str, str]:
    (check,) = [one for one in outcome.document["checks"] if one["part"] == "schedule"]
    return {"ok": str(check["ok"]), "detail": check["detail"], "mend": check["mend"]}


def test_the_doctor_tells_what_waits_and_what_is_late(newsroom: Newsroom, machtin: Machtin) -> None:
    assert checked(machtin("doctor", "--json"))["detail"] == f"1 wait, the next until {NOON.isoformat()}"
    newsroom.now = NOON + timedelta(minutes=6)
    late = checked(machtin("doctor", "--json"))
    assert late["ok"] == "False"
    assert late["detail"] == f"gao-2 should be public since {NOON.isoformat()}"
    assert "machtin serve" in late["mend"]
    assert machtin("doctor", "--repair").code == 0
    assert newsroom.found() == [PUBLIC.id, WAITING.id]


def test_an_intake_publishes_what_is_due_along_with_it(newsroom: Newsroom, machtin: Machtin, tmp_path: Path) -> None:
    path = tmp_path / "moi.ndjson"
    later = (NOON + timedelta(days=9)).isoformat()
    lines = [{"id": name, "title": "Giá gạo", "body": "Mới."} for name in ("gao-8", "gao-9")]
    path.write_text("\n".join(json.dumps(one) for one in (lines[0], lines[1] | {"publish_at": later})))
    newsroom.now = NOON
    assert machtin("ingest", str(path)).code == 0
    assert newsroom.found() == [PUBLIC.id, WAITING.id, "gao-8"]


def test_the_release_chore_asks_once_a_second_and_calls_the_function_only_for_what_is_due() -> None:
    now, due, asked, events = 0.0, False, 0, []

    def is_due() -> bool:
        nonlocal asked
        asked += 1
        return due

    def reindex(event: dict[str, object], _: object) -> dict[str, int]:
        events.append(event)
        return {"released": 2}

    chore = release_chore(is_due, reindex, lambda: now)
    assert (chore(), chore(), asked) == (0, 0, 1)
    now, due = RELEASE_SECONDS, True
    assert (chore(), asked) == (2, 2)
    assert events == [{"release": True}]
