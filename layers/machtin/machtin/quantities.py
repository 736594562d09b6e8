"""Counted things in a sentence: "5 người chết", "bảy học sinh bị thương", "12 ngôi nhà", "1,2 triệu tấn gạo".

Only what is safe to compare is read: dates, ages, times, ordinals and shares are no quantities here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from machtin.vietnamese import canonical_with_offsets, lower_case

_DIGITS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
    "chín": 9, "mốt": 1,
}  # fmt: skip
_SCALES: Final = {"trăm": 1e2, "nghìn": 1e3, "ngàn": 1e3, "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9}
_ONES: Final = "một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín"
_WORDS: Final = rf"(?:(?:{_ONES}) mươi(?: (?:{_ONES}|mốt|tư|lăm))?|mười(?: (?:{_ONES}|lăm))?|{_ONES})"
# Three digits behind a comma are thousands in one newspaper and decimals in another: "5,000 người" is not read.
_FIGURES: Final = r"(?:\d{1,3}(?:\.\d{3}){1,4}|\d{1,9})(?:,\d{1,2})?"
_NUMBER: Final = re.compile(
    rf"(?<![\w.,/:-])(?:(?P<figures>{_FIGURES})|(?P<words>{_WORDS}))(?: (?P<scale>{'|'.join(_SCALES)}))?"
    r"(?: (?P<rest>\d{1,3}) (?P<lesser>triệu|nghìn|ngàn)(?= đồng))?"
    r"(?= [^\W\d_]|[.;)]?\Z|[,;] )"
)
_NOUN: Final = re.compile(r" ([^\W\d_]+(?: [^\W\d_]+)?)")
_MONEY: Final = re.compile(r" (đồng|usd|đô la|euro|nhân dân tệ)(?![^\W_])")
# A number in words may be something else ("năm" is a year too); before these it counts.
_CLASSIFIERS: Final = re.compile(
    r" (?:(?:căn|ngôi|tòa|chiếc|con|toa|tấm|ki|bánh) [^\W\d_]+|ô tô|xe máy|tàu cá|tàu hàng|hộ dân)\b"
)
_SAME_THING: Final = {"căn nhà": "ngôi nhà", "nhà dân": "ngôi nhà", "chiếc ô": "ô tô"}

_PERSON: Final = (
    "người dân|người|nạn nhân|học sinh|sinh viên|công nhân|hành khách|du khách|ngư dân|thuyền viên|trẻ em|em học sinh"
    "|em nhỏ|em|cháu bé|cháu|chiến sĩ|binh sĩ|cảnh sát|dân thường"
)
_FATES: Final = {
    "chết": "chết", "thiệt mạng": "chết", "tử vong": "chết", "tử nạn": "chết", "bị thương": "bị thương",
    "bị thương nặng": "bị thương nặng", "bị thương nhẹ": "bị thương nhẹ", "mất tích": "mất tích",
    "nhập viện": "nhập viện", "ngộ độc": "ngộ độc", "bị bắt": "bị bắt", "bắt giữ": "bị bắt", "tạm giữ": "bị bắt",
    "mắc kẹt": "mắc kẹt",
    "thi thể": "tìm thấy thi thể",
}  # fmt: skip
_FATE: Final = "|".join(sorted(_FATES, key=len, reverse=True))
# "5 người đã chết" and "5 người khác bị thương", but not "5 người trong xe chết", "5 người không chết".
_WITH_FATE: Final = re.compile(
    rf" (?P<person>{_PERSON})(?: (?:đã|đều|phải|được xác nhận|được xác định|bị|bị nạn|khác))* ?\b(?P<fate>{_FATE})\b"
    r"(?! (?:tại chỗ|trên đường|và (?:bị thương|mất tích|chết)|não|đuối|trở lên|cùng|quê|là (?:con|vợ|chồng|em|anh)))"
)
_PEOPLE: Final = re.compile(rf" (?P<person>{_PERSON})(?! trở lên)(?![^\W_])")
_BEFORE: Final = re.compile(rf"\b(?P<fate>{_FATE})(?: của)?(?: ít nhất| khoảng| hơn| gần)? \Z")
_RISING: Final = re.compile(
    rf"\bsố (?P<person>{_PERSON}) (?:đã |bị |phải )?(?P<fate>{_FATE})\b(?:(?! số )[^.;]){{0,80}}?"
    r" (?:là|lên|lên (?:tới|đến)) \Z"
)
_SAME_PERSON: Final = {"nạn nhân": "người", "người dân": "người", "em học sinh": "học sinh", "cháu": "em"}

# What stands before a number that is none of these: dates, ordinals, addresses, additions, parts, averages.
_NO_COUNT: Final = re.compile(
    r"\b(?:thứ|ngày|tháng|năm|quý|lúc|hồi|tuổi|lớp|điều|khoản|khóa|quận|phường|tổ|ấp|khu|số|đường|quốc lộ|tầng|vòng"
    r"|bảng|hạng|top|thêm|còn|mỗi|cứ|trong|giữa|trung bình|thế kỷ|phút|từ|đến|tới|của|cả|tỷ số|tương đương) \Z"
)
# "và 13 người bị thương" counts, but one can't tell whether "và 3 xe máy" does.
_NO_COUNT_OF_THINGS: Final = re.compile(r"\b(?:và|với) \Z")
_PART: Final = re.compile(r"\b(?:trong (?:đó|số)|gồm|kể cả|riêng|chỉ tính|ngoài ra)\b[^.;:]*\Z")
_MORE: Final = re.compile(r" [^\W\d_]+ (?:nữa|khác nữa)\b")
_HEDGE: Final = re.compile(r"\b(?:khoảng|gần|hơn|trên|chừng|ước tính|dưới|xấp xỉ|hàng) \Z")
_SYLLABLE_BEFORE: Final = re.compile(r"([^\W\d_]+) \Z")
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
    ``before``: the syllable that tells what became of things ("chìm 20 tàu cá"), hedges apart; empty for people.
    """

    value: float
    about: str
    start: int
    end: int
    rounded: bool
    of_people: bool
    before: str = ""


def quantities(text: str) -> list[Quantity]:
    """The quantities of a sentence, in order."""
    canon = canonical_with_offsets(text)
    found = list(_read(lower_case(canon.text)))
    spans = [canon.source(one.start, one.end) for one in found]
    return [replace(one, start=start, end=end) for one, (start, end) in zip(found, spans, strict=True)]


def _read(text: str) -> Iterator[Quantity]:
    for found in _NUMBER.finditer(text):
        before, value = text[max(0, found.start() - 120) : found.start()], _value(found)
        hedge = _HEDGE.search(before)
        rounded, counted = hedge is not None, before[: hedge.start()] if hedge else before
        rising = _RISING.search(before)
        if rising:
            yield Quantity(value, _fate(rising, rising), found.start(), found.end(), rounded, of_people=True)
            continue
        if _NO_COUNT.search(counted) or _PART.search(counted) or _MORE.match(text, found.end()):
            continue
        person = _PEOPLE.match(text, found.end())
        behind, fate = _WITH_FATE.match(text, found.end()), _BEFORE.search(before)
        if behind:
            yield Quantity(value, _fate(behind, behind), found.start(), behind.end(), rounded, of_people=True)
        elif person and fate:
            yield Quantity(value, _fate(person, fate), found.start(), person.end(), rounded, of_people=True)
        elif person is None and not _NO_COUNT_OF_THINGS.search(counted):
            thing = _thing(found, text)
            if thing:
                told = _SYLLABLE_BEFORE.search(counted)
                about, end = thing
                yield Quantity(value, about, found.start(), end, rounded, False, told[1] if told else "")


def _thing(found: re.Match[str], text: str) -> tuple[str, int] | None:
    """What a number that counts no people counts, and where that ends."""
    money = _MONEY.match(text, found.end())
    if money:
        return (money[1], money.end()) if found["figures"] else None
    noun = _NOUN.match(text, found.end())
    if noun is None or " " not in noun[1] or set(noun[1].split()) & _NO_NOUN:
        return None
    if not found["figures"] and not _CLASSIFIERS.match(text, found.end()):
        return None
    return _SAME_THING.get(noun[1], noun[1]), noun.end()


def _fate(person: re.Match[str], fate: re.Match[str]) -> str:
    return f"{_person(person)} {_FATES[fate['fate']]}"


def _person(found: re.Match[str]) -> str:
    return _SAME_PERSON.get(found["person"], found["person"])


def _value(found: re.Match[str]) -> float:
    scale = _SCALES.get(found["scale"] or "", 1.0)
    if found["figures"]:
        lesser = int(found["rest"]) * _SCALES[found["lesser"]] if found["rest"] else 0.0
        return round(float(found["figures"].replace(".", "").replace(",", ".")) * scale + lesser, 3)
    tens, mark, ones = found["words"].partition(" mươi")
    if mark:
        return (10 * _DIGITS[tens] + (_DIGITS[ones.strip()] if ones else 0)) * scale
    if found["words"].startswith("mười"):
        rest = found["words"][len("mười") :].strip()
        return (10 + (_DIGITS[rest] if rest else 0)) * scale
    return _DIGITS[found["words"]] * scale
