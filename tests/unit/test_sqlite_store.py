"""What is SQLite's own about the article store: one transaction, its announcements, its failures in machtin's words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from machtin.adapters import sqlite_file, sqlite_store
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_queue import SqliteQueue
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article
from machtin.errors import StoreUnavailable


def article(article_id: str, title: str = "Tiêu đề") -> Article:
    return Article(id=article_id, title=title, body="Nội dung.")


@pytest.fixture
def file(tmp_path: Path) -> SqliteFile:
    return SqliteFile(tmp_path / "data" / "articles.sqlite", sqlite_store.SCHEMA)


@pytest.fixture
def store(file: SqliteFile) -> SqliteStore:
    return SqliteStore(file)


def announced(file: SqliteFile) -> list[tuple[str, str]]:
    return [(message.article_id, message.event) for message in SqliteQueue(file).receive(100)]


def test_each_change_is_announced_once_and_nothing_else_is(store: SqliteStore, file: SqliteFile) -> None:
    store.put([article("a"), article("b")])
    store.put([article("a")])
    store.put([article("a", "Bản sửa")])
    store.delete("b")
    store.delete("b")
    assert announced(file) == [
        ("a", "ObjectCreated:Put"),
        ("b", "ObjectCreated:Put"),
        ("a", "ObjectCreated:Put"),
        ("b", "ObjectRemoved:Delete"),
    ]


def test_a_batch_that_fails_leaves_neither_articles_nor_announcements(store: SqliteStore, file: SqliteFile) -> None:
    class Broken(Sequence[Article]):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, at: int) -> Article:  # type: ignore[override]  # no slices are asked for here
            if at == 0:
                return article("a")
            raise RuntimeError("gone")

    with pytest.raises(RuntimeError, match="gone"):
        store.put(Broken())
    assert store.count() == 0
    assert announced(file) == []
    store.put([article("b")])
    assert announced(file) == [("b", "ObjectCreated:Put")]


def test_the_clock_turning_back_does_not_turn_revisions_back(store: SqliteStore, file: SqliteFile) -> None:
    future = 9_000_000_000_000
    with file.writing() as db:
        db.execute("UPDATE last_revision SET revision = ?", (future,))
    assert [receipt.revision for receipt in store.put([article("a"), article("b")])] == [future + 1, future + 2]


def test_a_write_is_on_disk_when_it_is_answered(store: SqliteStore, file: SqliteFile) -> None:
    store.put([article("a")])
    assert file.connection().execute("PRAGMA synchronous").fetchone()[0] == 2
    assert file.connection().execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    code = f"import sqlite3; print(sqlite3.connect({str(file.path)!r}).execute('SELECT id FROM articles').fetchall())"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "[('a',)]"


def test_many_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    start = threading.Barrier(6)

    def write(path: Path, writer: int) -> None:
        store = SqliteStore(SqliteFile(path, sqlite_store.SCHEMA))
        start.wait(10)
        store.put([article(f"a{writer}")])

    with ThreadPoolExecutor(6) as pool:
        for number in range(30):  # before it was waited for, about one opening of a new file in thirty was refused
            path = tmp_path / f"{number}.sqlite"
            list(pool.map(partial(write, path), range(6)))
            assert SqliteStore(SqliteFile(path, sqlite_store.SCHEMA)).count() == 6


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should")
    store = SqliteStore(SqliteFile(tmp_path / "data" / "articles.sqlite", sqlite_store.SCHEMA))
    with pytest.raises(StoreUnavailable, match=r"cannot open .*articles\.sqlite"):
        store.count()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "articles.sqlite"
    path.write_bytes(b"this is not a database, and long enough to be looked at" * 20)
    with pytest.raises(StoreUnavailable, match="not a database"):
        SqliteStore(SqliteFile(path, sqlite_store.SCHEMA)).count()


def test_a_database_that_another_holds_is_unavailable(file: SqliteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    SqliteStore(file).put([article("a")])
    other = sqlite3.connect(file.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.05)
    late = SqliteStore(SqliteFile(file.path, ""))
    with pytest.raises(StoreUnavailable, match="locked"):
        late.put([article("b")])
    assert late.count() == 1, "readers are not held up"
    other.execute("ROLLBACK")
    other.close()
    assert late.put([article("b")])[0].outcome == "created"


def test_more_ids_than_sqlite_takes_parameters(store: SqliteStore) -> None:
    store.put([article(f"a{number}") for number in range(10)])
    assert len(store.get([f"a{number}" for number in range(40_000)])) == 10
