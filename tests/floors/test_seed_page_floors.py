"""A page of 2020 whose related list was of an election in 2026: beside it stands none of that any more."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.evaluation_run import index_corpus
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex
from machtin.related import related
from machtin.related_answers import RelatedArticle
from machtin.settings import BUNDLED_MODEL

pytestmark = pytest.mark.floors

ROOT = Path(__file__).parents[2]
CROWD = 5_000
ELECTION = re.compile("bầu cử|ứng cử|cử tri|đại biểu quốc hội|đbqh|bỏ phiếu", re.IGNORECASE)
ELECTION_DAY = datetime(2026, 3, 15, tzinfo=UTC)
DECREE_DAY = datetime(2020, 9, 14, tzinfo=UTC)


@dataclass(frozen=True)
class Newsroom:
    page: Article
    stale: list[Article]
    embedder: Embedder
    index: ArticleIndex

    def beside(self, article: Article) -> list[RelatedArticle]:
        vector = self.embedder.embed_articles([article])[0]
        answer = related(self.index, article, vector, 50)
        return [*answer.developments, *answer.background]


@pytest.fixture(scope="module")
def newsroom(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """The page as ``machtin ingest`` reads it, what its list names, the samples, and a crowd."""
    (page,) = articles_of(next((shared_data.parent / "seeds").glob("*.txt")))
    stale = [
        Article(id=f"stale-{at}", title=one.title, sapo=one.sapo, published_at=ELECTION_DAY)
        for at, one in enumerate(page.related_as_published)
    ]
    with lzma.open(shared_data / "vietnews.val.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = list(map(json.loads, islice(lines, CROWD)))
    crowd = [
        Article(id=f"crowd-{at}", title=row["title"], sapo=row["abstract"], body=row["body"])
        for at, row in enumerate(rows)
    ]
    embedder = load_model(BUNDLED_MODEL)
    index = EmbeddedCatalog(tmp_path_factory.mktemp("seed")).create(embedder.model_version, embedder.dimensions)
    everything = [page, *stale, *articles_of(ROOT / "events" / "articles"), *crowd]
    index_corpus(index, embedder, everything, lambda *_: None)
    yield Newsroom(page, stale, embedder, index)
    index.close()


@pytest.mark.parametrize("published", [None, DECREE_DAY])
def test_no_election_beside_the_seed_page(newsroom: Newsroom, published: datetime | None) -> None:
    assert len(newsroom.stale) == 6
    assert all(ELECTION.search(f"{one.title} {one.sapo}") for one in newsroom.stale)
    asked = replace(newsroom.page, published_at=published)

    shown = newsroom.beside(asked)

    print([(one.title, one.reason.text) for one in shown])
    assert [one.title for one in shown if ELECTION.search(f"{one.title} {one.sapo}")] == []


def test_beside_the_election_stands_the_election(newsroom: Newsroom) -> None:
    shown = {one.id for one in newsroom.beside(newsroom.stale[0])}
    assert len(shown & {one.id for one in newsroom.stale}) >= 3
    assert newsroom.page.id not in shown


def articles_of(path: Path) -> list[Article]:
    read = [one.document for one in read_sources([path]) if isinstance(one, SourceDocument)]
    return [read_article(document, now=datetime.now(UTC)) for document in read]
