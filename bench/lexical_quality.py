"""nDCG@10 of the lexical leg alone, as the application calls it: what its weights are tuned by.

    python bench/lexical_quality.py [--data FOLDER]

Titles and questions against what they belong to, with and without diacritics; whole articles against the other reports
of the same event. The BEIR folders under the data are only to be read off, never tuned on.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import math
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.article import Article
from machtin.ports import ArticleIndex, IndexEntry, Retrieval
from machtin.vietnamese import fold

TITLES = 2_000
CROWD = 20_000
DEPTH = 10


class Query(NamedTuple):
    """A text, what is relevant to it (gain by id), and the article that it is itself, if any."""

    text: str
    relevant: Mapping[str, int]
    itself: str | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.environ.get("MACHTIN_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(default), help="folder of the research data")
    data: Path = parser.parse_args().data
    for name, articles, queries in tasks(data):
        with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
            index = EmbeddedCatalog(Path(folder)).create("none", 1)
            for at in range(0, len(articles), 500):
                index.write([IndexEntry(article, 1, None) for article in articles[at : at + 500]])
            report(name, index, queries)
            if not name.startswith("related"):
                report(f"{name}, without diacritics", index, [one._replace(text=fold(one.text)) for one in queries])
            index.close()


def tasks(data: Path) -> Iterator[tuple[str, list[Article], list[Query]]]:
    news = lines(data / "vietnews.val.jsonl.xz")
    titles = [Query(one["title"], {one["id"]: 1}) for one in news[:TITLES]]
    yield "titles → bodies", [Article(id=one["id"], title="", body=one["body"]) for one in news], titles
    texts = [Article(id=one["id"], title="", sapo=one["abstract"], body=one["body"]) for one in news]
    yield "titles → sapo + body", texts, titles
    yield beir(
        "viqa.train",
        lines(data / "viqa.train.passages.jsonl.xz"),
        [(one["text"], {one["passage"]: 1}) for one in lines(data / "viqa.train.questions.jsonl.xz")],
    )
    for name in ("xquad-vi", "viquad2-validation"):
        folder = data / "beir" / name
        texts_of = {one["_id"]: one["text"] for one in lines(folder / "queries.jsonl")}
        relevant: dict[str, dict[str, int]] = defaultdict(dict)
        with (folder / "qrels" / "test.tsv").open() as judgements:
            for row in csv.DictReader(judgements, delimiter="\t"):
                relevant[row["query-id"]][row["corpus-id"]] = int(row["score"])
        yield beir(name, lines(folder / "corpus.jsonl"), [(texts_of[one], gains) for one, gains in relevant.items()])
    yield related(news[:CROWD], lines(data / "vnmds.dev.jsonl.xz"))


def beir(
    name: str, corpus: list[dict[str, Any]], questions: Sequence[tuple[str, Mapping[str, int]]]
) -> tuple[str, list[Article], list[Query]]:
    """Ids of research data are no addresses, so they are numbered."""
    ids = {one["_id"]: f"p{n}" for n, one in enumerate(corpus)}
    articles = [Article(id=ids[one["_id"]], title=one.get("title") or "", body=one["text"]) for one in corpus]
    return name, articles, [Query(text, {ids[one]: gain for one, gain in gains.items()}) for text, gains in questions]


def related(crowd: list[dict[str, Any]], events: list[dict[str, Any]]) -> tuple[str, list[Article], list[Query]]:
    articles = [Article(id=one["id"], title=one["title"], sapo=one["abstract"], body=one["body"]) for one in crowd]
    clusters: dict[str, list[str]] = defaultdict(list)
    for n, one in enumerate(events):
        clusters[one["cluster"]].append(f"event-{n}")
        articles.append(Article(id=f"event-{n}", title=one["title"], sapo=one["summary"], body=one["body"]))
    queries = []
    for n, one in enumerate(events):
        others = {other: 1 for other in clusters[one["cluster"]] if other != f"event-{n}"}
        if others:
            queries.append(Query("\n".join((one["title"], one["summary"], one["body"])), others, f"event-{n}"))
    return "related, whole article", articles, queries


def report(name: str, index: ArticleIndex, queries: Sequence[Query]) -> None:
    gained, totals, times = 0.0, 0, []
    for query in queries:
        began = time.perf_counter()
        leg = index.retrieve(Retrieval(text=query.text, vector=None, size=DEPTH + 1)).lexical
        times.append(time.perf_counter() - began)
        totals += leg.total
        found = [one for one in leg.ids if one != query.itself][:DEPTH]
        ideal = sorted(query.relevant.values(), reverse=True)[:DEPTH]
        gained += discounted([query.relevant.get(one, 0) for one in found]) / discounted(ideal)
    times.sort()
    figures = {
        "queries": len(queries),
        "ndcg@10": round(gained / len(queries), 4),
        "mean_total": totals // len(queries),
        "p50_ms": round(1000 * times[len(times) // 2], 2),
    }
    print(json.dumps({"task": name} | figures, ensure_ascii=False), flush=True)


def discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def lines(file: Path) -> list[dict[str, Any]]:
    with lzma.open(file, "rt") if file.suffix == ".xz" else file.open() as opened:
        return [json.loads(line) for line in opened]


if __name__ == "__main__":
    main()
