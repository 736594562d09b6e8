"""An HTML page → the fields of an article: trafilatura finds the body, the page's own statements give the rest."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from lxml import etree, html  # type: ignore[import-untyped]  # lxml ships no types

from machtin.adapters.html_blocks import Block, Element, clean, names_of, read_blocks
from machtin.adapters.html_related import line_of, related_entries, take_boxes
from machtin.adapters.html_statements import Statements, read_statements, title_key
from machtin.charset import decode_page
from machtin.cut_off import Kind, PageLine
from machtin.errors import InvalidInput
from machtin.page import is_sapo, pop_signature, same_text
from machtin.page_dates import date_line
from machtin.page_lines import (
    byline,
    is_caption,
    is_furniture,
    is_headline,
    is_paragraph,
    source_of,
    tags_of,
)
from machtin.page_related import Line, Related, split_related
from machtin.vietnamese import syllables

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_SAPO_NAMES = re.compile(
    r"(?<![a-z])(?:sapo|lead|lede|standfirst|chapeau|tom-?tat|mo-?ta|descriptions?|desc|summary|excerpt"
    r"|abstract|intro|dek"
    r"|sub-?title|short-?(?:content|intro|desc)|dan-?nhap|mo-?dau)(?![a-z])"
)
_IN_TEXT: Final = frozenset("p li blockquote h2 h3 h4 h5 div td tr pre dd dt section".split())
_WITHIN_CONTAINER: Final = 0.9
_WEIGHT: Final = 400
_SWALLOWED: Final = 0.6
_LONGEST_SAPO: Final = 2_000
_KINDS: Final[Mapping[str, Kind]] = {
    "related": "related", "comments": "comments", "caption": "caption", "chrome": "page",
}  # fmt: skip


def read_html_page(page: bytes | str) -> dict[str, Any]:
    """The fields of an article as JSON values, ready for ``machtin.article_reading``; there is no id among them.

    Letters stay as published; white space is collapsed as browsers do. Raises InvalidInput for bytes that can't be
    decoded and for a page without text.
    """
    tree = _parse(page)
    return _HtmlPage(tree).document()


def read_html_lines(page: bytes | str) -> tuple[dict[str, Any], list[PageLine]]:
    """The fields as ``read_html_page`` gives them, and every line that the page shows."""
    read = _HtmlPage(_parse(page))
    document = read.document()
    return document, [PageLine(block.text, _KINDS.get(block.region or "")) for block in read.blocks]


def _parse(page: bytes | str) -> Element:
    if isinstance(page, bytes):
        declared = _CHARSET.search(page[:4096])
        page = decode_page(page, declared=declared[1].decode("ascii") if declared else None)
    # Bytes in a known encoding, since lxml refuses a str that has an XML declaration.
    raw = page.replace("\0", "").encode("utf-8", "replace")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(raw, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise InvalidInput.of("page", "is empty or no HTML") from error
    return tree


def located_text(tree: Element) -> str:
    """What trafilatura takes for the article's text, or "" where it finds none."""
    import trafilatura

    # It reports every page without text at warning level; here that is an answer, not an incident.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(tree, fast=True, include_comments=False, favor_recall=True)
    except (RecursionError, etree.LxmlError, ValueError, TypeError, AttributeError):
        return ""
    body = getattr(found, "body", None)
    return "" if body is None else "\n".join(body.itertext())


class _HtmlPage:
    """Reads one page."""

    def __init__(self, tree: Element) -> None:
        self.stated: Statements = read_statements(tree)
        self.blocks = read_blocks(tree)
        found = title_key(located_text(tree)) or title_key(self.stated.article_body)
        # Cells of a table's row are parted by a bar that is not the page's.
        keys = [title_key(block.text.replace(" | ", " ")) for block in self.blocks]
        self.kept = [bool(key) and key in found for key in keys]
        self.free_swallowed()
        self.related = take_boxes(self.blocks)

    def document(self) -> dict[str, Any]:
        body = self.body()
        if not body and self.stated.article_body:
            return self.fields("", [part for line in self.stated.article_body.split("\n") if (part := clean(line))])
        sapo_blocks = self.sapo_blocks(body)
        sapo = "\n\n".join(block.text for block in sapo_blocks)
        chosen = {id(block) for block in sapo_blocks}
        split = split_related([line_of(block) for block in body if id(block) not in chosen])
        self.related += split.related
        paragraphs = [line.text for line in split.text if not self.is_notice(line)]
        return self.fields(sapo, paragraphs)

    def fields(self, sapo: str, paragraphs: list[str]) -> dict[str, Any]:
        stated = self.stated
        author = pop_signature(paragraphs)
        while paragraphs and stated.author and same_text(paragraphs[-1], stated.author):
            paragraphs.pop()
        while paragraphs and (same_text(paragraphs[0], stated.title) or (sapo and same_text(paragraphs[0], sapo))):
            del paragraphs[0]
        while len(paragraphs) > 1 and (name := byline(paragraphs[0])):
            stated.author = stated.author or name
            del paragraphs[0]
        if not sapo and paragraphs and is_sapo(paragraphs[0], paragraphs[1:]):
            sapo = paragraphs.pop(0)
        if not (stated.title or sapo or paragraphs):
            raise InvalidInput.of("page", "has no text")
        return {
            "title": stated.title,
            "sapo": sapo,
            "body": "\n\n".join(paragraphs),
            "url": stated.url,
            "section": stated.section,
            "tags": stated.tags,
            "author": stated.author or author,
            "publisher": stated.publisher,
            "published_at": stated.published_at.isoformat() if stated.published_at else None,
            "modified_at": stated.modified_at.isoformat() if stated.modified_at else None,
            "related_as_published": related_entries(self.related, self.stated),
        }

    # --- where the text is ------------------------------------------------------------------------------------------

    def free_swallowed(self) -> None:
        """A region that holds most of what trafilatura found was named misleadingly and is the article itself."""
        total = sum(len(block.text) for block, kept in zip(self.blocks, self.kept, strict=True) if kept)
        inside: dict[Element, int] = {}
        for block, kept in zip(self.blocks, self.kept, strict=True):
            if kept and block.region_root is not None:
                inside[block.region_root] = inside.get(block.region_root, 0) + len(block.text)
        freed = {root for root, letters in inside.items() if letters > _SWALLOWED * total}
        for block in self.blocks:
            if block.region_root in freed:
                block.region = block.region_root = None

    def body(self) -> list[Block]:
        """Blocks of the text in order: what trafilatura found in the main container, and what it missed beside that."""
        kept = [block for block, keep in zip(self.blocks, self.kept, strict=True) if keep and block.region is None]
        if not kept:
            # Too short a text for trafilatura: then whatever reads as a paragraph.
            kept = [block for block in self.blocks[self.after_title() :] if _reads_on(block)]
        if not kept:
            return []
        container = _container(kept)
        parents = {parent for block in kept if (parent := block.element.getparent()) is not None}
        kept_ids = {id(block) for block in kept}
        chosen = []
        for block in self.blocks[self.after_title() :]:
            beside = block.element.getparent() in parents and block.element.tag in _IN_TEXT
            if block.region is not None or not (id(block) in kept_ids or beside):
                continue
            inside = container in (block.element, *block.element.iterancestors())
            if inside and not is_furniture(block.text) and not _is_beside(block.text, self.stated):
                chosen.append(block)
        return chosen

    def after_title(self) -> int:
        for at, block in enumerate(self.blocks):
            if block.element.tag == "h1" and same_text(block.text, self.stated.title):
                return at + 1
        return 0

    def is_notice(self, line: Line) -> bool:
        if source := source_of(line.text):
            self.stated.publisher = self.stated.publisher or source
            return True
        if tags := tags_of(line.text):
            self.stated.tags = self.stated.tags or tags
            return True
        if line.linked and is_headline(line.text) and len(syllables(line.text)) >= 6:
            self.related.append(Related(line.text, url=line.url))
            return True
        return is_caption(line.text)

    # --- the sapo ---------------------------------------------------------------------------------------------------

    def sapo_blocks(self, body: Sequence[Block]) -> list[Block]:
        """The lead as marked, as described, or as set apart, in this order; [] leaves it to the text's own rule.

        Marked: an element between title and body named for it (sapo, description, lead, summary …) or with
        itemprop="description". Described: one of the first blocks begins like the page's description. Set apart: the
        first block is a heading or all bold and reads as a sentence.
        """
        first = self.blocks.index(body[0]) if body else len(self.blocks)
        start = self.after_title()
        near = [
            block
            for block in self.blocks[start : first + 3]
            if block.region in (None, "chrome") and not block.linked and len(syllables(block.text[:_LONGEST_SAPO])) >= 6
        ]
        marked = [block for block in near if _is_marked_sapo(block)]
        if marked:
            return [block for block in marked if block.element is marked[0].element or _same_lead(block, marked[0])][:3]
        described = [block for block in near[:3] if _described(block.text, self.stated.description)]
        if described:
            return described[:1]
        apart = near[:1] if near and (near[0].bold or near[0].element.tag in ("h2", "h3")) else []
        return [block for block in apart if is_paragraph(block.text) and is_sapo(block.text, ["…"])]


def _is_beside(text: str, stated: Statements) -> bool:
    """Whether a block is the date beside the headline, with or without the names of author and site."""
    for name in filter(None, (stated.author, stated.publisher, stated.section)):
        if len(text) < 160:
            text = text.replace(name, " ")
    read = date_line(text.strip(" |-–—·•,"))
    return read is not None and read.precise


def _reads_on(block: Block) -> bool:
    return block.region is None and not block.linked and is_paragraph(block.text)


def _container(kept: Sequence[Block]) -> Element:
    """The deepest element that holds nine tenths of the text found, and more than a single paragraph.

    A paragraph counts for at most 400 characters, so that one long one is not taken for the whole text.
    """
    weights: Counter[Element] = Counter()
    paragraphs: Counter[Element] = Counter()
    for block in kept:
        for element in (block.element, *block.element.iterancestors()):
            weights[element] += min(len(block.text), _WEIGHT)
            paragraphs[element] += 1
    enough = _WITHIN_CONTAINER * max(weights.values())
    fewest = min(2, len(kept))
    holders = [element for element, weight in weights.items() if weight >= enough and paragraphs[element] >= fewest]
    deepest: Element = max(holders, key=lambda element: sum(1 for _ in element.iterancestors()))
    parent = deepest.getparent()
    return parent if len(kept) == 1 and parent is not None else deepest


def _is_marked_sapo(block: Block) -> bool:
    chain = [block.element, *block.element.iterancestors()][:3]
    return any(
        (_SAPO_NAMES.search(names_of(part)) or part.get("itemprop") == "description") and _is_lead_sized(part)
        for part in chain
    )


def _is_lead_sized(element: Element) -> bool:
    return sum(len(text) for text in element.itertext()) <= _LONGEST_SAPO


def _same_lead(block: Block, first: Block) -> bool:
    parent = first.element.getparent()
    return parent is not None and parent is block.element.getparent() and bool(_SAPO_NAMES.search(names_of(parent)))


def _described(text: str, description: str) -> bool:
    """Whether the description is this text, its beginning, or the text with a place or agency in front of it."""
    told, shown = title_key(re.sub(r"(?:\.{3}|…)\s*$", "", description)), title_key(text)
    if len(told) < 20:
        return False
    return 0 <= shown.find(told) <= 25 or (len(shown) >= 40 and told.startswith(shown))
