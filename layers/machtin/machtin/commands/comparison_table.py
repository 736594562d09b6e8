"""Two index versions compared, as lines for a terminal and as a page that stands alone."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Final

from machtin.comparison import Comparison, Move, QueryChange

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.25em .6em;text-align:left;vertical-align:top}"
    "tbody tr.query{border-top:1px solid #999;font-weight:600}td.number{text-align:right;white-space:nowrap}"
    ".worse{color:#a40000}.better{color:#006400}"
)


def lines(found: Comparison) -> Iterator[str]:
    """The means, then every query that has changed, worst first, with the articles that moved."""
    yield f"before {found.before}, after {found.after}: {_count(found)}"
    yield f"nDCG@10 {found.ndcg_before:.4f} → {found.ndcg_after:.4f}, {_difference(found)}"
    for one in found.queries:
        if not one.moves:
            continue
        yield ""
        yield f"{one.before:.3f} → {one.after:.3f}  {one.text}"
        for move in one.moves:
            yield f"    {_rank(move.before):>4} → {_rank(move.after):<4} {_grade(move):9} {move.title} ({move.article})"


def page(found: Comparison) -> str:
    """The same as one HTML file without scripts."""
    rows = "".join(_row(one) for one in found.queries if one.moves)
    title = html.escape(f"{found.before} → {found.after}")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"<h1>{title}</h1><p>{html.escape(_count(found))}<br>nDCG@10 {found.ndcg_before:.4f} → {found.ndcg_after:.4f}, "
        f"{html.escape(_difference(found))}</p><table><thead><tr><th>before → after<th>query, and what moved<th>grade"
        f"</thead><tbody>{rows}</tbody></table></html>\n"
    )


def _row(one: QueryChange) -> str:
    style = "worse" if one.after < one.before else "better" if one.after > one.before else ""
    moves = "".join(
        f'<tr><td class="number">{_rank(move.before)} → {_rank(move.after)}<td>{html.escape(move.title)} '
        f"<small>{html.escape(move.article)}</small><td>{_grade(move)}"
        for move in one.moves
    )
    figures = f"{one.before:.3f} → {one.after:.3f}"
    return f'<tr class="query {style}"><td class="number">{figures}<td colspan="2">{html.escape(one.text)}{moves}'


def _count(found: Comparison) -> str:
    worse = sum(one.after < one.before for one in found.queries)
    better = sum(one.after > one.before for one in found.queries)
    return f"{len(found.queries)} queries, {worse} worse, {better} better"


def _difference(found: Comparison) -> str:
    mean, low, high = found.difference
    return f"difference {mean:+.4f}, with 95 % confidence from {low:+.4f} to {high:+.4f}"


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)


def _grade(move: Move) -> str:
    return "unjudged" if move.grade is None else f"grade {move.grade}"
