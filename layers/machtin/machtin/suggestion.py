"""Did you mean: the query as it was probably meant, where hardly anything has its words as they were typed.

Only plain words are corrected, never what stands in quotes, behind a minus or behind a field's name. A corrected word
is spelt as an article spells it that the corrected query finds within the filters: nothing is suggested that they hide,
or that was taken down.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from machtin.answers import Highlights
from machtin.article import Article
from machtin.english_words import TAKEN_FOR_TELEX
from machtin.keystrokes import decoded
from machtin.misspelling import meant
from machtin.orthography import is_folded_syllable, is_syllable
from machtin.ports import ArticleIndex, Filters, Retrieval
from machtin.vietnamese import (
    canonical,
    canonical_with_offsets,
    fold,
    fold_syllables,
    has_diacritics,
    syllables,
    syllables_with_spans,
)

# Queries of more words are pasted, not typed.
MOST_WORDS: Final = 20
# Articles found by the corrected query whose spelling is read.
READ: Final = 5
# Of the articles that have a word beside the same one as in the query, how many must spell it alike.
SURE: Final = 0.6
_QUOTES: Final = '"“”„‟«»'
# A list of signs without spaces ("-bóng,-vàng", see query_syntax) is left alone up to the next quote in it.
_UP_TO_QUOTE: Final = rf"(?:(?![,;]++-?(?:[^\W\d_][\w-]*:)?[{_QUOTES}])\S)"
_NOT_PLAIN: Final = re.compile(
    rf"(?<![^\s(\[,;])-?(?:[^\W\d_][\w-]*:)?[{_QUOTES}][^{_QUOTES}]*(?:[{_QUOTES}]|\Z)(?:[,;]+-[^\W\d_]{_UP_TO_QUOTE}*)?"
    rf"|(?<![^\s(\[])[(\[,;]*+-\w{_UP_TO_QUOTE}*|(?<!\w)[^\W\d_][\w-]*:{_UP_TO_QUOTE}+"
)


class Word(NamedTuple):
    """A plain word of a query in canonical lower case, and where it was typed."""

    text: str
    start: int
    end: int


def plain_words(typed: str) -> list[Word]:
    """The words of a query that may be corrected."""
    spelt = canonical_with_offsets(typed)
    kept = [spelt.source(*match.span()) for match in _NOT_PLAIN.finditer(spelt.text)]
    words = [Word(text, *span) for text, span in zip(*syllables_with_spans(typed), strict=True)]
    return [word for word in words if not any(start < word.end and word.start < end for start, end in kept)]


def recovered(index: ArticleIndex, typed: str) -> str | None:
    """The query that keys of an input method (Telex, VNI) stand for, where they can have been meant for nothing else.

    Each such word is in no article, the one that it stands for is, and there are more of them than of words of other
    languages: English ones ("last list"), and what no Vietnamese syllable is written like ("car accident"). What one
    key alone would change is left to ``suggestion`` where it is a query's only word ("bus", "teen"), or ends in a digit
    ("phát thải CO2").
    """
    words = plain_words(typed)
    read = {word: made for word in words if (made := decoded(word.text))}
    if not read or len(words) > MOST_WORDS:
        return None
    seen = index.occurrences([text for word, made in read.items() for text in (word.text, made)])
    sure = {
        word: made
        for (word, made), typed_as, there in zip(read.items(), seen[::2], seen[1::2], strict=True)
        if not typed_as and there
    }
    english = sum(word.text in TAKEN_FOR_TELEX for word in sure)
    if len(sure) - english <= english + sum(word not in sure and _is_foreign(word.text) for word in words):
        return None
    if len(sure) == 1:
        ((word, made),) = sure.items()
        by_one_key = len(word.text) == len(made) + 1
        if by_one_key and (len(words) == 1 or word.text[-1].isdigit()):
            return None
    return _replaced(typed, sure)


def _is_foreign(text: str) -> bool:
    return text.isalpha() and not (is_folded_syllable(text) or is_syllable(text))


def suggestion(
    index: ArticleIndex, typed: str, filters: Filters, hits: Iterable[tuple[Article, Highlights]]
) -> str | None:
    """What was probably meant; None where the query is fine, or nothing better is known.

    ``hits`` are the first that the query found: a query whose every word stands in them is fine, and costs nothing.
    """
    words = plain_words(typed)
    if not words or len(words) > MOST_WORDS:
        return None
    missing = {word.text for word in words} - _standing(hits, words)
    if not missing:
        return None
    texts = [word.text for word in words]
    suspects = [text in missing and not text[0].isdigit() for text in texts]
    better = meant(texts, suspects, index.count(), index.occurrences)
    changed = {
        word: _as_decoded(word, folded) for word, folded in zip(words, better, strict=True) if folded is not None
    }
    if not changed:
        return None
    found = _articles(index, " ".join(changed.get(word, word.text) for word in words), filters)
    spelt = _spelt(words, changed, found, restore=not has_diacritics(typed))
    return _replaced(typed, spelt) if spelt.keys() >= changed.keys() else None


def _as_decoded(word: Word, folded: str) -> str:
    """With the marks that its keys stand for, where it was meant as that."""
    read = decoded(word.text)
    return read if read is not None and fold(read) == folded else folded


def _standing(hits: Iterable[tuple[Article, Highlights]], words: Sequence[Word]) -> set[str]:
    """Those of the words that stand in the hits; what is highlighted tells."""
    wanted = {word.text for word in words}
    standing: set[str] = set()
    for article, spans in hits:
        for text, marked in ((article.title, spans.title), (article.sapo, spans.sapo), (article.body, spans.body)):
            for published in {text[span.start : span.end] for span in marked}:
                spelt = canonical(published).lower()
                standing |= wanted & {spelt, fold(spelt)}
            if standing == wanted:
                return standing
    return standing


def _articles(index: ArticleIndex, text: str, filters: Filters) -> list[Article]:
    ids = index.retrieve(Retrieval(text=text, vector=None, size=READ, filters=filters)).lexical.ids
    entries = index.get(ids) if ids else {}
    return [entries[one].article for one in ids if one in entries]


def _spelt(
    words: Sequence[Word], changed: dict[Word, str], found: Sequence[Article], *, restore: bool
) -> dict[Word, str]:
    """How the articles spell the changed words, and all others too where none was typed with marks (``restore``)."""
    wanted = [fold(changed.get(word, word.text)) for word in words]
    syllables_wanted = {part for one in wanted for part in one.split()}
    alone: Counter[tuple[str, str]] = Counter()
    beside: Counter[tuple[str, str]] = Counter()
    for article in found:
        texts = syllables("\n".join((article.title, article.sapo, article.body)))
        folded = fold_syllables(texts)
        alone.update((bare, text) for bare, text in zip(folded, texts, strict=True) if bare in syllables_wanted)
        for (left, right), (text, following) in zip(pairwise(folded), pairwise(texts), strict=True):
            if left in syllables_wanted and right in syllables_wanted:
                beside[f"{left} {right}", text] += 1
                beside[f"{left} {right}", " " + following] += 1
    parts = [part for one in wanted for part in one.split()]
    chosen: dict[Word, str] = {}
    place = 0
    for word, one in zip(words, wanted, strict=True):
        keys = changed.get(word, "")
        spelling = []
        for part in one.split():
            before, after = ("", *parts, "")[place], ("", *parts, "")[place + 2]
            place += 1
            options = [text for bare, text in alone if bare == part and (text == keys or not has_diacritics(keys))]
            near = {text: beside[f"{part} {after}", text] + beside[f"{before} {part}", " " + text] for text in options}
            if not options:
                break
            best = max(options, key=lambda text: (near[text], alone[part, text], text))
            # Without marks rather than with wrong ones, where no article has the word beside these.
            sure = near[best] > SURE * sum(near.values()) or len(parts) == 1 or not restore or keys == best
            spelling.append(best if sure else part)
        else:
            if word in changed or restore:
                chosen[word] = " ".join(spelling)
    return chosen


def _replaced(typed: str, words: dict[Word, str]) -> str:
    """The query with these words in place of those typed, as large as those were."""
    parts, done = [], 0
    for word, text in sorted(words.items(), key=lambda pair: pair[0].start):
        published = typed[word.start : word.end]
        if len(published) > 1 and published.isupper():
            text = text.upper()
        elif published[:1].isupper():
            text = text[:1].upper() + text[1:]
        parts += [typed[done : word.start], text]
        done = word.end
    return "".join([*parts, typed[done:]])
