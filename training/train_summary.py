"""Trains what chooses the sentences of summaries and writes ``summary_model.json``.

    python training/train_summary.py --data ../shared/data

Learns on vietnews.train: on some articles which terms editors take up, on others how much a sentence says, on others
again how good one or two sentences are together. Chooses the price of length on vietnews.val without its last 2,000
articles, and reports on those. One core, some minutes; the same data give the same file, apart from the seconds in it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boosting import Settings, boosted
from corpora import NewsArticle, news_articles, sha256_of
from likelihood import Example, learned
from machtin.article import Article
from machtin.boosted_trees import BoostedTrees
from machtin.evaluation import Rouge, rouge
from machtin.model_port import Summarizer
from machtin.summary import ExtractiveSummarizer
from machtin.summary_candidates import Candidate, antecedents, candidates
from machtin.summary_choice import Choice, Offer, Selection
from machtin.summary_evaluation import WrittenSummary, evaluate_summaries
from machtin.summary_features import FEATURES, sentence_features
from machtin.summary_request import GENERAL, Summary, SummaryRequest
from machtin.summary_scoring import MODEL_FILE, SentenceScorer
from machtin.summary_sets import SET_FEATURES
from machtin.summary_terms import ArticleTerms
from machtin.vietnamese import syllables

SEED = 20260315
ARTICLES = {"lifts": 16_000, "sentences": 20_000, "sets": 20_000}
TERM_ARTICLES = 2_500
"""Of those for sentences: a hundred weights hardly know what they were learned from."""
TUNING_ARTICLES = 3_000
HELD_OUT = 2_000
FREQUENT_SYLLABLES = 200
SELECTION = Selection(redundancy=0.4)
TREES = Settings(trees=300, depth=4, rate=0.06)
ROUGE_L = 2.0
"""What the longest common subsequence weighs beside ROUGE-1 and ROUGE-2."""
PRICES = tuple(step / 10_000 for step in range(41))
LENGTH = 40.0
"""Syllables of a summary, on average, at most."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Prepared:
    """An article with its sentences and the sapo that an editor wrote."""

    title: list[str]
    offered: list[Candidate]
    sapo: list[str]

    @property
    def tokens(self) -> list[tuple[str, ...]]:
        return [one.tokens for one in self.offered]

    def example(self) -> Example:
        return Example(self.title, self.tokens, self.sapo)


class Counting:
    """A summarizer that remembers how many syllables its summaries had."""

    def __init__(self, summarizer: Summarizer) -> None:
        self.lengths: list[int] = []
        self._summarizer = summarizer

    def summarize(self, article: Article, request: SummaryRequest = GENERAL) -> Summary:
        summary = self._summarizer.summarize(article, request)
        self.lengths.append(sum(len(syllables(one.text)) for one in summary.sentences))
        return summary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with vietnews.train.jsonl.xz and vietnews.val")
    parser.add_argument("--output", type=Path, default=MODEL_FILE)
    parser.add_argument("--measure", action="store_true", help="learn nothing; write what the file there reaches now")
    arguments = parser.parse_args()
    validation_file = arguments.data / "vietnews.val.jsonl.xz"
    if arguments.measure:
        measure(arguments.output, validation_file)
        return
    started = time.monotonic()
    training_file = arguments.data / "vietnews.train.jsonl.xz"
    rng = random.Random(SEED)
    # The files are ordered by publisher, so that a sample must be drawn from all of them.
    training = news_articles(training_file)
    drawn = map(prepared, rng.sample(training, len(training)))
    parts = {name: [article for article in islice(drawn, count) if article.offered] for name, count in ARTICLES.items()}
    tuning = rng.sample(news_articles(validation_file)[:-HELD_OUT], TUNING_ARTICLES)
    model = learn(parts, started)
    model = replace(model, price=priced(model, [own for own in map(prepared, tuning) if own.offered]))
    document = {
        "about": "Chooses the sentences of summaries; made by training/train_summary.py.",
        **model.written(),
        "provenance": {
            "sentence_target": "ROUGE-1 + ROUGE-2 F1 of the sentence against the sapo, on syllables",
            "set_target": f"(ROUGE-1 + ROUGE-2 + {ROUGE_L} ROUGE-L) * {scale():.4f} of one or two sentences together",
            "seed": SEED,
            "training_articles": ARTICLES,
            "tuning_articles": len(tuning),
            "data_sha256": {file.name: sha256_of(file) for file in (training_file, validation_file)},
            "held_out": f"last {HELD_OUT:,} articles of {validation_file.name}, title and body against abstract",
            "results": {},
            "seconds": round(time.monotonic() - started),
        },
    }
    write(document, arguments.output)
    measure(arguments.output, validation_file)


def measure(model_file: Path, validation_file: Path) -> None:
    """Write anew what a model that was learned before reaches, after a change of the choice of sentences."""
    document = json.loads(model_file.read_text(encoding="utf-8"))
    held_out = news_articles(validation_file)[-HELD_OUT:]
    rows = [WrittenSummary(article.title, article.body, article.sapo) for article in held_out]
    summarizer = Counting(ExtractiveSummarizer.load(model_file))
    results = evaluate_summaries(rows, summarizer)
    for system, measures in results.items():
        print(f"{system:8}" + "".join(f"  {name} {value:5.2f}" for name, value in measures.items()))
    length = sum(summarizer.lengths) / len(rows)
    print(f"{length:.1f} syllables on average")
    document["provenance"]["results"] = {
        system: {name: round(value, 2) for name, value in measures.items()} for system, measures in results.items()
    }
    document["provenance"]["syllables"] = round(length, 1)
    write(document, model_file)


def write(document: dict[str, object], file: Path) -> None:
    """One line for each entry of the document and of what it holds: neither one long line nor a number a line."""
    parts = []
    for name, value in document.items():
        if isinstance(value, dict):
            inner = ",\n  ".join(f"{json.dumps(key)}: {compact(one)}" for key, one in value.items())
            parts.append(f"{json.dumps(name)}: {{\n  {inner}\n }}")
        else:
            parts.append(f"{json.dumps(name)}: {compact(value)}")
    file.write_text("{\n " + ",\n ".join(parts) + "\n}\n", encoding="utf-8")


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def learn(parts: dict[str, list[Prepared]], started: float) -> SentenceScorer:
    """Lifts, sentences and sets on articles of their own each: what is learned later meets the earlier as in use."""

    def told(what: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s {what}", flush=True)

    weights = weights_of_frequent_syllables(parts["lifts"])
    likelihood = learned(
        (own.example() for own in parts["lifts"]), [own.example() for own in parts["sentences"][:TERM_ARTICLES]]
    )
    model = SentenceScorer(likelihood, untaught(FEATURES), untaught(SET_FEATURES), 0.0, weights, SELECTION)
    told("terms")
    rows, targets = zip(*(sentences_of(own, model) for own in parts["sentences"]), strict=True)
    model = replace(model, sentences=boosted(np.concatenate(rows), np.concatenate(targets), TREES))
    told("sentences")
    rows, targets = zip(*(sets_of(own, model) for own in parts["sets"]), strict=True)
    model = replace(model, sets=boosted(np.concatenate(rows), np.concatenate(targets), TREES))
    told("sets")
    return model


def untaught(features: Sequence[str]) -> BoostedTrees:
    return BoostedTrees(0.0, np.zeros(len(features)), np.zeros((0, 1), np.intp), np.zeros((0, 1)), np.zeros((0, 2)))


def prepared(article: NewsArticle) -> Prepared:
    offered = candidates(Article(id="example", title=article.title, body=article.body))
    return Prepared(syllables(article.title), offered, syllables(article.sapo))


def weights_of_frequent_syllables(articles: Sequence[Prepared]) -> dict[str, float]:
    """How much each of the most frequent says, by the share of articles that lack it: 1 for the rarest of them."""
    holding: Counter[str] = Counter()
    for own in articles:
        holding.update(set(own.title).union(*own.tokens))
    frequent = sorted(holding.items(), key=lambda item: (-item[1], item[0]))[:FREQUENT_SYLLABLES]
    rarest = math.log(len(articles) / frequent[-1][1])
    return {syllable: round(math.log(len(articles) / number) / rarest, 3) for syllable, number in frequent}


def sentences_of(own: Prepared, model: SentenceScorer) -> tuple[Floats, Floats]:
    """Features and target of each sentence of an article."""
    terms = ArticleTerms.of(own.title, own.tokens)
    features = sentence_features(terms, model.likelihood.likelihood(terms), model.syllable_weights)
    measured = (rouge(tokens, own.sapo) for tokens in own.tokens)
    return features, np.array([one.rouge1 + one.rouge2 for one in measured])


def sets_of(own: Prepared, model: SentenceScorer) -> tuple[Floats, Floats]:
    """Features and target of each set of sentences that would be weighed for a summary of an article."""
    reading = model.read(own.title, own.tokens)
    sets = choice_of(own, reading.scores, model).sets()
    return reading.described(sets), np.array([target(rouge(said(own, one), own.sapo)) for one in sets])


def choice_of(own: Prepared, scores: Floats, model: SentenceScorer) -> Choice:
    scores = scores - np.array([one.discount for one in own.offered])
    offer = Offer(own.tokens, scores, antecedents(own.offered), [one.fit for one in own.offered])
    return Choice(offer, model.selection, model.syllable_weights)


def said(own: Prepared, chosen: tuple[int, int]) -> list[str]:
    return [token for at in sorted(set(chosen)) for token in own.offered[at].tokens]


def scale() -> float:
    """Brings the target of sets to the unit of sentences' scores."""
    return 2 / (2 + ROUGE_L)


def target(measured: Rouge) -> float:
    return scale() * (measured.rouge1 + measured.rouge2 + ROUGE_L * measured.rougeL)


def priced(model: SentenceScorer, articles: Sequence[Prepared]) -> float:
    """The lowest price of a syllable at which summaries are short enough on average."""
    weighed = []
    for own in articles:
        reading = model.read(own.title, own.tokens)
        sets = choice_of(own, reading.scores, model).sets()
        lost = np.array([max(own.offered[one].discount, own.offered[other].discount) for one, other in sets])
        weighed.append((own, sets, reading.together(sets) - lost, np.array([len(said(own, one)) for one in sets])))
    for price in PRICES:
        chosen = [(own, sets[int((worth - price * long).argmax())]) for own, sets, worth, long in weighed]
        length = sum(len(said(own, one)) for own, one in chosen) / len(chosen)
        reached = np.mean([rouge(said(own, one), own.sapo) for own, one in chosen], axis=0)
        print(f"price {price:.4f}  ROUGE {np.round(100 * reached, 2)}  length {length:.1f}", flush=True)
        if length <= LENGTH:
            return price
    raise SystemExit(f"no price up to {PRICES[-1]} brings summaries to {LENGTH} syllables on average")


if __name__ == "__main__":
    main()
