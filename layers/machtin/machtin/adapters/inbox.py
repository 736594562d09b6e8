"""The inbox: files that are dropped into a folder are taken in while the server runs."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from machtin.adapters.intake import Tally
from machtin.adapters.sources import Refused, Source, read_sources
from machtin.audit import By
from machtin.errors import MachtinError, Problem

LOOK_SECONDS: Final = 0.5
# A file is whole when it has not changed for this long; who writes more slowly renames the file when it is whole.
QUIET_SECONDS: Final = 2.0
TAKEN: Final = "taken"
# Refusals of one file that are told of; all are kept.
SHOWN: Final = 5
UNFINISHED: Final = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".swp", "~")

log = logging.getLogger(__name__)


class _State(NamedTuple):
    size: int
    changed: int
    number: int


class Inbox:
    """Takes each file once it has stopped growing and moves it away: into ``taken``, or among what was refused.

    A file is moved after its articles are in the store. Killed in between, the next run takes it again, and finds all
    of it unchanged. Hidden files and names like those of unfinished downloads are left alone.
    """

    def __init__(
        self,
        folder: Path,
        refused: Path,
        take: Callable[[Iterable[Source], By], Tally],
        tell: Callable[[str], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._refused = refused
        self._take = take
        self._tell = tell
        self._clock = clock
        self._looked = float("-inf")
        self._quiet_since: dict[Path, tuple[_State, float]] = {}
        self._stuck: dict[Path, _State] = {}

    def chore(self) -> int:
        """Look, at most twice a second, and take what is whole; returns how many files were moved."""
        now = self._clock()
        if now - self._looked < LOOK_SECONDS:
            return 0
        self._looked = now
        present = dict(self._files())
        self._quiet_since = {path: known for path, known in self._quiet_since.items() if path in present}
        return sum(self._consider(path, state, now) for path, state in present.items())

    def _files(self) -> Iterator[tuple[Path, _State]]:
        for folder, folders, names in os.walk(self._folder):
            at_top = Path(folder) == self._folder
            folders[:] = sorted(name for name in folders if name[0] != "." and not (at_top and name == TAKEN))
            for name in sorted(names):
                path = Path(folder, name)
                try:
                    known = path.lstat()
                except OSError:
                    continue
                if stat.S_ISREG(known.st_mode) and name[0] != "." and not name.lower().endswith(UNFINISHED):
                    yield path, _State(known.st_size, known.st_mtime_ns, known.st_ino)

    def _consider(self, path: Path, state: _State, now: float) -> int:
        before = self._quiet_since.get(path)
        if before is None or before[0] != state:
            self._quiet_since[path] = (state, now)
            return 0
        if now - before[1] < QUIET_SECONDS or self._stuck.get(path) == state:
            return 0
        tally = self._taken(path)
        counts = f"{tally.taken:,} taken, {tally.unchanged:,} unchanged, {len(tally.refused):,} refused"
        self._tell(f"From the inbox, {path.relative_to(self._folder)}: {counts}")
        for refusal in tally.refused[:SHOWN]:
            self._tell(f"  refused: {refusal}")
        below = self._folder / TAKEN if tally.read or not tally.refused else self._refused / "files"
        try:
            _move(path, below / path.relative_to(self._folder))
        except OSError as error:
            log.warning("%s stays in the inbox, it can't be moved: %s", path, error.strerror)
            self._stuck[path] = state
            return 0
        return 1

    def _taken(self, path: Path) -> Tally:
        by = By.inbox(str(path.relative_to(self._folder)))
        try:
            return self._take(read_sources([path], below=self._folder), by)
        except MachtinError:
            raise  # the store or its folder is unavailable: the file waits
        except Exception as error:  # one file that breaks its reader must not hold up the others
            log.exception("%s could not be read", path)
            problem = Problem("input", f"could not be read: {type(error).__name__}")
            refused = Refused(origin=str(path), line=None, reasons=(problem,), raw=b"", position=0, size=None)
            return self._take([refused], by)


def _move(path: Path, target: Path) -> None:
    """Rename, never over a file that was there before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    free = target
    number = 1
    while free.exists():
        number += 1
        free = target.with_name(f"{target.stem}-{number}{target.suffix}")
    path.rename(free)
