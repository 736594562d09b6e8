"""The text of a draft as words and names with their places: what tags and links are looked for in."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from machtin.article import Article
from machtin.draft_answers import DraftField, Mention
from machtin.quotations import enclosures
from machtin.vietnamese import Canonical, canonical, canonical_with_offsets, has_diacritics, lower_case

# Code points of a field that are looked at: an article of 2,500 syllables.
READ: Final = 12_000
# Longer tags and names are not looked for.
MOST_WORDS: Final = 6
_WORD: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
# What may stand between two words of one tag: "Lào Cai – Hà Nội", "gói XL-07", "TP.HCM".
_WITHIN: Final = re.compile(r" |[-./&]| [-–] ")
_WITHIN_NAME: Final = frozenset({" ", "-"})
_SENTENCE_END: Final = re.compile(r"[.!?…:;\n•*]|^\W*[-–—+]\s*$|[“\"‘«(]$")
# What precedes a name at the beginning of a sentence, and what does anywhere: "Tại Hà Nội", "UBND Hà Nội".
_OPENERS: Final = frozenset(
    "tại ở theo trong từ đến tới khi do vì với sau trước ngày sáng trưa chiều tối đêm và nhưng còn các những một hai "
    "nhiều mỗi mọi này đó đây là có không cả chỉ để nếu dù tuy bởi nhờ giữa trên dưới ngoài gần về qua vào ra cùng "
    "ông bà anh chị em cô bác cụ già thầy bé cháu bị riêng hiện nay vừa mới đã đang sẽ được bên như hơn khoảng".split()
)
_BEARERS: Final = frozenset("TP UBND HĐND TAND VKSND CSGT CSĐT TW GS TS ThS BS KTS PGS LĐ PV ĐBQH NSND NSƯT".split())
# Bodies whose names go on in small letters: "Cục Hàng hải".
_BODIES: Final = frozenset("cục sở bộ ban vụ viện tổng hội phòng công ngân đài trường học ủy tòa trung".split())
_SURNAMES: Final = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh trương lâm mai đào".split()
)


class Near(NamedTuple):
    """A published article and how near the draft it is: a cosine."""

    article: Article
    nearness: float


class Run(NamedTuple):
    """Neighbouring words, from the ``first`` up to, not including, ``last``."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class DraftText:
    """One field of a draft. ``words``: places in the canonical text; ``names``: runs of capitalised words.

    ``sent`` is the field as sent, ``lower`` its canonical text in small letters. ``bare``: typed without any mark.
    """

    field: DraftField
    sent: str
    canon: Canonical
    lower: str
    words: list[tuple[int, int]]
    runs: list[Run]
    names: list[Run]
    bare: bool

    @classmethod
    def of(cls, field: DraftField, text: str) -> DraftText:
        """Read a field."""
        # Cut between words: a letter may have its marks behind it.
        canon = canonical_with_offsets(text if len(text) <= READ else text[:READ].rpartition(" ")[0])
        words = [match.span() for match in _WORD.finditer(canon.text)]
        # In a headline all in capitals no letter tells of a name.
        runs = [] if canon.text.isupper() else list(_runs(canon.text, words))
        names = [one for one in _names(canon.text, words, runs) if one.last - one.first <= MOST_WORDS]
        return cls(field, text, canon, lower_case(canon.text), words, runs, names, not has_diacritics(canon.text))

    def text(self, run: Run) -> str:
        """The words of a run as canonical text, whatever stands between them included."""
        return self.canon.text[slice(*self.span(run))]

    def key(self, run: Run) -> str:
        """What a run is compared by: in small letters."""
        return self.lower[slice(*self.span(run))]

    def span(self, run: Run) -> tuple[int, int]:
        """Where a run stands in the canonical text."""
        return self.words[run.first][0], self.words[run.last - 1][1]

    def mention(self, run: Run) -> Mention:
        """Where a run stands in the field as sent."""
        start, end = self.canon.source(*self.span(run))
        return Mention(self.field, start, end)

    def phrases(self) -> set[str]:
        """The key of every run that could be a tag."""
        starts, ends = [start for start, _ in self.words], [end for _, end in self.words]
        reach = [1] * len(starts)
        for at in range(len(starts) - 2, -1, -1):
            if _WITHIN.fullmatch(self.lower, ends[at], starts[at + 1]):
                reach[at] += reach[at + 1]
        lower = self.lower
        return {
            lower[start:end]
            for length in range(1, MOST_WORDS + 1)
            for start, end, most in zip(starts, ends[length - 1 :], reach, strict=False)
            if length <= most
        }

    def places(self, key: str) -> Iterator[Run]:
        """Where a key stands, word for word."""
        at = self.lower.find(key)
        while at >= 0:
            first = bisect_left(self.words, (at, at))
            last = bisect_left(self.words, (at + len(key), 0))
            if first < last and self.span(Run(first, last)) == (at, at + len(key)):
                yield Run(first, last)
            at = self.lower.find(key, at + 1)

    def in_other_name(self, run: Run) -> bool:
        """Whether a run is but a part of a longer name: "Hải Phòng" in "Trần Hải Phòng"; not in "Vải Hải Phòng", where
        the sentence gave the letter.
        """
        for one in self.runs:
            if one.first < run.last and run.first < one.last:
                first = one.first
                if run.first == first + 1 and run.last - run.first > 1 and self._letter_of_sentence(first):
                    first = run.first
                return first < run.first or one.last > run.last
        return False

    def _letter_of_sentence(self, at: int) -> bool:
        opens = _begins_sentence(self.canon.text, self.words, at)
        return opens and self.lower[slice(*self.words[at])] not in _SURNAMES

    def capitalised(self, run: Run) -> bool:
        """Whether its last word begins with a large letter, or a digit."""
        return not self.canon.text[self.words[run.last - 1][0]].islower()

    def is_small(self, run: Run) -> bool:
        """Whether it is one word that begins with a small letter."""
        return run.last - run.first == 1 and not self.capitalised(run)

    def quoted(self) -> list[tuple[int, int]]:
        """Places in the canonical text of what somebody said, from sign to sign."""
        found, start = [], 0
        for line in self.canon.text.split("\n"):
            found += [
                (start + one.opening, start + one.closing + 1)
                for one in enclosures(line)
                if line[one.opening] not in "(["
            ]
            start += len(line) + 1
        return found


def draft_texts(draft: Article) -> list[DraftText]:
    """The fields that say something, in their order."""
    fields: tuple[tuple[DraftField, str], ...] = (("title", draft.title), ("sapo", draft.sapo), ("body", draft.body))
    return [DraftText.of(name, text) for name, text in fields if text.strip()]


@lru_cache(maxsize=500)
def plain(text: str) -> str:
    """Canonical, in small letters; remembered, as ``names_in``."""
    return lower_case(canonical(text))


@lru_cache(maxsize=500)
def names_in(text: str) -> frozenset[str]:
    """The keys of every run of words that is no part of a longer name; remembered, since names are sought in turn."""
    read = DraftText.of("title", text)
    return frozenset(key for key in read.phrases() if any(not read.in_other_name(run) for run in read.places(key)))


def _runs(text: str, words: list[tuple[int, int]]) -> Iterator[Run]:
    """Capitalised words in a row, and digits behind them, without what only precedes a name."""
    at = 0
    while at < len(words):
        if not text[words[at][0]].isupper():
            at += 1
            continue
        last = at + 1
        while (
            last < len(words)
            and text[words[last - 1][1] : words[last][0]] in _WITHIN_NAME
            and (text[words[last][0]].isupper() or text[words[last][0]].isdecimal())
        ):
            last += 1
        first = at
        opens = _begins_sentence(text, words, at)
        while first < last - 1 and _precedes(text[slice(*words[first])], opens=opens):
            first += 1
        yield Run(first, last)
        at = last


def _names(text: str, words: list[tuple[int, int]], runs: list[Run]) -> Iterator[Run]:
    """Runs of two words or more; where one begins a sentence, without a first word that has its letter from there."""
    keys = [text[words[run.first][0] : words[run.last - 1][1]].casefold() for run in runs]
    seen = Counter(keys)
    for run, key in zip(runs, keys, strict=True):
        first = run.first
        if _begins_sentence(text, words, first) and seen[key] == 1:
            rest = text[words[first + 1][0] : words[run.last - 1][1]].casefold() if run.last - first > 1 else ""
            if seen[rest] and text[slice(*words[first])].casefold() not in _SURNAMES:
                first += 1
        if run.last - first >= 2 and not _broken(text, words, Run(first, run.last)):
            yield Run(first, run.last)


def _broken(text: str, words: list[tuple[int, int]], run: Run) -> bool:
    """Whether two words are no name, or not all of one: "Nghị 20 triệu", "Cục Hàng hải"."""
    if run.last - run.first > 2:
        return False
    first, second = (text[slice(*words[at])] for at in (run.first, run.first + 1))
    goes_on = run.last < len(words) and text[words[run.last - 1][1] : words[run.last][0]] == " "
    return (second.isdecimal() and not first.isupper()) or (goes_on and first.casefold() in _BODIES)


def _precedes(word: str, *, opens: bool) -> bool:
    return word in _BEARERS or (opens and word.casefold() in _OPENERS)


def _begins_sentence(text: str, words: list[tuple[int, int]], at: int) -> bool:
    return at == 0 or _SENTENCE_END.search(text[words[at - 1][1] : words[at][0]].rstrip(" ")) is not None
