"""What newsrooms do to a wire report, made deterministically: edits that keep its facts, and edits that change one."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bulletins import FRAMES
from machtin.article import Article
from machtin.vietnamese import canonical, fold

Edit = Callable[[Article, random.Random], Article | None]

SYNONYMS: Final = {
    "cho biết": "nói", "công an": "cảnh sát", "hiện nay": "hiện tại", "tuy nhiên": "song", "bởi vì": "vì",
    "đồng thời": "cùng lúc", "khoảng": "chừng", "xảy ra": "diễn ra", "phát hiện": "tìm thấy", "bắt đầu": "khởi đầu",
    "sau đó": "tiếp đó", "trước đó": "trước đấy", "gia đình": "nhà", "nhanh chóng": "mau chóng", "giúp đỡ": "hỗ trợ",
    "thiệt mạng": "tử vong", "tử vong": "chết", "bị thương": "thương tích", "nguyên nhân": "lý do", "chiếc": "cái",
    "học sinh": "học trò", "thực hiện": "tiến hành", "tiến hành": "thực hiện", "yêu cầu": "đòi hỏi", "rất": "hết sức",
    "cũng": "cũng đã", "đã": "vừa", "nhiều": "không ít", "nhưng": "song", "để": "nhằm", "ngoài ra": "bên cạnh đó",
    "cơ quan chức năng": "nhà chức trách", "theo đó": "theo đấy", "vẫn": "còn", "được biết": "được hay",
}  # fmt: skip
DIGITS: Final = {"2": "hai", "3": "ba", "4": "bốn", "5": "năm", "6": "sáu", "7": "bảy", "8": "tám", "9": "chín"}
NAMES: Final = (
    "Nguyễn Văn Khải", "Trần Thị Lụa", "Lê Quang Vịnh", "Phạm Đình Chúc", "Quảng Trị", "Sóc Trăng", "Hà Giang",
    "Tây Hồ", "Manchester City", "Samsung", "Võ Hồng Thơ", "Đặng Trung Nghĩa", "Lai Châu", "Philippines",
)  # fmt: skip
PLACES: Final = ("Hà Nội", "TP.HCM", "Đà Nẵng", "Cần Thơ", "Nghệ An")
WRITERS: Final = ("Minh Anh", "Thu Trang", "PV", "Quốc Dũng", "Lê Hoàng")
_NUMBER: Final = re.compile(r"(?<![\w.,/:-])\d+(?:[.,]\d+)?(?![\w/:-]|[.,]\d)")
_TOLL: Final = re.compile(r"(?<![\w.,/:-])(\d{1,3})(?= (?:người|nạn nhân|học sinh|em|cháu|hành khách|công nhân|trẻ)\b)")
_FATE: Final = re.compile(r"(?<![\w.,/:-])(\d{1,3}) người (chết|thiệt mạng|tử vong|bị thương)\b")
_SHARE: Final = re.compile(r"(?<![\w.,/:-])\d+(?:,\d+)?(?= ?(?:%|phần trăm|tỷ|tỉ|triệu|nghìn|ngàn|đồng|USD)(?!\w))")
_DATE: Final = re.compile(r"(?<![\w.,/:-])(\d{1,2})([/-])(\d{1,2})(?![\w:-])")
_NAME: Final = re.compile(r"(?<=[a-zà-ỹđ] )[A-ZĐÁÀẢÃẠÂĂÊÔƠƯÝ][a-zà-ỹđ]*(?: [A-ZĐÁÀẢÃẠÂĂÊÔƠƯÝ][a-zà-ỹđ]*)+")


def sentences(article: Article) -> list[str]:
    """The data set has one in each line."""
    return article.body.split("\n")


def body(article: Article, lines: Sequence[str]) -> Article:
    """The article with other sentences."""
    return replace(article, body="\n".join(lines))


# --- the facts stay --------------------------------------------------------------------------------------------------


def cut(article: Article, chance: random.Random) -> Article:
    """The first 50 to 60 % of the text."""
    lines = sentences(article)
    return body(article, lines[: _share(lines, chance)])


def thinned(article: Article, chance: random.Random) -> Article:
    """50 to 60 % of the sentences, from all over the text."""
    lines = sentences(article)
    kept = set(chance.sample(range(len(lines)), _share(lines, chance)))
    return body(article, [line for at, line in enumerate(lines) if at in kept])


def reordered(article: Article, chance: random.Random) -> Article:
    """Paragraphs of three sentences in another order."""
    lines = sentences(article)
    paragraphs = [lines[at : at + 3] for at in range(0, len(lines), 3)]
    chance.shuffle(paragraphs)
    return body(article, [line for paragraph in paragraphs for line in paragraph])


def headed(article: Article, chance: random.Random) -> Article:
    """Another headline and sapo, of words of the text."""
    lines = [line for line in sentences(article) if len(line.split()) > 8] or sentences(article)
    headline = " ".join(chance.choice(lines).split()[:10])
    words = f"{article.sapo} {chance.choice(lines)}".split()
    sapo = " ".join(words[at] for at in range(0, len(words), 2))
    return replace(article, title=headline, sapo=sapo)


def reworded(article: Article, chance: random.Random) -> Article:
    """One word in 25 by another of the same meaning, 20 at most."""
    left = min(20, len(article.body.split()) // 25)

    def other(found: re.Match[str]) -> str:
        nonlocal left
        if left == 0 or chance.random() < 0.3:
            return found[0]
        left -= 1
        word = SYNONYMS[found[0].lower()]
        return word.capitalize() if found[0][0].isupper() else word

    pattern = re.compile(rf"\b(?:{'|'.join(sorted(SYNONYMS, key=len, reverse=True))})\b", re.IGNORECASE)
    return replace(article, sapo=pattern.sub(other, article.sapo), body=pattern.sub(other, article.body))


def bylined(article: Article, chance: random.Random) -> Article:
    """Dateline, writer and source added."""
    dateline = chance.choice((f"{chance.choice(PLACES)} (TTXVN 12/3) - ", "(Dân trí) - ", "TTO - ", "VOV.VN - "))
    lines = sentences(article)
    lines[0] = dateline + lines[0]
    return body(article, [*lines, f"{chance.choice(WRITERS)} (Theo TTXVN)"])


def framed(article: Article, chance: random.Random) -> Article:
    """A site's own lines above and below."""
    above, below = chance.choice(FRAMES)
    return body(article, [above, *sentences(article), below])


def bare(article: Article, _chance: random.Random) -> Article:
    """Without diacritics."""
    return _everywhere(article, _bare)


def half_bare(article: Article, chance: random.Random) -> Article:
    """Every other word without them."""
    return _everywhere(
        article, lambda text: re.sub(r"\w+", lambda word: _bare(word[0]) if chance.random() < 0.5 else word[0], text)
    )


def respaced(article: Article, _chance: random.Random) -> Article:
    """Decomposed, Ð for Đ, hòa for hoà, spaces and line ends of other kinds."""
    made = _everywhere(
        article,
        lambda text: (
            unicodedata.normalize("NFD", canonical(text)).replace("Đ", "Ð").replace("đ", "ð").replace("\n", "\r\n\r\n")
        ),
    )
    return replace(made, body=made.body.replace(" ", "\u00a0 ").replace("ng ", "ng\u200b "))


def respelt(article: Article, _chance: random.Random) -> Article:
    """Numbers and names in another spelling: "năm người" for "5 người", "5 nghìn" for 5.000, TP.HCM."""

    def other(text: str) -> str:
        text = re.sub(r"(?<![\w.,/:-])([2-9])(?= [a-zà-ỹđ]{2,})", lambda one: DIGITS[one[1]], text)
        text = re.sub(r"(?<![\w.,/:-])(\d{1,3})\.000(?= [a-zà-ỹđ])", r"\1 nghìn", text)
        text = re.sub(r"(?<![\w.,/:-])(\d{1,2})/(\d{1,2})(?![\w/])", r"\1-\2", text)
        return text.replace("TP.HCM", "TP Hồ Chí Minh").replace("tỉ đồng", "tỷ đồng").replace("giờ", "h")

    return _everywhere(article, other)


def extended(article: Article, chance: random.Random) -> Article:
    """A paragraph of the newsroom's own, with other numbers and names."""
    year, toll = chance.randint(2005, 2012), chance.randint(12, 90)
    own = f"""Năm {year}, {toll} trường hợp tương tự từng được ghi nhận tại {chance.choice(NAMES)}.
Trao đổi với phóng viên, ông {chance.choice(NAMES[:4])} nhận định sự việc lần này cần được xem xét kỹ hơn, nhất là khi
{chance.randint(3, 60)}% ý kiến được hỏi còn băn khoăn.
Tòa soạn sẽ tiếp tục thông tin tới bạn đọc."""
    lines = sentences(article)
    at = chance.randint(len(lines) // 2, len(lines))
    return body(article, [*lines[:at], own, *lines[at:]])


def all_at_once(article: Article, chance: random.Random) -> Article:
    """Cut, headed, reworded and bylined."""
    for edit in (cut, headed, reworded, bylined):
        article = edit(article, chance)
    return article


# --- a fact changes --------------------------------------------------------------------------------------------------


def other_number(article: Article, chance: random.Random) -> Article | None:
    """One number of one sentence."""
    return _once(article, _NUMBER, lambda found: _changed(found[0], chance), chance)


def other_toll(article: Article, chance: random.Random) -> Article | None:
    """How many people, wherever it is said."""
    found = _TOLL.findall(article.body)
    if not found:
        return None
    old = chance.choice(found)
    new = str(int(old) + chance.randint(1, 4))
    return _everywhere(article, lambda text: _TOLL.sub(lambda one: new if one[1] == old else one[0], text))


def other_share(article: Article, chance: random.Random) -> Article | None:
    """A price or share."""
    return _once(article, _SHARE, lambda found: _changed(found[0], chance), chance)


def other_date(article: Article, chance: random.Random) -> Article | None:
    """A day."""
    return _once(article, _DATE, lambda one: f"{int(one[1]) % 28 + 1}{one[2]}{one[3]}", chance)


def other_name(article: Article, chance: random.Random) -> Article | None:
    """A person or place, wherever the name stands in full."""
    found = sorted(set(_NAME.findall(article.body)))
    if not found:
        return None
    old, new = chance.choice(found), chance.choice(NAMES)
    if old == new:
        return None
    return _everywhere(article, lambda text: text.replace(old, new))


def other_number_cut(article: Article, chance: random.Random) -> Article | None:
    """One number, and the text cut to 60 % besides."""
    return other_number(cut(article, chance), chance)


def other_number_bare(article: Article, chance: random.Random) -> Article | None:
    """One number, and no diacritics."""
    made = other_number(article, chance)
    return bare(made, chance) if made else None


def other_toll_headed(article: Article, chance: random.Random) -> Article | None:
    """Another toll, under another headline and sapo, reworded."""
    made = other_toll(article, chance)
    return reworded(headed(made, chance), chance) if made and made.body != article.body else None


def risen_toll(article: Article, chance: random.Random) -> Article | None:
    """The toll of an event, the only one told, has risen: told in other words, headline and sapo included."""
    found = _FATE.search(f"{article.title}\n{article.sapo}")
    tolls = {(one[1], one[2]) for one in _FATE.finditer(f"{article.title}\n{article.sapo}\n{article.body}")}
    if not found or not _FATE.search(article.body) or len(tolls) != 1 or found[1] == "1":
        return None
    new = f"số người {found[2]} đã tăng lên {int(found[1]) + chance.randint(1, 4)}"
    told = [line for line in sentences(article) if _FATE.search(line)]
    lines = [f"Theo thông tin mới nhất, {new}." if line == told[0] else line for line in sentences(article)]
    lines = [line for line in lines if line not in told]
    return replace(body(article, lines), title=new.capitalize(), sapo=f"Đến cuối ngày, {new}, theo nhà chức trách.")


KEPT: Final[dict[str, Edit]] = {
    "cut to 50–60 %": cut,
    "50–60 % of its sentences": thinned,
    "paragraphs reordered": reordered,
    "new headline and sapo": headed,
    "words replaced (4 %)": reworded,
    "byline, dateline, source": bylined,
    "a site's frame": framed,
    "no diacritics": bare,
    "half the diacritics": half_bare,
    "Unicode form, Ð, spaces": respaced,
    "numbers spelt otherwise": respelt,
    "a paragraph of its own": extended,
    "cut, headed, reworded, bylined": all_at_once,
}
CHANGED: Final[dict[str, Edit]] = {
    "one number": other_number,
    "number of people": other_toll,
    "price or share": other_share,
    "date": other_date,
    "name": other_name,
    "one number, cut": other_number_cut,
    "one number, no diacritics": other_number_bare,
    "toll, headed, reworded": other_toll_headed,
    "risen toll, told otherwise": risen_toll,
}


def _share(lines: Sequence[str], chance: random.Random) -> int:
    return max(1, round(len(lines) * chance.uniform(0.5, 0.6)))


def _bare(text: str) -> str:
    """Without diacritics, capitals kept."""
    return "".join(
        fold(letter).upper() if letter.isupper() else fold(letter) if letter.isalpha() else letter
        for letter in canonical(text)
    )


def _everywhere(article: Article, other: Callable[[str], str]) -> Article:
    return replace(article, title=other(article.title), sapo=other(article.sapo), body=other(article.body))


def _once(
    article: Article, pattern: re.Pattern[str], other: Callable[[re.Match[str]], str], chance: random.Random
) -> Article | None:
    found = list(pattern.finditer(article.body))
    if not found:
        return None
    one = chance.choice(found)
    return replace(article, body=f"{article.body[: one.start()]}{other(one)}{article.body[one.end() :]}")


def _changed(number: str, chance: random.Random) -> str:
    """Another number of as many digits."""
    at = next(place for place, sign in enumerate(number) if sign.isdigit())
    digit = chance.choice([sign for sign in "123456789" if sign != number[at]])
    return f"{number[:at]}{digit}{number[at + 1 :]}"
