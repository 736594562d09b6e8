"""Related news: what is about the same event, and what explains it; never the article itself or a copy of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from machtin.answers import Mode, RelatedAnswer, RelatedArticle
from machtin.article import Article
from machtin.ports import ArticleIndex, IndexEntry, Retrieval, Vectors
from machtin.ranking import Fused, fold_copies, fuse, is_copy, shingles

POOL: Final = 100
# Candidates whose texts are compared for near-duplicates; more than any list that is shown.
COMPARED: Final = 50
WEIGHT: Final = 0.5
# Fused scores from which an article tells of the same event, and from which it has to do with it at all.
SAME_EVENT: Final = 0.6
RELATED: Final = 0.35

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
    index: ArticleIndex, article: Article, vector: Vectors | None, *, mode: Mode = "hybrid"
) -> tuple[list[RelatedGroup], bool]:
    """Candidates best first, copies folded, without the article and its own copies; and whether a leg was missing."""
    text = None if mode == "semantic" else whole_text(article)
    found = index.retrieve(Retrieval(text=text, vector=None if mode == "lexical" else vector, size=POOL + 1))
    for failure in (found.lexical.failure, found.nearest.failure):
        if failure:
            log.warning("related news is degraded: %s", failure)
    fused = {one.id: one for one in fuse(found.lexical, found.nearest, WEIGHT) if one.id != article.id}
    best = list(fused.values())[:COMPARED]
    entries = index.get([one.id for one in best])
    texts = {article_id: shingles(whole_text(entry.article)) for article_id, entry in entries.items()}
    own = shingles(whole_text(article))
    candidates = [(one.id, texts[one.id]) for one in best if one.id in texts and not is_copy(own, texts[one.id])]
    groups = [RelatedGroup(fused[head], entries[head], copies) for head, copies in fold_copies(candidates)]
    return groups, bool(found.lexical.failure or found.nearest.failure)


def related(index: ArticleIndex, article: Article, vector: Vectors | None, size: int) -> RelatedAnswer:
    """At most ``size`` articles in each part; an article without true relations gets few or none."""
    started = time.perf_counter()
    groups, degraded = rank_related(index, article, vector)
    same = [group for group in groups if group.fused.score >= SAME_EVENT][:size]
    context = [group for group in groups if RELATED <= group.fused.score < SAME_EVENT][:size]
    return RelatedAnswer(
        id=article.id,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        degraded=degraded,
        developments=[_shown(group) for group in _newest_first(same)],
        background=[_shown(group) for group in context],
        model_version=index.model_version,
    )


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
        copies=group.copies,
    )
