"""What an article offers its summary: its sentences as published, without bylines, sources and picture credits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from machtin.article import Article
from machtin.sentences import Sentence, sentences
from machtin.vietnamese import canonical, syllables

Field = Literal["sapo", "body"]

# A news article has 18 sentences; a text of thousands is no news, and its summary need not wait for all of them.
MOST_SENTENCES: Final = 500
LONGEST_SENTENCE: Final = 2_000
"""Code points. What is longer is a text without full stops: nothing that could be shown as one sentence."""

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

_OPENS_ONE: Final = frozenset(("ông", "bà", "anh", "chị", "cô", "em", "họ", "nó", "này", "song", "còn", "nhưng", "đó"))
_OPENS_TWO: Final = frozenset(
    (
        *("theo đó", "theo ông", "theo bà", "theo anh", "theo chị", "tuy nhiên", "tuy vậy", "ngoài ra", "bên cạnh"),
        *("đồng thời", "sau đó", "trước đó", "trong đó", "khi đó", "do đó", "do vậy", "vì vậy", "vì thế", "bởi vậy"),
        *("mặt khác", "lúc này", "lúc đó", "tại đây", "cụ thể", "điều này", "việc này", "người này", "đây là"),
        *("hơn nữa", "chính vì", "thậm chí", "cũng theo", "ngay sau", "cùng với", "như vậy", "mặc dù"),
    )
)
_FORMS_OF_ADDRESS: Final = frozenset(("ông", "bà", "anh", "chị", "cô", "em"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen. ``leans``: it opens with a word that needs the sentence before it."""

    sentence: Sentence
    field: Field
    tokens: tuple[str, ...]
    leans: bool


def candidates(article: Article) -> list[Candidate]:
    """The sentences of the body or, where it has none to offer, of the sapo, in order."""
    return _candidates("body", article.body) or _candidates("sapo", article.sapo)


def _candidates(field: Field, text: str) -> list[Candidate]:
    usable: list[Candidate] = []
    for sentence in sentences(text):
        tokens = tuple(syllables(sentence.text)) if _fits(sentence) else ()
        if is_credit(sentence.text, tokens):
            if usable and _PICTURE.match(sentence.text) and _same_line(text, usable[-1].sentence, sentence):
                usable.pop()  # its caption
        elif tokens:
            usable.append(Candidate(sentence, field, tokens, leans_on_previous(sentence.text, tokens)))
        if len(usable) == MOST_SENTENCES:
            break
    return usable


def _same_line(text: str, before: Sentence, after: Sentence) -> bool:
    return not text[before.end : after.start].strip(" \t\u00a0")


def _fits(sentence: Sentence) -> bool:
    return sentence.end - sentence.start <= LONGEST_SENTENCE


def leans_on_previous(text: str, tokens: Sequence[str]) -> bool:
    """Whether a sentence opens with a word that needs the one before it: "Tuy nhiên", "Theo đó", "Ông này"."""
    if " ".join(tokens[:2]) in _OPENS_TWO:
        return tokens[1] not in _FORMS_OF_ADDRESS or not _names_somebody(text, 2)
    if not tokens or tokens[0] not in _OPENS_ONE:
        return False
    return tokens[0] not in _FORMS_OF_ADDRESS or not _names_somebody(text, 1)


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


def _names_somebody(text: str, at: int) -> bool:
    """Whether the word at this place is written with a capital: "Ông Nguyễn Văn A" names, "Ông cho biết" doesn't."""
    words = text.split(maxsplit=at + 1)
    return len(words) > at and words[at][:1].isupper()


def _fits_byline(word: str) -> bool:
    letters = word.strip("()[]-–—/,&*|")
    return not letters[:1].islower() or letters.lower() in _SMALL_WORDS_OF_BYLINES
