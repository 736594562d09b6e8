"""machtin draft: what an editor should know of an article before it is published."""

from __future__ import annotations

import json
from typing import Any, Final

import click

from machtin.commands.api import ask
from machtin.commands.ask import AS_JSON
from machtin.commands.ask import draft as read_draft
from machtin.commands.terminal import about, stdout

PARTS: Final = (("developments", "Diễn biến"), ("background", "Bối cảnh"))
FIELDS: Final = {"title": "tựa", "sapo": "sapo", "body": "thân bài"}


@click.command(
    short_help="What to know of a draft: duplicates, tags, links, related news.",
    epilog="""\b
Examples:
  machtin draft draft.html
  machtin draft draft.json --json
  cat draft.txt | machtin draft -
""",
)
@click.argument("file", metavar="FILE|-")
@click.option("--size", type=int, help="At most this many articles in each part (6; at most 50).")
@AS_JSON
def draft(file: str, size: int | None, as_json: bool) -> None:
    """What is published already of a draft, which tags and links it could have, and its related news.

    A draft is a page, a JSON file or a text, whose first line is the headline; - reads it from standard input. Places
    of links count characters of the field, from 0.
    """
    body = json.dumps(read_draft(file, headline_alone=True)).encode("ascii")
    answer = ask("POST", "/v1/drafts/related", {"size": size}, body=body, as_json=as_json)
    if answer is None:
        return
    if answer["degraded"]:
        click.echo("machtin: a part of the search could not answer; there may be more to know of this draft", err=True)
    _show_duplicates(answer["duplicates"])
    _show_tags(answer["tags"])
    _show_links(answer["links"])
    for part, heading in PARTS:
        _heading(heading, answer[part])
        for one in answer[part]:
            stdout().print(f"  {one['title']}")
            stdout().print(f"    {about(one)}", style="dim")
    if not any(answer[part] for part in ("duplicates", "tags", "links", "developments", "background")):
        click.echo("Kho bài chưa có gì liên quan đến bài nháp này.")


def _heading(text: str, below: list[dict[str, Any]]) -> None:
    if below:
        stdout().print(f"\n{text}", style="bold underline")


def _show_duplicates(found: list[dict[str, Any]]) -> None:
    _heading("Đã có bài này", found)
    for one in found:
        differs = " · khác số liệu" if one["facts_differ"] else ""
        stdout().print(f"  {one['title']}")
        stdout().print(f"    {about(one)} · trùng {one['share']:.0%} bài nháp{differs}", style="dim")


def _show_tags(found: list[dict[str, Any]]) -> None:
    _heading("Thẻ gợi ý", found)
    for one in found:
        place = one["found_in_text"]
        stands = f" · có trong {FIELDS[place['field']]}" if place else ""
        stdout().print(f"  {one['tag']} · {one['articles']} bài{stands}")


def _show_links(found: list[dict[str, Any]]) -> None:
    _heading("Liên kết gợi ý", found)
    for one in found:
        target = f"{one['article']['title']} ({one['article']['id']})" if one["article"] else f"thẻ {one['tag']}"
        stdout().print(f"  “{one['text']}” → {target}")
        stdout().print(f"    {FIELDS[one['field']]}, ký tự {one['start']}–{one['end']} · {one['reason']}", style="dim")
