"""Trains the model that tells reports of one event and writes ``event_model.json``.

    python training/train_events.py --data ../shared/data

Learns on the 100 events of vnmds.dev among 20,000 articles of vietnews.val (undated), and on the stories of the sample
articles (dated). Reports by cross-validation: each article is judged by a model that saw neither its event, or story,
nor the rest of its fifth. Pairs of syllables are counted in vietnews.train. One core, three minutes.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from corpora import sha256_of
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.model_loading import load_model
from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.beir import read_beir
from machtin.companions import Floats
from machtin.evaluation_run import index_corpus
from machtin.event_features import FEATURES, PairWeights, cosines_of, pair_features
from machtin.event_model import MODEL_FILE, READ, SAME_EVENT
from machtin.model_port import Embedder
from machtin.related_candidates import candidates
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold_syllables, syllables

EVENTS: Final = "vnmds.dev.jsonl.xz"
CROWD_FILE: Final = "vietnews.val.jsonl.xz"
TRAIN: Final = "vietnews.train.jsonl.xz"
SAMPLES: Final = Path(__file__).resolve().parents[1] / "events"
CROWD: Final = 20_000
COUNTED: Final = 30_000
# Pairs in fewer of the counted articles weigh 1: more in the table changes no figure by .005.
FREQUENT: Final = 1_000
PARTS: Final = 5
RIDGE: Final = 3.0
# A pair of the samples counts so much beside one of vnmds.dev: 17 stories, written by us, that speak for dates alone.
SAMPLE_WEIGHT: Final = 0.2
ROUNDS: Final = 30
SEED: Final = 0


@dataclass(frozen=True, slots=True)
class Lessons:
    """Rows of FEATURES, whether each pair is of one event, what it counts, its part, and where it comes from."""

    rows: Floats
    same: Floats
    weight: Floats
    part: NDArray[np.intp]
    source: NDArray[np.intp]


def counted_pairs(file: Path) -> dict[str, float]:
    """The weights of frequent pairs: their rarity as a share of that of a pair in FREQUENT articles."""
    counts: Counter[str] = Counter()
    total = 0
    for row in islice(_rows(file), COUNTED):
        tokens = fold_syllables(syllables("\n".join((row["title"], row["abstract"], row["body"]))))
        counts.update({f"{one} {other}" for one, other in pairwise(tokens)})
        total += 1
    rarest = math.log(total / FREQUENT)
    return {
        pair: round(math.log(total / count) / rarest, 3) for pair, count in sorted(counts.items()) if count >= FREQUENT
    }


def lessons(
    corpus: Mapping[str, Article],
    same: Mapping[str, set[str]],
    embedder: Embedder,
    weights: PairWeights,
    source: int,
) -> Lessons:
    """What the neighbours of each article in ``same`` teach: those of its event, and the others."""
    parts = _parts(same)
    rows, targets, part = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        index = EmbeddedCatalog(Path(folder)).create(embedder.model_version, embedder.dimensions)
        index_corpus(index, embedder, list(corpus.values()), lambda *_: None)
        for name, others in same.items():
            vector = embedder.embed_articles([corpus[name]])[0]
            entries = [
                one.entry for one in candidates(index, corpus[name], vector).pool if one.entry.article.id != name
            ]
            own, between = cosines_of(vector, entries, None)
            read, features = pair_features(corpus[name], entries, own, between, weights, READ)
            rows.append(features)
            targets += [float(entries[at].article.id in others) for at in read]
            part += [parts[name]] * len(read)
        index.close()
    weight = np.full(len(targets), SAMPLE_WEIGHT if source else 1.0)
    return Lessons(np.concatenate(rows), np.array(targets), weight, np.array(part), np.full(len(targets), source))


def learned(rows: Floats, same: Floats, weight: Floats, source: NDArray[np.intp]) -> tuple[float, Floats]:
    """Base and slopes of a logistic regression with ridge, by Newton's method.

    Dates and sections are known of the samples alone. They change the odds of one pair beside another, not those of all
    pairs: over pairs that are not of one event their factor is 1 on average.
    """
    rows = rows.copy()
    rows[:, FEATURES.index("dated")] = 0.0
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    design = np.column_stack([np.ones(len(rows)), (rows - centre) / spread])
    ridge = np.eye(design.shape[1]) * RIDGE
    ridge[0, 0] = 0.0
    found = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        likely = 1.0 / (1.0 + np.exp(-design @ found))
        bend = weight * likely * (1.0 - likely) + 1e-9
        gradient = design.T @ (weight * (same - likely)) - ridge @ found
        found += np.linalg.solve(design.T @ (design * bend[:, None]) + ridge, gradient)
    slopes: Floats = found[1:] / spread
    base = float(found[0] - slopes @ centre)
    known = [FEATURES.index(name) for name in ("days", "months", "section")]
    others = (source == 1) & (same == 0)
    slopes[FEATURES.index("dated")] = -math.log(float(np.exp(rows[others][:, known] @ slopes[known]).mean()))
    return base, slopes


def told(taught: Lessons, pairs: Sequence[int]) -> None:
    """Print precision, recall and calibration by cross-validation; ``pairs``: how many there are of each source."""
    likely = np.zeros(len(taught.same))
    for part in range(PARTS):
        base, slopes = learned(
            *(one[taught.part != part] for one in (taught.rows, taught.same, taught.weight, taught.source))
        )
        held = taught.part == part
        likely[held] = 1.0 / (1.0 + np.exp(-(base + taught.rows[held] @ slopes)))
    for source, name in enumerate(("vnmds.dev among 20,000", "sample stories")):
        own = taught.source == source
        order = np.argsort(-likely[own])
        hits = np.cumsum(taught.same[own][order])
        precision, recall = hits / np.arange(1, len(hits) + 1), hits / pairs[source]
        at = int((likely[own] >= SAME_EVENT).sum()) - 1
        print(f"{name}: at {SAME_EVENT} precision {precision[at]:.3f}, recall {recall[at]:.3f}")
        for least in (0.7, 0.75, 0.8, 0.85):
            if recall[-1] >= least:
                print(f"  precision at recall {least}: {precision[np.searchsorted(recall, least)]:.3f}")
        for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
            within = own & (likely >= low) & (likely < high)
            if within.any():
                print(f"  likelihood {likely[within].mean():.2f}: {taught.same[within].mean():.2f} of {within.sum():,}")


def vnmds(data: Path) -> tuple[dict[str, Article], dict[str, set[str]]]:
    """The events among the crowd, and the other reports of each report's event."""
    events = list(_rows(data / EVENTS))
    clusters: dict[str, set[str]] = {}
    for at, row in enumerate(events):
        clusters.setdefault(row["cluster"], set()).add(f"event-{at}")
    corpus = {f"event-{at}": _report(f"event-{at}", row) for at, row in enumerate(events)}
    for at, row in enumerate(islice(_rows(data / CROWD_FILE), CROWD)):
        corpus[f"crowd-{at}"] = _report(f"crowd-{at}", row)
    return corpus, {name: cluster - {name} for cluster in clusters.values() for name in cluster if len(cluster) > 1}


def samples() -> tuple[dict[str, Article], dict[str, set[str]]]:
    """The sample articles with their dates, and the reports of the story of each."""
    read = [one.document for one in read_sources([SAMPLES / "articles"]) if isinstance(one, SourceDocument)]
    now = datetime.now(UTC)
    corpus = {one.id: one for one in (read_article(document, now=now) for document in read)}
    judged = read_beir(SAMPLES / "golden" / "related").judgements
    return corpus, {name: {other for other, grade in grades.items() if grade >= 2} for name, grades in judged.items()}


def _parts(same: Mapping[str, set[str]]) -> dict[str, int]:
    """A part for each article, the same for all that hang together, drawn at random."""
    joined: dict[str, str] = {}

    def root(name: str) -> str:
        while joined.setdefault(name, name) != name:
            name = joined[name]
        return name

    for name, others in same.items():
        for other in sorted(others):
            joined[root(other)] = root(name)
    roots = sorted({root(name) for name in same})
    np.random.default_rng(SEED).shuffle(roots)
    place = {name: at % PARTS for at, name in enumerate(roots)}
    return {name: place[root(name)] for name in same}


def _report(name: str, row: dict[str, Any]) -> Article:
    return Article(id=name, title=row["title"], sapo=row.get("abstract") or row.get("summary") or "", body=row["body"])


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    """Train, report, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=MODEL_FILE)
    options = parser.parse_args()
    embedder = load_model(BUNDLED_MODEL)
    frequent = counted_pairs(options.data / TRAIN)
    print(f"{len(frequent):,} frequent pairs")
    sources = [vnmds(options.data), samples()]
    parts = [lessons(corpus, same, embedder, PairWeights(frequent), at) for at, (corpus, same) in enumerate(sources)]
    taught = Lessons(*(np.concatenate([getattr(one, name) for one in parts]) for name in Lessons.__slots__))
    told(taught, [sum(map(len, same.values())) for _, same in sources])
    base, slopes = learned(taught.rows, taught.same, taught.weight, taught.source)
    document: dict[str, Any] = {
        "trained_on": {name: sha256_of(options.data / name) for name in (EVENTS, CROWD_FILE, TRAIN)},
        "base": round(base, 5),
        "slopes": {name: round(float(slope), 5) for name, slope in zip(FEATURES, slopes, strict=True)},
        "pair_weights": frequent,
    }
    options.out.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(
        f"wrote {options.out.name}: base {base:.2f}, "
        + ", ".join(f"{n} {s:.2f}" for n, s in document["slopes"].items())
    )


if __name__ == "__main__":
    main()
