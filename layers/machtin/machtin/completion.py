"""Completions while typing: headlines that go on from what was typed, and the phrases that those headlines go on with.

Phrases are taken from the headlines found, and so from live articles within the filters alone: what was taken down, or
what a filter hides, is never shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from machtin.keystrokes import decoded
from machtin.vietnamese import canonical, fold_syllables, syllables, syllables_with_spans

if TYPE_CHECKING:
    from machtin.ports import ArticleIndex, Completion, Filters

# Headlines that phrases are counted in, the newest; more of them would tell of what news were about long ago.
LOOKED_AT: Final = 60
MAX_PHRASES: Final = 4
# Of an archive's latest headlines a phrase must stand in two to be one.
LEAST_HEADLINES: Final = 2
# Syllables beyond the begun one that a phrase may have, and the share of a phrase's headlines in which it goes on so.
BEYOND: Final = 3
GOES_ON_SHARE: Final = 0.5
# What was typed may stand anywhere among a headline's first words, so many; longer headlines are cut there.
LONGEST: Final = 20
# No phrase ends with one of these: it would end in mid-air.
_OPEN_ENDS: Final = frozenset(
    "và của là các những cho với từ đến tại trong ngoài trên dưới vì do bị được sẽ đã đang không có để về ở ra khi như "
    "một hai ba mỗi này đó theo sau trước qua bằng hay hoặc thì mà nếu nhiều vào lên thêm cùng giữa "
    "lần rồi nên mới còn chưa phải".split()
)


@dataclass(frozen=True, slots=True)
class Typed:
    """Syllables as typed; the last is perhaps only begun, but not where something that ends a word follows it."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    begun: bool

    @classmethod
    def of(cls, text: str) -> Typed:
        """Of what stands in the search box."""
        words = syllables(text)[:LONGEST]
        return cls(tuple(words), tuple(fold_syllables(words)), begun=canonical(text)[-1:].isalnum())

    def place(self, title: str) -> int | None:
        """Where they first stand in a row; a typed mark must stand there, a missing one is forgiven."""
        words, bare, _ = _read(title)
        length = len(self.words)
        first, alone = self.folded[0], self.begun and length == 1
        for at in range(len(words) - length + 1):
            begins = bare[at].startswith(first) if alone else bare[at] == first
            if begins and all(map(self._fits, range(length), words[at : at + length], bare[at:])):
                return at
        return None

    def _fits(self, at: int, word: str, bare: str) -> bool:
        typed = self.words[at]
        if self.begun and at == len(self.words) - 1:
            return bare.startswith(typed) or word.startswith(typed)
        return typed in (bare, word)


class _Read(NamedTuple):
    """A headline's syllables, the same without marks, and where they stand."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


@lru_cache(maxsize=2_000)
def _read(title: str) -> _Read:
    """Remembered: the latest headlines are looked at again with each letter typed."""
    words, spans = syllables_with_spans(title)
    return _Read(tuple(words), tuple(fold_syllables(words)), tuple(spans))


@dataclass(frozen=True, slots=True)
class Completions:
    """Phrases, the most usual first; headlines, those that begin with what was typed first, then the newest."""

    phrases: list[str]
    headlines: list[Completion]


def complete(index: ArticleIndex, text: str, filters: Filters, size: int) -> Completions:
    """What may be meant by what stands in the search box so far, ``size`` headlines at most.

    Where nothing goes on from it, keys of an input method that was off are read as the words they stand for.
    """
    found = _complete(index, text, filters, size)
    if not found.headlines and (meant := _decoded(text)):
        return _complete(index, meant, filters, size)
    return found


def _complete(index: ArticleIndex, text: str, filters: Filters, size: int) -> Completions:
    typed = Typed.of(text)
    if not typed.words or size <= 0:
        return Completions([], [])
    found = index.headlines(typed, filters, size, LOOKED_AT)
    opening = {one.id: one for one in found.opening if typed.place(one.title) == 0}
    placed = [(one, typed.place(one.title)) for one in found.anywhere]
    anywhere = [(one, place) for one, place in placed if place is not None]
    beyond = [one for one, _ in anywhere if one.id not in opening]
    return Completions(
        _phrases(typed, ((one.title, place) for one, place in anywhere)), [*opening.values(), *beyond][:size]
    )


def _decoded(text: str) -> str | None:
    words = syllables(text)
    read = [decoded(word) or word for word in words]
    return " ".join(read) if read != words else None


def _phrases(typed: Typed, headlines: Iterable[tuple[str, int]]) -> list[str]:
    """What most headlines go on with, each phrase as far as half of its headlines bear it out."""
    spelt: dict[tuple[str, ...], list[tuple[str, bool]]] = {}
    for title, place in headlines:
        for phrase, published in _runs(typed, title, place):
            spelt.setdefault(phrase, []).append((published, not place))
    counts = {
        phrase: len(spellings)
        for phrase, spellings in spelt.items()
        if len(spellings) >= LEAST_HEADLINES and phrase[-1] not in _OPEN_ENDS
    }
    cut_short = {
        longer[:length]
        for longer, count in counts.items()
        for length in range(1, len(longer))
        if count >= GOES_ON_SHARE * counts.get(longer[:length], 0)
    }
    whole = counts.keys() - cut_short
    best = sorted(whole, key=lambda phrase: (-counts[phrase], -len(phrase), phrase))
    return [_usual(spelt[phrase]) for phrase in best if phrase != typed.words][:MAX_PHRASES]


def _usual(spellings: Iterable[tuple[str, bool]]) -> str:
    """The most usual way to spell a phrase in mid-sentence, of those published, at the start of a headline or not."""
    told = Counter(_in_mid_sentence(published, at_start=at_start) for published, at_start in spellings)
    return told.most_common(1)[0][0]


def _runs(typed: Typed, title: str, place: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """The runs of syllables that begin where the typed ones do, once each, and how they are spelt there."""
    words, _, spans = _read(title)
    if len(words) != len(spans):
        return
    first = place + len(typed.words)
    for end in range(first, min(len(words), first + BEYOND) + 1):
        if end > place + 1 and not title[spans[end - 2][1] : spans[end - 1][0]].isspace():
            return
        yield words[place:end], title[spans[place][0] : spans[end - 1][1]]


def _in_mid_sentence(published: str, *, at_start: bool) -> str:
    """A headline's first letter is large for its place; that of a name stays, whose every syllable has one."""
    if not at_start or (len(words := published.split()) > 1 and all(word[0].isupper() for word in words)):
        return published
    return published if published.isupper() else published[0].lower() + published[1:]
