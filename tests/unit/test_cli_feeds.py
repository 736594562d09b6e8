"""machtin feeds, the feeds function, and the polling of machtin serve."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from machtin import bootstrap
from machtin.adapters import web_client
from machtin.adapters.local_events import LOOK_SECONDS, feeds_chore
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.local_work import LocalWork
from machtin.adapters.worker_lock import WorkerLock
from machtin.errors import InvalidInput

from .command_line import Machtin
from .memory_installation import Installation
from .news_site import NewsSites, article, html, item, rss


@pytest.fixture
def sites(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewsSites]:
    """A site with two articles that the installation is set to poll; this machine may be asked in these tests."""
    with NewsSites().running() as running:
        running.pages |= {
            "/tin.rss": rss(item("/gao.html"), item("/trong.html")),
            "/gao.html": html(article("Giá gạo xuất khẩu tăng mạnh")),
            "/trong.html": html("<html></html>"),
        }
        monkeypatch.setattr(web_client, "WebClient", lambda version, contact: running.client())
        monkeypatch.setattr("machtin.feed_site.PAUSE_SECONDS", 0.0)
        monkeypatch.setenv("MACHTIN_FEEDS", running.url("/tin.rss"))
        bootstrap.feeds.cache_clear()
        yield running
        bootstrap.feeds.cache_clear()


def test_what_was_fetched_is_shown_and_found(machtin: Machtin, sites: NewsSites, installation: Installation) -> None:
    outcome = machtin("feeds")
    assert outcome.code == 5
    assert outcome.out.splitlines()[:3] == [
        sites.url("/tin.rss"),
        "  2 entries: 1 new, 0 changed, 0 unchanged, 1 refused, 0 left",
        f"  refused: {sites.url('/trong.html')}: page has no text",
    ]
    assert "1 new, 0 changed, 0 unchanged, 1 refused, 0 left, in " in outcome.out
    assert len(list(installation.settings.refused_folder.glob("*.json"))) == 1
    assert machtin("search", "gia gao xuat khau", "--json").document["total"] == 1
    again = machtin("feeds", "--json")
    assert (again.code, again.document["fetched"]) == (0, 0)
    assert again.document["feeds"][0]["state"] == "polled"


def test_without_feeds_it_says_how_to_name_them(machtin: Machtin) -> None:
    outcome = machtin("feeds")
    assert outcome.code == 2
    assert outcome.err.startswith("machtin: MACHTIN_FEEDS names no feed; give addresses such as https://")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MACHTIN_FEEDS", "bao.example/rss"),
        ("MACHTIN_FEEDS", "https://bao.example/rss, ftp://bao.example/"),
        ("MACHTIN_FEEDS", "https://me:sesame@bao.example/rss"),
        ("MACHTIN_FEED_HOSTS", "https://bao.example"),
        ("MACHTIN_FEED_HOSTS", "bao.*.example"),
        ("MACHTIN_FEED_CONTACT", "Tòa soạn\nX: y"),
    ],
)
def test_settings_that_can_not_be_used_are_named(
    machtin: Machtin, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    outcome = machtin("feeds")
    assert outcome.code == 2
    assert outcome.err.startswith(f"machtin: {name} ")
    assert "; give " in outcome.err


def test_a_feed_that_can_not_be_polled_is_told_with_the_reason(
    machtin: Machtin, sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MACHTIN_FEEDS", f"{sites.url('/khong-co.rss')},{sites.url('/tin.rss')}")
    outcome = machtin("feeds")
    assert f"{sites.url('/khong-co.rss')}\n  could not be polled: is answered with 404" in outcome.out
    assert outcome.code == 5


def test_by_default_no_private_address_is_asked(machtin: Machtin, monkeypatch: pytest.MonkeyPatch) -> None:
    with NewsSites().running() as sites:
        bootstrap.feeds.cache_clear()
        monkeypatch.setenv(
            "MACHTIN_FEEDS", f"http://127.0.0.1:{sites.port}/tin.rss http://localhost:{sites.port}/tin.rss"
        )
        outcome = machtin("feeds")
        bootstrap.feeds.cache_clear()
        assert outcome.out.count("is at an address that is not public") == 2
        assert sites.asked == []


@pytest.mark.parametrize("event", [{"poll_feeds": True}, {"detail-type": "Scheduled Event", "source": "aws.events"}])
def test_the_function_polls_on_a_schedules_event(sites: NewsSites, event: dict[str, object]) -> None:
    answer = local_functions().feeds(event, LocalContext("feeds", "1"))
    assert (answer["new"], answer["refused"], answer["failed"], answer["pending"]) == (1, 1, 0, 0)
    asked = len(sites.asked)
    assert local_functions().feeds(event, LocalContext("feeds", "2"))["feeds"][0]["state"] == "left"
    assert len(sites.asked) == asked, "an event that is delivered twice asks once"


def test_the_function_takes_no_other_event(sites: NewsSites) -> None:
    with pytest.raises(InvalidInput, match="poll_feeds"):
        local_functions().feeds({"purge": True}, LocalContext("feeds", "1"))


def test_the_server_polls_while_it_runs(sites: NewsSites, installation: Installation) -> None:
    lock = WorkerLock(installation.settings.data / "worker.lock")
    queue = bootstrap.queue(installation.settings)
    work = LocalWork(lock, queue, installation.service.reindexer, local_functions())
    try:
        with work.polling():
            time.sleep(0.3)
            assert sites.asked == [], "another process has the work in hand"
            assert work.take()
            until = time.monotonic() + 20
            while installation.service.store.count() == 0 and time.monotonic() < until:
                time.sleep(0.05)
    finally:
        lock.release()
    assert installation.service.store.count() == 1


def test_polling_goes_on_at_once_only_while_something_is_got() -> None:
    now = 0.0
    answers = [(5, 3), (2, 0), (0, 3), (0, 0)]

    def function(event: dict[str, object], context: object) -> dict[str, object]:
        fetched, waiting = answers.pop(0)
        return {"fetched": fetched, "waiting": waiting}

    chore = feeds_chore(function, lambda: now)
    assert (chore(), chore(), chore()) == (5, 2, 0)
    assert len(answers) == 2
    now = LOOK_SECONDS
    assert (chore(), chore()) == (0, 0)
    assert len(answers) == 1
