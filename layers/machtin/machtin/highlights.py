"""Where a query's words stand in a text as published, and the part of it that speaks most to the query."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import Final

from machtin.answers import Snippet, Span
from machtin.vietnamese import canonical_with_offsets, fold, has_diacritics, syllables

MAX_SPANS: Final = 100
SNIPPET_LENGTH: Final = 240

# Every lower-case Vietnamese letter that folds to a plain one: what "a" typed without its mark may stand for.
_VARIANTS: Final[dict[str, str]] = {}
for _code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
    _letter = unicodedata.normalize("NFC", chr(_code)).lower()
    _plain = fold(_letter)
    if len(_letter) == 1 and len(_plain) == 1 and _plain.isascii() and _letter not in _VARIANTS.get(_plain, ""):
        _VARIANTS[_plain] = _VARIANTS.get(_plain, _plain) + _letter


class Highlighter:
    """Finds the words of one query: a typed mark must stand in the text, a missing one is forgiven."""

    def __init__(self, query: str) -> None:
        words = sorted(set(syllables(query)), key=lambda word: (-len(word), word))
        alternatives = "|".join(map(_alternative, words))
        # Underscores part syllables, so they end a word here too.
        self._pattern = re.compile(f"(?<![^\\W_])(?:{alternatives})(?![^\\W_])") if words else None

    def spans(self, text: str) -> list[Span]:
        """Spans of the query's words in ``text`` as published, in order, neighbours in the text left apart."""
        if self._pattern is None:
            return []
        known = canonical_with_offsets(text)
        # İ is the one letter whose lower case is longer; offsets must not slip.
        found = self._pattern.finditer(known.text.replace("İ", "I").lower())
        return [Span(*known.source(*match.span())) for match, _ in zip(found, range(MAX_SPANS), strict=False)]

    def snippet(self, body: str, spans: list[Span]) -> Snippet | None:
        """About SNIPPET_LENGTH code points of ``body`` around most of the query's words; None where there are none."""
        if not spans:
            return None
        first = _richest(body, spans)
        paragraph = body.rfind("\n", 0, spans[first].start) + 1
        start = max(paragraph, spans[first].start - SNIPPET_LENGTH // 4)
        if start > paragraph:
            start = _after_space(body, start, spans[first].start)
        paragraph_end = body.find("\n", start)
        paragraph_end = len(body) if paragraph_end < 0 else paragraph_end
        end = min(paragraph_end, start + SNIPPET_LENGTH)
        if end < paragraph_end:
            end = max(body.rfind(" ", spans[first].end, end), spans[first].end)
        return Snippet("body", body[start:end], start, end)


def _alternative(word: str) -> str:
    if has_diacritics(word):
        return re.escape(word)
    if word.replace(",", "").isdecimal():
        # The query says 1200 or 3,5; the text may say 1.200 or 3.5.
        return "[.,]?".join(word) if "," not in word else "[.,]".join(word.split(","))
    return "".join(f"[{_VARIANTS[letter]}]" if letter in _VARIANTS else re.escape(letter) for letter in word)


def _richest(body: str, spans: list[Span]) -> int:
    """The span from which most different words of the query stand within one snippet and one paragraph."""
    words = [body[span.start : span.end].lower() for span in spans]
    reach = SNIPPET_LENGTH * 3 // 4
    best, most = 0, 0
    for first, span in enumerate(spans):
        newline = body.find("\n", span.start, span.start + reach)
        limit = span.start + reach if newline < 0 else newline
        last = bisect_right(spans, limit, first, key=lambda one: one.end)
        if (distinct := len(set(words[first:last]))) > most:
            best, most = first, distinct
    return best


def _after_space(text: str, start: int, limit: int) -> int:
    space = text.find(" ", start, limit)
    return start if space < 0 else space + 1
