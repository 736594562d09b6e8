"""Measures a summarizer against summaries that people wrote, beside the first one, two and three sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from machtin.article import Article
from machtin.evaluation import Rouge, rouge
from machtin.json_lines import read_json_lines, strings
from machtin.model_port import Summarizer
from machtin.sentences import sentences
from machtin.summary_novelty import coverage, novelty
from machtin.summary_request import Summary, SummaryRequest
from machtin.vietnamese import syllables

_LEADS: Final = (1, 2, 3)
SYLLABLES_BESIDE: Final = 60
"""Length at which what is added to a sapo is compared: two sentences."""


@dataclass(frozen=True, slots=True)
class WrittenSummary:
    """An article and the summary that somebody wrote for it."""

    title: str
    body: str
    summary: str


def read_summaries(path: Path) -> list[WrittenSummary]:
    """One JSON object a line with title, body and summary. Raises InvalidInput naming the file and the line."""
    return read_json_lines(
        path,
        "title, body and summary, which are strings",
        lambda row: WrittenSummary(*strings(row, "title", "body", "summary")),
    )


def evaluate_summaries(rows: Iterable[WrittenSummary], summarizer: Summarizer) -> dict[str, dict[str, float]]:
    """Mean ROUGE F1, 0 to 100, of each system: ``{"machtin": {"rouge1", "rouge2", "rougeL"}, "lead1": …, "lead3": …}``.

    The summarizer sees title and body alone, and chooses the length itself. An empty summary counts 0.
    """
    scores: dict[str, list[Rouge]] = {"machtin": [], **{f"lead{count}": [] for count in _LEADS}}
    for number, row in enumerate(rows):
        article = Article(id=f"row-{number}", title=row.title, body=row.body)
        reference = syllables(row.summary)
        chosen = " ".join(one.text for one in summarizer.summarize(article).sentences)
        scores["machtin"].append(rouge(syllables(chosen), reference))
        published = [syllables(one.text) for one in sentences(row.body)[: max(_LEADS)]]
        for count in _LEADS:
            scores[f"lead{count}"].append(rouge([own for one in published[:count] for own in one], reference))
    return {system: _mean(of_system) for system, of_system in scores.items()}


def evaluate_beside_sapo(rows: Iterable[WrittenSummary], summarizer: Summarizer) -> dict[str, dict[str, float]]:
    """What sentences of the body add to the summary that somebody wrote, taken as the article's sapo, as shares.

    Each system has SYLLABLES_BESIDE syllables: the first sentences, the general summary, and ``mode=fresh``. Means over
    the articles: novelty where something was added, coverage, with the sapo's, where the body repeats anything.
    """
    found: dict[str, tuple[list[float], list[float]]] = {
        name: ([], []) for name in ("sapo", "lead", "general", "fresh")
    }
    room = SummaryRequest(syllables=SYLLABLES_BESIDE)
    for number, row in enumerate(rows):
        article = Article(id=f"row-{number}", title=row.title, sapo=row.summary, body=row.body)
        body = [syllables(one.text) for one in sentences(row.body)]
        sapo = [syllables(one.text) for one in sentences(row.summary)]
        general = summarizer.summarize(replace(article, sapo=""), room)
        fresh = summarizer.summarize(article, replace(room, mode="fresh"))
        added = {
            "sapo": [],
            "lead": _lead(body, SYLLABLES_BESIDE),
            "general": _tokens(general),
            "fresh": _tokens(fresh),
        }
        for name, tokens in added.items():
            novel, covered = novelty(tokens, sapo), coverage([*sapo, *tokens], body)
            found[name][0].extend([] if novel is None else [novel])
            found[name][1].extend([] if covered is None else [covered])
    return {
        name: {"novelty": _average(novel), "coverage": _average(covered)} for name, (novel, covered) in found.items()
    }


def _tokens(summary: Summary) -> list[list[str]]:
    return [syllables(one.text) for one in summary.sentences]


def _lead(body: list[list[str]], room: int) -> list[list[str]]:
    """The first sentences that fit; the first of all, cut, where it alone does not."""
    taken: list[list[str]] = []
    for tokens in body:
        if len(tokens) > room:
            return taken or [tokens[:room]]
        taken.append(tokens)
        room -= len(tokens)
    return taken


def _average(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _mean(scores: list[Rouge]) -> dict[str, float]:
    """0 to 100; 0 where there is nothing to take the mean of."""
    totals = (sum(column) for column in zip(*scores, strict=True)) if scores else (0.0, 0.0, 0.0)
    return {name: 100 * total / max(len(scores), 1) for name, total in zip(Rouge._fields, totals, strict=True)}
