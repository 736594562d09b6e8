"""Quality and latency of a candidate beside the live index, on the golden queries, through the search readers get."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Final, NamedTuple

from machtin.errors import IndexUnavailable
from machtin.evaluation import RECALL_CUTOFF, Grades, ndcg, paired_bootstrap, recall
from machtin.gate_report import GateFigure, GateInterval, GatePart, MeasuredQuery, QueryDifference
from machtin.gate_sides import Side
from machtin.golden import GoldenQueries
from machtin.search import find
from machtin.search_request import MAX_QUERY, SearchRequest
from machtin.store_port import ArticleStore, readable

# How much nDCG@10 a candidate may lose, with 95 % confidence. Measured in docs/decisions/0010-gated-reindex.md: the
# bundled model with half of its dimensions stays within, with a quarter not quite.
MARGIN: Final = 0.02
# Below, chance alone moves the mean by more than the margin.
LEAST_QUERIES: Final = 20
# Queries told of, of those that lose and of those that gain.
MOST_TOLD: Final = 10
SLOWER_TIMES: Final = 3.0
SLOWER_MS: Final = 50.0


class Question(NamedTuple):
    """A golden query, with its judgements of the articles that the store shows; at least one is above 0."""

    id: str
    text: str
    grades: Grades


def answerable(golden: GoldenQueries, store: ArticleStore) -> list[Question]:
    """The queries with a relevant article in the store."""
    judged = {one for grades in golden.judgements.values() for one in grades}
    shown = {state.id for state in readable(store, sorted(judged)) if state.public is not None}
    questions = []
    for query, text in golden.queries.items():
        grades = {one: grade for one, grade in golden.judgements.get(query, {}).items() if one in shown}
        if any(grade > 0 for grade in grades.values()) and text.strip():
            questions.append(Question(query, text[:MAX_QUERY], grades))
    return questions


def measure(question: Question, candidate: Side, live: Side | None, *, live_first: bool) -> MeasuredQuery:
    """Ask both, one right after the other; who comes first changes, since the second finds the machine warm."""
    theirs = _ask(question, live) if live and live_first else None
    ours = _ask(question, candidate)
    if not ours.whole:
        raise IndexUnavailable("the candidate answers with one leg alone")
    if live and not live_first:
        theirs = _ask(question, live)
    if theirs is None:
        return MeasuredQuery(question.id, ours.ndcg, ours.recall, ours.took_ms)
    return MeasuredQuery(question.id, ours.ndcg, ours.recall, ours.took_ms, theirs.ndcg, theirs.recall, theirs.took_ms)


class _Answer(NamedTuple):
    ndcg: float
    recall: float
    took_ms: float
    whole: bool


def _ask(question: Question, side: Side) -> _Answer:
    request = SearchRequest(q=question.text, size=RECALL_CUTOFF)
    started = time.perf_counter()
    found = find(side.index, side.embedder, request)
    took_ms = (time.perf_counter() - started) * 1000
    ranking = [one.id for one in found.page]
    return _Answer(
        ndcg(ranking, question.grades), recall(ranking, question.grades), round(took_ms, 2), not found.degraded
    )


def quality(measured: Sequence[MeasuredQuery], failure: str | None) -> GatePart:
    """Refuses a candidate that may be worse than the live index by more than MARGIN, nDCG@10, with 95 % confidence.

    ``failure``: why the golden queries can't be read, which refuses too.
    """
    figures = [
        _means("nDCG@10", [one.ndcg for one in measured], [one.live_ndcg for one in measured]),
        _means("recall@100", [one.recall for one in measured], [one.live_recall for one in measured]),
    ]
    if failure:
        return GatePart("quality", "refused", figures, [f"the golden queries can't be read: {failure}"])
    if doubt := _doubt(measured):
        return GatePart("quality", "not_decisive", figures, [doubt])
    found = paired_bootstrap([one.ndcg - one.live_ndcg for one in measured if one.live_ndcg is not None])
    told = f"{found.mean:+.4f}, with 95 % confidence from {found.low:+.4f} to {found.high:+.4f}"
    figures.insert(1, GateFigure("difference", None, round(found.mean, 4), f"{told}; at least {-MARGIN:+.4f}"))
    interval = GateInterval(round(found.mean, 4), round(found.low, 4), round(found.high, 4), MARGIN, len(measured))
    if found.low < -MARGIN:
        reason = f"nDCG@10 on {len(measured)} golden queries changes by {told}: that may be worse than {-MARGIN:+.2f}"
        return GatePart("quality", "refused", figures, [reason], interval)
    return GatePart("quality", "passed", figures, [], interval)


def latency(measured: Sequence[MeasuredQuery]) -> GatePart:
    """Refuses a candidate whose median is beyond three times the live index's and 50 ms more."""
    figure = _medians(measured)
    if doubt := _doubt(measured):
        return GatePart("latency", "not_decisive", [figure], [doubt])
    ours, theirs = figure.candidate or 0.0, figure.live or 0.0
    if ours > SLOWER_TIMES * theirs and ours > theirs + SLOWER_MS:
        reason = f"the median golden query takes {ours:.1f} ms, in the live index {theirs:.1f} ms"
        return GatePart("latency", "refused", [figure], [reason])
    return GatePart("latency", "passed", [figure], [])


def changed_queries(
    measured: Sequence[MeasuredQuery], texts: Mapping[str, str]
) -> tuple[list[QueryDifference], list[QueryDifference]]:
    """The queries that lose most, worst first, and those that gain most, best first."""
    changed = [
        QueryDifference(one.id, texts.get(one.id, ""), round(one.live_ndcg, 4), round(one.ndcg, 4))
        for one in measured
        if one.live_ndcg is not None and one.ndcg != one.live_ndcg
    ]
    changed.sort(key=lambda one: (-abs(one.candidate - one.live), one.id))
    worst = [one for one in changed if one.candidate < one.live]
    best = [one for one in changed if one.candidate > one.live]
    return worst[:MOST_TOLD], best[:MOST_TOLD]


def _doubt(measured: Sequence[MeasuredQuery]) -> str | None:
    """Why these figures decide nothing; None where they do."""
    if len(measured) < LEAST_QUERIES:
        few = f"{len(measured)} golden queries have a relevant article in the store"
        return f"{few}; fewer than {LEAST_QUERIES} decide nothing"
    if any(one.live_ndcg is None for one in measured):
        return "there is no live index to compare with"
    return None


def _means(name: str, ours: Sequence[float], theirs: Sequence[float | None]) -> GateFigure:
    known = [one for one in theirs if one is not None]
    return GateFigure(
        name, round(fmean(known), 4) if known else None, round(fmean(ours), 4) if ours else None, f"{len(ours)} queries"
    )


def _medians(measured: Sequence[MeasuredQuery]) -> GateFigure:
    theirs = [one.live_ms for one in measured if one.live_ms is not None]
    return GateFigure(
        "median ms",
        round(median(theirs), 2) if theirs else None,
        round(median(one.took_ms for one in measured), 2) if measured else None,
        f"refused beyond {SLOWER_TIMES:.0f} times and {SLOWER_MS:.0f} ms more",
    )
