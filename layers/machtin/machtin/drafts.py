"""What an editor gets for a draft in one answer: related news, duplicates that are published, tags, links."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import fields
from typing import Final, NamedTuple

from machtin.answers import RelatedAnswer
from machtin.article import Article
from machtin.cosine_scale import rescaled
from machtin.draft_answers import DraftAnswer, DraftDuplicate, DraftLink, DraftTag
from machtin.draft_duplicates import NEAR as NEAR_TEXT
from machtin.draft_duplicates import duplicates
from machtin.draft_links import Candidate, suggest_links
from machtin.draft_tags import suggest_tags
from machtin.draft_text import draft_texts
from machtin.errors import IndexUnavailable
from machtin.model_folder import CosineScale
from machtin.ports import ArticleIndex, IndexEntry, Retrieval, Vectors
from machtin.related import related, whole_text

# The nearest articles: among them are copies of the draft, and those whose tags and titles count.
NEAR: Final = 40

log = logging.getLogger(__name__)


class _Near(NamedTuple):
    """The nearest articles, nearest first, without the one that the draft corrects; ``total``: of all articles."""

    entries: Mapping[str, IndexEntry]
    nearness: Mapping[str, float]
    total: int


def advise(
    index: ArticleIndex, draft: Article, vector: Vectors | None, size: int, scale: CosineScale | None = None
) -> DraftAnswer:
    """Related news as ``related`` gives it, and the rest. Where that can't be read, ``degraded`` and empty."""
    started = time.perf_counter()
    answer = related(index, draft, vector, size, scale)
    copies: list[DraftDuplicate] = []
    tags: list[DraftTag] = []
    links: list[DraftLink] = []
    degraded = answer.degraded
    try:
        near = _near(index, draft, vector, answer, scale)
        alike = [one for one in near.entries if one in answer.copies or near.nearness.get(one, 0.0) >= NEAR_TEXT]
        copies = duplicates(draft, [near.entries[one].article for one in alike])
        texts = draft_texts(draft)
        with_cosines = [(near.entries[one], cosine) for one, cosine in near.nearness.items() if one in near.entries]
        suggested = suggest_tags(index, draft, texts, with_cosines, near.total)
        tags = suggested.tags
        without = {draft.id, *(one.id for one in copies)}
        candidates = [Candidate(entry.article, cosine) for entry, cosine in with_cosines]
        candidates = [one for one in candidates if one.article.id not in without]
        links = suggest_links(index, texts, candidates, suggested.named, near.total, without)
    except IndexUnavailable as error:
        log.warning("a draft is answered without all advice: %s", error)
        degraded = True
    told = {field.name: getattr(answer, field.name) for field in fields(RelatedAnswer)}
    told |= {"degraded": degraded, "took_ms": round((time.perf_counter() - started) * 1000, 2)}
    return DraftAnswer(**told, duplicates=copies, tags=tags, links=links)


def _near(
    index: ArticleIndex, draft: Article, vector: Vectors | None, answer: RelatedAnswer, scale: CosineScale | None
) -> _Near:
    """By meaning; by words where there is no vector, or none can be compared."""
    nearness: dict[str, float] = {}
    total = 0
    if vector is not None:
        try:
            leg = rescaled(index.retrieve(Retrieval(text=None, vector=vector, size=NEAR + 1)).nearest, scale)
            nearness, total = dict(zip(leg.ids, leg.scores, strict=True)), leg.total
        except IndexUnavailable as error:
            log.warning("the nearest articles are looked for by words: %s", error)
    if not nearness:
        leg = index.retrieve(Retrieval(text=whole_text(draft), vector=None, size=NEAR + 1)).lexical
        nearness = {one: score / leg.scores[0] for one, score in zip(leg.ids, leg.scores, strict=True) if score > 0}
        total = index.count()
    nearness.pop(draft.id, None)
    ids = dict.fromkeys([*nearness, *answer.copies])
    return _Near(index.get([one for one in ids if one != draft.id]), nearness, total)
