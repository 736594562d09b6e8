"""What the thread of a story promises on every engine, whatever comes in whatever order."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from machtin.article import Article
from machtin.deadline import seconds_left
from machtin.errors import StoreUnavailable
from machtin.model_folder import CosineScale
from machtin.ports import ArticleIndex, IndexEntry, IndexTombstone, Vectors
from machtin.store_port import Stored
from machtin.stories import Stories
from machtin.story_neighbours import FEW, neighbours
from machtin.thread_answers import ThreadAnswer
from machtin.thread_port import Link, Linked, ThreadLinks

from .asking import vector
from .conftest import OpenLinks

START = datetime(2026, 7, 25, 1, tzinfo=UTC)
TEXTS = (
    "Lở đất vùi lấp nhiều nhà dân ở xã vùng cao trong đêm mưa lớn",
    "Bộ đội dựng cầu phao bắc qua suối để chở gạo vào bản",
    "Trạm y tế tiêm phòng uốn ván cho trẻ nhỏ và người già",
    "Điện lực kéo lại đường dây trung thế sau ba ngày mất điện",
    "Nhà địa chất vẽ bản đồ nguy cơ mới quanh sườn đồi nứt",
    "Học sinh học nhờ trường bên cạnh tới khi dọn xong bùn đất",
    "Ngân hàng giãn nợ cho hộ trồng cà phê mất vườn vì sạt lở",
    "Thợ lặn mò tìm két sắt của bưu điện dưới lòng suối cạn",
)


class ByCosine:
    """A classifier of a line: two articles tell of one event from a cosine of .6 on, surely where they are one."""

    def likelihood(
        self,
        article: Article,
        vector: Vectors | None,
        entries: Sequence[IndexEntry],
        *,
        scale: CosineScale | None = None,
        least: float = 0.0,
    ) -> NDArray[np.float64]:
        cosines = [0.0 if vector is None or one.vector is None else float(vector @ one.vector) for one in entries]
        return np.clip(0.1 + 2.25 * (np.array(cosines, dtype=np.float64) - 0.6), 0.0, 1.0)


class Newsroom:
    """An index, its stories, and articles that come and go; ``degrees`` is the direction of an article's vector."""

    def __init__(self, index: ArticleIndex, links: ThreadLinks) -> None:
        self.index = index
        self.links = links
        self.stories = Stories(links, model=ByCosine())
        self.entries: dict[str, IndexEntry] = {}
        self.clock = 0

    def publish(
        self, article_id: str, degrees: float, hours: float | None = 0, text: str = "", *, indexed: bool = True
    ) -> None:
        article = Article(
            id=article_id,
            title=f"Tin {article_id}",
            body=text or f"{TEXTS[sum(article_id.encode()) % len(TEXTS)]}, bài số {article_id}.",
            published_at=None if hours is None else START + timedelta(hours=hours),
        )
        self.clock += 1
        angle = math.radians(degrees)
        self.entries[article_id] = IndexEntry(article, self.clock, vector(math.cos(angle), math.sin(angle), 0, 0))
        if indexed:
            self.index.write([self.entries[article_id]])
            self.stories.follow(self.index, [Stored(article_id, self.clock, article)])

    def take_down(self, article_id: str) -> None:
        self.clock += 1
        del self.entries[article_id]
        self.index.write([IndexTombstone(article_id, self.clock)])
        self.stories.follow(self.index, [Stored(article_id, self.clock, None)])

    def thread(self, article_id: str) -> ThreadAnswer:
        entry = self.entries[article_id]
        return self.stories.thread(self.index, entry.article, entry.revision)

    def threads(self) -> dict[str, ThreadAnswer]:
        return {one: replace(self.thread(one), took_ms=0.0) for one in self.entries}


@pytest.fixture
def newsroom(index: ArticleIndex, open_links: OpenLinks) -> Newsroom:
    return Newsroom(index, open_links())


def ids(answer: ThreadAnswer) -> list[str]:
    return [one.id for event in answer.events for one in (event.article, *event.others, *event.copies)]


def test_an_article_that_nothing_is_linked_to_is_a_thread_of_itself(newsroom: Newsroom) -> None:
    newsroom.publish("a", 0)
    newsroom.publish("far", 80)
    answer = newsroom.thread("a")
    assert (answer.id, answer.thread, answer.title, answer.articles) == ("a", "a", "Tin a", 1)
    assert (ids(answer), answer.degraded, answer.events[0].date) == (["a"], False, START.isoformat())


def test_a_report_joins_its_thread_when_it_comes_and_every_member_tells_the_same_story(newsroom: Newsroom) -> None:
    for number, degrees in enumerate((0, 10, 20, 5)):
        newsroom.publish(f"a{number}", degrees, hours=30 * number)
    newsroom.publish("far", 85)
    answers = [newsroom.thread(f"a{number}") for number in range(4)]
    assert {(one.thread, *ids(one)) for one in answers} == {("a0", "a0", "a1", "a2", "a3")}
    assert ids(newsroom.thread("far")) == ["far"]


def test_an_earlier_report_that_comes_late_names_the_thread_and_old_ids_go_on(newsroom: Newsroom) -> None:
    newsroom.publish("b", 0, hours=40)
    newsroom.publish("a", 5, hours=0)
    assert {newsroom.thread(one).thread for one in ("a", "b")} == {"a"}
    newsroom.take_down("a")
    assert newsroom.thread("b").thread == "b"


def test_a_bridge_that_comes_joins_two_stories_and_one_that_goes_parts_them(newsroom: Newsroom) -> None:
    newsroom.publish("left", 0, hours=0)
    newsroom.publish("right", 60, hours=50)
    assert ids(newsroom.thread("left")) == ["left"]
    newsroom.publish("bridge", 30, hours=25)
    assert {(one.thread, *ids(one)) for one in newsroom.threads().values()} == {("left", "left", "bridge", "right")}
    newsroom.take_down("bridge")
    assert [ids(newsroom.thread(one)) for one in ("left", "right")] == [["left"], ["right"]]
    newsroom.publish("bridge", 30, hours=25)
    assert ids(newsroom.thread("right")) == ["left", "bridge", "right"]


def test_one_article_that_resembles_two_large_stories_does_not_make_them_one(newsroom: Newsroom) -> None:
    for number in range(4):
        newsroom.publish(f"left{number}", number, hours=number * 30)
        newsroom.publish(f"right{number}", 85 + number, hours=number * 30)
    newsroom.publish("between", 43.5, hours=10)
    told = newsroom.threads()
    assert {one[:-1] for one in ids(told["left0"]) if one != "between"} == {"left"}
    assert {one[:-1] for one in ids(told["right0"]) if one != "between"} == {"right"}


def test_a_correction_moves_an_article_to_where_it_now_belongs(newsroom: Newsroom) -> None:
    for name, degrees in (("a", 0), ("moved", 5), ("b", 85)):
        newsroom.publish(name, degrees)
    assert sorted(ids(newsroom.thread("a"))) == ["a", "moved"]
    newsroom.publish("moved", 80)
    assert ids(newsroom.thread("a")) == ["a"]
    assert sorted(ids(newsroom.thread("b"))) == sorted(ids(newsroom.thread("moved"))) == ["b", "moved"]


def test_what_the_index_does_not_show_any_more_is_in_no_thread_even_where_links_stay(newsroom: Newsroom) -> None:
    newsroom.publish("a", 0)
    newsroom.publish("gone", 5, hours=2)
    newsroom.index.write([IndexTombstone("gone", 99)])
    assert ids(newsroom.thread("a")) == ["a"]


def test_links_to_an_article_as_it_was_before_hold_no_longer(newsroom: Newsroom) -> None:
    newsroom.publish("a", 0)
    newsroom.publish("b", 5)
    corrected = replace(newsroom.entries["b"], revision=9)
    newsroom.index.write([corrected])
    assert ids(newsroom.thread("a")) == ["a"]
    assert newsroom.stories.complete(newsroom.index) == 1
    assert sorted(ids(newsroom.thread("a"))) == ["a", "b"]


def test_stories_far_apart_in_time_are_not_one(newsroom: Newsroom) -> None:
    newsroom.publish("a", 0, hours=0)
    newsroom.publish("years-later", 1, hours=24 * 400)
    assert ids(newsroom.thread("a")) == ["a"]


def test_reports_of_one_day_are_one_event_the_fullest_first_with_copies_folded(newsroom: Newsroom) -> None:
    wire = ". ".join(TEXTS)
    newsroom.publish("short", 0, hours=0, text="Lở đất ở bản Nà Khoang, nhiều nhà bị vùi.")
    newsroom.publish("wire", 3, hours=2, text=wire + ". Đường vào bản còn tắc.")
    newsroom.publish("wire-copy", 4, hours=5, text=wire)
    newsroom.publish("next-week", 20, hours=170)
    newsroom.publish("undated", 2, hours=None, text="Bản tin không đề ngày về vụ sạt núi.")
    first, second, last = newsroom.thread("undated").events
    assert (first.article.id, [one.id for one in first.others], [one.id for one in first.copies]) == (
        "wire",
        ["short"],
        ["wire-copy"],
    )
    assert first.date == START.isoformat()
    assert (second.article.id, last.article.id, last.date) == ("next-week", "undated", None)


def test_a_long_story_is_cut_to_what_is_nearest_to_the_article(newsroom: Newsroom) -> None:
    for number in range(70):
        newsroom.publish(f"n{number:02}", number / 4, hours=30 * number, indexed=False)
    newsroom.index.write(newsroom.entries.values())
    newsroom.stories.complete(newsroom.index)
    answer = newsroom.thread("n35")
    assert "n35" in ids(answer)
    assert answer.articles == len(ids(answer)) == 60


@pytest.mark.parametrize("seed", range(2))
def test_whatever_came_in_whatever_order_threads_are_those_made_from_scratch(
    newsroom: Newsroom, open_links: OpenLinks, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(30):
        name = f"n{chance.randrange(12)}"
        if name in newsroom.entries and chance.random() < 0.3:
            newsroom.take_down(name)
        else:
            newsroom.publish(name, chance.choice((0, 8, 16, 35, 60, 70, 88)), hours=chance.choice((0, 3, 40, 200)))
    told = newsroom.threads()
    scratch = Newsroom(newsroom.index, open_links("scratch"))
    scratch.entries = newsroom.entries
    assert scratch.stories.complete(scratch.index) == len(scratch.entries)
    assert scratch.threads() == told


def test_what_was_missed_is_linked_by_a_check_and_what_is_gone_forgotten(newsroom: Newsroom) -> None:
    newsroom.publish("a", 0)
    newsroom.publish("b", 5, indexed=False)
    newsroom.index.write([newsroom.entries["b"]])
    newsroom.links.put([Linked("stray", 3, "1", (Link("stray", 3, "a", 1, 1.0),))])
    assert newsroom.stories.complete(newsroom.index) == 2
    assert sorted(article_id for article_id, _, _ in newsroom.links.revisions()) == ["a", "b"]
    assert newsroom.stories.complete(newsroom.index) == 0
    newsroom.links.put([Linked("a", 1, "0 an earlier way", ())])
    assert newsroom.stories.lacking(newsroom.index) == 1
    assert newsroom.stories.complete(newsroom.index) == 1


class Away:
    """Links that can't be reached."""

    def put(self, linked: Sequence[Linked]) -> None:
        raise StoreUnavailable("away")

    def remove(self, articles: Sequence[tuple[str, int]]) -> None:
        raise StoreUnavailable("away")

    def of(self, article_ids: Sequence[str]) -> list[Link]:
        raise StoreUnavailable("away")


class Slow(Away):
    """Links that would be waited for as long as there is time."""

    left = 0.0

    def put(self, linked: Sequence[Linked]) -> None:
        self.left = seconds_left(30.0)


class Broken(ByCosine):
    """A classifier that no article gets through."""

    def likelihood(self, article: Article, *_: object, **__: object) -> NDArray[np.float64]:
        raise ZeroDivisionError(article.id)


def test_where_linking_fails_the_article_is_in_the_index_all_the_same(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom.publish("a", 0)
    kept = newsroom.stories
    newsroom.stories = Stories(Away(), model=ByCosine())  # type: ignore[arg-type]  # what is asked of it alone
    newsroom.publish("b", 5)
    assert "b" in newsroom.index.get(["b"])
    assert "1 articles are not linked to their stories yet: away" in caplog.messages
    newsroom.stories = kept
    assert kept.complete(newsroom.index) == 1
    assert sorted(ids(newsroom.thread("a"))) == ["a", "b"]


def test_links_are_waited_for_no_longer_than_whoever_brings_articles_has_time(newsroom: Newsroom) -> None:
    newsroom.publish("a", 0)
    slow = Slow()
    stories = Stories(slow, model=ByCosine())  # type: ignore[arg-type]  # what is asked of it alone
    stories.follow(newsroom.index, [Stored("a", 1, newsroom.entries["a"].article)], time.monotonic() + 8)
    assert 0 < slow.left <= 8


def test_an_article_that_can_not_be_compared_keeps_no_other_from_its_story(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom.publish("a", 0)
    kept = newsroom.stories
    newsroom.stories = Stories(newsroom.links, model=Broken())
    newsroom.publish("b", 5)
    assert "article b is not linked to its story" in caplog.messages
    newsroom.stories = kept
    newsroom.publish("c", 10)
    assert kept.complete(newsroom.index) == 0
    assert sorted(ids(newsroom.thread("b"))) == ["a", "b", "c"]


def test_where_links_can_not_be_read_the_article_is_told_alone_and_that_is_said(newsroom: Newsroom) -> None:
    newsroom.publish("a", 0)
    newsroom.publish("b", 5)
    newsroom.stories = Stories(Away(), model=ByCosine())  # type: ignore[arg-type]  # what is asked of it alone
    answer = newsroom.thread("a")
    assert (ids(answer), answer.degraded) == (["a"], True)


def test_an_article_that_the_index_does_not_know_yet_is_a_thread_of_itself(newsroom: Newsroom) -> None:
    article = Article(id="new", title="Tin mới", published_at=START)
    answer = newsroom.stories.thread(newsroom.index, article, 5)
    assert (ids(answer), answer.thread) == (["new"], "new")


def test_what_many_papers_print_alike_is_one_thread_and_hides_no_development(
    index: ArticleIndex, open_links: OpenLinks
) -> None:
    links = open_links()
    newsroom = Newsroom(index, links)
    newsroom.stories = Stories(links)
    alike, later = f"{TEXTS[0]}. {TEXTS[1]}.", f"{TEXTS[0]}. {TEXTS[1]}, rồi tìm thấy người mất tích."
    for number in range(40):
        newsroom.publish(f"paper-{number}", 0, hours=number / 10, text=alike)
    for number in range(10):
        newsroom.publish(f"far-{number}", 75, hours=24 * number)
    newsroom.publish("later", 25, hours=30, text=later)
    story = {f"paper-{number}" for number in range(40)} | {"later"}
    assert {frozenset(ids(newsroom.thread(one))) for one in ("paper-0", "paper-39", "later")} == {frozenset(story)}


def test_of_a_series_of_reports_alike_none_is_taken_for_what_was_printed_at_one_time(newsroom: Newsroom) -> None:
    for number in range(40):
        newsroom.publish(f"daily-{number:02}", 0, hours=72 * number)
    compared = neighbours(newsroom.index, [newsroom.entries["daily-00"]])[0]
    assert len(compared) == len({one.article.id for one in compared}) > FEW
