"""Files, folders and standard input → a stream of article documents, and of what can't be one, with the reason."""

from __future__ import annotations

import json
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from machtin.adapters.html_page import read_html_page
from machtin.adapters.refusals import Refused, keep_refused
from machtin.adapters.source_files import (
    KINDS,
    PACKED,
    STDIN,
    BrokenJson,
    OpenedSource,
    json_values,
    kind_of_name,
    page_id,
    reason_of,
    told_kind,
)
from machtin.article import id_of_url
from machtin.charset import decode_page
from machtin.errors import InvalidInput, Problem
from machtin.page import read_page

__all__ = ["Refused", "Source", "SourceDocument", "keep_refused", "page_id", "read_sources"]

# A page or a JSON file is read whole and therefore bounded; NDJSON is bounded by the line only.
MAX_PAGE: Final = 20 << 20
MAX_JSON: Final = 256 << 20
MAX_LINE: Final = 32 << 20
_KEPT_OF_LONG_LINE: Final = 64 << 10
_IGNORED: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """One article's JSON, not yet validated. ``raw`` is the input it was made of.

    ``position`` bytes of ``size`` have been read when it comes, over all paths and as they lie on disk, so that rate
    and time left can be shown; ``size`` is None when standard input or a pipe is among the paths. ``line`` counts from
    1 and is None for pages.
    """

    origin: str
    line: int | None
    document: Mapping[str, Any]
    raw: bytes = field(repr=False)
    position: int
    size: int | None

    def refused(self, problems: Sequence[Problem]) -> Refused:
        """The same input, refused after all: for what validation or the store finds."""
        return Refused(
            origin=self.origin,
            line=self.line,
            reasons=tuple(problems),
            raw=self.raw,
            position=self.position,
            size=self.size,
        )


Source = SourceDocument | Refused


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
    """The state of one run: what is read of how much, and which page has which id."""

    def __init__(self, stdin: BinaryIO | None, below: Path | None) -> None:
        self.stdin = stdin
        self.below = below
        self.done = 0
        self.size: int | None = 0
        self.pages: dict[str, str] = {}

    def read(self, paths: Sequence[Path | str]) -> Iterator[Source]:
        listed = [entry for path in paths for entry in self.listed(str(path))]
        sizes = [entry.size for entry in listed if isinstance(entry, _File)]
        self.size = None if any(size < 0 for size in sizes) else sum(sizes)
        seen: set[tuple[int, int]] = set()
        for entry in listed:
            if not isinstance(entry, _File):
                yield self.refuse(*entry)
            elif not (known := _identity(entry.path)) or known not in seen:
                seen |= {known} if known else set()
                yield from self.file(entry)
                self.done += max(entry.size, 0)

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
            folders[:] = sorted(name for name in folders if not _is_ignored(name))
            for name in sorted(name for name in names if not _is_ignored(name)):
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

    # --- what is in them --------------------------------------------------------------------------------------------

    def file(self, entry: _File) -> Iterator[Source]:
        origin = str(entry.path)
        try:
            with closing(OpenedSource(entry.path, self.stdin)) as opened:
                yield from self.content(origin, entry.label, opened)
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            yield self.refuse(origin, f"can't be read to its end: {reason_of(error)}")

    def content(self, origin: str, label: str, opened: OpenedSource) -> Iterator[Source]:
        kind = told_kind(Path(origin).name, opened.start)
        if kind == "ndjson":
            yield from self.lines(origin, opened)
            return
        limit = MAX_JSON if kind == "json" else MAX_PAGE
        raw = opened.stream.read(limit + 1)
        if len(raw) > limit:
            mend = "; write one article per line (.ndjson)" if kind == "json" else ""
            yield self.refuse(origin, f"is larger than {limit >> 20} MiB{mend}; it stays where it is", opened)
        elif kind == "json":
            yield from self.json_file(origin, raw, opened)
        else:
            yield self.page(origin, label, raw, read_html_page if kind == "html" else _read_text, opened)

    def lines(self, origin: str, opened: OpenedSource) -> Iterator[Source]:
        number = 0
        while raw := opened.stream.readline(MAX_LINE + 1):
            number += 1
            if len(raw) > MAX_LINE:
                rest = raw
                while rest and not rest.endswith(b"\n"):
                    rest = opened.stream.readline(MAX_LINE)
                reason = f"is longer than {MAX_LINE >> 20} MiB; what is kept of it is its beginning"
                yield self.refuse(origin, reason, opened, number, raw[:_KEPT_OF_LONG_LINE])
                continue
            line = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
            if line:
                yield self.row(origin, number, line, opened)

    def row(self, origin: str, number: int, line: bytes, opened: OpenedSource) -> Source:
        try:
            document = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            return self.refuse(origin, f"is not UTF-8 at byte {error.start} of the line", opened, number, line)
        except (ValueError, RecursionError) as error:
            return self.refuse(origin, f"is no JSON: {reason_of(error)}", opened, number, line)
        return self.object(origin, number, document, line, opened)

    def object(self, origin: str, number: int | None, document: object, raw: bytes, opened: OpenedSource) -> Source:
        if not isinstance(document, dict):
            return self.refuse(origin, "must be a JSON object with the fields of an article", opened, number, raw)
        return SourceDocument(
            origin=origin,
            line=number,
            document=document,
            raw=raw,
            position=self.position(opened),
            size=self.size,
        )

    def json_file(self, origin: str, raw: bytes, opened: OpenedSource) -> Iterator[Source]:
        try:
            text = decode_page(raw)
        except InvalidInput as error:
            yield self.refuse(origin, error.problems[0].message, opened, None, raw)
            return
        for number, piece in json_values(text):
            if isinstance(piece, BrokenJson):
                yield self.refuse(
                    origin, f"is no JSON: {piece.reason}", opened, number, piece.rest.encode("utf-8", "surrogatepass")
                )
            else:
                kept = json.dumps(piece, ensure_ascii=True).encode("ascii")
                yield self.object(origin, number, piece, kept, opened)

    def page(
        self, origin: str, label: str, raw: bytes, read: Callable[[bytes], dict[str, Any]], opened: OpenedSource
    ) -> Source:
        try:
            document = read(raw)
        except InvalidInput as error:
            reason = "; ".join(problem.message for problem in error.problems)
            return self.refuse(origin, reason, opened, None, raw)
        url = document.get("url")
        name = id_of_url(url) if url else page_id(label) if label else sha256(raw).hexdigest()[:16]
        first = self.pages.setdefault(name, origin)
        if first != origin:
            reason = (
                f"{origin} would get the id {name}, which {first} has in this run; rename one or give them addresses"
            )
            return self.refuse(origin, reason, opened, None, raw, "id")
        return self.object(origin, None, {"id": name, **document}, raw, opened)

    def refuse(
        self,
        origin: str,
        reason: str,
        opened: OpenedSource | None = None,
        line: int | None = None,
        raw: bytes = b"",
        name: str = "input",
    ) -> Refused:
        return Refused(
            origin=origin,
            line=line,
            reasons=(Problem(name, reason),),
            raw=raw,
            position=self.position(opened),
            size=self.size,
        )

    def position(self, opened: OpenedSource | None) -> int:
        return self.done + (opened.position() if opened else 0)


def _read_text(raw: bytes) -> dict[str, Any]:
    return read_page(decode_page(raw))


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.lower() in _IGNORED


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode, so that a file reached by two paths is read once; None for standard input."""
    try:
        known = path.stat()
    except OSError:
        return None
    return (known.st_dev, known.st_ino) if stat.S_ISREG(known.st_mode) else None
