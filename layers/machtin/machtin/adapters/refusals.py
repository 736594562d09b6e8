"""Refused input and the folder in which it is kept with its reason, so that nothing is lost."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from machtin.errors import Problem, StoreUnavailable
from machtin.refused_port import KeptRefusal
from machtin.vietnamese import fold

_UNSAFE = re.compile(r"[^a-z0-9._-]+")
_LONGEST_NAME: Final = 80
SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Input that can't be taken, and why. ``raw`` is empty where there was nothing, or too much, to read.

    ``position`` bytes of ``size`` had been read when it came; ``size`` is None where it is not known.
    """

    origin: str
    line: int | None
    reasons: tuple[Problem, ...]
    raw: bytes = field(repr=False)
    position: int = 0
    size: int | None = None


def kept_form(refused: Refused, at: datetime | None = None) -> tuple[str, bytes]:
    """The name and the content of the JSON file that one refusal is kept as.

    The file holds at, origin, line, reasons [{field, message}] and input, or input_base64 where the bytes are no UTF-8.
    Its name ends in a hash of all but the time: the same refusal again has the same name, and no other one has.
    """
    document = _document(refused)
    digest = sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:20]
    place = refused.origin if refused.line is None else f"{refused.origin}-{refused.line}"
    slug = _UNSAFE.sub("-", fold(place)).strip("-.")[-_LONGEST_NAME:].lstrip("-.")
    moment = (at or datetime.now(UTC)).isoformat(timespec="seconds")
    text = json.dumps({"at": moment, **document}, ensure_ascii=False, indent=1) + "\n"
    return f"{slug or 'input'}-{digest}.json", text.encode("utf-8", "backslashreplace")


def keep_refused(folder: Path, refused: Refused, *, at: datetime | None = None) -> Path:
    """Keep one refusal as a JSON file in ``folder`` (made when missing) and return its path; see ``kept_form``.

    Raises StoreUnavailable when the folder can't be written.
    """
    name, content = kept_form(refused, at)
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, content)
    except OSError as error:
        raise StoreUnavailable(
            f"the refused input {refused.origin} can't be kept in {folder}: {error.strerror}"
        ) from error
    return path


def kept_refusal(name: str, content: bytes) -> KeptRefusal:
    """The refusal that is kept in a file of this name; ``kept_form`` backwards. A broken file is told as it is."""
    refusal_id = name.removesuffix(SUFFIX)
    try:
        document = json.loads(content)
        packed, text = document.get("input_base64"), document.get("input", "")
        return KeptRefusal(
            id=refusal_id,
            at=str(document["at"]),
            origin=str(document["origin"]),
            line=document["line"],
            reasons=tuple(Problem(str(one["field"]), str(one["message"])) for one in document["reasons"]),
            raw=base64.b64decode(packed) if packed is not None else text.encode("utf-8", "backslashreplace"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        reason = Problem("file", "is not as machtin writes it; somebody else has written there")
        return KeptRefusal(id=refusal_id, at="", origin=name, line=None, reasons=(reason,), raw=content)


class FolderRefusals:
    """Implements refused_port.RefusedInput on the folder that ``keep_refused`` fills."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def count(self) -> int:
        return len(self._paths())

    def newest(self, size: int) -> list[KeptRefusal]:
        found = sorted(self._paths(), key=_changed, reverse=True)[:size]
        return [kept for path in found if (kept := self._read(path)) is not None]

    def get(self, refusal_id: str) -> KeptRefusal | None:
        return self._read(self._folder / f"{refusal_id}{SUFFIX}")

    def remove(self, refusal_id: str) -> None:
        path = self._folder / f"{refusal_id}{SUFFIX}"
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"{path} can't be removed: {error.strerror}") from error

    def _paths(self) -> list[Path]:
        return [path for path in self._folder.glob(f"*{SUFFIX}") if not path.name.startswith(".")]

    def _read(self, path: Path) -> KeptRefusal | None:
        try:
            return kept_refusal(path.name, path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(f"{path} can't be read: {error.strerror}") from error


def _changed(path: Path) -> tuple[float, str]:
    try:
        return path.stat().st_mtime, path.name
    except OSError:
        return 0.0, path.name


def _document(refused: Refused) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "origin": refused.origin,
        "line": refused.line,
        "reasons": _reasons(refused.reasons),
    }
    try:
        kept["input"] = refused.raw.decode("utf-8")
    except UnicodeDecodeError:
        kept["input_base64"] = base64.b64encode(refused.raw).decode("ascii")
    return kept


def _reasons(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"field": problem.field, "message": problem.message} for problem in problems]


def _write_once(path: Path, content: bytes) -> None:
    """Whole or not at all: a killed process leaves a hidden part, never half a refusal under its name."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
