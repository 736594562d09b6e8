"""Retrieval figures of a model alone: cosine over whole-text vectors, nDCG@10.

    python training/evaluate_model.py --data ../shared/data --model layers/machtin/machtin/model

Tuning sets and report-only sets are kept apart: training looks at the first kind alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canonical_text import without_diacritics
from corpora import beir_set, read_jsonl, sha256_of

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
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
    return {
        str(d): round(ndcg_at_10(unit(queries[:, :d]), unit(texts[:, :d]), relevant, own), 4) for d in DIMENSIONS
    }


def news_titles(embed: Embed, data: Path) -> dict[str, Any]:
    """The first 2,000 titles of vietnews.val over all its articles, as body alone and as sapo + body."""
    rows = list(read_jsonl(data / "vietnews.val.jsonl.xz"))
    titles = [row["title"] for row in rows[:TITLES]]
    wanted = [{place} for place in range(TITLES)]
    asked = {"titles": embed(titles), "bare titles": embed([without_diacritics(title) for title in titles])}
    figures: dict[str, Any] = {}
    for name, fields in (("body", ("body",)), ("sapo + body", ("abstract", "body"))):
        texts = embed(["\n".join(row[field] for field in fields) for row in rows])
        for asking, queries in asked.items():
            figures[f"vietnews.val, {asking} over {name}"] = at_each_dimension(queries, texts, wanted)
    return figures


def related_news(embed: Embed, data: Path) -> dict[str, Any]:
    """Same-event articles of vnmds.dev among 20,000 articles of vietnews.val; the query is a whole article."""
    events = list(read_jsonl(data / "vnmds.dev.jsonl.xz"))
    crowd = list(read_jsonl(data / "vietnews.val.jsonl.xz"))[:CROWD]
    clusters: dict[str, set[int]] = {}
    for place, row in enumerate(events):
        clusters.setdefault(row["cluster"], set()).add(place)
    asking = [place for place, row in enumerate(events) if len(clusters[row["cluster"]]) > 1]
    wanted = [clusters[events[place]["cluster"]] - {place} for place in asking]
    texts = embed(
        ["\n".join((row["title"], row["summary"], row["body"])) for row in events]
        + ["\n".join((row["title"], row["abstract"], row["body"])) for row in crowd]
    )
    titles = embed([events[place]["title"] for place in asking])
    return {
        "vnmds.dev among vietnews.val, whole article": at_each_dimension(texts[asking], texts, wanted, asking),
        "vnmds.dev among vietnews.val, title": at_each_dimension(titles, texts, wanted, asking),
    }


def reported_sets(embed: Embed, data: Path) -> dict[str, Any]:
    """The BEIR sets that nothing was tuned on."""
    figures: dict[str, Any] = {}
    for name in ("xquad-vi", "xquad-en-vi", "viquad2-validation"):
        beir = beir_set(data / "beir" / name)
        texts = embed(beir.passages)
        figures[f"beir/{name}"] = {
            **at_each_dimension(embed(beir.queries), texts, beir.relevant),
            "sha256": beir.sha256,
        }
        if name != "xquad-en-vi":
            bare = embed([without_diacritics(query) for query in beir.queries])
            figures[f"beir/{name}, without diacritics"] = at_each_dimension(bare, texts, beir.relevant)
    return figures


def evaluate(embed: Embed, data: Path) -> dict[str, Any]:
    return {
        **reported_sets(embed, data),
        **news_titles(embed, data),
        **related_news(embed, data),
        "evaluated on": {
            name: sha256_of(data / name) for name in ("vietnews.val.jsonl.xz", "vnmds.dev.jsonl.xz")
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared research data")
    parser.add_argument("--model", type=Path, required=True, help="a model folder")
    arguments = parser.parse_args()
    from export import embed_with  # reading a model needs tokenizers; the measures above need numpy alone

    json.dump(evaluate(embed_with(arguments.model), arguments.data), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
