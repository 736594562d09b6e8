"""Brings an index version to the store's state: by what has changed since, or by comparing all of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from machtin.ports import ArticleIndex, ArticleStore, Stored

# Articles that are indexed at a time: a few seconds' work, so that progress shows and a kill costs little.
CHUNK: Final = 500

IndexChanges = Callable[[ArticleIndex, Sequence[Stored]], None]
"""Writes states of articles to an index version, with the vectors and summaries that belong to them."""


def reconcile(store: ArticleStore, index: ArticleIndex, index_changes: IndexChanges) -> int:
    """Bring an index version to the store's state exactly; returns how many articles had differed."""
    indexed = dict(index.revisions())
    stored = dict(store.revisions())
    differing = [article_id for article_id, revision in stored.items() if indexed.get(article_id) != revision]
    for start in range(0, len(differing), CHUNK):
        index_changes(index, list(store.get(differing[start : start + CHUNK]).values()))
    # Bury what the store does not show, even where it has never heard of it: the store is the truth.
    buried = [Stored(article_id, indexed[article_id] + 1, None) for article_id in indexed.keys() - stored.keys()]
    if buried:
        index_changes(index, buried)
    return len(differing) + len(buried)
