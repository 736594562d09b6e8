"""What callers get as the thread of a story: its events in order of time, one article of each to be read first."""

from __future__ import annotations

from dataclasses import dataclass

from machtin.article import Article


@dataclass(frozen=True, slots=True)
class ThreadArticle:
    """One report of a story."""

    id: str
    url: str | None
    title: str
    sapo: str
    section: str | None
    publisher: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True)
class ThreadEvent:
    """What was reported at one time: the fullest report, ``others`` of the same, and ``copies`` of any of them.

    ``date``: of the first report; null where none is dated.
    """

    date: str | None
    article: ThreadArticle
    others: list[ThreadArticle]
    copies: list[ThreadArticle]


@dataclass(frozen=True, slots=True)
class ThreadAnswer:
    """The story of an article, oldest event first, what is undated at the end.

    ``thread``: the id of its earliest article, under which the same story is found, as under that of any other. It
    changes when an earlier report comes or the first one goes. ``title``: of the article nearest to all others.
    ``articles``: how many there are in all events. ``degraded``: what belongs to the story could not be read, this is
    the article alone.
    """

    id: str
    thread: str
    title: str
    took_ms: float
    degraded: bool
    articles: int
    events: list[ThreadEvent]


def thread_article(article: Article) -> ThreadArticle:
    """The article as threads show it."""
    return ThreadArticle(
        id=article.id,
        url=article.url,
        title=article.title,
        sapo=article.sapo,
        section=article.section,
        publisher=article.publisher,
        published_at=article.published_at.isoformat() if article.published_at else None,
    )
