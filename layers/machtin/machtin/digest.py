"""The digest of an event: sentences of several articles as they were published, in order of time, facts said once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import Final

import numpy as np

from machtin.article import Article
from machtin.contradictions import Said, contradictions
from machtin.cosine_scale import scale_of
from machtin.digest_answers import Contradiction, Digest, DigestSentence, NumberReport, source_of
from machtin.model_port import Embedder
from machtin.summary_candidates import Candidate, Field, antecedents, field_candidates
from machtin.summary_choice import Choice, Offer
from machtin.summary_novelty import pairs_of
from machtin.summary_scoring import Scorer, Scores
from machtin.vietnamese import syllables

# What is added to the score of a sentence in its article; measured in docs/decisions/0024-digest-of-an-event.md. It
# loses for its place, by the logarithm, and gains by what the other articles say too and by its length up to LONG.
PLACE: Final = 0.15
SHARED: Final = 0.8
LENGTH: Final = 0.4
LONG: Final = 40
# Two sentences begin to say the same at the first of these cosines of the bundled model, and say it at the second.
NEAR: Final = 0.5
SAME: Final = 0.8
# Code points of a field that are read: three times a long news report. Readers wait for twenty of them.
LONGEST: Final = 12_000

Offered = Sequence[Sequence[Candidate]]


class EventDigester:
    """Implements model_port.Digester. Safe to share among threads."""

    def __init__(self, scorer: Scorer, embedder: Embedder | None = None) -> None:
        """``embedder`` tells which sentences say the same in other words."""
        self._scorer = scorer
        self._embedder = embedder

    def digest(self, articles: Sequence[Article], sentences: int | None, room: int | None) -> Digest:
        """At most so many sentences, and ``room`` syllables together; of a sapo only where there is no body."""
        told = sorted(articles, key=_moment)
        sapos = [_read("sapo", article.sapo) for article in told]
        bodies = [_read("body", article.body) for article in told]
        offered = [body or sapo for body, sapo in zip(bodies, sapos, strict=True)]
        whole = [[*sapo, *body] for sapo, body in zip(sapos, bodies, strict=True)]
        pooled = [(article, one) for article, own in zip(told, offered, strict=True) for one in own]
        scores = self._scores(told, offered, whole)
        choice = Choice(self._offer(offered, scores), self._scorer.selection, self._scorer.syllable_weights)
        if pooled:
            choice.take_up_to(sentences, room)
        chosen = [_shown(*pooled[at], float(scores[at])) for at in sorted(choice.taken)]
        return Digest(told, chosen, self._contradictions(told, whole))

    def _scores(self, articles: Sequence[Article], offered: Offered, whole: Offered) -> Scores:
        """One for each sentence that is offered; what is shared is looked for in the whole articles, sapo and body."""
        told_by = Counter(chain.from_iterable(pairs_of(one.tokens for one in own) for own in whole))
        others = max(len(articles) - 1, 1)
        scores: list[float] = []
        for article, own in zip(articles, offered, strict=True):
            if not own:
                continue
            alone = self._scorer.scores(syllables(article.title), [one.tokens for one in own])
            for at, (one, score) in enumerate(zip(own, alone, strict=True)):
                shared = _mean((told_by[pair] - 1) / others for pair in set(pairwise(one.tokens)))
                length = min(len(one.tokens), LONG) / LONG
                scores.append(score - one.discount - PLACE * math.log2(1 + at) + SHARED * shared + LENGTH * length)
        return np.array(scores, dtype=np.float64)

    def _offer(self, offered: Offered, scores: Scores) -> Offer:
        before: list[int | None] = []
        for own in offered:
            first = len(before)
            before += [None if at is None else first + at for at in antecedents(own)]
        pooled = list(chain.from_iterable(offered))
        return Offer([one.tokens for one in pooled], scores, before, [one.fit for one in pooled], self._alike(pooled))

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

    def _contradictions(self, articles: Sequence[Article], whole: Offered) -> list[Contradiction]:
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


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return sum(every) / len(every) if every else 0.0


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
