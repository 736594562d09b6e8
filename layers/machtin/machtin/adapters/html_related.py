"""The boxes of related articles on an HTML page: found by their markup or heading, kept as entries."""

from __future__ import annotations

from collections.abc import Sequence

from machtin.adapters.html_blocks import Block, Element
from machtin.adapters.html_statements import Statements, absolute, title_key
from machtin.article_reading import MAX_RELATED
from machtin.page import same_text
from machtin.page_lines import inline_related, is_related_heading, opens_comments, section_of
from machtin.page_related import Line, Related, list_entries
from machtin.vietnamese import syllables


def take_boxes(blocks: Sequence[Block]) -> list[Related]:
    """Entries of the page's boxes of related articles, whose blocks are then no text any more."""
    for at, block in enumerate(blocks):
        free = block.region in (None, "chrome", "related") and not _in_site_frame(block)
        if free and is_related_heading(block.text):
            for other in blocks[at : _end_of_box(blocks, at)]:
                other.region, other.region_root = "related", block.element
    lines = [line_of(block) for block in blocks if block.region == "related"]
    return list_entries([line for line in lines if inline_related(line.text) is None and not _is_label(line)])


def related_entries(found: Sequence[Related], stated: Statements) -> list[dict[str, str | None]]:
    """Entries as JSON values, one for each address, addresses absolute; the page itself is none of them."""
    merged: dict[str, Related] = {}
    for entry in found:
        url = absolute(entry.url, stated.base)
        key = url or title_key(entry.title)
        if key not in merged and not same_text(entry.title, stated.title):
            merged[key] = Related(entry.title, entry.sapo, url)
        elif key in merged and not merged[key].sapo:
            # The teaser is often a second link to the same address.
            teaser = entry.sapo or ("" if same_text(entry.title, merged[key].title) else entry.title)
            merged[key] = Related(merged[key].title, teaser, url)
    return [entry.document() for entry in list(merged.values())[:MAX_RELATED]]


def line_of(block: Block) -> Line:
    """The block as the rules for lists see it."""
    return Line(block.text, block.linked, block.url)


def _end_of_box(blocks: Sequence[Block], at: int) -> int:
    """One past the last block of the box whose heading is at ``at``.

    The box is the highest element in which nothing stands before the heading; where that is the heading alone, the
    links that follow it beside it, with the teasers between them.
    """
    box = blocks[at].element
    before = blocks[at - 1].element if at else None
    while (parent := box.getparent()) is not None and not _contains(parent, before):
        box = parent
    stop = at + 1
    while stop < len(blocks) and _contains(box, blocks[stop].element):
        stop += 1
    if not any(block.linked for block in blocks[at + 1 : stop]):
        stop = _end_of_links(blocks, at)
    comments = (n for n in range(at + 1, stop) if blocks[n].region == "comments" or opens_comments(blocks[n].text))
    return next(comments, stop)


def _end_of_links(blocks: Sequence[Block], at: int) -> int:
    parent = blocks[at].element.getparent()
    stop = at + 1
    while stop < len(blocks) and _contains(parent, blocks[stop].element):
        ahead = blocks[stop : stop + 2]
        if not ahead[0].linked and (not blocks[stop - 1].linked or not any(block.linked for block in ahead)):
            break
        stop += 1
    return stop


def _is_label(line: Line) -> bool:
    return len(syllables(line.text)) < 3 or section_of(line.text) is not None


def _contains(ancestor: Element | None, element: Element | None) -> bool:
    return ancestor is not None and element is not None and (element is ancestor or ancestor in element.iterancestors())


def _in_site_frame(block: Block) -> bool:
    return any(part.tag in ("nav", "footer") for part in (block.element, *block.element.iterancestors()))
