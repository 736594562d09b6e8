"""What an editor gets for a draft in one answer: related news, duplicates that are published, tags, links."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Final, NamedTuple

from machtin.article import Article
from machtin.cosine_scale import rescaled
from machtin.draft_answers import DraftAnswer, DraftDuplicate, DraftLink, DraftTag
from machtin.draft_duplicates import duplicates
from machtin.draft_links import suggest_links
from machtin.draft_tags import suggest_tags
from machtin.draft_text import Near, draft_texts
from machtin.errors import IndexUnavailable
from machtin.model_folder import CosineScale
from machtin.near_duplicates import NEAR, whole_text
from machtin.ports import ArticleIndex, Retrieval, Vectors
from machtin.related import related
from machtin.related_answers import RelatedAnswer
from machtin.words import VIETNAMESE, Lang

# The nearest articles: among them are copies of the draft, and those whose tags and titles count.
NEAREST: Final = 40

log = logging.getLogger(__name__)


class Advice(NamedTuple):
    """What helps to publish a draft, besides related news."""

    duplicates: list[DraftDuplicate]
    tags: list[DraftTag]
    links: list[DraftLink]


NONE: Final = Advice([], [], [])


def related_with_advice(
    index: ArticleIndex,
    draft: Article,
    vector: Vectors | None,
    size: int,
    scale: CosineScale | None = None,
    lang: Lang = VIETNAMESE,
) -> DraftAnswer:
    """Related news as ``related`` gives it, and advice. Where that can't be made: none, and ``degraded``.

    ``lang``: the language of the reasons.
    """
    started = time.perf_counter()
    answer = related(index, draft, vector, size, scale, lang=lang)
    told = {field.name: getattr(answer, field.name) for field in fields(RelatedAnswer)}
    found = NONE
    try:
        found = advice(index, draft, vector, scale, answer.copies, lang)
    except IndexUnavailable as error:
        log.warning("a draft is answered without advice: %s", error)
        told["degraded"] = True
    told["took_ms"] = round((time.perf_counter() - started) * 1000, 2)
    return DraftAnswer(**told, **found._asdict())


def advice(
    index: ArticleIndex,
    draft: Article,
    vector: Vectors | None,
    scale: CosineScale | None = None,
    copies: Sequence[str] = (),
    lang: Lang = VIETNAMESE,
) -> Advice:
    """Duplicates, tags and links; ``copies``: ids of what is known to be a copy. Raises IndexUnavailable."""
    nearness, total = _nearest(index, draft, vector, scale)
    entries = index.get([one for one in dict.fromkeys([*nearness, *copies]) if one != draft.id])
    alike = [one for one in entries if one in copies or nearness[one] >= NEAR]
    published = duplicates(draft, [entries[one].article for one in alike])
    texts = draft_texts(draft)
    near = [Near(entries[one].article, cosine) for one, cosine in nearness.items() if one in entries]
    suggested = suggest_tags(index, draft, texts, near, total)
    without = {draft.id, *(one.id for one in published)}
    targets = [one for one in near if one.article.id not in without]
    links = suggest_links(index, texts, targets, suggested.named, total, without, lang)
    return Advice(published, suggested.tags, links)


def _nearest(
    index: ArticleIndex, draft: Article, vector: Vectors | None, scale: CosineScale | None
) -> tuple[dict[str, float], int]:
    """Ids with their cosines, nearest first, the article that the draft corrects left out; and how many there are.

    By words where there is no vector, or none can be compared.
    """
    if vector is not None:
        try:
            leg = rescaled(index.retrieve(Retrieval(text=None, vector=vector, size=NEAREST + 1)).nearest, scale)
            return {one: cosine for one, cosine in zip(leg.ids, leg.scores, strict=True) if one != draft.id}, leg.total
        except IndexUnavailable as error:
            log.warning("the nearest articles are looked for by words: %s", error)
    leg = index.retrieve(Retrieval(text=whole_text(draft), vector=None, size=NEAREST + 1)).lexical
    scores = zip(leg.ids, leg.scores, strict=True)
    return {one: score / (leg.scores[0] or 1.0) for one, score in scores if one != draft.id}, index.count()
