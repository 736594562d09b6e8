"""Reading an article from decoded JSON: what is taken, what is refused, and how each refusal is mended."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from machtin.article import FIELDS, Article, RelatedItem, id_of_url, valid_id
from machtin.errors import InvalidInput, Problem, TooLarge

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
MAX_UNKNOWN: Final = 10
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
CLOCK_SKEW: Final = timedelta(days=1)
# How far ahead an article may be scheduled; a date beyond is a slip of the hand.
MOST_AHEAD: Final = timedelta(days=5 * 366)

# Control characters other than tab, line feed, carriage return and next line; and lone surrogates.
FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LONG_WORD = re.compile(rf"\S{{{MAX_WORD + 1}}}")
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# RFC 3339, forgiving missing seconds and the offset's colon; what else ISO 8601 has (weeks, no hyphens) is refused.
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?", re.ASCII | re.IGNORECASE
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_article(
    document: object, *, now: datetime, article_id: str | None = None, headline_alone: bool = False
) -> Article:
    """Make an article of decoded JSON.

    ``article_id`` is the id that the address names, where there is one; a different id inside is refused.
    ``headline_alone``: a draft may have no text yet.
    Raises InvalidInput with every problem found, or TooLarge when a text is longer than its limit.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput.of("body", "must be a JSON object with at least a title and a body")
    return _Reading(document, now).article(article_id, headline_alone=headline_alone)


def read_moment(text: str) -> datetime:
    """An RFC 3339 time, or a day (its first moment); naive where no offset is given. Raises ValueError."""
    if not (_MOMENT.fullmatch(text) or _DAY.fullmatch(text)):
        raise ValueError("not an RFC 3339 time")
    return datetime.fromisoformat(text.upper())


class _Reading:
    """Reads one document, gathering every problem so that the sender can mend all of them at once."""

    def __init__(self, document: Mapping[str, object], now: datetime) -> None:
        self.document = document
        self.now = now
        self.problems: list[Problem] = []
        self.too_large = False

    def article(self, article_id: str | None, *, headline_alone: bool) -> Article:
        unknown = [str(name)[:100] for name in self.document if name not in FIELDS]
        for at, name in enumerate(unknown[:MAX_UNKNOWN]):
            self.refuse(name, "is not a field of an article" + ("" if at else "; known: " + ", ".join(FIELDS)))
        for name in unknown[MAX_UNKNOWN:][:1]:
            self.refuse(name, f"is not a field either; nor are {len(unknown) - MAX_UNKNOWN - 1:,} more")
        publish_at = self.moment("publish_at", self.now + MOST_AHEAD, "lies before 1900 or over five years ahead")
        latest = max(self.now + CLOCK_SKEW, publish_at or self.now)
        future = "lies before 1900 or in the future" + (", and after publish_at" if publish_at else "")
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
            "published_at": self.moment("published_at", latest, future) or publish_at,
            "modified_at": self.moment("modified_at", latest, future),
            "related_as_published": self.related(),
            "publish_at": publish_at,
        }
        named = {problem.field for problem in self.problems}
        if "title" not in named and _blank(values["title"]):
            self.refuse("title", "is missing or blank; give the headline")
        if not headline_alone and not {"body", "sapo"} & named and _blank(values["body"] + values["sapo"]):
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
        if chosen is None and isinstance(url, str) and _URL.fullmatch(url) and not FORBIDDEN.search(url):
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
        if bad := FORBIDDEN.search(value):
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
        if checked is not None and not _URL.fullmatch(checked):
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

    def moment(self, name: str, latest: datetime, out_of_range: str) -> datetime | None:
        value = self.document.get(name)
        if value is None:
            return None
        mend = "must be an RFC 3339 date and time with its offset, such as 2026-03-15T08:30:00+07:00"
        try:
            moment = read_moment(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.refuse(name, mend)
            return None
        try:
            in_range = EARLIEST <= moment <= latest
        except OverflowError:
            in_range = False
        if not in_range:
            self.refuse(name, f"{out_of_range}; correct the date or leave it out")
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
            own = entry.get("sapo")
            sapo = None if own is None else self.checked(f"{name}.sapo", own, MAX_LENGTH["sapo"])
            items.append(RelatedItem(title=title or "", sapo=sapo or "", url=self.url(f"{name}.url", entry.get("url"))))
        return tuple(items)


def _blank(text: str) -> bool:
    """Whether nothing is seen of a text: only spaces, and characters that are drawn as nothing."""
    # Letters of a later Unicode than Python's ("Cn") may well be drawn.
    return all(unicodedata.category(letter) in {"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"} for letter in text)


def _json_kind(value: object) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "null" if value is None else kinds.get(type(value), type(value).__name__)
