"""Extractive summaries: sentences of the article as they were published, chosen by what they say and beside what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from machtin.answers import Silence, SummarySentence
from machtin.article import Article
from machtin.model_port import Embedder
from machtin.summary_candidates import Candidate, antecedents, field_candidates
from machtin.summary_choice import Choice, Leaning, Offer, Sets
from machtin.summary_nearness import Nearness
from machtin.summary_novelty import coverage, novelty, pairs_of
from machtin.summary_push import in_one_line
from machtin.summary_request import GENERAL, PUSH_SYLLABLES, Summary, SummaryRequest
from machtin.summary_scoring import MODEL_FILE, Reading, Scorer, Scores, SentenceScorer
from machtin.summary_version import summarizer_version
from machtin.vietnamese import syllables

BULLETS: Final = 3
"""Sentences of a summary in bullets without a length asked for."""

# The best sentence of an article scores 0.25 more than the middle one: one that holds the whole query overtakes any
# that does not.
_QUERY_BONUS: Final = 1.2
# Beside a sapo a sentence loses what the sapo says of it, and is no news when the sapo says so much.
_KNOWN: Final = 1.5
_NO_NEWS: Final = 0.6


class ExtractiveSummarizer:
    """Implements model_port.Summarizer. Safe to share among threads."""

    def __init__(self, scorer: Scorer, embedder: Embedder | None = None) -> None:
        """``embedder`` brings a query nearer to sentences that say it in other words, or in another language."""
        self._scorer = scorer
        self._embedder = embedder

    @classmethod
    def load(cls, path: Path = MODEL_FILE, *, embedder: Embedder | None = None) -> ExtractiveSummarizer:
        """With the scorer of a file, by default the one that is shipped; raises ModelError."""
        return cls(SentenceScorer.load(path), embedder)

    @property
    def version(self) -> str:
        """Changes with the weights that are shipped and with the rules; see machtin.summary_version."""
        return summarizer_version()

    def summarize(self, article: Article, request: SummaryRequest = GENERAL) -> Summary:
        """Sentences of the body, or of the sapo where the body has none or ``request.mode`` asks for it."""
        body = field_candidates("body", article.body)
        sapo = field_candidates("sapo", article.sapo) if request.mode != "general" or not body else []
        if not body or not sapo:
            request = replace(request, mode="general")
            body, sapo = body or sapo, []
        if not body:
            return Summary((), relevant=False if request.asked else None, silence="no_sentence")
        known = sapo if request.mode == "sapo+" else []
        reading = self._scorer.read(syllables(article.title), [one.tokens for one in body])
        scores, relevant = self._adjusted(reading.scores, body, known, request)
        if request.form == "push":
            line = self._line(article, body, sapo, scores, request)
            return Summary(line, request.mode, relevant, silence=None if line else "no_line")
        first = _within(known, request)
        added = self._chosen(body, reading, scores, sapo, first, request)
        chosen = [*(_shown(one, 1.0) for one in first), *(_shown(body[at], float(scores[at])) for at in added)]
        silence = None if chosen else self._silence(body, reading, scores, sapo, known, request)
        if request.mode == "general":
            return Summary(chosen, request.mode, relevant, silence=silence)
        new, said = [body[at].tokens for at in added], [one.tokens for one in sapo]
        return Summary(
            chosen,
            request.mode,
            relevant,
            novelty(new, said),
            coverage([*new, *said], [one.tokens for one in body]),
            silence,
        )

    def _adjusted(
        self, scores: Scores, body: Sequence[Candidate], known: Sequence[Candidate], request: SummaryRequest
    ) -> tuple[Scores, bool | None]:
        """The scores for what is asked, and whether the article speaks of the query."""
        scores = scores - np.array([one.discount for one in body])
        if request.asked is None:
            return scores, None
        near = Nearness(request.asked, [*known, *body], self._scorer.syllable_weights, self._embedder)
        if near.relevant:
            scores = scores + _QUERY_BONUS * near.values[len(known) :]
        return scores, near.relevant

    def _chosen(
        self,
        body: Sequence[Candidate],
        reading: Reading,
        scores: Scores,
        sapo: Sequence[Candidate],
        first: Sequence[Candidate],
        request: SummaryRequest,
    ) -> list[int]:
        """Indexes of chosen sentences of the body, in its order; ``first`` has been shown already."""
        sentences, room = request.sentences, request.syllables
        if request.form == "bullets" and sentences is None and room is None:
            sentences = len(first) + BULLETS
        sentences = None if sentences is None else sentences - len(first)
        room = None if room is None else room - sum(len(one.tokens) for one in first)
        fit = [one.fit for one in body]
        if sapo:
            known = _known(body, sapo)
            scores = scores - _KNOWN * known
            fit = [own and share < _NO_NEWS for own, share in zip(fit, known, strict=True)]
        offer = Offer([one.tokens for one in body], scores, antecedents(body), fit)
        leaning: Leaning = "never" if request.form == "bullets" else "with antecedent"
        weights = self._scorer.syllable_weights
        choice = Choice(offer, self._scorer.selection, weights, leaning=leaning, fall_back=not sapo)
        if sentences is None and room is None:
            adjusted = scores - reading.scores

            def together(sets: Sets) -> Scores:
                one, other = zip(*sets, strict=True)
                return reading.together(sets) + np.minimum(adjusted[list(one)], adjusted[list(other)])

            choice.take_usual(together)
        else:
            choice.take_up_to(sentences, room)
        return sorted(choice.taken)

    def _silence(
        self,
        body: Sequence[Candidate],
        reading: Reading,
        scores: Scores,
        sapo: Sequence[Candidate],
        known: Sequence[Candidate],
        request: SummaryRequest,
    ) -> Silence:
        """Why nothing was chosen: a longer summary would have something, or not even that."""
        anyhow = replace(request, sentences=None, syllables=None)
        longer = _within(known, anyhow) or self._chosen(body, reading, scores, sapo, (), anyhow)
        return "no_room" if longer else "nothing_new"

    def _line(
        self,
        article: Article,
        body: Sequence[Candidate],
        sapo: Sequence[Candidate],
        scores: Scores,
        request: SummaryRequest,
    ) -> list[SummarySentence]:
        """The one sentence, or the beginning of one, that says most; of the sapo where the body is beside it."""
        most = min(PUSH_SYLLABLES, request.syllables or PUSH_SYLLABLES)
        title = syllables(article.title)
        named = frozenset(title)
        if request.mode == "sapo+":
            for one in sapo:
                if line := in_one_line(one, most, named):
                    return [_shown(line, 1.0)]
        known = _known(body, sapo) if sapo else np.zeros(len(body))
        lines = [
            in_one_line(one, most, named) if share < _NO_NEWS else None for one, share in zip(body, known, strict=True)
        ]
        tokens = [line.tokens if line else one.tokens for line, one in zip(lines, body, strict=True)]
        # A beginning says less than its sentence, and is measured by itself.
        own = self._scorer.scores(title, tokens) + scores
        best = max(
            (at for at, line in enumerate(lines) if line), key=lambda at: own[at] - _KNOWN * known[at], default=-1
        )
        if best >= 0 and (line := lines[best]):
            return [_shown(line, float(scores[best]))]
        if request.mode == "general" and body[0].field == "body":
            rest = (in_one_line(one, most, named) for one in field_candidates("sapo", article.sapo))
            return [_shown(line, 0.0) for line in [next(filter(None, rest), None)] if line]
        return []


def _within(sapo: Sequence[Candidate], request: SummaryRequest) -> list[Candidate]:
    """The sentences of the sapo, in order, as far as both limits allow; in bullets those that stand alone."""
    room = request.syllables
    shown: list[Candidate] = []
    if request.form == "bullets":
        sapo = [one for one in sapo if not one.leans]
    for one in sapo[: request.sentences]:
        if any(one.tokens == other.tokens for other in shown):
            continue
        if room is not None:
            if len(one.tokens) > room:
                break
            room -= len(one.tokens)
        shown.append(one)
    return shown


def _known(body: Sequence[Candidate], sapo: Sequence[Candidate]) -> Scores:
    """The share of the syllable pairs of each sentence that the sapo has."""
    said = pairs_of(one.tokens for one in sapo)
    own = [pairs_of([one.tokens]) for one in body]
    return np.array([len(pairs & said) / len(pairs) if pairs else 1.0 for pairs in own])


def _shown(chosen: Candidate, score: float) -> SummarySentence:
    text, start, end = chosen.sentence
    return SummarySentence(text=text, field=chosen.field, start=start, end=end, score=score)
