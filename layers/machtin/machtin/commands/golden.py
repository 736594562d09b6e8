"""machtin golden: the newsroom's own judged queries, which every re-index is measured by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from machtin.commands.query_argument import QueryCommand
from machtin.errors import InvalidInput, NotFound
from machtin.settings import Settings

if TYPE_CHECKING:
    from machtin.golden_csv import Judgement

MOST_TOLD: Final = 20


@click.group(
    short_help="Your own judged queries: import, add, list, remove.",
    epilog="""\b
Examples:
  machtin golden import cau-hoi.csv
  machtin golden add "giá gạo hôm nay" gia-gao-xuat-khau --grade 2
  machtin golden list
  machtin golden remove "giá gạo hôm nay"
  machtin evaluate
""",
)
def golden() -> None:
    """Keep the queries that search is measured by, with the articles that answer them.

    A CSV file, as Excel saves it, has a row for each pair and columns named query, article (id or address) and, if
    wanted, grade (0 to 9; 1 where none is given). They lie in MACHTIN_GOLDEN, DATA/golden by default, or in the bucket
    under golden/; machtin evaluate measures by them, and so does the gate of every re-index, from 20 queries on.
    """


@golden.command("import", short_help="Take a CSV file; again: it replaces what it brought before.")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_table(path: Path) -> None:
    """Take the rows of a CSV file (query, article, grade), whole or not at all.

    An address becomes the id of its article. A file of the same name replaces what it brought before, so that one table
    can be kept in Excel and imported whenever it has changed.
    """
    from machtin import bootstrap
    from machtin.golden import named_by_id, read_table, write_table
    from machtin.golden_csv import written_csv

    judged = read_table(path)
    settings = Settings.from_env()
    store = bootstrap.service().store
    judged = named_by_id(judged, store, search=settings.store != "s3")
    with bootstrap.golden_folder(settings, edit=True) as folder:
        name = (re.sub(r"[^\w.-]+", "-", path.stem).lstrip(".") or "queries") + ".csv"
        write_table(folder / name, written_csv(judged))
    queries = len({one.query for one in judged})
    click.echo(f"{queries:,} queries with {len(judged):,} judged articles are kept as {name}.")
    _tell_unknown(judged)


@golden.command(cls=QueryCommand, short_help="Say which articles a query should find.")
@click.argument("query")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@click.option("--grade", type=click.IntRange(0, 9), default=1, show_default=True, help="How well they answer; 0: not.")
def add(query: str, articles: Sequence[str], grade: int) -> None:
    """Judge articles, by id or address, as answers to a query; a pair that was judged before gets the new grade."""
    from machtin import bootstrap
    from machtin.golden import ADDED, named_by_id, read_table, write_table
    from machtin.golden_csv import Judgement, read_golden_csv, written_csv

    rows = [Judgement(query, article, grade, "") for article in articles]
    settings = Settings.from_env()
    # Checked as a table is, so that what is refused there is refused here.
    fresh = read_golden_csv(written_csv(rows), "golden add")
    fresh = named_by_id(fresh, bootstrap.service().store, search=settings.store != "s3")
    with bootstrap.golden_folder(settings, edit=True) as folder:
        path = folder / ADDED
        kept = {(one.query, one.article): one for one in (read_table(path) if path.exists() else [])}
        kept.update(((one.query, one.article), one) for one in fresh)
        write_table(path, written_csv(kept.values()))
    click.echo(f"“{fresh[0].query}” is judged with {len(fresh):,} articles.")
    _tell_unknown(fresh)


@golden.command(cls=QueryCommand, short_help="Forget a query, or one of its articles.")
@click.argument("query")
@click.argument("article", required=False)
def remove(query: str, article: str | None) -> None:
    """Take a query, or one of its articles (id or address), out of the tables."""
    from machtin import bootstrap
    from machtin.beir import read_judged
    from machtin.golden import named_by_id, read_table, tables_of, write_table
    from machtin.golden_csv import Judgement, plain_query, written_csv

    wanted, settings = plain_query(query), Settings.from_env()
    named = set[str]()
    if article is not None:
        row = Judgement(wanted, article, 1, "")
        known = named_by_id([row], bootstrap.service().store, search=settings.store != "s3")
        named = {article, known[0].article}
    removed = 0
    with bootstrap.golden_folder(settings, edit=True) as folder:
        for path in tables_of(folder):
            rows = read_table(path)
            left = [one for one in rows if one.query != wanted or (named and one.article not in named)]
            removed += len(rows) - len(left)
            if not left:
                path.unlink()
            elif len(left) < len(rows):
                write_table(path, written_csv(left))
        others = read_judged(folder)
    if not removed and others and wanted in others[0].values():
        raise InvalidInput.of("query", "stands in queries.jsonl and qrels/test.tsv; take it out there")
    if not removed:
        raise NotFound(f"no table judges {'this article for ' if article else ''}“{wanted}”; see machtin golden list")
    click.echo(f"{removed:,} judgements are removed.")


@golden.command("list", short_help="Show all queries with their articles.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(as_json: bool) -> None:
    """Show every query with its articles and grades, and tell which articles are not there."""
    from machtin import bootstrap
    from machtin.golden import read_golden, unknown_articles
    from machtin.golden_csv import Judgement

    with bootstrap.golden_folder(Settings.from_env()) as folder:
        found = read_golden(folder)
    texts, judgements = (found.queries, found.judgements) if found else ({}, {})
    judged = [
        Judgement(text, article, grade, "")
        for query, text in texts.items()
        for article, grade in judgements[query].items()
    ]
    unknown = {one.article for one in unknown_articles(judged, bootstrap.service().store)}
    queries: dict[str, list[Judgement]] = {}
    for one in judged:
        queries.setdefault(one.query, []).append(one)
    if as_json:
        listed = [
            {
                "query": query,
                "articles": [
                    {"id": one.article, "grade": one.grade, "known": one.article not in unknown} for one in rows
                ],
            }
            for query, rows in queries.items()
        ]
        click.echo(json.dumps({"queries": listed}, ensure_ascii=False))
        return
    for query, rows in queries.items():
        click.echo(query)
        for one in rows:
            click.echo(f"  {one.grade}  {one.article}" + ("   (not there)" if one.article in unknown else ""))
    if not queries:
        click.echo("There are no golden queries; machtin golden import FILE.csv takes some.", err=True)


def _tell_unknown(judged: Iterable[Judgement]) -> None:
    from machtin import bootstrap
    from machtin.golden import unknown_articles

    unknown = unknown_articles(list(judged), bootstrap.service().store)
    for one in unknown[:MOST_TOLD]:
        where = f"{one.where}: " if one.where else ""
        click.echo(f"{where}there is no article {one.article}; the row is kept and counts once there is", err=True)
    if len(unknown) > MOST_TOLD:
        click.echo(f"… and {len(unknown) - MOST_TOLD:,} more; machtin golden list names them all", err=True)
