"""Lists by date, all alike and in classes of relevance: how much of what stands first answers the query.

    python bench/relevance_classes.py

Dates are made: each article's by chance within two years, so that a list by date alone stands for no order at all. On
queries with few answers the precision at ten counts as many places as there are answers. Nothing is reported of the
sets that searches are judged by: headlines 2,001 to 4,000 of vietnews.val (300 of them, one answer each), reports of
one event (VN-MDS, headlines whole and their first four syllables, the report itself counts), the golden queries.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Final

from articles import ROOT, shared_data
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.beir import Collection, read_beir
from machtin.evaluation_run import index_corpus
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex
from machtin.search import find
from machtin.search_request import MAX_SIZE, Order, SearchRequest
from machtin.settings import BUNDLED_MODEL
from quality_sets import headlines, same_event

MOST: Final = 300
SECOND_HALF: Final = slice(2_000, 4_000)
START: Final = datetime(2024, 1, 1, tzinfo=UTC)
MINUTES: Final = 2 * 365 * 24 * 60
Judgements = Mapping[str, set[str]]


def main() -> None:
    """Measure set by set, and say what has been found as soon as it is."""
    embedder = load_model(BUNDLED_MODEL)
    print("| | P@10 newest | P@10 relevant_newest | in the first class | of it right | of what is right in it |")
    print("|---|---|---|---|---|---|", flush=True)
    for corpus, asked in collections():
        with tempfile.TemporaryDirectory(prefix="machtin-classes-") as folder:
            index = EmbeddedCatalog(Path(folder)).create(embedder.model_version, embedder.dimensions)
            chance = random.Random(7)
            articles = [
                replace(one, published_at=START + timedelta(minutes=chance.randrange(MINUTES)))
                for one in corpus.corpus.values()
            ]
            index_corpus(index, embedder, articles, lambda *_: None)
            for name, queries in asked.items():
                print(f"| {name} | {measured(index, embedder, queries)} |", flush=True)
            index.close()


def collections() -> Iterator[tuple[Collection, dict[str, Judgements]]]:
    """Collections, and the queries of each kind with what answers them."""
    golden = read_beir(ROOT / "events" / "golden" / "search")
    right = {
        golden.queries[one]: {i for i, grade in judged.items() if grade} for one, judged in golden.judgements.items()
    }
    yield golden, {"golden queries": right}
    if not (data := shared_data()):
        return
    events = same_event(data)
    chosen = random.Random(1).sample(sorted(events.queries), MOST)
    same = {events.queries[one]: {one, *events.judgements[one]} for one in chosen}
    short = {" ".join(query.split()[:4]): answers for query, answers in same.items()}
    yield events, {"reports of one event": same, "the same, four syllables": short}
    news = headlines(data / "vietnews.val.jsonl.xz", SECOND_HALF)
    own = {query: {one} for one, query in list(news.queries.items())[:MOST]}
    yield news, {"headlines": own}


def measured(index: ArticleIndex, embedder: Embedder, queries: Judgements) -> str:
    """The figures of one kind of query, as cells."""
    first_ten: dict[Order, list[float]] = {"newest": [], "relevant_newest": []}
    sizes, right, held = [], [], []
    for query, answers in queries.items():
        for sort, found in first_ten.items():
            found.append(len(answers.intersection(ten(index, embedder, query, sort, answers))) / min(10, len(answers)))
        strong = first_class(index, embedder, query)
        sizes.append(len(strong))
        right.append(len(strong & answers) / len(strong) if strong else 0.0)
        held.append(len(strong & answers) / len(answers))
    figures = [*map(mean, first_ten.values()), mean(sizes), mean(right), mean(held)]
    return " | ".join(f"{figure:.3f}" if figure < 1 else f"{figure:.1f}" for figure in figures)


def ten(index: ArticleIndex, embedder: Embedder, query: str, sort: Order, answers: set[str]) -> list[str]:
    """The first ten, or as many as there are answers."""
    request = SearchRequest(q=query, sort=sort, size=min(10, len(answers)), syntax=False)
    return [one.id for one in find(index, embedder, request).page]


def first_class(index: ArticleIndex, embedder: Embedder, query: str) -> set[str]:
    """All that is clearly relevant."""
    strong: set[str] = set()
    while True:
        request = SearchRequest(q=query, sort="relevant_newest", size=MAX_SIZE, offset=len(strong), syntax=False)
        page = [one.id for one in find(index, embedder, request).page if one.strong]
        strong |= set(page)
        if len(page) < MAX_SIZE:
            return strong


if __name__ == "__main__":
    main()
