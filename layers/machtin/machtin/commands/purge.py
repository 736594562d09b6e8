"""machtin purge: forget tombstones that no late message can need any more."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from machtin.commands.exit_codes import SOME_REFUSED
from machtin.purging import DEFAULT_DAYS


@click.command(
    short_help="Forget old tombstones.",
    epilog="""\b
Examples:
  machtin purge
  machtin purge --older-than 90
""",
)
@click.option(
    "--older-than", metavar="DAYS", type=int, default=DEFAULT_DAYS, show_default=True, help="Their age in days."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def purge(older_than: int, as_json: bool) -> None:
    """Forget, in every index version, the tombstones of articles that were taken down so many days ago.

    The store keeps its own: an address that was taken down answers 410 for ever. At least 15 days, since a message
    about an article can wait for 14. machtin serve does this once a day.
    """
    from machtin import bootstrap

    answer = bootstrap.service().purge(older_than)
    if as_json:
        click.echo(json.dumps(asdict(answer), ensure_ascii=False))
    else:
        click.echo(f"{answer.tombstones:,} tombstones of before {answer.before[:10]} forgotten.")
    for version, reason in answer.failed.items():
        click.echo(f"machtin: index version {version} was left out: {reason}", err=True)
    if answer.failed:
        raise click.exceptions.Exit(SOME_REFUSED)
