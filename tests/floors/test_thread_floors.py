"""Reports of 100 events among 5,000 other articles, drawn into threads: never below this (B-cubed)."""

from __future__ import annotations

import json
import lzma
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters import sqlite_thread_links
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_thread_links import SqliteThreadLinks
from machtin.article import Article
from machtin.embedding import StaticEmbedder
from machtin.evaluation import corpus_sha256
from machtin.evaluation_run import index_corpus
from machtin.event_model import EventModel
from machtin.settings import BUNDLED_MODEL
from machtin.story_links import StoryLinker
from machtin.thread_evaluation import bcubed, threads_of

pytestmark = pytest.mark.floors

SHA256 = {
    "vnmds.dev.jsonl.xz": "e4433990cc01249d846aba10054c6a5aa36991b8b05ecfa0951471d3fc283e83",
    "vietnews.val.jsonl.xz": "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81",
}
CROWD = 5_000
PRECISION = 0.98
RECALL = 0.55


def test_reports_of_one_event_are_one_thread(shared_data: Path, tmp_path: Path) -> None:
    for name, expected in SHA256.items():
        assert corpus_sha256([shared_data / name]) == expected, "the floor is that of other data"
    events = rows(shared_data / "vnmds.dev.jsonl.xz")
    clusters: dict[str, set[str]] = {}
    for at, row in enumerate(events):
        clusters.setdefault(row["cluster"], set()).add(f"event-{at}")
    stories = {article_id: cluster for cluster in clusters.values() for article_id in cluster}
    corpus = [article(f"event-{at}", row) for at, row in enumerate(events)]
    corpus += [article(f"crowd-{at}", row) for at, row in enumerate(rows(shared_data / "vietnews.val.jsonl.xz", CROWD))]
    embedder = StaticEmbedder.load(BUNDLED_MODEL)
    index = EmbeddedCatalog(tmp_path / "index").create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, corpus, lambda *_: None)
    links = SqliteThreadLinks(SqliteFile(tmp_path / "links.sqlite", sqlite_thread_links.SCHEMA))

    StoryLinker(links, EventModel.load()).complete(index)
    found = bcubed(threads_of(index, links, stories), stories)

    index.close()
    print(found)
    assert found.precision >= PRECISION
    assert found.recall >= RECALL


def rows(file: Path, most: int | None = None) -> list[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, most)]


def article(name: str, row: dict[str, Any]) -> Article:
    return Article(id=name, title=row["title"], sapo=row.get("abstract") or row.get("summary") or "", body=row["body"])
