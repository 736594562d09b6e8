"""Trains the pair model of the digests and writes ``digest_model.json``.

    python training/train_digest.py --data ../shared/data

Learns on the 100 events of vnmds.dev, and reports on the same events by cross-validation: each is digested by a model
that saw neither it nor the rest of its fifth. One core, less than a minute.
"""

from __future__ import annotations

import argparse
import json
import lzma
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpora import sha256_of
from machtin.adapters.model_loading import load_model
from machtin.article import Article
from machtin.digest import EventDigester, EventSentences
from machtin.digest_answers import Digest
from machtin.digest_evaluation import Event, evaluate_digests, read_events
from machtin.digest_pairs import FEATURES, MODEL_FILE, PairModel
from machtin.settings import BUNDLED_MODEL
from machtin.summary_scoring import SentenceScorer

FILE: Final = "vnmds.dev.jsonl.xz"
SEED: Final = 20261126
PARTS: Final = 5
# Of the standardised weights; every event counts like so many pairs, however long its articles are.
RIDGE: Final = 3.0
PAIRS_OF_AN_EVENT: Final = 500
ROUNDS: Final = 12


@dataclass(frozen=True, slots=True)
class Lesson:
    """Of each pair of an event's articles its features, and in what share of the written digests it stands."""

    features: NDArray[np.float64]
    written: NDArray[np.float64]


class Unseen:
    """Implements model_port.Digester: every event is digested by a model that was not taught by it."""

    def __init__(self, digesters: Mapping[str, EventDigester]) -> None:
        """By the id of any of an event's articles."""
        self._digesters = digesters

    def digest(self, articles: Sequence[Article], sentences: int | None, room: int | None) -> Digest:
        return self._digesters[articles[0].id].digest(articles, sentences, room)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {FILE}")
    parser.add_argument("--output", type=Path, default=MODEL_FILE)
    arguments = parser.parse_args()
    file = arguments.data / FILE
    with lzma.open(file) as packed, tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / "events.jsonl"
        unpacked.write_bytes(packed.read())
        events = read_events(unpacked)
    lessons = [lesson(event, SentenceScorer.load()) for event in events]
    figures, better = held_out(events, lessons)
    for system, row in figures.items():
        print(f"{system:20}" + "".join(f"  {name} {value:5.2f}" for name, value in row.items()))
    model = learn(lessons)
    document = {
        "about": "How likely a pair of syllables is to stand in a written digest: 1 / (1 + exp(-x)), x = intercept + "
        "sum of weight * feature; made by training/train_digest.py.",
        "intercept": round(model.intercept, 5),
        "weights": {name: round(float(weight), 5) for name, weight in zip(FEATURES, model.weights, strict=True)},
        "provenance": {
            "target": "the share of an event's written digests that have the pair",
            "seed": SEED,
            "ridge": RIDGE,
            "events": len(events),
            "data_sha256": {FILE: sha256_of(file)},
            "held_out": f"the same events, cross-validated in {PARTS} parts",
            "results": {name: {key: round(value, 2) for key, value in row.items()} for name, row in figures.items()},
            "rouge2_better_than": {
                name: {key: round(value, 2) for key, value in row.items()} for name, row in better.items()
            },
        },
    }
    arguments.output.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def lesson(event: Event, scorer: SentenceScorer) -> Lesson:
    """What there is to learn from an event."""
    pairs = EventSentences.of(event.articles).pairs(scorer)
    digests = [set(pairwise(tokens)) for tokens in event.written]
    written = [sum(pair in own for own in digests) / len(digests) for pair in pairs.known]
    return Lesson(pairs.features, np.array(written))


def learn(lessons: Sequence[Lesson]) -> PairModel:
    """Logistic regression by Newton's method, on features of mean 0 and deviation 1."""
    features = np.vstack([one.features for one in lessons])
    target = np.concatenate([one.written for one in lessons])
    counts = np.concatenate([np.full(len(one.written), PAIRS_OF_AN_EVENT / len(one.written)) for one in lessons])
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    columns = np.column_stack([np.ones(len(features)), (features - mean) / deviation])
    ridge = RIDGE * np.eye(columns.shape[1])
    ridge[0, 0] = 0.0
    weights = np.zeros(columns.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-(columns @ weights)))
        slope = columns.T @ (counts * (target - likely)) - ridge @ weights
        curvature = (columns * (counts * likely * (1 - likely))[:, None]).T @ columns + ridge
        weights = weights + np.linalg.solve(curvature, slope)
    own = weights[1:] / deviation
    return PairModel(float(weights[0] - own @ mean), own)


def parts(count: int) -> list[NDArray[np.intp]]:
    """Which events are held out together."""
    shuffled = np.random.default_rng(SEED).permutation(count)
    return [np.sort(shuffled[part::PARTS]) for part in range(PARTS)]


def held_out(
    events: Sequence[Event], lessons: Sequence[Lesson]
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """``evaluate_digests``, each event digested by a model that did not see it."""
    scorer, embedder = SentenceScorer.load(), load_model(BUNDLED_MODEL)
    digesters: dict[str, EventDigester] = {}
    for part in parts(len(events)):
        seen = [one for at, one in enumerate(lessons) if at not in part]
        digester = EventDigester(scorer, embedder, learn(seen))
        digesters |= {events[at].articles[0].id: digester for at in part}
    return evaluate_digests(events, Unseen(digesters))


if __name__ == "__main__":
    main()
