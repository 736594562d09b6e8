"""The digest of an event: sentences of several articles as they were published, in order of time, facts said once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Final

import numpy as np

from machtin.article import Article
from machtin.contradictions import Said, contradictions
from machtin.cosine_scale import scale_of
from machtin.digest_answers import Contradiction, Digest, DigestSentence, NumberReport, source_of
from machtin.digest_choice import Pool, chosen
from machtin.digest_pairs import EventPairs, PairModel
from machtin.model_port import Embedder
from machtin.sapo_facts import only_in_sapos
from machtin.summary_candidates import Candidate, Field, antecedents, field_candidates
from machtin.summary_scoring import Scorer, Scores
from machtin.vietnamese import syllables

# Two sentences begin to say the same at the first of these cosines of the bundled model, and say it at the second.
# Below, they are as often two parts of a story as the same part twice.
NEAR: Final = 0.7
SAME: Final = 0.8
# Code points of a field that are read: three times a long news report. Readers wait for twenty of them.
LONGEST: Final = 12_000


@dataclass(frozen=True, slots=True)
class EventSentences:
    """What the articles of an event offer, lists of one length, first published first.

    ``offered``: the sentences of each body, or of the sapo where there is no body; ``sapos``: those of each sapo.
    """

    articles: Sequence[Article]
    sapos: Sequence[Sequence[Candidate]]
    offered: Sequence[Sequence[Candidate]]

    @classmethod
    def of(cls, articles: Sequence[Article]) -> EventSentences:
        """Of articles in any order."""
        told = sorted(articles, key=_moment)
        sapos = [_read("sapo", article.sapo) for article in told]
        bodies = [_read("body", article.body) for article in told]
        return cls(told, sapos, [body or sapo for body, sapo in zip(bodies, sapos, strict=True)])

    def pairs(self, scorer: Scorer) -> EventPairs:
        """The pairs of what is offered, told of by what the sentence scorer makes of it."""
        tokens = [[one.tokens for one in own] for own in self.offered]
        scores = [
            scorer.scores(syllables(article.title), own) - [one.discount for one in offered] if own else np.zeros(0)
            for article, own, offered in zip(self.articles, tokens, self.offered, strict=True)
        ]
        return EventPairs.of(tokens, scores, [one.tokens for one in chain.from_iterable(self.sapos)])

    def only_in_sapos(self, room: int | None, most: int | None) -> list[tuple[int, Candidate]]:
        """Sentences of sapos with a number that nothing offered gives, each with the index of its article."""
        return only_in_sapos(self.sapos, self.offered, room, most)

    def in_order(self, shown: Sequence[DigestSentence]) -> list[DigestSentence]:
        """As the articles were published, in each the sapo before the body."""
        place = {article.id: at for at, article in enumerate(self.articles)}
        return sorted(shown, key=lambda one: (place[one.source.id], one.field != "sapo", one.start))

    def whole(self) -> list[list[Candidate]]:
        """The sentences of each article, sapo and body."""
        return [
            [*sapo, *(one for one in own if one.field == "body")]
            for sapo, own in zip(self.sapos, self.offered, strict=True)
        ]


class EventDigester:
    """Implements model_port.Digester. Safe to share among threads."""

    def __init__(self, scorer: Scorer, embedder: Embedder | None = None, model: PairModel | None = None) -> None:
        """``embedder`` tells which sentences say the same in other words; ``model`` is the one that is shipped."""
        self._scorer = scorer
        self._embedder = embedder
        self._model = model or PairModel.load()

    def digest(self, articles: Sequence[Article], sentences: int | None, room: int | None) -> Digest:
        """At most so many sentences, and ``room`` syllables together.

        Of a sapo only where there is no body, or for a number that no body gives, as long as there is room left.
        """
        event = EventSentences.of(articles)
        pairs = event.pairs(self._scorer)
        likely = self._model.likelihood(pairs.features)
        pooled = [(article, one) for article, own in zip(event.articles, event.offered, strict=True) for one in own]
        pool = Pool(
            pairs.numbers,
            likely,
            [len(one.tokens) for _, one in pooled],
            self._antecedents(event),
            [one.fit for _, one in pooled],
            self._alike([one for _, one in pooled]),
        )
        taken = chosen(pool, sentences, room)
        shown = [
            _shown(*pooled[at], float(likely[pairs.numbers[at]].mean()) if len(pairs.numbers[at]) else 0.0)
            for at in taken
        ]
        left = None if room is None else room - sum(pool.lengths[at] for at in taken)
        most = None if sentences is None else sentences - len(taken)
        facts = [_shown(event.articles[at], one, 0.0) for at, one in event.only_in_sapos(left, most)]
        return Digest(
            event.articles, event.in_order([*shown, *facts]), self._contradictions(event.articles, event.whole())
        )

    @staticmethod
    def _antecedents(event: EventSentences) -> list[int | None]:
        behind: list[int | None] = []
        for own in event.offered:
            first = len(behind)
            behind += [None if at is None else first + at for at in antecedents(own)]
        return behind

    def _alike(self, pooled: Sequence[Candidate]) -> Callable[[int], Scores] | None:
        """How much of each sentence the one at an index says by meaning, 0 to 1."""
        if self._embedder is None or not pooled:
            return None
        vectors = self._embedder.embed([one.sentence.text for one in pooled])
        scale = scale_of(self._embedder)

        def alike(at: int) -> Scores:
            cosines = (vectors @ vectors[at]).astype(np.float64)
            if scale is not None:
                cosines = np.array([scale.of(float(cosine)) for cosine in cosines])
            said: Scores = np.clip((cosines - NEAR) / (SAME - NEAR), 0.0, 1.0)
            return said

        return alike

    def _contradictions(self, articles: Sequence[Article], whole: Sequence[Sequence[Candidate]]) -> list[Contradiction]:
        found = contradictions(whole, self._scorer.syllable_weights)
        return [Contradiction(about, [_report(articles, said) for said in numbers]) for about, numbers in found.items()]


def _read(field: Field, text: str) -> list[Candidate]:
    """The sentences of a field, of a very long one those of its beginning."""
    if len(text) <= LONGEST:
        return field_candidates(field, text)
    return field_candidates(field, text[:LONGEST])[:-1]  # the last may have been cut


def _moment(article: Article) -> tuple[bool, datetime]:
    """First published first; those without a date last, in the order given."""
    return article.published_at is None, article.published_at or datetime.min.replace(tzinfo=UTC)


def _shown(article: Article, chosen: Candidate, score: float) -> DigestSentence:
    text, start, end = chosen.sentence
    return DigestSentence(text, source_of(article), chosen.field, start, end, round(score, 6))


def _report(articles: Sequence[Article], said: Sequence[Said]) -> NumberReport:
    first = said[0]
    article, quantity = articles[first.article], first.quantity
    sentence = _shown(article, first.sentence, 0.0)
    start, end = sentence.start + quantity.start, sentence.start + quantity.end
    value = int(quantity.value) if quantity.value.is_integer() else quantity.value
    return NumberReport(value, sentence.text[quantity.start : quantity.end], start, end, sentence, len(said))
