"""What is remembered of a re-index, and the log that remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexRecord:
    """The state of one re-index, kept after every step so that a killed one is resumed."""

    id: str
    state: Literal["running", "done", "failed", "rolled_back"]
    step: Literal["build", "catch_up", "promote", "settle", "done"]
    version: str
    previous: str | None = None
    through: int = 0
    articles_done: int = 0
    articles_total: int = 0
    started_at: datetime
    updated_at: datetime
    error: str | None = None


class ReindexLog(Protocol):
    """Keeps re-index records."""

    def begin(self, record: ReindexRecord) -> None:
        """Keep a new record. Raises Conflict naming the one that is running, where there is one."""

    def save(self, record: ReindexRecord) -> None:
        """Replace the record of the same id."""

    def get(self, reindex_id: str) -> ReindexRecord:
        """Raises NotFound."""

    def all(self) -> list[ReindexRecord]:
        """Newest first."""
