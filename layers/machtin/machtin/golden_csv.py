"""Judged queries as a table that an editor keeps in Excel: one row for each article that a query should find.

Columns are named in the first row: query, article (its id or its address) and, where articles are not all as good,
grade (0 to 9, 1 where nothing is given); others are the editor's own. Commas, semicolons or tabs part them, as Excel's
language has it; Windows line ends, a byte order mark and UTF-16 are read.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from machtin.article import ID_PATTERN
from machtin.errors import InvalidInput, Problem
from machtin.vietnamese import fold

COLUMNS: Final = ("query", "article", "grade")
MOST_PROBLEMS: Final = 20
LONGEST_QUERY: Final = 1_000
_NAMES: Final = {
    **dict.fromkeys(("query", "truy van", "cau hoi"), "query"),
    **dict.fromkeys(("article", "id", "url", "bai", "bai viet", "ma bai"), "article"),
    **dict.fromkeys(("grade", "score", "diem", "diem so"), "grade"),
}
_ADDRESS: Final = re.compile(r"https?://\S+")
_MENDS: Final = {
    "query": f"must have a text of at most {LONGEST_QUERY:,} characters",
    "article": "must be the id of an article, or its address (https://…)",
    "grade": "must be a whole number from 0 (does not answer) to 9, or empty for 1",
}


class Judgement(NamedTuple):
    """One row: an article, by id or address, and how well it answers; ``where`` is file:line."""

    query: str
    article: str
    grade: int
    where: str

    @property
    def is_address(self) -> bool:
        """Whether the article is named by its address."""
        return _ADDRESS.fullmatch(self.article) is not None


def read_golden_csv(content: bytes, name: str) -> list[Judgement]:
    """The rows of a file. Raises InvalidInput with a problem for each that can't be taken: file:line, column, mend."""
    text = _decoded(content, name)
    head = text.split("\n", 1)[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=head.count), strict=True)
    problems: list[Problem] = []
    judged: list[Judgement] = []
    try:
        places = _places(next(rows, []), name)
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            one = _judgement(row, places, f"{name}:{rows.line_num}", problems)
            if one is not None:
                judged.append(one)
    except csv.Error as error:
        problems.append(Problem(f"{name}:{rows.line_num}", f"is no row of a CSV file: {error}"))
    return each_pair_once(judged, problems)


def each_pair_once(judged: Iterable[Judgement], problems: Iterable[Problem] = ()) -> list[Judgement]:
    """The rows without repetitions. Raises InvalidInput for ``problems``, and where two rows give a pair two grades."""
    kept: dict[tuple[str, str], Judgement] = {}
    told = list(problems)
    for one in judged:
        known = kept.setdefault((one.query, one.article), one)
        if known.grade != one.grade:
            told.append(Problem(f"{one.where} grade", f"differs from that of the same pair in {known.where}"))
    if told:
        raise InvalidInput(told[:MOST_PROBLEMS])
    return list(kept.values())


def plain_query(text: str) -> str:
    """A query as tables keep it: composed letters, and one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def written_csv(judged: Iterable[Judgement]) -> bytes:
    """A file that Excel opens as what it is: UTF-8 with a byte order mark, Windows line ends."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(COLUMNS)
    writer.writerows((one.query, one.article, one.grade) for one in judged)
    return codecs.BOM_UTF8 + made.getvalue().encode()


def _decoded(content: bytes, name: str) -> str:
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput.of(name, "is not UTF-8; in Excel, save it as “CSV UTF-8”") from error


def _places(head: list[str], name: str) -> dict[str, int]:
    """At which place of a row each column stands."""
    places: dict[str, int] = {}
    for at, cell in enumerate(head):
        if (column := _NAMES.get(fold(cell.strip()))) is not None:
            if column in places:
                raise InvalidInput.of(f"{name}:1 {cell.strip()}", f"is a second column for the {column}; leave one")
            places[column] = at
    if missing := [column for column in COLUMNS[:2] if column not in places]:
        raise InvalidInput.of(
            f"{name}:1", f"must name a column {' and a column '.join(missing)}; the first row names the columns"
        )
    return places


def _judgement(row: list[str], places: dict[str, int], where: str, problems: list[Problem]) -> Judgement | None:
    cells = {column: row[at].strip() if at < len(row) else "" for column, at in places.items()}
    query, article, grade = plain_query(cells["query"]), cells["article"], cells.get("grade", "") or "1"
    wrong = judgement_problems(query, article, grade)
    problems.extend(Problem(f"{where} {column}", mend) for column, mend in wrong)
    return None if wrong else Judgement(query, article, int(grade), where)


def judgement_problems(query: str, article: str, grade: str) -> list[Problem]:
    """What is wrong with one judgement, by column."""
    right = {
        "query": 0 < len(query) <= LONGEST_QUERY,
        "article": bool(re.fullmatch(ID_PATTERN, article) or _ADDRESS.fullmatch(article)),
        "grade": len(grade) == 1 and grade in "0123456789",
    }
    return [Problem(column, _MENDS[column]) for column, is_right in right.items() if not is_right]
