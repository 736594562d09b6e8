"""machtin feeds: poll the feeds now, and show what came of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from machtin.commands.exit_codes import INTERRUPTED, SOME_REFUSED
from machtin.errors import SettingsError
from machtin.settings import Settings

if TYPE_CHECKING:
    from machtin.feed_report import FeedReport, PollReport

SHOWN = 5


@click.command(
    short_help="Poll the feeds of news sites now.",
    epilog="""\b
Examples:
  MACHTIN_FEEDS=https://bao.example/rss/tin-moi.rss machtin feeds
  machtin feeds --seconds 60 --json | jq .feeds
""",
)
@click.option("--seconds", type=click.IntRange(5, 86_400), default=300, show_default=True, help="How long it may take.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def feeds(seconds: int, as_json: bool) -> None:
    """Ask the RSS and Atom feeds and the sitemaps that MACHTIN_FEEDS names for news, and take in what is new.

    Articles may lie at the feeds' own hosts and at those that MACHTIN_FEED_HOSTS names (*.bao.example for all below
    one). A site is asked once a second at most, and less often where its robots.txt says so; what is left when the time
    is over comes next time. machtin serve does this every 15 minutes.
    """
    from machtin import bootstrap
    from machtin.adapters.local_events import drain
    from machtin.commands.installation import background_work

    settings = Settings.from_env()
    if not settings.feeds.addresses:
        raise SettingsError("MACHTIN_FEEDS names no feed; give addresses such as https://bao.example/rss/tin.rss")
    with background_work(settings) as work:
        try:
            report = bootstrap.feeds().poll(within=seconds, every=0)
            drain(work.deliver, work.waiting, lambda _: None)
        except KeyboardInterrupt as error:
            click.echo("\nStopped. What was taken is kept; the rest comes with the next poll.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from error
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        _tell(report, settings)
    if report.failed or report.total("refused"):
        raise click.exceptions.Exit(SOME_REFUSED)


def _tell(report: PollReport, settings: Settings) -> None:
    for one in report.feeds.values():
        click.echo(f"{one.address}\n  {_counts(one)}")
        if one.reason and one.state != "failed":
            click.echo(f"  waits: {one.reason}")
        for refusal in one.refusals[:SHOWN]:
            click.echo(f"  refused: {refusal['address']}: {refusal['reason']}")
        if one.refused > SHOWN:
            click.echo(f"  … and {one.refused - SHOWN:,} more")
    click.echo(
        f"{report.total('new'):,} new, {report.total('changed'):,} changed, {report.total('unchanged'):,} unchanged, "
        f"{report.total('refused'):,} refused, {report.total('waiting'):,} left, in {report.seconds:.1f} s"
    )
    if report.total("refused"):
        click.echo(f"Pages that could not be read are kept, with the reason, in {settings.refused_folder}")


def _counts(one: FeedReport) -> str:
    if one.state == "failed":
        return f"could not be polled: {one.reason}"
    told = {"polled": f"{one.entries:,} entries", "unchanged": "nothing new", "left": "not asked this time"}[one.state]
    return (
        f"{told}: {one.new:,} new, {one.changed:,} changed, {one.unchanged:,} unchanged, {one.refused:,} refused, "
        f"{one.waiting:,} left"
    )
