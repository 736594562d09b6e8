"""What an article offers its summary: its sentences as published, without bylines, sources and picture credits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from machtin.article import Article
from machtin.sentences import Sentence, sentences
from machtin.summary_clauses import clauses
from machtin.summary_credits import credits_picture, is_credit, trimmed
from machtin.summary_fitness import Quotations, discount, is_fragment, leans_on_previous
from machtin.vietnamese import Canonical, canonical_with_offsets, syllables

Field = Literal["sapo", "body"]

# A news article has 18 sentences; a text of thousands is no news, and its summary need not wait for all of them.
MOST_SENTENCES: Final = 500
LONGEST_SENTENCE: Final = 2_000
"""Code points. What is longer is a text without full stops: its clauses may be shown where nothing else can."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be chosen. ``leans``: it opens with a word that needs the sentence before it.

    ``fit``: it is a whole sentence, which no quotation goes beyond; others are shown only where there is nothing else.
    ``discount``: what it loses as a question or as a call to the reader.
    """

    sentence: Sentence
    field: Field
    tokens: tuple[str, ...]
    leans: bool
    fit: bool = True
    discount: float = 0.0


def candidates(article: Article) -> list[Candidate]:
    """The sentences of the body or, where it has none to offer, of the sapo, in order."""
    return field_candidates("body", article.body) or field_candidates("sapo", article.sapo)


def field_candidates(field: Field, text: str) -> list[Candidate]:
    """The sentences of one field, in order."""
    # Rules read signs and letters in one spelling, whatever spaces and marks were published.
    canon = canonical_with_offsets(text)
    usable: list[Candidate] = []
    quotations = Quotations(canon.text)
    for sentence in _whole_or_clauses(canon.text):
        tokens = tuple(syllables(sentence.text))
        if is_credit(sentence.text, tokens):
            if usable and credits_picture(sentence.text) and _same_line(canon.text, usable[-1].sentence, sentence):
                usable.pop()  # its caption
        elif tokens:
            one = _candidate(field, sentence, tokens, quotations)
            if one.tokens:
                usable.append(one)
        if len(usable) == MOST_SENTENCES:
            break
    return [replace(one, sentence=_as_published(text, canon, one.sentence)) for one in usable]


def antecedents(offered: Sequence[Candidate]) -> list[int | None]:
    """Of each candidate of one article the one that it leans on, by index; itself where there is none before it."""
    return [max(at - 1, 0) if one.leans else None for at, one in enumerate(offered)]


def _candidate(field: Field, sentence: Sentence, tokens: tuple[str, ...], quotations: Quotations) -> Candidate:
    shown = trimmed(sentence)
    own = tokens if shown == sentence else tuple(syllables(shown.text))
    return Candidate(
        sentence=shown,
        field=field,
        tokens=own,
        leans=leans_on_previous(shown.text, own),
        fit=not (is_fragment(sentence.text, own) or quotations.cut_by(shown)),
        discount=discount(shown.text, own),
    )


def _as_published(text: str, canon: Canonical, sentence: Sentence) -> Sentence:
    start, end = canon.source(sentence.start, sentence.end)
    return Sentence(text[start:end], start, end)


def _same_line(text: str, before: Sentence, after: Sentence) -> bool:
    return not text[before.end : after.start].strip(" \t")


def _whole_or_clauses(text: str) -> Iterator[Sentence]:
    for sentence in sentences(text):
        if sentence.end - sentence.start <= LONGEST_SENTENCE:
            yield sentence
        else:
            yield from clauses(sentence)
