"""Texts of the readers' site: words with elements in them, numbers, Vietnamese order, and spans of articles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from machtin.answers import Span
from machtin.markup import Child, Markup, Stretch, el, joined
from machtin.words import Lang, say

_ALPHABET: Final = {letter: at for at, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES: Final = {"\u0302", "\u0306", "\u031b"}
_GAP: Final = re.compile(r"\n[^\S\n]*\n\s*|\Z")
_CODE: Final = re.compile(r"`([^`]+)`")


def say_with(lang: Lang, key: str, *, n: int | None = None, **values: Child) -> Markup:
    """What a key says where some of its places are elements; ``n`` chooses the variant."""
    # Private use marks stand for the places, which no catalogue has.
    marks = {name: chr(0xE000 + at) for at, name in enumerate(values)}
    counted = marks if n is None else {**marks, "n": n}
    by_mark = {mark: values[name] for name, mark in marks.items()}
    pieces = re.split("([\ue000-\ue0ff])", say(lang, key, **counted))
    return joined(by_mark.get(piece, piece) for piece in pieces)


def article_lang(lang: Lang) -> str | None:
    """The ``lang`` of what stands in an article: none where the page is in its language."""
    return None if lang == "vi" else "vi"


def of_article(lang: Lang, words: str | None) -> Markup | None:
    """Words of an article in a line of the page: whatever direction their letters ask for, the rest keeps its own."""
    return el("bdi", {"lang": article_lang(lang)}, words) if words else None


def with_code(text: str) -> Markup:
    """A text whose stretches between backticks are code."""
    pieces = _CODE.split(text)
    return joined(el("code", {}, piece) if at % 2 else piece for at, piece in enumerate(pieces))


def number(lang: Lang, value: int) -> str:
    """A whole number as the language writes it."""
    written = f"{value:,}"
    return written.replace(",", ".") if lang == "vi" else written


def dictionary_order(text: str) -> tuple[Sequence[int], Sequence[int], str]:
    """A key that sorts as Vietnamese dictionaries do: by letters, then by tones; spaces and signs first."""
    letters: list[int] = []
    tones: list[int] = []
    for decomposed in unicodedata.normalize("NFD", text.casefold()):
        if decomposed in _TONES:
            if tones:
                tones[-1] = _TONES[decomposed]
        elif decomposed in _SHAPES and letters:
            letters[-1] = _shaped(letters[-1], decomposed)
        else:
            letters.append(_ALPHABET.get(decomposed, -1 if not decomposed.isalpha() else ord(decomposed)))
            tones.append(0)
    return letters, tones, text


def _shaped(letter: int, shape: str) -> int:
    plain = next((known for known, at in _ALPHABET.items() if at == letter), "")
    return _ALPHABET.get(unicodedata.normalize("NFC", plain + shape), letter)


def joined_spans(text: str, spans: Iterable[Stretch]) -> list[Span]:
    """Spans in order, those that only spaces part made one: a phrase shows as one stretch."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        last = result[-1] if result else None
        if last and (span.start <= last.end or re.fullmatch(r"[^\S\n]+", text[last.end : span.start])):
            result[-1] = Span(last.start, max(last.end, span.end))
        else:
            result.append(Span(span.start, span.end))
    return result


def paragraphs(text: str) -> list[Span]:
    """Where the paragraphs of a text stand, in code points."""
    result: list[Span] = []
    start = 0
    for gap in _GAP.finditer(text):
        if text[start : gap.start()].strip():
            result.append(Span(start, gap.start()))
        start = gap.end()
    return result


def outside_address(url: str | None) -> str | None:
    """An address of another site that a reader may follow; None for what is no http address."""
    try:
        parsed = urlsplit(url or "")
    except ValueError:
        return None
    return url if parsed.scheme in ("http", "https") and parsed.hostname else None
