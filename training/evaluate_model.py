"""Retrieval figures of a model alone, as machtin runs it: cosine over exact vectors, nDCG@10.

    python training/evaluate_model.py --data ../shared/data --model layers/machtin/machtin/model

Tuning sets and report-only sets are kept apart: training looks at the first kind alone.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canonical_text import without_diacritics
from corpora import beir_set, read_jsonl, sha256_of
from machtin.article import Article
from machtin.embedding import StaticEmbedder

Vectors = NDArray[np.float32]
DIMENSIONS = (256, 128, 64)
TITLES = 2_000
CROWD = 20_000


def unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def ndcg_at_10(queries: Vectors, texts: Vectors, relevant: Sequence[set[int]], own: Sequence[int] = ()) -> float:
    """Mean nDCG@10 with binary grades; ``own`` names the text to leave out of each query's answer."""
    total = 0.0
    discounts = 1 / np.log2(np.arange(2, 12))
    for first in range(0, len(queries), 500):
        cosines = queries[first : first + 500] @ texts.T
        for row, scores in enumerate(cosines):
            if own:
                scores[own[first + row]] = -2.0
            best = np.argpartition(-scores, 10)[:10]
            best = best[np.argsort(-scores[best], kind="stable")]
            wanted = relevant[first + row]
            gains = np.array([place in wanted for place in best]) @ discounts
            total += float(gains / discounts[: len(wanted)].sum())
    return total / len(queries)


def at_each_dimension(
    queries: Vectors, texts: Vectors, relevant: Sequence[set[int]], own: Sequence[int] = ()
) -> dict[str, float]:
    return {str(d): round(ndcg_at_10(unit(queries[:, :d]), unit(texts[:, :d]), relevant, own), 4) for d in DIMENSIONS}


def articles_of(rows: Iterable[dict[str, Any]], *fields: str) -> list[Article]:
    """Articles that have the named ones of title, sapo and body, and nothing else."""
    return [
        Article(
            id=f"a{place}",
            title=row["title"] if "title" in fields else "",
            sapo=(row.get("abstract") or row.get("summary") or "") if "sapo" in fields else "",
            body=row["body"] if "body" in fields else "",
        )
        for place, row in enumerate(rows)
    ]


def news_titles(embedder: StaticEmbedder, data: Path) -> dict[str, Any]:
    """The first 2,000 titles of vietnews.val over all its articles without their titles."""
    rows = list(read_jsonl(data / "vietnews.val.jsonl.xz"))
    titles = [row["title"] for row in rows[:TITLES]]
    wanted = [{place} for place in range(TITLES)]
    asked = {
        "titles": embedder.embed(titles),
        "titles without diacritics": embedder.embed([without_diacritics(title) for title in titles]),
    }
    texts = {
        "bodies as one text": embedder.embed([row["body"] for row in rows]),
        "bodies": embedder.embed_articles(articles_of(rows, "body")),
        "sapo + body as one text": embedder.embed([f"{row['abstract']}\n{row['body']}" for row in rows]),
        "sapo and body": embedder.embed_articles(articles_of(rows, "sapo", "body")),
    }
    return {
        f"vietnews.val, {asking} over {name}": at_each_dimension(queries, vectors, wanted)
        for name, vectors in texts.items()
        for asking, queries in asked.items()
    }


def related_news(embedder: StaticEmbedder, data: Path) -> dict[str, Any]:
    """Same-event articles of vnmds.dev among 20,000 articles of vietnews.val."""
    events = list(read_jsonl(data / "vnmds.dev.jsonl.xz"))
    rows = [*events, *itertools.islice(read_jsonl(data / "vietnews.val.jsonl.xz"), CROWD)]
    clusters: dict[str, set[int]] = {}
    for place, row in enumerate(events):
        clusters.setdefault(row["cluster"], set()).add(place)
    asking = [place for place, row in enumerate(events) if len(clusters[row["cluster"]]) > 1]
    wanted = [clusters[events[place]["cluster"]] - {place} for place in asking]
    titles = embedder.embed([events[place]["title"] for place in asking])
    articles = articles_of(rows, "title", "sapo", "body")
    figures: dict[str, Any] = {}
    for name, texts in (
        ("articles as one text", embedder.embed([f"{a.title}\n{a.sapo}\n{a.body}" for a in articles])),
        ("articles", embedder.embed_articles(articles)),
    ):
        figures[f"vnmds.dev, same event among {name}"] = at_each_dimension(texts[asking], texts, wanted, asking)
        figures[f"vnmds.dev, title, same event among {name}"] = at_each_dimension(titles, texts, wanted, asking)
    return figures


def reported_sets(embedder: StaticEmbedder, data: Path) -> dict[str, Any]:
    """The BEIR sets that nothing was tuned on."""
    figures: dict[str, Any] = {}
    for name in ("xquad-vi", "xquad-en-vi", "viquad2-validation"):
        beir = beir_set(data / "beir" / name)
        texts = embedder.embed(beir.passages)
        figures[f"beir/{name}"] = {
            **at_each_dimension(embedder.embed(beir.queries), texts, beir.relevant),
            "sha256": beir.sha256,
        }
        if name != "xquad-en-vi":
            bare = embedder.embed([without_diacritics(query) for query in beir.queries])
            figures[f"beir/{name}, without diacritics"] = at_each_dimension(bare, texts, beir.relevant)
    return figures


def evaluate(folder: Path, data: Path) -> dict[str, Any]:
    """Every figure of the model card, with the hashes of the sets."""
    embedder = StaticEmbedder.load(folder)
    return {
        **reported_sets(embedder, data),
        **news_titles(embedder, data),
        **related_news(embedder, data),
        "evaluated on": {name: sha256_of(data / name) for name in ("vietnews.val.jsonl.xz", "vnmds.dev.jsonl.xz")},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared research data")
    parser.add_argument("--model", type=Path, required=True, help="a model folder")
    arguments = parser.parse_args()
    json.dump(evaluate(arguments.model, arguments.data), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
