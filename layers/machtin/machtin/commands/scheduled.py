"""machtin scheduled: which articles wait for their moment."""

from __future__ import annotations

import click

from machtin.commands.api import ask


@click.command(
    short_help="Articles that wait for their moment.",
    epilog="""\b
Examples:
  machtin scheduled
  machtin scheduled --json | jq -r '.articles[].id'
""",
)
@click.option("--size", type=click.IntRange(1, 500), default=100, show_default=True, help="At most this many.")
@click.option("--json", "as_json", is_flag=True, help="Print the API's answer.")
def scheduled(size: int, as_json: bool) -> None:
    """Show the articles that readers will be shown at their publish_at, soonest first.

    machtin serve publishes them. To move one put it again with another publish_at, to publish it at once without one; a
    take-down cancels it.
    """
    answer = ask("GET", "/v1/scheduled", {"size": size}, as_json=as_json)
    if answer is None:
        return
    for one in answer["articles"]:
        section = f"  [{one['section']}]" if one["section"] else ""
        click.echo(f"{one['publish_at']}  {one['id']}{section}  {one['title']}")
    if not answer["articles"]:
        click.echo("Nothing is scheduled.", err=True)
