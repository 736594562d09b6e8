"""A re-index and its gate's report as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

MARKS: Final = {"passed": "ok", "refused": "REFUSED", "not_decisive": "open"}


def summary(answer: dict[str, Any]) -> str:
    """One line of a list of re-indexes."""
    parts = [f"version {answer['version'] or '–'}", f"before {answer['previous'] or '–'}"]
    parts.append(f"{answer['articles_done']:,} articles")
    if answer["gate"]:
        parts.append(f"gate {MARKS[answer['gate']['verdict']]}")
    if answer["force"]:
        parts.append(f"forced: {answer['force']}")
    return f"{answer['id']}  {answer['state']:<11} {', '.join(parts)}"


def details(answer: dict[str, Any]) -> Iterator[str]:
    """Everything that is known of one re-index, a line each."""
    yield summary(answer)
    yield f"  step {answer['step']}, model {answer['model_version'] or '–'}, begun {answer['started_at']}"
    if answer["rate"]:
        yield f"  {answer['articles_done']:,} of {answer['articles_total']:,} articles, {answer['rate']:,.0f} a second"
    if answer["error"] and answer["state"] != "refused":
        yield f"  {answer['error']}"
    if answer["setbacks"]:
        yield f"  set back {answer['setbacks']} times, tried again"
    if answer["cancel_requested"] and answer["state"] == "running":
        yield "  is to be cancelled"
    if answer["gate"]:
        yield from gate(answer["gate"], answer["version"])


def gate(report: dict[str, Any], candidate: str) -> Iterator[str]:
    """The gate's report: a row for each figure, a line for each reason."""
    compared = (
        f"compared with {report['live']}" if report["live"] else f"nothing to compare with: {report['live_failure']}"
    )
    yield f"  Gate: {MARKS[report['verdict']]}, {compared}, in {report['seconds']:.1f} s"
    yield f"    {'':32}{'live':>10}{'candidate':>12}"
    for part in report["parts"]:
        yield f"    {MARKS[part['verdict']]:<8}{part['name']}"
        for figure in part["figures"]:
            if figure["name"].startswith("section ") and figure["live"] == figure["candidate"]:
                continue  # there may be dozens; --json has them all
            yield (
                f"      {figure['name'][:30]:30}{_number(figure['live']):>10}{_number(figure['candidate']):>12}"
                f"   {figure['note']}"
            ).rstrip()
        for reason in part["reasons"]:
            yield f"      → {reason}"
    changed = {"lose": report["worst_queries"], "gain": report["best_queries"]}
    for how, queries in changed.items():
        if queries:
            yield f"    Queries that {how} most (nDCG@10):"
        for one in queries:
            yield f"      {one['text'][:50]:50}{one['live']:>8.3f}{one['candidate']:>8.3f}"
    if any(changed.values()):
        yield f"    Every query, and what moved: machtin evaluate --compare {report['live']} {candidate}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}"
