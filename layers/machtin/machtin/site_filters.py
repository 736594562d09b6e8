"""The filters beside the results: sections with their counts, days, months, and what is chosen now; all of it links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from machtin.answers import SearchAnswer
from machtin.markup import NONE, Attribute, Markup, el
from machtin.site_address import FILTERS, Search, search_address
from machtin.site_dates import day_name, days_of_month, month_name
from machtin.site_text import article_lang, dictionary_order, number
from machtin.words import Lang, say

MONTHS_SHOWN: Final = 12
# Fields that stand elsewhere and are sent with the search form.
FORM: Final[Mapping[str, Attribute]] = {"form": "search"}
_NO_DAYS: Final = {"since": "", "until": ""}


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, and the counts of all sections, which inside one of them only a search without it tells."""

    answer: SearchAnswer
    sections: Mapping[str, int]


def chips(lang: Lang, search: Search) -> Markup:
    """What is chosen now, each a link that drops it."""
    chosen = [name for name in FILTERS if getattr(search, name)]
    links = [_chip(lang, search, name) for name in chosen]
    if len(chosen) > 1:
        none = search_address(lang, search, **dict.fromkeys(FILTERS, ""))
        links.append(el("a", {"class": "plain", "href": none}, say(lang, "filters.remove_all")))
    said = {"class": "chips", "id": "chips", "aria-label": say(lang, "filters.chosen")}
    return el("ul", said, *(el("li", {}, link) for link in links))


def filters(lang: Lang, search: Search, results: Results | None) -> Markup:
    """All filters; on a narrow page they wait behind one line."""
    days = [_day_field(lang, search, name) for name in ("since", "until")]
    return el(
        "details",
        {"class": "filters", "id": "filters"},
        el("summary", {}, say(lang, "filters.title")),
        el(
            "form",
            {"id": "filter-form", "aria-label": say(lang, "filters.form")},
            el(
                "fieldset",
                {},
                el("legend", {}, say(lang, "filters.section")),
                el("div", {"class": "sections", "id": "sections"}, *_sections(lang, search, results)),
            ),
            el(
                "fieldset",
                {},
                el("legend", {}, say(lang, "filters.published")),
                el("div", {"class": "dates"}, *days),
                el("p", {"class": "wrong", "id": "date-problem", "role": "alert"}),
                unscripted(lang, "filters.apply", FORM),
                el("div", {"class": "months", "id": "months"}, *_months(lang, search, results)),
            ),
        ),
    )


def unscripted(lang: Lang, key: str, form: Mapping[str, Attribute] = NONE) -> Markup:
    """A button that is needed where no script hears of a choice by itself."""
    return el("noscript", {}, el("button", {"type": "submit", "class": "apply", **form}, say(lang, key)))


def kept(search: Search, *names: str) -> list[Markup]:
    """What a form keeps of a search beside its own fields."""
    values = {name: getattr(search, name) for name in names}
    return [el("input", {"type": "hidden", "name": name, "value": value}) for name, value in values.items() if value]


def _chip(lang: Lang, search: Search, name: str) -> Markup:
    value = getattr(search, name)
    shown = day_name(lang, value) if name in _NO_DAYS else value
    label = say(lang, "filters.label", name=say(lang, f"filters.{name}"), value=shown)
    href, remove = search_address(lang, search, **{name: ""}), say(lang, "filters.remove", label=label)
    cross = el("span", {"aria-hidden": "true"}, "×")
    return el("a", {"class": "chip", "href": href, "aria-label": remove}, el("span", {}, label), cross)


def _day_field(lang: Lang, search: Search, name: str) -> Markup:
    shown: dict[str, Attribute] = {"id": name, "name": name, "type": "date", "min": "1900-01-01", "max": "2199-12-31"}
    label = el("label", {"for": name}, say(lang, f"filters.{name}_day"))
    return el("p", {}, label, el("input", {**shown, **FORM, "value": getattr(search, name) or None}))


def _sections(lang: Lang, search: Search, results: Results | None) -> list[Markup]:
    """The largest first."""
    counts = dict(results.sections) if results else {}
    entries = sorted(counts.items(), key=lambda entry: (-entry[1], dictionary_order(entry[0])))
    if search.section and search.section not in counts:
        entries.append((search.section, 0))
    choices = []
    for name, count in entries:
        chosen = name == search.section
        href = search_address(lang, search, section="" if chosen else name)
        choices.append(_choice(lang, name, count, href, chosen=chosen, words=article_lang(lang)))
    return choices


def _months(lang: Lang, search: Search, results: Results | None) -> list[Markup]:
    """The newest first."""
    counts = results.answer.facets.get("month", {}) if results else {}
    shown = sorted(counts.items(), reverse=True)[:MONTHS_SHOWN]
    most = max((count for _, count in shown), default=1)
    choices = []
    for month, count in shown:
        since, until = days_of_month(month)
        chosen = (search.since, search.until) == (since, until)
        href = search_address(lang, search, **(_NO_DAYS if chosen else {"since": since, "until": until}))
        share = round(100 * count / most)
        choices.append(_choice(lang, month_name(lang, month), count, href, chosen=chosen, share=share))
    return choices


def _choice(
    lang: Lang, name: str, count: int, href: str, *, chosen: bool, words: str | None = None, share: int | None = None
) -> Markup:
    unseen = el("span", {"class": "unseen"}, " ", say(lang, "search.articles", n=count))
    return el(
        "a",
        {"class": "choice", "href": href, "aria-current": "true" if chosen else None, "data-share": share},
        el("span", {"class": "name", "lang": words}, name),
        el("span", {"class": "count"}, number(lang, count), unseen),
    )
