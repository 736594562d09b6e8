"""Failures as readers see them, in the language of the page; the twin of ``problemView`` in ``api.js``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from machtin.errors import InvalidInput, MachtinError, Problem
from machtin.markup import Child, Markup, el
from machtin.words import Lang, say

# What readers call the fields of the API.
FIELDS: Final[Mapping[str, str]] = {
    "q": "field.q",
    "section": "filters.section",
    "tag": "filters.tag",
    "author": "filters.author",
    "since": "filters.since_day",
    "until": "filters.until_day",
    "from": "field.from",
    "article_id": "field.article",
    "article": "field.article",
    "query": "field.query",
    "sentences": "field.sentences",
    "syllables": "field.syllables",
}
# The messages that an address of the site can bring about; they are the API's, hence English.
_WRONG_DAYS: Final = Problem("until", "must be later than since")
_TOO_LONG: Final = re.compile(r"has ([\d,]+) characters; the limit is ([\d,]+)")


def trouble_view(lang: Lang, error: MachtinError | None) -> Markup:
    """What happened, what helps, and the details of single fields."""
    key = "trouble.refused" if isinstance(error, InvalidInput) else "trouble.failed"
    problems = error.problems if isinstance(error, InvalidInput) else ()
    return el(
        "div",
        {"class": "trouble", "role": "alert"},
        el("h2", {}, say(lang, key)),
        el("p", {}, say(lang, f"{key}_help")),
        bool(problems) and el("ul", {}, *(el("li", {}, *_told(lang, one)) for one in problems)),
    )


def _told(lang: Lang, problem: Problem) -> list[Child]:
    """One field's problem, in the page's words where it has any."""
    if problem == _WRONG_DAYS:
        return [say(lang, "filters.wrong_days")]
    known = FIELDS.get(problem.field)
    label = f"{say(lang, known) if known else problem.field}: "
    if long := _TOO_LONG.fullmatch(problem.message):
        n, most = (int(count.replace(",", "")) for count in long.groups())
        return [label, say(lang, "trouble.too_long", n=n, most=most)]
    return [label, el("span", {"lang": "en"}, problem.message)]
