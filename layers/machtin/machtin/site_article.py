"""The article view of the readers' site: an article as published, its summary lit up in place, what is related."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from machtin.answers import ArticleAnswer, Span, SummaryAnswer
from machtin.markup import Child, Markup, el, marked, separated
from machtin.related_answers import RelatedAnswer
from machtin.site_address import Stretch, Wanted, page_address
from machtin.site_dates import time_of
from machtin.site_related import related_view, thread_view
from machtin.site_search import filter_link
from machtin.site_summary import summary_view
from machtin.site_text import article_lang, of_article, outside_address, paragraphs, say_with
from machtin.thread_answers import ThreadAnswer
from machtin.words import Lang, say

LANGUAGE: Final = "vi"
OUTSIDE: Final = {"rel": "noopener noreferrer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article with what was asked about it; None for a part that could not be had."""

    article: ArticleAnswer
    wanted: Wanted
    at: Stretch | None
    summary: SummaryAnswer | None
    related: RelatedAnswer | None
    thread: ThreadAnswer | None


def article_view(lang: Lang, reading: Reading, now: datetime) -> list[Child]:
    """What the article view shows."""
    article = reading.article
    section = article.section and el("p", {"class": "kicker"}, filter_link(lang, "section", article.section))
    author = filter_link(lang, "author", article.author) if article.author else None
    byline = separated(
        " · ", author, of_article(lang, article.publisher), time_of(lang, article.published_at, now, "full")
    )
    return [
        back_link(page_address(lang, "/"), say(lang, "article.back")),
        el(
            "header",
            {},
            section,
            el("h1", {"tabindex": "-1", "lang": article_lang(lang)}, article.title),
            _sapo(lang, reading),
            el("p", {"class": "byline"}, *byline),
        ),
        el("div", {"class": "summary-slot"}, summary_view(lang, article, reading.wanted, reading.summary)),
        el("div", {"class": "text"}, _body(lang, reading), *_below(lang, article, now)),
        el("div", {"class": "related-slot"}, *related_view(lang, article, reading.related, now)),
        el("div", {"class": "thread-slot"}, *thread_view(lang, article, reading.thread, now)),
    ]


def back_link(href: str, words: str) -> Markup:
    """The way back, above a view."""
    return el("p", {"class": "back"}, el("a", {"href": href}, el("span", {"aria-hidden": "true"}, "← "), words))


def article_facts(article: ArticleAnswer, address: str) -> dict[str, object]:
    """The article as schema.org's NewsArticle; ``address`` is its page here."""
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.sapo,
        "inLanguage": LANGUAGE,
        "mainEntityOfPage": address,
        "url": outside_address(article.url) or address,
        "datePublished": article.published_at,
        "dateModified": article.modified_at or article.published_at,
        "articleSection": article.section,
        "keywords": article.tags,
        "author": article.author and {"@type": "Person", "name": article.author},
        "publisher": article.publisher and {"@type": "Organization", "name": article.publisher},
    }
    return {name: value for name, value in facts.items() if value}


def article_properties(article: ArticleAnswer) -> list[tuple[str, str]]:
    """What Open Graph asks of an article beyond its title."""
    said = [
        ("article:published_time", article.published_at),
        ("article:modified_time", article.modified_at),
        ("article:author", article.author),
        ("article:section", article.section),
        *(("article:tag", tag) for tag in article.tags),
    ]
    return [(name, value) for name, value in said if value]


@dataclass(frozen=True, slots=True)
class _Lit:
    start: int
    end: int
    anchor: str
    arrived: bool


def _lit(reading: Reading, field: Literal["sapo", "body"]) -> list[_Lit]:
    """What is lit in a field: sentences of the summary, and the stretch that a link led to, alone or as one of them."""
    at = reading.at if reading.at and reading.at.field == field else None
    sentences = reading.summary.sentences if reading.summary else []
    lit = [
        _Lit(one.start, one.end, f"s{index}", arrived=at is not None and one.start < at.end and at.start < one.end)
        for index, one in enumerate(sentences)
        if one.field == field
    ]
    if at and not any(one.arrived for one in lit):
        lit.append(_Lit(at.start, at.end, "at", arrived=True))
    return sorted(lit, key=lambda one: one.start)


def _marks(reading: Reading, field: Literal["sapo", "body"], parts: Sequence[Span]) -> list[Markup]:
    """Stretches of a field with what is lit in them; the first mark of each sentence is where links lead."""
    text = reading.article.sapo if field == "sapo" else reading.article.body
    lit, known = _lit(reading, field), set[str]()

    def mark(words: str, index: int) -> Markup:
        one = lit[index]
        anchor = None if one.anchor in known else one.anchor
        known.add(one.anchor)
        return el("mark", {"class": "lit now" if one.arrived else "lit", "id": anchor, "tabindex": "-1"}, words)

    return [marked(text, lit, mark, part.start, part.end) for part in parts]


def _sapo(lang: Lang, reading: Reading) -> Child:
    sapo = reading.article.sapo
    if not sapo:
        return None
    (whole,) = _marks(reading, "sapo", [Span(0, len(sapo))])
    return el("p", {"class": "sapo", "data-field": "sapo", "lang": article_lang(lang)}, whole)


def _body(lang: Lang, reading: Reading) -> Markup:
    parts = _marks(reading, "body", paragraphs(reading.article.body))
    said = {"class": "body", "data-field": "body", "lang": article_lang(lang)}
    return el("div", said, *(el("p", {}, part) for part in parts))


def _below(lang: Lang, article: ArticleAnswer, now: datetime) -> list[Child]:
    source = outside_address(article.url)
    tags = [filter_link(lang, "tag", tag, "tag") for tag in article.tags]
    corrected = article.modified_at if article.modified_at != article.published_at else None
    site = urlsplit(source).hostname or "" if source else ""
    return [
        bool(tags) and el("p", {"class": "labels"}, el("span", {"class": "unseen"}, say(lang, "article.tags")), *tags),
        corrected
        and el("p", {"class": "fine"}, say_with(lang, "article.corrected", time=time_of(lang, corrected, now, "full"))),
        source
        and el("p", {"class": "fine"}, el("a", {"href": source, **OUTSIDE}, say(lang, "article.original", site=site))),
        _as_published(lang, article),
    ]


def _as_published(lang: Lang, article: ArticleAnswer) -> Child:
    items = article.related_as_published
    if not items:
        return None
    rows = [
        el("li", {}, el("a", {"href": address, **OUTSIDE}, item.title) if address else item.title)
        for item in items
        for address in [outside_address(item.url)]
    ]
    return el(
        "details",
        {"class": "as-published"},
        el("summary", {}, say(lang, "article.as_published", n=len(items))),
        el("ul", {"lang": article_lang(lang)}, *rows),
    )
