"""Which related articles are shown, and in what order: the best, not three of a kind, fresh where it matters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from machtin import related_knobs as knobs
from machtin.article import Article
from machtin.companions import Floats
from machtin.event_features import days_apart
from machtin.ports import IndexEntry
from machtin.vietnamese import fold


def fresh(score: float, article: Article, other: Article) -> float:
    """A score less what of it has faded with the time between two articles; all of it where either has no date."""
    days = days_apart(article, other)
    if days is None:
        return score
    half_life = knobs.HALF_LIVES.get(fold(other.section or ""), knobs.HALF_LIFE)
    faded = 1.0 - math.pow(0.5, abs(days) / half_life)
    return score * (1 - knobs.FRESHNESS * faded)


def diverse(scores: Sequence[float], entries: Sequence[IndexEntry], between: Floats, size: int) -> list[int]:
    """Places of at most ``size`` entries, best first, each with the most that is left of its score by those before.

    ``between``: cosines of the entries, shape (n, n).
    """
    left, shown = list(range(len(scores))), list[int]()
    while left and len(shown) < size:
        best = max(left, key=lambda at: (scores[at] - _price(at, shown, entries, between), -at))
        shown.append(best)
        left.remove(best)
    return shown


def _price(at: int, shown: Sequence[int], entries: Sequence[IndexEntry], between: Floats) -> float:
    if not shown:
        return 0.0
    own = entries[at].article
    others = [entries[one].article for one in shown]
    alike = sum(one.author == own.author for one in others if own.author)
    alike += sum(one.publisher == own.publisher for one in others if own.publisher)
    return knobs.DIVERSITY * max(float(between[at, one]) for one in shown) + knobs.SAME_AUTHOR * alike
