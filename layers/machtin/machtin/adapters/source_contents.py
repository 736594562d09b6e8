"""What one opened source holds: a stream of article documents, and of what can't be one, with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from machtin.adapters.refusals import Refused
from machtin.adapters.source_files import BrokenJson, OpenedSource, json_values, page_id, reason_of, told_kind
from machtin.article import id_of_url
from machtin.charset import decode_page
from machtin.errors import InvalidInput, Problem
from machtin.page import read_page

# A page or a JSON file is read whole and therefore bounded; NDJSON is bounded by the line only.
MAX_PAGE: Final = 20 << 20
MAX_JSON: Final = 256 << 20
MAX_LINE: Final = 32 << 20
_KEPT_OF_LONG_LINE: Final = 64 << 10


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


class Place(NamedTuple):
    """Where the next piece of a source begins, so that another run can go on there.

    ``position`` counts bytes of a file of lines, unpacked, or values of a JSON file; ``line`` the lines before it.
    """

    position: int = 0
    line: int = 0


BEGINNING: Final = Place()


class Contents:
    """Reads opened sources one after the other. ``size`` and ``done`` are bytes on disk, of all of them and of those
    that were read; ``place`` is where what follows the last piece begins."""

    def __init__(self, size: int | None = None, max_json: int = MAX_JSON) -> None:
        self.size = size
        self.done = 0
        self.place = BEGINNING
        self.pages: dict[str, str] = {}
        self._max_json = max_json

    def read(self, origin: str, label: str, opened: OpenedSource, start: Place = BEGINNING) -> Iterator[Source]:
        """The pieces from ``start`` on; a page is one piece, whose id comes from ``label`` where it has no address."""
        self.place = start
        kind = told_kind(Path(origin).name, opened.start)
        if kind == "ndjson":
            yield from self.lines(origin, opened)
            return
        limit = self._max_json if kind == "json" else MAX_PAGE
        raw = opened.stream.read(limit + 1)
        if len(raw) > limit:
            mend = "; write one article per line (.ndjson)" if kind == "json" else ""
            yield self.refuse(origin, f"is larger than {limit >> 20} MiB{mend}; it stays where it is", opened)
        elif kind == "json":
            yield from self.json_file(origin, raw, opened)
        else:
            yield self.page(origin, label, raw, _read_html if kind == "html" else _read_text, opened)

    def lines(self, origin: str, opened: OpenedSource) -> Iterator[Source]:
        if self.place.position:
            opened.skip(self.place.position)
        while raw := opened.stream.readline(MAX_LINE + 1):
            position, number = self.place.position + len(raw), self.place.line + 1
            if len(raw) > MAX_LINE:
                rest = raw
                while rest and not rest.endswith(b"\n"):
                    rest = opened.stream.readline(MAX_LINE)
                    position += len(rest)
            self.place = Place(position, number)
            if len(raw) > MAX_LINE:
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
        for number, piece in islice(json_values(text), self.place.position, None):
            self.place = Place(self.place.position + 1, number)
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


def _read_html(raw: bytes) -> dict[str, Any]:
    from machtin.adapters.html_page import read_html_page  # loads lxml, which lines of JSON do without

    return read_html_page(raw)


def _read_text(raw: bytes) -> dict[str, Any]:
    return read_page(decode_page(raw))
