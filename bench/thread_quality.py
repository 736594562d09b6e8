"""How good story threads are: B-cubed precision, recall and F1, and what linking and drawing them costs.

    python bench/thread_quality.py                  # the sample articles, and VN-MDS among 5,000 where the data lie
    python bench/thread_quality.py --crowd 20000 --sweep

B-cubed (Bagga & Baldwin, 1998): of each article, how much of its thread is of its story, and how much of its story is
in its thread; then the mean over articles. Articles of no known story are strangers. ``--sweep`` tries other limits.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest import mock

from articles import shared_data
from machtin import threads
from machtin.adapters import sqlite_thread_links
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_thread_links import SqliteThreadLinks
from machtin.article import Article
from machtin.beir import Collection
from machtin.embedding import StaticEmbedder
from machtin.evaluation_run import index_corpus
from machtin.event_model import EventModel
from machtin.ports import ArticleIndex
from machtin.settings import BUNDLED_MODEL
from machtin.story_links import StoryLinker
from machtin.thread_evaluation import BCubed, bcubed, stories_of, threads_of
from machtin.thread_port import ThreadLinks
from quality_sets import same_event, sample_stories

LEADS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
TOGETHER: Final = (0.05, 0.1, 0.15, 0.2, 0.3)


@dataclass(frozen=True)
class Linked:
    """A collection whose articles are indexed and linked."""

    index: ArticleIndex
    links: ThreadLinks
    stories: Mapping[str, frozenset[str]]
    ms: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--crowd", type=int, default=5_000, help="articles of vietnews.val around VN-MDS (5,000)")
    parser.add_argument("--sweep", action="store_true", help="other limits than those of machtin.threads, too")
    options = parser.parse_args()
    print("| | precision | recall | F1 | exactly right | ms of one core to link an article | to draw a thread |")
    print("|---|---|---|---|---|---|---|")
    for name, collection, grade in sets(options.crowd):
        with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
            linked = link(collection, grade, Path(folder))
            row(name, linked)
            if options.sweep:
                for leads, together in itertools.product(LEADS, TOGETHER):
                    with mock.patch.multiple(threads, LEADS=leads, TOGETHER=together):
                        row(f"{name}, LEADS {leads}, TOGETHER {together}", linked)
            linked.index.close()


def sets(crowd: int) -> Iterable[tuple[str, Collection, int]]:
    """The sample stories, and the events of VN-MDS among other articles; the grade from which two are of one story."""
    yield "sample articles", sample_stories(), 2
    if data := shared_data():
        yield f"VN-MDS among {crowd:,}", same_event(data, crowd), 1


def link(collection: Collection, grade: int, folder: Path) -> Linked:
    """Index and link a collection as a reconciliation would."""
    embedder = StaticEmbedder.load(BUNDLED_MODEL)
    index = EmbeddedCatalog(folder / "index").create(embedder.model_version, embedder.dimensions)
    articles: list[Article] = list(collection.corpus.values())
    index_corpus(index, embedder, articles, lambda *_: None)
    links = SqliteThreadLinks(SqliteFile(folder / "links.sqlite", sqlite_thread_links.SCHEMA))
    started = time.process_time()
    StoryLinker(links, EventModel.load()).complete(index)
    ms = (time.process_time() - started) * 1000 / len(articles)
    return Linked(index, links, stories_of(collection.judgements, grade), ms)


def row(name: str, linked: Linked) -> None:
    """One line of the table."""
    started = time.process_time()
    drawn = threads_of(linked.index, linked.links, linked.stories)
    ms = (time.process_time() - started) * 1000 / len(drawn)
    figures: BCubed = bcubed(drawn, linked.stories)
    right = sum(drawn[one] == linked.stories[one] for one in drawn) / len(drawn)
    told = f"{figures.precision:.3f} | {figures.recall:.3f} | {figures.f1:.3f} | {right:.0%}"
    print(f"| {name} | {told} | {linked.ms:.2f} | {ms:.1f} |", flush=True)


if __name__ == "__main__":
    main()
