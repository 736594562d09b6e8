"""What related news is measured on: articles, and which of them tell the same event, or explain it."""

from __future__ import annotations

import json
import lzma
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from articles import ROOT, shared_data
from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.beir import read_judged
from quality_sets import same_event

CROWD: Final = 2_000
DEVELOPMENT: Final = 2
BACKGROUND: Final = 1
EVENTS: Final = ROOT / "events"


class RelatedSet(NamedTuple):
    """``judged``: by id, the grades of what belongs to each article (2: its event, 1: its background).

    ``alone``: articles that nothing belongs to. ``dated``: whether publication is known.
    """

    name: str
    corpus: Mapping[str, Article]
    judged: Mapping[str, Mapping[str, int]]
    alone: tuple[str, ...] = ()
    dated: bool = False

    def belonging(self, name: str, grade: int) -> set[str]:
        """What has this grade beside an article."""
        return {other for other, one in self.judged[name].items() if one == grade}


def related_sets() -> list[RelatedSet]:
    """The project's own sample articles, by themselves and in a crowd, and the events of the research data."""
    made = [samples()]
    if data := shared_data():
        made += [samples(data), events(data)]
    return made


def samples(data: Path | None = None) -> RelatedSet:
    """All sample articles; with ``data`` among articles of vietnews.val, dated at random within the same time."""
    read = [one.document for one in read_sources([EVENTS / "articles"]) if isinstance(one, SourceDocument)]
    now = datetime.now(UTC)
    corpus = {one.id: one for one in (read_article(document, now=now) for document in read)}
    judgements = read_judged(EVENTS / "golden" / "related")
    assert judgements is not None
    judged = judgements[1]
    alone = tuple(name for name in corpus if name not in judged)
    name = "sample articles"
    if data:
        corpus |= _dated(crowd(data, CROWD), [one.published_at for one in corpus.values() if one.published_at])
        name = f"sample articles among {CROWD:,}"
    return RelatedSet(name, corpus, judged, alone, dated=True)


def _dated(articles: Mapping[str, Article], among: Sequence[datetime]) -> dict[str, Article]:
    """Without dates of their own they would be told from the others by that alone."""
    chosen = random.Random(8)
    first, span = min(among), max(among) - min(among)
    return {name: replace(one, published_at=first + chosen.random() * span) for name, one in articles.items()}


def events(data: Path) -> RelatedSet:
    """The events of VN-MDS among articles of vietnews.val: only reports of one event are judged."""
    made = same_event(data)
    judged = {name: dict.fromkeys(others, DEVELOPMENT) for name, others in made.judgements.items()}
    return RelatedSet("VN-MDS among 20,000", made.corpus, judged)


def crowd(data: Path, count: int) -> dict[str, Article]:
    """The first articles of vietnews.val."""
    with lzma.open(data / "vietnews.val.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = list(map(json.loads, islice(lines, count)))
    return {
        f"crowd-{at}": Article(id=f"crowd-{at}", title=row["title"], sapo=row["abstract"], body=row["body"])
        for at, row in enumerate(rows)
    }
