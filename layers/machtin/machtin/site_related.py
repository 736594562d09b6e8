"""What stands beside and below an article on the readers' site: developments, background, and its story."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from machtin.answers import ArticleAnswer
from machtin.markup import Child, Markup, el, separated
from machtin.related_answers import RelatedAnswer, RelatedArticle
from machtin.site_address import article_address
from machtin.site_dates import time_of
from machtin.site_text import article_lang, of_article, say_with
from machtin.thread_answers import ThreadAnswer, ThreadArticle, ThreadEvent
from machtin.words import Lang, say

# Fewer are told by the developments already.
LEAST_EVENTS: Final = 3


def related_view(lang: Lang, article: ArticleAnswer, answer: RelatedAnswer | None, now: datetime) -> list[Child]:
    """The parts that have something to show; ``answer`` is None where related news could not be had."""
    if answer is None:
        return [_fine(say(lang, "related.failed"))]
    digest = el("a", {"href": article_address(lang, article.id, view="digest")}, say(lang, "related.digest"))
    developments = el("ol", {"class": "thread"}, *_thread(lang, article, answer.developments, now))
    background = el("ul", {"class": "background"}, *(_item(lang, one, now) for one in answer.background))
    digested = el("p", {"class": "to-digest"}, digest)
    return [
        answer.degraded and _fine(say(lang, "related.degraded")),
        bool(answer.copies) and _copies(lang, answer.copies, say(lang, "related.also_at", n=len(answer.copies))),
        bool(answer.developments) and _part(lang, "developments", digested, developments),
        bool(answer.background) and _part(lang, "background", background),
        not answer.developments and not answer.background and _fine(say(lang, "related.none")),
    ]


def thread_view(lang: Lang, article: ArticleAnswer, story: ThreadAnswer | None, now: datetime) -> list[Child]:
    """What to show of the story; nothing where it is short, or could not be had."""
    if story is None or len(story.events) < LEAST_EVENTS:
        return []
    return [
        el(
            "section",
            {"class": "mach-tin", "aria-labelledby": "mach-tin-title"},
            el("h2", {"id": "mach-tin-title"}, say(lang, "thread.title")),
            el("p", {"class": "fine"}, _extent(lang, story, now)),
            el("ol", {"class": "timeline"}, *(_event(lang, article.id, event, now) for event in story.events)),
        )
    ]


def _fine(words: str) -> Markup:
    return el("p", {"class": "fine"}, words)


def _part(lang: Lang, name: str, *shown: Child) -> Markup:
    heading = el("h2", {"id": f"{name}-title"}, say(lang, f"related.{name}"))
    return el("section", {"class": name, "aria-labelledby": f"{name}-title"}, heading, *shown)


def _thread(lang: Lang, article: ArticleAnswer, developments: Sequence[RelatedArticle], now: datetime) -> list[Markup]:
    """Newest first, with a knot where the article itself stands among them."""
    rows = [_item(lang, one, now) for one in developments]
    if not article.published_at:
        return rows
    kicker = separated(" · ", say(lang, "article.reading"), time_of(lang, article.published_at, now))
    here = el("li", {"class": "here", "aria-current": "true"}, el("p", {"class": "kicker"}, *kicker))
    own = datetime.fromisoformat(article.published_at)
    older = (
        at for at, one in enumerate(developments) if one.published_at and datetime.fromisoformat(one.published_at) < own
    )
    rows.insert(next(older, len(rows)), here)
    return rows


def _item(lang: Lang, one: RelatedArticle, now: datetime) -> Markup:
    return el(
        "li",
        {},
        el(
            "p",
            {"class": "kicker"},
            *separated(" · ", time_of(lang, one.published_at, now), of_article(lang, one.publisher)),
        ),
        el("h3", {}, article_link(lang, one.id, one.title)),
        one.reason.text and el("p", {"class": "reason"}, one.reason.text),
        bool(one.copies) and _copies(lang, one.copies, say(lang, "related.copies", n=len(one.copies))),
    )


def article_link(lang: Lang, article_id: str, title: str) -> Markup:
    """A link to an article by its title."""
    return el("a", {"href": article_address(lang, article_id), "lang": article_lang(lang)}, title)


def _copies(lang: Lang, ids: Sequence[str], summary: str) -> Markup:
    rows = [el("li", {}, el("a", {"href": article_address(lang, one)}, one)) for one in ids]
    return el("details", {"class": "copies"}, el("summary", {}, summary), el("ul", {}, *rows))


def _extent(lang: Lang, story: ThreadAnswer, now: datetime) -> Markup:
    """6 events, 9 articles, from 6 Nov 2025 to 21 Jan 2026."""
    dates = [event.date for event in story.events if event.date]
    events, articles = say(lang, "thread.events", n=len(story.events)), say(lang, "thread.articles", n=story.articles)
    if len(dates) < 2:
        return say_with(lang, "thread.extent", events=events, articles=articles)
    first, last = (time_of(lang, one, now, "day") for one in (dates[0], dates[-1]))
    return say_with(lang, "thread.extent_dated", events=events, articles=articles, first=first, last=last)


def _event(lang: Lang, here: str, event: ThreadEvent, now: datetime) -> Markup:
    folded = [*event.others, *event.copies]
    current = any(one.id == here for one in (event.article, *folded))
    day = time_of(lang, event.date, now, "day") or say(lang, "article.undated")
    kicker = separated(" · ", day, current and say(lang, "article.reading"))
    return el(
        "li",
        {"class": "here" if current else None, "aria-current": "true" if current else None},
        el("p", {"class": "kicker"}, *kicker),
        el("h3", {}, _title(lang, here, event.article)),
        bool(folded) and _folded(lang, here, event),
    )


def _title(lang: Lang, here: str, one: ThreadArticle) -> Markup:
    """The article being read leads nowhere."""
    if one.id == here:
        return el("span", {"lang": article_lang(lang)}, one.title)
    return article_link(lang, one.id, one.title)


def _folded(lang: Lang, here: str, event: ThreadEvent) -> Markup:
    folded = [*event.others, *event.copies]
    counted = {"thread.others": len(event.others), "thread.copies": len(event.copies)}
    told = [say(lang, key, n=count) for key, count in counted.items() if count]
    rows = [el("li", {}, *separated(" · ", _title(lang, here, one), of_article(lang, one.publisher))) for one in folded]
    return el(
        "details",
        {"class": "copies", "open": any(one.id == here for one in folded)},
        el("summary", {}, ", ".join(told)),
        el("ul", {}, *rows),
    )
