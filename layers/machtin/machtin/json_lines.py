"""Files with one JSON object a line, as test sets come."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from machtin.errors import InvalidInput

T = TypeVar("T")


def read_json_lines(path: Path, fields: str, make: Callable[[Any], T]) -> list[T]:
    """What ``make`` makes of each line that is not blank; ``fields`` says in words what a line has.

    Raises InvalidInput naming the file, and the line where it is no JSON or ``make`` raises ValueError, KeyError or
    TypeError; also for a file without any line.
    """
    try:
        # Not splitlines: U+2028 stands unescaped within JSON.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidInput.of(str(path), "must be encoded in UTF-8") from error
    made: list[T] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            made.append(make(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput.of(f"{path}:{number}", f"must be a JSON object with {fields}") from error
    if not made:
        raise InvalidInput.of(str(path), f"is empty; give one JSON object a line with {fields}")
    return made


def strings(row: Any, *names: str) -> list[str]:
    """These fields of an object. Raises KeyError or TypeError where one is missing or no string."""
    values = [row[name] for name in names]
    if not all(isinstance(value, str) for value in values):
        raise TypeError(f"{', '.join(names)} must be strings")
    return values
