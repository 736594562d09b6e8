"""The frame of every page of the readers' site: head with what other sites and robots read, masthead, views, footer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from machtin.markup import Attribute, Child, Markup, data_block, document, el
from machtin.site_address import Search, page_address
from machtin.site_filters import kept
from machtin.site_text import with_code
from machtin.web_files import FOLDER
from machtin.words import Lang, say

LOCALES: Final[Mapping[Lang, str]] = {"vi": "vi_VN", "en": "en_GB"}
NAME: Final = "mạch tin"
SCRIPT: Final = "app.js"
# The block in which the script finds the answers that this page was made of.
GIVEN: Final = "given"
SIGNS: Final = ("phrase", "without", "fields", "marks", "long")
LONGEST_DESCRIPTION: Final = 300
_IMPORTED: Final = re.compile(r'^(?:import|export)\b[^"\n]*"\./([\w-]+\.js)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer of the API that the page was made of, with what a script would ask to get it."""

    path: str
    parameters: Mapping[str, str | int]
    answer: object


NEW: Final = Search()
# Only a script fetches the words.
_FETCHED: Final = {"as": "fetch", "crossorigin": "anonymous", "media": "(scripting: enabled)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One page: what it shows, what it is called, and its HTTP status.

    ``path``: its address without site and language. ``place``: the same with what the reader has chosen, for the link
    to the other language, where robots are to know ``path`` alone. ``kept_out``: nothing for other engines' indexes.
    ``properties`` are Open Graph's beyond those of every page, ``facts`` schema.org's. ``search`` is the search view,
    ``shown`` what another view shows. ``scripted``: whether the script takes over; not where its address says nothing.
    """

    name: Literal["search", "article", "digest"]
    path: str
    place: str = ""
    title: str
    description: str
    search: Markup
    sought: Search = NEW
    shown: Sequence[Child] = ()
    status: int = 200
    kept_out: bool = False
    kind: Literal["website", "article"] = "website"
    properties: Sequence[tuple[str, str]] = ()
    facts: object = None
    given: Sequence[Given] = field(default=())
    scripted: bool = True


def page(lang: Lang, site: str, view: View) -> str:
    """The whole page as HTML; ``site`` is the address of the site, ``https://tin.example``."""

    def reader(name: str) -> Markup:
        mine = view.name == name
        said: dict[str, Attribute] = {"class": f"frame {name}", "id": f"{name}-view", "hidden": not mine}
        return el("article", said, *(view.shown if mine else ()))

    body: list[Child] = [
        el("a", {"class": "skip", "href": "#main"}, say(lang, "page.skip")),
        _masthead(lang, view),
        el("main", {"id": "main", "tabindex": "-1"}, view.search, reader("article"), reader("digest")),
        el("footer", {}, el("p", {"class": "frame"}, say(lang, "page.footer"))),
        view.scripted and _given(view),
    ]
    return document(lang, _head(lang, site, view), body)


def brief(text: str, most: int = LONGEST_DESCRIPTION) -> str:
    """One line of at most so many characters, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rpartition(" ")[0] + "…"


def _head(lang: Lang, site: str, view: View) -> list[Child]:
    addresses = {one: site + page_address(one, view.path) for one in LOCALES}
    properties = [
        ("og:site_name", NAME),
        ("og:type", view.kind),
        ("og:title", view.title),
        ("og:description", view.description),
        ("og:url", addresses[lang]),
        ("og:locale", LOCALES[lang]),
        *(("og:locale:alternate", locale) for one, locale in LOCALES.items() if one != lang),
        *view.properties,
    ]
    titled = view.title if view.title.startswith(NAME) else say(lang, "page.titled", title=view.title)
    return [
        el("meta", {"charset": "utf-8"}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("meta", {"name": "color-scheme", "content": "light dark"}),
        el("title", {}, titled),
        el("meta", {"name": "description", "content": view.description}),
        view.kept_out and el("meta", {"name": "robots", "content": "noindex, follow"}),
        el("link", {"rel": "icon", "href": "/assets/thread.svg", "type": "image/svg+xml"}),
        el("link", {"rel": "stylesheet", "href": "/assets/style.css"}),
        *(_scripts(lang) if view.scripted else ()),
        *(() if view.status >= 400 else _links(lang, addresses)),
        *(el("meta", {"property": name, "content": content}) for name, content in properties),
        view.facts is not None and data_block(None, "application/ld+json", view.facts),
    ]


def _given(view: View) -> Markup:
    return data_block(GIVEN, "application/json", [[one.path, one.parameters, one.answer] for one in view.given])


def _scripts(lang: Lang) -> list[Markup]:
    return [
        el("link", {"rel": "preload", "href": f"/assets/{lang}.json", **_FETCHED}),
        *(el("link", {"rel": "modulepreload", "href": f"/assets/{name}"}) for name in modules(SCRIPT)),
        el("script", {"type": "module", "src": f"/assets/{SCRIPT}"}),
    ]


def _links(lang: Lang, addresses: Mapping[Lang, str]) -> list[Markup]:
    return [
        el("link", {"rel": "canonical", "href": addresses[lang]}),
        *(el("link", {"rel": "alternate", "hreflang": one, "href": href}) for one, href in addresses.items()),
        el("link", {"rel": "alternate", "hreflang": "x-default", "href": addresses["vi"]}),
    ]


@lru_cache(maxsize=2)
def modules(name: str) -> tuple[str, ...]:
    """The modules that a script imports, directly or not: the browser can ask for all of them at once."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for one in _IMPORTED.findall((FOLDER / waiting.pop()).read_text(encoding="utf-8")):
            if one not in found:
                found[one] = None
                waiting.append(one)
    return tuple(found)


def _masthead(lang: Lang, view: View) -> Markup:
    picture = el("img", {"src": "/assets/thread.svg", "alt": "", "width": 36, "height": 36})
    home = {"class": "wordmark", "href": page_address(lang, "/"), "aria-label": say(lang, "page.home")}
    wordmark = el("a", home, picture, el("span", {}, NAME))
    frame = el("div", {"class": "frame"}, wordmark, _box(lang, view), _pages(lang, view))
    return el("header", {"class": "masthead"}, frame)


def _pages(lang: Lang, view: View) -> Markup:
    other: Lang = "vi" if lang == "en" else "en"
    switch = {"id": "language", "href": page_address(other, view.place or view.path), "hreflang": other, "lang": other}
    return el(
        "nav",
        {"aria-label": say(lang, "page.sections")},
        el("a", {"href": page_address(lang, "/docs")}, say(lang, "page.docs")),
        " ",
        el("a", switch, say(lang, "page.language")),
    )


def _box(lang: Lang, view: View) -> Markup:
    """The search form. Days, which stand elsewhere, belong to it as well; a new search keeps its filters."""
    field_of: dict[str, Attribute] = {
        "id": "q", "name": "q", "type": "search", "maxlength": 1000, "autocomplete": "off", "autocapitalize": "none",
        "spellcheck": "false", "enterkeyhint": "search", "placeholder": say(lang, "box.placeholder"),
        "aria-describedby": "q-help", "value": view.sought.q or None,
    }  # fmt: skip
    suggestions: dict[str, Attribute] = {
        "class": "suggestions", "id": "suggestions", "role": "listbox", "aria-label": say(lang, "box.suggestions"),
        "hidden": True,
    }  # fmt: skip
    return el(
        "form",
        {"class": "search", "id": "search", "role": "search", "action": page_address(lang, "/")},
        el("label", {"for": "q"}, say(lang, "box.label")),
        el(
            "div",
            {"class": "box"},
            el("input", field_of),
            el("button", {"type": "submit"}, say(lang, "box.search")),
            el("ul", suggestions),
        ),
        *kept(view.sought, "section", "tag", "author", "sort"),
        el("p", {"class": "help", "id": "q-help"}, say(lang, "box.help")),
        el(
            "details",
            {"class": "signs"},
            el("summary", {}, say(lang, "signs.title")),
            el("ul", {}, *(el("li", {}, with_code(say(lang, f"signs.{sign}"))) for sign in SIGNS)),
        ),
    )
