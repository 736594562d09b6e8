"""Related news: what happened next, and what explains it; never the article itself or a copy of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from machtin import related_knobs as knobs
from machtin.answers import Mode
from machtin.article import Article
from machtin.event_features import cosines_of, days_apart
from machtin.event_model import SAME_EVENT, EventModel
from machtin.model_folder import CosineScale
from machtin.near_duplicates import Group, copies_of, fold
from machtin.ports import ArticleIndex, Vectors
from machtin.related_answers import RelatedAnswer, RelatedArticle
from machtin.related_candidates import Candidate, candidates
from machtin.related_choice import diverse, fresh
from machtin.related_reasons import Reasons
from machtin.words import VIETNAMESE, Lang


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """One related article, with the near-duplicates that are folded under it.

    ``likelihood``: that it reports the same event, or its continuation.
    """

    candidate: Candidate
    likelihood: float
    copies: list[str]

    @property
    def article(self) -> Article:
        """The one that is shown."""
        return self.candidate.entry.article


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates best first; ``copies``: those of the article itself; ``crowd``: see Candidates."""

    groups: list[RelatedGroup]
    copies: list[str]
    crowd: float
    degraded: bool


@lru_cache(maxsize=1)
def event_model() -> EventModel:
    """The model that is shipped, read when it is first needed."""
    return EventModel.load()


def rank_related(
    index: ArticleIndex,
    article: Article,
    vector: Vectors | None,
    *,
    mode: Mode = "hybrid",
    scale: CosineScale | None = None,
    past_only: bool = False,
) -> Ranked:
    """Every candidate of an article, copies folded. ``past_only``: of those that are no younger than it."""
    found = candidates(index, article, vector, mode=mode, scale=scale)
    entries = [one.entry for one in found.pool]
    cosines = None if vector is not None and mode != "lexical" else np.array([one.fused.cosine for one in found.pool])
    likely = event_model().likelihood(article, vector, entries, scale=scale, cosines=cosines)
    known = {one.entry.article.id: (one, float(p)) for one, p in zip(found.pool, likely, strict=True)}
    if past_only:
        entries = [entry for entry in entries if (days_apart(article, entry.article) or 0.0) <= 0]
    copies = copies_of(article, vector, entries)
    folded = fold([entry for entry in entries if entry.article.id not in set(copies)])
    return Ranked([_group(one, known) for one in folded], copies, found.crowd, found.degraded)


def _group(group: Group, known: Mapping[str, tuple[Candidate, float]]) -> RelatedGroup:
    """What is shown of a group stands for the best of it."""
    of_group = [known[one.article.id] for one in (group.head, *group.copies)]
    best = max((candidate for candidate, _ in of_group), key=lambda one: one.rank)
    likelihood = max(likelihood for _, likelihood in of_group)
    return RelatedGroup(replace(best, entry=group.head), likelihood, [one.article.id for one in group.copies])


def related(
    index: ArticleIndex,
    article: Article,
    vector: Vectors | None,
    size: int,
    scale: CosineScale | None = None,
    *,
    past_only: bool = False,
    lang: Lang = VIETNAMESE,
) -> RelatedAnswer:
    """At most ``size`` articles in each part; an article without true relations gets few or none.

    ``past_only``: none that is younger than the article, nor as a copy, as for the page of an archive. ``lang``: the
    language of the reasons.
    """
    started = time.perf_counter()
    ranked = rank_related(index, article, vector, scale=scale, past_only=past_only)
    story: list[RelatedGroup] = []
    explaining: list[RelatedGroup] = []
    for one in ranked.groups:
        if _continues(article, one, ranked.crowd):
            story.append(one)
        elif _explains(article, one, ranked.crowd):
            explaining.append(one)
    developments = _chosen(story, size, scale, lambda one: one.candidate.rank)
    background = _chosen(explaining, size, scale, lambda one: fresh(one.candidate.rank, article, one.article))
    reasons = Reasons(article, event_model().weights, lang)
    return RelatedAnswer(
        id=article.id,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        degraded=ranked.degraded,
        developments=[_shown(one, reasons, same_event=True) for one in _newest_first(developments)],
        background=[_shown(one, reasons, same_event=False) for one in background],
        copies=ranked.copies,
        model_version=index.model_version,
    )


def _continues(article: Article, group: RelatedGroup, crowd: float) -> bool:
    """Whether it reports the same event, or what came of it."""
    if group.likelihood >= SAME_EVENT:
        return True
    days = days_apart(article, group.article)
    if days is None or not _stands_out(group, crowd):
        return False
    if days > 0:
        return group.likelihood >= knobs.COMES_OF_IT
    return days >= -knobs.STORY_DAYS and group.likelihood >= knobs.CONTINUES


def _explains(article: Article, group: RelatedGroup, crowd: float) -> bool:
    """Whether it has to do with the article, and was there before."""
    return _stands_out(group, crowd) and (days_apart(article, group.article) or 0.0) <= knobs.EXPLAINING_DAYS


def _stands_out(group: RelatedGroup, crowd: float) -> bool:
    """In a large archive everything resembles something: the crowd decides."""
    return group.candidate.fused.score >= min(knobs.ALIKE, crowd + knobs.STANDING_OUT)


def _chosen(
    groups: Sequence[RelatedGroup],
    size: int,
    scale: CosineScale | None,
    score: Callable[[RelatedGroup], float],
) -> list[RelatedGroup]:
    if not groups:
        return []
    entries = [one.candidate.entry for one in groups]
    between = cosines_of(None, entries, scale)[1]
    return [groups[at] for at in diverse([score(one) for one in groups], entries, between, size)]


def _newest_first(groups: Sequence[RelatedGroup]) -> list[RelatedGroup]:
    def key(group: RelatedGroup) -> float:
        moment = group.article.published_at
        return -moment.timestamp() if moment else float("inf")

    return sorted(groups, key=key)


def _shown(group: RelatedGroup, reasons: Reasons, *, same_event: bool) -> RelatedArticle:
    other = group.article
    return RelatedArticle(
        id=other.id,
        url=other.url,
        title=other.title,
        sapo=other.sapo,
        section=other.section,
        publisher=other.publisher,
        published_at=other.published_at.isoformat() if other.published_at else None,
        score=round(group.candidate.fused.score, 6),
        likelihood=round(group.likelihood, 4),
        reason=reasons.of(other, same_event=same_event),
        copies=group.copies,
    )
