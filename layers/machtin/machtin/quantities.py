"""Counted things in a sentence: "5 người chết", "bảy học sinh bị thương", "12 ngôi nhà", "1,2 triệu tấn gạo".

Only what is safe to compare is read: dates, ages, times, ordinals and shares are no quantities here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from machtin.vietnamese import canonical_with_offsets

_DIGITS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
    "chín": 9, "mốt": 1,
}  # fmt: skip
_SCALES: Final = {"trăm": 1e2, "nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9}
_ONES: Final = "một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín"
_WORDS: Final = rf"(?:(?:{_ONES}) mươi(?: (?:{_ONES}|mốt|tư|lăm))?|mười(?: (?:{_ONES}|lăm))?|{_ONES})"
_FIGURES: Final = r"(?:\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,\d{1,3})?"
_NUMBER: Final = re.compile(
    rf"(?<![\w.,/:-])(?:(?P<figures>{_FIGURES})|(?P<words>{_WORDS}))(?: (?P<scale>{'|'.join(_SCALES)}))?"
    r"(?= [^\W\d_]|[.;)]?\Z|[,;] )"
)
_NOUN: Final = re.compile(r" ([^\W\d_]+(?: [^\W\d_]+)?)")

_PERSON: Final = (
    "người dân|người|nạn nhân|học sinh|sinh viên|công nhân|hành khách|du khách|ngư dân|thuyền viên|trẻ em|em học sinh"
    "|em nhỏ|em|cháu bé|cháu|chiến sĩ|binh sĩ|cảnh sát|dân thường"
)
_FATES: Final = {
    "chết": "chết", "thiệt mạng": "chết", "tử vong": "chết", "tử nạn": "chết", "bị thương": "bị thương",
    "mất tích": "mất tích", "nhập viện": "nhập viện", "ngộ độc": "ngộ độc", "bị bắt": "bị bắt",
}  # fmt: skip
_FATE: Final = "|".join(sorted(_FATES, key=len, reverse=True))
# "5 người đã chết" and "5 người khác bị thương", but not "5 người trong xe chết", "5 người không chết".
_WITH_FATE: Final = re.compile(
    rf" (?P<person>{_PERSON})(?: (?:đã|đều|được xác nhận|được xác định|bị|bị nạn|khác))* ?\b(?P<fate>{_FATE})\b"
    r"(?! (?:tại chỗ|trên đường|vì|và (?:bị thương|mất tích|chết)|não|đuối))"
)
_PEOPLE: Final = re.compile(rf" (?P<person>{_PERSON})(?![^\W_])")
_BEFORE: Final = re.compile(rf"\b(?P<fate>{_FATE})(?: ít nhất| khoảng| hơn| gần)? \Z")
_RISING: Final = re.compile(
    rf"\bsố (?P<person>người|nạn nhân) (?:đã |bị )?(?P<fate>{_FATE})(?: [^\W\d_]+){{0,5}}?"
    r" (?:là|lên|lên (?:tới|đến)) \Z"
)
_SAME_PERSON: Final = {"nạn nhân": "người", "người dân": "người", "em học sinh": "học sinh", "cháu": "em"}

# What stands before a number that is none of these: dates, ordinals, addresses, additions, parts, averages.
_NO_COUNT: Final = re.compile(
    r"\b(?:thứ|ngày|tháng|năm|quý|lúc|hồi|tuổi|lớp|điều|khoản|khóa|quận|phường|tổ|ấp|khu|số|đường|quốc lộ|tầng|vòng"
    r"|bảng|hạng|top|thêm|còn|mỗi|cứ|trong|giữa|trung bình|thế kỷ|phút|từ|đến|tới|và|với|của|cả|tỷ số) \Z"
)
_HEDGE: Final = re.compile(r"\b(?:khoảng|gần|hơn|trên|chừng|ước tính|dưới|xấp xỉ|hàng) \Z")
_NO_NOUN: Final = frozenset(
    """
    giờ phút giây ngày tháng năm tuần tuổi lần quý thế độ phần điểm vòng đêm hôm buổi trong của và là thì đã sẽ được bị
    ở tại với cho đến tới trên dưới về so khi do vì nên từ này đó kia ấy nghìn ngàn triệu tỷ tỉ trăm chục vạn mươi số
    loại bên mặt hai ba trở một các những cái việc điều mét cm km kg
    """.split()
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and what it counts.

    ``about``: in canonical small letters; the fate of people in one word each ("người chết", "người bị thương").
    ``start`` and ``end``: of number and noun in the text as published, code points. ``rounded``: "khoảng", "hơn".
    """

    value: float
    about: str
    start: int
    end: int
    rounded: bool
    of_people: bool


def quantities(text: str) -> list[Quantity]:
    """The quantities of a sentence, in order."""
    canon = canonical_with_offsets(text)
    return [
        Quantity(value, about, *canon.source(start, end), rounded, of_people)
        for value, about, start, end, rounded, of_people in _read(canon.text.lower())
    ]


def _read(text: str) -> Iterator[tuple[float, str, int, int, bool, bool]]:
    for found in _NUMBER.finditer(text):
        before, value = text[max(0, found.start() - 60) : found.start()], _value(found)
        rounded = _HEDGE.search(before) is not None
        counted = before[: m.start()] if (m := _HEDGE.search(before)) else before
        rising = _RISING.search(before)
        if rising:
            yield value, f"{_person(rising)} {_FATES[rising['fate']]}", found.start(), found.end(), rounded, True
            continue
        if _NO_COUNT.search(counted):
            continue
        behind = _WITH_FATE.match(text, found.end())
        if behind:
            yield value, f"{_person(behind)} {_FATES[behind['fate']]}", found.start(), behind.end(), rounded, True
            continue
        person = _PEOPLE.match(text, found.end())
        fate = _BEFORE.search(before)
        if person and fate:
            yield value, f"{_person(person)} {_FATES[fate['fate']]}", found.start(), person.end(), rounded, True
            continue
        noun = _NOUN.match(text, found.end())
        # A number in words may be something else ("năm" is a year too): it counts people alone.
        if person is None and noun and found["figures"] and not set(noun[1].split()) & _NO_NOUN and " " in noun[1]:
            yield value, noun[1], found.start(), noun.end(), rounded, False


def _person(found: re.Match[str]) -> str:
    return _SAME_PERSON.get(found["person"], found["person"])


def _value(found: re.Match[str]) -> float:
    scale = _SCALES.get(found["scale"] or "", 1.0)
    if found["figures"]:
        return float(found["figures"].replace(".", "").replace(",", ".")) * scale
    tens, mark, ones = found["words"].partition(" mươi")
    if mark:
        return (10 * _DIGITS[tens] + (_DIGITS[ones.strip()] if ones else 0)) * scale
    if found["words"].startswith("mười"):
        rest = found["words"][len("mười") :].strip()
        return (10 + (_DIGITS[rest] if rest else 0)) * scale
    return _DIGITS[found["words"]] * scale
