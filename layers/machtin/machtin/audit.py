"""The audit trail: who did what to an article, a re-index, a golden query or refused input, when, and why.

Nothing in it is changed.

Neither texts nor credentials belong into a record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from machtin.article_reading import FORBIDDEN
from machtin.errors import InvalidInput

Kind = Literal["article", "reindex", "golden", "refused"]
Action = Literal[
    "put",
    "take_down",
    "release",
    "begin_reindex",
    "cancel_reindex",
    "promote_reindex",
    "roll_back_reindex",
    "judge",
    "forget",
    "dismiss",
]
Outcome = Literal["created", "updated", "unchanged", "deleted", "asked", "failed"]

LONGEST_REASON: Final = 500
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FOLDERS: Final[Mapping[Kind, str]] = {
    "article": "articles",
    "reindex": "reindexes",
    "golden": "golden",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """On whose behalf something is done, in which request, and the reason that was given for it.

    ``request_id`` is the correlation id: a retry by a machine has the same one, a retry by a person another.
    """

    who: str
    request_id: str | None = None
    reason: str | None = None

    @classmethod
    def inbox(cls, key: str, request_id: str | None = None) -> By:
        """A file that was dropped under this name."""
        return cls(who=f"inbox:{key}", request_id=request_id)

    @classmethod
    def feed(cls, url: str, request_id: str | None = None) -> By:
        """A feed that is polled; what may be secret in its address (user, password, query) is left out."""
        parts = urlsplit(url)
        return cls(who=f"feed:{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}", request_id=request_id)


ITSELF: Final = By(who="machtin")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One action. ``before`` and ``after`` are an article's revisions (None: there was none, or it is no article).

    ``when`` is aware, in UTC. A re-index is ``asked`` for; whether it succeeds stands in its own record.
    """

    kind: Kind
    id: str
    action: Action
    outcome: Outcome
    when: datetime
    who: str
    request_id: str | None = None
    reason: str | None = None
    before: int | None = None
    after: int | None = None

    @property
    def key(self) -> str:
        """The record's one place, in the order of what happened: a log never keeps two for the same key.

        The same one doing the same to the same revision in the same request is one action, however often a queue
        delivers it. Whether it still was a change the second time makes no difference.
        """
        moment = self.when if self.after is None else _EPOCH + timedelta(milliseconds=self.after)
        told = [self.action, self.who, self.request_id, self.reason, self.outcome if self.after is None else None]
        unique = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
        return f"{folder(self.kind, self.id)}{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}-{unique}"

    def to_json(self) -> dict[str, Any]:
        """As a document of plain values; the time in RFC 3339."""
        return {field.name: getattr(self, field.name) for field in fields(self)} | {"when": self.when.isoformat()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> AuditRecord:
        """The record that ``to_json`` made a document of, also by a release that knew more of it."""
        known = {field.name: document.get(field.name) for field in fields(cls)}
        return cls(**known | {"when": datetime.fromisoformat(document["when"])})  # type: ignore[arg-type]


class AuditLog(Protocol):
    """Keeps audit records for ever. Nothing that is in it can be changed or removed by way of it."""

    def append(self, records: Sequence[AuditRecord]) -> None:
        """Keep the records, durable on return; of those with one key the first stays as it is.

        Raises StoreUnavailable; some of them may be kept then, and all may be sent again.
        """

    def of_article(self, article_id: str) -> list[AuditRecord]:
        """What was done to an article, in order; nothing where nobody ever did."""

    def of_reindexes(self) -> list[AuditRecord]:
        """What editors did to re-indexes, in order."""

    def latest(self, size: int) -> list[AuditRecord]:
        """What was done last, to whatever it was, newest first by time; at most ``size`` records."""


def folder(kind: Kind, subject: str = "") -> str:
    """How the keys of one article's or one re-index's records begin; without ``subject``, those of all."""
    return f"{_FOLDERS[kind]}/{subject}/" if subject else f"{_FOLDERS[kind]}/"


def in_order(records: Sequence[AuditRecord]) -> list[AuditRecord]:
    """By revision, since clocks of different machines may disagree, then by time."""
    return sorted(records, key=lambda record: (record.after or 0, record.when))


def valid_reason(text: object, field: str) -> str:
    """A reason as it is kept. Raises InvalidInput naming ``field`` unless it says something in 500 characters."""
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_REASON:
        raise InvalidInput.of(field, f"must give the reason, in 1 to {LONGEST_REASON} characters")
    if bad := FORBIDDEN.search(text):
        raise InvalidInput.of(field, f"has the character U+{ord(bad[0]):04X} at position {bad.start()}; remove it")
    return " ".join(text.split())
