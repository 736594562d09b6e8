"""Summaries of articles that nothing was learned from are near to what their editors wrote."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from machtin.article import Article
from machtin.evaluation import corpus_sha256
from machtin.summary import ExtractiveSummarizer
from machtin.summary_evaluation import WrittenSummary, evaluate_summaries
from machtin.summary_scoring import MODEL_FILE
from machtin.vietnamese import syllables

pytestmark = pytest.mark.floors

ARTICLES = 2_000
FLOORS = {"rouge1": 34.4, "rouge2": 19.5, "rougeL": 25.8}
LONGEST = 40.0
"""Syllables, on average."""
VALIDATION_SHA256 = "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81"


def test_the_last_validation_articles(shared_data: Path) -> None:
    file = shared_data / "vietnews.val.jsonl.xz"
    assert corpus_sha256([file]) == VALIDATION_SHA256, "the floors are those of other data"
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        held_out = [json.loads(line) for line in lines][-ARTICLES:]
    rows = [WrittenSummary(row["title"], row["body"], row["abstract"]) for row in held_out]

    summarizer = ExtractiveSummarizer.load()

    results = evaluate_summaries(rows, summarizer)

    ours = results["machtin"]
    assert {name: round(value, 2) for name, value in ours.items() if value < FLOORS[name]} == {}, results
    for lead in ("lead1", "lead2", "lead3"):
        assert all(ours[name] > results[lead][name] + 3 for name in FLOORS), results
    reported = json.loads(MODEL_FILE.read_text(encoding="utf-8"))["provenance"]["results"]["machtin"]
    assert ours == pytest.approx(reported, abs=0.05)
    made = [summarizer.summarize(Article(id="row", title=row.title, body=row.body)) for row in rows]
    length = sum(len(syllables(one.text)) for summary in made for one in summary.sentences) / len(rows)
    assert length <= LONGEST, "longer summaries reach more"
