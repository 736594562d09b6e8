"""What every article store promises, whatever it stands on. A new adapter joins by one line in ``STORES``."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from machtin.adapters import sqlite_reindex_log, sqlite_store
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article, RelatedItem
from machtin.errors import NotFound
from machtin.ports import ArticleStore


def open_sqlite(folder: Path) -> ArticleStore:
    return SqliteStore(SqliteFile(folder / "articles.sqlite", sqlite_store.SCHEMA + sqlite_reindex_log.SCHEMA))


# Each opens the same store again when it is called again with the same folder, as another process would.
STORES: dict[str, Callable[[Path], ArticleStore]] = {"sqlite": open_sqlite}

Opener = Callable[[], ArticleStore]


@pytest.fixture(params=sorted(STORES))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return lambda: STORES[request.param](tmp_path)


@pytest.fixture
def store(open_store: Opener) -> ArticleStore:
    return open_store()


ARTICLE = Article(
    id="gao-2026",
    title="Giá gạo xuất khẩu tăng",
    sapo="Gạo 5% tấm đạt 412 USD một tấn.",
    body="Đoạn một.\n\nĐoạn hai, KTTÐ viết bằng Ð và chữ tổ hợp: ho\u0300a.",
    url="https://bao.example/gao-2026.html",
    section="Kinh tế",
    tags=("gạo", "xuất khẩu"),
    author="Quỳnh Hoa",
    publisher="Báo Mẫu",
    published_at=datetime(2026, 3, 15, 1, 30, tzinfo=UTC),
    modified_at=datetime(2026, 3, 15, 2, 0, tzinfo=UTC),
    related_as_published=(RelatedItem(title="Tin cũ", sapo="Lời dẫn", url="https://bao.example/cu.html"),),
)


def numbered(count: int) -> list[Article]:
    return [Article(id=f"bai-{number}", title=f"Bài {number}", body="Nội dung.") for number in range(count)]


def test_what_is_put_comes_back_to_the_letter(store: ArticleStore) -> None:
    receipt = store.put([ARTICLE])[0]
    stored = store.get([ARTICLE.id])[ARTICLE.id]
    assert receipt.outcome == "created"
    assert stored.article == ARTICLE
    assert stored.revision == receipt.revision


def test_a_store_outlives_its_process(open_store: Opener) -> None:
    receipt = open_store().put([ARTICLE])[0]
    again = open_store()
    assert again.get([ARTICLE.id])[ARTICLE.id].article == ARTICLE
    assert again.last_revision() == receipt.revision
    assert again.put([ARTICLE])[0].outcome == "unchanged"


def test_the_same_content_again_is_unchanged_and_keeps_its_revision(store: ArticleStore) -> None:
    first = store.put([ARTICLE])[0]
    second = store.put([replace(ARTICLE)])[0]
    assert second.outcome == "unchanged"
    assert second.revision == first.revision == store.last_revision()


@pytest.mark.parametrize(
    "changed",
    [
        replace(ARTICLE, title="Giá gạo xuất khẩu giảm"),
        replace(ARTICLE, tags=("gạo",)),
        replace(ARTICLE, published_at=None),
        replace(ARTICLE, related_as_published=()),
        replace(ARTICLE, body=ARTICLE.body.replace("Ð", "Đ")),
    ],
    ids=["title", "tags", "date", "related list", "one letter's code point"],
)
def test_any_change_of_what_was_published_is_an_update(store: ArticleStore, changed: Article) -> None:
    first = store.put([ARTICLE])[0]
    second = store.put([changed])[0]
    assert second.outcome == "updated"
    assert second.revision > first.revision
    assert store.get([ARTICLE.id])[ARTICLE.id].article == changed
    assert store.count() == 1


def test_receipts_come_in_the_order_of_the_articles_and_revisions_only_grow(store: ArticleStore) -> None:
    receipts = store.put(numbered(50))
    assert [receipt.id for receipt in receipts] == [f"bai-{number}" for number in range(50)]
    revisions = [receipt.revision for receipt in receipts]
    assert revisions == sorted(set(revisions))


def test_the_last_of_two_articles_with_one_id_in_a_batch_stays(store: ArticleStore) -> None:
    receipts = store.put([ARTICLE, replace(ARTICLE, title="Bản sửa")])
    assert [receipt.outcome for receipt in receipts] == ["created", "updated"]
    stored = store.get([ARTICLE.id])[ARTICLE.id]
    assert stored.article is not None
    assert stored.article.title == "Bản sửa"
    assert stored.revision == receipts[1].revision


def test_revisions_are_milliseconds_and_grow_even_when_the_clock_does_not(store: ArticleStore) -> None:
    before = int(datetime.now(UTC).timestamp() * 1000)
    revisions = [receipt.revision for receipt in store.put(numbered(300))]
    after = int(datetime.now(UTC).timestamp() * 1000)
    assert before <= revisions[0] <= after
    assert len(set(revisions)) == 300


def test_a_delete_leaves_a_tombstone_with_a_newer_revision(store: ArticleStore) -> None:
    first = store.put([ARTICLE])[0]
    gone = store.delete(ARTICLE.id)
    assert gone.outcome == "deleted"
    assert gone.revision > first.revision
    stored = store.get([ARTICLE.id])[ARTICLE.id]
    assert stored.article is None
    assert stored.revision == gone.revision
    assert store.count() == 0
    assert list(store.revisions()) == []


def test_a_delete_again_is_unchanged_and_an_unknown_one_is_not_found(store: ArticleStore) -> None:
    store.put([ARTICLE])
    gone = store.delete(ARTICLE.id)
    again = store.delete(ARTICLE.id)
    assert again.outcome == "unchanged"
    assert again.revision == gone.revision
    with pytest.raises(NotFound, match="khong-co"):
        store.delete("khong-co")


def test_an_article_that_was_taken_down_can_be_published_again(store: ArticleStore) -> None:
    store.put([ARTICLE])
    gone = store.delete(ARTICLE.id)
    back = store.put([ARTICLE])[0]
    assert back.outcome == "created"
    assert back.revision > gone.revision
    assert store.count() == 1


def test_unknown_ids_are_absent_from_an_answer(store: ArticleStore) -> None:
    store.put([ARTICLE])
    assert store.get([]) == {}
    assert set(store.get(["khong-co", ARTICLE.id, ARTICLE.id])) == {ARTICLE.id}


def test_changes_are_the_current_states_after_a_revision_in_order(store: ArticleStore) -> None:
    receipts = store.put(numbered(1_203))
    store.put([replace(numbered(1)[0], title="Bản sửa")])
    store.delete("bai-1")
    everything = list(store.changes(0))
    assert len(everything) == 1_203
    assert [stored.revision for stored in everything] == sorted(stored.revision for stored in everything)
    assert [stored.id for stored in everything[-2:]] == ["bai-0", "bai-1"]
    assert everything[-1].article is None
    later = list(store.changes(receipts[-1].revision))
    assert [stored.id for stored in later] == ["bai-0", "bai-1"]
    assert list(store.changes(store.last_revision())) == []


def test_counts_and_revisions_leave_tombstones_out(store: ArticleStore) -> None:
    receipts = store.put(numbered(3))
    store.delete("bai-1")
    assert store.count() == 2
    assert dict(store.revisions()) == {"bai-0": receipts[0].revision, "bai-2": receipts[2].revision}


def test_an_empty_store_says_so(store: ArticleStore) -> None:
    assert store.count() == 0
    assert store.last_revision() == 0
    assert list(store.changes(0)) == []
    assert list(store.revisions()) == []


def test_writers_at_the_same_time_lose_nothing_and_share_no_revision(open_store: Opener) -> None:
    def write(writer: int) -> list[int]:
        store = open_store()
        own = [Article(id=f"w{writer}-{number}", title="Bài", body="Nội dung.") for number in range(40)]
        return [store.put([article])[0].revision for article in own]

    with ThreadPoolExecutor(4) as pool:
        revisions = [revision for own in pool.map(write, range(4)) for revision in own]
    store = open_store()
    assert len(set(revisions)) == 160
    assert sorted(revisions) == [stored.revision for stored in store.changes(0)]
