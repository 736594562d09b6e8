"""The folder of one index version: its files, its description, and how it is made whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from machtin.adapters.entry_rows import create_rows, rows_errors
from machtin.adapters.lexical_terms import CURRENT, EARLIER, Analysis
from machtin.adapters.text_index import create_text
from machtin.adapters.vector_file import create_vectors
from machtin.adapters.vector_search import SCREEN_DIMENSIONS
from machtin.errors import IndexUnavailable, NotFound

# 3: words of several spellings by one key, with positions; beginnings of headlines. What was written before goes
# on without.
FORMAT: Final = 3
OLDEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What stands in meta.json."""

    format: int = FORMAT
    model_version: str
    dimensions: int

    @property
    def analysis(self) -> Analysis:
        """How its text is written and asked."""
        return CURRENT if self.format >= FORMAT else EARLIER


@dataclass(frozen=True, slots=True)
class VersionFolder:
    """Where everything of one index version lies."""

    path: Path

    @property
    def meta(self) -> Path:
        """The description; written last, so a folder that has one is whole."""
        return self.path / "meta.json"

    @property
    def rows(self) -> Path:
        """The truth about every entry."""
        return self.path / "entries.sqlite"

    @property
    def text(self) -> Path:
        """tantivy's folder."""
        return self.path / "text"

    @property
    def vectors(self) -> Path:
        """Vectors by slot."""
        return self.path / "vectors.f32"

    @property
    def leading(self) -> Path:
        """The leading dimensions of the same vectors, for screening."""
        return self.path / "vectors-leading.f32"

    @property
    def lock(self) -> Path:
        """The writer's lock."""
        return self.path / "writer.lock"

    def create(self, description: Description) -> None:
        """Make all files, empty."""
        try:
            self.path.mkdir(parents=True)
            with rows_errors(self.rows, "create"):
                create_rows(self.rows)
            create_text(self.text)
            create_vectors(self.vectors, description.dimensions)
            create_vectors(self.leading, leading_dimensions(description.dimensions))
            write_atomically(self.meta, asdict(description))
        except OSError as error:
            raise IndexUnavailable(f"cannot create {self.path}: {error}") from error

    def describe(self) -> Description:
        """Read meta.json. Raises NotFound when there is no such version, IndexUnavailable when it can't be read."""
        try:
            meta: dict[str, Any] = json.loads(self.meta.read_bytes())
            if meta["format"] > FORMAT:
                raise IndexUnavailable(
                    f"{self.path} was written by a newer machtin (format {meta['format']}, this one reads up to"
                    f" {FORMAT}); update machtin, or re-index"
                )
            if meta["format"] < OLDEST:
                raise IndexUnavailable(f"{self.path} was written by an older machtin; build it anew: machtin reindex")
            return Description(**meta)
        except FileNotFoundError as error:
            raise NotFound(f"there is no index version {self.path.name}") from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise IndexUnavailable(f"cannot read {self.meta}: {error}") from error


def leading_dimensions(dimensions: int) -> int:
    """How many of a vector's dimensions are kept apart for screening."""
    return min(SCREEN_DIMENSIONS, dimensions)


def write_atomically(path: Path, document: dict[str, Any]) -> None:
    """Replace a small JSON file in one step that survives a power cut."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("wb") as file:
        file.write(json.dumps(document, indent=1, ensure_ascii=False).encode())
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
