"""The names under which articles lie in the bucket, and by which notifications and listings tell of them."""

from __future__ import annotations

from typing import Final

from machtin.article import valid_id
from machtin.errors import InvalidInput

ARTICLES: Final = "articles/"
_SUFFIX: Final = ".json"


def article_key(article_id: str) -> str:
    """Where an article lies in the bucket."""
    return f"{ARTICLES}{article_id}{_SUFFIX}"


def id_of_key(key: str) -> str:
    """The inverse of ``article_key``; raises InvalidInput for the key of anything else."""
    if not key.startswith(ARTICLES) or not key.endswith(_SUFFIX):
        raise InvalidInput.of("key", f"must be {ARTICLES}ID{_SUFFIX}")
    return valid_id(key[len(ARTICLES) : -len(_SUFFIX)])


def is_article_key(key: str) -> bool:
    """Whether ``id_of_key`` knows it."""
    try:
        id_of_key(key)
    except InvalidInput:
        return False
    return True
