"""The advice on drafts is never worse than this on the sample articles, taken out of the archive and sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import pytest

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.article import Article
from machtin.draft_evaluation import duplicate_figures, left_out, link_figures, tag_figures
from machtin.evaluation import corpus_sha256
from machtin.evaluation_run import index_corpus
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex
from machtin.settings import BUNDLED_MODEL

from .sample_news import EVENTS, sample_articles

CORPUS_SHA256: Final = "d59c44def7828a6452b99f2ee07f6640a91144ffd2577419dfca7d1a354769aa"
# Every so many articles, so that a test run stays short; `python bench/draft_quality.py` takes all.
LEFT_OUT: Final = 2
EDITED: Final = 12
Archive = tuple[ArticleIndex, Embedder]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An index of all sample articles."""
    files = sorted(path for path in (EVENTS / "articles").iterdir() if path.is_file())
    assert corpus_sha256(files) == CORPUS_SHA256, "the floors are those of other articles"
    embedder = load_model(BUNDLED_MODEL)
    catalog = EmbeddedCatalog(tmp_path_factory.mktemp("index"))
    index = catalog.create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, sample_articles(), lambda *_: None)
    yield index, embedder
    index.close()


def test_tags_and_links_of_articles_that_the_archive_lacks(archive: Archive) -> None:
    read: dict[str, list[str]] = json.loads((EVENTS / "golden" / "drafts" / "names.json").read_text(encoding="utf-8"))
    articles: list[Article] = [*sample_articles()[::LEFT_OUT]]

    answers = list(left_out(*archive, articles))

    tags, links = tag_figures(answers, sample_articles()), link_figures(answers, read)
    print(tags, links)
    assert tags["precision@5"] >= 0.40
    assert tags["recall@5"] >= 0.45
    assert links["whole names"] >= 0.95
    assert links["whole links"] >= 0.95
    assert links["links an article"] >= 1.0
    for article, told in answers:
        assert all(link.text == getattr(article, link.field)[link.start : link.end] for link in told.links)


def test_edited_copies_are_found_and_nothing_else(archive: Archive) -> None:
    figures = duplicate_figures(*archive, sample_articles()[::EDITED])
    print(figures)
    assert all(told["named"] >= 0.95 and told["others"] == 0 for told in figures.values())
    changed = figures.pop("another number")
    assert changed["facts differ"] >= 0.9
    assert all(told["facts differ"] <= 0.05 for told in figures.values())
