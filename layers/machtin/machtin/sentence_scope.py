"""Of which place and time a sentence tells, as far as it names them: numbers of different ones are not compared."""

from __future__ import annotations

import re
from typing import Final

from machtin.summary_credits import CAPITAL
from machtin.vietnamese import canonical

_NAME: Final = rf"{CAPITAL}[^\W_]*(?: {CAPITAL}[^\W_]*)*"
_PLACE: Final = re.compile(
    r"\b(?:ở|tại|thuộc|đổ bộ|xã|huyện|tỉnh|thành phố|TP|thị xã|thị trấn|phường|quận|bang|đảo|bản|làng|thôn|hạt)[. ]"
    rf"\s?(?P<name>{_NAME})"
)
_PERIOD: Final = re.compile(
    r"\b(?:(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|\d+) (?:ngày|tuần|tháng|quý|năm)"
    r"(?= (?:qua|đầu|cuối|nghỉ|gần|liên))"
    r"|từ đầu (?:năm|tháng|mùa|vụ)|(?:tuần|tháng|năm|quý) (?:qua|đầu)"
    r"|ngày (?:đầu|cuối|thứ \w+|nghỉ)|quý (?:[1-4]|I{1,3}|IV)\b)",
    re.IGNORECASE,
)
# "Hôm nay (22/10)" dates the report.
_DATE: Final = re.compile(r"(?<![(\w])\d{1,2}[/-]\d{1,2}\b")


def places(text: str) -> frozenset[str]:
    """The names of places behind a word that says so ("ở", "huyện"), in small letters."""
    return frozenset(found["name"].lower() for found in _PLACE.finditer(canonical(text)))


def periods(text: str) -> frozenset[str]:
    """Spans of time over which is counted: "từ đầu năm", "ba ngày"."""
    return frozenset(found[0].lower() for found in _PERIOD.finditer(canonical(text)))


def dates(text: str) -> frozenset[str]:
    """Days: "25/7"."""
    return frozenset(found[0].replace("-", "/") for found in _DATE.finditer(canonical(text)))
