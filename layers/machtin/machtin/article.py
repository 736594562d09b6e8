"""The article: one frozen value, how it is read from JSON, its identity and its content hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from machtin.errors import InvalidInput, Problem, TooLarge

ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$"
MAX_WORD: Final = 5_000
# Longest value of each text field, in Unicode code points.
MAX_LENGTH: Final[Mapping[str, int]] = {
    "title": 1_000,
    "sapo": 10_000,
    "body": 1_000_000,
    "url": 2_000,
    "section": 200,
    "tags": 200,
    "author": 500,
    "publisher": 200,
}
MAX_TAGS: Final = 100
MAX_RELATED: Final = 200
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
CLOCK_SKEW: Final = timedelta(days=1)

# Control characters other than tab, line feed, carriage return and next line; and lone surrogates.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LONG_WORD = re.compile(rf"\S{{{MAX_WORD + 1}}}")
_URL = re.compile(r"^https?://[^\s<>\"]+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedItem:
    """One entry of the "Tin liên quan" list that a page carried when it was published."""

    title: str
    sapo: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as published: no letter is changed, canonical forms are made where text is searched.

    ``body`` has its paragraphs separated by a blank line and does not repeat the sapo. Dates are aware.
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

    def to_json(self) -> dict[str, Any]:
        """The article as the API shows it: plain JSON values, dates as RFC 3339."""
        document = asdict(self)
        document["tags"] = list(self.tags)
        document["related_as_published"] = [asdict(item) for item in self.related_as_published]
        for name in ("published_at", "modified_at"):
            moment: datetime | None = document[name]
            document[name] = moment.isoformat() if moment else None
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Article:
        """The inverse of ``to_json``, for documents that machtin wrote itself; nothing is checked."""
        values = dict(document)
        values["tags"] = tuple(values["tags"])
        values["related_as_published"] = tuple(RelatedItem(**item) for item in values["related_as_published"])
        for name in ("published_at", "modified_at"):
            values[name] = datetime.fromisoformat(values[name]) if values[name] else None
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
        raise InvalidInput.of("id", "must be 1 to 128 letters, digits or . _ ~ - and start with a letter or digit")
    return article_id


def id_of_url(url: str) -> str:
    """A stable id for an article that is known by its address alone."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def read_article(document: object, *, now: datetime, article_id: str | None = None) -> Article:
    """Make an article of decoded JSON.

    ``article_id`` is the id that the address names, where there is one; a different id inside is refused.
    Raises InvalidInput with every problem found, or TooLarge when a text is longer than its limit.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput.of("body", "must be a JSON object with at least a title and a body")
    return _Reading(document, now).article(article_id)


class _Reading:
    """Reads one document, gathering every problem so that the sender can mend all of them at once."""

    def __init__(self, document: Mapping[str, object], now: datetime) -> None:
        self.document = document
        self.now = now
        self.problems: list[Problem] = []
        self.too_large = False

    def article(self, article_id: str | None) -> Article:
        for name in self.document:
            if name not in FIELDS:
                self.refuse(str(name)[:100], "is not a field of an article; known: " + ", ".join(FIELDS))
        values: dict[str, Any] = {
            "id": self.identity(article_id),
            "title": self.text("title") or "",
            "sapo": self.text("sapo") or "",
            "body": self.text("body") or "",
            "url": self.url("url", self.document.get("url")),
            "section": self.text("section"),
            "tags": self.tags(),
            "author": self.text("author"),
            "publisher": self.text("publisher"),
            "published_at": self.moment("published_at"),
            "modified_at": self.moment("modified_at"),
            "related_as_published": self.related(),
        }
        named = {problem.field for problem in self.problems}
        if "title" not in named and not values["title"].strip():
            self.refuse("title", "is missing or blank; give the headline")
        if not {"body", "sapo"} & named and not (values["body"].strip() or values["sapo"].strip()):
            self.refuse("body", "is missing or blank; give the text (or at least a sapo)")
        if self.problems:
            raise (TooLarge if self.too_large else InvalidInput)(self.problems)
        return Article(**values)

    def refuse(self, name: str, message: str) -> None:
        self.problems.append(Problem(name, message))

    def identity(self, article_id: str | None) -> str:
        own = self.document.get("id")
        if own is not None and not isinstance(own, str):
            self.refuse("id", "must be a string")
            return ""
        if article_id is not None and own is not None and own != article_id:
            self.refuse("id", "differs from the id in the address; leave it out or make them equal")
        url = self.document.get("url")
        chosen = article_id if article_id is not None else own
        if chosen is None and isinstance(url, str) and _URL.match(url) and not _FORBIDDEN.search(url):
            chosen = id_of_url(url)
        if chosen is None:
            self.refuse("id", "is missing; give an id (or a url, from which one is made)")
            return ""
        try:
            return valid_id(chosen)
        except InvalidInput as error:
            self.problems.extend(error.problems)
            return ""

    def text(self, name: str) -> str | None:
        value = self.document.get(name)
        return None if value is None else self.checked(name, value, MAX_LENGTH[name])

    def checked(self, name: str, value: object, limit: int) -> str | None:
        if not isinstance(value, str):
            self.refuse(name, f"must be a string, not {_json_kind(value)}")
            return None
        if len(value) > limit:
            self.too_large = True
            self.refuse(name, f"has {len(value):,} characters; the limit is {limit:,}")
            return None
        if bad := _FORBIDDEN.search(value):
            self.refuse(name, f"has the character U+{ord(bad[0]):04X} at position {bad.start()}; remove it")
            return None
        if word := _LONG_WORD.search(value):
            self.refuse(
                name, f"has a word of over {MAX_WORD:,} characters at position {word.start()}; remove embedded data"
            )
            return None
        return value

    def url(self, name: str, value: object) -> str | None:
        if value is None:
            return None
        checked = self.checked(name, value, MAX_LENGTH["url"])
        if checked is not None and not _URL.match(checked):
            self.refuse(name, "must be an absolute http or https address")
        return checked

    def sequence(self, name: str, limit: int) -> list[object]:
        value = self.document.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(name, f"must be a list, not {_json_kind(value)}")
            return []
        if len(value) > limit:
            self.too_large = True
            self.refuse(name, f"has {len(value):,} entries; the limit is {limit}")
            return []
        return value

    def tags(self) -> tuple[str, ...]:
        entries = enumerate(self.sequence("tags", MAX_TAGS))
        checked = [self.checked(f"tags[{at}]", tag, MAX_LENGTH["tags"]) for at, tag in entries]
        return tuple(dict.fromkeys(tag for tag in checked if tag and tag.strip()))

    def moment(self, name: str) -> datetime | None:
        value = self.document.get(name)
        if value is None:
            return None
        mend = "must be an RFC 3339 date and time with its offset, such as 2026-03-15T08:30:00+07:00"
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.refuse(name, mend)
            return None
        try:
            in_range = EARLIEST <= moment <= self.now + CLOCK_SKEW
        except OverflowError:
            in_range = False
        if not in_range:
            self.refuse(name, "lies before 1900 or in the future; correct the date or leave it out")
            return None
        return moment

    def related(self) -> tuple[RelatedItem, ...]:
        items = []
        for at, entry in enumerate(self.sequence("related_as_published", MAX_RELATED)):
            name = f"related_as_published[{at}]"
            if not isinstance(entry, Mapping) or not {"title"} <= entry.keys() <= {"title", "sapo", "url"}:
                self.refuse(name, "must be an object with a title and, at will, a sapo and a url")
                continue
            title = self.checked(f"{name}.title", entry["title"], MAX_LENGTH["title"])
            sapo = self.checked(f"{name}.sapo", entry.get("sapo") or "", MAX_LENGTH["sapo"])
            items.append(RelatedItem(title=title or "", sapo=sapo or "", url=self.url(f"{name}.url", entry.get("url"))))
        return tuple(items)


def _json_kind(value: object) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "null" if value is None else kinds.get(type(value), type(value).__name__)
