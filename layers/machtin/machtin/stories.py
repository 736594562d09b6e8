"""Story threads of an installation: links found as articles come, threads drawn from them when they are asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from machtin.article import Article
from machtin.errors import Unavailable
from machtin.event_model import EventModel
from machtin.ports import ArticleIndex, IndexEntry
from machtin.store_port import Stored
from machtin.story_links import Classifier, Scale, StoryLinker
from machtin.thread_answers import ThreadAnswer
from machtin.thread_port import ThreadLinks
from machtin.thread_timeline import thread_answer
from machtin.threads import members

# So long whatever is done every day links what was missed; the next day goes on.
DAILY_SECONDS: Final = 120.0

log = logging.getLogger(__name__)


class Stories:
    """Follows the live index, and tells of the story that an article is part of. ``model``: by default the shipped."""

    def __init__(self, links: ThreadLinks, scale: Scale = lambda _: None, model: Classifier | None = None) -> None:
        """``scale``: how the cosines of an index are read."""
        self._links = links
        self._linker = StoryLinker(links, model or EventModel.load(), scale)

    def follow(self, index: ArticleIndex, changes: Sequence[Stored], until: float | None = None) -> None:
        """Link articles that have just been brought to the live index; never fails. See StoryLinker."""
        self._linker.follow(index, changes, until)

    def complete(self, index: ArticleIndex, within: float | None = DAILY_SECONDS) -> int:
        """Link what was missed, for at most so many seconds; returns how many articles. Raises Unavailable."""
        return self._linker.complete(index, within)

    def lacking(self, index: ArticleIndex) -> int:
        """How many articles of the live index are still to be linked."""
        return self._linker.lacking(index)

    def thread(self, index: ArticleIndex, article: Article, revision: int) -> ThreadAnswer:
        """The story of a published article; of it alone where nothing else is known."""
        started = time.perf_counter()
        entry = index.get([article.id]).get(article.id) or IndexEntry(article, revision, None)
        # A correction that is on its way to the index shows already, in the place that the article had before.
        asked = replace(entry, article=article)
        try:
            return thread_answer(article.id, members(index, self._links, asked), degraded=False, started=started)
        except Unavailable as error:
            log.warning("the story of article %s can't be read, it is shown alone: %s", article.id, error)
            return thread_answer(article.id, [asked], degraded=True, started=started)
