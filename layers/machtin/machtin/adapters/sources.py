"""Files, folders and standard input → a stream of article documents, and of what can't be one, with the reason."""

from __future__ import annotations

import lzma
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from machtin.adapters.refusals import Refused, keep_refused
from machtin.adapters.source_contents import Contents, Source, SourceDocument
from machtin.adapters.source_files import KINDS, PACKED, STDIN, OpenedSource, kind_of_name, page_id, reason_of

__all__ = ["Refused", "Source", "SourceDocument", "keep_refused", "page_id", "read_sources"]

_IGNORED: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def read_sources(
    paths: Sequence[Path | str], *, stdin: BinaryIO | None = None, below: Path | None = None
) -> Iterator[Source]:
    """Everything that the paths hold, in order, one item for each article or refused piece; nothing is raised.

    NDJSON (.ndjson, .jsonl), JSON with one object or a list (.json), pages (.html, .htm, .xhtml, .txt), each also
    packed (.gz, .xz); folders with all below them, sorted; "-" is standard input (``stdin``, by default the process's
    own), whose kind is told by how it begins, as is that of a file of another name given by itself. In folders a file
    of another name is refused, and hidden ones (.DS_Store …), Thumbs.db, desktop.ini and __MACOSX are passed over.

    A page's id comes from its canonical address, else from its path below the folder that was given (below ``below``
    where a caller names single files of one folder); a second page of one run with the same id is refused.
    """
    return _Run(stdin, below).read(paths)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    label: str
    size: int
    named: bool


class _Run:
    """Finds the files of one run and reads one after the other."""

    def __init__(self, stdin: BinaryIO | None, below: Path | None) -> None:
        self.stdin = stdin
        self.below = below
        self.contents = Contents()

    def read(self, paths: Sequence[Path | str]) -> Iterator[Source]:
        listed = [entry for path in paths for entry in self.listed(str(path))]
        sizes = [entry.size for entry in listed if isinstance(entry, _File)]
        self.contents.size = None if any(size < 0 for size in sizes) else sum(sizes)
        seen: set[tuple[int, int]] = set()
        for entry in listed:
            if not isinstance(entry, _File):
                yield self.contents.refuse(*entry)
            elif not (known := _identity(entry.path)) or known not in seen:
                seen |= {known} if known else set()
                yield from self.file(entry)
                self.contents.done += max(entry.size, 0)

    # --- which files ------------------------------------------------------------------------------------------------

    def listed(self, path: str) -> Iterator[_File | tuple[str, str]]:
        """Files in order, or the origin and reason of what is none."""
        if path == STDIN:
            yield _File(Path(STDIN), "", -1, named=True)
            return
        given = Path(path)
        try:
            kind = given.stat().st_mode
        except (OSError, ValueError) as error:
            yield path, f"can't be opened: {reason_of(error)}"
            return
        if not stat.S_ISDIR(kind):
            yield self.named_file(given, kind)
            return
        problems: list[OSError] = []
        for folder, folders, names in os.walk(given, onerror=problems.append):
            folders[:] = sorted(name for name in folders if not is_ignored(name))
            for name in sorted(name for name in names if not is_ignored(name)):
                yield self.found_file(given, Path(folder, name))
        for problem in problems:
            yield str(problem.filename), f"can't be opened: {reason_of(problem)}"

    def named_file(self, path: Path, mode: int) -> _File:
        label = path.name
        if self.below and path.is_relative_to(self.below):
            label = str(path.relative_to(self.below))
        return _File(path, label, path.stat().st_size if stat.S_ISREG(mode) else -1, named=True)

    def found_file(self, root: Path, path: Path) -> _File | tuple[str, str]:
        try:
            known = path.stat()
        except OSError as error:
            return str(path), f"can't be opened: {reason_of(error)}"
        if not stat.S_ISREG(known.st_mode):
            return str(path), "is no regular file"
        if kind_of_name(path.name) is None:
            return str(path), f"is of an unknown kind; known: {', '.join(KINDS)}, each also with {' or '.join(PACKED)}"
        return _File(path, str(path.relative_to(self.below or root)), known.st_size, named=False)

    def file(self, entry: _File) -> Iterator[Source]:
        origin = str(entry.path)
        try:
            given = self.stdin if origin == STDIN else None
            with closing(OpenedSource(entry.path, given)) as opened:
                yield from self.contents.read(origin, entry.label, opened)
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            yield self.contents.refuse(origin, f"can't be read to its end: {reason_of(error)}")


def is_ignored(name: str) -> bool:
    """Whether this is a name of what systems leave in folders, and no file of anybody's."""
    return name.startswith(".") or name.lower() in _IGNORED


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode, so that a file reached by two paths is read once; None for standard input."""
    try:
        known = path.stat()
    except OSError:
        return None
    return (known.st_dev, known.st_ino) if stat.S_ISREG(known.st_mode) else None
