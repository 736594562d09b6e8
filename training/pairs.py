"""The kinds of text pairs that a training step may draw, and how each is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexicon import EnglishLexicon
from token_store import Ids, Texts, TokenBags, TokenStore, bags_of

Pair = tuple[Ids, Ids]


@dataclass(frozen=True)
class Batch:
    """Pairs, each text a negative of the other queries, and further texts that are negatives of all."""

    pairs: list[Pair]
    others: list[Ids]

    def bags(self) -> TokenBags:
        """Queries, then their texts, then the others."""
        return bags_of([*(query for query, _ in self.pairs), *(text for _, text in self.pairs), *self.others])


BARE_SHARE = 0.3  # of the queries lose their diacritics
ENGLISH_SHARE = 0.12  # of the queries are put into English word by word
KEPT_SHARE = 0.5  # of the spans stay in the text that they were taken from
ONE_SET_SHARE = 0.3  # of the question batches come from one set of questions: its passages are harder to tell apart
DROPPED = 0.05  # of the tokens of queries and texts are left out
KINDS = {
    "title_body": 2.0,
    "sapo_body": 1.0,
    "span_body": 1.0,
    "title_article": 1.0,
    "translation": 1.5,
    "dictionary": 0.3,
    "question": 1.0,
    "span_passage": 0.7,
}


@dataclass(frozen=True)
class HeldOut:
    """What training leaves aside to tune on: questions (with their passages) and sentence pairs."""

    questions: NDArray[np.bool_]
    passages: NDArray[np.bool_]
    translations: NDArray[np.bool_]


def hold_out(store: TokenStore, seed: int) -> HeldOut:
    """One passage in twenty with its questions, and the last 2,000 pairs of the news translations."""
    random = np.random.default_rng(seed)
    passages = random.random(len(store.passages)) < 0.05
    translations = np.zeros(len(store.english), dtype=np.bool_)
    news = np.flatnonzero(store.document_of_pair == 0)
    translations[news[-2_000:]] = True
    return HeldOut(passages[store.passage_of_question], passages, translations)


class PairSource:
    """Draws batches of (query, text) token arrays; the same seed draws the same pairs."""

    def __init__(self, store: TokenStore, lexicon: EnglishLexicon, held_out: HeldOut, seed: int) -> None:
        self._store = store
        self._lexicon = lexicon
        self._random = np.random.default_rng(seed)
        body_lengths = store.bodies.lengths()
        self._articles = np.flatnonzero((body_lengths >= 40) & (store.titles.written.lengths() >= 3))
        self._questions = np.flatnonzero(~held_out.questions)
        self._passages = np.flatnonzero(~held_out.passages & (store.passages.lengths() >= 40))
        self._translations = np.flatnonzero(~held_out.translations)
        self._held_out = held_out
        self._draw: dict[str, Callable[[int], list[Pair]]] = {
            "title_body": self._title_body,
            "sapo_body": self._sapo_body,
            "span_body": self._span_body,
            "title_article": self._title_article,
            "translation": self._translation,
            "dictionary": self._dictionary,
            "question": self._question,
            "span_passage": self._span_passage,
        }

    def batch(self, kind: str, size: int) -> Batch:
        pairs = [pair for pair in self._draw[kind](size) if len(pair[0]) and len(pair[1])]
        return Batch([(self._thinned(query), self._thinned(text)) for query, text in pairs], self._others(kind, size))

    def _thinned(self, tokens: Ids) -> Ids:
        kept = tokens[self._random.random(len(tokens)) >= DROPPED]
        return kept if len(kept) else tokens

    def _others(self, kind: str, size: int) -> list[Ids]:
        if kind in ("question", "span_passage"):
            return [self._store.passages[place][:400] for place in self._pick(self._passages, size)]
        if kind in ("translation", "dictionary"):
            return []
        return [self._part(self._store.bodies[place], 60, 220) for place in self._pick(self._articles, size)]

    def _pick(self, places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
        return self._random.choice(places, min(size, len(places)), replace=False)

    def _varied(self, texts: Texts, place: int) -> Ids:
        draw = self._random.random()
        if draw < BARE_SHARE:
            return texts.bare[place]
        written = texts.written[place]
        return self._lexicon.translate(written, self._random) if draw > 1 - ENGLISH_SHARE else written

    def _varied_span(self, tokens: Ids) -> Ids:
        draw = self._random.random()
        if draw < BARE_SHARE:
            return np.concatenate([self._store.bare_pieces[token] for token in tokens])
        return self._lexicon.translate(tokens, self._random) if draw > 1 - ENGLISH_SHARE else tokens

    def _title_body(self, size: int) -> list[Pair]:
        lengths = self._random.integers(50, 220, size)
        return [
            (self._varied(self._store.titles, place), self._store.bodies[place][:length])
            for place, length in zip(self._pick(self._articles, size), lengths, strict=True)
        ]

    def _sapo_body(self, size: int) -> list[Pair]:
        return [
            (self._varied(self._store.sapos, place), self._part(self._store.bodies[place], 60, 250))
            for place in self._pick(self._articles, size)
        ]

    def _title_article(self, size: int) -> list[Pair]:
        return [
            (
                self._varied(self._store.titles, place),
                np.concatenate([self._store.sapos.written[place], self._part(self._store.bodies[place], 30, 200)]),
            )
            for place in self._pick(self._articles, size)
        ]

    def _part(self, tokens: Ids, shortest: int, longest: int) -> Ids:
        length = int(self._random.integers(shortest, longest))
        first = int(self._random.integers(0, max(1, len(tokens) - length)))
        return tokens[first : first + length]

    def _span_and_rest(self, tokens: Ids) -> Pair:
        length = min(int(self._random.integers(6, 25)), len(tokens) // 3)
        first = int(self._random.integers(0, len(tokens) - length))
        span = self._varied_span(tokens[first : first + length])
        if self._random.random() < KEPT_SHARE:
            return span, tokens
        return span, np.concatenate([tokens[:first], tokens[first + length :]])

    def _span_body(self, size: int) -> list[Pair]:
        return [
            self._span_and_rest(self._part(self._store.bodies[place], 100, 250))
            for place in self._pick(self._articles, size)
        ]

    def _span_passage(self, size: int) -> list[Pair]:
        return [self._span_and_rest(self._store.passages[place][:250]) for place in self._pick(self._passages, size)]

    def _question(self, size: int) -> list[Pair]:
        """Questions with their passages; no passage twice, for it would be its own negative."""
        drawn = self._random.permutation(self._questions_of_some_set())[: 2 * size]
        _, first = np.unique(self._store.passage_of_question[drawn], return_index=True)
        chosen = drawn[np.sort(first)][:size]
        return [
            (
                self._varied(self._store.questions, place),
                self._store.passages[self._store.passage_of_question[place]][:400],
            )
            for place in chosen
        ]

    def _questions_of_some_set(self) -> NDArray[np.int64]:
        if self._random.random() >= ONE_SET_SHARE:
            return self._questions
        sets = self._store.set_of_question[self._questions]
        chances = np.sqrt(np.bincount(sets))
        return self._questions[sets == self._random.choice(len(chances), p=chances / chances.sum())]

    def _translation(self, size: int) -> list[Pair]:
        """One English sentence with its own, or up to three in a row, against as many or more around them."""
        pairs: list[Pair] = []
        for place in self._pick(self._translations, size):
            before, after = (int(n) for n in self._random.integers(0, 3, 2))
            row = int(self._random.integers(1, 4))
            if self._random.random() < 0.4:
                before, after, row = 0, 0, 1
            first, last = self._within_document(place - before, place, place + row + after)
            end = min(place + row, last)
            pairs.append((self._store.english.span(place, end), self._store.vietnamese.span(first, last)))
        return pairs

    def _within_document(self, first: int, place: int, last: int) -> tuple[int, int]:
        def apart(other: int) -> bool:
            documents = self._store.document_of_pair
            return bool(documents[other] != documents[place] or self._held_out.translations[other])

        first, last = max(0, first), min(len(self._store.english), last)
        while first < place and apart(first):
            first += 1
        while last > place + 1 and apart(last - 1):
            last -= 1
        return first, last

    def _dictionary(self, size: int) -> list[Pair]:
        entries = self._pick(np.arange(len(self._store.dictionary_english)), size)
        return [(self._store.dictionary_english[e], self._store.dictionary_vietnamese[e]) for e in entries]
