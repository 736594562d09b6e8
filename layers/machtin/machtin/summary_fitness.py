"""Whether a sentence can be shown without those around it: openings that refer back, halves of quotations, fragments.

All is told by signs and first words: there is no parser, and an opening that is not listed here is not seen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from machtin.quotations import enclosures
from machtin.sentences import Sentence
from machtin.summary_credits import CAPITAL

_ONE = """
    này nó họ hắn gã chúng đó đấy ấy song còn nhưng vậy thế và mà rồi nên vị
    he she they it this these those but and however meanwhile moreover
"""
_TWO = """
    theo đó|tuy nhiên|tuy vậy|tuy thế|dù vậy|dù thế|thế nhưng|thế là|ngoài ra|đồng thời|do vậy|do thế|vì vậy|vì thế
    bởi vậy|bởi thế|bởi lẽ|nhờ vậy|nhờ thế|mặt khác|lúc này|tại đây|ở đây|từ đây|cụ thể|đây là|đây cũng|đây chính
    hơn nữa|hơn thế|chính vì|cũng theo|như vậy|như thế|ngược lại|trái lại|chẳng hạn|ví dụ|cùng ngày|cùng lúc|cũng trong
    nói cách|chưa hết|người còn|số còn|nhất là|tương tự|nói thêm|cả hai|cả ba|cả nhóm|thậm chí|in addition|có như
    sáng cùng|trưa cùng|chiều cùng|tối cùng|đêm cùng|khuya cùng|cùng chiều|cùng tối|tức là|tức trong
"""
_THREE = """
    không những thế|không chỉ vậy|không chỉ thế|mặc dù vậy|mặc dù thế|vì lý do|kết quả là|vào thời điểm|cùng thời điểm
    trong khi ấy|hậu quả là|các nạn nhân
"""


def _phrases(listed: str) -> frozenset[str]:
    """Phrases that bars or ends of lines part."""
    return frozenset(phrase.strip() for phrase in listed.replace("\n", "|").split("|") if phrase.strip())


_OPENS: Final = (
    frozenset(_ONE.split()),
    _phrases(_TWO),
    _phrases(_THREE),
    _phrases("không chỉ có vậy|không chỉ có thế|không dừng ở đó|không dừng lại ở"),
)
_FIRST: Final = frozenset(phrase.split()[0] for phrases in _OPENS for phrase in phrases)
# "Thế giới ghi nhận …": words that begin like an opening.
_WORDS: Final = _phrases(
    """
    chúng tôi|chúng ta|thế giới|thế hệ|thế vận|thế chiến|thế kỷ|thế mạnh|song hành|song phương|vị trí|vị thế|vị giác
    """
)
_FORMS_OF_ADDRESS: Final = frozenset(("ông", "bà", "anh", "chị", "cô", "em", "cậu", "bé"))
# "bà con", "cô giáo": nouns that begin like a form of address.
_NOUNS: Final = frozenset("con bé giáo gái trai em dâu chủ hàng bà họ hai quốc hùng".split())
# "Rạng sáng 12/10, chị được đưa tới …"
_FRONTED_PRONOUN = re.compile(r"(?P<front>[^,]{2,45}),\s+(?:ông|bà|anh|chị|cô|em|họ|nó|hắn)\s+(?P<next>\w+)")
_NAMED = re.compile(rf"\b(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Ee]m)\s+{CAPITAL}")
_DEMONSTRATIVES: Final = frozenset(("này", "đó", "ấy", "kia"))
# "tuần này", "ai đó": of the reader's own time, or of nobody in particular.
_POINTING_OUT: Final = frozenset(("tuần", "lần", "dịp", "điểm", "gian", "đoạn", "mùa", "ai", "nào", "hôm", "thế"))
_MENTIONED: Final = frozenset(("nói", "kể", "nêu"))
# "số tiền trên đã": what was spoken of above; "thông tin trên mạng" is not.
_MENTIONABLE: Final = _phrases(
    """
    vụ việc|sự việc|vụ án|số tiền|thông tin|đối tượng|hành vi|quyết định|lý do|nguyên nhân|trường hợp|nội dung|kết quả
    người|công ty|dự án|khu vực|tuyến đường|sự cố
    """
)
_GOING_ON: Final = frozenset("đã được là bị cho có sẽ đang do không vẫn cũng khiến".split())
_NEAR: Final = 6

_SIGN = re.compile("[\"'“«‘(\\[]")
_FINISHED = re.compile(r"[.!?…。][\"'”’»)\]\s]*(?:\[\d+\])?\s*\Z")
_OF_PICTURES: Final = frozenset(("phối cảnh", "toàn cảnh", "cận cảnh", "ảnh minh", "hình minh", "ảnh chụp"))
_LEAST_TOKENS: Final = 4
_LONGEST_ROW: Final = 20
_ADDRESS = re.compile(r"https?:|www\.|\w@\w|\.(?:com|vn)\b")
_CELLS = re.compile(r"\||\t")
_QUESTION = re.compile(r"\?[\"'”’»)\]\s]*\Z")
_CALLS: Final = _phrases(
    """
    vui lòng|xin vui|xin mời|xin cảm|bạn hãy|bạn có|bạn cần|bạn nên|nhấn vào|bấm vào|click vào|đăng ký|liên hệ
    mọi chi|chi tiết|để biết|để tìm|độc giả|bạn đọc|quý độc|quý bạn|quý khách|kính mời|nếu bạn|tải ứng
    theo dõi|chúc các|chúc bạn
    """
)
_COMMANDS: Final = frozenset(("hãy", "đừng", "mời", "chúc", "hotline"))
QUESTION: Final = 0.35
CALL: Final = 0.35


def leans_on_previous(text: str, tokens: Sequence[str]) -> bool:
    """Whether a sentence opens with what needs the one before it: "Tuy nhiên", "Theo đó", "Ông này", "Công ty này"."""
    if not tokens:
        return False
    if tokens[0] in _FIRST and any(
        " ".join(tokens[:count]) in phrases for count, phrases in enumerate(_OPENS, start=1)
    ):
        return " ".join(tokens[:2]) not in _WORDS
    at = int(tokens[0] in ("theo", "còn", "cũng", "với"))
    if tokens[at : at + 1] and tokens[at] in _FORMS_OF_ADDRESS:
        return not _names_somebody(text, at + 1) and not (tokens[at + 1 : at + 2] and tokens[at + 1] in _NOUNS)
    fronted = _FRONTED_PRONOUN.match(text)
    if fronted and not fronted["next"][0].isupper() and fronted["next"] not in _NOUNS:
        return not _NAMED.search(fronted["front"])
    return _points_back(tokens[:_NEAR]) or (text[:1] in '“"«' and _is_one_quotation(text))


def _points_back(near: Sequence[str]) -> bool:
    """Whether the first words name something by pointing at it: "Công ty này", "Vụ việc trên đã", "nói trên"."""
    if not _DEMONSTRATIVES.isdisjoint(near):
        pairs = ((before, own) for before, own in pairwise(near) if own in _DEMONSTRATIVES)
        if any(before not in _POINTING_OUT for before, _ in pairs):
            return not ("đó" in near[3:] and "sau" in near[2:])  # "ông Kiệt sau đó", said within a sentence
    if "trên" not in near[1:]:
        return False
    at = near.index("trên")
    above = " ".join(near[:at]) in _MENTIONABLE and (near[at + 1 : at + 2] or ("đã",))[0] in _GOING_ON
    return above or near[at - 1] in _MENTIONED


def is_fragment(text: str, tokens: Sequence[str]) -> bool:
    """Whether this is no sentence: a heading, caption or item without a full stop, a row of a table, an address."""
    if len(tokens) < _LEAST_TOKENS or not _FINISHED.search(text) or " ".join(tokens[:2]) in _OF_PICTURES:
        return True
    if len(_CELLS.findall(text)) >= 2 or _ADDRESS.search(text):
        return True
    return len(tokens) <= _LONGEST_ROW and 2 * sum(token[0].isdigit() for token in tokens) > len(tokens)


def discount(text: str, tokens: Sequence[str]) -> float:
    """What a question or a call to the reader loses, in the unit of the scores."""
    lost = QUESTION if _QUESTION.search(text) else 0.0
    if tokens[:1] and (tokens[0] in _COMMANDS or " ".join(tokens[:2]) in _CALLS or "hãy" in tokens[:8]):
        lost += CALL
    return lost


class Quotations:
    """The quotations and brackets of one text; tells which sentences hold a part of one alone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = (-1, -1)
        self._openings: list[int] = []
        self._closings: list[int] = []
        self._reach: list[int] = []

    def cut_by(self, sentence: Sentence) -> bool:
        """Whether a quotation or bracket begins or ends outside; sentences must be asked about in order."""
        text, start, end = sentence
        if text.count("“") != text.count("”") or text.count("(") != text.count(")"):
            return True
        if start >= self._line[1]:
            self._read_line(start)
        first, behind = bisect_left(self._openings, start), bisect_left(self._openings, end)
        inside = first > 0 and self._reach[first - 1] >= start
        return inside or any(closing >= end for closing in self._closings[first:behind])

    def _read_line(self, at: int) -> None:
        start = self._text.rfind("\n", 0, at) + 1
        end = self._text.find("\n", at)
        self._line = (start, len(self._text) if end < 0 else end)
        line = self._text[slice(*self._line)]
        found = enclosures(line) if _SIGN.search(line) else []
        self._openings = [start + one.opening for one in found]
        self._closings = [start + one.closing for one in found]
        self._reach = list(accumulate(self._closings, max))


def _is_one_quotation(text: str) -> bool:
    """Whether nothing is said but a quotation: whose it is stands elsewhere."""
    return any(one.opening == 0 and not text[one.closing + 1 :].strip(" .") for one in enclosures(text))


def _names_somebody(text: str, at: int) -> bool:
    """Whether the word at this place is written with a capital: "Ông Nguyễn Văn A" names, "Ông cho biết" doesn't."""
    words = text.split(maxsplit=at + 1)
    return len(words) > at and words[at].lstrip('"“‘(')[:1].isupper()
