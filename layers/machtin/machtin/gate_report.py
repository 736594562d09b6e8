"""What the gate of a re-index found, as it is kept in the record and shown: plain values that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

PartName = Literal["completeness", "canaries", "quality", "latency"]
Verdict = Literal["passed", "refused", "not_decisive"]


@dataclass(frozen=True, slots=True)
class GateFigure:
    """One figure of the live index and of the candidate; None where it could not be had. ``note`` tells the limit."""

    name: str
    live: float | None
    candidate: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class GateInterval:
    """By how much nDCG@10 changes on the golden queries: the mean, and what it lies within with 95 % confidence.

    The candidate is refused where ``low`` is below ``-margin``.
    """

    mean: float
    low: float
    high: float
    margin: float
    queries: int


@dataclass(frozen=True, slots=True)
class GatePart:
    """One part of the comparison, with its reasons in words where it refuses or can't decide.

    ``interval``: of quality alone, and only where it could be had.
    """

    name: PartName
    verdict: Verdict
    figures: list[GateFigure]
    reasons: list[str]
    interval: GateInterval | None = None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> GatePart:
        """The part that ``dataclasses.asdict`` made a document of, also in records of before there were intervals."""
        interval = document.get("interval")
        made = {
            "figures": [GateFigure(**figure) for figure in document["figures"]],
            "interval": GateInterval(**interval) if interval else None,
        }
        return cls(**{**document, **made})


@dataclass(frozen=True, slots=True)
class QueryDifference:
    """A golden query that the candidate answers worse than the live index, or better: nDCG@10 of both."""

    id: str
    text: str
    live: float
    candidate: float


@dataclass(frozen=True, slots=True)
class GateReport:
    """The whole comparison. ``live`` is the version compared with, None where none could be read, ``live_failure`` the
    reason; ``through`` the revision up to which the store was looked at; ``seconds`` what the comparison took;
    ``worst_queries`` those that lose most, worst first, ``best_queries`` those that gain most, best first."""

    verdict: Literal["passed", "refused"]
    live: str | None
    live_failure: str | None
    through: int
    seconds: float
    parts: list[GatePart]
    worst_queries: list[QueryDifference]
    best_queries: list[QueryDifference] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        """Why the candidate is refused, in words."""
        return [reason for part in self.parts if part.verdict == "refused" for reason in part.reasons]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> GateReport:
        """The report that ``dataclasses.asdict`` made a document of."""
        parts = [GatePart.from_json(part) for part in document["parts"]]
        # Records of earlier re-indexes name the worst alone.
        queries = {
            name: [QueryDifference(**one) for one in document.get(name, [])]
            for name in ("worst_queries", "best_queries")
        }
        return cls(**{**document, "parts": parts, **queries})


@dataclass(frozen=True, slots=True)
class MeasuredQuery:
    """One golden query, asked of both: nDCG@10, recall@100 and milliseconds; None where there is no live index."""

    id: str
    ndcg: float
    recall: float
    took_ms: float
    live_ndcg: float | None = None
    live_recall: float | None = None
    live_ms: float | None = None


@dataclass(frozen=True, slots=True)
class GateWork:
    """A comparison under way: kept after each piece, so that one that is cut short goes on where it stopped."""

    live: str | None
    live_failure: str | None = None
    canaries: GatePart | None = None
    measured: list[MeasuredQuery] = field(default_factory=list)
    seconds: float = 0.0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> GateWork:
        """The work that ``dataclasses.asdict`` made a document of."""
        canaries = document["canaries"]
        if canaries is not None:
            canaries = GatePart.from_json(canaries)
        measured = [MeasuredQuery(**one) for one in document["measured"]]
        return cls(**{**document, "canaries": canaries, "measured": measured})
