"""What an editor is told of an id: whether an article is stored under it, in which state, and its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from machtin.answers import ArticleAnswer
from machtin.store_port import ArticleStore

State = Literal["published", "scheduled", "taken_down", "none"]


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What is stored under an id. ``scheduled``: readers are shown nothing of it yet; ``none``: the id is free.

    ``article`` is null where there is none to be corrected.
    """

    id: str
    state: State
    article: ArticleAnswer | None


def stored_answer(store: ArticleStore, article_id: str) -> StoredAnswer:
    """What the store holds of an id. Raises StoreUnavailable."""
    state = store.get([article_id]).get(article_id)
    if state is None:
        return StoredAnswer(article_id, "none", None)
    if state.article is None:
        return StoredAnswer(article_id, "taken_down", None)
    article = ArticleAnswer(**state.article.to_json(), revision=state.revision)
    return StoredAnswer(article_id, "scheduled" if state.waits else "published", article)
