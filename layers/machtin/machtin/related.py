"""Related news: what is about the same event, and what explains it; never the article itself or a copy of it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from machtin.answers import Mode, Reason, RelatedAnswer, RelatedArticle
from machtin.article import Article
from machtin.cosine_scale import rescaled
from machtin.model_folder import CosineScale
from machtin.ports import ArticleIndex, IndexEntry, Retrieval, Retrieved, Vectors
from machtin.query import LEAST_COSINE
from machtin.ranking import Fused, fold_copies, fuse, is_copy, shingles

POOL: Final = 100
# Candidates whose texts are compared for near-duplicates; more than any list that is shown.
COMPARED: Final = 50
WEIGHT: Final = 0.5
# From this fused score two articles tell of the same event, whatever else there is.
SAME_EVENT: Final = 0.4
# Below, a related article stands out of the crowd: by so much above the candidate at this rank.
STANDING_OUT: Final = 0.1
CROWD_RANK: Final = 20
# Where there are fewer candidates: what unrelated news of one newsroom usually has.
UNRELATED: Final = 0.17
# A story's reports follow one another within this; what lies further apart explains it.
STORY_DAYS: Final = 75

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """One related article, best first in its list, with the near-duplicates that are folded under it."""

    fused: Fused
    entry: IndexEntry
    copies: list[str]


def whole_text(article: Article) -> str:
    """What an article is compared by."""
    return "\n".join(part for part in (article.title, article.sapo, article.body) if part)


def rank_related(
    index: ArticleIndex,
    article: Article,
    vector: Vectors | None,
    *,
    mode: Mode = "hybrid",
    scale: CosineScale | None = None,
) -> tuple[list[RelatedGroup], bool]:
    """Candidates best first, copies folded, without the article and its own copies; and whether a leg was missing."""
    text = None if mode == "semantic" else whole_text(article)
    found = index.retrieve(Retrieval(text=text, vector=None if mode == "lexical" else vector, size=POOL + 1))
    found = replace(found, nearest=rescaled(found.nearest, scale))
    for failure in (found.lexical.failure, found.nearest.failure):
        if failure:
            log.warning("related news is degraded: %s", failure)
    own_score = _own_score(article, found)
    ranked = fuse(found.lexical, found.nearest, WEIGHT, best=own_score)
    fused = {one.id: _completed(one, found) for one in ranked if one.id != article.id}
    best = list(fused.values())[:COMPARED]
    entries = index.get([one.id for one in best])
    texts = {article_id: shingles(whole_text(entry.article)) for article_id, entry in entries.items()}
    own = shingles(whole_text(article))
    candidates = [(one.id, texts[one.id]) for one in best if one.id in texts and not is_copy(own, texts[one.id])]
    groups = [RelatedGroup(fused[head], entries[head], copies) for head, copies in fold_copies(candidates)]
    return groups, bool(found.lexical.failure or found.nearest.failure)


def related(
    index: ArticleIndex, article: Article, vector: Vectors | None, size: int, scale: CosineScale | None = None
) -> RelatedAnswer:
    """At most ``size`` articles in each part; an article without true relations gets few or none."""
    started = time.perf_counter()
    groups, degraded = rank_related(index, article, vector, scale=scale)
    about = _standing_out(groups)
    developments = [group for group in about if _same_story(article, group)][:size]
    background = [group for group in about if not _same_story(article, group)][:size]
    return RelatedAnswer(
        id=article.id,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        degraded=degraded,
        developments=[_shown(group) for group in _newest_first(developments)],
        background=[_shown(group) for group in background],
        copies=[],
        model_version=index.model_version,
    )


def _own_score(article: Article, found: Retrieved) -> float:
    """The BM25 score that the article itself has, or would have: the measure of all others.

    A draft is not in the index. Then the share of its own score that the best hit has is near to their cosine squared.
    """
    scores = dict(zip(found.lexical.ids, found.lexical.scores, strict=True))
    if article.id in scores or not scores:
        return scores.get(article.id, 0.0)
    cosines = dict(zip(found.nearest.ids, found.nearest.scores, strict=True))
    best = max(scores, key=lambda article_id: scores[article_id])
    return scores[best] / max(cosines.get(best, 1.0), LEAST_COSINE) ** 2


def _completed(one: Fused, found: Retrieved) -> Fused:
    """Where one leg is missing the other tells what it would have said, so that scores stay of one scale."""
    if not found.nearest.ids:
        return one._replace(score=(1 - WEIGHT) * one.lexical + WEIGHT * math.sqrt(one.lexical))
    if not found.lexical.ids:
        return one._replace(score=(1 - WEIGHT) * max(0.0, one.cosine) ** 2 + WEIGHT * one.cosine)
    return one


def _standing_out(groups: Sequence[RelatedGroup]) -> list[RelatedGroup]:
    """Those that have to do with the article. In a large archive everything resembles something: the crowd decides."""
    crowd = groups[CROWD_RANK - 1].fused.score if len(groups) >= CROWD_RANK else UNRELATED
    least = min(SAME_EVENT, crowd + STANDING_OUT)
    return [group for group in groups if group.fused.score >= least]


def _same_story(article: Article, group: RelatedGroup) -> bool:
    here, there = article.published_at, group.entry.article.published_at
    if here is None or there is None:
        return group.fused.score >= SAME_EVENT
    return abs(here - there) <= timedelta(days=STORY_DAYS)


def _newest_first(groups: Sequence[RelatedGroup]) -> list[RelatedGroup]:
    def key(group: RelatedGroup) -> float:
        moment = group.entry.article.published_at
        return -moment.timestamp() if moment else float("inf")

    return sorted(groups, key=key)


def _shown(group: RelatedGroup) -> RelatedArticle:
    article = group.entry.article
    return RelatedArticle(
        id=article.id,
        url=article.url,
        title=article.title,
        sapo=article.sapo,
        section=article.section,
        publisher=article.publisher,
        published_at=article.published_at.isoformat() if article.published_at else None,
        score=round(group.fused.score, 6),
        likelihood=0.0,
        reason=Reason("topic", "", [], None),
        copies=group.copies,
    )
