"""Evaluation measures: rankings against graded judgements, and extracted summaries against written ones.

Rankings are measured as trec_eval and BEIR do it. Summaries are measured by ROUGE on ``vietnamese.syllables``: the
tokenizers in use elsewhere keep ``[a-z0-9]`` alone and so delete Vietnamese letters, which makes figures look better.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

Grades = Mapping[str, int]
"""Identifier → grade of one query's judged passages; a grade above 0 is relevant, unjudged ones are not."""

CUTOFF: Final = 10
RECALL_CUTOFF: Final = 100
MEASURES: Final = ("ndcg@10", "mrr@10", "recall@100", "map")
_CHUNK: Final = 1 << 20
_RESAMPLES: Final = 10_000
_RESAMPLES_AT_ONCE: Final = 500
_SEED: Final = 20060806


# --- rankings -------------------------------------------------------------------------------------------------------


def ndcg(ranking: Sequence[str], grades: Grades, cutoff: int = CUTOFF) -> float:
    """Normalised discounted cumulative gain, 0 to 1: linear gain (the grade), discount log2(rank + 1), as trec_eval.

    Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002.
    """
    ideal = _discounted(sorted((max(grade, 0) for grade in grades.values()), reverse=True)[:cutoff])
    return _discounted([max(grades.get(found, 0), 0) for found in ranking[:cutoff]]) / ideal if ideal else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Grades, cutoff: int = CUTOFF) -> float:
    """1 / rank of the first relevant one, 0 when there is none above the cutoff."""
    for rank, found in enumerate(ranking[:cutoff], start=1):
        if grades.get(found, 0) > 0:
            return 1 / rank
    return 0.0


def recall(ranking: Sequence[str], grades: Grades, cutoff: int = RECALL_CUTOFF) -> float:
    """Share of the relevant ones that stand above the cutoff."""
    relevant = sum(grade > 0 for grade in grades.values())
    return sum(grades.get(found, 0) > 0 for found in ranking[:cutoff]) / relevant if relevant else 0.0


def average_precision(ranking: Sequence[str], grades: Grades) -> float:
    """Mean, over all relevant ones, of the precision at the rank of each; 0 for each that was not retrieved."""
    relevant = sum(grade > 0 for grade in grades.values())
    hits, total = 0, 0.0
    for rank, found in enumerate(ranking, start=1):
        if grades.get(found, 0) > 0:
            hits += 1
            total += hits / rank
    return total / relevant if relevant else 0.0


def evaluate_rankings(rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Grades]) -> dict[str, float]:
    """Means over all judged queries: ``{"ndcg@10", "mrr@10", "recall@100", "map"}``, each 0 to 1.

    Args:
        rankings: query id → passage ids, best first. MAP counts over the whole length given: retrieve 100 or more.
        judgements: query id → grades. A query without any relevant passage can't be answered and is left out; one
            that has no ranking counts 0.

    Raises:
        ValueError: a ranking names a passage twice, or no query has a relevant passage.
    """
    measured = measure_rankings(rankings, judgements).values()
    if not measured:
        raise ValueError("no query has a relevant passage")
    return {name: sum(one[name] for one in measured) / len(measured) for name in MEASURES}


def measure_rankings(
    rankings: Mapping[str, Sequence[str]], judgements: Mapping[str, Grades]
) -> dict[str, dict[str, float]]:
    """The same measures of each query that has a relevant passage. Raises ValueError as ``evaluate_rankings`` does."""
    measured: dict[str, dict[str, float]] = {}
    for query, grades in judgements.items():
        if not any(grade > 0 for grade in grades.values()):
            continue
        ranking = rankings.get(query, ())
        if len(set(ranking)) != len(ranking):
            raise ValueError(f"the ranking of query {query!r} names a passage twice")
        figures = (
            ndcg(ranking, grades),
            reciprocal_rank(ranking, grades),
            recall(ranking, grades),
            average_precision(ranking, grades),
        )
        measured[query] = dict(zip(MEASURES, figures, strict=True))
    return measured


class Interval(NamedTuple):
    """A mean and the bounds that it lies between with 95 % confidence."""

    mean: float
    low: float
    high: float


def paired_bootstrap(differences: Sequence[float]) -> Interval:
    """The mean of the queries' differences and its 95 % percentile interval, over 10,000 resamples of the queries.

    The same differences always give the same interval. Efron & Tibshirani, *An Introduction to the Bootstrap*, 1993,
    chapter 13; Sakai, "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006, for paired topics.

    Raises:
        ValueError: there is no difference at all.
    """
    if not differences:
        raise ValueError("no query has been measured")
    measured = np.asarray(differences, dtype=np.float64)
    chance = np.random.default_rng(_SEED)
    # In parts, so that thousands of queries don't take thousands of megabytes.
    means = [
        measured[chance.integers(0, len(measured), (_RESAMPLES_AT_ONCE, len(measured)))].mean(axis=1)
        for _ in range(_RESAMPLES // _RESAMPLES_AT_ONCE)
    ]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return Interval(float(measured.mean()), float(low), float(high))


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


# --- summaries ------------------------------------------------------------------------------------------------------


class Rouge(NamedTuple):
    """F1 of unigrams, bigrams and the longest common subsequence, each 0 to 1."""

    rouge1: float
    rouge2: float
    rougeL: float  # noqa: N815 -- the measure's own name, and a key of the reported object


def rouge(candidate: Sequence[str], reference: Sequence[str]) -> Rouge:
    """ROUGE F1 of one text against another, both as ``vietnamese.syllables``.

    Lin, "ROUGE: a package for automatic evaluation of summaries", 2004; ROUGE-L over the whole text.
    """
    return Rouge(
        rouge_n(candidate, reference, 1),
        rouge_n(candidate, reference, 2),
        _f1(longest_common_subsequence(candidate, reference), len(candidate), len(reference)),
    )


def rouge_n(candidate: Sequence[str], reference: Sequence[str], n: int) -> float:
    """F1 of the n-grams that both have, each counted as often as it stands in both."""
    ours, theirs = _ngrams(candidate, n), _ngrams(reference, n)
    return _f1((ours & theirs).total(), ours.total(), theirs.total())


def longest_common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Its length, by the bit-vector algorithm of Hyyrö ("Bit-parallel LCS-length computation revisited", 2004).

    One bit of an integer stands for one place of ``first``: time grows with ``len(second)`` for texts of usual size.
    """
    places: dict[str, int] = {}
    for at, syllable in enumerate(first):
        places[syllable] = places.get(syllable, 0) | 1 << at
    everywhere = (1 << len(first)) - 1
    unmatched = everywhere
    for syllable in second:
        matches = unmatched & places.get(syllable, 0)
        unmatched = (unmatched + matches | unmatched - matches) & everywhere
    return len(first) - unmatched.bit_count()


def _ngrams(sequence: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(sequence[start:] for start in range(n)), strict=False))


def _f1(common: int, ours: int, theirs: int) -> float:
    return 2 * common / (ours + theirs) if common else 0.0


# --- what was measured ----------------------------------------------------------------------------------------------


def corpus_sha256(paths: Iterable[Path]) -> str:
    """SHA-256, in hexadecimal, of the contents of these files one after the other, as ``cat FILES | sha256sum`` has it.

    Raises OSError when a file can't be read.
    """
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
