"""What may be asked of a digest: of which articles, and how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from machtin.article import ID_MEND, Article, valid_id
from machtin.digest_answers import MissingArticle
from machtin.errors import InvalidInput, NotFound, Problem, TakenDown
from machtin.store_port import ArticleStore
from machtin.summary_request import MAX_SENTENCES, MAX_SYLLABLES
from machtin.visibility import visible

MAX_ARTICLES: Final = 20
USUAL_SYLLABLES: Final = 250
"""Length of a digest where none is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRequest:
    """A digest of the articles named by ``ids``, or of ``article`` and the developments of its event.

    Args:
        ids: up to MAX_ARTICLES; one that is named twice is read once.
        article: in place of ``ids``.
        sentences: at most so many.
        syllables: at most so many together; USUAL_SYLLABLES where neither length is given. Both hold.
    """

    ids: Sequence[str] = ()
    article: str | None = None
    sentences: int | None = None
    syllables: int | None = None

    def __post_init__(self) -> None:
        problems = [
            Problem(name, f"must be from 1 to {most:,}")
            for name, most in (("sentences", MAX_SENTENCES), ("syllables", MAX_SYLLABLES))
            if (value := getattr(self, name)) is not None and not 1 <= value <= most
        ]
        if bool(self.ids) == (self.article is not None):
            problems.append(Problem("ids", "must name articles (ids=a,b,c), or else article one of an event; not both"))
        if len(set(self.ids)) > MAX_ARTICLES:
            problems.append(Problem("ids", f"names {len(set(self.ids))} articles; at most {MAX_ARTICLES} are read"))
        for name, named in (("ids", self.ids), ("article", [] if self.article is None else [self.article])):
            for one in dict.fromkeys(named):
                try:
                    valid_id(one)
                except InvalidInput:
                    problems.append(Problem(name, f"{one[:40]!r}: each {ID_MEND}" if name == "ids" else ID_MEND))
        if problems:
            raise InvalidInput(problems)

    @property
    def room(self) -> int | None:
        """Syllables there are; None where sentences alone are counted."""
        return USUAL_SYLLABLES if self.syllables is None and self.sentences is None else self.syllables


def named_ids(listed: str) -> tuple[str, ...]:
    """The ids of a list that commas part, each once."""
    return tuple(dict.fromkeys(one for part in listed.split(",") if (one := part.strip())))


def published(store: ArticleStore, ids: Sequence[str], now: datetime) -> tuple[list[Article], list[MissingArticle]]:
    """The articles of these ids that readers may be shown now, in order, and the others.

    Raises NotFound where there is none of them, TakenDown where one of them was there once.
    """
    found = store.get(list(ids))
    articles: list[Article] = []
    missing: list[MissingArticle] = []
    for one in ids:
        try:
            articles.append(visible(found, one, now))
        except TakenDown:
            missing.append(MissingArticle(one, "taken_down"))
        except NotFound:
            missing.append(MissingArticle(one, "unknown"))
    if not articles:
        told = ", ".join(f"{one.id} ({'taken down' if one.reason == 'taken_down' else 'unknown'})" for one in missing)
        failure = TakenDown if any(one.reason == "taken_down" for one in missing) else NotFound
        raise failure(f"none of the articles can be read: {told}")
    return articles, missing
