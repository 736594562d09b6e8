"""Brings an index version to the store's state: by what has changed since, or by comparing all of both."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from machtin.errors import IndexUnavailable, NotAllWritten, Unavailable
from machtin.ports import ArticleIndex
from machtin.store_port import ArticleStore, Stored, readable

# Articles that are indexed at a time: a few seconds' work, so that progress shows and a kill costs little.
CHUNK: Final = 500

log = logging.getLogger(__name__)

IndexChanges = Callable[[ArticleIndex, Sequence[Stored]], None]
"""Writes states of articles to an index version, with the vectors and summaries that belong to them."""


def reconcile(
    store: ArticleStore, index: ArticleIndex, index_changes: IndexChanges, since: datetime | None = None
) -> int:
    """Bring an index version to the store's state; returns how many articles had differed.

    An article that can't be indexed stays as it was, and is told in the log. ``since``: of an article that was last
    changed before, only whether it is there has to be looked at.
    """
    indexed = dict(index.revisions())
    stored = set(store.ids())
    changed = {article_id for article_id, revision in store.revisions(since) if indexed.get(article_id) != revision}
    differing = sorted(changed | (stored - indexed.keys()))
    for start in range(0, len(differing), CHUNK):
        index_all(index, readable(store, differing[start : start + CHUNK]), index_changes)
    # Bury what the store does not show, even where it has never heard of it: the store is the truth.
    gone = sorted(indexed.keys() - stored)
    for start in range(0, len(gone), CHUNK):
        part = gone[start : start + CHUNK]
        tombstones = {one.id: one for one in readable(store, part)}
        buried = [tombstones.get(one) or Stored(one, indexed[one] + 1, None) for one in part]
        index_all(index, buried, index_changes)
    return len(differing) + len(gone)


def index_all(index: ArticleIndex, changes: Sequence[Stored], index_changes: IndexChanges) -> None:
    """Index a chunk; where that fails, one article at a time, so that one that can't be indexed keeps no other out.

    Whoever needs all of them compares afterwards, as the gate does. Raises Unavailable when the index is away.
    """
    try:
        index_changes(index, changes)
        return
    except Unavailable:
        raise
    except NotAllWritten as error:
        if error.busy:
            raise IndexUnavailable(f"the index is too busy: {error}") from error
        log.error("some articles can't be indexed: %s", error)
        return
    except Exception:  # whatever one article breaks must not take its neighbours along
        log.exception("a chunk of articles can't be indexed, they are tried one by one")
    for one in changes:
        try:
            index_changes(index, [one])
        except Unavailable:
            raise
        except Exception:
            log.exception("article %s can't be indexed", one.id)
