"""A write that names what its editor saw is carried out only where that still holds, in every store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from machtin.adapters import sqlite_reindex_log, sqlite_store
from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_store import S3Store
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article
from machtin.errors import NotFound, PreconditionFailed
from machtin.store_port import NO_ARTICLE, ArticleStore

ARTICLE = Article(id="gao-2026", title="Giá gạo tăng", body="Gạo 5% tấm đạt 412 USD một tấn.")
CORRECTED = replace(ARTICLE, title="Giá gạo xuất khẩu tăng")
OTHER = replace(ARTICLE, title="Giá gạo giảm")


@pytest.fixture(params=["sqlite", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArticleStore:
    if request.param == "sqlite":
        return SqliteStore(SqliteFile(tmp_path / "news.sqlite", sqlite_store.SCHEMA + sqlite_reindex_log.SCHEMA))
    bucket: Bucket = request.getfixturevalue("bucket")
    return S3Store(bucket)


def title(store: ArticleStore) -> str | None:
    article = store.get([ARTICLE.id])[ARTICLE.id].article
    return None if article is None else article.title


def test_what_is_still_as_it_was_seen_is_corrected_and_taken_down(store: ArticleStore) -> None:
    created = store.put([ARTICLE], NO_ARTICLE)[0]
    corrected = store.put([CORRECTED], created.revision)[0]
    assert (created.outcome, corrected.outcome) == ("created", "updated")
    assert store.delete(ARTICLE.id, corrected.revision).outcome == "deleted"
    assert store.put([ARTICLE], NO_ARTICLE)[0].outcome == "created"


def test_what_was_changed_meanwhile_stays_as_it_is(store: ArticleStore) -> None:
    seen = store.put([ARTICLE])[0].revision
    now = store.put([CORRECTED])[0].revision
    with pytest.raises(PreconditionFailed, match=rf"changed since revision {seen}, and is at {now} now"):
        store.put([OTHER], seen)
    with pytest.raises(PreconditionFailed, match="nothing was done"):
        store.delete(ARTICLE.id, seen)
    with pytest.raises(PreconditionFailed, match="there is an article gao-2026 by now"):
        store.put([OTHER], NO_ARTICLE)
    assert title(store) == CORRECTED.title
    assert store.get([ARTICLE.id])[ARTICLE.id].revision == now


def test_what_was_taken_down_meanwhile_does_not_come_back(store: ArticleStore) -> None:
    seen = store.put([ARTICLE])[0].revision
    store.delete(ARTICLE.id)
    with pytest.raises(PreconditionFailed, match="is not there any more"):
        store.put([CORRECTED], seen)
    assert title(store) is None


def test_what_never_was_is_not_corrected(store: ArticleStore) -> None:
    with pytest.raises(PreconditionFailed):
        store.put([ARTICLE], 1)
    with pytest.raises(NotFound):
        store.delete(ARTICLE.id, 1)
    assert store.get([ARTICLE.id]) == {}


def test_a_write_that_is_sent_again_has_been_done(store: ArticleStore) -> None:
    seen = store.put([ARTICLE])[0].revision
    assert [store.put([CORRECTED], seen)[0].outcome for _ in range(2)] == ["updated", "unchanged"]
    seen = store.get([ARTICLE.id])[ARTICLE.id].revision
    assert [store.delete(ARTICLE.id, seen).outcome for _ in range(2)] == ["deleted", "unchanged"]


def test_of_many_who_saw_the_same_one_is_heard(store: ArticleStore) -> None:
    seen = store.put([ARTICLE])[0].revision

    def correct(number: int) -> bool:
        try:
            store.put([replace(ARTICLE, title=f"Bản của người {number}")], seen)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as editors:
        heard = list(editors.map(correct, range(8)))
    assert heard.count(True) == 1
    assert title(store) == f"Bản của người {heard.index(True)}"


def test_a_change_between_look_and_write_in_the_bucket_is_met_by_the_write(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, slow, replace_object = S3Store(bucket), Bucket(bucket.name), bucket.replace
    seen = store.put([ARTICLE])[0].revision

    def late(*given: object) -> str:
        store.put([CORRECTED])
        return replace_object(*given)  # type: ignore[arg-type]  # whatever it was given

    monkeypatch.setattr(slow, "replace", late)
    with pytest.raises(PreconditionFailed):
        S3Store(slow).put([OTHER], seen)
    assert title(store) == CORRECTED.title
