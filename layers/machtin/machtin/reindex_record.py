"""What is remembered of a re-index, and the log that remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from machtin.gate_report import GateReport, GateWork

State = Literal["running", "done", "failed", "refused", "cancelled", "rolled_back"]
Step = Literal["plan", "build", "catch_up", "warm_up", "gate", "promote", "settle", "done", "roll_back"]
# From these on the new version is, or is about to be, the one that readers get, or was until it was rolled back.
PROMOTING: Final[frozenset[Step]] = frozenset({"promote", "settle", "done", "roll_back"})
LONGEST_PAUSE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexRecord:
    """The state of one re-index, kept after every piece of work so that a killed one is resumed.

    ``version`` is the candidate, None until it is planned; ``model_version`` the model it is made with; ``versions``
    those that stood before it. ``planned`` is the position in the journal of changes at the plan, ``through`` the one
    up to which they are replayed, ``sure`` the one up to which none can appear any more; ``built`` is the last article
    that the build has come to. ``build_seconds`` are spent building and replaying, pauses left out. ``setbacks`` counts
    failures in a row after which it is tried again; ``error`` is the last one. ``force`` is the reason for which a
    refusal of the gate does not count.
    """

    id: str
    state: State
    step: Step
    model_version: str = ""
    version: str | None = None
    versions: tuple[str, ...] | None = None
    previous: str | None = None
    planned: int = 0
    through: int = 0
    sure: int = 0
    built: str = ""
    articles_done: int = 0
    articles_total: int = 0
    build_seconds: float = 0.0
    started_at: datetime
    updated_at: datetime
    error: str | None = None
    setbacks: int = 0
    cancel_requested: bool = False
    force: str | None = None
    gate_work: GateWork | None = None
    gate: GateReport | None = None

    @property
    def retry_after(self) -> float:
        """Seconds to wait before the next piece: more with each setback in a row, 0 without any."""
        return min(LONGEST_PAUSE, 2.0 ** min(self.setbacks, 10)) if self.setbacks else 0.0

    def to_json(self) -> dict[str, Any]:
        """As a document of plain values; times in RFC 3339."""
        times = {"started_at": self.started_at.isoformat(), "updated_at": self.updated_at.isoformat()}
        return asdict(self) | times

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ReindexRecord:
        """The record that ``to_json`` made a document of, also by a release that knew fewer fields, or more."""
        fields = {field.name: document[field.name] for field in dataclass_fields(cls) if field.name in document}
        for name in ("started_at", "updated_at"):
            fields[name] = datetime.fromisoformat(fields[name])
        if fields.get("versions") is not None:
            fields["versions"] = tuple(fields["versions"])
        if fields.get("gate_work"):
            fields["gate_work"] = GateWork.from_json(fields["gate_work"])
        if fields.get("gate"):
            fields["gate"] = GateReport.from_json(fields["gate"])
        return cls(**fields)


class ReindexRunner(Protocol):
    """Sees to it that a running re-index is carried out, piece by piece."""

    def start(self, record: ReindexRecord) -> None:
        """Raises Unavailable where that can't be arranged now. Again, or beside another that does it: harmless."""


class _Background:
    def start(self, record: ReindexRecord) -> None:
        """Nothing is to be done."""


# On a laptop the background work finds by itself what runs.
BACKGROUND: Final[ReindexRunner] = _Background()


class ReindexLog(Protocol):
    """Keeps re-index records. Each method is atomic among all processes."""

    def begin(self, record: ReindexRecord) -> None:
        """Keep a record that is to run: a new one, or the one of the same id in place of what it was.

        Raises Conflict naming the one that is running, where there is one.
        """

    def save(self, record: ReindexRecord, before: ReindexRecord) -> None:
        """Put ``record`` in the place of ``before``; a request to cancel that was made meanwhile stays in it.

        Raises Conflict when ``before`` is no longer what is kept: somebody else has done that piece of work.
        """

    def request_cancel(self, reindex_id: str) -> ReindexRecord:
        """Ask the one who carries it out to cancel. Raises NotFound; Conflict unless it runs and is not yet promoting.

        Again: the same record.
        """

    def note_part(self, reindex_id: str, part: str, articles: int) -> None:
        """Note how many articles a part of the build has written; the same part again takes the place of the first."""

    def parts(self, reindex_id: str) -> int:
        """How many articles the parts that were noted have written."""

    def get(self, reindex_id: str) -> ReindexRecord:
        """Raises NotFound."""

    def running(self) -> ReindexRecord | None:
        """The one that is under way, or was when its process ended. Asked all the time, so it must be quick."""

    def all(self) -> list[ReindexRecord]:
        """Newest first."""


def refuse_cancel(record: ReindexRecord) -> str | None:
    """Why a re-index can't be cancelled any more, in words; None where it can."""
    if record.state != "running":
        return f"re-index {record.id} is {record.state}, not running"
    if record.step in PROMOTING:
        return f"re-index {record.id} is past its gate: its version is promoted; roll back instead when it is done"
    return None
