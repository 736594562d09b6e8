"""Two index versions beside each other, query by query: what a reader finds higher up, further down or no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from machtin.evaluation import CUTOFF, Interval, ndcg, paired_bootstrap
from machtin.evaluation_run import Progress, ranking_of
from machtin.gate_quality import Question
from machtin.gate_sides import Side

# Articles that one query tells of.
MOST_MOVES: Final = 10


@dataclass(frozen=True, slots=True)
class Move:
    """An article that stands elsewhere: its ranks from 1, None where it is not among the first hundred.

    ``grade`` is None for an article that nobody has judged.
    """

    article: str
    title: str
    grade: int | None
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class QueryChange:
    """A golden query: nDCG@10 by both versions, and the articles that moved; the judged ones first."""

    id: str
    text: str
    before: float
    after: float
    moves: list[Move]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both versions by all golden queries; ``difference`` of the means with its 95 % interval, worst query first."""

    before: str
    after: str
    ndcg_before: float
    ndcg_after: float
    difference: Interval
    queries: list[QueryChange]


def compare(questions: Sequence[Question], before: Side, after: Side, progress: Progress) -> Comparison:
    """Ask both every question, through the search that readers get. Expects one question at least."""
    changes: list[tuple[Question, float, float, list[Move]]] = []
    for done, question in enumerate(questions, start=1):
        ours, theirs = (ranking_of(side.index, side.embedder, question.text) for side in (before, after))
        figures = ndcg(ours, question.grades), ndcg(theirs, question.grades)
        changes.append((question, *figures, _moves(ours, theirs, question.grades)))
        progress("comparing", done, len(questions))
    named = sorted({move.article for *_, moves in changes for move in moves})
    titles = {**_titles(before, named), **_titles(after, named)}
    queries = [
        QueryChange(
            question.id,
            question.text,
            round(ours, 4),
            round(theirs, 4),
            [Move(move.article, titles.get(move.article, ""), move.grade, move.before, move.after) for move in moves],
        )
        for question, ours, theirs, moves in changes
    ]
    return Comparison(
        before.index.version,
        after.index.version,
        round(fmean(ours for _, ours, _, _ in changes), 4),
        round(fmean(theirs for _, _, theirs, _ in changes), 4),
        Interval(*(round(one, 4) for one in paired_bootstrap([theirs - ours for _, ours, theirs, _ in changes]))),
        sorted(queries, key=lambda one: (one.after - one.before, one.id)),
    )


def _moves(before: Sequence[str], after: Sequence[str], grades: Mapping[str, int]) -> list[Move]:
    """What moved and is judged, or stood or stands among the first ten: the judged first, then what stood highest."""
    then, now = ({article: rank for rank, article in enumerate(ranking, start=1)} for ranking in (before, after))
    moved = [
        Move(article, "", grades.get(article), then.get(article), now.get(article))
        for article in dict.fromkeys((*grades, *before[:CUTOFF], *after[:CUTOFF]))
        if then.get(article) != now.get(article)
    ]
    far = len(before) + len(after) + 1
    return sorted(moved, key=lambda one: (one.grade is None, min(one.before or far, one.after or far)))[:MOST_MOVES]


def _titles(side: Side, articles: Sequence[str]) -> dict[str, str]:
    return {name: entry.article.title for name, entry in side.index.get(articles).items()} if articles else {}
