"""A refused piece of input read again, as what it was: a line, a JSON file, a page or a text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from machtin.adapters.source_contents import Contents, SourceDocument
from machtin.adapters.source_files import PACKED, OpenedSource, kind_of_name, sniffed_kind
from machtin.errors import InvalidInput, Problem
from machtin.refused_port import KeptRefusal

_NAMES: Final = {"ndjson": "line.json", "json": "file.json", "html": "page.html", "text": "page.txt"}


def documents_of(kept: KeptRefusal) -> list[Mapping[str, Any]]:
    """The articles' documents in it, not yet validated. Raises InvalidInput for what is refused again.

    A page keeps the id that its place, or its address, gives it.
    """
    web = urlsplit(kept.origin).scheme in ("http", "https")
    kind = "json" if kept.line is not None else _kind_of(kept, web=web)
    contents, documents = Contents(), list[Mapping[str, Any]]()
    with closing(OpenedSource(Path(_NAMES[kind]), io.BytesIO(kept.raw))) as opened:
        for source in contents.read(_NAMES[kind], "" if web else Path(kept.origin).name, opened):
            if not isinstance(source, SourceDocument):
                raise InvalidInput([Problem("input", one.message) for one in source.reasons])
            documents.append(_with_address(source.document, kept.origin) if web else source.document)
    return documents


def _kind_of(kept: KeptRefusal, *, web: bool) -> str:
    name = Path(kept.origin)
    if name.suffix.lower() in PACKED:
        name = Path(name.stem)
    named = None if web else kind_of_name(name.name)
    sniffed = sniffed_kind(kept.raw[:65_536])
    # Whoever mends a page may leave out what a whole one begins with.
    if web or named == "html":
        return "html"
    return "html" if sniffed == "html" else named or sniffed


def _with_address(document: Mapping[str, Any], address: str) -> Mapping[str, Any]:
    """A fetched page that names no address of its own has the one that it was fetched from, and its id."""
    if document.get("url"):
        return document
    return {**{name: value for name, value in document.items() if name != "id"}, "url": address}
