"""machtin ingest: files, folders and standard input into store and index."""

from __future__ import annotations

import json
from pathlib import Path

import click

from machtin.commands.exit_codes import INTERRUPTED, SOME_REFUSED
from machtin.settings import Settings


@click.command(
    short_help="Take articles in: files, folders, standard input.",
    epilog="""\b
Examples:
  machtin ingest articles.ndjson pages/ bai-moi.html
  xz -dc archive.ndjson.xz | machtin ingest -
  machtin ingest pages/ --json | jq .refused
""",
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def ingest(paths: tuple[str, ...], as_json: bool) -> None:
    """Take articles in: NDJSON, JSON, HTML and plain-text pages, folders of them, or - for standard input.

    On return the articles can be searched. The same articles again change nothing, so an interrupted run is simply
    repeated. It works while machtin serve runs on the same data folder.
    """
    from machtin.commands.installation import background_work, take_in, tell

    settings = Settings.from_env()
    given: list[Path | str] = list(paths)
    with background_work(settings) as work:
        try:
            tally = take_in(settings, work, given, "Taking in")
        except KeyboardInterrupt as error:
            click.echo(f"\nStopped. What was taken is kept; {work.waiting():,} articles wait to be indexed.", err=True)
            click.echo("The next machtin ingest or machtin serve goes on with them.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from error
    if as_json:
        click.echo(json.dumps(tally.to_json(), ensure_ascii=False))
    else:
        tell(tally, settings)
    if tally.refused:
        raise click.exceptions.Exit(SOME_REFUSED)
