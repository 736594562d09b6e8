"""How well copies are told from other news: edits of each kind beside changed facts, and pairs that people wrote.

    python bench/copies_quality.py            even-numbered articles: what is reported
    python bench/copies_quality.py --tune     odd-numbered ones: what the limits were chosen on

The edits are made of vietnews.val (copy_edits.py), of each kind from 500 articles. The pairs that people wrote are
those of vnmds.dev and vietnews.val with most in common, where reading them gave a clear answer (copies_judged.json).
The baseline is three quarters of the shorter text's runs of four syllables.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from articles import shared_data
from bulletins import bulletins
from copy_edits import CHANGED, KEPT, Edit
from machtin.adapters.model_loading import load_model
from machtin.article import Article
from machtin.near_duplicates import NEAR, is_copy, sketches, whole_text
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold, syllables

EDITED: Final = 500
LEAST_SENTENCES: Final = 6
DAYS: Final = 81
JUDGED: Final = Path(__file__).with_name("copies_judged.json")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--edited", type=int, default=EDITED)
    parser.add_argument("--data", type=Path, default=shared_data())
    parser.add_argument("--show", action="store_true", help="name what is missed")
    asked = parser.parse_args()
    data: Path | None = asked.data
    if data is None:
        parser.error("there is no ../shared/data")
    articles = list(eligible(data / "vietnews.val.jsonl.xz", odd=asked.tune))
    embedder = load_model(BUNDLED_MODEL)
    print("| facts kept | edits | copies | .75 of the runs | nearer than the screen, furthest |\n|---|---|---|---|---|")
    kept = [row(name, edited(articles, edit, asked.edited), embedder, asked.show, True) for name, edit in KEPT.items()]
    print("\n| a fact changed | edits | kept apart | .75 of the runs | |\n|---|---|---|---|---|")
    changed = [
        row(name, edited(articles, edit, asked.edited), embedder, asked.show, False) for name, edit in CHANGED.items()
    ]
    changed.append(row("bulletins of a template", list(daily(asked.tune)), embedder, asked.show, False))
    for at, name in ((1, "machtin"), (2, ".75 of the runs")):
        right, wrong = sum(one[at] for one in kept), sum(one[0] - one[at] for one in changed)
        print(
            f"\n{name}: recall {right / sum(one[0] for one in kept):.4f}, precision {right / (right + wrong):.4f},"
            f" changed facts kept apart {1 - wrong / sum(one[0] for one in changed):.4f}"
        )
    real(data)


def eligible(file: Path, *, odd: bool) -> Iterator[Article]:
    """Articles of some length, of the odd or the even rows."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        for at, line in enumerate(lines):
            if at % 2 == odd:
                row: dict[str, Any] = json.loads(line)
                if row["body"].count("\n") + 1 >= LEAST_SENTENCES:
                    yield reported(at, row)


def edited(articles: Sequence[Article], edit: Edit, most: int) -> list[tuple[Article, Article]]:
    """The first articles that can be edited so, each with what is made of it."""
    pairs: list[tuple[Article, Article]] = []
    for article in articles:
        made = edit(article, random.Random(f"{article.id} {edit.__name__}"))
        if made is not None and made != article:
            pairs.append((article, made))
        if len(pairs) == most:
            break
    return pairs


def daily(odd: bool) -> Iterator[tuple[Article, Article]]:
    """Bulletins of one day and the next."""
    for today, tomorrow in pairwise(bulletins(random.Random(int(odd)), DAYS)):
        yield from zip(today, tomorrow, strict=True)


def row(
    name: str, pairs: Sequence[tuple[Article, Article]], embedder: Any, show: bool, kept: bool
) -> tuple[int, int, int]:
    """Print one row; how many pairs there are, and how many of them machtin and the baseline judge right."""
    firsts, seconds = (sketches([pair[side] for pair in pairs]) for side in (0, 1))
    told = [is_copy(one, other) for one, other in zip(firsts, seconds, strict=True)]
    before = [contains(whole_text(one), whole_text(other)) for one, other in pairs]
    vectors = [embedder.embed_articles([pair[side] for pair in pairs]) for side in (0, 1)]
    cosines = (vectors[0] * vectors[1]).sum(axis=1)
    right, right_before = (sum(one is kept for one in judged) for judged in (told, before))
    near = f"{np.mean(cosines >= NEAR):.3f}, {cosines.min():.2f}" if kept else ""
    print(
        f"| {name} | {len(pairs)} | {right / len(pairs):.3f} | {right_before / len(pairs):.3f} | {near} |", flush=True
    )
    if show:
        print("    ", " ".join(pair[0].id for pair, one in zip(pairs, told, strict=True) if one is not kept)[:400])
    return len(pairs), right, right_before


def real(data: Path) -> None:
    """Print how pairs of articles that were written by people are told, beside how they were judged."""
    print("\n| pairs of | judged | copies, told so | other news, told so | .75 of the runs |\n|---|---|---|---|---|")
    for name, judged in json.loads(JUDGED.read_text(encoding="utf-8")).items():
        with lzma.open(data / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
        right, before = Counter[bool](), Counter[bool]()
        for first, second, label in judged:
            pair = [reported(at, rows[at]) for at in (first, second)]
            right[label == "copy"] += is_copy(*sketches(pair)) is (label == "copy")
            before[label == "copy"] += contains(*map(whole_text, pair)) is (label == "copy")
        every = Counter(label == "copy" for _, _, label in judged)
        told = " | ".join(f"{right[copies]} of {every[copies]}" for copies in (True, False))
        print(f"| {name} | {len(judged)} | {told} | {before[True]} and {before[False]} |")


def reported(at: int, row: dict[str, Any]) -> Article:
    """A row of either set."""
    return Article(
        id=f"a{at}", title=row["title"], sapo=row.get("abstract") or row.get("summary") or "", body=row["body"]
    )


def contains(one: str, other: str) -> bool:
    """The rule of before: three quarters of the shorter text's runs of four syllables stand in the longer one."""
    first, second = runs(one), runs(other)
    return len(first & second) >= 0.75 * min(len(first), len(second))


def runs(text: str) -> frozenset[tuple[str, ...]]:
    """Of four folded syllables."""
    tokens = syllables(fold(text))
    return frozenset(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3)))


if __name__ == "__main__":
    main()
