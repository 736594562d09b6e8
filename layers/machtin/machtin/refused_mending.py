"""Refused input looked at, mended and taken in after all, or dismissed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from machtin.answers import WriteAnswer
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.audit import AuditLog, AuditRecord, By
from machtin.errors import InvalidInput, NotFound
from machtin.refused_port import KeptRefusal, RefusedInput

# Reasons that are told of one piece, and letters of it that are shown; more would not be read.
MOST_REASONS: Final = 20
MOST_LETTERS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """What is wrong: the field, and how to mend it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """One piece of input that could not be taken. ``bytes``: how much of it is kept, 0 where nothing is.

    ``input``: the text itself, where one piece is asked for; null in lists, and of what is no text.
    """

    id: str
    at: str
    origin: str
    line: int | None
    reasons: list[RefusalReason]
    bytes: int
    input: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedList:
    """Refused input, newest first; ``total`` counts all there is."""

    total: int
    refused: list[RefusedEntry]


@dataclass(frozen=True, slots=True)
class MendedAnswer:
    """What was made of refused input, which is gone from the list."""

    id: str
    articles: list[WriteAnswer]


class RefusedMending:
    """``read`` makes documents of articles of a piece, or of what an editor has made of it, and raises InvalidInput."""

    def __init__(
        self,
        refused: RefusedInput,
        read: Callable[[KeptRefusal], Sequence[Mapping[str, Any]]],
        put: Callable[[Sequence[Article], By], Sequence[WriteAnswer]],
        audit_log: AuditLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._refused, self._read, self._put = refused, read, put
        self._audit, self._clock = audit_log, clock

    def count(self) -> int:
        """How many pieces wait for somebody to mend or dismiss them."""
        return self._refused.count()

    def newest(self, size: int) -> RefusedList:
        """What was refused last, without the input itself."""
        return RefusedList(self._refused.count(), [_entry(one) for one in self._refused.newest(size)])

    def show(self, refusal_id: str) -> RefusedEntry:
        """One piece with its input. Raises NotFound."""
        kept = self._found(refusal_id)
        return _entry(kept, _text(kept.raw))

    def retry(self, refusal_id: str, mended: str | None, by: By) -> MendedAnswer:
        """Take it in after all: as it is, or ``mended`` in its place. What is taken is no longer kept here.

        Raises NotFound, and InvalidInput where it is refused again; then it stays.
        """
        kept = self._found(refusal_id)
        raw = kept.raw if mended is None else mended.encode("utf-8", "replace")
        if not raw.strip():
            raise InvalidInput.of("input", "is missing, nothing of it was kept; send it, or drop the file again")
        tried = KeptRefusal(id=kept.id, at=kept.at, origin=kept.origin, line=kept.line, reasons=(), raw=raw)
        now = self._clock()
        articles = [read_article(document, now=now) for document in self._read(tried)]
        if not articles:
            raise InvalidInput.of("input", "holds no article")
        answers = list(self._put(articles, by))
        self._refused.remove(refusal_id)
        return MendedAnswer(refusal_id, answers)

    def dismiss(self, refusal_id: str, by: By) -> None:
        """Forget a piece that nobody will mend; who did, and why, is kept. Raises NotFound."""
        self._found(refusal_id)
        record = AuditRecord(
            kind="refused",
            id=refusal_id,
            action="dismiss",
            outcome="deleted",
            when=self._clock(),
            who=by.who,
            request_id=by.request_id,
            reason=by.reason,
        )
        self._audit.append([record])
        self._refused.remove(refusal_id)

    def _found(self, refusal_id: str) -> KeptRefusal:
        kept = self._refused.get(refusal_id)
        if kept is None:
            raise NotFound(f"there is no refused input {refusal_id}; somebody has mended or dismissed it")
        return kept


def _entry(kept: KeptRefusal, text: str | None = None) -> RefusedEntry:
    return RefusedEntry(
        id=kept.id,
        at=kept.at,
        origin=kept.origin,
        line=kept.line,
        reasons=[RefusalReason(*one) for one in kept.reasons[:MOST_REASONS]],
        bytes=len(kept.raw),
        input=text,
    )


def _text(raw: bytes) -> str | None:
    """The input where it is text in UTF-8 that a page can show."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if 0 < len(text) <= MOST_LETTERS else None
