"""The sets that search is measured on: the project's own, and those of the research data where they lie."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from articles import ROOT, shared_data
from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.beir import Collection, read_beir
from machtin.evaluation import corpus_sha256

TITLES: Final = 2_000
CROWD: Final = 20_000


class Set(NamedTuple):
    """A collection, and how it is asked."""

    name: str
    collection: Collection
    strip: bool = False
    related: bool = False


def sets() -> Iterator[Set]:
    """The project's own, then those of the research data; a collection that is asked twice is read once."""
    golden = ROOT / "events" / "golden"
    search = read_beir(golden / "search")
    yield Set("golden queries, 158 sample articles", search)
    yield Set("golden queries, no diacritics", search, strip=True)
    yield Set("300 of them, no or half the diacritics", read_beir(golden / "marks"))
    yield Set("related news, sample articles", read_beir(golden / "related"), related=True)
    if not (data := shared_data()):
        return
    xquad = read_beir(data / "beir" / "xquad-vi")
    yield Set("XQuAD-vi questions", xquad)
    yield Set("XQuAD-vi, no diacritics", xquad, strip=True)
    yield Set("XQuAD, English questions", read_beir(data / "beir" / "xquad-en-vi"))
    yield Set("ViQuAD 2.0 validation", read_beir(data / "beir" / "viquad2-validation"))
    titles = headlines(data / "vietnews.val.jsonl.xz")
    yield Set("vietnews.val, 2,000 headlines", titles)
    yield Set("vietnews.val, no diacritics", titles, strip=True)
    yield Set("VN-MDS, same event among 20,000", same_event(data), related=True)


def headlines(file: Path, asked: slice = slice(TITLES)) -> Collection:
    """Some headlines of vietnews.val, by default the first, over all its bodies; the hash is that of the file."""
    rows = _rows(file)
    corpus = {f"a{at}": Article(id=f"a{at}", title="", body=row["body"]) for at, row in enumerate(rows)}
    queries = {f"a{at}": row["title"] for at, row in list(enumerate(rows))[asked]}
    return Collection(corpus, queries, {query: {query: 1} for query in queries}, corpus_sha256([file]))


def sample_stories() -> Collection:
    """The sample articles with their dates, and which are of one story (2) or have to do with each other (1)."""
    judged = read_beir(ROOT / "events" / "golden" / "related")
    read = [one for one in read_sources([ROOT / "events" / "articles"]) if isinstance(one, SourceDocument)]
    articles = [read_article(one.document, now=datetime.now(UTC)) for one in read]
    return replace(judged, corpus={article.id: article for article in articles})


def same_event(data: Path, crowd: int = CROWD) -> Collection:
    """The reports of VN-MDS among articles of vietnews.val, each to find the others of its event."""
    files = [data / "vnmds.dev.jsonl.xz", data / "vietnews.val.jsonl.xz"]
    events = _rows(files[0])
    clusters: dict[str, set[str]] = {}
    for at, row in enumerate(events):
        clusters.setdefault(row["cluster"], set()).add(f"event-{at}")
    corpus = {f"event-{at}": _report(f"event-{at}", row) for at, row in enumerate(events)}
    for at, row in enumerate(_rows(files[1])[:crowd]):
        corpus[f"crowd-{at}"] = _report(f"crowd-{at}", row)
    others = {name: dict.fromkeys(cluster - {name}, 1) for cluster in clusters.values() for name in cluster}
    judged = {name: grades for name, grades in others.items() if grades}
    return Collection(corpus, {name: corpus[name].title for name in judged}, judged, corpus_sha256(files))


def _report(name: str, row: dict[str, Any]) -> Article:
    return Article(id=name, title=row["title"], sapo=row.get("abstract") or row.get("summary") or "", body=row["body"])


def _rows(file: Path) -> list[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
