"""What one line of a Vietnamese news page is: byline, caption, section, share bar, heading of a list, paragraph."""

from __future__ import annotations

import re
from typing import Final

from machtin.vietnamese import canonical, fold, syllables

# What is not a sentence of the article is short; longer lines are not even looked at.
_LONGEST: Final = 400
_CAPTION_SYLLABLES: Final = 60
_BYLINE_SYLLABLES: Final = 14
_PARAGRAPH_SYLLABLES: Final = 10
_LONG_PARAGRAPH_SYLLABLES: Final = 40

SECTIONS: Final = frozenset(
    fold(name)
    for name in (
        "Thời sự", "Chính trị", "Xã hội", "Kinh tế", "Kinh doanh", "Tài chính", "Chứng khoán", "Bất động sản",
        "Doanh nghiệp", "Thị trường", "Thế giới", "Quốc tế", "Pháp luật", "Giáo dục", "Y tế", "Sức khỏe", "Đời sống",
        "Văn hóa", "Giải trí", "Thể thao", "Bóng đá", "Khoa học", "Công nghệ", "Khoa học - Công nghệ", "Môi trường",
        "Du lịch", "Nông nghiệp", "Nông thôn", "Giao thông", "Quân sự", "Quốc phòng", "An ninh", "Góc nhìn",
        "Bạn đọc", "Xe", "Ô tô - Xe máy", "Số hóa", "Tin tức", "Trong nước", "Địa phương", "Kinh tế - Xã hội",
        "Văn hóa - Xã hội", "Văn hóa - Giải trí", "Khoa học và Công nghệ", "Lao động", "Việc làm", "Nhịp sống",
        "Tuyển sinh", "Ý kiến", "Tâm sự", "Thư giãn", "Biển đảo", "Thủ đô", "Hà Nội", "TP.HCM", "Chuyển đổi số",
        "Năng lượng", "Đô thị", "Xây dựng", "Ẩm thực", "Điện ảnh", "Âm nhạc", "Quốc hội", "Xây dựng Đảng",
    )
)  # fmt: skip
_HOME: Final = frozenset({"trang chu", "home", "trang nhat", "trang tin", "bao dien tu"})

_RELATED_HEADING = re.compile(
    r"(?:(?:cac|nhung|mot so|moi (?:ban|doc gia|quy vi|quy doc gia)|danh sach|doc them|xem them) )*"
    r"(?:(?:tin|bai|bai viet|tin bai|tin tuc|bai bao|su kien|noi dung|chu de|video|chuyen de|thong tin|tin, bai)"
    r"(?: bai| tuc| viet| doc)? (?:co )?(?:lien quan|khac"
    r"|cung (?:chuyen muc|muc|chu de|su kien|chuyen de|the loai|loai)"
    r"|cu hon|moi hon|da dua|da dang|truoc do|tiep theo|cung quan tam|tham khao)(?: khac)?"
    r"|(?:xem|doc|tim hieu) them(?: (?:tin|bai|bai viet|cac bai|cac tin|ve)(?: khac| lien quan)?)?|doc tiep|xem tiep"
    r"|lien quan|cung (?:chuyen muc|muc|chu de|su kien|chuyen de)|nen doc|dung bo lo|(?:ban )?co the (?:ban )?"
    r"(?:cung )?(?:quan tam|thich|muon (?:doc|biet))|(?:co the )?ban (?:co the )?quan tam|goi y cho ban"
    r"|related(?: (?:news|articles|stories))?|see also|read more)(?: (?:voi|den|toi) .{1,60})?"
)
_OTHER_HEADING = re.compile(
    r"(?:(?:cac|nhung) )?(?:tin|bai|bai viet|tin bai|tin tuc|video)? ?(?:moi(?: nhat| nhan| cap nhat| dang)?"
    r"|nong(?: nhat)?|noi bat|tieu diem|(?:duoc )?(?:doc|xem|quan tam|binh luan) nhieu(?: nhat)?|hot|trong ngay"
    r"|hay nhat|de xuat)"
)
_INLINE_RELATED = re.compile(r"(?:>{1,3}|»|›|→|➤|►|▶)\s*(?=\S)")
_HEADING_TRIM = " \t\u00a0:：.…>»›|-–—*•#▶►➤■●◆_=~"
_BULLET = re.compile(r"^(?:[-–—•*+▪■●◦►▶➤»›>✓]+\s+|\d{1,2}[.)]\s+)")

_FURNITURE: Final = re.compile(
    r"(?:chia se(?: (?:bai viet|len facebook|qua .{1,20}|tin nay|ngay))?|binh luan|gui binh luan|y kien|thich"
    r"|like|share"
    r"|tweet|facebook|zalo|twitter|x|email|e-mail|linkedin|telegram|messenger|in|in bai(?: viet)?|in trang|print"
    r"|luu(?: bai)?(?: viet)?|sao chep(?: lien ket| link)?|copy link(?: thanh cong)?|nghe(?: doc)?(?: bai"
    r"| tin)?(?: viet)?|nghe audio"
    r"|theo doi(?: .{1,40} tren)?(?: google news| zalo| facebook)?|google news|co chu|a[-+]?(?: a[-+]?){0,3}"
    r"|quang cao|advertisement|ads?|video|audio|giong (?:nam|nu)(?: mien (?:bac|nam|trung))?|tang co chu"
    r"|giam co chu|tro lai|quay lai"
    r"|ve trang chu|len dau trang|menu|tim kiem|dang nhap|dang ky|xem anh|phong to|bao loi|gop y|danh gia"
    r"|trang chu|home|\d{1,6}"
    r"|\d+ (?:giay|phut|gio|ngay|tuan|thang|nam) truoc|\d[\d.,]* (?:binh luan|luot xem|luot doc|chia se|thich"
    r"|likes?|views?|shares?|phut doc)|0 ?\d? ?/ ?5"
    r"|(?:luot xem|views?|so luot xem|binh luan|chia se): ?\d[\d.,]*|[\W_]+)"
)
_COMMENTS = re.compile(
    r"(?:y kien ban doc|y kien(?: cua ban)?|(?:gui |viet |cac |xem )?(?:binh luan|y kien)"
    r"(?: cua ban| ban doc| moi nhat)?|phan hoi|comments?)(?: ?\(\d+\)| \d+)?"
)
_SURE_COMMENTS = re.compile(r".*\(\d+\)|y kien ban doc|gui .*|phan hoi")
_FOOTER = re.compile(
    r"(?:©|\(c\)|copyright|ban quyen (?:thuoc|©|cua)|giay phep (?:so|xuat ban|hoat dong|bao chi)|co quan chu quan"
    r"|tong bien tap|pho tong bien tap|toa soan:|tru so:|hotline|duong day nong|lien he quang cao"
    r"|all rights reserved|ghi ro nguon|®)"
)
_PHOTO = re.compile(
    r"(?P<before>|.*[\s.,;!?…\"”)(\[|/-])(?:anh|hinh|hinh anh|do hoa|nguon anh|photo|video|clip|infographic"
    r"|anh chup man hinh)"
    r"(?: (?:minh hoa|tu lieu|cat tu clip|dien hinh|internet|chup|man hinh|cua|thong tan))*"
    r"\s*[:/]\s*[^:]{1,60}[)\]]?\.?"
)
_ILLUSTRATION = re.compile(
    r"^[(\[]?(?:anh|hinh) (?:minh hoa|tu lieu|internet|chup man hinh)[)\]]?\.?$"
    r"|.*[(\[.]\s*anh (?:minh hoa|tu lieu)[)\]]?\.?$"
)
_TAGS = re.compile(r"(?:tags?|tu khoa|the|chu de|hashtag|key ?words?)\s*:\s*(?=\S)")
_BYLINE_LABEL = re.compile(
    r"(?:tac gia|nguoi viet|thuc hien|by|bien soan|phong vien|pv|nhom pv|nhom phong vien"
    r"|(?:bai|tin)(?:\s*(?:,|va|-|&|/)\s*(?:anh|bai|clip|video|do hoa|hinh))*"
    r"|(?:anh|video)\s*(?:,|va|-|&|/)\s*(?:bai|tin))"
)
_SOURCE_LABEL = re.compile(r"nguon(?: tin)?|theo nguon|source")
_CONNECTIVES: Final = frozenset(
    "và theo tổng hợp ghi dịch lược thuật thực hiện biên soạn th t/h từ nguồn báo tại cùng nhóm phóng viên pv ctv lược"
    " điện tử thông tấn xã tin bài ảnh đài trang tạp chí by and".split()
)
_NAME = re.compile(r"[^\W\d_][\w.+'’]*|\d{1,2}[hH]")
_NAME_BREAK = re.compile(r"[\s/,:;&()\[\]|·•–—-]+")
_SENTENCE_END = re.compile(r"(?:[.!?…]|\./\.?)[\"”’»)\]*]*$")
_CLOSED = re.compile(r"(?:[.…;]|\./\.?)[\"”’»)\]*]*$")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


def bare(line: str) -> str:
    """The line folded and freed of the bullets, colons and dashes around it; "" when it is too long for a heading."""
    if len(line) > _LONGEST:
        return ""
    return re.sub(r"\s+", " ", fold(line)).strip(_HEADING_TRIM)


def is_related_heading(line: str) -> bool:
    """ "Tin liên quan", "Xem thêm:", "TIN CÙNG CHUYÊN MỤC", "Đọc thêm", "Có thể bạn quan tâm" and their like."""
    return _RELATED_HEADING.fullmatch(_heading(line)) is not None


def is_list_heading(line: str) -> bool:
    """A heading over other articles: the related ones, the newest or the most read."""
    text = _heading(line)
    return bool(_RELATED_HEADING.fullmatch(text) or (text and _OTHER_HEADING.fullmatch(text)))


def _heading(line: str) -> str:
    """The bare line, "" where it is a sentence: "Tin liên quan đến vụ cháy được công bố sáng nay." heads nothing."""
    text = bare(line)
    sentence = _SENTENCE_END.search(line) and not line.rstrip().endswith("...")
    return "" if sentence and text.count(" ") > 4 else text


def inline_related(line: str) -> str | None:
    """The headline in "Xem thêm: …", "Tin liên quan: …" or ">> …"; None when the line is anything else."""
    if len(line) > _LONGEST:
        return None
    if match := _INLINE_RELATED.match(line):
        rest = line[match.end() :].strip()
        head, _, tail = rest.partition(":")
        return tail.strip() if tail.strip() and is_related_heading(head) else rest
    head, colon, rest = line.partition(":")
    return rest.strip() if colon and len(head) < 40 and rest.strip() and is_related_heading(head) else None


def without_bullet(line: str) -> str:
    """The line without the bullet or number in front of it."""
    return _BULLET.sub("", line).strip()


def is_furniture(line: str) -> bool:
    """Share bars, counters, font sizes, lone signs: what a page shows but nobody wrote."""
    if len(line) > 80:
        return False
    text = re.sub(r"\s+", " ", fold(line)).strip()
    return not text or _FURNITURE.fullmatch(text.strip(_HEADING_TRIM) or text) is not None


def opens_comments(line: str) -> bool:
    """A heading over readers' comments, or the label of a button that leads there."""
    return len(line) <= 60 and _COMMENTS.fullmatch(bare(line)) is not None


def surely_opens_comments(line: str) -> bool:
    """Like ``opens_comments``, without the bare "Bình luận" that share bars carry too."""
    return opens_comments(line) and _SURE_COMMENTS.fullmatch(bare(line)) is not None


def is_footer(line: str) -> bool:
    """Imprint and copyright notice: nothing of the article follows."""
    return len(line) <= _LONGEST and _FOOTER.match(fold(line).lstrip(_HEADING_TRIM)) is not None


def is_caption(line: str) -> bool:
    """A photo caption that names its source: "Người dân đi bỏ phiếu. Ảnh: TTXVN"."""
    if len(line) > _LONGEST:
        return False
    text = re.sub(r"\s+", " ", fold(line)).strip()
    if _ILLUSTRATION.match(text):
        return True
    photo = _PHOTO.fullmatch(text)
    if photo is None or len(syllables(line)) > _CAPTION_SYLLABLES:
        return False
    # "Minh Anh - Ảnh: Hoàng Hà" signs text and pictures.
    return not _is_signature(canonical(line)[: len(photo["before"])].rstrip(" -–—|/("))


def section_of(line: str) -> str | None:
    """The section in a known section's name or a breadcrumb ("Trang chủ > Kinh tế > Tài chính" → "Kinh tế")."""
    if len(line) > 120:
        return None
    if bare(line) in SECTIONS:
        return line.strip(_HEADING_TRIM)
    steps = [step.strip() for step in re.split(r"\s*[>»›→]\s*|\s+[/|]\s+", line.strip(" >»›")) if step.strip()]
    known = [step for step in steps if bare(step) in SECTIONS]
    named = [step for step in steps if bare(step) not in _HOME]
    if len(steps) < 2 or not (known or len(named) < len(steps)) or any(len(syllables(step)) > 6 for step in steps):
        return None
    return named[0] if named else None


def tags_of(line: str) -> list[str]:
    """The tags in "Từ khóa: bầu cử, Quốc hội"."""
    if len(line) > 2 * _LONGEST or not _TAGS.match(fold(line).lstrip()):
        return []
    return [tag for tag in (part.strip(" #\t.") for part in re.split(r"[,;|]|\s#", line.partition(":")[2])) if tag]


def source_of(line: str) -> str | None:
    """What stands behind "Nguồn:", an agency's name or an address."""
    head, colon, rest = line.partition(":")
    named = colon and len(line) <= _LONGEST and len(head) < 20 and _SOURCE_LABEL.fullmatch(bare(head))
    return rest.strip() or None if named else None


def address_of(line: str) -> str | None:
    """The address when the line is nothing else."""
    return line if _ADDRESS.fullmatch(line) else None


def byline(line: str) -> str | None:
    """The signature as published, without its label ("Bài, ảnh:") and brackets around the whole; else None.

    A signature is at most 14 syllables, no sentence, and each of its words is capitalised or one of the few that link
    names ("theo", "tổng hợp", "ghi", "và").
    """
    line = line.strip().strip("*_").strip()
    if not line or len(line) > 120:
        return None
    head, colon, rest = line.partition(":")
    if colon and _BYLINE_LABEL.fullmatch(bare(head)):
        line = rest.strip()
    if line.startswith("(") and line.endswith(")") and line.count("(") == 1:
        line = line[1:-1].strip()
    return line if _is_signature(canonical(line)) else None


def _is_signature(text: str) -> bool:
    if fold(text).startswith("theo ") and len(syllables(text)) <= 10 and not _SENTENCE_END.search(text):
        return True
    words = [word for word in _NAME_BREAK.split(text) if word]
    if not words or len(syllables(text)) > _BYLINE_SYLLABLES or bare(text) in SECTIONS or is_list_heading(text):
        return False
    if fold(text) in {"tong hop", "th", "t/h"}:
        return True
    if _SENTENCE_END.search(text) and not re.search(r"\w\.\)?$", text):
        return False
    named = [word for word in words if _NAME.fullmatch(word) and (word[0].isupper() or word[0].isdigit())]
    return bool(named) and all(word in named or word.lower() in _CONNECTIVES for word in words)


def is_paragraph(line: str) -> bool:
    """A sentence or more: ends like one and is not just a few syllables, or is long anyhow."""
    count = len(syllables(line[:2000]))
    return count >= _LONG_PARAGRAPH_SYLLABLES or (count >= _PARAGRAPH_SYLLABLES and bool(_SENTENCE_END.search(line)))


def is_headline(line: str) -> bool:
    """Could stand in a list of other articles: at most 30 syllables and not closed by a full stop or semicolon."""
    return 3 <= len(syllables(line[:500])) <= 30 and not _CLOSED.search(line) and line[-1] not in ",:"
