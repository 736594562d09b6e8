"""The sample articles and their golden queries, for tests that need real news."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.golden import GoldenQueries, read_golden

EVENTS: Final = Path(__file__).parents[2] / "events"


@lru_cache(maxsize=1)
def sample_articles() -> tuple[Article, ...]:
    """All sample articles, with their sections and dates."""
    read = list(read_sources([EVENTS / "articles"]))
    documents = [one.document for one in read if isinstance(one, SourceDocument)]
    return tuple(read_article(document, now=datetime.now(UTC)) for document in documents)


def golden_queries() -> GoldenQueries:
    """What is asked of the sample articles, with judgements."""
    golden = read_golden(EVENTS / "golden" / "search")
    assert golden is not None
    return golden
