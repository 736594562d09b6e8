"""Writes what is derived in the golden sets, so that it never differs from what it is derived from.

The corpus comes from the sample articles. The set ``marks`` comes from the golden queries: each as it is typed by who
leaves out all diacritics, and by who leaves them out in every other word that has any.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.golden import GoldenQueries, read_golden
from machtin.vietnamese import fold, has_diacritics

EVENTS = Path(__file__).parent.parent / "events"
GOLDEN = EVENTS / "golden"
CORPORA = [GOLDEN / name / "corpus.jsonl" for name in ("search", "related", "marks")]


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


def without_marks() -> GoldenQueries:
    """Every golden query that has diacritics, without them and with half of them, each judged like the query."""
    golden = read_golden(GOLDEN / "search")
    assert golden is not None
    queries: dict[str, str] = {}
    for query, text in golden.queries.items():
        for way, which in (("bare", (0, 1)), ("odd", (0,)), ("even", (1,))):
            typed = fold_words(text, which)
            if typed not in (text, *queries.values()):
                queries[f"{query}-{way}"] = typed
    return GoldenQueries(queries, {query: golden.judgements[query.rpartition("-")[0]] for query in queries})


def fold_words(text: str, which: tuple[int, ...]) -> str:
    """``text`` with its first, third … words that have diacritics folded (0), or its second, fourth … (1)."""
    marked = count()
    return " ".join(
        fold(word) if has_diacritics(word) and next(marked) % 2 in which else word for word in text.split(" ")
    )


def rows_of(golden: GoldenQueries) -> tuple[str, str]:
    """The queries and the judgements of a set as they stand in its files."""
    queries = [json.dumps({"_id": name, "text": text}, ensure_ascii=False) for name, text in golden.queries.items()]
    judged = [
        f"{query}\t{article}\t{grade}"
        for query in golden.queries
        for article, grade in golden.judgements[query].items()
    ]
    return "".join(f"{row}\n" for row in queries), "".join(
        f"{row}\n" for row in ("query-id\tcorpus-id\tscore", *judged)
    )


if __name__ == "__main__":
    for path in CORPORA:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(corpus(), encoding="utf-8")
    (GOLDEN / "marks" / "qrels").mkdir(parents=True, exist_ok=True)
    queries, judged = rows_of(without_marks())
    (GOLDEN / "marks" / "queries.jsonl").write_text(queries, encoding="utf-8")
    (GOLDEN / "marks" / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")
    print(f"wrote {len(queries.splitlines())} queries without diacritics, all or half of them")
    print(f"wrote {len(CORPORA)} corpora of {len(sample_articles())} articles")
