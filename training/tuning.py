"""What training may look at: tuning sets, disjoint from what it learns from and from what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn import functional

from canonical_text import canonical, without_diacritics
from corpora import read_jsonl
from evaluate_model import Vectors, ndcg_at_10, unit
from pairs import HeldOut
from token_store import TokenBags, TokenStore, bags_of, tokenize

TITLES = 1_000
WINDOW = 5


@dataclass(frozen=True)
class TuningSet:
    name: str
    queries: TokenBags
    texts: TokenBags
    relevant: list[set[int]]


def tuning_sets(data: Path, tokenizer: Tokenizer, store: TokenStore, held_out: HeldOut) -> list[TuningSet]:
    rows = list(read_jsonl(data / "vietnews.val.jsonl.xz"))
    bodies = tokenize(tokenizer, (canonical(row["body"]) for row in rows))
    titles = [canonical(row["title"]) for row in rows[-TITLES:]]
    own = [{len(rows) - TITLES + place} for place in range(TITLES)]
    questions = np.flatnonzero(held_out.questions)
    answers = [{int(store.passage_of_question[place])} for place in questions]
    return [
        TuningSet("titles", tokenize(tokenizer, titles), bodies, own),
        TuningSet("bare titles", tokenize(tokenizer, map(without_diacritics, titles)), bodies, own),
        TuningSet("questions", bags_of(store.questions.written[q] for q in questions), store.passages, answers),
        TuningSet("bare questions", bags_of(store.questions.bare[q] for q in questions), store.passages, answers),
        _english_over_windows(store, held_out),
    ]


def _english_over_windows(store: TokenStore, held_out: HeldOut) -> TuningSet:
    """Held-out English sentences over windows of five Vietnamese ones, which stand for paragraphs."""
    places = np.flatnonzero(held_out.translations)
    edges = [*places[::WINDOW].tolist(), int(places[-1]) + 1]
    windows = bags_of(store.vietnamese.span(first, last) for first, last in pairwise(edges))
    asked = [place for place in places if store.english.lengths()[place] >= 6]
    relevant = [{int(place - places[0]) // WINDOW} for place in asked]
    return TuningSet("english", bags_of(store.english[place] for place in asked), windows, relevant)


def vectors_of(rows: torch.Tensor, bags: TokenBags) -> Vectors:
    sums = functional.embedding_bag(
        torch.from_numpy(bags.ids), rows, torch.from_numpy(bags.starts[:-1].astype(np.int32)), mode="mean"
    )
    return unit(sums.numpy())


def measure(rows: torch.Tensor, sets: list[TuningSet]) -> dict[str, float]:
    known: dict[int, Vectors] = {}
    figures: dict[str, float] = {}
    for tuning in sets:
        texts = known.setdefault(id(tuning.texts), vectors_of(rows, tuning.texts))
        figures[tuning.name] = round(ndcg_at_10(vectors_of(rows, tuning.queries), texts, tuning.relevant), 4)
    return figures
