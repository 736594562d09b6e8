"""Golden queries edited in place, in a folder and in a bucket: nobody undoes what somebody else has done meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from machtin.adapters import sqlite_audit_log, sqlite_store
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_golden import FOLDER, golden_of, golden_to_edit
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article, id_of_url
from machtin.audit import By
from machtin.errors import Conflict, InvalidInput, NotFound
from machtin.golden import GoldenQueries, read_golden
from machtin.golden_editing import GoldenEditing, GoldenQuery, Judged

NOW = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
EDITOR = By(who="token")
ADDRESS = "https://bao.example/kinh-te/gia-gao.html"
TABLE = f"query,article,grade\ngiá gạo,gao-1,2\ngiá gạo,{ADDRESS},1\nbóng đá,bong-da,1\n"


class Place:
    """Where the tables lie."""

    def __init__(self, folder: Path, bucket: Bucket | None) -> None:
        self.folder, self.bucket = folder, bucket

    def write(self, name: str, content: str) -> None:
        if self.bucket is not None:
            self.bucket.put(FOLDER + name, content.encode())
        else:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(content, encoding="utf-8")

    def names(self) -> list[str]:
        if self.bucket is not None:
            return [one.key.removeprefix(FOLDER) for one in self.bucket.listed(FOLDER)]
        return sorted(path.name for path in self.folder.glob("*"))

    def golden(self) -> GoldenQueries | None:
        """As the gate reads them."""
        return golden_of(self.bucket) if self.bucket is not None else read_golden(self.folder)

    def opened(self, *, edit: bool) -> AbstractContextManager[Path]:
        return golden_to_edit(self.bucket) if self.bucket is not None else self._folder(edit=edit)

    @contextmanager
    def _folder(self, *, edit: bool) -> Iterator[Path]:
        assert edit in (True, False)
        yield self.folder


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    bucket = request.getfixturevalue("bucket") if request.param == "s3" else None
    return Place(tmp_path / "golden", bucket)


@pytest.fixture
def file(tmp_path: Path) -> SqliteFile:
    return SqliteFile(tmp_path / "articles.sqlite", sqlite_store.SCHEMA + sqlite_audit_log.SCHEMA)


@pytest.fixture
def log(file: SqliteFile) -> SqliteAuditLog:
    return SqliteAuditLog(file)


@pytest.fixture
def editing(place: Place, file: SqliteFile, log: SqliteAuditLog) -> GoldenEditing:
    store = SqliteStore(file, lambda: NOW)
    store.put([Article(id="gao-1", title="Giá gạo tăng", body="Giá gạo tăng.")])
    return GoldenEditing(store, place.opened, log, lambda: NOW, search=True)


def named(editing: GoldenEditing, query: str) -> GoldenQuery:
    return next(one for one in editing.all().queries if one.query == query)


def test_where_there_are_none_none_are_listed(editing: GoldenEditing) -> None:
    assert editing.all().queries == []


def test_all_are_listed_with_what_the_store_has_of_them(editing: GoldenEditing, place: Place) -> None:
    place.write("bang.csv", TABLE)
    assert [one.query for one in editing.all().queries] == ["giá gạo", "bóng đá"]
    rice = named(editing, "giá gạo")
    assert rice.editable
    assert [(one.id, one.grade, one.known, one.title) for one in rice.articles] == [
        ("gao-1", 2, True, "Giá gạo tăng"),
        (id_of_url(ADDRESS), 1, False, None),
    ]


def test_a_new_query_counts_at_once(editing: GoldenEditing, place: Place, log: SqliteAuditLog) -> None:
    made = editing.add(Judged("  giá   gạo ", [("gao-1", 3)]), EDITOR)
    assert (made.query, [(one.id, one.grade) for one in made.articles]) == ("giá gạo", [("gao-1", 3)])
    golden = place.golden()
    assert golden is not None
    assert golden.judgements[made.id] == {"gao-1": 3}
    (record,) = log.latest(5)
    assert (record.kind, record.id, record.action, record.reason) == ("golden", made.id, "judge", "giá gạo")


def test_a_query_that_is_judged_is_not_added_again(editing: GoldenEditing, place: Place) -> None:
    place.write("bang.csv", TABLE)
    with pytest.raises(Conflict, match="judged already"):
        editing.add(Judged("giá gạo", [("gao-1", 3)]), EDITOR)


def test_a_change_stays_in_the_table_that_it_belongs_to(editing: GoldenEditing, place: Place) -> None:
    place.write("bang.csv", TABLE)
    seen = named(editing, "giá gạo")
    made = editing.change(seen.id, Judged("giá gạo", [(id_of_url(ADDRESS), 4), ("gao-9", 1)], seen.revision), EDITOR)
    assert [(one.id, one.grade) for one in made.articles] == [(id_of_url(ADDRESS), 4), ("gao-9", 1)]
    assert place.names() == ["added.csv", "bang.csv"]
    assert [one.query for one in editing.all().queries] == ["giá gạo", "bóng đá"]
    assert made.revision != seen.revision


def test_a_query_is_worded_anew(editing: GoldenEditing, place: Place) -> None:
    place.write("bang.csv", TABLE)
    seen = named(editing, "bóng đá")
    made = editing.change(seen.id, Judged("đội tuyển bóng đá", [("bong-da", 1)], seen.revision), EDITOR)
    assert {one.query for one in editing.all().queries} == {"giá gạo", "đội tuyển bóng đá"}
    with pytest.raises(Conflict, match="judged already"):
        editing.change(made.id, Judged("giá gạo", [("bong-da", 1)], made.revision), EDITOR)


def test_what_somebody_else_has_changed_meanwhile_is_not_undone(editing: GoldenEditing, place: Place) -> None:
    place.write("bang.csv", TABLE)
    seen = named(editing, "giá gạo")
    editing.change(seen.id, Judged("giá gạo", [("gao-1", 5)], seen.revision), EDITOR)
    with pytest.raises(Conflict, match="has been changed since"):
        editing.change(seen.id, Judged("giá gạo", [("gao-1", 0)], seen.revision), EDITOR)
    with pytest.raises(Conflict, match="has been changed since"):
        editing.forget(seen.id, seen.revision, EDITOR)
    assert [one.grade for one in named(editing, "giá gạo").articles] == [5]


def test_what_is_forgotten_is_gone_and_on_record(editing: GoldenEditing, place: Place, log: SqliteAuditLog) -> None:
    place.write("bang.csv", TABLE)
    place.write("added.csv", "query,article\ngiá gạo,gao-7\n")
    seen = named(editing, "giá gạo")
    editing.forget(seen.id, seen.revision, EDITOR)
    assert [one.query for one in editing.all().queries] == ["bóng đá"]
    assert place.names() == ["bang.csv"]
    assert (log.latest(1)[0].action, log.latest(1)[0].reason) == ("forget", "giá gạo")
    with pytest.raises(NotFound):
        editing.forget(seen.id, seen.revision, EDITOR)


def test_queries_of_a_beir_folder_are_changed_there(editing: GoldenEditing, place: Place) -> None:
    place.write("queries.jsonl", '{"_id": "q1", "text": "giá gạo"}\n')
    place.write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\tgao-1\t1\n")
    seen = named(editing, "giá gạo")
    assert not seen.editable
    with pytest.raises(Conflict, match=r"stands in queries\.jsonl"):
        editing.change("q1", Judged("giá gạo", [("gao-1", 2)], seen.revision), EDITOR)


@pytest.mark.parametrize(
    ("query", "articles", "field"),
    [
        ("", [("gao-1", 1)], "query"),
        ("x" * 1_001, [("gao-1", 1)], "query"),
        ("giá gạo", [], "articles"),
        ("giá gạo", [(f"a{number}", 1) for number in range(201)], "articles"),
        ("giá gạo", [("gao-1", 1), ("gao-1", 2)], "articles"),
        ("giá gạo", [("gao-1", 1), ("a b", 1)], "articles[1].id"),
        ("giá gạo", [("gao-1", 10)], "articles[0].grade"),
        ("giá gạo", [("gao-1", -1)], "articles[0].grade"),
    ],
)
def test_what_cannot_be_taken_is_named(
    editing: GoldenEditing, place: Place, query: str, articles: list[tuple[str, int]], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        editing.add(Judged(query, articles), EDITOR)
    assert field in {problem.field for problem in caught.value.problems}
    assert place.names() == []
