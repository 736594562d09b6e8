"""A page or a text as an editor sends it → the fields of an article, and all lines that it showed."""

from __future__ import annotations

from typing import Any, Final

from machtin.adapters.source_files import sniffed_kind
from machtin.charset import decode_page
from machtin.cut_off import PageLine
from machtin.draft_reading import DraftKind
from machtin.page import page_lines, read_page

LOOKED_AT: Final = 4096


def read_draft_page(raw: bytes, kind: DraftKind, charset: str | None) -> tuple[dict[str, Any], list[PageLine]]:
    """The fields as JSON values, and the lines. ``charset``: what the sender calls it, where it says so.

    The kind of a "file" is told by how it begins.

    Raises InvalidInput for bytes that can't be decoded, and for what has no text.
    """
    if kind == "html" or (kind == "file" and sniffed_kind(raw[:LOOKED_AT]) == "html"):
        from machtin.adapters.html_page import read_html_lines  # loads lxml, which nothing else of an editor's needs

        return read_html_lines(decode_page(raw, declared=charset) if charset else raw)
    text = decode_page(raw, declared=charset)
    return read_page(text), [PageLine(line) for line in page_lines(text)]
