"""How fast summaries are: articles a second beside sumy's TextRank, and growth with the length of an article.

    make bench-summaries, or: python bench/summary_speed.py [--articles 100]

Processor time of one process, taken in turns. Both start from the published text: splitting it into sentences and
syllables, which both do with machtin's own code, is counted in.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np

from articles import articles
from machtin.article import Article
from machtin.summary import ExtractiveSummarizer
from machtin.summary_request import MAX_SENTENCES, MAX_SYLLABLES, SummaryRequest
from sumy_systems import SYSTEMS, document

ROUNDS: Final = 5
KILOBYTES: Final = (1, 2, 5, 10, 20, 50, 100, 200)
LONGEST_OF_TEXTRANK: Final = 20
"""Beyond that it takes minutes."""
ASKED: Final = {
    "general": SummaryRequest(),
    "as long as can be asked": SummaryRequest(sentences=MAX_SENTENCES, syllables=MAX_SYLLABLES),
    "fresh, about a query": SummaryRequest(mode="fresh", query="giá cả thị trường"),
}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100)
    made, source = articles(parser.parse_args().articles)
    summarizer = ExtractiveSummarizer.load()
    systems: dict[str, Callable[[Article], object]] = {
        "machtin": summarizer.summarize,
        "sumy's TextRank": _textrank,
    }
    for summarize in systems.values():
        summarize(made[0])
    spent: dict[str, list[float]] = {name: [] for name in systems}
    for _ in range(ROUNDS):
        for name, summarize in systems.items():
            spent[name].append(_seconds(summarize, made))
    ratios = [theirs / ours for ours, theirs in zip(*spent.values(), strict=True)]
    length = statistics.mean(len(one.body) for one in made)
    print(f"{len(made)} articles of {source}, {length:,.0f} characters on average")
    for name, seconds in spent.items():
        print(f"{name:26}{len(made) / statistics.median(seconds):9,.0f} articles a second")
    print(f"machtin is {statistics.median(ratios):.0f} times as fast ({min(ratios):.0f} to {max(ratios):.0f})\n")
    _growth(made, summarizer)


def _growth(made: Sequence[Article], summarizer: ExtractiveSummarizer) -> None:
    """Milliseconds by length of the body in UTF-8, and the exponent of the growth between neighbours and in all."""
    text = "\n\n".join(article.body for article in made)
    while len(text.encode()) < 1_000 * KILOBYTES[-1]:
        text += "\n\n" + text
    print(f"{'kB':>24}" + "".join(f"{size:>8}" for size in KILOBYTES) + "   exponent")
    systems: dict[str, Callable[[Article], object]] = {
        name: partial(summarizer.summarize, request=request) for name, request in ASKED.items()
    }
    for name, summarize in {**systems, "sumy's TextRank": _textrank}.items():
        sizes = [size for size in KILOBYTES if summarize is not _textrank or size <= LONGEST_OF_TEXTRANK]
        bodies = [text.encode()[: 1_000 * size].decode(errors="ignore") for size in sizes]
        long = [Article(id="long", title=made[0].title, sapo=made[0].sapo, body=body) for body in bodies]
        times = [min(_seconds(summarize, [article]) for _ in range(3)) for article in long]
        slope = np.polyfit([math.log(size) for size in sizes], [math.log(one) for one in times], 1)[0]
        cells = "".join(f"{1_000 * one:>8.1f}" for one in times).ljust(8 * len(KILOBYTES))
        print(f"{name:>24}{cells}{slope:11.2f}")


def _textrank(article: Article) -> object:
    return SYSTEMS["TextRank"](document(article.body), 2)


def _seconds(summarize: Callable[[Article], object], made: Sequence[Article]) -> float:
    started = time.process_time()
    for article in made:
        summarize(article)
    return time.process_time() - started


if __name__ == "__main__":
    main()
