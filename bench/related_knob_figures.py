"""What each knob of ``machtin.related_knobs`` does to the figures: one is changed at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from machtin import related_knobs as knobs
from machtin.model_port import Embedder
from machtin.ports import ArticleIndex
from related_measures import SHOWN, headline, indexed, measured_parts, ndcg, ranker, whole
from related_sets import RelatedSet

CHANGED: Final[Mapping[str, Sequence[Any]]] = {
    "POOL": (50, 200),
    "COMPARED": (25, 100),
    "WEIGHT": (0.35, 0.65),
    "HEADLINE_WEIGHT": (0.5, 0.8),
    "COMPANIONS": (1, 5),
    "PULL": (0.0, 0.4),
    "PULL_OF_HEADLINE": (0.0, 0.9),
    "STANDING_OUT": (0.06, 0.14),
    "ALIKE": (0.3, 0.5),
    "CONTINUES": (0.6, 0.4, 0.1),
    "STORY_DAYS": (0.0, 30.0, 180.0),
    "COMES_OF_IT": (0.6, 0.3),
    "EXPLAINING_DAYS": (0.0, math.inf),
    "DIVERSITY": (0.0, 0.3),
    "SAME_AUTHOR": (0.0, 0.06),
    "FRESHNESS": (0.0, 0.5),
    "HALF_LIFE": (30.0, 365.0),
}
# The others tell what is shown of a ranking, and leave the ranking as it is.
OF_RANKING: Final = frozenset(
    {"POOL", "COMPARED", "WEIGHT", "HEADLINE_WEIGHT", "COMPANIONS", "PULL", "PULL_OF_HEADLINE"}
)
HEAD: Final = (
    "| knob | VN-MDS, whole | headline | samples, whole | headline | developments | background "
    "| false developments | false background | likeness | days |"
)


class Ranking(NamedTuple):
    """nDCG@10 with the whole article and with the headline alone."""

    whole: float
    headline: float


class Crowded(NamedTuple):
    """A set, and its index."""

    own: RelatedSet
    index: ArticleIndex


def knob_table(sets: Sequence[RelatedSet], embedder: Embedder) -> Iterator[str]:
    """A line of Markdown for each setting, as soon as it is measured."""
    with ExitStack() as stack:
        made = [
            Crowded(one, stack.enter_context(indexed(one, embedder))) for one in sets if one.name != "sample articles"
        ]
        yield HEAD
        yield "|" + "---|" * 11
        as_shipped = [_ranking(one, embedder) for one in made]
        yield _line("as shipped", as_shipped, made, embedder)
        for name, values in CHANGED.items():
            for value in values:
                with _set(name, value):
                    rankings = [_ranking(one, embedder) for one in made] if name in OF_RANKING else as_shipped
                    yield _line(f"`{name}` {value:g}", rankings, made, embedder)


@contextmanager
def _set(name: str, value: object) -> Iterator[None]:
    with patch.object(knobs, name, value):
        yield


def _ranking(one: Crowded, embedder: Embedder) -> Ranking:
    rank = ranker(one.index, embedder, "hybrid")
    return Ranking(ndcg(one.own, rank, whole), ndcg(one.own, rank, headline))


def _line(label: str, rankings: Sequence[Ranking], made: Sequence[Crowded], embedder: Embedder) -> str:
    stories = next(one for one in made if one.own.dated)
    parts = measured_parts(stories.own, stories.index, embedder, SHOWN)
    by_set = {one.own.dated: ranking for one, ranking in zip(made, rankings, strict=True)}
    cells = [
        *(f"{figure:.4f}" for dated in (False, True) for figure in by_set[dated]),
        str(parts.developments),
        str(parts.background),
        *(f"{share:.0%}" for share in parts.filler or ()),
        f"{parts.likeness:.3f}",
        f"{parts.days:.0f}",
    ]
    return f"| {label} | {' | '.join(cells)} |"
