"""Failures as problem documents (RFC 9457), in plain words: which field is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from http_json import json_text
from machtin.article import ID_MEND
from machtin.errors import InvalidInput, MachtinError, Problem, phrase_of

# So many problems of one request are told; whoever mends those is told the next.
MAX_PROBLEMS: Final = 20
MAX_NAME: Final = 100
# A browser that shows an answer takes it for what it says it is.
NOSNIFF: Final[Mapping[str, str]] = {"X-Content-Type-Options": "nosniff"}
# A cache that hears nothing may keep an answer as it likes, a 404 or a 410 too (RFC 9111, 4.2.2).
NOT_KEPT: Final[Mapping[str, str]] = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One thing that is wrong with the request: the field, and how to mend it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """RFC 9457, with ``errors`` where single fields are at fault."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemEntry]


def problem(
    status: int, detail: str, problems: Sequence[Problem] = (), headers: Mapping[str, str] | None = None
) -> Response[str]:
    """A failure as a problem document."""
    document = ProblemDocument(
        type="about:blank",
        title=phrase_of(status),
        status=status,
        detail=writable(detail),
        errors=[ProblemEntry(one.field, one.message) for one in _told(problems)],
    )
    return Response(status, "application/problem+json", json_text(document), {**NOSNIFF, **NOT_KEPT, **(headers or {})})


def detail_of(error: MachtinError, limit: int = MAX_PROBLEMS) -> str:
    """What is wrong, in one line that stays readable however much is wrong."""
    if not isinstance(error, InvalidInput):
        return writable(str(error))
    told = "; ".join(f"{one.field}: {one.message}" for one in _told(error.problems, limit))
    more = len(error.problems) - limit
    return f"{told}; and {more:,} more" if more > 0 else told


def entries_of(error: MachtinError, limit: int = MAX_PROBLEMS) -> list[dict[str, str]]:
    """The ``errors`` of a problem document as plain values."""
    return [one._asdict() for one in _told(error.problems, limit)] if isinstance(error, InvalidInput) else []


def writable(text: str) -> str:
    """Lone surrogates as the escapes that they were sent as, since UTF-8 has no bytes for them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def parameter_problems(errors: Iterable[Mapping[str, Any]], limits: Mapping[str, tuple[Any, Any]]) -> list[Problem]:
    """The validator's findings in plain words; ``limits`` has each numeric parameter's smallest and largest value."""
    return [_parameter_problem(one, limits) for one in errors]


def _parameter_problem(one: Mapping[str, Any], limits: Mapping[str, tuple[Any, Any]]) -> Problem:
    name, kind, context, sent = str(one["loc"][-1]), str(one["type"]), one.get("ctx") or {}, one.get("input")
    if one["loc"][0] == "path":
        return Problem("id", ID_MEND)
    if isinstance(sent, list):
        return Problem(name, "is given more than once; give it once")
    if name in limits and (kind.startswith("int_") or kind in ("greater_than_equal", "less_than_equal")):
        return Problem(name, "must be a whole number from {:,} to {:,}".format(*limits[name]))
    if kind == "string_too_long":
        return Problem(name, f"has {len(str(sent)):,} characters; the limit is {context['max_length']:,}")
    if kind == "literal_error":
        return Problem(name, f"must be {context['expected']}")
    if kind.startswith("bool_"):
        return Problem(name, "must be true or false")
    return Problem(name, str(one["msg"]))


def _told(problems: Sequence[Problem], limit: int = MAX_PROBLEMS) -> list[Problem]:
    return [Problem(writable(field[:MAX_NAME]), writable(message)) for field, message in problems[:limit]]
