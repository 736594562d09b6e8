"""The one writer of an index version, across processes: a lock that the system frees when its holder dies."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from machtin.errors import IndexUnavailable, WriterBusy

RETRY_SECONDS: Final = 0.05


@contextmanager
def writer_lock(path: Path, *, wait_seconds: float) -> Iterator[None]:
    """Hold the lock of ``path`` (made when missing); inside the file stands who holds it.

    Raises WriterBusy, naming the holder, when it is not free within ``wait_seconds``; IndexUnavailable when the file
    can't be made.
    """
    import fcntl

    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise IndexUnavailable(f"cannot open the writer's lock {path}: {error}") from error
    try:
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise WriterBusy(f"{path.parent} is being written by {_holder(lock)}; try again later") from error
                time.sleep(min(RETRY_SECONDS, left))
        _sign(lock)
        yield
    finally:
        os.close(lock)


def _sign(lock: int) -> None:
    holder = {
        "pid": os.getpid(),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])[:200],
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(holder).encode(), 0)
    except OSError:
        # A full disk: the lock itself holds all the same, only its holder's name is missing.
        return


def _holder(lock: int) -> str:
    try:
        holder = json.loads(os.pread(lock, 4096, 0))
        return f"process {holder['pid']} ({holder['command']}) since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        # The holder took the lock a moment ago and has not signed it yet.
        return "another process"
