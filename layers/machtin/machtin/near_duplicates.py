"""Near-duplicates: articles that are one text, lightly edited, with the same facts; and which of them is shown.

Cut, reordered, given another headline, byline or frame, reworded here and there, in another spelling or without
diacritics, a text stays a copy. With another number, date or name in one of its sentences it is other news.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from machtin.article import Article
from machtin.changed_facts import facts_changed
from machtin.fact_slots import SlottedText
from machtin.ports import IndexEntry, Vectors
from machtin.shingles import Shingles, pairs_sharing, shared, shingles
from machtin.vietnamese import fold as fold_diacritics
from machtin.vietnamese import syllables

# Share of the shorter text's shingles that the longer one holds too, from which both are one text.
CONTAINMENT: Final = 0.62
# Below this share both must open with what the other has too: a later report repeats most of an earlier one as its
# background, and opens with the news. The opening is so many code points of the body; headline and sapo may be new.
CERTAIN: Final = 0.85
LEAD: Final = 400
SHARED_LEAD: Final = 0.5
# Code points of a text that are compared, some 4,500 syllables; pairs of longer ones take too long.
READ: Final = 20_000
# A copy of fewer shingles must hold nearly nothing else: a few words say little of where they come from.
FEW: Final = 30
CONTAINMENT_OF_FEW: Final = 0.8
# Texts whose vectors are further apart are no copies, and are not read.
NEAR: Final = 0.5
# Of copies those with so much of the fullest one's text are as good as that; the earliest of them is shown.
AS_FULL: Final = 0.8
# A copy is compared with so many of a group: sixty papers that print one dispatch are no 1,770 pairs.
COMPARED: Final = 8

LATEST: Final = datetime.max.replace(tzinfo=UTC)

Likeness = Literal["copy", "changed", "other"]


@dataclass(frozen=True)
class Sketch:
    """What an article is compared by."""

    text: str
    opening: str
    shingles: Shingles

    def opens_in(self, other: Sketch) -> bool:
        """Whether most of the opening stands in the other text."""
        return shared(self._lead, other.shingles) >= SHARED_LEAD * len(self._lead)

    @cached_property
    def _lead(self) -> Shingles:
        return shingles([self.opening])[0]

    @cached_property
    def words(self) -> list[str]:
        """Read only of texts that are too short for shingles."""
        return syllables(fold_diacritics(self.text))

    @cached_property
    def sentences(self) -> SlottedText:
        """Read only where texts are alike."""
        return SlottedText(self.text)


class Group(NamedTuple):
    """The article that is shown, and its copies in the order in which they were given."""

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
    texts = [whole_text(article)[:READ] for article in articles]
    openings = [(article.body or article.sapo or article.title)[:LEAD] for article in articles]
    return [Sketch(*one) for one in zip(texts, openings, shingles(texts), strict=True)]


def likeness(one: Sketch, other: Sketch) -> Likeness:
    """Whether two articles are one text; "changed" where they would be but for a fact."""
    least = min(len(one.shingles), len(other.shingles))
    needed = CONTAINMENT if least >= FEW else CONTAINMENT_OF_FEW
    common = shared(one.shingles, other.shingles)
    if len(one.shingles) == len(other.shingles) == 0:
        return "copy" if one.words and one.words == other.words else "other"
    if least == 0 or common < needed * least:
        return "other"
    if common < CERTAIN * least and not (one.opens_in(other) and other.opens_in(one)):
        return "other"
    return "changed" if facts_changed(one.sentences, other.sentences) else "copy"


def is_copy(one: Sketch, other: Sketch) -> bool:
    """Whether one text is the other, lightly edited or cut, with the same facts."""
    return likeness(one, other) == "copy"


def fold(entries: Sequence[IndexEntry], *, show_first: bool = False) -> list[Group]:
    """Near-duplicates folded together, each group in the place of the first of it.

    An article joins a group when it is a copy of one in it and differs in a fact from none, as far as its first few
    tell. The earliest of those with nearly all of the text is shown, undated ones last; or the first, where the order
    tells what to show (by date).
    """
    near = _near([entry.vector for entry in entries])
    read = np.flatnonzero(near.any(axis=1)).tolist()
    made = dict(zip(read, sketches([entries[at].article for at in read]), strict=True))
    partners: defaultdict[int, set[int]] = defaultdict(set)
    for first, second in pairs_sharing([made[at].shingles for at in read]):
        one, other = read[first], read[second]
        if near[one, other]:
            partners[other].add(one)
    groups: list[list[int]] = []
    group_of: dict[int, int] = {}
    for at in range(len(entries)):
        candidates = sorted({group_of[one] for one in partners[at]})
        fitting = (
            group
            for group in candidates
            if _belongs(made[at], [made[one] for one in groups[group] if one in partners[at]])
        )
        group_of[at] = next(fitting, len(groups))
        if group_of[at] == len(groups):
            groups.append([])
        groups[group_of[at]].append(at)
    heads = [group[0] if show_first else _shown(group, entries, made) for group in groups]
    return [
        Group(entries[head], [entries[at] for at in group if at != head])
        for head, group in zip(heads, groups, strict=True)
    ]


def copies_of(article: Article, vector: Vectors | None, entries: Sequence[IndexEntry]) -> list[str]:
    """The ids of those entries that are copies of this very article, or draft; in their order, without its own."""
    near = [
        entry
        for entry in entries
        if entry.article.id != article.id
        and (vector is None or entry.vector is None or float(vector @ entry.vector) >= NEAR)
    ]
    own, *others = sketches([article, *(entry.article for entry in near)])
    return [entry.article.id for entry, one in zip(near, others, strict=True) if is_copy(own, one)]


def _near(vectors: Sequence[Vectors | None]) -> NDArray[np.bool_]:
    """Which articles may be copies of which others; whoever has no vector may be anybody's."""
    blank = np.zeros(next((len(vector) for vector in vectors if vector is not None), 1), dtype=np.float32)
    rows = np.array([blank if vector is None else vector for vector in vectors]).reshape(-1, len(blank))
    unknown = np.array([vector is None for vector in vectors], dtype=np.bool_)
    near: NDArray[np.bool_] = (rows @ rows.T >= NEAR) | unknown | unknown[:, np.newaxis]
    np.fill_diagonal(near, False)
    return near


def _belongs(one: Sketch, members: Sequence[Sketch]) -> bool:
    likenesses = {likeness(member, one) for member in members[:COMPARED]}
    return "copy" in likenesses and "changed" not in likenesses


def _shown(group: Sequence[int], entries: Sequence[IndexEntry], made: Mapping[int, Sketch]) -> int:
    if len(group) == 1:
        return group[0]
    fullest = max(len(made[at].shingles) for at in group)
    full = [at for at in group if len(made[at].shingles) >= AS_FULL * fullest]
    return min(full, key=lambda at: (entries[at].article.published_at or LATEST).timestamp())
