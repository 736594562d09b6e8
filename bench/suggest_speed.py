"""Suggestions while typing: milliseconds over beginnings of headlines and of runs of their words, as readers type them.

``python bench/suggest_speed.py 100000`` makes an index without vectors first, which takes minutes; ``python
bench/suggest_speed.py FOLDER`` takes the newest version of a catalog that is there.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from articles import SECTIONS, articles
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.completion import complete
from machtin.ports import NO_FILTERS, ArticleIndex, Filters, IndexEntry, Retrieval
from machtin.vietnamese import fold
from timing import Spread, milliseconds

TYPED = 1_000
WARM_UP = 50
BATCH = 4_000
SIZE = 8


def measure(index: ArticleIndex) -> dict[str, Any]:
    """Times of one answer, without filters and within one section; a quarter of what is typed has its marks."""
    listed = index.retrieve(Retrieval(text="", vector=None, size=TYPED + WARM_UP, sort="newest")).lexical.ids
    titles = [entry.article.title for entry in index.get(listed).values()]
    chosen = random.Random(3)
    typed = [_typed(chosen, title) for title in titles]
    times: dict[str, list[float]] = {"everything": [], "one section": []}
    for at, text in enumerate(typed):
        for name, filters in (
            ("everything", NO_FILTERS),
            ("one section", Filters(section=SECTIONS[at % len(SECTIONS)])),
        ):
            times[name].append(milliseconds(partial(complete, index, text, filters, SIZE)))
    return {
        "articles": index.count(),
        "typed": len(typed),
        "ms": {name: Spread.of(values[WARM_UP:] or values)._asdict() for name, values in times.items()},
    }


def _typed(chosen: random.Random, title: str) -> str:
    """One to twenty characters from a word on, mostly from the first."""
    words = title.split()
    start = 0 if chosen.random() < 0.6 else chosen.randrange(len(words))
    text = " ".join(words[start:])[: chosen.randrange(1, 21)]
    return text if chosen.random() < 0.25 else fold(text)


def _made(catalog: EmbeddedCatalog, size: int) -> ArticleIndex:
    index = catalog.create("none", 1)
    made, _ = articles(size)
    for start in range(0, len(made), BATCH):
        index.write([IndexEntry(article, 1, None) for article in made[start : start + BATCH]])
    return index


def main(what: str) -> None:
    """Print the figures as JSON."""
    if not what.isdecimal():
        catalog = EmbeddedCatalog(Path(what))
        print(json.dumps(measure(catalog.open(catalog.versions()[-1])), indent=1, ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        index = _made(EmbeddedCatalog(Path(folder)), int(what))
        print(json.dumps(measure(index), indent=1, ensure_ascii=False))
        index.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "100000")
