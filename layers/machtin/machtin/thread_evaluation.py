"""How good threads are: B-cubed precision, recall and F1.

Bagga & Baldwin (1998), "Entity-Based Cross-Document Coreferencing Using the Vector Space Model".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from machtin.ports import ArticleIndex
from machtin.thread_port import ThreadLinks
from machtin.threads import members


class BCubed(NamedTuple):
    """Means over articles; ``f1`` is the harmonic mean of the two others."""

    precision: float
    recall: float
    f1: float


def stories_of(judgements: Mapping[str, Mapping[str, int]], grade: int) -> dict[str, frozenset[str]]:
    """Each article's story: what hangs together by this grade or a better one, since nobody judges copies."""
    stories: dict[str, set[str]] = {}
    for article_id, grades in judgements.items():
        parts = [stories.get(one, {one}) for one in (article_id, *grades) if grades.get(one, grade) >= grade]
        story = set().union(*parts)
        stories |= dict.fromkeys(story, story)
    return {article_id: frozenset(story) for article_id, story in stories.items()}


def bcubed(threads: Mapping[str, AbstractSet[str]], stories: Mapping[str, AbstractSet[str]]) -> BCubed:
    """Of each article that has both, how much of its thread is its story, and how much of its story its thread."""
    both = sorted(threads.keys() & stories.keys())
    precision = sum(len(threads[one] & stories[one]) / len(threads[one]) for one in both) / len(both)
    recall = sum(len(threads[one] & stories[one]) / len(stories[one]) for one in both) / len(both)
    return BCubed(precision, recall, 2 * precision * recall / (precision + recall))


def threads_of(index: ArticleIndex, links: ThreadLinks, article_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Which articles stand in the thread of each of these."""
    entries = index.get(sorted(article_ids))
    return {
        article_id: frozenset(one.article.id for one in members(index, links, entry))
        for article_id, entry in entries.items()
    }
