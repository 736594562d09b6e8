"""What machtin answers: the objects of the API and of the command line's ``--json``. Times are RFC 3339 strings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from machtin.article import RelatedItem
from machtin.audit import Action, Kind, Outcome
from machtin.explained_score import Explanation, Relevance
from machtin.gate_report import GateReport

Mode = Literal["hybrid", "lexical", "semantic"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a field as published: code points from ``start`` up to, not including, ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """The part of a field that answers the query; ``start`` and ``end`` count in the whole field as published.

    ``highlights``: the query's words in ``text``, counted from its beginning. ``html``: the same, escaped, with
    ``<mark>`` around the words.
    """

    field: Literal["sapo", "body"]
    text: str
    start: int
    end: int
    highlights: list[Span]
    html: str


@dataclass(frozen=True, slots=True)
class Highlights:
    """Where the query's words stand in each field as published."""

    title: list[Span]
    sapo: list[Span]
    body: list[Span]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One article found; ``copies``, where they were asked for, are near-duplicates of it, folded under it.

    ``relevance``: strong where it has at least half of the best hit's BM25 or is near in meaning, null where neither is
    known: beyond the candidates that are scored, and in lists by date alone. ``score``: 0 in both.
    """

    id: str
    url: str | None
    title: str
    sapo: str
    section: str | None
    tags: list[str]
    author: str | None
    publisher: str | None
    published_at: str | None
    score: float
    highlights: Highlights
    snippet: Snippet | None
    explain: Explanation | None
    relevance: Relevance | None
    copies: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The articles found, best first. ``degraded``: one of the two legs could not answer, the other did.

    ``cursor``: with a request that had one, where the next page begins; null after the last. ``suggestion``: the query
    as it was probably meant, where hardly anything has its words as they were typed; it finds articles within the same
    filters. ``searched``: what was searched in place of the query, where that was keys of an input method (Telex, VNI)
    that was off; null elsewhere.
    """

    total: int
    took_ms: float
    degraded: bool
    mode: Mode
    hits: list[SearchHit]
    facets: dict[str, dict[str, int]]
    model_version: str
    cursor: str | None
    suggestion: str | None = None
    searched: str | None = None


@dataclass(frozen=True, slots=True)
class CompletionAnswer:
    """A headline that goes on from what was typed, as published."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class SuggestAnswer:
    """What may be meant by what was typed so far, from live articles within the filters alone.

    ``phrases``: words that their latest headlines go on with, the most usual first. ``completions``: headlines that
    have what was typed, those that begin with it first, then the newest.
    """

    took_ms: float
    phrases: list[str]
    completions: list[CompletionAnswer]


@dataclass(frozen=True, slots=True)
class ArticleAnswer:
    """An article as published. ``revision`` grows with every change, in milliseconds.

    ``publish_at``: before, readers were shown nothing of it; null where it was public at once.
    """

    id: str
    title: str
    sapo: str
    body: str
    url: str | None
    section: str | None
    tags: list[str]
    author: str | None
    publisher: str | None
    published_at: str | None
    modified_at: str | None
    related_as_published: list[RelatedItem]
    revision: int
    publish_at: str | None = None


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence with its place: code points of ``field`` of the article as published."""

    text: str
    field: Literal["sapo", "body"]
    start: int
    end: int
    score: float


SummaryMode = Literal["general", "sapo+", "fresh"]
SummaryForm = Literal["text", "bullets", "push"]
Silence = Literal["no_sentence", "no_room", "nothing_new", "no_line"]


@dataclass(frozen=True, slots=True)
class SummaryAnswer:
    """An extractive summary: sentences of the article, in its order, none changed.

    ``text``: all of them, in ``form`` bullets one a line. ``mode``: general too where another was asked of an article
    without sapo or body. ``relevant``: whether the article speaks of the query; where it does not, this is the summary
    without one. ``novelty``, 0 to 1: how much of what was added is not in the sapo; ``coverage``: how much of what the
    body repeats is in sapo and summary together. Both are null where nothing was set against a sapo. ``silence``: why
    there is no sentence at all, null where there is one. Nothing in the article is a sentence (no_sentence), none fits
    the length asked for (no_room), none says what the sapo doesn't and stands alone (nothing_new), none makes a notice
    (no_line).
    """

    id: str
    text: str
    syllables: int
    sentences: list[SummarySentence]
    mode: SummaryMode
    form: SummaryForm
    relevant: bool | None
    novelty: float | None
    coverage: float | None
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """What became of one article that was sent: its revision in milliseconds, and whether anything changed.

    ``publish_at``: when readers will be shown it, null where it is public at once.
    """

    id: str
    revision: int
    outcome: Literal["created", "updated", "unchanged", "deleted"]
    publish_at: str | None = None


@dataclass(frozen=True, slots=True)
class ReindexAnswer:
    """A re-index: its step, its progress in articles, the rate per second of replaying and the seconds left of it.

    ``setbacks`` counts failures in a row after which it is tried again, ``retry_after`` seconds later. ``force`` is
    the reason for which a refusal of the gate does not count; ``gate`` is there once the gate has decided.
    """

    id: str
    state: Literal["running", "done", "failed", "refused", "cancelled", "rolled_back"]
    step: Literal["plan", "build", "catch_up", "warm_up", "gate", "promote", "settle", "done", "roll_back"]
    version: str | None
    previous: str | None
    model_version: str | None
    articles_done: int
    articles_total: int
    rate: float | None
    seconds_left: float | None
    started_at: str
    updated_at: str
    error: str | None
    setbacks: int
    retry_after: float
    cancel_requested: bool
    force: str | None
    gate: GateReport | None


@dataclass(frozen=True, slots=True)
class ReindexList:
    """Every re-index, newest first."""

    reindexes: list[ReindexAnswer]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action on an article, with its revisions before and after, or on something else that editors work with.

    A re-index was asked for. Of golden queries (judge, forget) ``reason`` is the query; of refused input it is why.

    ``who``: an IAM user or role, ``token``, ``command line: USER``, ``inbox:FILE``, ``feed:ADDRESS`` or ``schedule``,
    which releases what waited for its moment; ``request_id`` is the correlation id under which the logs tell of it. A
    failed action on a re-index has changed nothing for good.
    """

    id: str
    kind: Kind
    action: Action
    outcome: Outcome
    when: str
    who: str
    request_id: str | None
    reason: str | None
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class AuditAnswer:
    """What was done: all of it in order, to an article or to re-indexes; or the latest in the house, newest first."""

    records: list[AuditEntry]


@dataclass(frozen=True, slots=True)
class PurgeAnswer:
    """Tombstones that were forgotten: those of before a time, in each index version that could be written."""

    before: str
    tombstones: int
    versions: list[str]
    failed: dict[str, str]


@dataclass(frozen=True, slots=True)
class PartHealth:
    """One part: whether it answers, and what it says of itself."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """``ok`` when every part answers, ``degraded`` when some don't."""

    status: Literal["ok", "degraded"]
    version: str
    parts: dict[str, PartHealth]
