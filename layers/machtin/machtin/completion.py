"""Completions while typing: which headlines go on from what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from machtin.vietnamese import fold, syllables


def goes_on(title: str, typed: Sequence[str]) -> bool:
    """Whether the headline has the typed syllables in a row, the last one perhaps only begun.

    A typed mark must stand there, a missing one is forgiven.
    """
    words = syllables(title)
    return any(_fits(words[at : at + len(typed)], typed) for at in range(len(words) - len(typed) + 1))


def _fits(words: Sequence[str], typed: Sequence[str]) -> bool:
    *whole, begun = zip(words, typed, strict=True)
    return all(_is(word, syllable) for word, syllable in whole) and _begins(*begun)


def _is(word: str, typed: str) -> bool:
    return word == typed or fold(word) == typed


def _begins(word: str, typed: str) -> bool:
    return word.startswith(typed) or fold(word).startswith(typed)
