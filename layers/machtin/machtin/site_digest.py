"""The digest view of the readers' site: what several articles say of an event, and the numbers that they differ in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from machtin.answers import Span
from machtin.digest_answers import Contradiction, DigestAnswer, DigestSentence, DigestSource, NumberReport
from machtin.markup import Child, Markup, el, joined, marked, separated
from machtin.site_address import article_address, stretch_address
from machtin.site_article import back_link
from machtin.site_dates import time_of
from machtin.site_related import article_link
from machtin.site_summary import copy_button
from machtin.site_text import article_lang, of_article, say_with
from machtin.words import Lang, say


def digest_title(lang: Lang, article_id: str, answer: DigestAnswer) -> str:
    """What the digest is called."""
    own = next((one.title for one in answer.articles if one.id == article_id), article_id)
    return say(lang, "digest.titled", title=own)


def digest_view(lang: Lang, article_id: str, answer: DigestAnswer, now: datetime) -> list[Child]:
    """What the digest view shows."""
    own = next((one.title for one in answer.articles if one.id == article_id), None)
    counted: list[Child] = [
        _extent(lang, answer.articles, now),
        say(lang, "digest.sentences", n=len(answer.sentences)),
        say(lang, "digest.syllables", n=answer.syllables),
    ]
    return [
        back_link(article_address(lang, article_id), say(lang, "digest.back")),
        el(
            "header",
            {},
            el("p", {"class": "kicker"}, say(lang, "digest.title")),
            el("h1", {"tabindex": "-1", "lang": own and article_lang(lang)}, own or say(lang, "digest.title")),
        ),
        el("p", {"class": "fine extent"}, *separated(" · ", *counted)),
        answer.degraded and _notice(say(lang, "digest.degraded")),
        bool(answer.missing) and _notice(_missing(lang, answer)),
        len(answer.articles) < 2 and _notice(say(lang, "digest.alone")),
        bool(answer.contradictions) and _numbers(lang, answer.contradictions, now),
        _told(lang, article_id, answer.sentences, now),
        _silent(lang, answer, now),
    ]


def _notice(words: str | Markup) -> Markup:
    return el("p", {"class": "notice"}, words)


def _extent(lang: Lang, articles: Sequence[DigestSource], now: datetime) -> Markup:
    """4 articles, from 9 Oct 2025 to 3 Mar 2026."""
    days = [time_of(lang, one.published_at, now, "day") for one in articles if one.published_at]
    count = say(lang, "digest.articles", n=len(articles))
    if len(days) < 2:
        return joined([count])
    first, last = days[0], days[-1]
    if _words(first) == _words(last):
        return el("span", {}, say_with(lang, "digest.on_day", articles=count, day=first))
    return el("span", {}, say_with(lang, "digest.over_days", articles=count, first=first, last=last))


def _words(time: Markup | None) -> str:
    return time.html.partition(">")[2] if time else ""


def _missing(lang: Lang, answer: DigestAnswer) -> Markup:
    told = [el("span", {}, f"{one.id} ({say(lang, f'digest.{one.reason}')})") for one in answer.missing]
    return say_with(lang, "digest.missing", n=len(told), articles=joined(separated(", ", *told)))


def _told(lang: Lang, article_id: str, sentences: Sequence[DigestSentence], now: datetime) -> Markup:
    if not sentences:
        return _notice(say(lang, "digest.none"))
    runs = [(source, list(ones)) for source, ones in groupby(sentences, key=lambda one: one.source)]
    return el(
        "section",
        {"class": "story", "aria-labelledby": "story-title"},
        el("h2", {"id": "story-title"}, say(lang, "digest.in_time")),
        el("p", {"class": "fine"}, say(lang, "digest.help")),
        el("ol", {"class": "thread"}, *(_run(lang, article_id, source, ones, now) for source, ones in runs)),
        el("p", {"class": "fine copying"}, copy_button(lang)),
    )


def _run(lang: Lang, here: str, source: DigestSource, sentences: Sequence[DigestSentence], now: datetime) -> Markup:
    """Sentences of the same article that follow one another."""
    day = time_of(lang, source.published_at, now) or say(lang, "article.undated")
    own = source.id == here
    return el(
        "li",
        {"class": "here" if own else None},
        el(
            "p",
            {"class": "kicker"},
            *separated(" · ", own and say(lang, "article.just_read"), day, of_article(lang, source.publisher)),
        ),
        *(el("p", {"class": "sentence"}, _place_link(lang, one, one.text)) for one in sentences),
        el("p", {"class": "source"}, article_link(lang, source.id, source.title)),
    )


def _place_link(lang: Lang, one: DigestSentence, words: str) -> Markup:
    """A link to where a sentence stands; without script the browser goes there by the hash."""
    place = stretch_address(lang, one.source.id, one.field, one.start, one.end)
    return el("a", {"href": place, "lang": article_lang(lang)}, words)


def _silent(lang: Lang, answer: DigestAnswer, now: datetime) -> Child:
    """Articles that were read and have no sentence of their own here."""
    speaking = {one.source.id for one in answer.sentences}
    others = [one for one in answer.articles if one.id not in speaking]
    if not others:
        return None
    rows = []
    for one in others:
        told = separated(" · ", time_of(lang, one.published_at, now), of_article(lang, one.publisher))
        rows.append(el("li", {}, article_link(lang, one.id, one.title), " ", el("span", {"class": "fine"}, *told)))
    summary = el("summary", {}, say(lang, "digest.silent", n=len(others)))
    return el("details", {"class": "silent"}, summary, el("ul", {}, *rows))


def _numbers(lang: Lang, contradictions: Sequence[Contradiction], now: datetime) -> Markup:
    """Numbers that articles give differently; the script draws them as well."""
    return el(
        "section",
        {"class": "numbers", "aria-labelledby": "numbers-title"},
        el("h2", {"id": "numbers-title"}, say(lang, "numbers.title")),
        el("p", {"class": "fine"}, say(lang, "numbers.help")),
        *(_figure(lang, one, now) for one in contradictions),
    )


def _figure(lang: Lang, one: Contradiction, now: datetime) -> Markup:
    about = of_article(lang, one.about)
    reports = [_report(lang, report, max(each.value for each in one.reports), now) for report in one.reports]
    listed = el("ol", {"class": "picture", "data-count": len(reports)}, *reports)
    return el("figure", {}, el("figcaption", {}, say_with(lang, "numbers.about", about=about)), listed)


def _report(lang: Lang, report: NumberReport, most: float, now: datetime) -> Markup:
    sentence = report.sentence
    source = sentence.source
    day = time_of(lang, source.published_at, now, "exact") or say(lang, "article.undated")
    span = Span(report.start - sentence.start, report.end - sentence.start)
    quoted = marked(sentence.text, [span], lambda words, _: el("mark", {}, words))
    share = round(100 * report.value / most) if most > 0 else 0
    bar = el("span", {"class": "bar", "aria-hidden": "true", "data-share": share})
    return el(
        "li",
        {},
        el("p", {"class": "number"}, _place_link(lang, sentence, report.number), bar),
        el(
            "div",
            {"class": "where"},
            el("p", {"class": "kicker"}, *separated(" · ", day, of_article(lang, source.publisher))),
            report.articles > 1 and el("p", {"class": "kicker"}, say(lang, "numbers.agreeing", n=report.articles)),
            el("p", {"class": "quoted", "lang": article_lang(lang)}, quoted),
        ),
    )
