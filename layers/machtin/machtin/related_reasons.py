"""Why an article is shown beside another, in words that a reader understands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from machtin.article import Article
from machtin.event_features import READ, PairWeights, Told, days_apart
from machtin.related_answers import Reason
from machtin.vietnamese import fold, fold_syllables, syllables_with_spans

# Names that are shown; rarer ones first.
MOST: Final = 2
# A name that nearly every article has explains nothing.
TELLING: Final = 0.35
_OPENING: Final = re.compile(r"(?:\A|[.!?:…\n])[\s\"“”‘’'(]*\Z")


def reason_of(article: Article, other: Article, weights: PairWeights, *, same_event: bool) -> Reason:
    """Of one related article."""
    days = days_apart(article, other)
    hours = None if days is None else round(days * 24, 1)
    when = "" if hours is None else f" · {_later(hours)}"
    if same_event:
        return Reason("same_event", f"cùng sự kiện{when}", _names(article, other, weights), hours)
    if names := _names(article, other, weights):
        return Reason("names", f"bối cảnh: {', '.join(names)}{when}", names, hours)
    own = {fold(tag): tag for tag in article.tags}
    topics = [tag for tag in other.tags if fold(tag) in own][:MOST]
    return Reason("topic", f"bối cảnh: {', '.join(topics) or 'cùng chủ đề'}{when}", topics, hours)


def _later(hours: float) -> str:
    """By how much the other was published later."""
    size = abs(hours)
    side = "sau" if hours > 0 else "trước"
    for least, unit, name in (
        (24 * 365, 24 * 365, "năm"),
        (24 * 60, 24 * 30, "tháng"),
        (48, 24, "ngày"),
        (1, 1, "giờ"),
    ):
        if size >= least:
            return f"{int(size // unit)} {name} {side}"
    return "cùng giờ"


def _names(article: Article, other: Article, weights: PairWeights) -> list[str]:
    """Names that both have, as the other has them: the most telling ones."""
    shared = Told.of(article).names & Told.of(other).names
    found: dict[str, tuple[float, str]] = {}
    for name, pairs in _runs(other, shared):
        worth = weights.of(pairs)
        if worth >= TELLING and worth > found.get(fold(name), (0.0, ""))[0]:
            found[fold(name)] = worth, name
    chosen: list[str] = []
    for _, name in sorted(found.values(), key=lambda one: -one[0]):
        if len(chosen) < MOST and not any(fold(name) in fold(one) or fold(one) in fold(name) for one in chosen):
            chosen.append(name)
    return chosen


def _runs(article: Article, shared: frozenset[str]) -> Iterator[tuple[str, list[str]]]:
    """Stretches of the text in which each pair of neighbours is a shared name; none that a sentence begins with."""
    text = "\n".join(part for part in (article.title, article.sapo, article.body[:READ]) if part)
    spelt, spans = syllables_with_spans(text)
    tokens = fold_syllables(spelt)
    at = 0
    while at < len(tokens) - 1:
        end = at
        while end < len(tokens) - 1 and _named(text, spans, tokens, end, shared):
            end += 1
        if end > at and not _OPENING.search(text[max(0, spans[at][0] - 8) : spans[at][0]]):
            pairs = [f"{tokens[one]} {tokens[one + 1]}" for one in range(at, end)]
            yield text[spans[at][0] : spans[end][1]], pairs
        at = max(end, at + 1)


def _named(text: str, spans: list[tuple[int, int]], tokens: list[str], at: int, shared: frozenset[str]) -> bool:
    (start, end), (following, _) = spans[at], spans[at + 1]
    capitals = text[start].isupper() and text[following].isupper() and following - end == 1
    return capitals and f"{tokens[at]} {tokens[at + 1]}" in shared
