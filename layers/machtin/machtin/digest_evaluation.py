"""Measures a digester against digests that people wrote of several articles, beside their first sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final

from machtin.article import Article
from machtin.digest_request import USUAL_SYLLABLES
from machtin.evaluation import Rouge, paired_bootstrap, rouge
from machtin.json_lines import read_json_lines, strings
from machtin.model_port import Digester
from machtin.sentences import sentences
from machtin.vietnamese import syllables

Tokens = list[str]


@dataclass(frozen=True, slots=True)
class Event:
    """Articles of one event, in the order of the file, and what people wrote of it, each as syllables."""

    articles: Sequence[Article]
    written: Sequence[Tokens]


Baseline = Callable[[Sequence[Article]], Tokens]
"""Syllables of a digest of at most USUAL_SYLLABLES."""


def read_events(path: Path) -> list[Event]:
    """One JSON object a line with cluster, title, body, cluster_refs, and summary as the sapo where there is one.

    Raises InvalidInput naming the file and the line.
    """
    fields = "cluster, title and body, and cluster_refs: a list of digests"
    events: dict[str, tuple[list[Article], list[Tokens]]] = {}
    for number, (cluster, article, written) in enumerate(read_json_lines(path, fields, _reported), start=1):
        articles, _ = events.setdefault(cluster, ([], written))
        articles.append(replace(article, id=f"report-{number}"))
    return [Event(articles, written) for articles, written in events.values()]


def _reported(row: Any) -> tuple[str, Article, list[Tokens]]:
    """The event of one line, the article, and the digests that people wrote."""
    cluster, title, body = strings(row, "cluster", "title", "body")
    (sapo,) = strings({"summary": row.get("summary") or ""}, "summary")
    written = [syllables(text) for text in row["cluster_refs"]]
    if not written:
        raise ValueError("nobody wrote a digest of it")
    return cluster, Article(id="report", title=title, sapo=sapo, body=body), written


def evaluate_digests(
    events: Sequence[Event], digester: Digester, further: Mapping[str, Baseline] | None = None
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Mean ROUGE F1, 0 to 100, of each system, and how much better machtin's ROUGE-2 is than that of each other one.

    All have USUAL_SYLLABLES and never cut a sentence; each digest is measured against every written one, of which the
    mean is taken. The second part: the mean difference and its 95 % interval, ``{"mean", "low", "high"}``.
    """
    systems: dict[str, Baseline] = {
        "machtin": lambda articles: _tokens(digester, articles),
        "lead of the first": lambda articles: filled(_bodies(articles)[0]),
        "lead of the last": lambda articles: filled(_bodies(articles)[-1]),
        "leads in turn": lambda articles: filled(chain.from_iterable(zip_longest(*_bodies(articles), fillvalue=[]))),
        **(further or {}),
    }
    measured = {
        name: [_mean([rouge(make(event.articles), one) for one in event.written]) for event in events]
        for name, make in systems.items()
    }
    figures = {name: _mean(rows) for name, rows in measured.items()}
    better = {
        name: paired_bootstrap([a.rouge2 - b.rouge2 for a, b in zip(measured["machtin"], rows, strict=True)])
        for name, rows in measured.items()
        if name != "machtin"
    }
    return (
        {name: {key: 100 * value for key, value in one._asdict().items()} for name, one in figures.items()},
        {name: {key: 100 * value for key, value in one._asdict().items()} for name, one in better.items()},
    )


_ROOM: Final = USUAL_SYLLABLES


def filled(offered: Sequence[Tokens] | chain[Tokens]) -> Tokens:
    """The first of these sentences, up to the one for which there is no room."""
    taken: Tokens = []
    for tokens in offered:
        if len(taken) + len(tokens) > _ROOM:
            break
        taken += tokens
    return taken


def _bodies(articles: Sequence[Article]) -> list[list[Tokens]]:
    return [[syllables(one.text) for one in sentences(article.body)] for article in articles]


def _tokens(digester: Digester, articles: Sequence[Article]) -> Tokens:
    return syllables(" ".join(one.text for one in digester.digest(articles, None, _ROOM).sentences))


def _mean(rows: Sequence[Rouge]) -> Rouge:
    return Rouge(*(sum(column) / len(rows) for column in zip(*rows, strict=True)))
