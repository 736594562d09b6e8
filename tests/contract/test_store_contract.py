"""What every article store promises, whatever it stands on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from machtin.adapters import s3_store, sqlite_reindex_log, sqlite_store
from machtin.adapters.s3_bucket import Bucket, Changed
from machtin.adapters.s3_store import S3Store
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article, RelatedItem
from machtin.errors import NotFound
from machtin.store_port import ArticleStore


def open_sqlite(folder: Path) -> ArticleStore:
    return SqliteStore(SqliteFile(folder / "articles.sqlite", sqlite_store.SCHEMA + sqlite_reindex_log.SCHEMA))


Opener = Callable[[], ArticleStore]


@pytest.fixture(params=["sqlite", "s3"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same store again when it is called again, as another process would."""
    if request.param == "sqlite":
        return lambda: open_sqlite(tmp_path)
    bucket: Bucket = request.getfixturevalue("bucket")
    return lambda: S3Store(Bucket(bucket.name))


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a walk through a hundred articles takes several."""
    monkeypatch.setattr(sqlite_store, "PAGE", 50)
    monkeypatch.setattr(s3_store, "PAGE", 50)
    monkeypatch.setattr(s3_store, "ENTRY", 50)


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
    open_store().put([ARTICLE])
    again = open_store()
    assert again.get([ARTICLE.id])[ARTICLE.id].article == ARTICLE
    assert again.put([ARTICLE])[0].outcome == "unchanged"


def test_the_same_content_again_is_unchanged_and_keeps_its_revision(store: ArticleStore) -> None:
    first = store.put([ARTICLE])[0]
    second = store.put([replace(ARTICLE)])[0]
    assert second.outcome == "unchanged"
    assert second.revision == first.revision


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


def test_a_receipt_names_the_revision_that_it_found(store: ArticleStore) -> None:
    created, again, updated = (store.put([one])[0] for one in (ARTICLE, ARTICLE, replace(ARTICLE, title="Bản sửa")))
    deleted, still = store.delete(ARTICLE.id), store.delete(ARTICLE.id)
    back = store.put([ARTICLE])[0]
    found = [one.before for one in (created, again, updated, deleted, still, back)]
    assert found == [
        None, created.revision, created.revision, updated.revision, deleted.revision, deleted.revision,
    ]  # fmt: skip


def test_receipts_come_in_the_order_of_the_articles_and_revisions_grow(store: ArticleStore) -> None:
    receipts = store.put(numbered(50))
    assert [receipt.id for receipt in receipts] == [f"bai-{number}" for number in range(50)]
    again = store.put([replace(article, title="Bản sửa") for article in numbered(50)])
    assert all(later.revision > earlier.revision for earlier, later in zip(receipts, again, strict=True))


def test_the_last_of_two_articles_with_one_id_in_a_batch_stays(store: ArticleStore) -> None:
    receipts = store.put([ARTICLE, replace(ARTICLE, title="Bản sửa")])
    assert [receipt.outcome for receipt in receipts] == ["created", "updated"]
    stored = store.get([ARTICLE.id])[ARTICLE.id]
    assert stored.article is not None
    assert stored.article.title == "Bản sửa"
    assert stored.revision == receipts[1].revision


def test_revisions_are_milliseconds_and_grow_even_when_the_clock_does_not(store: ArticleStore) -> None:
    before = int(datetime.now(UTC).timestamp() * 1000)
    corrections = [replace(ARTICLE, title=f"Bản {number}") for number in range(50)]
    revisions = [receipt.revision for receipt in store.put(corrections)]
    after = int(datetime.now(UTC).timestamp() * 1000)
    assert before <= revisions[0] <= after
    assert revisions == sorted(set(revisions))


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


def journalled(store: ArticleStore, articles: list[Article]) -> None:
    """Articles that are stored and about to be indexed."""
    store.put(articles)
    store.journal(list(store.get([one.id for one in articles]).values()))


def test_changes_are_the_current_states_behind_a_position_in_order(store: ArticleStore) -> None:
    journalled(store, numbered(123))
    everything = list(store.changes(0))
    middle = everything[-1].position
    journalled(store, [replace(numbered(1)[0], title="Bản sửa")])
    store.delete("bai-1")
    store.journal(list(store.get(["bai-1"]).values()))
    assert {one.state.id for one in everything} == {one.id for one in numbered(123)}
    later = list(store.changes(middle))
    assert [one.state.id for one in later] == ["bai-0", "bai-1"]
    assert later[-1].state.article is None
    assert list(store.changes(later[-1].position)) == []


def test_who_stops_anywhere_in_the_changes_and_goes_on_misses_nothing(store: ArticleStore) -> None:
    journalled(store, numbered(120))
    for stop in (1, 49, 50, 51, 119):
        seen = list(islice(store.changes(0), stop))
        rest = store.changes(seen[-1].position)
        assert {one.state.id for one in (*seen, *rest)} == {one.id for one in numbered(120)}


def test_all_changes_from_now_on_are_behind_the_position(store: ArticleStore) -> None:
    before = store.position()
    journalled(store, numbered(3))
    assert {one.state.id for one in store.changes(before)} == {"bai-0", "bai-1", "bai-2"}


def test_states_are_all_articles_and_tombstones_once_from_any_place_on(store: ArticleStore) -> None:
    store.put([*numbered(123), replace(ARTICLE, id="bai"), replace(ARTICLE, id="bai-1.b"), replace(ARTICLE, id="Bai")])
    store.delete("bai-7")
    everything = list(store.states())
    ids = [one.id for one in everything]
    assert len(set(ids)) == len(ids) == 126
    assert [one.id for one in everything if one.article is None] == ["bai-7"]
    for place in (0, 1, 60, 125):
        assert [one.id for one in store.states(ids[place])] == ids[place + 1 :]


def test_counts_and_revisions_leave_tombstones_out(store: ArticleStore) -> None:
    receipts = store.put(numbered(3))
    store.delete("bai-1")
    assert store.count() == 2
    assert dict(store.revisions()) == {"bai-0": receipts[0].revision, "bai-2": receipts[2].revision}
    assert list(store.ids()) == ["bai-0", "bai-2"]


def test_recent_revisions_are_always_among_those_since_a_moment(store: ArticleStore) -> None:
    receipt = store.put([ARTICLE])[0]
    assert list(store.revisions(datetime.now(UTC))) == [(ARTICLE.id, receipt.revision)]


def test_an_empty_store_says_so(store: ArticleStore) -> None:
    assert store.count() == 0
    assert store.health()
    assert list(store.changes(0)) == []
    assert list(store.states()) == []
    assert list(store.ids()) == []
    assert list(store.revisions()) == []


def test_writers_at_the_same_time_lose_nothing(open_store: Opener) -> None:
    def write(writer: int) -> None:
        store = open_store()
        for number in range(20):
            store.put([Article(id=f"w{writer}-{number}", title="Bài", body="Nội dung.")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert open_store().count() == 80


def test_writers_of_one_article_at_the_same_time_leave_one_of_their_texts_and_grow_its_revision(
    open_store: Opener,
) -> None:
    def write(writer: int) -> list[int]:
        store = open_store()
        return [store.put([replace(ARTICLE, title=f"{writer} {number}")])[0].revision for number in range(10)]

    with ThreadPoolExecutor(3) as pool:
        revisions = [revision for own in pool.map(write, range(3)) for revision in own]
    stored = open_store().get([ARTICLE.id])[ARTICLE.id]
    assert len(set(revisions)) == 30
    assert stored.revision == max(revisions)
    assert stored.article is not None
    assert stored.article.title.endswith(" 9")


def test_a_change_whose_answer_was_lost_is_told_as_what_it_was(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    store, create = S3Store(bucket), bucket.create

    def lost(*given: object) -> str:
        create(*given)  # type: ignore[arg-type]  # whatever it was given
        raise Changed("sent again, it meets itself")

    monkeypatch.setattr(bucket, "create", lost)
    receipt = store.put([ARTICLE])[0]
    assert receipt.outcome == "created"
    assert store.get([ARTICLE.id])[ARTICLE.id].revision == receipt.revision


def test_a_writer_who_has_read_before_a_text_went_and_came_back_does_not_go_behind_it(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, slow, replace_object = S3Store(bucket), Bucket(bucket.name), bucket.replace
    store.put([ARTICLE])

    def late(*given: object) -> str:
        monkeypatch.undo()
        store.put([replace(ARTICLE, title="Bản sửa"), ARTICLE])
        return replace_object(*given)  # type: ignore[arg-type]  # whatever it was given

    monkeypatch.setattr(slow, "replace", late)
    receipt = S3Store(slow).put([replace(ARTICLE, title="Bản sau cùng")])[0]
    stored = store.get([ARTICLE.id])[ARTICLE.id]
    assert stored.revision == receipt.revision
    assert stored.article is not None
    assert stored.article.title == "Bản sau cùng"
    assert receipt.before is not None
    assert receipt.revision > receipt.before
