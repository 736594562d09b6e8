"""Articles and queries to measure with: the research data where they lie, else recombined sample articles."""

from __future__ import annotations

import json
import lzma
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.sentences import sentences
from machtin.vietnamese import fold

ROOT = Path(__file__).parent.parent
START = datetime(2025, 1, 1, tzinfo=UTC)
SECTIONS = ("Thời sự", "Kinh tế", "Giáo dục", "Sức khỏe", "Pháp luật", "Thể thao", "Văn hóa", "Thế giới")


def shared_data() -> Path | None:
    """The folder of research data, where there is one."""
    folder = Path(os.environ.get("MACHTIN_SHARED_DATA") or ROOT.parent / "shared" / "data")
    return folder if (folder / "vietnews.train.jsonl.xz").is_file() else None


def articles(count: int) -> tuple[list[Article], str]:
    """``count`` articles with sections and dates, and in words where their text is from."""
    data = shared_data()
    texts = _research(data, count) if data else _recombined(count)
    made = [
        replace(article, section=SECTIONS[at % len(SECTIONS)], published_at=START + timedelta(minutes=5 * at))
        for at, article in enumerate(texts)
    ]
    return made, "vietnews.train" if data else "sample articles, sentences recombined"


def queries(made: list[Article], count: int) -> list[str]:
    """Headlines and parts of headlines, every third one without diacritics, as readers type them."""
    chosen = random.Random(7)
    typed = []
    for article in chosen.sample(made, min(count, len(made))):
        words = article.title.split()
        start = chosen.randrange(max(1, len(words) - 3))
        typed.append(article.title if chosen.random() < 0.4 else " ".join(words[start : start + 4]))
    return [fold(query) if at % 3 == 0 else query for at, query in enumerate(typed)]


def _research(folder: Path, count: int) -> Iterator[Article]:
    with lzma.open(folder / "vietnews.train.jsonl.xz", "rt", encoding="utf-8") as lines:
        for at, line in zip(range(count), lines, strict=False):
            row = json.loads(line)
            yield Article(id=f"train-{at}", title=row["title"], sapo=row["abstract"], body=row["body"])


def _recombined(count: int) -> Iterator[Article]:
    chosen = random.Random(11)
    read = [one for one in read_sources([ROOT / "events" / "articles"]) if isinstance(one, SourceDocument)]
    samples = [read_article(one.document, now=datetime.now(UTC)) for one in read]
    pool = [sentence.text for article in samples for sentence in sentences(article.body)]
    for at in range(count):
        body = "\n\n".join(chosen.sample(pool, 14))
        yield Article(id=f"mixed-{at}", title=chosen.choice(samples).title, sapo=chosen.choice(pool), body=body)
