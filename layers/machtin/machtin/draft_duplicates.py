"""What is published already of a draft's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from machtin.article import Article
from machtin.changed_facts import facts_changed
from machtin.draft_answers import DraftDuplicate
from machtin.near_duplicates import likeness, sketches
from machtin.shingles import shared

# From this share of a draft's text on, an editor is told even where the rest differs.
TELLING: Final = 0.5


def duplicates(draft: Article, published: Sequence[Article]) -> list[DraftDuplicate]:
    """Those that are the draft's text, or hold most of it; the most of it first. Never the article that it corrects."""
    others = [article for article in published if article.id != draft.id]
    own, *sketched = sketches([draft, *others])
    found = []
    for article, other in zip(others, sketched, strict=True):
        alike = likeness(own, other)
        held = shared(own.shingles, other.shingles) / max(1, len(own.shingles))
        share = held if len(own.shingles) else float(alike == "copy")
        if share >= TELLING or alike != "other":
            differ = alike == "changed" or (alike == "other" and facts_changed(own.sentences, other.sentences))
            found.append(_told(article, share, facts_differ=differ))
    return sorted(found, key=lambda one: (-one.share, one.published_at or "", one.id))


def _told(article: Article, share: float, *, facts_differ: bool) -> DraftDuplicate:
    moment = article.published_at.isoformat() if article.published_at else None
    return DraftDuplicate(
        article.id, article.url, article.title, article.publisher, moment, round(share, 4), facts_differ
    )
