"""The sentences of an article that answer a query: by its words where they decide, by meaning where they don't."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from machtin.answers import Snippet, Span
from machtin.article import Article
from machtin.errors import MachtinError
from machtin.highlights import Highlighter, Occurrence
from machtin.marked_text import marked_html
from machtin.ports import Embedder
from machtin.sentences import sentences

Field = Literal["sapo", "body"]

SNIPPET_LENGTH: Final = 240
# Code points of a usual sentence: what a word's frequency is reckoned in.
_USUAL_SENTENCE: Final = 130
# Sentences are found in the lines that hold most of the query's words; a line without end is read around them.
_LINES = 2
_LONG_LINE: Final = 1_200
_BEFORE: Final = 500
# What two query words count beside each other, as a share of what they count alone.
_BESIDE = 1.0
# A second sentence is worth its room only where it adds this share.
_SECOND = 0.9
# Below this share of the query words' weight the words don't decide.
_DECIDED = 0.4
_MEANING = 1.0
# Embedding is what costs: of an article only its first sentences can be chosen by meaning.
_SAPO_SENTENCES = 2
_BODY_SENTENCES = 8


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """An article, and where the query's words stand in its fields."""

    article: Article
    sapo: list[Occurrence]
    body: list[Occurrence]


class _Candidate(NamedTuple):
    """One sentence, or two neighbours, and the share of the query that its words cover, 0 to 1."""

    field: Field
    start: int
    end: int
    covered: float


def snippets(highlighter: Highlighter, hits: Sequence[MarkedArticle], embedder: Embedder, query: str) -> list[Snippet | None]:
    """A snippet for each hit, None where an article has neither sapo nor body."""
    scale = _Scale.of(highlighter, hits)
    chosen: list[_Candidate | None] = []
    for hit in hits:
        found = [one for field in ("sapo", "body") for one in _by_words(hit, field, scale)]
        chosen.append(max(found, key=lambda one: one.covered, default=None))
    open_ = [at for at, one in enumerate(chosen) if one is None or one.covered < _DECIDED]
    if open_:
        for at, one in zip(open_, _by_meaning([(hits[at], chosen[at]) for at in open_], scale, embedder, query)):
            chosen[at] = one
    return [_snippet(hit, one) if one else None for hit, one in zip(hits, chosen, strict=True)]


class _Scale:
    """What each word of the query counts, and each two that were typed beside each other.

    A word counts by how rare it is in the articles found, which stand for the collection: log(1 + sentences / places).
    """

    def __init__(self, weights: list[float], beside: dict[tuple[int, int], float]) -> None:
        self.weights = weights
        self._beside = beside
        self._total = sum(weights) + sum(beside.values()) or 1.0

    @classmethod
    def of(cls, highlighter: Highlighter, hits: Sequence[MarkedArticle]) -> _Scale:
        counts = Counter(one.word for hit in hits for field in (hit.sapo, hit.body) for one in field)
        length = sum(len(hit.article.sapo) + len(hit.article.body) for hit in hits)
        weights = [
            math.log1p(length / _USUAL_SENTENCE / (counts[word] or 0.5)) for word in range(len(highlighter.words))
        ]
        places = {word: at for at, word in enumerate(highlighter.words)}
        typed = [places[word] for word in highlighter.typed]
        beside = {pair: _BESIDE * (weights[pair[0]] + weights[pair[1]]) / 2 for pair in pairwise(typed)}
        return cls(weights, beside)

    def covered(self, found: Sequence[Occurrence]) -> float:
        """The share of the query that these words make up."""
        words = {one.word for one in found}
        beside = {
            (first.word, second.word) for first, second in pairwise(found) if second.start - first.end == 1
        }
        total = sum(self.weights[word] for word in words) + sum(self._beside.get(pair, 0.0) for pair in beside)
        return total / self._total


def _by_words(hit: MarkedArticle, field: Field, scale: _Scale) -> Iterator[_Candidate]:
    """The sentences of the lines that hold most of the query's words, alone and each with the one that follows."""
    text, found = (hit.article.sapo, hit.sapo) if field == "sapo" else (hit.article.body, hit.body)
    for start, end, inside in _richest_lines(text, found, scale):
        before: tuple[int, int] | None = None
        for sentence in sentences(text[start:end]):
            span = start + sentence.start, start + sentence.end
            within = _between(inside, *span)
            if within:
                yield _Candidate(field, *span, scale.covered(within))
            if before and span[1] - before[0] <= SNIPPET_LENGTH and within:
                both = _between(inside, before[0], span[1])
                if len(both) > len(within):
                    yield _Candidate(field, before[0], span[1], _SECOND * scale.covered(both))
            before = span


def _richest_lines(
    text: str, found: list[Occurrence], scale: _Scale
) -> list[tuple[int, int, list[Occurrence]]]:
    """Start, end and the query's words of the lines that hold most of them."""
    lines: list[tuple[int, int, list[Occurrence]]] = []
    for one in found:
        if not lines or one.start >= lines[-1][1]:
            end = text.find("\n", one.start)
            lines.append((text.rfind("\n", 0, one.start) + 1, len(text) if end < 0 else end, []))
        lines[-1][2].append(one)
    if len(lines) > _LINES:
        lines = sorted(lines, key=lambda line: -scale.covered(line[2]))[:_LINES]
    return [line if line[1] - line[0] <= _LONG_LINE else _around(text, *line, scale) for line in lines]


_END: Final = re.compile(r"[.!?…][\"”’»)\]]*\s+")


def _around(
    text: str, start: int, end: int, found: list[Occurrence], scale: _Scale
) -> tuple[int, int, list[Occurrence]]:
    """The part of a long line around most of the query's words."""
    windows = ((one, _between(found, one.start, one.start + SNIPPET_LENGTH)) for one in found)
    first, _ = max(windows, key=lambda window: scale.covered(window[1]))
    low, high = max(start, first.start - _BEFORE), min(end, first.start + SNIPPET_LENGTH + _BEFORE)
    if low > start and (mark := _END.search(text, low, first.start)):
        low = mark.end()
    return low, high, _between(found, low, high)


def _between(found: list[Occurrence], start: int, end: int) -> list[Occurrence]:
    first = bisect_left(found, start, key=lambda one: one.start)
    last = bisect_left(found, end, first, key=lambda one: one.end - 1)
    return found[first:last]


def _by_meaning(
    hits: Sequence[tuple[MarkedArticle, _Candidate | None]], scale: _Scale, embedder: Embedder, query: str
) -> list[_Candidate | None]:
    """Of each article's first sentences and what its words chose, what is nearest to the query."""
    groups = [[*_first_sentences(hit, scale), *([known] if known else [])] for hit, known in hits]
    texts = [_text(hit, one) for (hit, _), group in zip(hits, groups, strict=True) for one in group]
    try:
        vectors = embedder.embed([query, *texts])
    except MachtinError:
        return [known or next(iter(group), None) for (_, known), group in zip(hits, groups, strict=True)]
    cosines = iter((vectors[1:] @ vectors[0]).tolist())
    return [
        max(((one, one.covered + _MEANING * next(cosines)) for one in group), key=lambda one: one[1], default=(None, 0))[0]
        for group in groups
    ]


def _first_sentences(hit: MarkedArticle, scale: _Scale) -> Iterator[_Candidate]:
    article = hit.article
    texts: tuple[tuple[Field, str, list[Occurrence], int], ...] = (
        ("sapo", article.sapo, hit.sapo, _SAPO_SENTENCES),
        ("body", article.body, hit.body, _BODY_SENTENCES),
    )
    for field, text, found, most in texts:
        for sentence, _ in zip(sentences(text[: most * 2 * _USUAL_SENTENCE]), range(most), strict=False):
            yield _Candidate(
                field, sentence.start, sentence.end, scale.covered(_between(found, sentence.start, sentence.end))
            )


def _text(hit: MarkedArticle, one: _Candidate) -> str:
    return (hit.article.sapo if one.field == "sapo" else hit.article.body)[one.start : one.end]


def _snippet(hit: MarkedArticle, chosen: _Candidate) -> Snippet:
    text, found = (hit.article.sapo, hit.sapo) if chosen.field == "sapo" else (hit.article.body, hit.body)
    start, end = chosen.start, chosen.end
    spans = [Span(one.start - start, one.end - start) for one in _between(found, start, end)]
    shown = text[start:end]
    return Snippet(chosen.field, shown, start, end, spans, marked_html(shown, spans))
