"""An HTML tree → its text blocks in order, each with what the markup says about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from machtin.page_lines import is_paragraph

Region = Literal["related", "comments", "caption", "chrome"]
# An lxml element; lxml ships no types.
Element: TypeAlias = Any

_BLOCKS: Final = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody td tfoot th thead title tr"
    " ul".split()
)
_UNREAD: Final = frozenset(
    "audio button canvas embed head iframe input link map meta noscript object option script select style svg template"
    " textarea video".split()
)
_HOLDS_LAYOUT: Final = frozenset("div table ul ol img figure h1 h2 h3 article section iframe".split())
_MOSTLY: Final = 0.6
# A list's headline is often followed by its date in brackets.
_DATED = re.compile(r"\([\d/.:\s-]{4,20}\)\s*$")
# Old pages lay a picture and its caption out in a table.
_CAPTION_LENGTH: Final = 400
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COLLAPSED = re.compile(r"[ \t\r\n\f]+")
_SPACES = re.compile(r"  +")
_EDGES: Final = " \t\r\n\f\u00a0\u200b\ufeff"
_STAMP = re.compile(r"location|dateline|place|dia-danh")
# What browsers show for the numbers of windows-1252 in character references, and nothing for other controls.
_CONTROLS: Final = {
    **dict.fromkeys([*range(9), 11, *range(14, 32), 127, *range(0xD800, 0xE000)]),
    **{code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)},
}

_NAMES: Final[dict[Region, str]] = {
    "comments": "comments? commentlist binh-?luan disqus fb-comments cmts? y-kien-ban-doc box-?comments?",
    "caption": """
        (?:wp-|tpl)?caption(?:-text)? figcaption imgcaption photo-?cms-caption chu-?thich(?:-anh)? mo-?ta-?anh credit
        (?:photo|image|img|avatar|pic)-?(?:cms-)?(?:desc(?:ription)?|note|caption|text|credit)
    """,
    "related": """
        related?(?:-?(?:news|one-news|articles?|posts?|box|list|items?|stories))? (?:tin-?)?lien-?quan see-?also
        same-(?:topic|category) (?:tin-?)?cung-?(?:chuyen-?muc|chu-?de) read-?more recommend(?:ed|ations?)?
        suggest(?:ed|ions?)? (?:doc|xem)-?them tin-?khac
    """,
    "chrome": """
        nav(?:bar|igation)? menu breadcrumbs? crumbs duong-?dan foot(?:er)? chan-trang copyright side-?bar share sharing
        socials? chia-?se tool-?(?:bar|box) banner ads? advert(?:isement|s)? adsbygoogle quang-?cao sponsor(?:ed)?
        promo(?:tion)? newsletter subscribe popup modal cookies? tags? tag-?list key-?words? tu-?khoa
        most-?(?:read|viewed?|popular) (?:doc|xem)-?nhieu tin-?moi newest trending rating vote pagination pager
        author-?(?:box|bio) audio tts player hot-?news poll
    """,
}
_REGIONS: Final = {
    region: re.compile(rf"(?<![a-z])(?:{'|'.join(names.split())})(?![a-z])") for region, names in _NAMES.items()
}
_TAG_REGIONS: Final[dict[str, Region]] = {
    "nav": "chrome", "footer": "chrome", "aside": "chrome", "header": "chrome",
    "figure": "caption", "figcaption": "caption",
}  # fmt: skip
_ROLES: Final = frozenset({"navigation", "contentinfo", "banner", "complementary", "search", "menu", "dialog"})


@dataclass(slots=True)
class Block:
    """One paragraph's worth of text as published, white space collapsed as a browser does it.

    ``linked`` and ``bold``: all of its text is; ``url``: where its first link leads, as written.
    """

    text: str
    element: Element
    linked: bool
    bold: bool
    url: str | None
    region: Region | None
    region_root: Element | None


def names_of(element: Element) -> str:
    """Class, id and type of an element, lower case, camel case parted by hyphens: what its makers call it."""
    stated = " ".join(filter(None, (element.get("class"), element.get("id"), element.get("type"))))
    return _CAMEL.sub("-", stated).lower().replace("_", "-")


def clean(text: str) -> str:
    """Text as a browser would show it on one line."""
    return _COLLAPSED.sub(" ", text).translate(_CONTROLS).strip(_EDGES)


def text_of(element: Element) -> str:
    """All text of an element on one line; line breaks and block-level elements part words, inline markup does not."""
    pieces: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            pieces.append(" " if part.tag in _BLOCKS or part.tag == "br" else "")
            pieces.append("" if part.tag in _UNREAD else part.text or "")
        elif part is not element:
            pieces.append(part.tail or "")
    return clean("".join(pieces))


def is_hidden(element: Element) -> bool:
    """Whether the markup itself hides the element."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in style
        or "visibility:hidden" in style
    )


def region_of(element: Element) -> Region | None:
    """The part of a page that an element opens by its tag, role or names."""
    if element.get("role") in _ROLES:
        return "chrome"
    names = names_of(element)
    named = next((kind for kind, pattern in _REGIONS.items() if pattern.search(names)), None) if names else None
    tag = str(element.tag)
    if named or (tag == "figure" and element.find(".//table") is not None):
        return named
    if tag == "table" and element.find(".//img") is not None and len(text_of(element)) <= _CAPTION_LENGTH:
        return "caption"
    return _TAG_REGIONS.get(tag)


def read_blocks(tree: Element) -> list[Block]:
    """Text blocks of a page in document order; scripts, forms' controls and hidden elements are left out."""
    return _Walk(tree).blocks


class _Walk:
    """One pass over the tree; a block ends where a block-level element begins or ends, or at two line breaks."""

    def __init__(self, tree: Element) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.linked = self.bold = self.letters = 0
        self.url: str | None = None
        self.owners: list[Element] = [tree]
        self.open_links = self.open_bold = 0
        self.regions: list[tuple[Region, Element]] = []
        self.rows: list[bool] = []
        # No region swallows the article: whoever holds its headline or its marked body is the page itself.
        self.protected = {
            ancestor
            for marked in tree.xpath("//h1 | //*[@itemprop='articleBody'] | //*[@itemprop='headline']")
            for ancestor in (marked, *marked.iterancestors())
        }
        walk = etree.iterwalk(tree, events=("start", "end"))
        unread: Element | None = None
        for event, element in walk:
            if event == "start" and unread is None:
                if not isinstance(element.tag, str) or element.tag in _UNREAD or is_hidden(element):
                    unread = element
                    walk.skip_subtree()
                else:
                    self.opens(element)
            elif event == "end":
                if unread is None:
                    self.closes(element)
                elif element is unread:
                    unread = None
                if element is not tree:
                    self.adds(element.tail)
        self.flush()

    def opens(self, element: Element) -> None:
        tag = element.tag
        if tag == "tr":
            self.rows.append(_is_data_row(element))
        if self.breaks(tag):
            self.flush()
            self.owners.append(element)
        elif tag in ("td", "th"):
            self.pieces.append(" | " if any(piece.strip() for piece in self.pieces) else "")
        elif tag == "br":
            self.breaks_line()
        if element not in self.protected and (region := region_of(element)) and self.may_open(region):
            self.flush()
            self.regions.append((region, element))
        self.open_links += tag == "a"
        self.open_bold += tag in ("b", "strong")
        if tag == "a" and self.url is None:
            self.url = element.get("href")
        self.adds(element.text)

    def closes(self, element: Element) -> None:
        tag = element.tag
        if self.breaks(tag):
            self.flush()
            if self.owners[-1] is element and len(self.owners) > 1:
                self.owners.pop()
        elif tag == "span" and _STAMP.search(names_of(element)):
            self.pieces.append(" ")
        if self.regions and self.regions[-1][1] is element:
            self.flush()
            self.regions.pop()
        if tag == "tr" and self.rows:
            self.rows.pop()
        self.open_links -= tag == "a"
        if not self.open_links and not self.letters:
            self.url = None  # all that it led from are blocks already
        if tag == "a" and self.regions and self.regions[-1][0] == "related":
            self.breaks_line()
        self.open_bold -= tag in ("b", "strong")

    def breaks_line(self) -> None:
        """A line that is mostly link, as headlines in lists are, ends its block; the teaser below is another."""
        if self.letters and self.linked >= _MOSTLY * self.letters and not self.open_links:
            self.flush()
        else:
            self.pieces.append("\n")

    def may_open(self, region: Region) -> bool:
        """The outermost region counts, but a list of related articles is one in a side bar too."""
        return not self.regions or (region == "related" and self.regions[-1][0] == "chrome")

    def breaks(self, tag: str) -> bool:
        in_data_row = bool(self.rows) and self.rows[-1]
        return tag in _BLOCKS and not (in_data_row and tag in ("td", "th", "p"))

    def adds(self, text: str | None) -> None:
        if not text:
            return
        text = _COLLAPSED.sub(" ", text).translate(_CONTROLS)
        self.pieces.append(text)
        weight = len(text.strip(_EDGES))
        self.letters += weight
        self.linked += weight if self.open_links else 0
        self.bold += weight if self.open_bold else 0

    def flush(self) -> None:
        if self.letters:
            owner = self.owners[-1]
            dated = _DATED.search("".join(self.pieces))
            linked = self.linked >= 0.9 * (self.letters - (len(dated[0]) if dated else 0)) > 0
            bold = self.bold >= 0.9 * self.letters
            region, root = self.regions[-1] if self.regions else (None, None)
            url = self.url if self.linked else None
            for text in _paragraphs("".join(self.pieces), owner):
                self.blocks.append(Block(text, owner, linked, bold, url, region, root))
        self.pieces = []
        self.linked = self.bold = self.letters = 0
        # A link may hold whole blocks, as on cards: it leads from each of them.
        self.url = self.url if self.open_links else None


def _is_data_row(row: Element) -> bool:
    cells = sum(child.tag in ("td", "th") for child in row)
    return cells > 1 and not any(child.tag in _HOLDS_LAYOUT for child in row.iterdescendants())


def _paragraphs(text: str, owner: Element) -> Iterable[str]:
    """Two line breaks part paragraphs; one does where the line before is a sentence or the element is a mere box."""
    joint = " " if str(owner.tag).startswith("h") else "\n"
    in_box = owner.tag in ("div", "section", "article", "td")
    paragraph = ""
    for line in (part.strip(_EDGES) for part in _SPACES.sub(" ", text).split("\n")):
        if paragraph and (not line or in_box or is_paragraph(paragraph)):
            yield paragraph
            paragraph = line
        else:
            paragraph = f"{paragraph}{joint}{line}" if paragraph else line
    if paragraph:
        yield paragraph
