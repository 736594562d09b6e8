"""Who sees an article when: what readers are shown now, and what an index may hold.

An article with a ``publish_at`` in the future waits in the store. No index holds it: there, where it may have been
public before, lies a tombstone of the same revision. Its release at that moment is a write with a newer revision,
which reaches the index like any change; so what an index holds of an article depends on the revision alone and on no
clock, however late, often or reordered messages come. Routes that read the store ask ``visible``, and need not wait
for the release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from machtin.errors import NotFound, TakenDown

if TYPE_CHECKING:
    from machtin.article import Article
    from machtin.store_port import Stored

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def is_visible(article: Article, now: datetime) -> bool:
    """Whether readers may be shown anything of it at this moment."""
    return article.publish_at is None or article.publish_at <= now


def visible(states: Mapping[str, Stored], article_id: str, now: datetime) -> Article:
    """The article among these states of the store, as readers are shown it.

    Raises TakenDown where it was shown once; NotFound where there never was one, or it is not shown yet: a reader can't
    tell which.
    """
    state = states.get(article_id)
    if state is None or (state.waits if state.article is None else not is_visible(state.article, now)):
        raise NotFound(f"there is no article {article_id}")
    if state.article is None:
        raise TakenDown(f"article {article_id} has been taken down")
    return state.article


def release_moment(article: Article, now: datetime) -> int | None:
    """The millisecond from which an article that is put now is public, None where it is so at once."""
    return None if article.publish_at is None or is_visible(article, now) else first_millisecond(article.publish_at)


def first_millisecond(moment: datetime) -> int:
    """The first whole millisecond since 1970 that is not before a moment."""
    return -((_EPOCH - moment) // timedelta(milliseconds=1))


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds from 1970 to a moment."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
