"""Trains the sentence scorer of the summaries and writes ``summary_model.json``.

    python training/train_summary.py --data ../shared/data

Learns on vietnews.train, chooses the selection's settings on vietnews.val without its last 2,000 articles, and reports
on those. One core, some minutes; the same data give the same file, apart from the seconds in it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpora import NewsArticle, news_articles, sha256_of
from machtin.article import Article
from machtin.evaluation import rouge
from machtin.summary import ExtractiveSummarizer
from machtin.summary_candidates import candidates
from machtin.summary_choice import Selection
from machtin.summary_evaluation import WrittenSummary, evaluate_summaries
from machtin.summary_features import FEATURES, sentence_features
from machtin.summary_scoring import MODEL_FILE, SentenceScorer
from machtin.vietnamese import syllables

SEED = 20260315
TRAINING_ARTICLES = 16_000
TUNING_ARTICLES = 3_000
HELD_OUT = 2_000
FREQUENT_SYLLABLES = 200
RIDGE = 10.0

FIRST_SELECTION = Selection(redundancy=0.3, drop=0.2, room=60)
CHOICES: dict[str, tuple[float, ...]] = {
    "redundancy": (0.1, 0.2, 0.3, 0.4, 0.5),
    "drop": (0.1, 0.15, 0.2, 0.25, 0.3),
    "room": (50, 55, 60, 65),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with vietnews.train.jsonl.xz and vietnews.val")
    parser.add_argument("--output", type=Path, default=MODEL_FILE)
    parser.add_argument("--measure", action="store_true", help="learn nothing; write what the file there reaches now")
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.output, arguments.data / "vietnews.val.jsonl.xz")
        return
    started = time.monotonic()
    training_file = arguments.data / "vietnews.train.jsonl.xz"
    validation_file = arguments.data / "vietnews.val.jsonl.xz"
    rng = random.Random(SEED)

    # The files are ordered by publisher, so that a sample must be drawn from all of them.
    training = rng.sample(news_articles(training_file), TRAINING_ARTICLES)
    validation = news_articles(validation_file)
    tuning = rng.sample(validation[:-HELD_OUT], TUNING_ARTICLES)
    held_out = validation[-HELD_OUT:]

    model = learn(training)
    print(f"learned from {len(training):,} articles in {time.monotonic() - started:.0f} s", flush=True)
    model = replace(model, selection=tuned(model, tuning))
    results = evaluate_summaries(map(written, held_out), ExtractiveSummarizer(model))
    for system, measures in results.items():
        print(f"{system:8}" + "".join(f"  {name} {value:5.2f}" for name, value in measures.items()))
    document = {
        "about": "Scorer of sentences: score = intercept + sum of weight * feature; made by training/train_summary.py.",
        "intercept": model.intercept,
        "features": described(model, training),
        "selection": asdict(model.selection),
        "provenance": {
            "target": "ROUGE-1 + ROUGE-2 F1 of the sentence against the sapo, on syllables",
            "seed": SEED,
            "ridge": RIDGE,
            "training_articles": len(training),
            "tuning_articles": len(tuning),
            "data_sha256": {file.name: sha256_of(file) for file in (training_file, validation_file)},
            "held_out": f"last {HELD_OUT:,} articles of {validation_file.name}, title and body against abstract",
            "results": {name: rounded(measures) for name, measures in results.items()},
            "seconds": round(time.monotonic() - started),
        },
        "syllable_weights": model.syllable_weights,
    }
    arguments.output.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def measure(model_file: Path, validation_file: Path) -> None:
    """Write anew what a model that was learned before reaches, after a change of the choice of sentences."""
    document = json.loads(model_file.read_text(encoding="utf-8"))
    held_out = news_articles(validation_file)[-HELD_OUT:]
    results = evaluate_summaries(map(written, held_out), ExtractiveSummarizer.load(model_file))
    document["provenance"]["results"] = {name: rounded(measures) for name, measures in results.items()}
    model_file.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def learn(articles: Sequence[NewsArticle]) -> SentenceScorer:
    """Ridge regression over all sentences, on features of unit variance."""
    syllable_weights = weights_of_frequent_syllables(articles)
    examples = [examples_of(article, syllable_weights) for article in articles]
    features = np.concatenate([rows for rows, _ in examples])
    targets = np.concatenate([target for _, target in examples])
    means, scales = features.mean(axis=0), features.std(axis=0)
    scales[scales == 0] = 1.0
    unit = (features - means) / scales
    fitted = np.linalg.solve(unit.T @ unit + RIDGE * np.eye(len(FEATURES)), unit.T @ (targets - targets.mean()))
    weights = np.round(fitted / scales, 6)
    intercept = round(float(targets.mean() - means @ weights), 6)
    return SentenceScorer(intercept, weights, syllable_weights, FIRST_SELECTION)


def weights_of_frequent_syllables(articles: Iterable[NewsArticle]) -> dict[str, float]:
    """How much each of the most frequent says, by the share of articles that lack it: 1 for the rarest of them."""
    count = 0
    holding: Counter[str] = Counter()
    for article in articles:
        count += 1
        holding.update(set(syllables(f"{article.title}\n{article.body}")))
    frequent = sorted(holding.items(), key=lambda item: (-item[1], item[0]))[:FREQUENT_SYLLABLES]
    rarest = math.log(count / frequent[-1][1])
    return {syllable: round(math.log(count / number) / rarest, 3) for syllable, number in frequent}


def examples_of(
    article: NewsArticle, syllable_weights: dict[str, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Features and target of each sentence of an article."""
    offered = candidates(Article(id="example", title=article.title, body=article.body))
    reference = syllables(article.sapo)
    measured = (rouge(one.tokens, reference) for one in offered)
    features = sentence_features(
        syllables(article.title),
        [one.tokens for one in offered],
        syllable_weights,
    )
    return features, np.array([one.rouge1 + one.rouge2 for one in measured], dtype=np.float64)


def tuned(model: SentenceScorer, articles: Sequence[NewsArticle]) -> Selection:
    """The selection with the best sum of ROUGE-1, 2 and L: one setting after the other, twice."""
    rows = [(Article(id="tuning", title=one.title, body=one.body), syllables(one.sapo)) for one in articles]

    @cache
    def quality(selection: Selection) -> float:
        summarizer = ExtractiveSummarizer(replace(model, selection=selection))
        chosen = (" ".join(one.text for one in summarizer.summarize(article).sentences) for article, _ in rows)
        total = sum(sum(rouge(syllables(text), reference)) for text, (_, reference) in zip(chosen, rows, strict=True))
        print(f"{100 * total / len(rows):7.3f}  {selection}", flush=True)
        return 100 * total / len(rows)

    selection = model.selection
    best = quality(selection)
    for name, values in [*CHOICES.items(), *CHOICES.items()]:
        for value in values:
            changed: dict[str, Any] = {name: value}
            other = replace(selection, **changed)
            if other != selection and (reached := quality(other)) > best:
                selection, best = other, reached
    return selection


def described(model: SentenceScorer, articles: Sequence[NewsArticle]) -> dict[str, dict[str, float]]:
    """Each feature's weight, with its mean and deviation over 1,000 articles to judge the weight by."""
    examples = (examples_of(article, dict(model.syllable_weights))[0] for article in articles[:1_000])
    features = np.concatenate(list(examples))
    return {
        name: {
            "weight": float(model.weights[at]),
            "mean": round(float(features[:, at].mean()), 4),
            "deviation": round(float(features[:, at].std()), 4),
        }
        for at, name in enumerate(FEATURES)
    }


def written(article: NewsArticle) -> WrittenSummary:
    return WrittenSummary(article.title, article.body, article.sapo)


def rounded(measures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in measures.items()}


if __name__ == "__main__":
    main()
