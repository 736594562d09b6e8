"""Events of VN-MDS as threads among other news: never worse than this (B-cubed)."""

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
from machtin.settings import BUNDLED_MODEL
from machtin.stories import Stories
from machtin.thread_evaluation import bcubed, stories_of, threads_of

pytestmark = pytest.mark.floors

SHA256 = {
    "vnmds.dev.jsonl.xz": "e4433990cc01249d846aba10054c6a5aa36991b8b05ecfa0951471d3fc283e83",
    "vietnews.val.jsonl.xz": "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81",
}
CROWD = 3_000
PRECISION = 0.9
RECALL = 0.97


def test_events_are_threads_and_others_stay_apart(shared_data: Path, tmp_path: Path) -> None:
    for name, expected in SHA256.items():
        assert corpus_sha256([shared_data / name]) == expected, "the floor is that of other data"
    events = rows(shared_data / "vnmds.dev.jsonl.xz")
    clusters: dict[str, set[str]] = {}
    for at, row in enumerate(events):
        clusters.setdefault(row["cluster"], set()).add(f"event-{at}")
    articles = [report(f"event-{at}", row) for at, row in enumerate(events)]
    crowd = rows(shared_data / "vietnews.val.jsonl.xz", CROWD)
    articles += [report(f"crowd-{at}", row) for at, row in enumerate(crowd)]
    judged = {name: dict.fromkeys(own - {name}, 1) for own in clusters.values() for name in own}
    stories = stories_of({name: grades for name, grades in judged.items() if grades}, 1)
    embedder = StaticEmbedder.load(BUNDLED_MODEL)
    index = EmbeddedCatalog(tmp_path / "index").create(embedder.model_version, embedder.dimensions)
    index_corpus(index, embedder, articles, lambda *_: None)
    links = SqliteThreadLinks(SqliteFile(tmp_path / "links.sqlite", sqlite_thread_links.SCHEMA))
    Stories(links).complete(index, within=None)

    found = bcubed(threads_of(index, links, stories), stories)

    index.close()
    print(found)
    assert found.precision >= PRECISION
    assert found.recall >= RECALL


def report(name: str, row: dict[str, Any]) -> Article:
    sapo = row.get("abstract") or row.get("summary") or ""
    return Article(id=name, title=row["title"], sapo=sapo, body=row["body"])


def rows(file: Path, most: int | None = None) -> list[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, most)]
