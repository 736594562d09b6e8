"""Where a query's words stand in a text as published."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from machtin.answers import Span
from machtin.spelling import keyed, names_spelt, spelt_alike
from machtin.vietnamese import canonical, canonical_with_offsets, fold, lower_case, syllables

MAX_SPANS: Final = 100


class Occurrence(NamedTuple):
    """A word of the query in a text as published: code points, and the word's place in ``Highlighter.words``."""

    start: int
    end: int
    word: int


class Highlighter:
    """Finds the words of one query: a typed mark must stand in the text, a missing one is forgiven.

    ``as_typed``: words from which none is missing, such as those of an English query.

    A text is folded letter by letter, so that no offset moves, and each word is looked for by a plain search for
    bytes: an expression that names all words and all their marks takes five times as long.
    """

    def __init__(self, query: str, as_typed: AbstractSet[str] = frozenset()) -> None:
        self._as_typed = as_typed
        self.typed: Final[list[str]] = syllables(query)
        self.words: Final[list[str]] = sorted(set(self.typed))
        self._keys: list[tuple[int, bytes, str | None]] = []
        self._patterns: list[tuple[int, re.Pattern[str]]] = []
        for at, word in enumerate(self.words):
            if "," in word or (word.isdecimal() and len(word) > 3):
                self._patterns.append((at, _number(word)))
            else:
                self._look_for(at, word)
        # Names that are written otherwise count as the first word: which of the words they stand for is no matter.
        found = keyed(self.typed)
        for name in set(found).difference(*map(spelt_alike, self.words)):
            self._look_for(0, name)
        self._patterns += [(0, pattern) for pattern in names_spelt(found)]
        self._keys.sort(key=lambda key: key[2] is not None)

    def _look_for(self, at: int, word: str) -> None:
        for spelt in spelt_alike(word):
            if (key := _folded(spelt).tobytes()) and _NOT_WORD not in key:
                forgiven = spelt.isascii() and word not in self._as_typed
                self._keys.append((at, b" " + key + b" ", None if forgiven else spelt))

    def spans(self, text: str) -> list[Span]:
        """Spans of the query's words in ``text`` as published, in order, neighbours in the text left apart."""
        return spans_of(self.occurrences(text))

    def occurrences(self, text: str) -> list[Occurrence]:
        """The first MAX_SPANS places of the query's words in ``text`` as published, in order, none within another."""
        if not self.words or not text:
            return []
        folded = _folded(text)
        if folded.min() != _MOVES:
            return self._found(text, folded)
        known = canonical_with_offsets(text)
        found = self._found(known.text, _folded(known.text))
        return [Occurrence(*known.source(start, end), word) for start, end, word in found]

    def _found(self, text: str, folded: NDArray[np.uint8]) -> list[Occurrence]:
        padded = b" " + folded.tobytes() + b" "
        # Where the query has "xe" and "xế", what is spelt exactly so counts, since it comes last.
        found = {one.start: one for key in self._keys for one in _places(text, padded, *key)}
        if not self._patterns:
            return sorted(found.values())[:MAX_SPANS]
        for at, pattern in self._patterns:
            matches = zip(pattern.finditer(text), range(MAX_SPANS), strict=False)
            found.update((match.start(), Occurrence(match.start(), match.end(), at)) for match, _ in matches)
        return _apart(sorted(found.values()))


def spans_of(found: Sequence[Occurrence]) -> list[Span]:
    """The same as they are shown."""
    return [Span(start, end) for start, end, _ in found]


def _places(text: str, padded: bytes, at: int, key: bytes, spelt: str | None) -> Iterator[Occurrence]:
    """The first MAX_SPANS places of one word; ``spelt``: exactly so, since it has letters that folding changes."""
    length = len(key) - 2
    start = padded.find(key)
    count = 0
    while start >= 0 and count < MAX_SPANS:
        if spelt is None or _is_spelt(text[start : start + length], spelt):
            yield Occurrence(start, start + length, at)
            count += 1
        start = padded.find(key, start + length + 1)


def _is_spelt(published: str, word: str) -> bool:
    # İ is the one letter whose lower case is longer.
    return published.lower() == word or lower_case(canonical(published)) == word


def _number(word: str) -> re.Pattern[str]:
    """The query says 1200 or 3,5; the text may say 1.200 or 3.5."""
    digits = "[.,]?".join(word) if "," not in word else "[.,]".join(map(re.escape, word.split(",")))
    # Looking back behind the first digit leaves the expression a literal to be searched for.
    return re.compile(f"{digits[0]}(?<![^\\W_]{digits[0]}){digits[1:]}(?![^\\W_])")


def _apart(found: list[Occurrence]) -> list[Occurrence]:
    """Without what stands within an earlier one: "200" within "1.200"."""
    apart: list[Occurrence] = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart[:MAX_SPANS]


# What a letter is folded to, one byte for each code point: an ASCII letter or digit, some byte above 127 for a letter
# of another script, or one of these.
_UNKNOWN: Final = 0
_MOVES: Final = 1  # drawn as nothing, or joined to the letter before it: what follows stands elsewhere
_NOT_WORD: Final = 0x20
_ASTRAL: Final = 0xFFFF

# Filled as letters are met: a hundred are met soon, and all 65,536 would take a second.
_TABLE: Final[NDArray[np.uint8]] = np.zeros(_ASTRAL + 1, dtype=np.uint8)
_TABLE[_ASTRAL] = _NOT_WORD


def _folded(text: str) -> NDArray[np.uint8]:
    """One byte for each code point of ``text``; what lies beyond U+FFFF, emoji for the most part, is no word."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = np.minimum(codes, _ASTRAL)
    folded: NDArray[np.uint8] = _TABLE[codes]
    if len(folded) and folded.min() == _UNKNOWN:
        for code in np.unique(codes[folded == _UNKNOWN]):
            _TABLE[code] = _fold_letter(chr(code))
        folded = _TABLE[codes]
    return folded


def _fold_letter(letter: str) -> int:
    known = canonical(letter)
    if not known or unicodedata.combining(letter) or unicodedata.normalize("NFC", letter) != letter:
        return _MOVES
    plain = fold(known)
    if not plain[:1].isalnum():
        return _NOT_WORD
    return ord(plain[0]) if plain[0].isascii() else 0x80 | ord(plain[0]) & 0x7F
