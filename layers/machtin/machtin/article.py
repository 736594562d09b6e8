"""The article: one frozen value, its JSON, its identity and its content hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from machtin.errors import InvalidInput

ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$"
DATES: Final = ("published_at", "modified_at", "publish_at")
ID_MEND: Final = "must be 1 to 128 letters, digits or . _ ~ - and start with a letter or digit"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedItem:
    """One entry of the "Tin liên quan" list that a page carried when it was published."""

    title: str
    sapo: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as published: no letter is changed, canonical forms are made where text is searched.

    ``body`` has its paragraphs separated by a blank line and does not repeat the sapo. Dates are aware. Readers are
    shown nothing of it before ``publish_at``, see machtin.visibility.
    """

    id: str
    title: str
    sapo: str = ""
    body: str = ""
    url: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    publisher: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    related_as_published: tuple[RelatedItem, ...] = field(default=())
    publish_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, dates as RFC 3339. ``publish_at`` only where there is one, so that the JSON of all others,
        and with it their content hash, is what it was before there was such a field.
        """
        document = asdict(self)
        document["tags"] = list(self.tags)
        document["related_as_published"] = [asdict(item) for item in self.related_as_published]
        for name in DATES:
            moment: datetime | None = document[name]
            document[name] = moment.isoformat() if moment else None
        if self.publish_at is None:
            del document["publish_at"]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Article:
        """The inverse of ``to_json``, for documents that machtin wrote itself; nothing is checked."""
        values = dict(document)
        values["tags"] = tuple(values["tags"])
        values["related_as_published"] = tuple(RelatedItem(**item) for item in values["related_as_published"])
        for name in DATES:
            values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
        return cls(**values)

    @property
    def content_hash(self) -> str:
        """SHA-256 of all that was published; two articles with the same hash are the same text."""
        text = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


FIELDS: Final = tuple(f.name for f in fields(Article))


def valid_id(article_id: str) -> str:
    """The id itself; raises InvalidInput when it could not stand in an address unescaped."""
    if not re.fullmatch(ID_PATTERN, article_id):
        raise InvalidInput.of("id", ID_MEND)
    return article_id


def id_of_url(url: str) -> str:
    """A stable id for an article that is known by its address alone."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
