"""The feeds function with articles in a bucket: what it remembers and what it refuses lies there too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from machtin import bootstrap
from machtin.adapters import web_client
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.adapters.s3_bucket import Bucket

from .news_site import NewsSites, article, html, item, rss

EVENT = Path(__file__).parent.parent.parent / "events" / "schedule-feeds.json"


def test_feeds_are_polled_into_the_bucket(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    event = json.loads(EVENT.read_text())
    with NewsSites().running() as sites:
        sites.pages |= {
            "/tin.rss": rss(item("/gao.html"), item("/trong.html")),
            "/gao.html": html(article("Giá gạo xuất khẩu tăng mạnh")),
            "/trong.html": html("<html></html>"),
        }
        settings = {"DATA": str(tmp_path), "STORE": "s3", "BUCKET": bucket.name, "FEEDS": sites.url("/tin.rss")}
        for name, value in settings.items():
            monkeypatch.setenv(f"MACHTIN_{name}", value)
        monkeypatch.setattr(web_client, "WebClient", lambda version, contact: sites.client())
        for made in (bootstrap.service, bootstrap.feeds):
            made.cache_clear()
        answer = local_functions().feeds(event, LocalContext("feeds", "1"))
        assert (answer["new"], answer["refused"]) == (1, 1)
        again = local_functions().feeds(event | {"every": 0}, LocalContext("feeds", "2"))
        assert again["fetched"] == 0
        for made in (bootstrap.service, bootstrap.feeds):
            made.cache_clear()
    keys = [one.key.partition("/")[0] for one in bucket.listed("")]
    assert keys == ["articles", "audit", "audit", "feeds", "refused"]  # a record, and its copy by time
    (refused,) = (bucket.get(one.key) for one in bucket.listed("refused/"))
    assert refused
    assert json.loads(refused.body)["origin"] == sites.url("/trong.html")
