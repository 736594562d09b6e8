"""One process does the background work of a data folder at a time; a lock that ends with its holder says which."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from machtin.errors import StoreUnavailable


class WorkerLock:
    """An advisory lock on a file. The system frees it when its holder ends, however it ends; threads share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    @property
    def held(self) -> bool:
        """Whether this process does the work."""
        return self._file is not None

    def take(self) -> bool:
        """Take the lock unless another process holds it; True when it is held afterwards. Raises StoreUnavailable."""
        import fcntl

        if self._file is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("ab+")
        except OSError as error:
            raise StoreUnavailable(f"cannot open {self._path}: {error.strerror}; is the folder writable?") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        except OSError as error:
            file.close()
            raise StoreUnavailable(f"cannot lock {self._path}: {error.strerror}") from error
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        self._file = file
        return True

    def holder(self) -> int | None:
        """The process that took the lock last, for messages; None where nobody ever did."""
        try:
            return int(self._path.read_bytes())
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        """Let others do the work; safe to call twice."""
        if self._file is not None:
            self._file.close()
            self._file = None
