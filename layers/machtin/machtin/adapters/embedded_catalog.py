"""All index versions of a laptop, one folder each, and the small file that names the live one."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from machtin.adapters.tantivy_index import WAIT_SECONDS, TantivyIndex
from machtin.adapters.version_folder import Description, VersionFolder, write_atomically
from machtin.adapters.version_names import PATTERN, by_age, next_version
from machtin.adapters.writer_lock import writer_lock
from machtin.errors import Conflict, IndexUnavailable, NotFound

# Folders on their way in or out; one that is found belongs to a process that died.
_UNFINISHED: Final = ".unfinished-"


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Alias:
    live: str | None = None
    previous: str | None = None


class EmbeddedCatalog:
    """Implements ports.IndexCatalog on a folder. Threads and processes may share it."""

    def __init__(self, folder: Path, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._folder = folder
        self._alias_file = folder / "alias.json"
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._live: TantivyIndex | None = None
        self._superseded: TantivyIndex | None = None

    def create(self, model_version: str, dimensions: int, *, building: bool = False) -> TantivyIndex:  # noqa: ARG002
        """A new, empty version; whole when it can be seen. One that is being built is written like any other."""
        with self._changing():
            name = next_version(self._names())
            unfinished = self._folder / f"{_UNFINISHED}{name}"
            VersionFolder(unfinished).create(Description(model_version=model_version, dimensions=dimensions))
            unfinished.rename(self._folder / name)
        return self.open(name)

    def open(self, version: str) -> TantivyIndex:
        """An index of its own for the caller, who closes it. Raises NotFound."""
        if version not in self._names():
            raise NotFound(f"there is no index version {version}")
        return TantivyIndex(self._folder / version, wait_seconds=self._wait_seconds)

    def live(self) -> TantivyIndex:
        """The live version; the same object until another is promoted, by whichever process. The catalog closes it."""
        while True:
            name = self._alias().live
            if name is None:
                raise NotFound("no index version is live yet")
            try:
                return self._opened(name)
            except NotFound as error:
                # Superseded and dropped since the alias was read, or else lost.
                if self._alias().live == name:
                    raise IndexUnavailable(f"the live index version {name} is gone; re-index to mend it") from error

    def _opened(self, name: str) -> TantivyIndex:
        with self._lock:
            if self._live is None or self._live.version != name:
                opened = self.open(name)
                # A request under way may still use the one before; it is closed at the promotion after this.
                if self._superseded is not None:
                    self._superseded.close()
                self._live, self._superseded = opened, self._live
            return self._live

    def live_version(self) -> str | None:
        """The name of the version that answers."""
        return self._alias().live

    def promote(self, version: str, *, only_first: bool = False) -> str | None:
        """Make it live in one atomic step; see ports.IndexCatalog.

        An alias that can't be read is written anew: what was live before is then forgotten.
        """
        with self._changing():
            if version not in self._names():
                raise NotFound(f"there is no index version {version}")
            try:
                alias = self._alias()
            except IndexUnavailable as error:
                log.warning("%s; it is written anew", error)
                alias = _Alias()
            if only_first and alias.live is not None:
                return alias.live
            if alias.live == version:
                return alias.previous
            write_atomically(self._alias_file, {"live": version, "previous": alias.live})
            return alias.live

    def previous(self) -> str | None:
        """The version that was live before."""
        return self._alias().previous

    def versions(self) -> list[str]:
        """All versions, oldest first."""
        return by_age(self._names())

    def drop(self, version: str) -> None:
        """Delete a version. Raises Conflict for the live one, NotFound, and WriterBusy while it is being written."""
        with self._changing():
            if version not in self._names():
                raise NotFound(f"there is no index version {version}")
            alias = self._alias()
            if alias.live == version:
                raise Conflict(f"{version} is live; promote another version before dropping it")
            folder = self._folder / version
            with writer_lock(VersionFolder(folder).lock, wait_seconds=self._wait_seconds):
                if alias.previous == version:
                    write_atomically(self._alias_file, {"live": alias.live, "previous": None})
                gone = self._folder / f"{_UNFINISHED}{version}"
                folder.rename(gone)
            shutil.rmtree(gone)

    def close(self) -> None:
        """Close the live index; safe to call twice."""
        with self._lock:
            for index in (self._live, self._superseded):
                if index is not None:
                    index.close()
            self._live = self._superseded = None

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Alone among all processes, with what dead ones left cleared away."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with writer_lock(self._folder / "catalog.lock", wait_seconds=self._wait_seconds):
                for left in self._folder.glob(f"{_UNFINISHED}*"):
                    shutil.rmtree(left)
                yield
        except OSError as error:
            raise IndexUnavailable(f"cannot change the index versions in {self._folder}: {error}") from error

    def _names(self) -> set[str]:
        try:
            return {one.parent.name for one in self._folder.glob("*/meta.json") if PATTERN.fullmatch(one.parent.name)}
        except OSError as error:
            raise IndexUnavailable(f"cannot read {self._folder}: {error}") from error

    def _alias(self) -> _Alias:
        try:
            return _Alias(**json.loads(self._alias_file.read_bytes()))
        except FileNotFoundError:
            return _Alias()
        except (OSError, ValueError, TypeError) as error:
            raise IndexUnavailable(f"cannot read {self._alias_file}: {error}") from error
