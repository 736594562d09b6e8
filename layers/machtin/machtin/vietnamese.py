"""Vietnamese text: canonical form, folding, syllables, and the way back to the text as published.

Canonical forms are for search only; what is stored and shown stays as published. Every function takes any
``str`` whatever (decomposed letters, control characters, lone surrogates, nothing at all) and never raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

_nfc = partial(unicodedata.normalize, "NFC")

_TONES = "\u0300\u0301\u0309\u0303\u0323"
_MARKS = "\u0300-\u036f"

# Removed: they are drawn as nothing. Soft hyphen, grapheme joiner, Arabic letter mark, Mongolian selectors, zero-width
# characters, direction marks, word joiner, variation selectors, byte order mark, interlinear notes, tags.
_INVISIBLE = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e01ef"
)
_NEWLINES = "\r\u000b\u000c\u0085\u2028\u2029"
# Become one space: Unicode spaces, but also what cannot be text (control characters, lone surrogates) and the
# object replacement character, since each of them stands between two words more often than inside one.
_SPACES = "\u0000-\u0009\u000e-\u001f\u007f-\u0084\u0086-\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufffc\ud800-\udfff"
_REPLACED = {
    **dict.fromkeys(_NEWLINES, "\n"),
    **dict.fromkeys("ÐƉ", "Đ"),
    **dict.fromkeys("ðɖ", "đ"),
    # The full-width block alone, by its NFKC forms: NFKC on everything would turn "m²" into "m2" and "½" into "1⁄2".
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict(zip("￠￡￢￤￥￦", "¢£¬¦¥₩", strict=True)),
}
_REMOVED = re.compile(f"[{_INVISIBLE}]|\r(?=\n)")
_IRREGULAR = re.compile(f"[{_INVISIBLE}{_SPACES}{''.join(_REPLACED)}]")
_INVISIBLE_CHARACTER = re.compile(f"[{_INVISIBLE}]")

_TONE_PLACES = {
    _nfc(first + second + tone): _nfc(first + tone + second)
    for pair in ("oa", "oe", "uy")
    for first in (pair[0], pair[0].upper())
    for second in (pair[1], pair[1].upper())
    for tone in _TONES
}
_SECOND_VOWELS = "".join(sorted({pair[1] for pair in _TONE_PLACES if pair[0] in "oO"}))
_SECOND_Y = "".join(sorted({pair[1] for pair in _TONE_PLACES if pair[0] in "uU"}))
_OPEN_SYLLABLE = re.compile(f"(?:[oO][{_SECOND_VOWELS}]|[uU][{_SECOND_Y}])(?![^\\W\\d_]|[{_MARKS}])")
_ONSET = re.compile(r"(?<![^\W\d_])(?:[bcdđghklmnprstvx]|[cgknpt]h|gi|ngh?|tr)?\Z", re.IGNORECASE)

_VOWELS = "aăâeêioôơuưy"
_MARKED_LETTERS = {_nfc(vowel + tone) for vowel in _VOWELS for tone in _TONES} | set("ăâêôơưđ")
_MARKED = re.compile(f"[{''.join(sorted(_MARKED_LETTERS | {letter.upper() for letter in _MARKED_LETTERS}))}]")

_COMPOSABLE = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_MARK_RUN = re.compile(f"[{_MARKS}]+")
# Every block that has combining marks, Latin letters left out.
_MARK_BLOCKS = (
    "\u0300-\u036f\u0483-\u1dff\u20d0-\u20ff\u2cef-\u2cf1\u2d7f-\u2dff\u302a-\u309a\ua66f-\uabff\ufb1e\ufe20-\ufe2f"
    "\U00010000-\U0001ffff"
)
_MANY_MARKS = re.compile(f"[{_MARK_BLOCKS}]{{8,}}")
_MOST_MARKS = 30

_SYLLABLE = re.compile(rf"[0-9]+(?:[.,][0-9]+)+|[^\W_]+(?:[{_MARKS}]+[^\W_]*)*")
_DIGITS = re.compile("[0-9]+")
_GROUPED = re.compile(
    r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+(?:,[0-9]+)?|(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|,[0-9]{3}\.[0-9]+)"
)
_DECIMAL = re.compile(r"[0-9]+[.,][0-9]+")
_MONTH_AND_YEAR = re.compile(r"[0-9]{1,2}\.(?:19|20)[0-9]{2}")


def canonical(text: str) -> str:
    """The one spelling under which text is searched; letter case, punctuation and newlines are kept.

    NFC; Ð/ð (eth) are Đ/đ; the tone of an open oa, oe, uy stands on its first vowel (hoà = hòa, thuỷ = thủy; quý, toàn
    and Zoé are left alone); full-width signs are plain ones; Unicode spaces, control characters and lone surrogates
    are one space each, every kind of line end is a newline; invisible characters are gone. Idempotent.
    """
    return _OPEN_SYLLABLE.sub(_place_tone, _nfc(_clean(text)))


@dataclass(frozen=True, slots=True)
class Canonical:
    """A canonical text that remembers where each of its characters was published."""

    text: str
    _published_length: int
    # First and last published position of each character, int32, shape (len(text),); None where nothing moved.
    _moved: tuple[NDArray[np.int32], NDArray[np.int32]] | None

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Span of the published text behind ``text[start:end]``, for 0 ≤ start ≤ end ≤ len(text), in code points.

        A base letter and its combining marks are never parted. An empty span stays empty.
        """
        if self._moved is None:
            return start, end
        first, last = self._moved
        published_start = int(first[start]) if start < len(first) else self._published_length
        return published_start, int(last[end - 1]) + 1 if start < end else published_start


def canonical_with_offsets(text: str) -> Canonical:
    """``canonical(text)`` together with the way back to ``text``; nothing is stored where no position moved."""
    clean = _clean(text)
    composed = _nfc(clean)
    moved: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None
    if composed != clean:
        moved = _composition(clean)
    if len(clean) != len(text):
        kept = np.ones(len(text), dtype=bool)
        kept[[match.start() for match in _REMOVED.finditer(text)]] = False
        positions = np.flatnonzero(kept).astype(np.int32)
        moved = (positions, positions) if moved is None else (positions[moved[0]], positions[moved[1]])
    return Canonical(_OPEN_SYLLABLE.sub(_place_tone, composed), len(text), moved)


def fold(text: str) -> str:
    """Canonical, lower case, without diacritics ("Đẩy mạnh" → "day manh"), newlines and punctuation kept. Idempotent.

    Only the marks U+0300–U+036F are dropped, so that scripts which spell with combining signs stay readable.
    """
    lowered = lower_case(canonical(text))
    if lowered.isascii():
        return lowered
    bare = _MARK_RUN.sub("", unicodedata.normalize("NFD", lowered))
    return _nfc(bare).replace("đ", "d")


def has_diacritics(text: str) -> bool:
    """Whether any letter is typed with a Vietnamese mark, đ included: such a query is meant as it is spelt."""
    return _MARKED.search(canonical(text)) is not None


def syllables(text: str) -> list[str]:
    """Canonical lower-case syllables, numbers and foreign words, in order; a syllable is not a word.

    Punctuation and underscores part them ("128/NQ-CP" → 128, nq, cp; "11/9/2020" → 11, 9, 2020; "TP.HCM" → tp, hcm). A
    number is one syllable in the Vietnamese spelling, however it was typed: "1.200" → 1200, "3.5" and "3,5" → 3,5.
    """
    tokens: list[str] = _SYLLABLE.findall(lower_case(canonical(text)))
    if not any("." in token or "," in token for token in tokens):
        return tokens
    return [part for token in tokens for part in (_numbers(token) if "." in token or "," in token else (token,))]


def syllable_spans(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) in ``text`` as published, one for each of ``syllables(text)``, in code points."""
    return syllables_with_spans(text)[1]


def syllables_with_spans(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """``syllables(text)`` and ``syllable_spans(text)``, read at once."""
    canon = canonical_with_offsets(text)
    tokens: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in _SYLLABLE.finditer(lower_case(canon.text)):
        token, (start, end) = match[0], match.span()
        parts = _numbers(token) if "." in token or "," in token else (token,)
        tokens += parts
        if len(parts) == 1:
            spans.append(canon.source(start, end))
        else:
            spans.extend(canon.source(start + part.start(), start + part.end()) for part in _DIGITS.finditer(token))
    return tokens, spans


def fold_syllables(tokens: Iterable[str]) -> list[str]:
    """``fold`` of each syllable, remembered: an article's syllables are few and repeat."""
    return [_folded[token] for token in tokens]


class _FoldedSyllables(dict[str, str]):
    """Folded forms seen so far; bounded, since foreign words and typing errors never end."""

    _CAPACITY = 1 << 16
    _LONGEST = 32

    def __missing__(self, token: str) -> str:
        folded = fold(token)
        if len(self) < self._CAPACITY and len(token) <= self._LONGEST:
            self[token] = folded
        return folded


_folded = _FoldedSyllables()


def _clean(text: str) -> str:
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return _MANY_MARKS.sub(_thin, _IRREGULAR.sub(_regular, text))


def _regular(match: re.Match[str]) -> str:
    character = match[0]
    return _REPLACED.get(character) or ("" if _INVISIBLE_CHARACTER.match(character) else " ")


def _thin(match: re.Match[str]) -> str:
    """Spaces for the marks beyond the thirtieth on one letter: Unicode's bound for text streams (UAX #15, section 13).

    Normalisation sorts the marks of a letter in quadratic time: 100,000 of them would take seconds.
    """
    count = _count_marks(match.string[max(0, match.start() - 1) : match.start()])
    thinned = []
    for character in match[0]:
        marks = _count_marks(character)
        count = count + marks if unicodedata.combining(character) else marks
        thinned.append(" " if count > _MOST_MARKS else character)
    return "".join(thinned)


def _count_marks(character: str) -> int:
    return sum(unicodedata.combining(part) != 0 for part in unicodedata.normalize("NFD", character))


def _place_tone(match: re.Match[str]) -> str:
    # Onsets have three letters at most (ngh); the fourth one read here shows whether the onset starts the syllable.
    before = match.string[max(0, match.start() - 4) : match.start()]
    return _TONE_PLACES[match[0]] if _ONSET.search(before) else match[0]


def lower_case(text: str) -> str:
    """In small letters, one for each letter."""
    # İ is the only letter whose lower case is two code points; offsets would slip.
    return text.replace("İ", "I").lower()


def _numbers(token: str) -> list[str]:
    """The syllables of a token of digits and separators; any other token is one syllable."""
    if "." not in token and "," not in token:
        return [token]
    if _GROUPED.fullmatch(token):
        # Only a number with both signs has decimals: "1.200,5" and "1,200.5", but not "1.200.000".
        decimal = max(token.rfind("."), token.rfind(",")) if "." in token and "," in token else len(token)
        whole = "".join(_DIGITS.findall(token[:decimal]))
        return [f"{whole},{token[decimal + 1 :]}" if decimal < len(token) else whole]
    if _DECIMAL.fullmatch(token) and not _MONTH_AND_YEAR.fullmatch(token):
        return [token.replace(".", ",")]
    return _DIGITS.findall(token)


def _composition(clean: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """First and last position in ``clean`` behind each character of its NFC form."""
    first: list[int] = []
    last: list[int] = []
    done = 0
    for match in _COMPOSABLE.finditer(clean):
        if unicodedata.is_normalized("NFC", match[0]):
            continue
        first.extend(range(done, match.start()))
        last.extend(range(done, match.start()))
        for start, end, length in _clusters(match[0]):
            first.extend([match.start() + start] * length)
            last.extend([match.start() + end - 1] * length)
        done = match.end()
    first.extend(range(done, len(clean)))
    last.extend(range(done, len(clean)))
    return np.array(first, dtype=np.int32), np.array(last, dtype=np.int32)


def _clusters(run: str) -> Iterator[tuple[int, int, int]]:
    """Shortest pieces (start, end, length in NFC) of ``run`` whose NFC forms join to the NFC form of the whole."""
    start = 0
    for position in range(1, len(run) + 1):
        following = run[position : position + 1]
        if following and unicodedata.combining(following):
            continue
        piece = _nfc(run[start:position])
        if _nfc(run[start:position] + following) == piece + _nfc(following):
            yield start, position, len(piece)
            start = position
