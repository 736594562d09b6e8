"""The sentences of an article that answer a query: by its words where they decide, by meaning where they don't.

The words of the query count by how rare they are in the articles found, and two that were typed beside each other count
again where they stand beside each other, as in Metzler and Croft, "A Markov random field model for term dependencies",
SIGIR 2005. Figures: docs/decisions/0017-snippets.md.
"""

from __future__ import annotations

import logging
import math
import re
import time
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Final, Literal, NamedTuple

import numpy as np

from machtin.answers import Snippet, Span
from machtin.article import Article
from machtin.errors import MachtinError
from machtin.highlights import Highlighter, Occurrence
from machtin.marked_text import marked_html
from machtin.model_port import Embedder
from machtin.sentences import sentences

log = logging.getLogger(__name__)

SNIPPET_LENGTH: Final = 240
# Code points of a usual sentence: what a word's rarity is reckoned in.
_USUAL_SENTENCE: Final = 130
# A line without end is read around most of the query's words.
_LONG_LINE: Final = 1_200
_BEFORE: Final = 500
# What two words beside each other count, as a share of what they count alone.
_BESIDE: Final = 1.5
# A sentence's neighbour is shown with it where both cover so much more than the sentence alone.
_SECOND: Final = 0.95
# Below this share of the query the words don't decide.
_DECIDED: Final = 0.1
# Embedding is what costs: so many sentences of all articles that the words don't decide, from the first one on.
_EMBEDDED: Final = 40
_MOST_OF_ONE: Final = 10
_LEAST_OF_ONE: Final = 3
# Seconds after which no further article's sentences are embedded; the bundled model needs a hundredth of it.
_PATIENCE: Final = 0.1


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """An article, and where the query's words stand in its fields."""

    article: Article
    sapo: list[Occurrence]
    body: list[Occurrence]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field, and the words in it: ``masks`` has a bit for each word, and one for each two beside each other."""

    name: Literal["sapo", "body"]
    text: str
    found: list[Occurrence]
    masks: list[int]

    def range(self, start: int, end: int) -> slice:
        """Which words stand between two places of the text."""
        first = bisect_left(self.found, start, key=lambda one: one.start)
        return slice(first, bisect_left(self.found, end, first, key=lambda one: one.start))


class _Candidate(NamedTuple):
    """One sentence, or two neighbours, and the share of the query that their words cover, 0 to 1."""

    field: _Field
    start: int
    end: int
    covered: float

    @property
    def text(self) -> str:
        return self.field.text[self.start : self.end]


def snippets(
    highlighter: Highlighter, hits: Sequence[MarkedArticle], embedder: Embedder, query: str
) -> list[Snippet | None]:
    """A snippet for each hit of a query that is not empty, None where an article has neither sapo nor body.

    Where the query can't be embedded, what its words can't decide begins with the article's first sentence.
    """
    scale = _Scale.of(highlighter, hits)
    fields = [
        (scale.marked("sapo", hit.article.sapo, hit.sapo), scale.marked("body", hit.article.body, hit.body))
        for hit in hits
    ]
    chosen = [_by_words(both, scale) for both in fields]
    undecided = [at for at, one in enumerate(chosen) if one is None or one.covered < _DECIDED]
    share = max(_LEAST_OF_ONE, min(_MOST_OF_ONE, _EMBEDDED // max(1, len(undecided))))
    groups = [[*_first_sentences(fields[at], scale, share), *filter(None, [chosen[at]])] for at in undecided]
    for at, one in zip(undecided, _nearest(groups, embedder, query), strict=True):
        chosen[at] = one
    return [_snippet(_cut(one, scale)) if one else None for one in chosen]


class _Scale:
    """What each word of the query counts, and each two that were typed beside each other.

    A word counts by how rare it is in the articles found, which stand for the collection: log(1 + sentences / places).
    """

    def __init__(self, weights: list[float], beside: dict[tuple[int, int], float]) -> None:
        self._weights = [*weights, *beside.values()]
        self._bits = {pair: 1 << len(weights) + at for at, pair in enumerate(beside)}
        self._total = sum(self._weights) or 1.0
        self._known: dict[int, float] = {}

    @classmethod
    def of(cls, highlighter: Highlighter, hits: Sequence[MarkedArticle]) -> _Scale:
        """The scale of one answer."""
        counts = Counter(one.word for hit in hits for field in (hit.sapo, hit.body) for one in field)
        usual = sum(len(hit.article.sapo) + len(hit.article.body) for hit in hits) / _USUAL_SENTENCE
        weights = [math.log1p(usual / (counts[word] or 0.5)) for word in range(len(highlighter.words))]
        places = {word: at for at, word in enumerate(highlighter.words)}
        typed = pairwise(places[word] for word in highlighter.typed)
        return cls(weights, {pair: _BESIDE * (weights[pair[0]] + weights[pair[1]]) / 2 for pair in typed})

    def marked(self, name: Literal["sapo", "body"], text: str, found: list[Occurrence]) -> _Field:
        """A field with the bits of its words."""
        masks, end, before = [], -1, -1
        for one in found:
            beside = self._bits.get((before, one.word), 0) if one.start == end + 1 else 0
            masks.append(1 << one.word | beside)
            end, before = one.end, one.word
        return _Field(name, text, found, masks)

    def covered(self, masks: Sequence[int]) -> float:
        """The share of the query that these words make up."""
        mask = reduce(or_, masks, 0)
        if mask not in self._known:
            counted = (weight for at, weight in enumerate(self._weights) if mask >> at & 1)
            self._known[mask] = sum(counted) / self._total
        return self._known[mask]


def _by_words(fields: Sequence[_Field], scale: _Scale) -> _Candidate | None:
    """What covers most of the query; the sapo, and what comes first, where it is the same.

    No sentence covers more than its line: lines are read from the richest on, until none can be better.
    """
    lines = [line for field in fields for line in _lines(field, scale)]
    best: _Candidate | None = None
    for line in sorted(lines, key=lambda line: -line.covered):
        if best and line.covered <= best.covered:
            break
        for one in _sentences(line, scale):
            if best is None or one.covered > best.covered:
                best = one
    return best


def _lines(field: _Field, scale: _Scale) -> Iterator[_Candidate]:
    """The lines that have any word of the query."""
    first, text = 0, field.text
    while first < len(field.found):
        start = text.rfind("\n", 0, field.found[first].start) + 1
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        last = bisect_left(field.found, end, first, key=lambda one: one.start)
        yield _Candidate(field, start, end, scale.covered(field.masks[first:last]))
        first = max(last, first + 1)


_END: Final = re.compile(r"[.!?…。][\"”’»)\]]*\s")


def _sentences(line: _Candidate, scale: _Scale) -> Iterator[_Candidate]:
    """The sentences of a line that have any word of the query, alone and each with the one before."""
    field = line.field
    if line.end - line.start > _LONG_LINE:
        line = _around(line, scale)
    if not _END.search(field.text, line.start, line.end):
        yield line
        return
    before: _Candidate | None = None
    for sentence in sentences(line.text):
        start, end = line.start + sentence.start, line.start + sentence.end
        one = _Candidate(field, start, end, scale.covered(field.masks[field.range(start, end)]))
        yield one
        if before and end - before.start <= SNIPPET_LENGTH:
            both = scale.covered(field.masks[field.range(before.start, end)])
            yield _Candidate(field, before.start, end, _SECOND * both)
        before = one


def _around(line: _Candidate, scale: _Scale) -> _Candidate:
    """The part of a long line around most of the query's words, from a sentence's beginning on where one is near."""
    field = line.field
    first = _richest(line, scale)
    start, end = max(line.start, first - _BEFORE), min(line.end, first + SNIPPET_LENGTH + _BEFORE)
    if start > line.start and (mark := _END.search(field.text, start, first)):
        start = mark.end()
    return line._replace(start=start, end=end)


def _nearest(groups: Sequence[Sequence[_Candidate]], embedder: Embedder, query: str) -> list[_Candidate | None]:
    """Of each group what is nearest to the query, the words that it has counted in; the first where they are equal.

    A model that is slow is asked about the first articles alone.
    """
    nearest = [next(iter(group), None) for group in groups]
    places = [at for at, group in enumerate(groups) if group]
    if not places:
        return nearest
    started = time.perf_counter()
    try:
        vectors = embedder.embed([query, *(one.text for one in groups[places[0]])])
        # Calls cost more than texts: what the first article took tells how many there is time for in a second one.
        affordable = places[: 1 + int(_PATIENCE / (time.perf_counter() - started))]
        if len(affordable) > 1:
            rest = embedder.embed([one.text for at in affordable[1:] for one in groups[at]])
            vectors = np.concatenate([vectors, rest])
    except MachtinError as error:
        log.warning("snippets are chosen without a model: %s", error)
        return nearest
    cosines = iter((vectors[1:] @ vectors[0]).tolist())
    for at in affordable:
        nearest[at] = max(((one, one.covered + next(cosines)) for one in groups[at]), key=lambda one: one[1])[0]
    return nearest


def _first_sentences(fields: Sequence[_Field], scale: _Scale, most: int) -> Iterator[_Candidate]:
    """The first sentences of the sapo, then of the body, no more than ``most``."""
    left = most
    for field in fields:
        read = field.text[: 2 * left * _USUAL_SENTENCE]
        for sentence in sentences(read):
            if not left or (sentence.start and sentence.end == len(read) < len(field.text)):
                break
            covered = scale.covered(field.masks[field.range(sentence.start, sentence.end)])
            yield _Candidate(field, sentence.start, sentence.end, covered)
            left -= 1


_FIRST_WORD: Final = re.compile(r"\S*\s+")
_LAST_WORD: Final = re.compile(r"\s+\S*\Z")


def _cut(one: _Candidate, scale: _Scale) -> _Candidate:
    """A sentence that is too long, cut between two words to the part with most of the query's words."""
    if one.end - one.start <= SNIPPET_LENGTH:
        return one
    text, start = one.field.text, one.start
    inside = one.field.found[one.field.range(one.start, one.end)]
    if inside and inside[-1].end > start + SNIPPET_LENGTH:
        first = _richest(one, scale)
        start = max(start, first - SNIPPET_LENGTH // 4)
        if start > one.start and (word := _FIRST_WORD.match(text, start, first)):
            start = word.end()
    end = min(one.end, start + SNIPPET_LENGTH)
    if end < one.end:
        space = _LAST_WORD.search(text, start + 1, end + 1)
        end = space.start() if space else end
        while end < one.end and unicodedata.combining(text[end]):
            end += 1
    return one._replace(start=start, end=end)


def _richest(one: _Candidate, scale: _Scale) -> int:
    """The place from which most of the query's words stand within one snippet."""
    field = one.field
    return max(
        (word.start for word in field.found[field.range(one.start, one.end)]),
        key=lambda start: scale.covered(field.masks[field.range(start, start + SNIPPET_LENGTH)]),
    )


def _snippet(chosen: _Candidate) -> Snippet:
    start, end = chosen.start, chosen.end
    found = chosen.field.found[chosen.field.range(start, end)]
    # A name of several words may go on where the snippet was cut.
    spans = [Span(one.start - start, min(one.end, end) - start) for one in found]
    return Snippet(chosen.field.name, chosen.text, start, end, spans, marked_html(chosen.text, spans))
