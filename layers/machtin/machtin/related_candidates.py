"""The candidates of related news: found by both legs, fused, and pulled up by those that surely belong."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from machtin import related_knobs as knobs
from machtin.answers import Mode
from machtin.article import Article
from machtin.companions import Floats, company
from machtin.cosine_scale import rescaled
from machtin.event_features import cosines_of
from machtin.model_folder import CosineScale
from machtin.near_duplicates import whole_text
from machtin.ports import ArticleIndex, IndexEntry, Retrieval, Retrieved, Vectors
from machtin.query import LEAST_COSINE
from machtin.ranking import Fused, fuse

# An article whose BM25 is a smaller share of the best hit's is asked for with another text than the index has.
OWN_TEXT: Final = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """``fused``: how much it has of the article, on a scale that is the same under every article; ``rank`` orders."""

    fused: Fused
    rank: float
    entry: IndexEntry


@dataclass(frozen=True, slots=True)
class Candidates:
    """Best first, copies among them, without the article; ``crowd``: what a score has to stand out of."""

    pool: list[Candidate]
    crowd: float
    degraded: bool


def candidates(
    index: ArticleIndex,
    article: Article,
    vector: Vectors | None,
    *,
    mode: Mode = "hybrid",
    scale: CosineScale | None = None,
) -> Candidates:
    """The candidates of an article, which need not be published."""
    text = None if mode == "semantic" else whole_text(article)
    asked = Retrieval(text=text, vector=None if mode == "lexical" else vector, size=knobs.POOL + 1)
    found = index.retrieve(asked)
    found = replace(found, nearest=rescaled(found.nearest, scale))
    for failure in (found.lexical.failure, found.nearest.failure):
        if failure:
            log.warning("related news is degraded: %s", failure)
    ranked = fuse(found.lexical, found.nearest, knobs.WEIGHT, best=_own_score(article, found))
    scored = [_completed(one, found) for one in ranked if one.id != article.id]
    headline = not (article.sapo or article.body)
    order = sorted(zip(_bases(scored, headline=headline), scored, strict=True), key=lambda one: -one[0])
    same = sum(one.score >= knobs.SAME_TEXT for one in scored)
    best = order[: knobs.COMPARED + same]
    entries = index.get([one.id for _, one in best])
    known = [(base, one, entries[one.id]) for base, one in best if one.id in entries]
    pulled = _pulled(np.array([base for base, _, _ in known]), [entry for _, _, entry in known], scale, headline)
    pool = [Candidate(one, float(rank), entry) for rank, (_, one, entry) in zip(pulled, known, strict=True)]
    crowd = sorted((one.score for one in scored), reverse=True)[same + knobs.CROWD_RANK - 1 :]
    return Candidates(
        sorted(pool, key=lambda one: -one.rank),
        crowd[0] if crowd else knobs.UNRELATED,
        bool(found.lexical.failure or found.nearest.failure),
    )


def _bases(scored: Sequence[Fused], *, headline: bool) -> list[float]:
    """What candidates are ranked by, before companions pull; a headline alone is no measure for whole articles."""
    if not headline:
        return [one.score for one in scored]
    best = max((one.lexical for one in scored), default=0.0) or 1.0
    weight = knobs.HEADLINE_WEIGHT
    return [(1 - weight) * one.lexical / best + weight * one.cosine for one in scored]


def _pulled(bases: Floats, entries: Sequence[IndexEntry], scale: CosineScale | None, headline: bool) -> Floats:
    if len(bases) == 0:
        return bases
    order = np.argsort(-bases, kind="stable")
    crowd = float(bases[order[knobs.CROWD_RANK]]) if len(order) > knobs.CROWD_RANK else knobs.UNRELATED
    best = order[: knobs.COMPANIONS]
    above = bases[best] - crowd - knobs.PULL_FROM
    sure = np.clip(above / (knobs.PULL_FULLY - knobs.PULL_FROM), 0.0, 1.0)
    pull = knobs.PULL_OF_HEADLINE if headline else knobs.PULL
    return bases + pull * company(best, sure, cosines_of(None, entries, scale)[1])


def _own_score(article: Article, found: Retrieved) -> float:
    """The BM25 score that the article itself has, or would have: the measure of all others.

    A draft is not in the index, nor is a text that is to take the place of another. Then the share of its own score
    that the best hit has is near to their cosine squared.
    """
    scores = dict(zip(found.lexical.ids, found.lexical.scores, strict=True))
    if not scores:
        return 0.0
    best = max(scores, key=lambda article_id: scores[article_id])
    own = scores.get(article.id, 0.0)
    if own >= OWN_TEXT * scores[best]:
        return own
    cosines = dict(zip(found.nearest.ids, found.nearest.scores, strict=True))
    return scores[best] / max(cosines.get(best, 1.0), LEAST_COSINE) ** 2


def _completed(one: Fused, found: Retrieved) -> Fused:
    """Where one leg is missing the other tells what it would have said, so that scores stay of one scale."""
    weight = knobs.WEIGHT
    if not found.nearest.ids:
        cosine = math.sqrt(one.lexical)
        return one._replace(score=(1 - weight) * one.lexical + weight * cosine, cosine=cosine)
    if not found.lexical.ids:
        return one._replace(score=(1 - weight) * max(0.0, one.cosine) ** 2 + weight * one.cosine)
    return one
