"""Trains the embedding model from the shared research data and writes its folder, with a record of the run.

python training/train.py --data ../shared/data --out layers/machtin/machtin/model
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import optimise
import pairs
from corpora import TRAINING_FILES, sha256_of
from evaluate_model import evaluate
from export import MODULE, export
from lexicon import EnglishLexicon, learn_lexicon
from token_store import TokenBags, TokenStore, bags_of, read_tokens
from tuning import TuningSet, measure, tuning_sets
from vocabulary import VocabularySize, build, count

SEED = 20_20
STEPS = 8_000
BATCH = 1_024
RATE = 0.015


def say(started: float, *words: object) -> None:
    print(f"{time.monotonic() - started:6.0f} s", *words, file=sys.stderr, flush=True)


def english_lexicon(store: TokenStore, held_out: pairs.HeldOut, pieces: int) -> EnglishLexicon:
    kept = np.flatnonzero(~held_out.translations)

    def joined(sentences: TokenBags, entries: TokenBags) -> TokenBags:
        return bags_of([*(sentences[place] for place in kept), *(entries[place] for place in range(len(entries)))])

    return learn_lexicon(
        joined(store.english, store.dictionary_english),
        joined(store.vietnamese, store.dictionary_vietnamese),
        pieces,
    )


def train_rows(
    store: TokenStore,
    lexicon: EnglishLexicon,
    held_out: pairs.HeldOut,
    sets: list[TuningSet],
    steps: int,
    started: float,
) -> tuple[NDArray[np.float32], dict[str, float]]:
    source = pairs.PairSource(store, lexicon, held_out, SEED)
    table = optimise.RowTable(len(store.bare_pieces), SEED)
    kinds = np.array(list(pairs.KINDS))
    chances = np.array(list(pairs.KINDS.values())) / sum(pairs.KINDS.values())
    drawn = np.random.default_rng(SEED).choice(kinds, size=steps, p=chances)
    losses: dict[str, float] = {}
    for step, kind in enumerate(drawn):
        loss = table.step(source.batch(str(kind), BATCH), RATE * (1 - step / steps))
        losses[str(kind)] = round(0.9 * losses.get(str(kind), loss) + 0.1 * loss, 3)
        if (step + 1) % 500 == 0:
            say(started, f"step {step + 1} of {steps}", measure(table.rows, sets), losses)
    return table.rows.numpy(), measure(table.rows, sets)


def versions() -> dict[str, str]:
    packages = ("numpy", "scipy", "tokenizers", "torch", "safetensors")
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in packages}}


def train(data: Path, out: Path, steps: int) -> dict[str, Any]:
    started = time.monotonic()
    hashes = {name: sha256_of(data / name) for name in TRAINING_FILES}
    say(started, "building the vocabulary")
    size = VocabularySize()
    tokenizer, aliases = build(count(data), size)
    say(started, f"tokenizing with {tokenizer.get_vocab_size()} pieces")
    store = read_tokens(data, tokenizer)
    held_out = pairs.hold_out(store, SEED)
    sets = tuning_sets(data, tokenizer, store, held_out)
    say(started, "learning the English lexicon")
    lexicon = english_lexicon(store, held_out, tokenizer.get_vocab_size())
    say(started, f"training {steps} steps")
    rows, tuning = train_rows(store, lexicon, held_out, sets, steps, started)
    seconds = round(time.monotonic() - started)
    model_version = export(out, tokenizer, rows, aliases)
    say(started, "evaluating")
    record = {
        "model_version": model_version,
        "trained on": hashes,
        "settings": {
            "seed": SEED,
            "steps": steps,
            "batch": BATCH,
            "rate": RATE,
            "scale": optimise.SCALE,
            "dimensions and their weights": optimise.PREFIXES,
            "kinds of pairs and their weights": pairs.KINDS,
            "share of queries without diacritics": pairs.BARE_SHARE,
            "share of queries put into English": pairs.ENGLISH_SHARE,
            "share of spans kept in their text": pairs.KEPT_SHARE,
            "share of question batches from one set": pairs.ONE_SET_SHARE,
            "share of tokens dropped": pairs.DROPPED,
            "vocabulary": {"pieces": tokenizer.get_vocab_size(), "aliases": len(aliases), **asdict(size)},
        },
        "seconds": seconds,
        "threads": torch.get_num_threads(),
        "versions": versions(),
        "bytes": sum(file.stat().st_size for file in (out / MODULE).iterdir()),
        "nDCG@10, tuning": tuning,
        "nDCG@10": evaluate(out, data),
    }
    (out / "training.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    say(started, "wrote", out)
    return record


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder of shared research data")
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--steps", type=int, default=STEPS, help="training steps; fewer only to try the pipeline out")
    parser.add_argument("--threads", type=int, default=1, help="of torch; more than the idle cores is slower than one")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    record = train(arguments.data, arguments.out, arguments.steps)
    json.dump(record["nDCG@10"], sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
