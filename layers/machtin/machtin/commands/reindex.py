"""machtin reindex: build a new index version beside the live one, compare, swap, cancel and roll back."""

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
  machtin reindex --show 20260315T083000000000
  machtin reindex --cancel 20260315T083000000000
  machtin reindex --promote 20260315T083000000000 --force "the lost queries are about a closed section"
  machtin reindex --rollback 20260315T083000000000
""",
)
@click.option("--force", metavar="REASON", help="Promote even if the gate refuses; the reason is kept.")
@click.option("--promote", metavar="ID", help="Promote what the gate refused; give the reason with --force.")
@click.option("--cancel", metavar="ID", help="End a re-index before its version is promoted.")
@click.option("--rollback", metavar="ID", help="Make the version that was live before this re-index live again.")
@click.option("--show", metavar="ID", help="Show one re-index with its gate's report.")
@click.option("--list", "listing", is_flag=True, help="Show all re-indexes, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print the API's own objects.")
def reindex(
    force: str | None,
    promote: str | None,
    cancel: str | None,
    rollback: str | None,
    show: str | None,
    listing: bool,
    as_json: bool,
) -> None:
    """Build the index anew from the store while the old one answers, then swap; the old one stays for rollback.

    Before the swap the gate compares both; what it refuses is not promoted, the report says why, and the exit code is
    1. A re-index that is under way, in the server or cut short before, is followed or finished, not started twice.
    """
    if sum(one is not None for one in (promote, cancel, rollback, show)) + listing > 1:
        raise click.UsageError("give one of --promote, --cancel, --rollback, --show and --list")
    if force is not None and (listing or any(one is not None for one in (cancel, rollback, show))):
        raise click.UsageError("--force goes with a new re-index or with --promote")
    if promote is not None and force is None:
        raise click.UsageError("--promote needs the reason: --force REASON")
    if listing:
        _list(as_json)
    elif show is not None:
        _show(show, as_json)
    elif rollback is not None:
        _roll_back(rollback, as_json)
    elif cancel is not None:
        _cancel(cancel, as_json)
    elif promote is not None:
        _tell(_to_the_end(f"{_path(promote)}/promote", {"reason": force}), as_json)
    else:
        build_anew(force, as_json=as_json)


def build_anew(force: str | None, *, as_json: bool = False) -> None:
    """Carry a re-index out and tell what came of it. Raises click's Exit where its version was not promoted."""
    _tell(_to_the_end("/v1/reindexes", {"force": force} if force is not None else None), as_json)


def _to_the_end(path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    """Begin by this request, or go on with what was begun before, and carry it out."""
    from machtin import bootstrap
    from machtin.commands.installation import background_work

    running = bootstrap.service().reindexer.running() if body is None else None
    if running is not None:
        click.echo(f"Re-index {running.id} is under way; going on with it.", err=True)
    with background_work(Settings.from_env()) as work, Progress("Re-index") as progress:
        # Taken in hand before it begins, so that it's known who carries it out.
        work.take()
        sent = b"" if body is None else json.dumps(body).encode()
        begun = ask("POST", path, {}, body=sent, as_json=False) if running is None else {"id": running.id}
        return _follow(work, progress, str(begun["id"] if begun else ""))


def _follow(work: LocalWork, progress: Progress, reindex_id: str) -> dict[str, Any]:
    """Carry a re-index out, and whatever changes meanwhile; or watch the process that does."""
    while True:
        answer = ask("GET", f"/v1/reindexes/{reindex_id}", {}, as_json=False) or {}
        if answer["state"] != "running":
            return answer
        note = answer["step"] if work.lock.held else f"{answer['step']}, in another process"
        if answer["setbacks"]:
            note += f", set back: {answer['error']}"
        progress.show(answer["articles_done"], answer["articles_total"], answer["articles_done"], note)
        if work.lock.held:
            time.sleep(answer["retry_after"])
        if work.advance(reindex_id):
            work.deliver()
        else:
            time.sleep(FOLLOW_SECONDS)


def _tell(answer: dict[str, Any], as_json: bool) -> None:
    from machtin.commands.gate_table import gate

    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    elif answer["gate"]:
        click.echo("\n".join(gate(answer["gate"], answer["version"])))
    if answer["state"] == "done":
        if not as_json:
            _tell_done(answer)
        return
    was = "was " if answer["state"] in ("refused", "cancelled") else ""
    reason = f": {answer['error']}" if answer["error"] else ""
    click.echo(f"machtin: re-index {answer['id']} {was}{answer['state']}{reason}", err=True)
    if answer["state"] == "refused":
        click.echo(f'To promote it all the same: machtin reindex --promote {answer["id"]} --force "REASON"', err=True)
    raise click.exceptions.Exit(FAILURE)


def _tell_done(answer: dict[str, Any]) -> None:
    click.echo(f"Index version {answer['version']} is live, with {answer['articles_done']:,} articles written.")
    if answer["previous"]:
        click.echo(
            f"Version {answer['previous']} was live before. To go back: machtin reindex --rollback {answer['id']}"
        )


def _cancel(reindex_id: str, as_json: bool) -> None:
    """Ask for the end, and carry it out where nobody else is at work."""
    answer = _to_the_end(f"{_path(reindex_id)}/cancel", {})
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"Re-index {answer['id']} is {answer['state']}.")
    if answer["state"] != "cancelled":
        raise click.exceptions.Exit(FAILURE)


def _roll_back(reindex_id: str, as_json: bool) -> None:
    answer = _to_the_end(f"{_path(reindex_id)}/rollback", {})
    if answer["state"] != "rolled_back":
        _tell(answer, as_json)
    elif as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"Index version {answer['previous']} is live again; {answer['version']} is kept.")


def _show(reindex_id: str, as_json: bool) -> None:
    from machtin.commands.gate_table import details

    answer = ask("GET", _path(reindex_id), {}, as_json=as_json)
    if answer is not None:
        click.echo("\n".join(details(answer)))


def _list(as_json: bool) -> None:
    from machtin.commands.gate_table import summary

    answer = ask("GET", "/v1/reindexes", {}, as_json=as_json)
    if answer is None:
        return
    for one in answer["reindexes"]:
        click.echo(summary(one))
    if not answer["reindexes"]:
        click.echo("There has been no re-index.", err=True)


def _path(reindex_id: str) -> str:
    from machtin.article import valid_id

    return f"/v1/reindexes/{valid_id(reindex_id)}"
