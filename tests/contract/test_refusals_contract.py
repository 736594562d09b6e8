"""What both places for refused input promise: it stays with its reason until somebody mends or dismisses it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters import sqlite_audit_log, sqlite_store
from machtin.adapters.refusals import FolderRefusals, Refused, keep_refused
from machtin.adapters.refused_reading import documents_of
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_refusals import REFUSED, S3Refusals, keep_in_bucket
from machtin.adapters.sqlite_audit_log import SqliteAuditLog
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_store import SqliteStore
from machtin.audit import By
from machtin.editing import ArticleEditing
from machtin.errors import InvalidInput, NotFound, Problem
from machtin.refused_mending import RefusedMending
from machtin.refused_port import KeptRefusal, RefusedInput

NOW = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
EDITOR = By(who="token", reason="sửa tay")
Keep = Callable[[Refused], None]


def refused(line: int | None = 3, raw: bytes = b'{"title": ""}', origin: str = "inbox/tin.ndjson") -> Refused:
    return Refused(origin=origin, line=line, reasons=(Problem("title", "is missing or blank"),), raw=raw)


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[RefusedInput, Keep, Callable[[str, bytes], object]]:
    """The place, how it is filled, and how somebody else writes there."""
    if request.param == "folder":
        folder, kept = tmp_path / "refused", list[Path]()

        def keep(one: Refused) -> None:
            kept.append(keep_refused(folder, one))
            os.utime(kept[-1], (len(kept), len(kept)))

        return FolderRefusals(folder), keep, lambda name, content: (folder / name).write_bytes(content)
    bucket: Bucket = request.getfixturevalue("bucket")
    return S3Refusals(bucket), lambda one: keep_in_bucket(bucket, one), lambda name, c: bucket.put(REFUSED + name, c)


@pytest.fixture
def kept(place: tuple[RefusedInput, Keep, object]) -> RefusedInput:
    return place[0]


@pytest.fixture
def keep(place: tuple[RefusedInput, Keep, object]) -> Keep:
    return place[1]


@pytest.fixture
def log(tmp_path: Path) -> SqliteAuditLog:
    return SqliteAuditLog(SqliteFile(tmp_path / "log.sqlite", sqlite_audit_log.SCHEMA + sqlite_store.SCHEMA))


@pytest.fixture
def store(log: SqliteAuditLog) -> SqliteStore:
    return SqliteStore(log._file, lambda: NOW)


@pytest.fixture
def mending(kept: RefusedInput, store: SqliteStore, log: SqliteAuditLog) -> RefusedMending:
    put = ArticleEditing(store, log, lambda: NOW).put
    return RefusedMending(kept, documents_of, put, log, lambda: NOW)


def only(kept: RefusedInput) -> KeptRefusal:
    (one,) = kept.newest(10)
    return one


def test_where_nothing_was_refused_there_is_nothing(kept: RefusedInput) -> None:
    assert (kept.count(), kept.newest(5), kept.get("nothing-here")) == (0, [], None)
    kept.remove("nothing-here")


def test_what_was_refused_comes_back_whole(kept: RefusedInput, keep: Keep) -> None:
    keep(refused())
    one = only(kept)
    assert (one.origin, one.line, one.raw) == ("inbox/tin.ndjson", 3, b'{"title": ""}')
    assert one.reasons == (Problem("title", "is missing or blank"),)
    assert datetime.fromisoformat(one.at).tzinfo is not None
    assert kept.get(one.id) == one


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", "Nghị quyết".encode(), b"\x00"])
def test_whatever_bytes_it_was_they_are_kept(kept: RefusedInput, keep: Keep, raw: bytes) -> None:
    keep(refused(raw=raw))
    assert only(kept).raw == raw


def test_as_many_as_are_asked_for_are_told_of_and_all_are_counted(kept: RefusedInput, keep: Keep) -> None:
    for line in range(1, 6):
        keep(refused(line))
    assert kept.count() == 5
    assert len(kept.newest(3)) == 3
    kept.remove(kept.newest(1)[0].id)
    assert kept.count() == 4


def test_a_file_that_somebody_else_wrote_is_told_as_it_is(
    place: tuple[RefusedInput, Keep, Callable[[str, bytes], object]],
) -> None:
    kept, keep, write = place
    keep(refused())
    write("own.json", b"[1]")
    assert kept.count() == 2
    foreign = kept.get("own")
    assert foreign is not None
    assert (foreign.raw, [one.field for one in foreign.reasons]) == (b"[1]", ["file"])


def test_a_line_is_mended_and_taken_and_who_did_is_on_record(
    mending: RefusedMending, kept: RefusedInput, keep: Keep, store: SqliteStore, log: SqliteAuditLog
) -> None:
    keep(refused())
    shown = mending.show(only(kept).id)
    assert shown.input == '{"title": ""}'
    answer = mending.retry(shown.id, '{\n "id": "lua",\n "title": "Lúa được mùa",\n "body": "Được mùa."\n}', EDITOR)
    assert [one.outcome for one in answer.articles] == ["created"]
    assert kept.count() == 0
    article = store.get(["lua"])["lua"].article
    assert article is not None
    assert article.title == "Lúa được mùa"
    assert [(one.who, one.reason) for one in log.of_article("lua")] == [("token", "sửa tay")]


def test_what_is_refused_again_stays(mending: RefusedMending, kept: RefusedInput, keep: Keep) -> None:
    keep(refused())
    refusal_id = only(kept).id
    for mended, field in [(None, "title"), ("{", "input"), ("[]", "input"), ('{"id": "a b", "title": "x"}', "id")]:
        with pytest.raises(InvalidInput) as caught:
            mending.retry(refusal_id, mended, EDITOR)
        assert field in {problem.field for problem in caught.value.problems}
    assert kept.count() == 1


def test_where_nothing_was_kept_there_is_nothing_to_try_again(
    mending: RefusedMending, kept: RefusedInput, keep: Keep
) -> None:
    keep(refused(None, b""))
    with pytest.raises(InvalidInput, match="nothing of it was kept"):
        mending.retry(only(kept).id, None, EDITOR)
    assert mending.show(only(kept).id).input is None


PAGE = "<html><body><h1>Chợ nổi đông khách</h1><p>{}</p></body></html>".format("Chợ nổi đông khách trở lại. " * 20)


@pytest.mark.parametrize(
    ("origin", "mended", "article_id"),
    [
        ("inbox/cho-noi.html", PAGE, "cho-noi"),
        ("inbox/kinh-te/cho-noi.txt.gz", "Chợ nổi đông khách\n\n" + "Chợ nổi đông khách trở lại. " * 20, "cho-noi"),
        ("https://bao.example/cho-noi.html", PAGE, None),
    ],
)
def test_a_page_is_read_again_as_what_it_was(
    mending: RefusedMending,
    kept: RefusedInput,
    keep: Keep,
    store: SqliteStore,
    origin: str,
    mended: str,
    article_id: str | None,
) -> None:
    keep(refused(None, b"<html></html>", origin))
    (answer,) = mending.retry(only(kept).id, mended, EDITOR).articles
    article = store.get([answer.id])[answer.id].article
    assert article is not None
    assert article.title == "Chợ nổi đông khách"
    assert (answer.id == article_id, article.url) in ((True, None), (False, origin))


def test_what_is_dismissed_is_gone_and_why_is_kept(
    mending: RefusedMending, kept: RefusedInput, keep: Keep, log: SqliteAuditLog
) -> None:
    keep(refused())
    refusal_id = only(kept).id
    mending.dismiss(refusal_id, EDITOR)
    assert kept.count() == 0
    (record,) = log.latest(5)
    assert (record.kind, record.id, record.action, record.reason) == ("refused", refusal_id, "dismiss", "sửa tay")
    attempts: Sequence[Callable[[], Any]] = (
        lambda: mending.dismiss(refusal_id, EDITOR),
        lambda: mending.retry(refusal_id, None, EDITOR),
        lambda: mending.show(refusal_id),
    )
    for attempt in attempts:
        with pytest.raises(NotFound, match="mended or dismissed"):
            attempt()


def test_documents_are_plain_values(kept: RefusedInput, keep: Keep) -> None:
    keep(refused(raw=b'{"id": "a", "title": "b"}'))
    documents: list[Mapping[str, Any]] = documents_of(only(kept))
    assert documents == [{"id": "a", "title": "b"}]
