"""How good digests are: ROUGE at 250 syllables beside first sentences and LexRank, with paired intervals.

    xz -dc ../shared/data/vnmds.dev.jsonl.xz > build/vnmds.dev.jsonl
    python bench/digest_quality.py build/vnmds.dev.jsonl

LexRank is that of Erkan & Radev, JAIR 2004, with their threshold and damping; a sentence of which another already
chosen has half (cosine) is passed over, as their reranker does. It has the same sentences to choose from as machtin.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np

from machtin.adapters.model_loading import load_model
from machtin.article import Article
from machtin.digest import EventDigester
from machtin.digest_evaluation import evaluate_digests, read_events
from machtin.digest_request import USUAL_SYLLABLES
from machtin.settings import BUNDLED_MODEL
from machtin.summary_candidates import candidates
from machtin.summary_scoring import SentenceScorer

THRESHOLD: Final = 0.1
DAMPING: Final = 0.15
REPEATED: Final = 0.5
ROUNDS: Final = 100


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    events = read_events(parser.parse_args().file)
    digester = EventDigester(SentenceScorer.load(), load_model(BUNDLED_MODEL))
    figures, better = evaluate_digests(events, digester, {"LexRank": lexrank})
    print("| | R-1 | R-2 | R-L | machtin's R-2 is better by |\n|---|---|---|---|---|")
    for name, row in figures.items():
        more = "{mean:+.1f} ({low:+.1f} to {high:+.1f})".format(**better[name]) if name in better else ""
        print(f"| {name} | {row['rouge1']:.1f} | {row['rouge2']:.1f} | {row['rougeL']:.1f} | {more} |")


def lexrank(articles: Sequence[Article]) -> list[str]:
    """Syllables of the most central sentences, in the order of the articles."""
    tokens = [one.tokens for article in articles for one in candidates(article)]
    held = Counter(chain.from_iterable(map(set, tokens)))
    column = {syllable: at for at, syllable in enumerate(held)}
    vectors = np.zeros((len(tokens), len(held)))
    for row, own in enumerate(tokens):
        for syllable, count in Counter(own).items():
            vectors[row, column[syllable]] = count * math.log(len(tokens) / held[syllable])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    cosines = vectors @ vectors.T
    links = (cosines > THRESHOLD).astype(np.float64)
    links /= np.maximum(links.sum(axis=1, keepdims=True), 1.0)
    rank = np.full(len(tokens), 1 / len(tokens))
    for _ in range(ROUNDS):
        rank = DAMPING / len(tokens) + (1 - DAMPING) * links.T @ rank
    chosen: list[int] = []
    room = USUAL_SYLLABLES
    for at in np.argsort(-rank, kind="stable").tolist():
        if len(tokens[at]) <= room and all(cosines[at, other] < REPEATED for other in chosen):
            chosen.append(at)
            room -= len(tokens[at])
    return list(chain.from_iterable(tokens[at] for at in sorted(chosen)))


if __name__ == "__main__":
    main()
