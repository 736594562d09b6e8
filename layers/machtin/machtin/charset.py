"""Bytes of a page to text: UTF-8, UTF-16, UTF-32 or windows-1258, told apart without guessing among look-alikes."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from machtin.errors import InvalidInput

# UTF-32 before UTF-16: the little-endian marks begin alike.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_VOWELS: Final = "aăâeêioôơuưy"
_LETTERS: Final = frozenset(
    unicodedata.normalize("NFC", letter + mark)
    for vowel in _VOWELS
    for letter in (vowel, vowel.upper())
    for mark in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
) | frozenset("đĐ")
_TYPOGRAPHY: Final = frozenset("\u00a0–—‘’“”•…«»·°²³½§™©®×÷₫€")
# windows-1258 text is taken when at least this share of its signs beyond ASCII is Vietnamese.
_PLAUSIBLE: Final = 0.9
_SAMPLE: Final = 200_000


def decode_page(raw: bytes, *, declared: str | None = None) -> str:
    """The text of a page, its byte order mark removed.

    Tried in this order: a byte order mark, UTF-8, UTF-16 without a mark (every other byte of its ASCII is zero), the
    charset that the page ``declared`` when it is no Unicode one, windows-1258. A windows-1258 text comes back
    composed (NFC), since those bytes cannot say which form was meant. Raises InvalidInput when none fits.
    """
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return _strict(raw[len(mark) :], name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(raw, error, declared)
    wide = _wide(raw)
    return _strict(raw, wide) if wide else text


def _strict(raw: bytes, name: str) -> str:
    try:
        return raw.decode(name)
    except UnicodeDecodeError as error:
        raise InvalidInput.of(
            "page", f"begins as {name.upper()} but breaks at byte {error.start}; save it again as UTF-8"
        ) from error


def _not_utf8(raw: bytes, error: UnicodeDecodeError, declared: str | None) -> str:
    if wide := _wide(raw):
        return _strict(raw, wide)
    valid = sum(len(match[0]) for match in _MULTIBYTE.finditer(raw))
    beyond_ascii = len(raw) - len(raw.translate(None, bytes(range(128, 256))))
    if valid > beyond_ascii * 0.8:
        raise InvalidInput.of(
            "page", f"is UTF-8 with a broken byte at {error.start}; save it again as UTF-8"
        ) from error
    text = _declared(raw, declared) if declared else _vietnamese(raw)
    if text is None:
        raise InvalidInput.of(
            "page", "is neither UTF-8, UTF-16 nor windows-1258 Vietnamese text; save it again as UTF-8"
        ) from error
    return text


def _wide(raw: bytes) -> str | None:
    sample = raw[:4096]
    if len(sample) < 8 or len(raw) % 2 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    few, many = sorted((even, odd))
    if few > len(sample) // 40 or many < len(sample) // 8:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _declared(raw: bytes, declared: str) -> str | None:
    try:
        name = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        return _vietnamese(raw)
    # Pages in windows-1258 are often labelled Latin-1; what is labelled Unicode and is not has been mislabelled.
    if name.startswith("utf") or name in {"cp1258", "cp1252", "iso8859-1", "ascii"}:
        return _vietnamese(raw) or (_western(raw) if name in {"cp1252", "iso8859-1"} else None)
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError, ValueError, TypeError):
        return _vietnamese(raw)


def _western(raw: bytes) -> str | None:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _vietnamese(raw: bytes) -> str | None:
    """The text when it reads as Vietnamese in windows-1258; TCVN3, VNI or Latin-1 leave stray signs and are refused."""
    if b"\0" in raw:
        return None
    try:
        text = unicodedata.normalize("NFC", raw.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    beyond_ascii = [character for character in text[:_SAMPLE] if character > "\x7f"]
    letters = sum(character in _LETTERS for character in beyond_ascii)
    vietnamese = letters + sum(character in _TYPOGRAPHY for character in beyond_ascii)
    return text if letters and vietnamese >= _PLAUSIBLE * len(beyond_ascii) else None
