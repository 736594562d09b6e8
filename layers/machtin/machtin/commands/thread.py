"""machtin thread: the story of an article as a line of events."""

from __future__ import annotations

import click

from machtin.article import valid_id
from machtin.commands.api import ask
from machtin.commands.ask import AS_JSON
from machtin.commands.terminal import about, stdout


@click.command(
    short_help="Show the story of an article, event by event.",
    epilog="""\b
Example:
  machtin thread khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi
""",
)
@click.argument("article_id", metavar="ID")
@AS_JSON
def thread(article_id: str, as_json: bool) -> None:
    """Show the story that an article is part of: its events, oldest first, the fullest report of each."""
    answer = ask("GET", f"/v1/articles/{valid_id(article_id)}/thread", {}, as_json=as_json)
    if answer is None:
        return
    console = stdout()
    if answer["degraded"]:
        click.echo("machtin: the story could not be read, this is the article alone", err=True)
    counts = (answer["articles"], "article"), (len(answer["events"]), "event")
    console.print(", ".join(f"{count} {what}{'s' if count != 1 else ''}" for count, what in counts), style="dim")
    for event in answer["events"]:
        console.print(f"\n{event['article']['title']}", style="bold")
        console.print(f"  {about(event['article'])}", style="dim")
        for part, told in (("others", "also told in"), ("copies", "also as")):
            if event[part]:
                console.print(f"  {told}: " + ", ".join(one["id"] for one in event[part]), style="dim")
