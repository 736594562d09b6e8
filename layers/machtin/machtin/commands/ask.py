"""machtin search, article, related, summarize: the questions that the reader API answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from machtin.answers import SummaryForm, SummaryMode
from machtin.article import ID_PATTERN
from machtin.commands.api import ask
from machtin.commands.query_argument import QueryCommand
from machtin.commands.terminal import about, highlighted, stdout
from machtin.errors import InvalidInput

if TYPE_CHECKING:
    from rich.console import RenderableType

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the API's own object.")
SILENCES: Final = {
    "no_sentence": "nothing in the article is a sentence",
    "no_room": "no sentence of the article is as short as that",
    "nothing_new": "no sentence of the article says what the sapo doesn't and can stand alone",
    "no_line": "no sentence of the article makes a line of that length that can stand alone",
}
PAGE_ENDINGS: Final = (".html", ".htm", ".xhtml", ".txt", ".text", ".json", ".jsonl", ".ndjson")


@click.command(
    cls=QueryCommand,
    short_help="Search articles, with or without diacritics.",
    epilog="""\b
Examples:
  machtin search "giá gạo xuất khẩu"
  machtin search "gia gao xuat khau" --section "Kinh tế" --since 2026-03-01
  machtin search "rice export prices" --mode semantic --json
  machtin search "" --sort newest --facets
  machtin search "giá vàng" --sort relevant_newest --explain
  machtin search '"họp báo" -bóng muc:"Kinh tế"' --collapse copies
""",
)
@click.argument("query")
@click.option("--size", type=int, help="Hits to show (10; at most 100).")
@click.option("--from", "offset", type=int, help="Hits to pass over.")
@click.option("--section", help="Only this section.")
@click.option("--tag", help="Only articles with this tag.")
@click.option("--author", help="Only this author.")
@click.option("--since", metavar="DATE", help="Published at or after this date or RFC 3339 time.")
@click.option("--until", metavar="DATE", help="Published before this date or RFC 3339 time.")
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest", "relevant_newest", "relevant_oldest"]),
    help="By date alone, or what is clearly relevant first and by date within.",
)
@click.option("--mode", type=click.Choice(["hybrid", "lexical", "semantic"]))
@click.option("--facets", is_flag=True, default=None, help="Count the matches by section and month.")
@click.option("--collapse", type=click.Choice(["copies"]), help="Fold near-duplicates under one of them.")
@click.option("--explain", is_flag=True, default=None, help="Show the parts of each score.")
@AS_JSON
def search(query: str, offset: int | None, as_json: bool, **parameters: object) -> None:
    """Search articles, with or without diacritics; a query in English finds Vietnamese articles too."""
    answer = ask("GET", "/v1/search", {"q": query, "from": offset, **parameters}, as_json=as_json)
    if answer is None:
        return
    console = stdout()
    if answer["degraded"]:
        click.echo("machtin: one half of the search could not answer, these are the other half's hits", err=True)
    console.print(f"{answer['total']:,} found in {answer['took_ms']:.0f} ms", style="dim")
    if answer["searched"]:
        click.echo(f"machtin: searched for what the keys stand for: {answer['searched']}", err=True)
    elif answer["suggestion"]:
        click.echo(f"Did you mean: {answer['suggestion']}", err=True)
    for number, hit in enumerate(answer["hits"], start=(offset or 0) + 1):
        _show_hit(number, hit)
    for name, counts in answer["facets"].items():
        console.print(f"\n{name}: " + ", ".join(f"{value} {count}" for value, count in counts.items()))
    if not answer["total"]:
        click.echo("Nothing found. Try fewer words, or take articles in: machtin ingest PATH", err=True)


def _show_hit(number: int, hit: dict[str, Any]) -> None:
    console = stdout()
    title = highlighted(hit["title"], hit["highlights"]["title"], "bold")
    console.print()
    console.print(f"{number}.", title)
    _indented(about(hit) + f" · {hit['score']:.3f}", "dim")
    if hit["sapo"]:
        _indented(highlighted(hit["sapo"], hit["highlights"]["sapo"]))
    # What answers may be the sapo, which is there already.
    if (snippet := hit["snippet"]) and snippet["field"] == "body":
        _indented(highlighted(snippet["text"], snippet["highlights"]))
    if hit["copies"]:
        _indented("also as: " + ", ".join(hit["copies"]), "dim")
    if explain := hit["explain"]:
        for line in _explained(hit, explain):
            _indented(line, "dim")


def _explained(hit: dict[str, Any], explain: dict[str, Any]) -> list[str]:
    """How a score came about, in words."""
    parts = " + ".join(
        f"{part['name']} {part['value']:.3f} × {part['weight']:.2f}" + (" (estimated)" if part["estimated"] else "")
        for part in explain["parts"]
    )
    because = {
        "balanced": "as usual",
        "across_languages": "since words hardly meet across languages",
        "mode": "as the mode has it",
    }[explain["because"]]
    told = [("BM25", explain["bm25"]), ("of the best", explain["best_bm25"]), ("cosine", explain["cosine"])]
    raw = ", ".join(f"{name} {value:.3f}" for name, value in told if value is not None)
    return [
        f"score: {parts} = {hit['score']:.3f}" if parts else "score: none beyond the first candidates and by date",
        f"relevance: {hit['relevance'] or 'unknown'}; found by {' and '.join(explain['found_by'])}"
        + (f"; {raw}" if raw else ""),
        f"read as {explain['language']}: meaning weighs {explain['weight']:.2f}, {because}",
    ]


def _indented(text: RenderableType, style: str = "") -> None:
    from rich.padding import Padding

    console = stdout()
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, 3), expand=False), style=style)
    else:
        console.print("  ", text)


@click.command(
    short_help="Show an article as it was published.",
    epilog="""\b
Example:
  machtin article gia-gao-xuat-khau
""",
)
@click.argument("article_id", metavar="ID")
@AS_JSON
def article(article_id: str, as_json: bool) -> None:
    """Show an article as it was published."""
    answer = ask("GET", _path(article_id), {}, as_json=as_json)
    if answer is None:
        return
    console = stdout()
    console.print(answer["title"], style="bold")
    console.print(about(answer), style="dim")
    for paragraph in (answer["sapo"], *answer["body"].split("\n\n")):
        if paragraph:
            console.print(f"\n{paragraph}")
    if answer["related_as_published"]:
        console.print("\nRelated, as published:", style="dim")
        for item in answer["related_as_published"]:
            console.print(f"  - {item['title']}")


@click.command(
    short_help="Related news of an article or a draft.",
    epilog="""\b
Examples:
  machtin related gia-gao-xuat-khau
  machtin related draft.html
  cat draft.txt | machtin related -
""",
)
@click.argument("what", metavar="ID|FILE|-")
@click.option("--size", type=int, help="At most this many in each part (6; at most 50).")
@AS_JSON
def related(what: str, size: int | None, as_json: bool) -> None:
    """Related news of an article, or of a page or JSON file that is not published."""
    answer = _of_article_or_draft(what, "related", {"size": size}, as_json)
    if answer is None:
        return
    console = stdout()
    for part, heading in (("developments", "The same story"), ("background", "Background")):
        if answer[part]:
            console.print(f"\n{heading}", style="bold underline")
        for one in answer[part]:
            console.print(f"\n{one['title']}", style="bold")
            _indented(about(one) + f" · {one['score']:.3f}", "dim")
            if one["copies"]:
                _indented("also as: " + ", ".join(one["copies"]), "dim")
    if not answer["developments"] and not answer["background"]:
        click.echo("Nothing related was found.", err=True)


@click.command(
    short_help="Summarize an article or a draft.",
    epilog="""\b
Examples:
  machtin summarize gia-gao-xuat-khau --sentences 2
  machtin summarize draft.html --syllables 60
  cat draft.txt | machtin summarize - --query "giá lúa"
  machtin summarize gia-gao-xuat-khau --mode fresh --form bullets
  machtin summarize gia-gao-xuat-khau --form push
""",
)
@click.argument("what", metavar="ID|FILE|-")
@click.option("--sentences", type=int, help="At most this many sentences.")
@click.option("--syllables", type=int, help="Never longer than this.")
@click.option("--query", help="Prefer what speaks of this.")
@click.option("--mode", type=click.Choice(get_args(SummaryMode)), help="sapo+: sapo and news; fresh: news alone.")
@click.option("--form", type=click.Choice(get_args(SummaryForm)), help="Sentences, bullets or one line (text).")
@AS_JSON
def summarize(what: str, as_json: bool, **parameters: object) -> None:
    """Summarize an article, or what is not published, in sentences of its own.

    A draft is a page, a JSON file or a text, whose first line is the headline; - reads it from standard input.
    """
    answer = _of_article_or_draft(what, "summary", parameters, as_json)
    if answer is None:
        return
    if answer["relevant"] is False:
        click.echo("machtin: nothing in the article speaks of the query; this is its general summary", err=True)
    if answer["silence"]:
        click.echo(f"machtin: {SILENCES[answer['silence']]}", err=True)
    for sentence in answer["sentences"]:
        stdout().print(f"• {sentence['text']}" if answer["form"] == "bullets" else sentence["text"])
    if answer["novelty"] is not None:
        click.echo(f"machtin: {answer['novelty']:.0%} of what was added is not in the sapo", err=True)


def _path(article_id: str) -> str:
    from machtin.article import valid_id

    return f"/v1/articles/{valid_id(article_id)}"


def _of_article_or_draft(
    what: str, question: str, parameters: dict[str, object], as_json: bool
) -> dict[str, Any] | None:
    if what != "-" and not Path(what).exists() and not what.lower().endswith(PAGE_ENDINGS):
        if not re.fullmatch(ID_PATTERN, what):
            shown = what if len(what) <= 60 else what[:60] + "…"
            mend = "save a text, or a page from the web, as a file, or pipe it in and say -"
            raise InvalidInput.of(shown, f"is neither an article's id nor a file; {mend}")
        return ask("GET", f"{_path(what)}/{question}", parameters, as_json=as_json)
    body = json.dumps(draft(what)).encode("ascii")
    return ask("POST", f"/v1/drafts/{question}", parameters, body=body, as_json=as_json)


def draft(path: str) -> dict[str, Any]:
    """The one article in a file, without its id. Raises InvalidInput where there is none, or more."""
    from machtin.adapters.sources import Refused, read_sources

    sources = read_sources([path])
    first = next(sources, None)
    if first is None:
        raise InvalidInput.of(path, "holds no article")
    if isinstance(first, Refused):
        raise InvalidInput([problem._replace(field=path) for problem in first.reasons])
    if next(sources, None) is not None:
        raise InvalidInput.of(path, "holds more than one article; give a file with one")
    if not first.document.get("body") and not first.document.get("sapo"):
        raise InvalidInput.of(path, "holds a headline alone; give the text below it, from the second line on")
    return {name: value for name, value in first.document.items() if name != "id"}
