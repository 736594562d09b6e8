"""RSS 2.0 and 1.0, Atom, sitemaps (those of news too) and sitemap indexes: bytes → what they tell of.

Read by lxml as a stream, so that a sitemap of 50,000 addresses takes no tree; entities are not resolved, nothing is
loaded from elsewhere, and what is broken is read as far as it makes sense.
"""

from __future__ import annotations

import html
import io
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from machtin.charset import decode_page
from machtin.errors import InvalidInput
from machtin.feed_entry import Feed, FeedEntry, ListedFeed
from machtin.page_dates import stated_moment
from machtin.web_address import normal_address

# What the sitemap protocol permits in one file.
MOST_ENTRIES: Final = 50_000
MOST_BYTES: Final = 50 << 20
# Twenty for each entry; libxml2 holds some 120 bytes for each.
MOST_ELEMENTS: Final = 1_000_000
_LONGEST_TITLE: Final = 1_000
_LONGEST_TEXT: Final = 5_000
# What is read of one entry; a sitemap may name 1,000 pictures of a page.
_MOST_CHILDREN: Final = 2_000
_MOST_HIDDEN: Final = 10
_DECLARATION = re.compile(r"<\?xml[^>]{0,200}\?>")
_CHARSET = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)")
# Where a feed has one error, libxml2 drops every named reference behind it, the & of addresses too; numbers stay.
_REFERENCES = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|$)|&(?!#(?:\d{1,7}|x[0-9a-f]{1,6});)(?:(amp|lt|gt|quot|apos);)?", re.DOTALL | re.IGNORECASE
)
_NUMBERS: Final = {"amp": "&#38;", "lt": "&#60;", "gt": "&#62;", "quot": "&#34;", "apos": "&#39;"}
_TAGS = re.compile(r"<[^>]*>")
_ROOTS: Final = {"rss": "item", "rdf": "item", "feed": "entry", "urlset": "url", "sitemapindex": "sitemap"}
_PUBLISHED: Final = ("pubdate", "published", "issued", "publication_date", "date", "created")
_CHANGED: Final = ("updated", "modified", "lastmod")


def read_feed(raw: bytes, address: str, charset: str | None = None) -> Feed:
    """What the feed at ``address`` tells of, in its order, at most 50,000 entries; relative addresses are resolved.

    ``charset``: what the site called it. An entry without a usable address is passed over. Raises InvalidInput for
    what is no feed.
    """
    text = _text(_unpacked(raw), charset).lstrip()
    if declared := _DECLARATION.match(text):
        text = text[declared.end() :]
    events = etree.iterparse(
        io.BytesIO(_REFERENCES.sub(_numbered, text).encode("utf-8", "replace")),
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        recover=True,
        remove_comments=True,
        huge_tree=False,
    )
    try:
        return _Reading(address).read(events)
    except (etree.LxmlError, ValueError) as error:
        raise InvalidInput.of("feed", "is no XML: " + " ".join(str(error).split())[:200]) from error


def _unpacked(raw: bytes) -> bytes:
    """Sitemaps are often packed files (.xml.gz). Raises InvalidInput for one that is larger than a feed may be."""
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    unpacker = zlib.decompressobj(31)
    try:
        text = unpacker.decompress(raw, MOST_BYTES)
    except zlib.error as error:
        raise InvalidInput.of("feed", "is not packed as it says") from error
    if unpacker.unconsumed_tail:
        raise InvalidInput.of("feed", f"is larger than {MOST_BYTES >> 20} MiB when it is unpacked")
    return text


def _text(raw: bytes, charset: str | None) -> str:
    """The text; where one byte is broken it is replaced, since titles and dates are hints and addresses are ASCII."""
    declared = _CHARSET.search(raw[:1024])
    try:
        return decode_page(raw, declared=charset or (declared[1].decode("ascii") if declared else None))
    except InvalidInput:
        return raw.decode("utf-8", "replace")


def _numbered(found: re.Match[str]) -> str:
    """A reference by its number; an entity of the feed's own, or a lone &, as the letters that it is written with."""
    if found[1]:
        return _NUMBERS[found[1].lower()]
    return "&#38;" if found[0] == "&" else found[0]


class _Reading:
    """Reads one feed from its parser's events."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._entries: dict[str, FeedEntry] = {}
        self._feeds: dict[str, ListedFeed] = {}

    def read(self, events: Any) -> Feed:
        for element in self._pieces(events):
            if _name(element) == "sitemap":
                self._listed(element)
            else:
                self._entry(element)
            if len(self._entries) + len(self._feeds) >= MOST_ENTRIES:
                break
        return Feed(tuple(self._entries.values()), tuple(self._feeds.values()))

    @staticmethod
    def _pieces(events: Any) -> Iterator[Any]:
        """The elements that stand for an entry, one after the other; what lies behind is given back."""
        piece = ""
        begun = 0
        for event, element in events:
            name = _name(element)
            begun += event == "start"
            if begun > MOST_ELEMENTS:
                break
            if not piece:
                if name not in _ROOTS:
                    raise InvalidInput.of("feed", f"begins with <{name[:40]}>; give an RSS or Atom feed or a sitemap")
                piece = _ROOTS[name]
            elif event == "end" and name == piece:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        if not piece:
            raise InvalidInput.of("feed", "is empty")

    def _entry(self, element: Any) -> None:
        texts: dict[str, str] = {}
        links: list[str] = []
        for child in _told(element):
            name = _name(child)
            if name == "link":
                links.append(_link_of(child))
            elif name and name != "source":  # whom an aggregator has it from
                texts.setdefault(name, _text_of(child))
        if texts.get("guid") and _guid_is_link(element):
            links.append(texts["guid"])
        address = self._first_address([texts["loc"]] if texts.get("loc") else links, element.base)
        if address is None:  # a title with a tag that does not end holds all that follows it
            hidden = islice(element.iterdescendants("{*}link", "{*}loc"), _MOST_HIDDEN)
            address = self._first_address([_link_of(one) for one in hidden], element.base)
        if address is None or address in self._entries:
            return
        self._entries[address] = FeedEntry(
            address=address,
            title=_plain(texts.get("title", "")),
            published_at=_moment(texts, _PUBLISHED),
            changed_at=_moment(texts, _CHANGED),
            text=texts.get("description") or texts.get("summary") or "",
        )

    def _listed(self, element: Any) -> None:
        texts = {_name(child): _text_of(child) for child in element[:_MOST_CHILDREN]}
        address = self._first_address([texts.get("loc", "")], element.base)
        if address is not None:
            self._feeds.setdefault(address, ListedFeed(address, texts.get("lastmod", "")[:40]))

    def _first_address(self, candidates: list[str], base: str | None) -> str | None:
        for one in filter(str.strip, candidates):
            try:
                return normal_address(one, normal_address(base, self._address) if base else self._address)
            except InvalidInput:
                continue
        return None


def _name(element: Any) -> str:
    """The name without its namespace, in small letters; "" for what is no element."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _told(element: Any) -> Iterator[Any]:
    """What stands directly in an entry, and in a sitemap's <news:news>; deeper lies only what belongs to a text."""
    for child in element[:_MOST_CHILDREN]:
        yield child
        if _name(child) == "news":
            yield from child[:_MOST_CHILDREN]


def _link_of(element: Any) -> str:
    """Where a link leads, "" for one to something else than the article."""
    return (element.get("href") or _text_of(element)) if element.get("rel", "alternate") == "alternate" else ""


def _text_of(element: Any) -> str:
    """Its text and that of all within, as much of it as is kept."""
    text = ""
    for piece in element.itertext():
        text = (text + piece[:_LONGEST_TEXT]).lstrip()
        if len(text) >= _LONGEST_TEXT:
            break
    return text[:_LONGEST_TEXT].strip()


def _plain(title: str) -> str:
    """A title without the HTML that feeds put into it."""
    return " ".join(_TAGS.sub(" ", html.unescape(title[:_LONGEST_TEXT])).split())[:_LONGEST_TITLE]


def _guid_is_link(element: Any) -> bool:
    return any(_name(child) == "guid" and child.get("isPermaLink", "true").lower() == "true" for child in element)


def _moment(texts: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    return next((moment for name in names if texts.get(name) and (moment := stated_moment(texts[name]))), None)
