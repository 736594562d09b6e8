"""The search view of the readers' site: results with their filters; newest articles for an empty search."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from machtin.answers import SearchAnswer, SearchHit, Snippet
from machtin.markup import Attribute, Child, Markup, el, marked, separated
from machtin.search_request import MAX_WINDOW
from machtin.site_address import FILTERS, PAGE_SIZE, Search, article_address, page_address, search_address
from machtin.site_dates import time_of
from machtin.site_filters import Results, chips, filters, kept, unscripted
from machtin.site_text import article_lang, joined_spans, of_article, say_with
from machtin.words import Lang, say

SORTS: Final = {
    "relevance": "search.relevance",
    "relevant_newest": "search.relevant_newest",
    "relevant_oldest": "search.relevant_oldest",
    "newest": "search.newest_first",
    "oldest": "search.oldest_first",
}
_SIGNS: Final = re.compile(r'["“”«»]|(^|\s)-\S|:')
_ENDS: Final = re.compile(r"[.!?…][\"”’»)]?\s*$")


def search_view(
    lang: Lang, search: Search, results: Results | None, now: datetime, *, hidden: bool = False, trouble: Child = None
) -> Markup:
    """The whole view; without results it is the empty one that the script fills."""
    answer = results.answer if results else None
    problem = trouble or (answer is not None and not answer.hits and _without_hits(lang, search, answer))
    hits = _hits(lang, search, answer, now) if answer else []
    front = "hits front" if answer and not search.q and not search.sort else "hits"
    degraded: dict[str, Attribute] = {
        "class": "notice",
        "id": "degraded",
        "hidden": answer is None or not answer.degraded,
    }
    return el(
        "div",
        {"class": "frame columns", "id": "search-view", "hidden": hidden},
        filters(lang, search, results),
        el(
            "section",
            {"class": "results", "aria-labelledby": "results-title"},
            el(
                "div",
                {"class": "results-head"},
                el("h1", {"id": "results-title", "tabindex": "-1"}, "" if hidden else heading(lang, search)),
                _sort(lang, search),
                el("p", {"class": "status", "id": "status", "role": "status"}, _status(lang, answer)),
                _meant(lang, search, answer),
            ),
            chips(lang, search),
            el("p", degraded, say(lang, "search.degraded")),
            el("div", {"id": "problem"}, problem),
            el("ol", {"class": front, "id": "hits"}, *hits),
            _pager(lang, search, answer),
        ),
    )


def heading(lang: Lang, search: Search) -> str:
    """What the results are called."""
    words = search.q.strip()
    return say(lang, "search.results", q=words) if words else say(lang, "search.newest")


def filter_link(lang: Lang, name: str, value: str, style: str | None = None) -> Markup:
    """A link that lists all articles of a section, a tag or an author."""
    address = search_address(lang, Search(), **{name: value})
    return el("a", {"href": address, "class": style, "lang": article_lang(lang)}, value)


def _status(lang: Lang, answer: SearchAnswer | None) -> str:
    if answer is None:
        return ""
    if answer.total == 0:
        return say(lang, "search.none")
    return say(lang, "search.found", n=answer.total, ms=max(1, int(answer.took_ms + 0.5)))


def _meant(lang: Lang, search: Search, answer: SearchAnswer | None) -> Markup:
    suggestion = answer and answer.suggestion
    if answer is None or not suggestion:
        return el("p", {"class": "meant", "id": "meant", "hidden": True})
    key = "search.searched" if answer.searched else "search.meant"
    link = el("a", {"href": search_address(lang, search, q=suggestion), "lang": article_lang(lang)}, suggestion)
    return el("p", {"class": "meant", "id": "meant"}, say_with(lang, key, query=link))


def _sort(lang: Lang, search: Search) -> Markup:
    by_words = bool(search.q.strip())
    chosen = search.sort or "relevance" if by_words else "oldest" if search.sort == "oldest" else "newest"
    options = [
        el("option", {"value": value, "selected": value == chosen, "hidden": off, "disabled": off}, say(lang, key))
        for value, key in SORTS.items()
        for off in [not by_words and value.startswith("relevan")]
    ]
    # A form of its own: what is chosen where nothing is sought is not meant for a search.
    return el(
        "form",
        {"class": "sort", "action": page_address(lang, "/")},
        *kept(search, "q", *FILTERS),
        el("label", {"for": "sort"}, say(lang, "search.sort")),
        el("select", {"id": "sort", "name": "sort"}, *options),
        unscripted(lang, "search.apply_sort"),
    )


def _hits(lang: Lang, search: Search, answer: SearchAnswer, now: datetime) -> list[Markup]:
    """Where those begin that are less relevant, a line says so."""
    views = [_hit(lang, hit, now) for hit in answer.hits]
    if search.q.strip() and search.sort.startswith("relevant_"):
        classes = [hit.relevance for hit in answer.hits]
        for at in range(1, len(classes)):
            if classes[at - 1] == "strong" and classes[at] == "weak":
                views.insert(at, el("li", {"class": "weaker"}, say(lang, "search.weaker")))
                break
    return views


def _hit(lang: Lang, hit: SearchHit, now: datetime) -> Markup:
    title = marked(hit.title, joined_spans(hit.title, hit.highlights.title), _mark)
    sapo = marked(hit.sapo, joined_spans(hit.sapo, hit.highlights.sapo), _mark)
    link = el("a", {"href": article_address(lang, hit.id), "data-hit": hit.id, "lang": article_lang(lang)}, title)
    section = filter_link(lang, "section", hit.section) if hit.section else None
    labels = [hit.author and filter_link(lang, "author", hit.author, "author")]
    labels += [filter_link(lang, "tag", tag, "tag") for tag in hit.tags]
    return el(
        "li",
        {"class": "hit"},
        el(
            "p",
            {"class": "kicker"},
            *separated(" · ", section, of_article(lang, hit.publisher), time_of(lang, hit.published_at, now)),
        ),
        el("h2", {}, link),
        hit.sapo and el("p", {"class": "sapo", "lang": article_lang(lang)}, sapo),
        # Where the sapo answers it is there already.
        _snippet(lang, hit.snippet) if hit.snippet and hit.snippet.field == "body" else None,
        any(labels) and el("p", {"class": "labels"}, *labels),
    )


def _snippet(lang: Lang, snippet: Snippet) -> Markup:
    words = marked(snippet.text, joined_spans(snippet.text, snippet.highlights), _mark)
    before, after = "… " if snippet.start > 0 else "", "" if _ENDS.search(snippet.text) else " …"
    return el("p", {"class": "snippet", "lang": article_lang(lang)}, before, words, after)


def _mark(words: str, _index: int) -> Markup:
    return el("mark", {}, words)


def _pager(lang: Lang, search: Search, answer: SearchAnswer | None) -> Markup:
    """Links to the pages before and after; the script shows more in place."""
    shown = len(answer.hits) if answer else 0
    left = min(answer.total, MAX_WINDOW) - search.offset - shown if answer and shown else 0
    before = {"href": search_address(lang, search, offset=max(0, search.offset - PAGE_SIZE)), "rel": "prev"}
    after = {"href": search_address(lang, search, offset=search.offset + PAGE_SIZE), "rel": "next"}
    return el(
        "p",
        {"class": "more"},
        el("a", {"id": "earlier", "hidden": search.offset == 0, **before}, say(lang, "search.earlier")),
        left > 0 and el("a", {"id": "next", **after}, say(lang, "search.more", n=min(PAGE_SIZE, left))),
        el("button", {"type": "button", "id": "more", "hidden": True}, ""),
    )


def _without_hits(lang: Lang, search: Search, answer: SearchAnswer) -> Markup:
    """Nothing found, or an address of a page behind the last."""
    if answer.total == 0:
        return _nothing(lang, search)
    first = el("a", {"href": search_address(lang, search)}, say(lang, "search.to_first"))
    return el("div", {"class": "trouble"}, el("h2", {}, say(lang, "search.past")), el("p", {}, first))


def _nothing(lang: Lang, search: Search) -> Markup:
    words = bool(search.q.strip())
    help_keys = [
        search.filtered and "search.try_filters",
        words and "search.try_words",
        bool(_SIGNS.search(search.q)) and "search.try_signs",
        words and "search.try_plain",
        not search.filtered and not words and "search.try_ingest",
    ]
    return el(
        "div",
        {"class": "trouble"},
        el("h2", {}, say(lang, "search.nothing" if search.filtered or words else "search.empty")),
        el("ul", {}, *(el("li", {}, say(lang, key)) for key in help_keys if key)),
        el("p", {}, el("a", {"href": page_address(lang, "/")}, say(lang, "search.to_newest"))),
    )
