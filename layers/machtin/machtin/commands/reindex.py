"""machtin reindex: build a new index version beside the live one, swap, and roll back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

import click

from machtin.commands.api import ask
from machtin.commands.exit_codes import FAILURE
from machtin.commands.terminal import Progress
from machtin.settings import Settings

if TYPE_CHECKING:
    from machtin.adapters.local_work import LocalWork

FOLLOW_SECONDS: Final = 0.5


@click.command(
    short_help="Build the index anew, or roll back.",
    epilog="""\b
Examples:
  machtin reindex
  machtin reindex --list
  machtin reindex --rollback 20260315T083000000000
""",
)
@click.option("--rollback", metavar="ID", help="Make the version that was live before this re-index live again.")
@click.option("--list", "listing", is_flag=True, help="Show all re-indexes, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print the API's own objects.")
def reindex(rollback: str | None, listing: bool, as_json: bool) -> None:
    """Build the index anew from the store while the old one answers, then swap; the old one stays for rollback.

    A re-index that is under way, in the server or cut short before, is followed or finished, not started twice.
    """
    if rollback and listing:
        raise click.UsageError("give --rollback or --list, not both")
    if listing:
        _list(as_json)
    elif rollback:
        _roll_back(rollback, as_json)
    else:
        _tell(_to_the_end(), as_json)


def _to_the_end() -> dict[str, Any]:
    from machtin import bootstrap
    from machtin.commands.installation import background_work

    running = bootstrap.service().reindexer.running()
    if running is not None:
        click.echo(f"Re-index {running.id} is under way; going on with it.", err=True)
    with background_work(Settings.from_env()) as work, Progress("Re-index") as progress:
        # Taken in hand before it begins, so that it's known who carries it out.
        work.take()
        begun = ask("POST", "/v1/reindexes", {}, as_json=False) if running is None else {"id": running.id}
        return _follow(work, progress, str(begun["id"] if begun else ""))


def _follow(work: LocalWork, progress: Progress, reindex_id: str) -> dict[str, Any]:
    """Carry a re-index out, and whatever changes meanwhile; or watch the process that does."""
    while True:
        answer = ask("GET", f"/v1/reindexes/{reindex_id}", {}, as_json=False) or {}
        if answer["state"] != "running":
            return answer
        note = answer["step"] if work.lock.held else f"{answer['step']}, in another process"
        progress.show(answer["articles_done"], answer["articles_total"], answer["articles_done"], note)
        if work.advance(reindex_id):
            work.deliver()
        else:
            time.sleep(FOLLOW_SECONDS)


def _tell(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    elif answer["state"] == "done":
        click.echo(f"Index version {answer['version']} is live, with {answer['articles_done']:,} articles written.")
        if answer["previous"]:
            click.echo(f"Version {answer['previous']} is kept. To go back: machtin reindex --rollback {answer['id']}")
    if answer["state"] == "failed":
        click.echo(f"machtin: re-index {answer['id']} failed: {answer['error']}", err=True)
        raise click.exceptions.Exit(FAILURE)


def _roll_back(reindex_id: str, as_json: bool) -> None:
    from machtin.article import valid_id

    answer = ask("POST", f"/v1/reindexes/{valid_id(reindex_id)}/rollback", {}, as_json=as_json)
    if answer is not None:
        click.echo(f"Index version {answer['previous']} is live again; {answer['version']} is kept.")


def _list(as_json: bool) -> None:
    from dataclasses import asdict

    from machtin import bootstrap
    from machtin.reindexing import reindex_answer

    answers = [reindex_answer(record) for record in bootstrap.service().reindexer.all()]
    if as_json:
        click.echo(json.dumps([asdict(answer) for answer in answers], ensure_ascii=False))
        return
    for one in answers:
        done = f"{one.articles_done:,} articles"
        click.echo(f"{one.id}  {one.state:<11} version {one.version}, before {one.previous or '–'}, {done}")
    if not answers:
        click.echo("There has been no re-index.", err=True)
