"""What is published already of a draft's text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from machtin.article import Article
from machtin.draft_answers import DraftDuplicate
from machtin.ranking import is_copy, shingles
from machtin.vietnamese import fold, syllables

# From this share of a draft's text on, an editor is told even where the rest differs.
TELLING: Final = 0.5
# Texts whose vectors are further apart have no half of it in common, and are not compared.
NEAR: Final = 0.5
# Words before and behind a number that tell what it is about.
AROUND: Final = 2
_NUMBER: Final = re.compile(r"\d[\d,]*")


def duplicates(draft: Article, published: Sequence[Article]) -> list[DraftDuplicate]:
    """Those that are the draft's text, or hold most of it; the most of it first. Never the article that it corrects."""
    own = shingles(_text(draft))
    found = []
    for article in published:
        if article.id == draft.id:
            continue
        other = shingles(_text(article))
        share = len(own & other) / len(own)
        if share >= TELLING or is_copy(own, other):
            found.append(_told(article, share, facts_differ=_facts_differ(draft, article)))
    return sorted(found, key=lambda one: (-one.share, one.published_at or "", one.id))


def _told(article: Article, share: float, *, facts_differ: bool) -> DraftDuplicate:
    moment = article.published_at.isoformat() if article.published_at else None
    return DraftDuplicate(
        article.id, article.url, article.title, article.publisher, moment, round(share, 4), facts_differ
    )


def _text(article: Article) -> str:
    return "\n".join(part for part in (article.title, article.sapo, article.body) if part)


def _facts_differ(one: Article, other: Article) -> bool:
    """Whether the same words stand around different numbers."""
    mine, theirs = _numbers(one), _numbers(other)
    return any(mine[about].isdisjoint(theirs[about]) for about in mine.keys() & theirs.keys())


def _numbers(article: Article) -> dict[tuple[str, ...], set[str]]:
    """The numbers of a text by the words around them, which hold no other number."""
    tokens = syllables(fold(_text(article)))
    found: dict[tuple[str, ...], set[str]] = {}
    for at, token in enumerate(tokens):
        about = (*tokens[max(0, at - AROUND) : at], "", *tokens[at + 1 : at + 1 + AROUND])
        if _NUMBER.fullmatch(token) and len(about) == 2 * AROUND + 1 and not any(map(_NUMBER.fullmatch, about)):
            found.setdefault(about, set()).add(token)
    return found
