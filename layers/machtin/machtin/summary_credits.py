"""What stands in an article's text and isn't its text: bylines, sources, picture credits, datelines, bullet signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from machtin.sentences import Sentence
from machtin.vietnamese import canonical

# "À-Ỹ" would hold small letters too: in Unicode they alternate with the capitals.
CAPITAL: Final = "[A-Z" + "".join(letter for letter in map(chr, range(0xC0, 0x1EFA)) if letter.isupper()) + "]"
_LONGEST_CREDIT: Final = 12
_LONGEST_BYLINE: Final = 6
_SOURCE_IN_BRACKETS = re.compile(r"\(\s*(?:theo|nguồn|ảnh|tổng hợp|lược dịch)\b[^()]*\)[.\s]*", re.IGNORECASE)
_CREDITED = r"(?:ảnh|video|clip|nguồn|đồ họa|bài|tin|thực hiện|biên tập|dựng phim|quay phim)"
_CREDIT = re.compile(rf"\W*{_CREDITED}(?:\s*(?:,|/|-|và|&)\s*{_CREDITED})*\s*:", re.IGNORECASE)
_CAPTION = re.compile(r"[\s(.\[](?:ảnh|video|clip|đồ họa)\s*:\s*[^.!?:]{1,60}[.)\]\s]*\Z", re.IGNORECASE)
_PICTURE = re.compile(r"\W*(?:ảnh|video|clip|đồ họa)\s*:", re.IGNORECASE)
_POINTERS: Final = frozenset(("xem thêm", "đọc thêm", "mời độc", "mời quý", "mời bạn", "tin liên"))
_ENDED = re.compile(r"[.!?…:;,][\"'”’»)\]\s]*\Z")
_SMALL_WORDS_OF_BYLINES: Final = frozenset(("theo", "và", "tổng", "hợp", "pv", "ctv", "thực", "hiện", "dịch", "lược"))

# "(Dân trí) - ", "TTO - ": who publishes, before the first sentence; "- ": the sign of an item.
_AGENCIES = r"TTO|TPO|PLO|NLĐO|NLDO|SGGPO|HNMO|LĐO|LDO|VOV(?:\.VN)?|VTV(?:\.vn)?|TTXVN|TBKTSG|ANTĐ|VnExpress|Dân trí"
_DATELINE = re.compile(
    rf"(?:\((?:{CAPITAL}[\w.&]*[ ]?){{1,4}}\w*\)|(?:{_AGENCIES}))\s*[-–—:]\s*(?=[\"“\d]|{CAPITAL})|[-–—•*+▪►■●]\s+"
)
_SOURCE_AT_END = re.compile(
    rf"\s*\((?:[Tt]heo\s+|(?:[Nn]guồn|[Ảả]nh|[Vv]ideo)\s*:?\s*){CAPITAL}[^()]{{0,60}}\)[.\s]*\Z"
)


def trimmed(sentence: Sentence) -> Sentence:
    """The sentence without a dateline or bullet sign before it and without a source in brackets behind it."""
    text, start, end = sentence
    lead = _DATELINE.match(text)
    first = lead.end() if lead else 0
    tail = _SOURCE_AT_END.search(text, first) if text.rstrip(" .").endswith(")") else None
    last = tail.start() if tail and tail.start() > first else len(text)
    return Sentence(text[first:last], start + first, end - len(text) + last)


def is_credit(text: str, tokens: Sequence[str]) -> bool:
    """Whether a line only says who wrote, filmed or passed on: "Quỳnh Hoa", "(Theo TTXVN)", "Ảnh: Minh Anh".

    So does a caption that ends in its credit. Any other caption reads as a sentence and can't be told from one.
    """
    if " ".join(tokens[:2]) in _POINTERS:
        return True
    short = len(tokens) <= _LONGEST_CREDIT
    if not short and ":" not in text:
        return False
    plain = canonical(text).strip()
    if _CAPTION.search(plain):
        return True
    if not short:
        return False
    if _SOURCE_IN_BRACKETS.fullmatch(plain) or _CREDIT.match(plain):
        return True
    words = plain.split()
    return len(words) <= _LONGEST_BYLINE and not _ENDED.search(plain) and all(map(_fits_byline, words))


def credits_picture(text: str) -> bool:
    """Whether a credit is a picture's, so that a caption may stand before it."""
    return _PICTURE.match(text) is not None


def _fits_byline(word: str) -> bool:
    letters = word.strip("()[]-–—/,&*|")
    return not letters[:1].islower() or letters.lower() in _SMALL_WORDS_OF_BYLINES
