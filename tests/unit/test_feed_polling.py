"""Polling feeds of real sites on this machine: what is fetched, what is not fetched again, and what is left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from machtin import feed_state
from machtin.adapters.feed_states import FolderFeedStates
from machtin.adapters.feed_xml import read_feed
from machtin.adapters.web_page import read_web_page
from machtin.answers import WriteAnswer
from machtin.article import Article, id_of_url
from machtin.audit import By
from machtin.errors import Conflict, Problem, StoreUnavailable
from machtin.feed_entry import Feed
from machtin.feed_polling import FeedPoller
from machtin.feed_report import PollReport
from machtin.feed_site import Site
from machtin.feed_sites import Sites
from machtin.feed_visits import ATTEMPTS, LARGE, FeedTools, Visits
from machtin.robots import MOST
from machtin.web_port import WebAnswer

from .news_site import NewsSites, Reply, article, html, item, rss

FEED = "/rss/tin.rss"


class Newsroom:
    """A poller of sites on this machine, the time by which it works, and what it has put into the store."""

    def __init__(self, sites: NewsSites, folder: Path) -> None:
        self.sites = sites
        self.moment = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
        self.slept: list[float] = []
        self.stored: dict[str, Article] = {}
        self.told_by: set[str] = set()
        self.refused: list[tuple[str, bytes, Sequence[Problem]]] = []
        self.failure: Callable[[Article], None] = lambda _: None
        self.read_feed: Callable[[bytes, str, str | None], Feed] = read_feed
        self.read_page: Callable[[WebAnswer], Mapping[str, Any]] = read_web_page
        self.states = FolderFeedStates(folder)
        self.resolve: Callable[[str, int], list[str]] = lambda host, port: ["127.0.0.1"]

    def poll(self, *feeds: str, hosts: Sequence[str] = (), within: float = 1_000, every: float = 0) -> PollReport:
        """Poll as a new process would, ten minutes after the last time."""
        self.moment += timedelta(minutes=10)
        tools = FeedTools(
            web=self.sites.client(resolve=self.resolve),
            states=self.states,
            read_feed=self.read_feed,
            read_page=self.read_page,
            put=self.put,
            keep=lambda *kept: self.refused.append(kept),
            clock=lambda: self.moment,
            sleep=self.sleep,
        )
        addresses = feeds or (self.sites.url(FEED),)
        return FeedPoller(addresses, [f"{host}:{self.sites.port}" for host in hosts], tools).poll(
            within=within, every=every
        )

    def put(self, articles: Sequence[Article], by: By) -> list[WriteAnswer]:
        (one,) = articles
        self.told_by.add(by.who)
        self.failure(one)
        before = self.stored.get(one.id)
        self.stored[one.id] = one
        outcome: Any = "created" if before is None else "unchanged" if before == one else "updated"
        return [WriteAnswer(one.id, 1, outcome)]

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def titles(self) -> list[str]:
        return sorted(one.title for one in self.stored.values())


@pytest.fixture
def sites() -> Iterator[NewsSites]:
    with NewsSites().running() as running:
        yield running


@pytest.fixture
def newsroom(sites: NewsSites, tmp_path: Path) -> Newsroom:
    return Newsroom(sites, tmp_path / "feeds")


def counts(report: PollReport) -> dict[str, int]:
    """What is not 0."""
    names = ("fetched", "new", "changed", "unchanged", "refused", "waiting")
    return {name: report.total(name) for name in names if report.total(name)}


def test_what_a_feed_tells_of_is_fetched_once(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        FEED: rss(item("/gao.html"), item("tin/cau.html?x=1&amp;y=2#binh-luan"), item("/gao.html")),
        "/gao.html": html(article("Giá gạo tăng mạnh")),
        "/rss/tin/cau.html?x=1&y=2": html(article("Cầu mới thông xe")),
    }
    report = newsroom.poll()
    assert counts(report) == {"fetched": 2, "new": 2}
    assert {article_id for article_id, _ in report.changes} == newsroom.stored.keys()
    assert newsroom.told_by == {f"feed:{sites.url(FEED)}"}
    assert newsroom.titles() == ["Cầu mới thông xe", "Giá gạo tăng mạnh"]
    assert newsroom.stored[id_of_url(sites.url("/gao.html"))].url == sites.url("/gao.html")
    before = len(sites.asked)
    assert counts(newsroom.poll()) == {}
    assert [one.path for one in sites.asked[before:]] == [FEED], "nothing but the feed is asked for again"


def test_a_feed_that_has_not_changed_is_not_sent_again(newsroom: Newsroom, sites: NewsSites) -> None:
    feed = rss(item("/gao.html"))
    sites.pages |= {
        FEED: feed._replace(headers=(*feed.headers, ("ETag", '"1"'))),
        "/gao.html": html(article("Giá gạo")),
    }
    newsroom.poll()
    (one,) = newsroom.poll().feeds.values()
    assert (one.state, one.entries) == ("unchanged", 1)


def test_a_change_that_the_feed_tells_of_is_fetched_and_only_that(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        FEED: rss(item("/a.html", "A"), item("/b.html", "B")),
        "/a.html": html(article("Bài thứ nhất"), ETag='"a1"'),
        "/b.html": html(article("Bài thứ hai"), ETag='"b1"'),
    }
    newsroom.poll()
    sites.pages[FEED] = rss(item("/a.html", "A, đã sửa"), item("/b.html", "B, đã sửa"))
    sites.pages["/a.html"] = html(article("Bài thứ nhất, đã sửa"), ETag='"a2"')
    assert counts(newsroom.poll()) == {"fetched": 2, "changed": 1, "unchanged": 1}
    assert newsroom.titles() == ["Bài thứ hai", "Bài thứ nhất, đã sửa"]
    assert sites.asked[-1].headers.get("If-None-Match") in ('"a1"', '"b1"')
    assert counts(newsroom.poll()) == {}


def test_an_article_in_two_feeds_is_fetched_once_for_each_change(newsroom: Newsroom, sites: NewsSites) -> None:
    both = sites.url("/a.rss"), sites.url("/b.rss")
    sites.pages |= {
        "/a.rss": rss(item("/x.html", "X")),
        "/b.rss": rss(item("/x.html", "X, từ mục khác")),
        "/x.html": html(article("Bài chung")),
    }
    assert counts(newsroom.poll(*both)) == {"fetched": 1, "new": 1}
    assert counts(newsroom.poll(*both)) == {}
    sites.pages |= {"/a.rss": rss(item("/x.html", "X2")), "/b.rss": rss(item("/x.html", "X2, từ mục khác"))}
    assert counts(newsroom.poll(*both)) == {"fetched": 1, "unchanged": 1}
    assert counts(newsroom.poll(*both)) == {}


def test_a_sitemap_tells_by_its_dates(newsroom: Newsroom, sites: NewsSites) -> None:
    def sitemap(day: int) -> Reply:
        entry = f"<url><loc>{sites.url('/a.html')}</loc><lastmod>2026-03-{day}</lastmod></url>"
        return Reply(f"<urlset>{entry}</urlset>".encode())

    sites.pages |= {"/sitemap.xml": sitemap(14), "/a.html": html(article("Bài cũ"))}
    feed = sites.url("/sitemap.xml")
    assert counts(newsroom.poll(feed)) == {"fetched": 1, "new": 1}
    assert counts(newsroom.poll(feed)) == {}
    sites.pages["/sitemap.xml"] = sitemap(16)
    assert counts(newsroom.poll(feed)) == {"fetched": 1, "unchanged": 1}


def test_a_sitemap_index_is_followed_where_it_tells_of_a_change(newsroom: Newsroom, sites: NewsSites) -> None:
    def index(february: str) -> Reply:
        listed = {"1": "2026-01-31", "2": february}
        parts = (f"<sitemap><loc>/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>" for name, day in listed.items())
        return Reply(f"<sitemapindex>{''.join(parts)}</sitemapindex>".encode())

    def sitemap(path: str) -> Reply:
        return Reply(f"<urlset><url><loc>{path}</loc></url></urlset>".encode())

    sites.pages |= {
        "/index.xml": index("2026-02-01"),
        "/1.xml": sitemap("/a.html"),
        "/2.xml": sitemap("/b.html"),
        "/a.html": html(article("Bài tháng giêng")),
        "/b.html": html(article("Bài tháng hai")),
        "/c.html": html(article("Bài tháng hai nữa")),
    }
    feed = sites.url("/index.xml")
    assert counts(newsroom.poll(feed)) == {"fetched": 2, "new": 2}
    before = len(sites.asked)
    newsroom.poll(feed)
    assert [one.path for one in sites.asked[before:]] == ["/index.xml"]
    sites.pages |= {"/index.xml": index("2026-02-02"), "/2.xml": sitemap("/c.html")}
    before = len(sites.asked)
    assert counts(newsroom.poll(feed)) == {"fetched": 1, "new": 1}
    assert [one.path for one in sites.asked[before:]] == ["/index.xml", "/2.xml", "/c.html"]


def test_an_index_within_an_index_is_not_followed(newsroom: Newsroom, sites: NewsSites) -> None:
    def index(path: str) -> Reply:
        return Reply(f"<sitemapindex><sitemap><loc>{path}</loc></sitemap></sitemapindex>".encode())

    sites.pages |= {"/1.xml": index("/2.xml"), "/2.xml": index("/3.xml"), "/3.xml": index("/1.xml")}
    newsroom.poll(sites.url("/1.xml"))
    assert sites.paths() == ["/1.xml", "/2.xml"]


def test_the_feed_supplies_what_the_page_lacks(newsroom: Newsroom, sites: NewsSites) -> None:
    paragraphs = "".join(f"<p>Nội dung không có đầu đề, đoạn thứ {number} của bài viết này.</p>" for number in range(4))
    sites.pages |= {
        FEED: rss(item("/a.html", "Đầu đề từ nguồn tin", "Sat, 14 Mar 2026 08:30:00 +0700")),
        "/a.html": html(f"<html><body><div>{paragraphs}</div></body></html>"),
    }
    newsroom.poll()
    (one,) = newsroom.stored.values()
    assert one.title == "Đầu đề từ nguồn tin"
    assert one.published_at == datetime(2026, 3, 14, 1, 30, tzinfo=UTC)


def test_what_the_page_says_counts_more_than_the_feed(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        FEED: rss(item("/a.html", "Đầu đề ngắn", "Sat, 14 Mar 2026 08:30:00 +0700")),
        "/a.html": html(article("Đầu đề đầy đủ của bài", published="2026-03-13T08:30:00+07:00")),
    }
    newsroom.poll()
    (one,) = newsroom.stored.values()
    assert (one.title, one.published_at) == ("Đầu đề đầy đủ của bài", datetime(2026, 3, 13, 1, 30, tzinfo=UTC))


def test_a_page_can_not_take_the_place_of_another_sites_article(newsroom: Newsroom, sites: NewsSites) -> None:
    inside = sites.url("/that.html")
    sites.pages |= {
        FEED: rss(item("/a.html?utm_source=rss"), item("/b.html"), item("/c.html")),
        "/a.html?utm_source=rss": html(article("Bài có địa chỉ chuẩn", canonical=inside)),
        "/b.html": html(article("Bài giả danh báo khác", canonical="https://bao-khac.example/that.html")),
        "/c.html": html(article("Bài chỉ về trang chủ", canonical=sites.url("/"))),
    }
    newsroom.poll()
    assert {one.title: one.url for one in newsroom.stored.values()} == {
        "Bài có địa chỉ chuẩn": inside,
        "Bài giả danh báo khác": sites.url("/b.html"),
        "Bài chỉ về trang chủ": sites.url("/c.html"),
    }


def test_articles_lie_at_allowed_hosts_only(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        FEED: rss(
            item(sites.url("/a.html", "tin.example")),
            item("http://169.254.169.254/latest/"),
            item("https://x.example/"),
        ),
        "tin.example/a.html": html(article("Bài ở máy khác")),
    }
    report = newsroom.poll(hosts=["tin.example"])
    assert counts(report) == {"fetched": 1, "new": 1, "refused": 2}
    (one,) = report.feeds.values()
    assert one.refusals[0] == {
        "address": "http://169.254.169.254/latest/",
        "reason": "lies at 169.254.169.254; to allow that, name it in MACHTIN_FEED_HOSTS",
    }
    assert {asked.host for asked in sites.asked} == {"bao.example", "tin.example"}
    assert counts(newsroom.poll(hosts=["tin.example"])) == {}, "a refusal is told once"


def test_redirects_are_held_to_the_same_list(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        FEED: rss(item("/a.html"), item("/b.html")),
        "/a.html": Reply(b"", 302, (("Location", "http://evil.example:PORT/x"),)),
        "/b.html": Reply(b"", 302, (("Location", "/moi/b.html"),)),
        "/moi/b.html": html(article("Bài đã dời đi")),
        "evil.example/x": html(article("Bài lừa")),
    }
    report = newsroom.poll()
    assert counts(report)["refused"] == 1
    assert newsroom.titles() == ["Bài đã dời đi"]
    assert [one.url for one in newsroom.stored.values()] == [sites.url("/moi/b.html")]


def test_an_allowed_name_that_leads_into_a_private_network_is_refused(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages[FEED] = rss(item(sites.url("/a.html", "tin.example")))
    newsroom.resolve = lambda host, port: ["127.0.0.1"] if host == "bao.example" else ["192.168.1.1"]
    report = newsroom.poll(hosts=["tin.example"])
    assert "not public" in report.feeds[sites.url(FEED)].reason
    assert counts(report) == {"waiting": 1}
    assert {asked.host for asked in sites.asked} == {"bao.example"}


def test_robots_are_asked_first_and_heeded(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        "/robots.txt": Reply(b"User-agent: machtin\nDisallow: /rieng/\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n"),
        FEED: rss(item("/a.html"), item("/rieng/b.html")),
        "/a.html": html(article("Bài được phép")),
        "/rieng/b.html": html(article("Bài không được phép")),
    }
    report = newsroom.poll()
    assert newsroom.titles() == ["Bài được phép"]
    assert "robots.txt" in report.feeds[sites.url(FEED)].refusals[0]["reason"]
    assert sites.paths(robots=True) == ["/robots.txt", FEED, "/a.html"]
    assert [round(pause) for pause in newsroom.slept if pause] == [7, 7, 7]
    newsroom.poll()
    assert sites.paths(robots=True)[3:] == [FEED], "robots.txt is kept for a day"
    newsroom.moment += timedelta(days=1)
    newsroom.poll()
    assert sites.paths(robots=True)[4:] == ["/robots.txt", FEED]


def test_a_feed_that_robots_forbid_is_not_asked_for(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {"/robots.txt": Reply(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /rss\r\n"), FEED: rss()}
    assert "robots.txt" in newsroom.poll().feeds[sites.url(FEED)].reason
    assert sites.paths() == []


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_site_whose_robots_can_not_be_read_is_not_asked(newsroom: Newsroom, sites: NewsSites, status: int) -> None:
    sites.pages |= {"/robots.txt": Reply(b"", status), FEED: rss(item("/a.html"))}
    report = newsroom.poll()
    assert report.feeds[sites.url(FEED)].reason == f"its robots.txt can't be read: is answered with {status}"
    assert sites.paths() == []


def test_robots_that_were_read_once_are_relied_on_while_they_can_not_be_read(
    newsroom: Newsroom, sites: NewsSites
) -> None:
    sites.pages |= {"/robots.txt": Reply(b"User-agent: *\nDisallow: /rieng"), FEED: rss(item("/rieng/a.html"))}
    newsroom.poll()
    newsroom.moment += timedelta(days=2)
    sites.pages["/robots.txt"] = Reply(b"", 500)
    assert newsroom.poll().failed == 0
    assert "/rieng/a.html" not in sites.paths()


def test_a_robots_file_that_is_broken_costs_no_poll_now_or_later(newsroom: Newsroom, sites: NewsSites) -> None:
    broken = "User-agent: *\nDisallow: //[\nCrawl-delay: ²\nDisallow: /kin/\n"
    sites.pages |= {
        "/robots.txt": Reply(broken.encode()),
        FEED: rss(item("/a.html"), item("/kin/b.html")),
        "/a.html": html(article("Bài một")),
    }
    assert counts(newsroom.poll()) == {"fetched": 1, "new": 1, "refused": 1}
    (name,) = newsroom.states.sites()
    assert newsroom.states.load(name).robots == broken
    assert newsroom.poll().failed == 0


def test_a_site_that_breaks_its_own_poll_does_not_break_that_of_the_others(
    newsroom: Newsroom, sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Visits, site: Site, feed: str) -> None:
        if site.name.startswith("hong."):
            raise RuntimeError
        read(self, site, feed)

    read = Visits._read_feed
    monkeypatch.setattr(Visits, "_read_feed", broken)
    sites.pages |= {FEED: rss(item("/a.html")), "/a.html": html(article("Bài một"))}
    report = newsroom.poll(sites.url(FEED, "hong.example"), sites.url(FEED))
    assert counts(report) == {"fetched": 1, "new": 1}
    assert report.of(sites.url(FEED, "hong.example")).state == "failed"


class Killed(BaseException):
    """The function's time or memory is over."""


def test_a_large_page_that_ends_each_poll_is_given_up(
    newsroom: Newsroom, sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(answer: WebAnswer) -> Mapping[str, Any]:
        if len(answer.body) > LARGE:
            monkeypatch.setattr(Sites, "save", lambda *_: None)  # nothing is kept after the end
            raise Killed
        return read_web_page(answer)

    newsroom.read_page = read
    sites.pages |= {FEED: rss(item("/lon.html")), "/lon.html": html(article("Bài lớn", "Chữ. " * 100_000))}
    for _ in range(ATTEMPTS):
        with pytest.raises(Killed):
            newsroom.poll()
        monkeypatch.undo()
    assert counts(newsroom.poll()) == {"refused": 1}
    assert counts(newsroom.poll()) == {}


def test_a_large_feed_that_ends_a_poll_is_left_alone_for_a_while(
    newsroom: Newsroom, sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*given: Any) -> Feed:
        monkeypatch.setattr(Sites, "save", lambda *_: None)
        raise Killed

    newsroom.read_feed = read
    sites.pages |= {FEED: rss(item("/a.html", text="Chữ. " * 100_000)), "/a.html": html(article("Bài một"))}
    with pytest.raises(Killed):
        newsroom.poll()
    monkeypatch.undo()
    newsroom.read_feed = read_feed
    assert counts(newsroom.poll()) == {}
    newsroom.moment += timedelta(hours=1)
    assert counts(newsroom.poll()) == {"fetched": 1, "new": 1}
    assert [one.failures for one in newsroom.states.load(newsroom.states.sites()[0]).feeds.values()] == [0]


def test_of_a_huge_robots_file_the_first_part_holds(newsroom: Newsroom, sites: NewsSites) -> None:
    rules = b"User-agent: *\nDisallow: /kin/\n"
    rest = b"Disallow: /" + b"a" * MOST  # cut off somewhere, it would forbid more or less than it says
    sites.pages |= {
        "/robots.txt": Reply(rules + rest),
        FEED: rss(item("/a.html"), item("/kin/b.html")),
        "/a.html": html(article("Bài một")),
    }
    assert counts(newsroom.poll()) == {"fetched": 1, "new": 1, "refused": 1}
    assert newsroom.states.load(newsroom.states.sites()[0]).robots == rules.decode()


def test_what_finds_no_room_to_wait_is_listed_again_later(
    newsroom: Newsroom, sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_state, "MOST_WAITING", 3)
    feed = rss(*(item(f"/{number}.html") for number in range(8)))
    sites.pages[FEED] = feed._replace(headers=(*feed.headers, ("ETag", '"1"')))
    sites.pages |= {f"/{number}.html": html(article(f"Bài {number}")) for number in range(8)}
    assert [newsroom.poll().total("new") for _ in range(4)] == [3, 3, 2, 0]


def test_no_further_sitemaps_are_asked_for_while_there_is_no_room(
    newsroom: Newsroom, sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_state, "MOST_WAITING", 5)
    listed = "".join(f"<sitemap><loc>/{name}.xml</loc><lastmod>2026-01-0{name}</lastmod></sitemap>" for name in "123")
    sites.pages["/index.xml"] = Reply(f"<sitemapindex>{listed}</sitemapindex>".encode())
    for name in "123":
        pages = "".join(f"<url><loc>/{name}-{number}.html</loc></url>" for number in range(9))
        sites.pages[f"/{name}.xml"] = Reply(f"<urlset>{pages}</urlset>".encode())
        sites.pages |= {f"/{name}-{number}.html": html(article(f"Bài {name} {number}")) for number in range(9)}
    index = sites.url("/index.xml")
    newsroom.poll(index, within=5)
    assert len({"/1.xml", "/2.xml", "/3.xml"} & set(sites.paths())) == 1
    for _ in range(9):
        newsroom.poll(index)
    assert len(newsroom.stored) == 27
    assert sites.paths().count("/1-0.html") == 1


def test_one_second_lies_between_two_requests_to_a_site_and_sites_are_asked_in_turn(
    newsroom: Newsroom, sites: NewsSites
) -> None:
    feeds = sites.url(FEED), sites.url(FEED, "tin.example")
    sites.pages[FEED] = rss(*(item(f"/{number}.html") for number in range(3)))
    sites.pages |= {f"/{number}.html": html(article(f"Bài số {number}")) for number in range(3)}
    started = newsroom.moment
    newsroom.poll(*feeds)
    assert len(sites.asked) == 10
    assert (newsroom.moment - started - timedelta(minutes=10)).total_seconds() == pytest.approx(4)
    assert all(
        one.host != two.host for one, two in zip(sites.asked, sites.asked[1:], strict=False) if one.path == two.path
    )


def test_a_delay_holds_from_one_poll_to_the_next(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 3600"), FEED: rss()}
    newsroom.poll(within=60)
    assert sites.paths(robots=True) == ["/robots.txt"]
    newsroom.poll(within=60)
    assert sites.paths() == []
    newsroom.moment += timedelta(minutes=50)
    newsroom.poll(within=60)
    assert sites.paths() == [FEED]


def test_what_is_left_comes_with_the_next_polls_and_nothing_starves(newsroom: Newsroom, sites: NewsSites) -> None:
    def dated(number: int) -> str:
        day = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=number)
        return item(f"/{number}.html", f"T{number}", format_datetime(day))

    sites.pages |= {f"/{number}.html": html(article(f"Bài số {number}")) for number in range(16)}
    feed = rss(*map(dated, range(10)))
    sites.pages[FEED] = feed._replace(headers=(*feed.headers, ("ETag", '"1"')))
    first = newsroom.poll(within=8)
    assert 0 < first.total("waiting") < 10
    assert sites.paths()[1:3] == ["/9.html", "/0.html"], "the newest first, then the one that has waited longest"
    waiting = first.total("waiting")
    later = newsroom.poll(within=6)
    assert later.feeds[sites.url(FEED)].state == "unchanged"
    assert later.total("waiting") < waiting
    rolled = rss(*map(dated, range(10, 16)))
    sites.pages[FEED] = rolled
    polls = 0
    while newsroom.poll(within=6).left:
        polls += 1
        assert polls < 12
    assert len(newsroom.stored) == 16, "also what has meanwhile left the feed"
    assert len([path for path in sites.paths() if path.endswith(".html")]) == 16


def test_a_feed_with_ten_thousand_entries_is_worked_off_bit_by_bit(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages[FEED] = rss(*(item(f"/{number}.html") for number in range(10_000)))
    sites.pages |= {f"/{number}.html": html(article(f"Bài số {number}")) for number in range(10_000)}
    report = newsroom.poll(within=30)
    assert report.feeds[sites.url(FEED)].entries == 10_000
    assert report.total("new") + report.total("waiting") == 10_000
    assert 20 < report.total("new") <= 30


def test_many_feeds_of_a_site_do_not_keep_its_articles_waiting(newsroom: Newsroom, sites: NewsSites) -> None:
    feeds = [sites.url(f"/{number}.rss") for number in range(20)]
    for number in range(20):
        sites.pages |= {
            f"/{number}.rss": rss(item(f"/{number}.html")),
            f"/{number}.html": html(article(f"Bài số {number}")),
        }
    report = newsroom.poll(*feeds, within=14)
    assert report.total("new") >= 5
    assert report.pending
    while newsroom.poll(*feeds, within=14, every=3_600).left:
        pass
    assert len(newsroom.stored) == 20


def test_the_failure_of_one_feed_does_not_stop_the_others(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        "/trang.rss": html("<html><body>Không tìm thấy</body></html>"),
        "/hong.rss": Reply(b"", 500),
        FEED: rss(item("/a.html")),
        "/a.html": html(article("Bài vẫn lấy được")),
    }
    feeds = [sites.url(path) for path in ("/trang.rss", "/hong.rss", "/khong-co.rss", FEED)]
    report = newsroom.poll("http://bao.example:1/tin.rss", *feeds)
    reasons = [one.reason for one in report.feeds.values()]
    assert reasons[0].startswith("its robots.txt can't be read: does not answer")
    assert reasons[1] == "begins with <html>; give an RSS or Atom feed or a sitemap"
    assert reasons[2:] == ["is answered with 500", "is answered with 404", ""]
    assert newsroom.titles() == ["Bài vẫn lấy được"]


def test_pages_that_are_none_are_refused_once_and_kept(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {
        FEED: rss(*(item(f"/{name}") for name in ("rong.html", "anh.pdf", "mat.html", "hong.html"))),
        "/rong.html": html("<html><body></body></html>"),
        "/anh.pdf": html("%PDF-1.7", kind="application/pdf"),
        "/hong.html": Reply(b"\xff\xff\xff" * 50, 200, (("Content-Type", "text/html"),)),
    }
    report = newsroom.poll()
    assert counts(report) == {"fetched": 4, "refused": 4}
    reasons = {one["address"]: one["reason"] for one in report.feeds[sites.url(FEED)].refusals}
    assert reasons[sites.url("/anh.pdf")] == "page is application/pdf; only HTML and plain text are read"
    assert reasons[sites.url("/mat.html")] == "is answered with 404"
    assert {address for address, _, _ in newsroom.refused} == {
        sites.url(f"/{name}") for name in ("rong.html", "anh.pdf", "hong.html")
    }
    assert counts(newsroom.poll()) == {}


def test_a_page_that_does_not_come_is_tried_again_in_later_polls_and_then_given_up(
    newsroom: Newsroom, sites: NewsSites
) -> None:
    sites.pages |= {FEED: rss(item("/a.html")), "/a.html": Reply(b"", 500)}
    for _ in range(ATTEMPTS - 1):
        assert counts(newsroom.poll()) == {"fetched": 1, "waiting": 1}
    assert counts(newsroom.poll()) == {"fetched": 1, "refused": 1}
    assert counts(newsroom.poll()) == {}
    sites.pages |= {FEED: rss(item("/a.html", "Mới")), "/a.html": html(article("Bài đã trở lại"))}
    assert counts(newsroom.poll()) == {"fetched": 1, "new": 1}


def test_a_site_that_does_not_answer_is_left_alone_after_two_failures(newsroom: Newsroom, sites: NewsSites) -> None:
    def broken(handler: Any) -> None:
        handler.close_connection = True

    sites.pages[FEED] = rss(*(item(f"/{number}.html") for number in range(10)))
    sites.pages |= {f"/{number}.html": broken for number in range(10)}
    report = newsroom.poll()
    assert len([path for path in sites.paths() if path.endswith(".html")]) == 2
    assert report.total("waiting") == 10


@pytest.mark.parametrize(("after", "minutes"), [("1800", 30), (None, 10)])
def test_a_site_that_asks_to_be_left_alone_is(
    newsroom: Newsroom, sites: NewsSites, after: str | None, minutes: int
) -> None:
    busy = Reply(b"", 429, (("Retry-After", after),) if after else ())
    sites.pages |= {FEED: rss(item("/a.html"), item("/b.html")), "/a.html": busy, "/b.html": busy}
    report = newsroom.poll(within=300)
    assert counts(report) == {"waiting": 2}
    asked = len(sites.asked)
    newsroom.moment += timedelta(minutes=minutes - 16)
    newsroom.poll(within=30)
    assert len(sites.asked) == asked
    newsroom.moment += timedelta(minutes=minutes)
    newsroom.poll(within=300)
    assert len(sites.asked) > asked


def test_a_feed_that_was_asked_a_moment_ago_is_not_asked_again(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages[FEED] = rss()
    newsroom.poll()
    newsroom.moment -= timedelta(minutes=9, seconds=30)
    report = newsroom.poll(every=60)
    assert sites.paths() == [FEED]
    assert report.feeds[sites.url(FEED)].state == "left"


def test_while_the_store_is_unavailable_nothing_is_lost(newsroom: Newsroom, sites: NewsSites) -> None:
    feed = rss(item("/a.html"), item("/b.html"))
    sites.pages |= {FEED: feed._replace(headers=(*feed.headers, ("ETag", '"1"')))}
    sites.pages |= {f"/{name}.html": html(article(f"Bài {name}")) for name in "ab"}

    def unavailable(one: Article) -> None:
        raise StoreUnavailable("database is locked")

    newsroom.failure = unavailable
    with pytest.raises(StoreUnavailable):
        newsroom.poll()
    newsroom.failure = lambda _: None
    assert counts(newsroom.poll()) == {"fetched": 2, "new": 2}


def test_an_article_that_breaks_the_store_does_not_hold_up_the_others(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {FEED: rss(item("/a.html"), item("/b.html"))}
    sites.pages |= {f"/{name}.html": html(article(f"Bài {name}")) for name in "ab"}

    def conflict(one: Article) -> None:
        if one.title == "Bài a":
            raise Conflict("is being changed by others all the time")

    newsroom.failure = conflict
    assert counts(newsroom.poll()) == {"fetched": 2, "new": 1, "waiting": 1}


def test_windows_1258_pages_are_read_whatever_they_are_called(newsroom: Newsroom, sites: NewsSites) -> None:
    marked = "Đươ\u0300ng phô\u0301 va\u0300 chơ\u0323 nô\u0309i"
    body = article(marked, marked * 5).encode("cp1258", "xmlcharrefreplace")
    sites.pages[FEED] = rss(item("/a.html"), item("/b.html"), item("/c.html"))
    for name, charset in {"a": "; charset=windows-1258", "b": "", "c": "; charset=utf-8"}.items():
        sites.pages[f"/{name}.html"] = Reply(body, 200, (("Content-Type", f"text/html{charset}"),))
    newsroom.poll()
    assert newsroom.titles() == ["Đường phố và chợ nổi"] * 3


def test_a_feed_that_is_no_longer_set_is_forgotten_with_what_waits(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {FEED: rss(*(item(f"/{number}.html") for number in range(9))), "/khac.rss": rss()}
    assert newsroom.poll(within=5).total("waiting")
    assert not newsroom.poll(sites.url("/khac.rss")).left
    state = newsroom.states.load(newsroom.states.sites()[0])
    assert list(state.feeds) == [sites.url("/khac.rss")]


def test_articles_that_no_feed_tells_of_are_forgotten_in_the_end(newsroom: Newsroom, sites: NewsSites) -> None:
    sites.pages |= {FEED: rss(item("/a.html"), item("/b.html"))}
    sites.pages |= {f"/{name}.html": html(article(f"Bài {name}")) for name in "ab"}
    newsroom.poll()
    sites.pages[FEED] = rss(item("/b.html"))
    for _ in range(2):
        newsroom.moment += timedelta(days=60)
        newsroom.poll()
    (site,) = newsroom.states.sites()
    assert list(newsroom.states.load(site).articles) == [sites.url("/b.html")]
    assert counts(newsroom.poll()) == {}


def test_what_was_remembered_and_can_not_be_read_is_begun_anew(
    newsroom: Newsroom, sites: NewsSites, tmp_path: Path
) -> None:
    sites.pages |= {FEED: rss(item("/a.html")), "/a.html": html(article("Bài một"))}
    newsroom.poll()
    (file,) = (tmp_path / "feeds").glob("*.json")
    json.loads(file.read_text())
    file.write_text("{broken")
    assert counts(newsroom.poll()) == {"fetched": 1, "unchanged": 1}
