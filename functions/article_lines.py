"""Many articles in one request: NDJSON, one article a line, one answer for each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from http_json import decode_json, json_text
from http_problems import ProblemEntry, detail_of, entries_of
from machtin.answers import WriteAnswer
from machtin.article import Article
from machtin.errors import Conflict, InvalidInput, TooLarge, Unavailable, status_of

MAX_LINES: Final = 5_000
MAX_LINE_PROBLEMS: Final = 3
# Articles that are stored between two looks at the time: a second's work where each is a request to S3.
SLICE: Final = 250
# Lambda lets 6 MB out; what is told of lines that were taken needs at most 1.2 MB of them.
MAX_REFUSALS_BYTES: Final = 4_500_000


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of one line: the article's id, revision and outcome, or (status 4xx) what is wrong and where.

    ``publish_at``: when readers will be shown it, where it is not public at once.

    Status 503 or 409: it could not be stored now, or there was no time left for it; send it again.
    """

    line: int
    status: int
    id: str | None = None
    revision: int | None = None
    outcome: Literal["created", "updated", "unchanged"] | None = None
    publish_at: str | None = None
    detail: str | None = None
    errors: list[ProblemEntry] | None = None


def put_lines(
    body: bytes,
    read: Callable[[object], Article],
    put: Callable[[Sequence[Article]], Sequence[WriteAnswer]],
    has_time: Callable[[], bool],
) -> list[dict[str, Any]]:
    """A LineAnswer's set fields for each line that is not blank, in order; a bad line doesn't keep the others out.

    The first articles are always stored, later ones while it ``has_time``.

    Raises TooLarge for more lines, or more that is wrong with them, than one answer can tell; then none is taken.
    """
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    if len(lines) > MAX_LINES:
        raise TooLarge.of("body", f"has {len(lines):,} lines; the limit is {MAX_LINES:,}; send fewer at a time")
    read_lines = [(number, _read_line(line, read)) for number, line in lines]
    if sum(len(json_text(one).encode()) for _, one in read_lines if isinstance(one, dict)) > MAX_REFUSALS_BYTES:
        raise TooLarge.of("body", "has more bad lines than can be told of at once; send fewer at a time")
    taken = _stored([one for _, one in read_lines if isinstance(one, Article)], put, has_time)
    return [{"line": number, **(one if isinstance(one, dict) else next(taken))} for number, one in read_lines]


def _stored(
    articles: Sequence[Article],
    put: Callable[[Sequence[Article]], Sequence[WriteAnswer]],
    has_time: Callable[[], bool],
) -> Iterator[dict[str, Any]]:
    """What is told of each article."""
    for start in range(0, len(articles), SLICE):
        part = articles[start : start + SLICE]
        if start and not has_time():
            late = {"status": 503, "detail": "there was no time left for this line; send it again"}
            yield from (late for _ in articles[start:])
            return
        try:
            yield from map(_taken, put(part))
        except (Unavailable, Conflict) as error:
            failed = {"status": status_of(error), "detail": str(error)}
            yield from (failed for _ in part)


def _read_line(line: bytes, read: Callable[[object], Article]) -> Article | dict[str, Any]:
    """The article of a line, or what is told of it instead."""
    try:
        return read(decode_json(line))
    except InvalidInput as error:
        told = detail_of(error, MAX_LINE_PROBLEMS)
        return {"status": status_of(error), "detail": told, "errors": entries_of(error, MAX_LINE_PROBLEMS)}


def _taken(answer: WriteAnswer) -> dict[str, Any]:
    told = {"status": 202, "id": answer.id, "revision": answer.revision, "outcome": answer.outcome}
    return told if answer.publish_at is None else {**told, "publish_at": answer.publish_at}
