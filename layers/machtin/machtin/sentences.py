"""Sentences of a Vietnamese text, found by rules.

A full stop followed by a capital ends a sentence, unless what stands before it abbreviates (TP., PGS.TS., N.T.T.) and
what follows is no usual beginning of a sentence ("Sau", "Theo"). The two lists play the parts of the abbreviations and
the frequent sentence starters in Kiss and Strunk, "Unsupervised Multilingual Sentence Boundary Detection" (2006).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from machtin.quotations import Enclosure, enclosures
from machtin.vietnamese import canonical_with_offsets


class Sentence(NamedTuple):
    """One sentence as published: ``text == published[start:end]``, offsets in code points."""

    text: str
    start: int
    end: int


def sentences(text: str) -> list[Sentence]:
    """The sentences of ``text`` in order; between two of them stand only spaces and characters drawn as nothing.

    A newline always ends a sentence. Quotations of several sentences are split, short ones inside a sentence and
    whatever stands in brackets inside one are not.
    """
    canon = canonical_with_offsets(text)
    found: list[Sentence] = []
    for line in _LINE.finditer(canon.text):
        offset, end = line.span()
        starts = [offset, *(offset + cut for cut in _cuts(line[0])), end]
        for first, following in pairwise(starts):
            last = first + len(canon.text[first:following].rstrip())
            span = canon.source(first, last)
            found.append(Sentence(text[slice(*span)], *span))
    return found


_LINE = re.compile(r"[^\s].*")
_SPACES = re.compile(" *")
_END = re.compile(r"[.!?…。]+")
_NOTE_MARK = re.compile(r"\[\d{1,3}\]")
_CLOSING = "”’»)]}\"'"
_CONTINUING = ",;:”’»)]}%/.!?…=+&"
_FOLLOWING = re.compile(r"(?P<dash>[-–—−•*+]\s*)?(?P<opening>[\"'“«‘(\[]\s*)*(?P<word>[^\W_]+)?")
_ITEM_LABEL = re.compile(r"[a-zđ](?:\)|\.\s)\s*\w")
_BRAND = re.compile(r"[a-z][A-Z]")
_NAMES_WITH_MARK = ("Yahoo",)

_BEFORE = re.compile(r"[^\s\"“”«»‘()\[\],;:]+\Z")
_LABEL = re.compile(r"\d{1,3}(?:\.\d{1,3})*|[IVX]+|[^\W\d_]")
_HEADING = re.compile(
    r"\W*(?:Điều|Chương|Mục|Phần|Bài|Câu|Bước|Khoản|Hình|Bảng|Tập|Kỳ|Phụ lục)\s+(?:\d+|[IVXLC]+)", re.IGNORECASE
)
_SPACED_DATE = re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d\d\b")
_CAPTION = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)?\s?:")
_INITIAL = re.compile(r"[^\W\d_]|Ch|Gi|Kh|Ng|Ngh|Nh|Ph|Qu|Th|Tr")

_ABBREVIATIONS = frozenset(
    """
    tp tx tt kp ql tl
    ths ts gs pgs tskh bs cki ckii bscki bsckii ks kts ls ns nv nsnd nsưt hlv đ/c đc
    mr mrs ms dr prof st gen col sgt
    tr nxb no vol vs cty ct bv đh cđ đt fax tel
    """.split()
)
_BEFORE_A_NUMBER = _ABBREVIATIONS | {"h", "g", "km", "số"}

# "vitamin C. Nên…": after these a letter is a name by itself, not the initial of one.
_LETTERED = frozenset(
    """
    vitamin bảng khối nhóm hạng loại lớp đội gan cúm án khu lô tòa toà nhà block tháp cổng cửa kênh câu mục điểm phần
    bằng hàng dãy độ zone tuýp type
    """.split()
)

# Words that begin sentences and hardly ever stand in a name; two syllables where the first one does.
_OPENERS = re.compile(
    r"""(?:
    ai|biết|bên\ cạnh|bởi|chúng\ ta|chúng\ tôi|chưa|các|còn|cùng|cũng|cả|cụ\ thể|do|dù|dẫu|giữa|gần|hắn
    |hiện\ nay|hiện\ tại|hơn|họ|khi|khoảng|không|là|lúc|mà|mặc\ dù|mặt\ khác|mọi|mỗi|mới|nay|ngay|ngoài|ngày
    |nhiều|như\ vậy|nhưng|nhờ|những|nên|nó|nạn\ nhân|nếu|qua|riêng|rất|rằng|rồi|sau|sau\ đó|sẽ|số|theo|tháng
    |thậm\ chí|thế\ nhưng|trong|trên|trước|trải\ qua|tuy\ nhiên|tuy\ vậy|tôi|tại|tất\ cả|từ\ đó|việc|và
    |vào|vì|ví\ dụ|vẫn|vậy|với|vừa|xem|đang|đáng|đây|đã|đó|được|đặc\ biệt|đến|để|đối\ với|đồng\ thời|ở
    )(?![^\W_])""",
    re.IGNORECASE | re.VERBOSE,
)
# The same after an initial only, and only where small letters follow: "ông H. Công an huyện" but "N. Công Phượng".
_OPENERS_AFTER_INITIAL = re.compile(
    r"""(?:
    Anh|Ban\ đầu|Bà|Bác\ sĩ|Báo\ cáo|Bé|Bị\ can|Bị\ cáo|Chiếc|Chiều|Cháu|Chính\ quyền|Chị|Chủ\ tịch|Chủ\ tọa|Con
    |Cuối|Cuộc|Cán\ bộ|Cô|Công\ an|Công\ ty|Cơ\ quan|Cảnh\ sát|Gia\ đình|Giám\ đốc|Hai|Hiện|Hung\ thủ|Hàng\ xóm
    |Hành\ vi|Hình\ ảnh|Hôm|Học\ sinh|Khu\ vực|Kẻ|Kết\ quả|Liên\ quan|Luật\ sư|Lãnh\ đạo|Lần|Lực\ lượng|Một
    |Nghi\ phạm|Nguyên\ nhân|Người|Nhà\ chức\ trách|Nhân\ chứng|Nhân\ viên|Nhóm|Năm|Phiên\ tòa|Phía|Quá\ trình
    |Sáng|Sự\ việc|Tang\ vật|Thi\ thể|Thông\ tin|Thấy|Thời\ điểm|Tiếp\ đó|Toàn\ bộ|Trưa|Trường\ hợp|Tài\ xế
    |Tòa\ án|Tối|Từ|Viện\ kiểm|Vợ|Vụ|Ông|Điều|Đêm|Đại\ diện|Đội|Ủy\ ban
    )\ (?P<next>\w)""",
    re.VERBOSE,
)


class _End(NamedTuple):
    """A run of end marks in a line, with the closing quotes and brackets after it."""

    line: str
    start: int  # of the sentence that may end here
    mark: int  # first end mark
    marks: str
    end: int  # behind the closing signs
    next: int  # first character that may begin another sentence
    around: list[Enclosure]  # the enclosures in which the mark stands


def _cuts(line: str) -> Iterator[int]:
    """Positions in ``line`` at which a sentence other than the first begins."""
    found = enclosures(line)
    openings = {enclosure.opening for enclosure in found}
    closings = {enclosure.closing for enclosure in found}
    ahead = deque(found)
    around: list[Enclosure] = []
    start = 0
    length = len(line.rstrip())
    for match in _END.finditer(line):
        end = _behind_closing(line, match.end(), openings, closings)
        following = _SPACES.match(line, end).end()  # type: ignore[union-attr]  # matches the empty string too
        if following >= length:
            return
        while ahead and ahead[0].opening < match.start():
            around.append(ahead.popleft())
        around = [enclosure for enclosure in around if enclosure.closing > match.start()]
        if _is_boundary(_End(line, start, match.start(), match[0], end, following, around)):
            yield following
            start = following


def _behind_closing(line: str, end: int, openings: set[int], closings: set[int]) -> int:
    """Position behind the quotes, brackets and note marks that close right after an end mark."""
    while end < len(line):
        note = _NOTE_MARK.match(line, end)
        if note:
            end = note.end()
        elif line[end] in _CLOSING and end not in openings:
            end += 1
        elif line[end] == " " and _closes_after_space(line, end + 1, openings, closings):
            end += 2
        else:
            break
    return end


def _closes_after_space(line: str, position: int, openings: set[int], closings: set[int]) -> bool:
    if line[position : position + 1] not in ('"', "”"):
        return False
    return position in closings or (position not in openings and line[position + 1 : position + 2] == " ")


def _is_boundary(at: _End) -> bool:
    following = _FOLLOWING.match(at.line, at.next)
    word = following["word"] if following else None
    if following is None or not word:
        return at.marks == "。" or (at.end < at.next and at.line[at.next] not in _CONTINUING)
    if at.end == at.next and at.marks != "。":
        return _is_glued_boundary(at, following, word)
    if not _can_begin(at.line, following.start("word"), word) or _is_embedded(at):
        return False
    if following["dash"] and at.line[at.end - 1] in "”»\"'":
        return bool(following["opening"])
    if word[0].isdigit():
        return not _precedes_number(at)
    if at.marks != ".":
        return at.marks[0] != "!" or not at.line.endswith(_NAMES_WITH_MARK, at.start, at.mark)
    return at.end > at.mark + 1 or not _abbreviates(at, following.start("word"))


def _can_begin(line: str, position: int, word: str) -> bool:
    return not word[0].islower() or bool(_BRAND.match(word) or _ITEM_LABEL.match(line, position))


def _is_embedded(at: _End) -> bool:
    """Whether the mark stands in brackets, or in a short quotation, that are part of a longer sentence."""
    for opening, closing in at.around:
        if at.end > closing:
            continue
        if at.line[opening] in "([":
            if at.line[at.start : min(opening, at.start + _FEW)].strip(" \"'“«‘-–—"):
                return True
        elif closing - opening <= _SHORT_QUOTATION:
            behind = at.line[closing + 1 : closing + _FEW].lstrip()[:1]
            if behind.islower() or behind in tuple(",;:-–—"):
                return True
    return False


# Characters read around a sign; every look back or ahead is bounded, so that no input takes quadratic time.
_FEW = 16
_SHORT_QUOTATION = 80


def _precedes_number(at: _End) -> bool:
    """Whether a number that follows belongs to what precedes: "Q. 1", "9 h. 30", "30. 4. 1975", "củ, quả... 5 loại"."""
    if at.marks != ".":
        return at.marks[0] in ".…"
    before = _word_before(at)
    last = before.rpartition(".")[2]
    if last.lower() in _BEFORE_A_NUMBER or (_INITIAL.fullmatch(last) and not _is_lettered(at, before)):
        return True
    if last.isdigit() and any(
        date.start() < at.mark < date.end()
        for date in _SPACED_DATE.finditer(at.line, max(0, at.mark - 8), at.next + 12)
    ):
        return True
    return _is_label(at, before)


def _abbreviates(at: _End, following: int) -> bool:
    """Whether a single full stop, with a capital after it, belongs to an abbreviation, an initial or a label."""
    before = _word_before(at)
    last = before.rpartition(".")[2]
    if not last or before.lower().endswith(("v.v", "vv")):
        return False
    if _is_label(at, before):
        return True
    if _OPENERS.match(at.line, following):
        return False
    if last != "Tr" and (last.lower() in _ABBREVIATIONS or before.lower() in _ABBREVIATIONS):
        return True
    if not _INITIAL.fullmatch(last) or last.islower() or _is_lettered(at, before):
        return False
    opener = _OPENERS_AFTER_INITIAL.match(at.line, following)
    return not (_CAPTION.match(at.line, following) or (opener and opener["next"].islower()))


def _word_before(at: _End) -> str:
    found = _BEFORE.search(at.line, max(at.start, at.mark - 24), at.mark)
    return found[0] if found else ""


def _is_label(at: _End, before: str) -> bool:
    """Whether ``before`` numbers an item or a heading: "1. Rà soát", "a. Hồ sơ", "Điều 5. Phạm vi"."""
    if _LABEL.fullmatch(before):
        label = at.mark - len(before)
        context = at.line[max(at.start, label - _FEW) : label].rstrip(" \"'“«‘([•*+–—-")
        if context.endswith((":", ";")) or (not context and label - at.start <= _FEW):
            return True
    return at.mark - at.start <= 2 * _FEW and _HEADING.fullmatch(at.line, at.start, at.mark) is not None


def _is_lettered(at: _End, before: str) -> bool:
    words = at.line[max(at.start, at.mark - len(before) - 16) : at.mark - len(before)].split()
    return len(before) == 1 and bool(words) and words[-1].lower() in _LETTERED


_ADDRESS = re.compile(r"://|@|\\|\bwww\.")
_GLUED_WORD = re.compile(r"[^\W\d_]+(?![\w]|\.\w)")
_MARKED = re.compile("[^\x00-\x7f]")


def _is_glued_boundary(at: _End, following: re.Match[str], word: str) -> bool:
    """Whether a sentence begins right behind the mark: "xong.Sau đó", but not in names, addresses and files."""
    position = following.start("word")
    if not (word[0].isupper() and word[1:].islower() and _GLUED_WORD.match(at.line, position)) or _is_embedded(at):
        return False
    around = at.line[max(at.line.rfind(" ", max(0, at.mark - 200), at.mark) + 1, at.mark - 200) : at.next + 1]
    if _ADDRESS.search(around):
        return False
    if at.marks != "." or at.end > at.mark + 1:
        return True
    before = _word_before(at)
    last = before.rpartition(".")[2]
    if _is_label(at, before):
        return False
    if not last[-1:].isalpha():
        return True
    if _INITIAL.fullmatch(last) or last.lower() in _ABBREVIATIONS:
        return False
    return bool(_MARKED.search(last) or _MARKED.search(word) or _OPENERS.match(at.line, position))
