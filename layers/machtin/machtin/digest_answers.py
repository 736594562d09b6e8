"""What callers get as a digest of an event: sentences of several articles, each with its source, in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from machtin.article import Article
from machtin.vietnamese import syllables


@dataclass(frozen=True, slots=True)
class DigestSource:
    """The article in which something stands."""

    id: str
    url: str | None
    title: str
    publisher: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True)
class DigestSentence:
    """A sentence with its place: code points of ``field`` of the article ``source`` as published."""

    text: str
    source: DigestSource
    field: Literal["sapo", "body"]
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class NumberReport:
    """A number as the first article that has it says it, and how many of the articles say the same.

    ``number``: as published, with what it counts ("bảy người"), at ``start`` and ``end`` of the sentence's field.
    """

    value: float
    number: str
    start: int
    end: int
    sentence: DigestSentence
    articles: int


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Different numbers for what seems to be the same thing, in order of time; ``about``: "người chết", "ngôi nhà"."""

    about: str
    reports: list[NumberReport]


@dataclass(frozen=True, slots=True)
class MissingArticle:
    """An article that was asked for and can't be read."""

    id: str
    reason: Literal["unknown", "taken_down"]


@dataclass(frozen=True, slots=True)
class DigestAnswer:
    """An extractive digest: sentences of several articles, none changed, in the order in which they were published.

    ``text``: all of them, the sentences of one article a line. ``syllables``: of ``text``; contradictions stand beside
    it and count no further. ``articles``: all that were read, first published first, those without a date last.
    ``degraded``: the developments were looked for by words or by meaning alone.
    """

    text: str
    syllables: int
    sentences: list[DigestSentence]
    contradictions: list[Contradiction]
    articles: list[DigestSource]
    missing: list[MissingArticle]
    degraded: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """What was chosen and what contradicts itself, each in order of time, and the articles in that order."""

    articles: Sequence[Article]
    sentences: Sequence[DigestSentence]
    contradictions: Sequence[Contradiction]


def source_of(article: Article) -> DigestSource:
    """The article as digests name it."""
    moment = article.published_at.isoformat() if article.published_at else None
    return DigestSource(article.id, article.url, article.title, article.publisher, moment)


def digest_answer(digest: Digest, missing: Sequence[MissingArticle], *, degraded: bool) -> DigestAnswer:
    """As callers get it."""
    by_article = groupby(digest.sentences, key=lambda one: one.source.id)
    text = "\n".join(" ".join(one.text for one in own) for _, own in by_article)
    return DigestAnswer(
        text=text,
        syllables=len(syllables(text)),
        sentences=list(digest.sentences),
        contradictions=list(digest.contradictions),
        articles=[source_of(article) for article in digest.articles],
        missing=list(missing),
        degraded=degraded,
    )
