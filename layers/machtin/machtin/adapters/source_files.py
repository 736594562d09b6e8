"""One file or stream opened for reading: unpacked, its kind told by name or by how it begins, its position known."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, cast

from machtin.charset import decode_page
from machtin.errors import InvalidInput
from machtin.vietnamese import fold

Kind = Literal["ndjson", "json", "html", "text"]

STDIN: Final = "-"
KINDS: Final[dict[str, Kind]] = {
    ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "json", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".txt": "text",
}  # fmt: skip
PACKED: Final = {".gz": b"\x1f\x8b", ".xz": b"\xfd7zXZ\0"}
_SNIFFED: Final = 64 << 10
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_SPACE = re.compile(r"[\s\ufeff]*")
_UNSAFE = re.compile(r"[^a-z0-9._~-]+")
_LONGEST_ID: Final = 128


def kind_of_name(name: str) -> Kind | None:
    """The kind that a file's name tells, a packing suffix left aside."""
    path = Path(name)
    if path.suffix.lower() in PACKED:
        path = Path(path.stem)
    return KINDS.get(path.suffix.lower())


def page_id(path: str) -> str:
    """A page's id from its path: "a/Bầu cử 1.txt" → "a-bau-cu-1"; a hash ends ids that would be too long or empty."""
    parts = list(Path(path).parts)
    parts[-1] = _stem(parts[-1])
    slug = "-".join(filter(None, (_UNSAFE.sub("-", fold(part)).strip("-") for part in parts))).lstrip("._~-")
    digest = sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    if not slug:
        return digest
    return slug if len(slug) <= _LONGEST_ID else f"{slug[: _LONGEST_ID - 17]}-{digest}"


def _stem(name: str) -> str:
    path = Path(name)
    if path.suffix.lower() in PACKED:
        path = Path(path.stem)
    return path.stem if path.suffix.lower() in KINDS else path.name


class OpenedSource:
    """A source's unpacked bytes in ``stream``; ``start`` is how it begins, ``packed`` whether they were packed.

    ``given`` is read in place of a file; the path then is only its name. Opening or reading raises OSError, EOFError,
    lzma.LZMAError or zlib.error.
    """

    def __init__(self, path: Path, given: BinaryIO | io.RawIOBase | None = None) -> None:
        self._own = given is None and str(path) != STDIN
        self._file: Any = io.FileIO(path) if self._own else (given or sys.stdin.buffer)
        self._counted = _Counted(self._file)
        self.packed = False
        try:
            unpacked = self._unpacked(path)
            self.start: bytes = unpacked.read(_SNIFFED)
        except BaseException:
            self.close()
            raise
        self.stream: io.BufferedReader[io.RawIOBase] = io.BufferedReader(_Again(self.start, unpacked), 1 << 20)

    def _unpacked(self, path: Path) -> io.BufferedIOBase:
        """Packed is what is named so; where the name tells nothing at all, what begins so."""
        packed = io.BufferedReader(self._counted, 1 << 20)
        head, suffix = packed.peek(8)[:8], path.suffix.lower()
        begins = next((known for known, magic in PACKED.items() if head.startswith(magic)), None)
        if suffix in PACKED and head and begins != suffix:
            raise OSError(f"it is not packed as {suffix} files are")
        if begins is None or (suffix not in PACKED and kind_of_name(path.name)):
            return packed
        self.packed = True
        return cast("io.BufferedIOBase", gzip.GzipFile(fileobj=packed) if begins == ".gz" else lzma.LZMAFile(packed))

    def skip(self, count: int) -> None:
        """Pass over so many unpacked bytes before anything is read. What is packed must be unpacked up to there."""
        if self.packed:
            while count > 0 and (passed := self.stream.read(min(count, 1 << 20))):
                count -= len(passed)
            return
        # Anew, since whoever read the first one closes it when it goes.
        self._counted = _Counted(self._file, self._file.seek(count))
        self.stream = io.BufferedReader(self._counted, 1 << 20)

    def position(self) -> int:
        """Bytes taken from the file so far, packed where it is packed."""
        return self._counted.count

    def close(self) -> None:
        """Close the file; what was given stays open."""
        if self._own:
            self._file.close()


class _Counted(io.RawIOBase):
    def __init__(self, inner: Any, count: int = 0) -> None:
        self.inner = inner
        self.count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        data = self.inner.read(len(buffer)) or b""
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class _Again(io.RawIOBase):
    """Serves what was read to tell the kind, then the rest."""

    def __init__(self, start: bytes, rest: io.BufferedIOBase) -> None:
        self.start = start
        self.rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        # In small pieces, so that of a broken archive all is read that comes before the break.
        data = self.start[: len(buffer)] or self.rest.read1(min(len(buffer), _SNIFFED))
        self.start = self.start[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def told_kind(name: str, start: bytes) -> Kind:
    """What a source is by its name and, where the name leaves it open or is wrong, by how it begins."""
    kind, sniffed = kind_of_name(name), sniffed_kind(start)
    if kind == "json":
        return "ndjson" if sniffed == "ndjson" else "json"
    if kind == "ndjson":
        return "json" if sniffed == "json" and _is_wide(start[:64]) else "ndjson"
    if kind == "text" and sniffed == "html":
        return "html"
    return kind or sniffed


def _is_wide(start: bytes) -> bool:
    """Whether these bytes are UTF-16, where every other byte is mostly 0, and not lines with a stray zero."""
    zeros = [start[parity::2].count(0) for parity in (0, 1)]
    return min(zeros) == 0 and 4 * max(zeros) >= len(start)


def sniffed_kind(start: bytes) -> Kind:
    """The kind that the beginning of a source tells; "text" when nothing else fits."""
    wide = start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:64]
    try:
        text = decode_page(start[: len(start) // 4 * 4]) if wide else start.decode("utf-8", "replace")
    except InvalidInput:
        return "text"
    text = text.removeprefix("\ufeff").lstrip()
    if _HTML_START.match(text):
        return "html"
    if not text.startswith(("{", "[")):
        return "text"
    # Lines can be told apart in bytes only where a byte is an ASCII character.
    return "json" if wide or text.startswith("[") or not _is_row(text) else "ndjson"


def _is_row(text: str) -> bool:
    line, line_end, _ = text.partition("\n")
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        # A line longer than the beginning is taken for a row; a broken first line for one when more rows follow.
        return not line_end or (line.rstrip().endswith("}") and text.count("\n{") > 0)
    return True


@dataclass(frozen=True, slots=True)
class BrokenJson:
    """Where a JSON file makes no sense: the reason and all from there on."""

    reason: str
    rest: str


def json_values(text: str) -> Iterator[tuple[int, object]]:
    """Values of a JSON file (one, a list, or several in a row), each with its line; an error ends them, BrokenJson."""
    decoder = json.JSONDecoder()
    at, line, counted, in_list = 0, 1, 0, False
    while (at := _after_space(text, at)) < len(text):
        if in_list and text[at] in ",]":
            in_list = text[at] == ","
            at += 1
            continue
        if not in_list and text[at] == "[":
            in_list = True
            at += 1
            continue
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield line, BrokenJson(reason_of(error), text[at:])
            return
        yield line, value
    if in_list:
        yield line, BrokenJson("the list has no end", "")


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def reason_of(error: BaseException) -> str:
    """One line for people about an error of the operating system or of a format."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return " ".join(str(error).split())[:300] or type(error).__name__
