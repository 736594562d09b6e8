"""One line for a push notice: a whole sentence, or the beginning of one up to where it could have ended.

A comma in Vietnamese parts appositions, enumerations and fronted phrases as well as clauses, and what follows may take
back what was said ("nhưng", "nếu", "theo ông …"). Hence few places count: a comma before one of a few words that add
what the main clause does not need, behind a clause that has a predicate of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from machtin.sentences import Sentence
from machtin.summary_candidates import Candidate
from machtin.summary_credits import CAPITAL
from machtin.summary_fitness import Quotations
from machtin.vietnamese import canonical_with_offsets, syllables


def _any_of(phrases: str) -> str:
    """A pattern of phrases that bars or ends of lines part."""
    return "|".join(" ".join(phrase.split()) for phrase in re.split(r"[|\n]", phrases) if phrase.strip())


# What may be left out behind a comma; not "nhưng", "song", "tuy", "dù", "nếu", "trừ", "chứ", "mà", "theo" or "và": they
# take back, condition, ascribe or go on with what stands before.
_ADDS: Final = _any_of(
    """
    trong đó|khiến|làm cho|gây|qua đó|nhờ đó|nhằm|trong khi|trong bối cảnh|đồng thời|thay vì|thay cho|kéo theo|dẫn đến
    so với|tương đương|tức|bao gồm|gồm|kể từ|tính từ|cao hơn|thấp hơn|nhiều hơn|ít hơn|trở thành|đánh dấu|mở ra|góp phần
    phục vụ|kèm theo|nơi|với tổng|với mức|với hơn|với gần|tăng (?=\\d|gần|hơn|khoảng)|giảm (?=\\d|gần|hơn|khoảng)
    """
)
# These may begin what the next clause depends on, "…, sau khi bị bắt, ông im lặng": they count where no comma follows,
# or only that of ", và".
_ADDS_LAST: Final = _any_of("sau khi|vì (?!thế|vậy)|do|bởi|để|cùng với|bên cạnh|với sự")
_BOUNDARY = re.compile(rf",(?=\s+(?:(?:{_ADDS})\b|(?:{_ADDS_LAST})\b[^,]*(?:\Z|,\s+và\b)))", re.IGNORECASE)
# A clause that depends on what follows it can't be shown alone.
_SUBORDINATING: Final = _any_of(
    """
    tuy|dù|dẫu|mặc dù|mặc dầu|cho dù|nếu|nếu như|giá như|hễ|một khi|khi|sau khi|trước khi|trong khi|trong lúc|lúc|từ khi
    như|kể từ|vì|do|bởi|bởi vì|để|nhằm|nhờ|ngoài|bên cạnh|cùng với|thay vì|không chỉ|không những|càng|với việc
    """
)
_SUBORDINATE = re.compile(rf"\W*(?:{_SUBORDINATING})\b", re.IGNORECASE)
# A time, place or source may stand before the clause, which then begins behind its comma.
_FRONTING: Final = _any_of(
    """
    theo|tại|trong|ở|từ|vào|với|về|trên|dưới|qua|đến|ngay|sáng|trưa|chiều|tối|đêm|rạng sáng|ngày|hôm|tuần|tháng|năm
    mới đây|hiện|cũng|trước|sau|giữa|đối với|liên quan|riêng|được biết|đáng chú ý|đặc biệt
    """
)
_FRONTED = re.compile(rf"\W*(?:{_FRONTING})\b", re.IGNORECASE)
_PREDICATES: Final = _any_of(
    """
    đã|đang|sẽ|bị|được|là|có|vừa|phải|không|chưa|vẫn|còn|cần|muốn|cho biết|ghi nhận|đạt|tăng|giảm|xảy ra|yêu cầu|đề nghị
    quyết định|khởi tố|bắt|công bố|ban hành|tổ chức|khai mạc|thông qua|phê duyệt|đề xuất|dự kiến|bắt đầu|hoàn thành
    khởi công|khánh thành|nâng|hạ|trao|ký|phát hiện|tìm thấy|thiệt mạng|tử vong|bùng|sập|rơi|đâm|thắng|thua|giành|vượt
    dừng|cấm|cho phép|bổ nhiệm|từ chức|thăm|gặp|phạt|tuyên|tuyên bố|di dời|sơ tán|bán|mua|kéo dài|diễn ra|lan|chiếm|dành
    bàn giao|kêu gọi|cảnh báo|miễn|khẳng định|xuất hiện|phóng|rút|đón|đưa|mở|đóng cửa|trúng
    """
)
_PREDICATE = re.compile(rf"\s(?:{_PREDICATES})\s", re.IGNORECASE)
# Behind an aside the main clause goes on, "Ba người, trong đó có một phụ nữ, bị bắt", is taken back, or somebody's.
_GOING_ON: Final = _any_of(
    """
    đã|đang|sẽ|bị|được|là|vừa|phải|không|chưa|vẫn|cho biết|cho hay|nói|khẳng định|song|trừ|tuy|dù|mặc dù|theo
    """
)
_SAYING: Final = _any_of("cho biết|cho hay|nói|chia sẻ|khẳng định|nhận định|thông tin|lý giải|viết")
_GOES_ON = re.compile(
    rf",\s+(?:{_GOING_ON})\s|\s(?:{_SAYING})[\s.]*\Z|\b(?:nhưng|nếu|trừ khi|tuy nhiên|thì)\s", re.IGNORECASE
)
# What is denied or only possible may depend on the rest; what is pointed to stands elsewhere.
_OPEN: Final = _any_of("không phải|chưa chắc|không chỉ|không những|chưa từng|có thể|liệu|vừa|càng|hoặc|hay|này|đó|ấy")
_OPEN_CLAIM = re.compile(rf"\s(?:{_OPEN})(?![^\W_])", re.IGNORECASE)
# "Ông Thiệu đang ở hiện trường": who has not read the article doesn't know him.
_PARTLY_NAMED = re.compile(
    rf"(?:Theo )?(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Ee]m|[Cc]háu|[Bb]é) (?P<name>{CAPITAL}\w*)\b(?! {CAPITAL})"
)
# The other half of what somebody said stands in another sentence; 32" are inches.
_INCHES = re.compile(r'\d"')
# "Quỹ đầu tư Sài Gòn: 33,7 tỉ đồng", "BS Khánh Duy: Hiện nay …"; what is said in quotation marks is a sentence.
_LABEL = re.compile(r":\s+(?![\"“‘'])")
_LEAST: Final = 10
_COMMA = re.compile(r",\s")


def in_one_line(candidate: Candidate, most: int, named: AbstractSet[str]) -> Candidate | None:
    """The sentence where it has at most so many syllables, else the longest of its beginnings that stands alone.

    ``named``: syllables of the headline, which the reader of a notice has seen.
    """
    if not candidate.fit or candidate.leans or candidate.discount:
        return None
    text, start, _ = candidate.sentence
    canon = canonical_with_offsets(text)
    partly = _PARTLY_NAMED.match(canon.text)
    halved = canon.text.count('"') % 2 and not _INCHES.search(canon.text)
    if halved or _LABEL.search(canon.text) or (partly and partly["name"].lower() not in named):
        return None
    if len(candidate.tokens) <= most:
        return candidate
    best: Candidate | None = None
    for place in clause_ends(canon.text):
        _, end = canon.source(0, place)
        tokens = tuple(syllables(text[:end]))
        if len(tokens) > most:
            break
        best = replace(candidate, sentence=Sentence(text[:end], start, start + end), tokens=tokens)
    return best


def clause_ends(text: str) -> Iterator[int]:
    """Where a sentence, in canonical letters, could have ended before its end: positions, in order."""
    if _SUBORDINATE.match(text) or text[:1] in "\"“‘«'(":
        return
    for match in _BOUNDARY.finditer(text):
        end = match.start()
        if _stands(text[:end], text[end:]):
            yield end


def _stands(clause: str, rest: str) -> bool:
    if ":" in clause or len(syllables(clause)) < _LEAST or _GOES_ON.search(rest) or _OPEN_CLAIM.search(clause):
        return False
    if Quotations(clause + rest).cut_by(Sentence(clause, 0, len(clause))) or clause.count('"') % 2:
        return False
    main = clause
    if _FRONTED.match(clause):
        comma = _COMMA.search(clause)
        if comma is None:
            return False
        main = clause[comma.end() - 1 :]
        if len(syllables(main)) < _LEAST - 4:
            return False
    return _PREDICATE.search(main) is not None
