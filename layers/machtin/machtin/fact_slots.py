"""Sentences as words with slots for what may be a fact: numbers and names, each in one spelling.

"5.000", "5 nghìn" and "năm nghìn" are one number. Diacritics, which whole newsrooms leave out, tell no word from
another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from machtin.summary_credits import CAPITAL
from machtin.vietnamese import canonical, fold, fold_syllables, syllables

# What is read of a text, and of a sentence.
MOST_SENTENCES: Final = 500
MOST_SLOTS: Final = 200
NUMBER: Final = "#"
NAME: Final = "@"

_TOKEN: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[^\W\d_][^\W_]*")
# Sentences are sought in time that grows with the square of a run of spaces.
_SPACES: Final = re.compile(" {2,}")
# Not behind "TP." nor an initial ("Thái Hữu B. (SN 1997)").
_SENTENCE: Final = re.compile(rf"(?<=[.!?…])(?<!TP\.)(?<!Tp\.)(?<![ .]{CAPITAL}\.)[\"'”’»)\]]*\s+(?![a-zđ])|\s*\n\s*")
# "Hà Nội (TTXVN 12/3) - ", "(Dân trí) - ", "TTO - ": who publishes, from where and when.
_DATELINE: Final = re.compile(
    rf"\s*(?:(?:{CAPITAL}[\w.]*,? ){{0,4}}\([^()]{{2,40}}\)|{CAPITAL}{{2,}}[\w.]*(?: Online)?)\s*[-–—:]+\s+"
)
_CLOCK: Final = re.compile(r"(?<=[0-9])[hg](?=[0-9])")
_DAY_AND_MONTH: Final = re.compile(r"[0-9]{1,2}[.][0-9]{1,2}")
_BEFORE_A_DAY: Final = frozenset("ngay sang chieu toi trua dem qua nay".split())

_UNITS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mot": 1, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
# Behind tens; "mười năm" are years.
_ONES: Final = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9}
_TENS: Final = frozenset(("mươi", "muoi"))
_SCALES: Final = {
    "trăm": 1e2, "nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9,
    "tram": 1e2, "nghin": 1e3, "ngan": 1e3, "trieu": 1e6, "ty": 1e9, "ti": 1e9,
}  # fmt: skip
_HEDGES: Final = frozenset("khoang gan hon tren chung duoi".split())
# Between two capitals of one name: "Nguyễn Văn A", "TP.HCM", "ITAR-TASS".
_WITHIN_NAMES: Final = frozenset((" ", ".", "-", ""))
_CAPITAL_WITHIN: Final = re.compile(rf"(?<=[^\W\d_] ){CAPITAL}[^\W_]*")
_OPENING: Final = re.compile(r"[\"“‘«:;•*–—]|-\s")
# Names that are spelt two ways: Kỳ/Kì, Đắk/Đắc.
_SPELLINGS: Final = str.maketrans("yk", "ic")
_LONG: Final = 5
# A line with more capitals is set in them, and they tell no name.
_MOST_CAPITALS: Final = 0.7


Name = tuple[str, ...]


class Slot(NamedTuple):
    """A word, a number or a name in a sentence.

    ``key``: what aligns with what: the folded word, NUMBER for any number, NAME for any name. ``value``: of a number,
    and of a word that may be one ("năm"). ``hedge``: "khoảng" before it; ``scaled``: written in thousands or millions.
    """

    key: str
    value: float | None = None
    name: Name = ()
    hedge: str = ""
    scaled: bool = False


Sentence = tuple[Slot, ...]


class SlottedText:
    """A text's sentences, each read only when it is asked for. Thread-safe: reading twice does no harm."""

    def __init__(self, text: str) -> None:
        plain = _SPACES.sub(" ", canonical(text))
        self.lines = [line for line in _SENTENCE.split(plain) if line][:MOST_SENTENCES]
        self._named = frozenset(fold_syllables(set(_CAPITAL_WITHIN.findall(plain))))
        self._read: dict[str, Sentence] = {}

    def sentence(self, line: str) -> Sentence:
        """One of ``lines`` as slots, without its dateline; empty where there is no word."""
        if line not in self._read:
            self._read[line] = tuple(islice(_slots(_line(line), self._named), MOST_SLOTS))
        return self._read[line]


def bare(lines: Sequence[str]) -> list[str]:
    """The words of sentences in their plainest spelling: where those are the same, nothing differs."""
    return [" ".join(_TOKEN.findall(line)) for line in fold("\n".join(lines)).split("\n")] if lines else []


class _Line(NamedTuple):
    """A sentence's tokens: as published in small letters, folded, whether with a capital, and what stands before."""

    said: list[str]
    keys: list[str]
    capital: list[bool]
    gaps: list[str]
    full: list[bool]

    def opens(self, at: int) -> bool:
        """Whether a capital is due there whatever the word."""
        return at == 0 or _OPENING.search(self.gaps[at]) is not None

    def name(self, start: int, end: int) -> tuple[str, ...]:
        """The syllables of a name, those in capitals alone kept so."""
        parts = [key.translate(_SPELLINGS) for key in self.keys[start:end]]
        return tuple(part.upper() if full else part for part, full in zip(parts, self.full[start:end], strict=True))


def same_name(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names may be one: a part of the other, its initials ("HCM", "QH"), or a long syllable misspelt."""
    here, there = [part.lower() for part in one], [part.lower() for part in other]
    ours = [part for part in one if part.lower() not in there]
    theirs = [part for part in other if part.lower() not in here]
    if not ours or not theirs:
        return True
    return (
        _initials(ours, theirs)
        or _initials(theirs, ours)
        or (len(ours) == len(theirs) == 1 and _slip(ours[0], theirs[0]))
    )


def part_of_name(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one of two names is a part of the other."""
    here, there = {part.lower() for part in one}, {part.lower() for part in other}
    return here <= there or there <= here


def _initials(short: Sequence[str], name: Sequence[str]) -> bool:
    """Whether what is left of one name is letters for the other, of which capitals may show the beginning alone."""
    letters = "".join(part[0] for part in name).lower()
    return (
        len(short) == 1
        and len(short[0]) > 1
        and short[0].isupper()
        and not (len(name) == 1 and name[0].isupper())
        and (letters in short[0].lower() or short[0].lower() in letters)
    )


def _slip(one: str, other: str) -> bool:
    """Whether one letter makes the difference in a long syllable, which is a foreign name then."""
    if min(len(one), len(other)) < _LONG or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_of_other = one[start:], other[start:]
    return rest[1:] == rest_of_other[1:] or rest[1:] == rest_of_other or rest == rest_of_other[1:]


def _line(piece: str) -> _Line:
    dateline = _DATELINE.match(piece)
    text = _CLOCK.sub(":", piece[dateline.end() :] if dateline else piece)
    found = list(_TOKEN.finditer(text))
    tokens = [one[0] for one in found]
    ends = [0, *(one.end() for one in found)]
    capital = [token[0].isupper() for token in tokens]
    if sum(capital) > _MOST_CAPITALS * len(tokens) and len(tokens) > 3:
        capital = [False] * len(tokens)
    return _Line(
        [token.lower() for token in tokens],
        fold_syllables(tokens),
        capital,
        [text[end : one.start()] for end, one in zip(ends, found, strict=False)],
        [token.isupper() and token.isalpha() for token in tokens],
    )


def _slots(line: _Line, named: frozenset[str]) -> Iterator[Slot]:
    at = 0
    said, keys, capital = line.said, line.keys, line.capital
    while at < len(keys):
        start, end = at, at + 1
        if said[at] in _UNITS or said[at][0].isdecimal():
            values, end = _numbers(line, at)
            if values:
                hedge = keys[at - 1] if at > 0 and keys[at - 1] in _HEDGES else ""
                scaled = said[end - 1] in _SCALES
                yield from (Slot(NUMBER, value, (), hedge, scaled) for value in values)
                at = end
                continue
            end = at + 1
        if capital[at] and (not line.opens(at) or keys[at] in named):
            while end < len(keys) and capital[end] and line.gaps[end] in _WITHIN_NAMES:
                end += 1
            yield Slot(NAME, None, line.name(start, end))
        else:
            yield Slot(keys[at], _UNITS.get(said[at]))
        at = end


def _numbers(line: _Line, at: int) -> tuple[list[float], int]:
    """The numbers that begin there (a date has several), and where they end; none for a word that may be one."""
    values, end = _simple(line, at)
    if len(values) != 1 or end >= len(line.said) or line.said[end] not in _SCALES:
        alone = end == at + 1 and not line.said[at][0].isdecimal()
        return ([], at) if alone else (values, end)
    scale = _SCALES[line.said[end]]
    total, end = values[0] * scale, end + 1
    while end < len(line.said) and line.said[end] in _SCALES:
        scale = _SCALES[line.said[end]]
        total, end = total * scale, end + 1
    lesser, behind = _simple(line, end)
    if len(lesser) == 1:
        scaled = behind < len(line.said) and _SCALES.get(line.said[behind], scale) < scale
        if scaled:
            return [total + lesser[0] * _SCALES[line.said[behind]]], behind + 1
        if scale == _SCALES["trăm"] and lesser[0] < scale and not line.said[end][0].isdecimal():
            return [total + lesser[0]], behind
    return [total], end


def _simple(line: _Line, at: int) -> tuple[list[float], int]:
    """The same without scales; a word that may be a number counts."""
    if at >= len(line.said):
        return [], at
    said = line.said[at]
    if said[0].isdecimal():
        if at > 0 and line.keys[at - 1] in _BEFORE_A_DAY and _DAY_AND_MONTH.fullmatch(said):
            said = said.replace(".", "/")
        parts = syllables(said) if not said.isdecimal() else [said]
        return [float(part.replace(",", ".")) for part in parts], at + 1
    unit = _UNITS.get(said)
    if unit is None or (line.capital[at] and at > 0):
        return [], at
    following = line.said[at + 1] if at + 1 < len(line.said) else ""
    if unit < 10 and following in _TENS:
        ones = _ONES.get(line.keys[at + 2], 0) if at + 2 < len(line.keys) else 0
        return [10.0 * unit + ones], at + 2 + bool(ones)
    if unit == 10 and at + 1 < len(line.keys) and line.keys[at + 1] in _ONES:
        return [10.0 + _ONES[line.keys[at + 1]]], at + 2
    return [float(unit)], at + 1
