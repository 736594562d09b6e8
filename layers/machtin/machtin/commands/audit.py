"""machtin audit: who did what to an article, or to re-indexes, when and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import click

from machtin.commands.api import ask

WORDS: Final = {
    "take_down": "take down",
    "begin_reindex": "begin",
    "cancel_reindex": "cancel",
    "promote_reindex": "promote",
    "roll_back_reindex": "roll back",
}


@click.command(
    short_help="Who did what to an article, and why.",
    epilog="""\b
Examples:
  machtin audit gia-gao-xuat-khau
  machtin audit gia-gao-xuat-khau --json | jq '.records[] | select(.action == "take_down")'
  machtin audit --reindexes
""",
)
@click.argument("article_id", metavar="ID", required=False)
@click.option("--reindexes", is_flag=True, help="What editors did to re-indexes, instead of an article.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit(article_id: str | None, reindexes: bool, as_json: bool) -> None:
    """Show an article's life in order: who put or took it down, when (UTC), why, and its revisions before and after.

    Nothing removes these records; an article that was taken down has them too.
    """
    if (article_id is None) is not reindexes:
        raise click.UsageError("give the ID of an article, or --reindexes")
    answer = _of_reindexes(as_json) if article_id is None else _of_article(article_id, as_json)
    if answer is None:
        return
    for line in table(answer["records"]):
        click.echo(line)
    if not answer["records"]:
        click.echo("Nothing is on record.", err=True)


def _of_article(article_id: str, as_json: bool) -> dict[str, Any] | None:
    from machtin.article import valid_id

    return ask("GET", f"/v1/articles/{valid_id(article_id)}/audit", {}, as_json=as_json)


def _of_reindexes(as_json: bool) -> dict[str, Any] | None:
    from machtin import bootstrap

    answer = asdict(bootstrap.service().editing.trail_of_reindexes())
    if not as_json:
        return answer
    click.echo(json.dumps(answer, ensure_ascii=False))
    return None


def table(records: list[dict[str, Any]]) -> Iterator[str]:
    """A row for each record in columns as wide as they need to be, and a line for a reason."""
    rows = [_row(record) for record in records]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    for record, row in zip(records, rows, strict=True):
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        if record["reason"]:
            yield f"  because: {record['reason']}"


def _row(record: dict[str, Any]) -> list[str]:
    article = record["after"] is not None
    return [
        record["when"][:19].replace("T", " "),
        WORDS.get(record["action"], record["action"]),
        record["outcome"],
        f"{record['before'] or '–'} → {record['after']}" if article else record["id"],
        record["who"],
        f"request {record['request_id']}" if record["request_id"] else "",
    ]
