"""Stories among the sample articles as threads: never worse than this (B-cubed), and each in order of time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from machtin.adapters import sqlite_thread_links
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_thread_links import SqliteThreadLinks
from machtin.beir import read_beir
from machtin.embedding import StaticEmbedder
from machtin.evaluation_run import index_corpus
from machtin.ports import ArticleIndex
from machtin.settings import BUNDLED_MODEL
from machtin.stories import Stories
from machtin.thread_evaluation import bcubed, stories_of, threads_of
from machtin.thread_port import ThreadLinks

from .sample_news import EVENTS, sample_articles

PRECISION = 0.94
RECALL = 0.74


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


@pytest.fixture(scope="module")
def index(embedder: StaticEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArticleIndex]:
    made = EmbeddedCatalog(tmp_path_factory.mktemp("index")).create(embedder.model_version, embedder.dimensions)
    index_corpus(made, embedder, sample_articles(), lambda *_: None)
    yield made
    made.close()


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> ThreadLinks:
    return SqliteThreadLinks(SqliteFile(tmp_path_factory.mktemp("links") / "links.sqlite", sqlite_thread_links.SCHEMA))


@pytest.fixture(scope="module")
def stories(index: ArticleIndex, links: ThreadLinks) -> Stories:
    made = Stories(links)
    assert made.complete(index) == len(sample_articles())
    return made


@pytest.mark.usefixtures("stories")
def test_threads_are_the_stories_that_people_see(index: ArticleIndex, links: ThreadLinks) -> None:
    judged = stories_of(read_beir(EVENTS / "golden" / "related").judgements, 2)
    found = bcubed(threads_of(index, links, judged), judged)
    print(found)
    assert found.precision >= PRECISION
    assert found.recall >= RECALL


def test_every_thread_is_in_order_of_time_and_has_each_article_once(index: ArticleIndex, stories: Stories) -> None:
    for article in sample_articles():
        answer = stories.thread(index, article, 1)
        ids = [one.id for event in answer.events for one in (event.article, *event.others, *event.copies)]
        dates = [event.date for event in answer.events if event.date]
        assert article.id in ids
        assert len(set(ids)) == len(ids) == answer.articles
        assert dates == sorted(dates)
        assert answer.thread in ids
