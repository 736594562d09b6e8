"""What an editor gets for a draft besides related news: what is published already, tags, and links to set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from machtin.related_answers import RelatedAnswer

DraftField = Literal["title", "sapo", "body"]


@dataclass(frozen=True, slots=True)
class DraftDuplicate:
    """A published article that has the draft's text, or most of it.

    ``share``, 0 to 1: how much of the draft's text stands there too. ``facts_differ``: both say the same, but for a
    fact ("5 người chết", "7 người chết"): a correction, or a mistake.
    """

    id: str
    url: str | None
    title: str
    publisher: str | None
    published_at: str | None
    share: float
    facts_differ: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a field of the draft as sent: code points from ``start`` up to, not including, ``end``."""

    field: DraftField
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DraftTag:
    """A tag of the archive that the draft doesn't have yet, spelt as is usual there.

    ``score``, 0 to 1, is higher the nearer the articles that have it are, and where its words stand in the draft;
    ``found_in_text``: where they first do, null where they don't. ``articles``: how many have it.
    """

    tag: str
    score: float
    articles: int
    found_in_text: Mention | None


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """The published article that a link leads to."""

    id: str
    url: str | None
    title: str
    published_at: str | None


@dataclass(frozen=True, slots=True)
class DraftLink:
    """A phrase of the draft that could lead to an article or to the list of a tag: one of both is null.

    ``text`` is what stands at ``start`` to ``end`` (code points) of ``field`` as sent; ``reason`` says why
    it leads there, in the language asked for, else in Vietnamese.
    """

    field: DraftField
    start: int
    end: int
    text: str
    article: LinkedArticle | None
    tag: str | None
    score: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAnswer(RelatedAnswer):
    """Related news of a draft, in both parts, and what helps to publish it.

    ``duplicates``: what has its text already, the most of it first. ``tags``: best first. ``links``: in the order of
    the text, none in another, none twice to the same place.
    """

    duplicates: list[DraftDuplicate]
    tags: list[DraftTag]
    links: list[DraftLink]
