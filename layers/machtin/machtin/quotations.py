"""Quotations and brackets of a line: where each opens and closes."""

from __future__ import annotations

import re
from typing import NamedTuple


class Enclosure(NamedTuple):
    """A quotation or bracket: positions of its opening and of its closing sign."""

    opening: int
    closing: int


def enclosures(line: str) -> list[Enclosure]:
    """The enclosures of one line, by opening position; signs without a partner, apostrophes and inch marks are none."""
    found: list[Enclosure] = []
    open_signs: list[tuple[str, int]] = []
    for match in _SIGN.finditer(line):
        sign, position = match[0], match.start()
        opener = _PARTNER.get(sign)
        closes, opens = _directions(line, position) if sign in "\"'’" else (opener is not None, opener is None)
        depth = next((i for i in range(len(open_signs) - 1, -1, -1) if open_signs[i][0] == opener), None)
        if closes and depth is not None:
            found.append(Enclosure(open_signs[depth][1], position))
            del open_signs[depth:]
        elif opens:
            open_signs.append((sign, position))
            del open_signs[:-_DEEPEST]
    return sorted(found)


_SIGN = re.compile("[\"'“”«»‘’()\\[\\]]")
_PARTNER = {"”": "“", "»": "«", "’": "‘", ")": "(", "]": "[", '"': '"', "'": "'"}
_BEFORE_QUOTATION = tuple("([“«‘-–—/:.,;!?…")
# Deeper nesting is damage, not text; the bound keeps the search for a partner short.
_DEEPEST = 8


def _directions(line: str, position: int) -> tuple[bool, bool]:
    """Whether a two-way quote may (close, open): `nói "không".`, but not `it's` or `32" `; `" Con ",` by its spaces."""
    before, behind = line[position - 1 : position], line[position + 1 : position + 2]
    space_before, space_behind = not before.strip(), not behind.strip(" ,.;:!?…)”")
    if space_before == space_behind:
        apostrophe = before.isalnum() and behind.isalnum()
        return not apostrophe, space_before
    return space_behind, space_before or before in _BEFORE_QUOTATION
