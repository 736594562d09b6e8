"""What both places for the state of polled sites promise: what is kept comes back, and what is broken is begun anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from machtin.adapters.feed_states import FolderFeedStates, S3FeedStates
from machtin.adapters.s3_bucket import Bucket
from machtin.feed_state import ArticleState, FeedState, FeedStates, SiteState, Waiting

FULL = SiteState(
    asked_at=1.5,
    rests_until=2.5,
    robots="User-agent: *\nDisallow: /riêng",
    robots_at=1.0,
    feeds={"https://bao.example/rss": FeedState(1.0, '"1"', "Sun", {"https://bao.example/a": "m"}, {"x": ""}, "2026")},
    articles={"https://bao.example/a": ArticleState(1.0, '"a"', None, 2.0)},
    waiting={
        "https://bao.example/b": Waiting("https://bao.example/rss", "m", "Đầu đề", "2026-03-15T08:30:00+07:00", 3.0, 2)
    },
)


@pytest.fixture(params=["folder", "s3"])
def states(request: pytest.FixtureRequest, tmp_path: Path) -> FeedStates:
    if request.param == "folder":
        return FolderFeedStates(tmp_path / "feeds")
    bucket: Bucket = request.getfixturevalue("bucket")
    return S3FeedStates(bucket)


def test_what_is_kept_comes_back(states: FeedStates) -> None:
    assert states.sites() == []
    assert states.load("bao.example") == SiteState()
    states.save("bao.example", FULL)
    states.save("bao.example:8080", SiteState(asked_at=7))
    states.save("[2001:db8::1]", SiteState())
    assert sorted(states.sites()) == ["[2001:db8::1]", "bao.example", "bao.example:8080"]
    assert states.load("bao.example") == FULL
    assert states.load("bao.example:8080").asked_at == 7


def test_the_last_one_kept_counts(states: FeedStates) -> None:
    states.save("bao.example", FULL)
    states.save("bao.example", SiteState(asked_at=9))
    assert states.load("bao.example") == SiteState(asked_at=9)


def test_a_document_that_can_not_be_read_is_begun_anew(tmp_path: Path) -> None:
    states = FolderFeedStates(tmp_path)
    for broken in ("", "{", "[]", '{"feeds": {}, "articles": {"a": {"x": 1}}, "waiting": {}}', '{"unknown": 1}'):
        (tmp_path / "bao.example.json").write_text(broken)
        assert states.load("bao.example") == SiteState()
