"""Finding the links between articles when they come to the index, and again where that was missed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from machtin.article import Article
from machtin.deadline import within as at_most
from machtin.errors import MachtinError
from machtin.event_model import STANDING_OUT
from machtin.model_folder import CosineScale
from machtin.ports import ArticleIndex, IndexEntry, Vectors
from machtin.store_port import Stored
from machtin.story_neighbours import neighbours
from machtin.thread_port import Link, Linked, ThreadLinks

# Less likely links say nothing of a story, and aren't kept.
KEPT: Final = 0.05
# Changes whenever other links would be found: those of before are then found anew, by and by.
VERSION: Final = "3"
# Articles that are compared at a time: what they are compared with is read in one request.
SLICE: Final = 16

Scale = Callable[[ArticleIndex], CosineScale | None]

log = logging.getLogger(__name__)


class Classifier(Protocol):
    """Tells how likely articles report the same event; ``EventModel`` is one."""

    def likelihood(
        self,
        article: Article,
        vector: Vectors | None,
        entries: Sequence[IndexEntry],
        *,
        scale: CosineScale | None = None,
        least: float = 0.0,
    ) -> NDArray[np.float64]:
        """Of ``article`` and each entry, 0 to 1; what stands out of the crowd by less than ``least`` gets 0."""


class StoryLinker:
    """Compares articles of the live index with those near them, and has their links kept."""

    def __init__(self, links: ThreadLinks, model: Classifier, scale: Scale = lambda _: None) -> None:
        """``scale``: how the cosines of an index are read."""
        self._links = links
        self._model = model
        self._scale = scale

    def follow(self, index: ArticleIndex, changes: Sequence[Stored], until: float | None = None) -> None:
        """Find the links of articles that have just been brought to the index; never fails, and is told in the log.

        What could not be linked, or not ``until`` then (as of ``time.monotonic``), is found by ``complete``. Nothing
        that answers slowly is waited for any longer either.
        """
        try:
            with nullcontext() if until is None else at_most(until - time.monotonic()):
                self._link(index, [(one.id, one.revision) for one in changes], until)
        except MachtinError as error:
            log.warning("%d articles are not linked to their stories yet: %s", len(changes), error)
        except Exception:  # whatever breaks here must not keep articles out of the index
            log.exception("%d articles are not linked to their stories", len(changes))

    def complete(self, index: ArticleIndex, within: float | None = None) -> int:
        """Link what the index has and was never compared as it is now, forget what it has no more; returns how many.

        Stops after so many seconds; the next time goes on.
        """
        indexed = dict(index.revisions())
        known = self._known()
        lacking = self._lacking(index, indexed.items(), known)
        gone = [(article_id, known[article_id][0]) for article_id in sorted(known.keys() - indexed.keys())]
        until = None if within is None else time.monotonic() + within
        return self._link(index, lacking + gone, until)

    def lacking(self, index: ArticleIndex) -> int:
        """How many articles of the index were never compared as they are now, by what compares now."""
        return len(self._lacking(index, index.revisions(), self._known()))

    def _known(self) -> dict[str, tuple[int, str]]:
        return {article_id: (revision, by) for article_id, revision, by in self._links.revisions()}

    def _lacking(
        self, index: ArticleIndex, indexed: Iterable[tuple[str, int]], known: Mapping[str, tuple[int, str]]
    ) -> list[tuple[str, int]]:
        by = self._by(index)
        return sorted(one for one in indexed if known.get(one[0]) != (one[1], by))

    def _by(self, index: ArticleIndex) -> str:
        return f"{VERSION} {index.model_version}"

    def _link(self, index: ArticleIndex, articles: Sequence[tuple[str, int]], until: float | None) -> int:
        done = 0
        for start in range(0, len(articles), SLICE):
            if until is not None and time.monotonic() > until:
                log.info("%d articles are linked to their stories later", len(articles) - done)
                break
            part = articles[start : start + SLICE]
            entries = index.get([article_id for article_id, _ in part])
            self._links.put(self._compared(index, list(entries.values())))
            if gone := [one for one in part if one[0] not in entries]:
                self._links.remove(gone)
            done += len(part)
        return done

    def _compared(self, index: ArticleIndex, entries: Sequence[IndexEntry]) -> list[Linked]:
        compared = []
        for one, others in zip(entries, neighbours(index, entries), strict=True):
            compared.append(Linked(one.article.id, one.revision, self._by(index), self._links_of(index, one, others)))
        return compared

    def _links_of(self, index: ArticleIndex, entry: IndexEntry, others: Sequence[IndexEntry]) -> tuple[Link, ...]:
        if not others:
            return ()
        try:
            likely = self._model.likelihood(
                entry.article, entry.vector, others, scale=self._scale(index), least=STANDING_OUT
            )
        except Exception:  # an article that can't be compared must not keep all others from their stories
            log.exception("article %s is not linked to its story", entry.article.id)
            return ()
        return tuple(
            Link(entry.article.id, entry.revision, other.article.id, other.revision, round(float(value), 4))
            for other, value in zip(others, likely, strict=True)
            if value >= KEPT
        )
