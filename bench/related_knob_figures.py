"""What each knob of ``machtin.related_knobs`` does to the figures: one is changed at a time.

Rankings are those of the candidates, before copies are folded; parts are of as many articles as a reader is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from machtin import related
from machtin import related_knobs as knobs
from machtin.article import Article
from machtin.model_port import Embedder
from machtin.related_candidates import candidates
from related_measures import SHOWN, Measured, headline, measured_parts, ndcg, vector_of, whole

CHANGED: Final[Mapping[str, Sequence[Any]]] = {
    "POOL": (50,),
    "COMPARED": (25,),
    "WEIGHT": (0.35, 0.65),
    "HEADLINE_WEIGHT": (0.5, 0.8),
    "COMPANIONS": (1, 5),
    "PULL": (0.0, 0.4),
    "PULL_OF_HEADLINE": (0.0, 0.9),
    "STANDING_OUT": (0.08, 0.1, 0.14),
    "ALIKE": (0.3, 0.5),
    "CONTINUES": (0.58, 0.4, 0.15),
    "STORY_DAYS": (0.0, 30.0, 180.0),
    "COMES_OF_IT": (0.58, 0.2, 0.05),
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


RANKED: Final = related.rank_related


class Ranking(NamedTuple):
    """nDCG@10 with the whole article and with the headline alone."""

    whole: float
    headline: float


def knob_table(made: Sequence[Measured], embedder: Embedder) -> Iterator[str]:
    """A line of Markdown for each setting, as soon as it is measured; the last set with dates is that of the parts."""
    asked = [one for one in made if one.own.dated][-1:] + [one for one in made if not one.own.dated]
    remembered = cache(lambda article_id, own=asked[0]: _ranked(own, article_id, embedder))
    yield HEAD
    yield "|" + "---|" * 11
    as_shipped = [_ranking(one, embedder) for one in asked]
    with patch.object(related, "rank_related", lambda _index, article, *_, **__: remembered(article.id)):
        yield _line("as shipped", as_shipped, asked, embedder)
        for name, values in CHANGED.items():
            if name not in OF_RANKING:
                for value in values:
                    with patch.object(knobs, name, value):
                        yield _line(f"`{name}` {value:g}", as_shipped, asked, embedder)
    for name in sorted(OF_RANKING):
        for value in CHANGED[name]:
            with patch.object(knobs, name, value):
                yield _line(f"`{name}` {value:g}", [_ranking(one, embedder) for one in asked], asked, embedder)


def _ranked(one: Measured, article_id: str, embedder: Embedder) -> related.Ranked:
    article = one.own.corpus[article_id]
    return RANKED(one.index, article, vector_of(embedder, article))


def _ranking(one: Measured, embedder: Embedder) -> Ranking:
    def rank(article: Article) -> list[str]:
        return [found.entry.article.id for found in candidates(one.index, article, vector_of(embedder, article)).pool]

    return Ranking(ndcg(one.own, rank, whole), ndcg(one.own, rank, headline))


def _line(label: str, rankings: Sequence[Ranking], made: Sequence[Measured], embedder: Embedder) -> str:
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
