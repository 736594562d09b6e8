"""One SQLite file shared by threads and processes: connections, transactions, and its errors in machtin's words."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from machtin.errors import StoreUnavailable

BUSY_SECONDS = 30.0


class SelfClosing(sqlite3.Connection):
    """Closed when nobody holds it any more: with its thread, or with the object that it serves."""

    def __del__(self) -> None:
        # One that could not be opened can't be closed either.
        with suppress(sqlite3.ProgrammingError):
            self.close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Change the file to write-ahead logging, however many open it at the same moment.

    SQLite waits for nobody when two connections change a new file at once: it refuses one of them as busy, whatever its
    timeout. The refused one finds the change made when it asks again.
    """
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.005)


class SqliteFile:
    """Opens the file when it is first used; each thread has a connection of its own."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        self._schema = schema
        self._local = threading.local()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit mode; the file and its tables are made when they are missing."""
        existing: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if existing is not None:
            return existing
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Used by this thread alone; but whichever thread collects garbage may be the one that closes it.
            made = sqlite3.connect(
                self.path,
                timeout=BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
                factory=SelfClosing,
            )
            _write_ahead(made)
            # FULL: a write that was answered with 202 survives a power cut, not only a crash.
            made.execute("PRAGMA synchronous = FULL")
            made.executescript(self._schema)
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailable(f"cannot open {self.path}: {error}") from error
        self._local.connection = made
        return made

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, with foreign errors translated."""
        try:
            yield self.connection()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"cannot read {self.path}: {error}") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that takes the write lock at once, so that what it reads stays true until it commits."""
        connection = self.connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"cannot write {self.path}: {error}") from error
