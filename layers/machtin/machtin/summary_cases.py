"""Hard cases of summaries: articles with a trap each, and what may and may not stand in their summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machtin.article import Article
from machtin.json_lines import read_json_lines
from machtin.model_port import Summarizer
from machtin.summary_request import PUSH_SYLLABLES, Summary, SummaryRequest, summary_answer
from machtin.vietnamese import syllables


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryCase:
    """An article, what is asked of it, and what a fit summary of it holds; ``kind`` names the trap.

    Args:
        never: none of these stands in the summary.
        shows: at least one of these does.
        only_with: where the first stands, so does the second: an opening and what it refers to.
        relevant: whether the article speaks of the query.
        nothing: whether the summary is empty, for nothing in the article is fit or new.
    """

    id: str
    kind: str
    title: str
    body: str
    sapo: str = ""
    request: dict[str, Any] = field(default_factory=dict)
    never: Sequence[str] = ()
    shows: Sequence[str] = ()
    only_with: dict[str, str] = field(default_factory=dict)
    relevant: bool | None = None
    nothing: bool = False


def read_cases(path: Path) -> list[SummaryCase]:
    """One JSON object a line, as ``SummaryCase`` has them. Raises InvalidInput naming the file and the line."""
    return read_json_lines(path, "the fields of a case of a summary", lambda row: SummaryCase(**row))


def faults(case: SummaryCase, summarizer: Summarizer) -> list[str]:
    """What is wrong with the summary of a case; nothing where it is fit."""
    request = SummaryRequest(**case.request)
    article = Article(id=case.id, title=case.title, sapo=case.sapo, body=case.body)
    summary = summarizer.summarize(article, request)
    answer = summary_answer(case.id, summary, request)
    shown = answer.text
    found = [f"shows {part!r}" for part in case.never if part in shown]
    if case.shows and not any(part in shown for part in case.shows):
        found.append(f"lacks {' and '.join(map(repr, case.shows))}")
    found += [
        f"{part!r} without {other!r}" for part, other in case.only_with.items() if part in shown and other not in shown
    ]
    if case.nothing != (not summary.sentences):
        found.append("is empty" if not summary.sentences else f"shows {shown!r}")
    if case.relevant is not None and summary.relevant != case.relevant:
        found.append(f"relevant is {summary.relevant}")
    return found + _broken_promises(article, summary, request)


def measure_cases(cases: Sequence[SummaryCase], summarizer: Summarizer) -> dict[str, Any]:
    """The share of fit summaries of each kind of trap and of all, 0 to 1, and what is wrong with the others."""
    wrong = {case.id: found for case in cases if (found := faults(case, summarizer))}
    kinds: dict[str, list[bool]] = {}
    for case in cases:
        kinds.setdefault(case.kind, []).append(case.id not in wrong)
    rates = {kind: {"cases": float(len(fit)), "fit": sum(fit) / len(fit)} for kind, fit in kinds.items()}
    rates["all"] = {"cases": float(len(cases)), "fit": 1 - len(wrong) / len(cases)}
    return {"rates": rates, "faults": wrong}


def _broken_promises(article: Article, summary: Summary, request: SummaryRequest) -> list[str]:
    """What no summary may do: say what isn't there, or be longer than asked for."""
    published = {"sapo": article.sapo, "body": article.body}
    shown = summary.sentences
    found = [f"{one.text!r} isn't there" for one in shown if published[one.field][one.start : one.end] != one.text]
    if request.sentences is not None and len(shown) > request.sentences:
        found.append(f"has {len(shown)} sentences")
    length = sum(len(syllables(one.text)) for one in shown)
    most = PUSH_SYLLABLES if request.form == "push" else request.syllables
    if most is not None and length > most:
        found.append(f"has {length} syllables")
    return found
