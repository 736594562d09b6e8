"""Golden queries edited in place, one query at a time, without undoing what somebody else has done meanwhile.

A judgement stays in the table that it came with; new ones go to the table of what was judged one by one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from machtin.audit import LONGEST_REASON, Action, AuditLog, AuditRecord, By
from machtin.beir import read_judged
from machtin.errors import Conflict, InvalidInput, NotFound, Problem
from machtin.golden import (
    ADDED,
    GoldenQueries,
    id_of_judged,
    named_by_id,
    read_golden,
    read_table,
    tables_of,
    write_table,
)
from machtin.golden_csv import Judgement, judgement_problems, plain_query, written_csv
from machtin.store_port import ArticleStore, readable

MOST_ARTICLES: Final = 200
# What columns of a table are called where an editor sends them.
_FIELDS: Final = {"query": "query", "article": "articles[{}].id", "grade": "articles[{}].grade"}


class Opened(Protocol):
    """Opens the folder of golden queries: to be read or, with ``edit``, to be changed by one at a time."""

    def __call__(self, *, edit: bool) -> AbstractContextManager[Path]:
        """Raises WriterBusy or Conflict, at the end too, where somebody else changes them."""


@dataclass(frozen=True, slots=True)
class GoldenArticle:
    """A judged article, and how well it answers, 0 to 9. ``id``: of an address, the one that would be made from it.

    ``known``: the store shows it, with this title; the others count as soon as it does.
    """

    id: str
    grade: int
    known: bool
    title: str | None


@dataclass(frozen=True, slots=True)
class GoldenQuery:
    """A query with its judged articles, best first. ``revision`` changes with every change of them.

    ``editable``: false where it stands in a BEIR folder's own files, which are changed there.
    """

    id: str
    query: str
    revision: str
    editable: bool
    articles: list[GoldenArticle]


@dataclass(frozen=True, slots=True)
class GoldenList:
    """All golden queries, in the order of their files."""

    queries: list[GoldenQuery]


@dataclass(frozen=True, slots=True)
class Judged:
    """What an editor sends: the query, and which articles answer it how well. ``revision``: what it was seen at."""

    query: str
    articles: Sequence[tuple[str, int]]
    revision: str | None = None


class GoldenEditing:
    """Reads and changes golden queries; each change is on record."""

    def __init__(
        self, store: ArticleStore, opened: Opened, audit_log: AuditLog, clock: Callable[[], datetime], *, search: bool
    ) -> None:
        """``search``: whether the store may be walked for an article's address; see golden.named_by_id."""
        self._store, self._opened, self._audit, self._clock = store, opened, audit_log, clock
        self._search = search

    def all(self) -> GoldenList:
        """Every query. Raises InvalidInput naming file and line of a table that can't be read."""
        with self._opened(edit=False) as folder:
            golden, fixed = _read(folder)
        return GoldenList(self._shown(golden, fixed, list(golden.queries)))

    def add(self, judged: Judged, by: By) -> GoldenQuery:
        """A new query. Raises InvalidInput, or Conflict where it is judged already."""
        return self._change(None, judged, by)

    def change(self, query_id: str, judged: Judged, by: By) -> GoldenQuery:
        """Put these judgements, and this wording, in the place of what there is.

        Raises NotFound; Conflict where it is no longer as it was when ``revision`` was seen.
        """
        return self._change(query_id, judged, by)

    def forget(self, query_id: str, revision: str, by: By) -> None:
        """Take a query out of the tables. Raises NotFound; Conflict as ``change`` does."""
        with self._opened(edit=True) as folder:
            before = _found(folder, query_id, revision)
            _rewrite(folder, before, "", {})
        self._note("forget", query_id, before, by)

    def _change(self, query_id: str | None, judged: Judged, by: By) -> GoldenQuery:
        rows = self._rows(judged)
        query = plain_query(judged.query)
        with self._opened(edit=True) as folder:
            golden, _ = _read(folder)
            before = query if query_id is None else _found(folder, query_id, judged.revision)
            if query in golden.queries.values() and (query_id is None or query != before):
                raise Conflict(f"“{query}” is judged already; change that one")
            _rewrite(folder, before, query, {id_of_judged(one): one for one in rows})
            golden, fixed = _read(folder)
            made = next(name for name, text in golden.queries.items() if text == query)
        self._note("judge", made, query, by)
        return self._shown(golden, fixed, [made])[0]

    def _rows(self, judged: Judged) -> list[Judgement]:
        """What was sent, checked as a table is, with ids in the place of addresses. Raises InvalidInput."""
        problems = [Problem("articles", f"must name 1 to {MOST_ARTICLES} articles")]
        if 0 < len(judged.articles) <= MOST_ARTICLES:
            problems = []
        rows = [Judgement(plain_query(judged.query), article.strip(), grade, "") for article, grade in judged.articles]
        for at, row in enumerate(rows):
            found = judgement_problems(row.query, row.article, str(row.grade))
            problems += [Problem(_FIELDS[name].format(at), mend) for name, mend in found]
        twice = {row.article for row in rows if sum(one.article == row.article for one in rows) > 1}
        problems += [Problem("articles", f"name {article} more than once; name it once") for article in sorted(twice)]
        if problems:
            raise InvalidInput(list(dict.fromkeys(problems)))
        return named_by_id(rows, self._store, search=self._search)

    def _shown(self, golden: GoldenQueries, fixed: set[str], ids: Sequence[str]) -> list[GoldenQuery]:
        judged = sorted({one for name in ids for one in golden.judgements.get(name, {})})
        titles = {one.id: one.public.title for one in readable(self._store, judged) if one.public is not None}
        return [
            GoldenQuery(
                id=name,
                query=golden.queries[name],
                revision=_revision(golden.queries[name], golden.judgements.get(name, {})),
                editable=name not in fixed,
                articles=[
                    GoldenArticle(article, grade, article in titles, titles.get(article))
                    for article, grade in sorted(golden.judgements.get(name, {}).items(), key=lambda one: -one[1])
                ],
            )
            for name in ids
        ]

    def _note(self, action: Action, query_id: str, query: str, by: By) -> None:
        record = AuditRecord(
            kind="golden",
            id=query_id,
            action=action,
            outcome="deleted" if action == "forget" else "updated",
            when=self._clock(),
            who=by.who,
            request_id=by.request_id,
            reason=query[:LONGEST_REASON],
        )
        self._audit.append([record])


def _read(folder: Path) -> tuple[GoldenQueries, set[str]]:
    """All queries, and the ids of those that stand in BEIR files."""
    fixed = read_judged(folder)
    return read_golden(folder) or GoldenQueries({}, {}), set(fixed[0] if fixed else ())


def _found(folder: Path, query_id: str, revision: str | None) -> str:
    """The wording of a query that may be changed. Raises NotFound, Conflict or InvalidInput."""
    golden, fixed = _read(folder)
    query = golden.queries.get(query_id)
    if query is None:
        raise NotFound(f"there is no golden query {query_id}; somebody may have removed it, or worded it anew")
    if query_id in fixed:
        raise Conflict(f"“{query}” stands in queries.jsonl and qrels/test.tsv; change it there")
    if revision != _revision(query, golden.judgements[query_id]):
        raise Conflict(f"“{query}” has been changed since you saw it; look at it again, then change it")
    return query


def _rewrite(folder: Path, before: str, query: str, judged: Mapping[str, Judgement]) -> None:
    """Put a query's judgements in the place of those of ``before``, in whichever tables they stand."""
    left = dict(judged)
    for path in tables_of(folder):
        rows = read_table(path)
        made = []
        for row in rows:
            if row.query != before:
                made.append(row)
            elif (kept := left.pop(id_of_judged(row), None)) is not None:
                made.append(row._replace(query=query, grade=kept.grade))
        _write(path, rows, made)
    if left:
        path = folder / ADDED
        rows = read_table(path) if path.exists() else []
        _write(path, rows, [*rows, *left.values()])


def _write(path: Path, before: Sequence[Judgement], after: Sequence[Judgement]) -> None:
    if not after:
        path.unlink(missing_ok=True)
    elif list(before) != list(after):
        write_table(path, written_csv(after))


def _revision(query: str, grades: Mapping[str, int]) -> str:
    told = json.dumps([query, sorted(grades.items())], ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]
