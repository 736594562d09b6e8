"""JSON as it crosses HTTP: answers out, bodies in, each refusal saying where the text breaks off."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import NoReturn

from machtin.errors import InvalidInput


def json_text(value: object) -> str:
    """Compact JSON with its letters as they are, of an answer or of plain values."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def decode_json(raw: bytes) -> object:
    """Decoded JSON in UTF-8; a byte order mark is passed over. Raises InvalidInput saying what is wrong, and where."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput.of("body", f"is not UTF-8 at byte {error.start}") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        message = error.msg[:1].lower() + error.msg[1:]
        raise InvalidInput.of("body", f"is not JSON at character {error.pos}: {message}") from error
    except RecursionError as error:
        raise InvalidInput.of("body", "is nested too deeply; an article has two levels") from error
    except ValueError as error:
        raise InvalidInput.of("body", "holds a number of too many digits; an article has no numbers") from error


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput.of("body", f"holds {name}, which is not JSON")


def _without_repeats(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """An object; a field that stands in it twice is refused, since nobody can tell which was meant."""
    made = dict(pairs)
    if len(made) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise InvalidInput.of(twice, "stands in one object more than once; send it once")
    return made
