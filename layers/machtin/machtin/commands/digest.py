"""machtin digest: one text of several articles, each sentence with its source."""

from __future__ import annotations

from typing import Any

import click

from machtin.commands.api import ask
from machtin.commands.ask import AS_JSON
from machtin.commands.terminal import about, stdout


@click.command(
    short_help="Digest several articles, or the event of one.",
    epilog="""\b
Examples:
  machtin digest khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi
  machtin digest bao-so-5-do-bo bao-so-5-suy-yeu --syllables 120
  machtin digest bao-so-5-do-bo --sentences 4 --json
""",
)
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option("--sentences", type=int, help="At most this many sentences.")
@click.option("--syllables", type=int, help="Never longer than this (250 without --sentences).")
@AS_JSON
def digest(ids: tuple[str, ...], as_json: bool, **parameters: object) -> None:
    """Digest these articles in their own sentences, first published first; of one ID, its event's developments too.

    Numbers that the articles give differently for the same thing stand side by side below.
    """
    named = {"article": ids[0]} if len(ids) == 1 else {"ids": ",".join(ids)}
    answer = ask("GET", "/v1/digests", {**named, **parameters}, as_json=as_json)
    if answer is None:
        return
    for one in answer["missing"]:
        click.echo(f"machtin: {one['id']} is {one['reason'].replace('_', ' ')} and left out", err=True)
    if not answer["sentences"]:
        click.echo("machtin: no sentence of the articles fits what was asked", err=True)
    source = None
    for sentence in answer["sentences"]:
        if sentence["source"]["id"] != source:
            source = sentence["source"]["id"]
            stdout().print(f"\n{sentence['source']['title']} · {about(sentence['source'])}", style="dim")
        stdout().print(sentence["text"])
    _show_contradictions(answer["contradictions"])


def _show_contradictions(found: list[dict[str, Any]]) -> None:
    console = stdout()
    for one in found:
        console.print(f"\nDifferent numbers: {one['about']}", style="bold")
        for report in one["reports"]:
            more = f" and {report['articles'] - 1} more" if report["articles"] > 1 else ""
            console.print(f"  {report['number']} · {about(report['sentence']['source'])}{more}")
