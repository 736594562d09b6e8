"""Many articles in one request: NDJSON, one article a line, one answer for each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from http_json import decode_json
from http_problems import ProblemEntry, detail_of, entries_of
from machtin.answers import WriteAnswer
from machtin.article import Article
from machtin.errors import InvalidInput, TooLarge, status_of

# Lines of a request, and problems told of each refused one: so the answer stays below the 6 MB that Lambda lets out.
MAX_LINES: Final = 5_000
MAX_LINE_PROBLEMS: Final = 3


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What became of one line: the article's id, revision and outcome, or (status 4xx) what is wrong and where."""

    line: int
    status: int
    id: str | None = None
    revision: int | None = None
    outcome: Literal["created", "updated", "unchanged"] | None = None
    detail: str | None = None
    errors: list[ProblemEntry] | None = None


def put_lines(
    body: bytes, read: Callable[[object], Article], put: Callable[[Sequence[Article]], Sequence[WriteAnswer]]
) -> list[dict[str, Any]]:
    """A LineAnswer's set fields for each line that is not blank, in order; a bad line doesn't keep the others out.

    Raises TooLarge for too many lines; then none is taken.
    """
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
    if len(lines) > MAX_LINES:
        raise TooLarge.of("body", f"has {len(lines):,} lines; the limit is {MAX_LINES:,}; send fewer at a time")
    articles = [(number, _read_line(line, read)) for number, line in lines]
    taken = iter(put([article for _, article in articles if isinstance(article, Article)]))
    return [{"line": number, **_answer(one, taken)} for number, one in articles]


def _read_line(line: bytes, read: Callable[[object], Article]) -> Article | InvalidInput:
    try:
        return read(decode_json(line))
    except InvalidInput as error:
        return error


def _answer(one: Article | InvalidInput, taken: Iterator[WriteAnswer]) -> dict[str, Any]:
    if isinstance(one, Article):
        answer = next(taken)
        return {"status": 202, "id": answer.id, "revision": answer.revision, "outcome": answer.outcome}
    told = detail_of(one, MAX_LINE_PROBLEMS)
    return {"status": status_of(one), "detail": told, "errors": entries_of(one, MAX_LINE_PROBLEMS)}
