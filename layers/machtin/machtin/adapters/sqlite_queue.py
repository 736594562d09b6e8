"""The queue of a laptop, with the contract of SQS: at least once, visibility, dead letters after five receives."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from machtin.adapters.sqlite_file import SqliteFile

MAX_RECEIVES = 5
VISIBILITY_SECONDS = 120.0


class Message(NamedTuple):
    """One announcement of the store: article ``article_id`` was written or taken down."""

    number: int
    article_id: str
    event: str
    receives: int


class QueueState(NamedTuple):
    """How many announcements wait (those being worked on included), and how many were given up."""

    waiting: int
    dead: int


class SqliteQueue:
    """Reads the ``queue`` table that SqliteStore fills; safe for several processes at once."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def receive(self, most: int) -> list[Message]:
        """Take up to ``most`` messages, oldest first; nobody else gets them for VISIBILITY_SECONDS."""
        now = time.time()
        with self._file.reading() as db:
            # An idle queue is asked several times a second: only a read, which holds up no writer.
            if not db.execute("SELECT 1 FROM queue WHERE dead = 0 AND visible_at <= ? LIMIT 1", (now,)).fetchone():
                return []
        with self._file.writing() as db:
            # Unary plus keeps SQLite from sorting all that waits by way of the index, at each batch anew.
            rows = db.execute(
                "UPDATE queue SET visible_at = ?, receives = receives + 1 WHERE message IN "
                "(SELECT message FROM queue WHERE +dead = 0 AND +visible_at <= ? ORDER BY message LIMIT ?) "
                "RETURNING message, article_id, event, receives",
                (now + VISIBILITY_SECONDS, now, most),
            ).fetchall()
        return sorted(Message(*row) for row in rows)

    def done(self, messages: Sequence[Message]) -> None:
        """Forget messages that were worked on."""
        with self._file.writing() as db:
            db.executemany("DELETE FROM queue WHERE message = ?", [(message.number,) for message in messages])

    def failed(self, messages: Sequence[Message]) -> None:
        """Offer them again after a pause that grows; those received five times become dead letters."""
        now = time.time()
        with self._file.writing() as db:
            db.executemany(
                "UPDATE queue SET visible_at = ?, dead = (receives >= ?) WHERE message = ?",
                [(now + 2.0**message.receives, MAX_RECEIVES, message.number) for message in messages],
            )

    def reclaim(self) -> int:
        """Offer again what a process took and did not live to finish; only for the one process that may deliver.

        The end of a process is no fault of its messages, so that receive is not counted.
        """
        with self._file.writing() as db:
            return db.execute(
                "UPDATE queue SET visible_at = 0, receives = max(0, receives - 1) WHERE dead = 0 AND visible_at > ?",
                (time.time(),),
            ).rowcount

    def release(self) -> int:
        """Offer every message again at once, dead letters too; for one who has found out why they failed."""
        with self._file.writing() as db:
            return db.execute("UPDATE queue SET visible_at = 0, receives = 0, dead = 0").rowcount

    def state(self) -> QueueState:
        """Both counts, as of now."""
        with self._file.reading() as db:
            waiting, dead = db.execute("SELECT count(*) - total(dead), total(dead) FROM queue").fetchone()
        return QueueState(int(waiting), int(dead))
