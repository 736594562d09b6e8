"""One deployment for all tests that use it, and the sample articles in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest

from .cloud import Cloud, deployed
from .cluster import ROOT
from .newsroom import Newsroom
from .truth import settle

LOGS: Final = ROOT / "build" / "e2e"


@pytest.fixture(scope="session")
def cloud(template: dict[str, Any]) -> Iterator[Cloud]:
    """The whole deployment; a test that can't have it fails, it is never skipped."""
    if "MACHTIN_OPENSEARCH_URL" not in os.environ:
        pytest.fail("there is no OpenSearch to deploy on: make e2e")
    LOGS.mkdir(parents=True, exist_ok=True)
    with deployed(template, os.environ["MACHTIN_OPENSEARCH_URL"], LOGS) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def news(cloud: Cloud) -> list[dict[str, Any]]:
    """Some of the sample articles, published and found."""
    lines = (ROOT / "events" / "articles" / "north.ndjson").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    cloud.newsroom.put_many(articles)
    settle(cloud, 120)
    return articles


@pytest.fixture(scope="module")
def newsroom(cloud: Cloud, news: list[dict[str, Any]]) -> Iterator[Newsroom]:
    """The editor's client, of a newsroom that has published before.

    Whatever a module's tests do, in the end the queues are empty, no message was given up, and the index says what the
    store says.
    """
    yield cloud.newsroom
    settle(cloud)
