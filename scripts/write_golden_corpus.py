"""Writes the corpus of the golden queries from the sample articles, so that the two never differ."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article

EVENTS = Path(__file__).parent.parent / "events"
CORPORA = EVENTS / "golden" / "search" / "corpus.jsonl", EVENTS / "golden" / "related" / "corpus.jsonl"


def sample_articles() -> list[Article]:
    """All sample articles, in the order in which `machtin serve --samples` takes them."""
    read = list(read_sources([EVENTS / "articles"]))
    return [read_article(one.document, now=datetime.now(UTC)) for one in read if isinstance(one, SourceDocument)]


def corpus() -> str:
    """One BEIR row for each sample article; its text is the sapo and the body."""
    rows = [
        {"_id": article.id, "title": article.title, "text": "\n\n".join(filter(None, (article.sapo, article.body)))}
        for article in sample_articles()
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    for path in CORPORA:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(corpus(), encoding="utf-8")
    print(f"wrote {len(CORPORA)} corpora of {len(sample_articles())} articles")
