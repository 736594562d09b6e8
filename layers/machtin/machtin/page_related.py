"""Cutting a page's lists of other articles off its own text; the same rules for plain text and for HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from machtin.article_reading import MAX_LENGTH
from machtin.page_dates import date_line
from machtin.page_lines import (
    byline,
    inline_related,
    is_footer,
    is_furniture,
    is_headline,
    is_list_heading,
    is_paragraph,
    opens_comments,
    surely_opens_comments,
    without_bullet,
)
from machtin.vietnamese import syllables

_TEASER_SYLLABLES: Final = 25
_SHORTEST_TEASER: Final = 4
_FEWEST_UNANNOUNCED: Final = 3
_STATED_IN_BRACKETS = re.compile(r"\s*\(\s*\d{1,2}/\d{1,2}(?:/\d{4})?(?:[\s,-]+\d{1,2}[:h]\d{2})?\s*\)$")
# After a heading: a few headlines, then at least two paragraphs in a row. A list's teasers never follow each other.
_BOX_IN_TEXT = re.compile(r"(T{1,8})PP")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph's worth of a page. ``linked``: all of it is a link (None where the page cannot tell)."""

    text: str
    linked: bool | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """An entry of a list of other articles, as published."""

    title: str
    sapo: str = ""
    url: str | None = None

    def document(self) -> dict[str, str | None]:
        """The entry as a field of an article's JSON."""
        return {"title": self.title, "sapo": self.sapo, "url": self.url}


@dataclass(slots=True)
class Split:
    """The article's own lines, in order, and what was cut off them; ``signature`` stood below an unsigned list."""

    text: list[Line] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)


def split_related(lines: Sequence[Line]) -> Split:
    """Part a page's text, from its first paragraph on, from related lists, comments and imprint.

    A heading ("Tin liên quan") cuts off all that follows, unless headlines come first and then paragraphs in a row
    and no signature stood before it: that is a box inside the text. Without a heading, what follows the signature is
    a list when it begins with a headline and runs on like one; so are three or more headlines at the very end.
    """
    split = Split()
    at = 0
    while at < len(lines):
        line = lines[at]
        if is_footer(line.text) and _enough_before(split.text, lines[at:]):
            break
        if is_list_heading(line.text):
            stop = _end_of_box(split.text, lines, at + 1)
            split.related += list_entries(lines[at + 1 : stop])
            at = stop
            continue
        if opens_comments(line.text) and _closes_text(split.text, lines, at):
            at = next((n for n in range(at, len(lines)) if is_list_heading(lines[n].text)), len(lines))
            continue
        if (headline := inline_related(line.text)) and line.linked is not False:
            split.related.append(Related(headline, url=line.url))
        elif not is_furniture(line.text):
            split.text.append(line)
        at += 1
    cut = _start_of_unannounced(split.text)
    split.related += list_entries(split.text[cut:])
    del split.text[cut:]
    return split


def list_entries(lines: Sequence[Line]) -> list[Related]:
    """Entries of a list: each headline with the teaser below it, where there is one."""
    kept: list[Line] = []
    in_comments = False
    for line in lines:
        text = without_bullet(line.text)
        if is_footer(text):
            break
        in_comments = opens_comments(text) or (in_comments and not is_list_heading(text))
        if text and not (in_comments or is_furniture(text) or is_list_heading(text) or date_line(text)):
            kept.append(Line(text, line.linked, line.url))
    entries: list[Related] = []
    for line, teaser in zip(kept, _teasers(kept), strict=True):
        if teaser and entries and not entries[-1].sapo:
            entries[-1] = Related(entries[-1].title, line.text, entries[-1].url)
        else:
            title = _STATED_IN_BRACKETS.sub("", line.text) if len(line.text) <= MAX_LENGTH["title"] else line.text
            entries.append(Related(title, url=line.url))
    return entries


def _teasers(lines: Sequence[Line]) -> list[bool]:
    """Which lines are teasers: what is no link; without links, what is closed by a full stop or too long a headline."""
    lengths = [len(syllables(line.text)) for line in lines]
    if any(line.linked for line in lines):
        return [not line.linked for line in lines]
    long = [not is_headline(line.text) and lengths[at] >= _SHORTEST_TEASER for at, line in enumerate(lines)]
    if any(long):
        return [teaser or lengths[at] >= _TEASER_SYLLABLES for at, teaser in enumerate(long)]
    # No full stop anywhere: headlines alone, unless short and long lines take turns.
    turns = len(lines) % 2 == 0 and all((length >= 20) == bool(at % 2) for at, length in enumerate(lengths))
    return [turns and bool(at % 2) for at in range(len(lines))]


def _kinds(lines: Sequence[Line]) -> str:
    return "".join("P" if _runs_on(line) else "T" for line in lines)


def _runs_on(line: Line) -> bool:
    return not line.linked and is_paragraph(line.text) and not is_headline(line.text)


def _end_of_box(before: Sequence[Line], lines: Sequence[Line], start: int) -> int:
    """Where the article goes on after a list's heading: behind the box, or never."""
    signed = bool(before) and byline(before[-1].text) is not None
    if not signed and (box := _BOX_IN_TEXT.match(_kinds(lines[start:]))):
        return start + len(box[1])
    return len(lines)


def _closes_text(before: Sequence[Line], lines: Sequence[Line], at: int) -> bool:
    """Whether comments begin here, and not just a share bar between two paragraphs."""
    if any(byline(line.text) for line in before[-2:]):
        return True
    if not surely_opens_comments(lines[at].text) and len(before) < 3:
        return False
    return _enough_before(before, lines[at:])


def _enough_before(before: Sequence[Line], after: Sequence[Line]) -> bool:
    return sum(len(line.text) for line in before) >= sum(len(line.text) for line in after if _runs_on(line))


def _start_of_unannounced(lines: Sequence[Line]) -> int:
    kinds = _kinds(lines)
    for at in range(2, len(lines) - 1):
        signed = byline(lines[at].text) is not None and "P" in kinds[:at]
        follower = lines[at + 1]
        if (
            signed
            and is_headline(follower.text)
            and not byline(follower.text)
            and re.fullmatch(r"(?:TP?){2,}|TP", kinds[at + 1 :])
        ):
            return at + 1
    tail = len(kinds) - len(kinds.rstrip("T"))
    start = len(lines) - tail
    headlines = lines[start:]
    if (
        tail >= _FEWEST_UNANNOUNCED
        and start > 1
        and not lines[start - 1].text.rstrip().endswith(":")
        and all(
            is_headline(line.text) and len(syllables(line.text)) >= 6 and not byline(line.text) for line in headlines
        )
        and not any(without_bullet(line.text) != line.text for line in headlines)
    ):
        return start
    return len(lines)
