"""Refused input as it is kept: what could not be taken, whence it came and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from machtin.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRefusal:
    """One piece of input that was refused. ``at``: when, RFC 3339; ``line`` counts from 1, None for a whole file.

    ``raw`` is empty where there was nothing, or too much, to keep.
    """

    id: str
    at: str
    origin: str
    line: int | None
    reasons: tuple[Problem, ...]
    raw: bytes = field(repr=False)


class RefusedInput(Protocol):
    """Where refused input is kept until somebody mends or dismisses it. Methods raise StoreUnavailable."""

    def count(self) -> int:
        """How many pieces there are."""

    def newest(self, size: int) -> list[KeptRefusal]:
        """At most ``size``, those that were refused last first."""

    def get(self, refusal_id: str) -> KeptRefusal | None:
        """One of them, None where there is none."""

    def remove(self, refusal_id: str) -> None:
        """Forget one; nothing happens where there is none."""
