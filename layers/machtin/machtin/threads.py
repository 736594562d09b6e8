"""The thread of a story: the articles that hang together by their links, as far as the live index has them.

Nothing is kept of a thread but the links. It is walked anew whenever it is asked for, so that a report that comes joins
it, one that goes leaves it, and one that holds two stories together joins them, without any id that would break.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from machtin.ports import ArticleIndex, IndexEntry
from machtin.thread_port import Link, ThreadLinks

# From this likelihood on a link leads from one article to the next.
LEADS: Final = 0.1
# Two parts of a story hang together from this mean likelihood on, over all pairs of the one and the other; pairs
# without a link count 0. One article that resembles two stories does not make them one.
TOGETHER: Final = 0.2
# Of a larger part no more articles are counted: each is linked to some of the nearest alone, however long a story is.
COUNTED: Final = 10
# So many articles, and so many steps from the one that was asked for, are looked at; so many are shown.
GATHERED: Final = 150
STEPS: Final = 6
SHOWN: Final = 60

Pair = tuple[str, str]


def members(index: ArticleIndex, links: ThreadLinks, asked: IndexEntry) -> list[IndexEntry]:
    """The articles of one story, the one that was asked for among them, by id."""
    entries, likely = _gathered(index, links, asked)
    ids = sorted(entries)
    place = {article_id: at for at, article_id in enumerate(ids)}
    matrix = np.zeros((len(ids), len(ids)))
    for (one, other), likelihood in likely.items():
        matrix[place[one], place[other]] = matrix[place[other], place[one]] = likelihood
    here = place[asked.article.id]
    others = sorted(together(matrix, here) - {here}, key=lambda at: (-matrix[here, at], at))
    return [entries[ids[at]] for at in sorted((here, *others[: SHOWN - 1]))]


def together(likely: NDArray[np.float64], own: int) -> set[int]:
    """The rows that are of one story with row ``own``: average linkage (Sokal & Michener, 1958) down to TOGETHER."""
    groups = [{at} for at in range(len(likely))]
    sums = likely.copy()
    np.fill_diagonal(sums, 0.0)
    sizes = np.ones(len(likely))
    while True:
        counted = np.minimum(sizes, COUNTED)
        means = sums / np.outer(counted, counted)
        one, other = sorted(divmod(int(np.argmax(means)), len(means)))
        if one == other or means[one, other] < TOGETHER:
            return next(group for group in groups if own in group)
        groups[one] |= groups[other]
        groups[other] = set()
        sums[one] += sums[other]
        sums[:, one] += sums[:, other]
        sums[one, one] = 0.0
        sums[other] = sums[:, other] = 0.0
        sizes[one] += sizes[other]


def _gathered(
    index: ArticleIndex, links: ThreadLinks, asked: IndexEntry
) -> tuple[dict[str, IndexEntry], dict[Pair, float]]:
    """What the links lead to, nearest steps first, and the likelihood of each linked pair of it."""
    entries = {asked.article.id: asked}
    known: set[Link] = set()
    steps = [asked.article.id]
    for _ in range(STEPS):
        found = links.of(steps)
        known.update(found)
        wanted = _beyond(entries, found)[: GATHERED - len(entries)]
        got = index.get(wanted)
        # A link that an article had before it was changed leads nowhere.
        reached = _reached(entries | got, found)
        steps = [article_id for article_id in wanted if article_id in got and article_id in reached]
        entries |= {article_id: got[article_id] for article_id in steps}
        if not steps:
            break
    return entries, _likely(entries, known)


def _beyond(entries: dict[str, IndexEntry], found: Iterable[Link]) -> list[str]:
    """Articles to which a link leads, the likeliest first."""
    best: dict[str, float] = {}
    for link in found:
        for article_id in (link.one, link.other):
            if article_id not in entries and link.likelihood >= LEADS:
                best[article_id] = max(best.get(article_id, 0.0), link.likelihood)
    return sorted(best, key=lambda article_id: (-best[article_id], article_id))


def _reached(entries: dict[str, IndexEntry], found: Iterable[Link]) -> set[str]:
    """Both ends of every link that leads from one to the other as they are now."""
    valid = [link for link in found if link.likelihood >= LEADS and _holds(entries, link)]
    return {article_id for link in valid for article_id in (link.one, link.other)}


def _likely(entries: dict[str, IndexEntry], found: Iterable[Link]) -> dict[Pair, float]:
    likely: dict[Pair, float] = {}
    for link in found:
        if _holds(entries, link):
            pair = min(link.one, link.other), max(link.one, link.other)
            likely[pair] = max(likely.get(pair, 0.0), link.likelihood)
    return likely


def _holds(entries: dict[str, IndexEntry], link: Link) -> bool:
    ends = ((link.one, link.one_revision), (link.other, link.other_revision))
    return all(article_id in entries and entries[article_id].revision == revision for article_id, revision in ends)
