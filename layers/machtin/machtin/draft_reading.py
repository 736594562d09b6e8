"""What was understood of a page or a text that an editor sent as a draft; nothing of it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from machtin.article import FIELDS, RelatedItem, id_of_url
from machtin.article_reading import read_article
from machtin.cut_off import CutOff, PageLine, cut_off
from machtin.errors import InvalidInput
from machtin.vietnamese import fold

DraftKind = Literal["html", "text", "file"]

# Lines that are told of: a page's menus may have hundreds.
MOST_CUT_OFF: Final = 300
# What readers look for in an article, in the order in which an editor would fill it in.
EXPECTED: Final = ("title", "sapo", "body", "section", "author", "published_at", "tags")
_LONGEST_ID: Final = 80


@dataclass(frozen=True, slots=True)
class DraftFields:
    """The fields of an article as far as they were found, ready to be put; times in RFC 3339."""

    title: str
    sapo: str
    body: str
    url: str | None
    section: str | None
    tags: list[str]
    author: str | None
    publisher: str | None
    published_at: str | None
    modified_at: str | None
    publish_at: str | None
    related_as_published: list[RelatedItem]


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What would be refused if the draft were published as it is: the field, and how to mend it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class DraftReading:
    """What was understood of a draft.

    ``id``: under which it could be published; of its own, its address or its title, null without any. ``cut_off``: the
    lines of the page that are not in its text, at most 300 of ``cut_off_total``. ``missing``: fields that an article
    usually has and nothing was found for. ``problems``: what has to be mended before it can be published.
    """

    id: str | None
    article: DraftFields
    cut_off: list[CutOff]
    cut_off_total: int
    missing: list[str]
    problems: list[FieldProblem]


def understood(fields: Mapping[str, Any], lines: Iterable[PageLine], now: datetime) -> DraftReading:
    """Of a page: the fields that were found, and all lines that it showed."""
    cut = cut_off(lines, fields)
    return _reading(fields, cut, now)


def understood_document(document: object, now: datetime) -> DraftReading:
    """Of an article that was sent as JSON: its fields as they are. Raises InvalidInput for what can't be shown."""
    if not isinstance(document, Mapping):
        raise InvalidInput.of("body", "must be a JSON object with the fields of an article")
    article = read_article(document, now=now, article_id=_own_id(document) or "draft", headline_alone=True)
    return _reading({"publish_at": None, **article.to_json()}, [], now)


def suggested_id(title: str) -> str | None:
    """An id of a headline's letters, without diacritics: "Hà Nội khởi công" → "ha-noi-khoi-cong"; None without any."""
    words = re.findall(r"[a-z0-9]+", fold(title))
    while len("-".join(words)) > _LONGEST_ID:
        words.pop()
    return "-".join(words) or None


def _reading(fields: Mapping[str, Any], cut: list[CutOff], now: datetime) -> DraftReading:
    chosen = _own_id(fields)
    plain: dict[str, Any] = {name: fields.get(name) for name in FIELDS if name != "id"}
    related = [RelatedItem(**item) for item in plain["related_as_published"] or ()]
    texts = {name: plain[name] or "" for name in ("title", "sapo", "body")}
    article = DraftFields(**plain | texts | {"tags": list(plain["tags"] or ()), "related_as_published": related})
    return DraftReading(
        id=chosen,
        article=article,
        cut_off=cut[:MOST_CUT_OFF],
        cut_off_total=len(cut),
        missing=[name for name in EXPECTED if not plain[name] and not (name == "published_at" and plain["publish_at"])],
        problems=_problems(plain, chosen, now),
    )


def _own_id(fields: Mapping[str, Any]) -> str | None:
    own, url, title = fields.get("id"), fields.get("url"), fields.get("title")
    if own is not None:
        return str(own)
    if isinstance(url, str):
        return id_of_url(url)
    return suggested_id(title) if isinstance(title, str) else None


def _problems(plain: Mapping[str, Any], chosen: str | None, now: datetime) -> list[FieldProblem]:
    try:
        read_article(plain, now=now, article_id=chosen or "draft")
    except InvalidInput as error:
        return [FieldProblem(*problem) for problem in error.problems]
    return []
