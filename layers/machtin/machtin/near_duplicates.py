"""Near-duplicates: articles that are one text, lightly edited, with the same facts; and which of them is shown.

Cut, reordered, given another headline, byline or frame, reworded here and there, in another spelling or without
diacritics, a text stays a copy. With another number, date or name in one of its sentences it is other news.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from machtin.article import Article
from machtin.changed_facts import facts_changed
from machtin.fact_slots import SlottedText
from machtin.ports import IndexEntry, Vectors
from machtin.shingles import Shingles, shared, shingles

# Share of the shorter text's shingles that the longer one holds too, from which both are one text.
CONTAINMENT: Final = 0.6
# A copy of fewer shingles must hold nearly nothing else: a few words say little of where they come from.
FEW: Final = 30
CONTAINMENT_OF_FEW: Final = 0.8
# Texts whose vectors are further apart are no copies, and are not read.
NEAR: Final = 0.5
# Of copies those with so much of the fullest one's text are as good as that; the earliest of them is shown.
AS_FULL: Final = 0.8

Likeness = Literal["copy", "changed", "other"]


@dataclass(frozen=True)
class Sketch:
    """What an article is compared by."""

    text: str
    shingles: Shingles

    @cached_property
    def sentences(self) -> SlottedText:
        """Read only where texts are alike."""
        return SlottedText(self.text)


class Group(NamedTuple):
    """An article that is shown and the copies folded under it, in their order."""

    head: IndexEntry
    copies: list[IndexEntry]


def whole_text(article: Article) -> str:
    """What an article is compared by."""
    return "\n".join(part for part in (article.title, article.sapo, article.body) if part)


def sketch(article: Article) -> Sketch:
    """Of one article; several at once take less."""
    return sketches([article])[0]


def sketches(articles: Sequence[Article]) -> list[Sketch]:
    """Of each article, in order."""
    texts = [whole_text(article) for article in articles]
    return [Sketch(text, own) for text, own in zip(texts, shingles(texts), strict=True)]


def likeness(one: Sketch, other: Sketch) -> Likeness:
    """Whether two articles are one text; "changed" where they would be but for a fact."""
    least = min(len(one.shingles), len(other.shingles))
    needed = CONTAINMENT if least >= FEW else CONTAINMENT_OF_FEW
    if least == 0 or shared(one.shingles, other.shingles) < needed * least:
        return "other"
    return "changed" if facts_changed(one.sentences, other.sentences) else "copy"


def is_copy(one: Sketch, other: Sketch) -> bool:
    """Whether one text is the other, lightly edited or cut, with the same facts."""
    return likeness(one, other) == "copy"
