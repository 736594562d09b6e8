"""What a page showed that became no part of the article's text: each line, and what it is taken for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from machtin.page_dates import date_line
from machtin.page_lines import (
    address_of,
    byline,
    inline_related,
    is_caption,
    is_footer,
    is_furniture,
    is_list_heading,
    opens_comments,
    section_of,
    source_of,
    tags_of,
    without_bullet,
)
from machtin.vietnamese import canonical

Kind = Literal["author", "date", "section", "tags", "source", "caption", "related", "comments", "page", "other"]

# Letters of a line that are shown: it is to be recognised, not read.
LONGEST: Final = 400
# A line of so many letters that stands within a paragraph is part of it, not the same word by chance.
_SURE: Final = 20


class PageLine(NamedTuple):
    """A paragraph's worth of a page, in order; ``kind`` where the markup says what it is."""

    text: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class CutOff:
    """A line that is not in the text. ``kind``: what it is taken for; "page" is of the site, "other" is unknown."""

    text: str
    kind: Kind


def cut_off(lines: Iterable[PageLine], fields: Mapping[str, Any]) -> list[CutOff]:
    """The lines that stand in neither title, sapo nor body of these fields, in order, each once."""
    shown = [_key(fields["title"])]
    shown += [_key(line) for name in ("sapo", "body") for line in fields[name].split("\n")]
    kept, whole = {key for key in shown if key}, "\n".join(shown)
    listed = {_key(entry[part]) for entry in fields["related_as_published"] for part in ("title", "sapo")} - {""}
    found: dict[str, CutOff] = {}
    for line in lines:
        key = _key(line.text)
        if not key or key in kept or key in found or (len(key) >= _SURE and key in whole):
            continue
        in_list = not listed.isdisjoint((key, _key(without_bullet(line.text))))
        kind = "related" if in_list else line.kind or _kind_of(line.text, fields)
        found[key] = CutOff(line.text if len(line.text) <= LONGEST else line.text[: LONGEST - 1] + "…", kind)
    return list(found.values())


def _kind_of(text: str, fields: Mapping[str, Any]) -> Kind:
    """What a line is by the rules that the fields were found by."""
    said = _key(byline(text) or text)
    if fields["author"] and said.lower() in _key(fields["author"]).lower():
        return "author"
    rules: tuple[tuple[Kind, bool], ...] = (
        ("related", is_list_heading(text) or inline_related(text) is not None),
        ("date", date_line(text) is not None),
        ("tags", bool(tags_of(text))),
        ("source", source_of(text) is not None or address_of(text) is not None),
        ("section", section_of(text) is not None),
        ("caption", is_caption(text)),
        ("comments", opens_comments(text)),
        ("page", is_furniture(text) or is_footer(text)),
    )
    return next((kind for kind, holds in rules if holds), "other")


def _key(text: str) -> str:
    return "".join(canonical(text).split())
