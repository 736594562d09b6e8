"""What every article store promises of articles that wait for their moment, whatever it stands on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from machtin.adapters import s3_schedule, sqlite_store
from machtin.adapters.s3_bucket import Bucket, Changed
from machtin.adapters.s3_store import S3Store
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_queue import SqliteQueue
from machtin.adapters.sqlite_store import SqliteStore
from machtin.article import Article
from machtin.errors import NotFound, TakenDown
from machtin.store_port import ArticleStore, Scheduled
from machtin.visibility import milliseconds, visible

START = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
NOON = START + timedelta(hours=3)
ARTICLE = Article(id="diem-thi", title="Công bố điểm thi", body="Nội dung.", publish_at=NOON)
PUBLIC = replace(ARTICLE, publish_at=None)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    @property
    def milliseconds(self) -> int:
        return milliseconds(self.now)


Opener = Callable[[], ArticleStore]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "s3"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Opener:
    """Opens the same store again when it is called again, as another process would."""
    if request.param == "sqlite":
        return lambda: SqliteStore(SqliteFile(tmp_path / "articles.sqlite", sqlite_store.SCHEMA), clock)
    bucket: Bucket = request.getfixturevalue("bucket")
    return lambda: S3Store(Bucket(bucket.name), clock)


@pytest.fixture
def store(open_store: Opener) -> ArticleStore:
    return open_store()


def put(store: ArticleStore, article: Article) -> int:
    return store.put([article])[0].revision


def waits(store: ArticleStore) -> bool:
    return store.get([ARTICLE.id])[ARTICLE.id].waits


def counted(store: ArticleStore) -> list[str]:
    """The ids that count as articles, which three questions must agree on."""
    ids = list(store.ids())
    assert store.count() == len(ids)
    assert sorted(article_id for article_id, _ in store.revisions()) == sorted(ids)
    return ids


def release_due(store: ArticleStore, clock: Clock) -> int:
    return sum(store.release(one) is not None for one in store.scheduled(clock.milliseconds))


def test_an_article_that_waits_is_kept_to_the_letter_and_counts_for_none(store: ArticleStore) -> None:
    revision = put(store, ARTICLE)
    state = store.get([ARTICLE.id])[ARTICLE.id]
    assert (state.article, state.revision, state.public) == (ARTICLE, revision, None)
    assert [one.waits for one in store.states()] == [True]
    assert counted(store) == []
    assert store.scheduled() == [Scheduled(milliseconds(NOON), ARTICLE.id)]
    store.journal([state])
    assert [change.state.waits for change in store.changes(0)] == [True]


def test_what_has_no_moment_or_a_past_one_is_public_at_once(store: ArticleStore) -> None:
    put(store, replace(ARTICLE, publish_at=START))
    put(store, replace(PUBLIC, id="khac"))
    assert counted(store) == [ARTICLE.id, "khac"]
    assert store.scheduled() == []


def test_it_is_released_at_its_moment_with_a_newer_revision_and_once(open_store: Opener, clock: Clock) -> None:
    store = open_store()
    before = put(store, ARTICLE)
    clock.now = NOON - timedelta(milliseconds=1)
    assert store.scheduled(clock.milliseconds) == []
    assert store.release(store.scheduled()[0]) is None
    clock.now = NOON
    (due,) = store.scheduled(clock.milliseconds)
    receipt = open_store().release(due)
    assert receipt is not None
    assert (receipt.outcome, receipt.before) == ("updated", before)
    assert receipt.revision > before
    state = store.get([ARTICLE.id])[ARTICLE.id]
    assert (state.public, state.revision) == (ARTICLE, receipt.revision)
    assert counted(store) == [ARTICLE.id]
    assert store.release(due) is None, "twice"
    assert store.get([ARTICLE.id])[ARTICLE.id].revision == receipt.revision


def test_a_moment_within_a_millisecond_is_never_come_before_it_has(store: ArticleStore, clock: Clock) -> None:
    put(store, replace(ARTICLE, publish_at=NOON + timedelta(microseconds=1)))
    clock.now = NOON
    assert release_due(store, clock) == 0
    clock.now = NOON + timedelta(milliseconds=1)
    assert release_due(store, clock) == 1


def test_the_same_content_again_is_unchanged_before_and_after_its_moment(store: ArticleStore, clock: Clock) -> None:
    put(store, ARTICLE)
    assert store.put([ARTICLE])[0].outcome == "unchanged"
    clock.now = NOON
    assert store.put([ARTICLE])[0].outcome == "unchanged"
    assert waits(store), "its release makes it public"
    release_due(store, clock)
    assert store.put([ARTICLE])[0].outcome == "unchanged"
    assert not waits(store)


def test_a_correction_moves_it_publishes_it_or_takes_it_back(store: ArticleStore, clock: Clock) -> None:
    put(store, ARTICLE)
    put(store, replace(ARTICLE, publish_at=NOON + timedelta(hours=1)))
    clock.now = NOON
    assert release_due(store, clock) == 0
    assert waits(store)
    put(store, PUBLIC)
    assert counted(store) == [ARTICLE.id]
    put(store, replace(ARTICLE, publish_at=NOON + timedelta(hours=2)))
    assert counted(store) == []
    clock.now = NOON + timedelta(hours=2)
    assert release_due(store, clock) == 1
    assert release_due(store, clock) == 0
    assert counted(store) == [ARTICLE.id]


def test_the_soonest_come_first(store: ArticleStore) -> None:
    moments = {f"bai-{hours}": NOON + timedelta(hours=hours) for hours in (5, 1, 30, 2)}
    store.put([replace(ARTICLE, id=name, publish_at=moment) for name, moment in moments.items()])
    assert [one.id for one in store.scheduled()] == ["bai-1", "bai-2", "bai-5", "bai-30"]
    assert [one.id for one in store.scheduled(milliseconds(NOON + timedelta(hours=2)))] == ["bai-1", "bai-2"]


def test_what_is_taken_down_while_it_waits_is_never_released_nor_told_of(store: ArticleStore, clock: Clock) -> None:
    put(store, ARTICLE)
    assert store.delete(ARTICLE.id).outcome == "deleted"
    with pytest.raises(NotFound) as told:
        visible(store.get([ARTICLE.id]), ARTICLE.id, clock.now)
    assert not isinstance(told.value, TakenDown), "nobody has ever seen it"
    clock.now = NOON
    assert release_due(store, clock) == 0
    assert counted(store) == []
    assert store.delete(ARTICLE.id).outcome == "unchanged"
    assert store.put([ARTICLE])[0].outcome == "created"
    assert counted(store) == [ARTICLE.id]


def test_of_many_releases_at_the_same_time_one_counts(open_store: Opener, clock: Clock) -> None:
    put(open_store(), ARTICLE)
    clock.now = NOON
    due = Scheduled(milliseconds(NOON), ARTICLE.id)
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda _: open_store().release(due), range(8)))
    (released,) = [one for one in receipts if one is not None]
    assert open_store().get([ARTICLE.id])[ARTICLE.id].revision == released.revision


def test_a_release_is_announced_like_any_change(tmp_path: Path, clock: Clock) -> None:
    file = SqliteFile(tmp_path / "articles.sqlite", sqlite_store.SCHEMA)
    store, queue = SqliteStore(file, clock), SqliteQueue(file)
    put(store, ARTICLE)
    queue.done(queue.receive(10))
    clock.now = NOON
    release_due(store, clock)
    assert [message.article_id for message in queue.receive(10)] == [ARTICLE.id]


def test_a_correction_in_the_midst_of_a_release_wins(
    bucket: Bucket, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, slow, replace_object = S3Store(bucket, clock), Bucket(bucket.name), bucket.replace
    put(store, ARTICLE)
    clock.now = NOON
    moved = replace(ARTICLE, publish_at=NOON + timedelta(hours=1))

    def late(*given: object) -> str:
        monkeypatch.undo()
        put(store, moved)
        return replace_object(*given)  # type: ignore[arg-type]  # whatever it was given

    monkeypatch.setattr(slow, "replace", late)
    assert S3Store(slow, clock).release(store.scheduled()[0]) is None
    assert store.get([ARTICLE.id])[ARTICLE.id].article == moved
    assert waits(store)


def test_a_release_whose_answer_was_lost_is_told_as_what_it_was(
    bucket: Bucket, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, replace_object = S3Store(bucket, clock), bucket.replace
    put(store, ARTICLE)
    clock.now = NOON

    def lost(*given: object) -> str:
        replace_object(*given)  # type: ignore[arg-type]  # whatever it was given
        raise Changed("sent again, it meets itself")

    monkeypatch.setattr(bucket, "replace", lost)
    receipt = store.release(store.scheduled()[0])
    assert receipt is not None
    assert store.get([ARTICLE.id])[ARTICLE.id].revision == receipt.revision
    assert not waits(store)


def test_a_marker_without_its_article_is_harmless_and_removed_in_the_end(bucket: Bucket, clock: Clock) -> None:
    store, schedule = S3Store(bucket, clock), s3_schedule.Schedule(bucket)
    put(store, PUBLIC)
    stale = [Scheduled(milliseconds(NOON), one) for one in ("chua-tung-co", ARTICLE.id)]
    for one in stale:
        schedule.add(one)
    bucket.put("scheduled/readme.txt", b"somebody else's")
    assert counted(store) == [ARTICLE.id]
    clock.now = NOON
    assert release_due(store, clock) == 0
    assert store.scheduled() == stale, "whoever wrote it may be about to write its article"
    clock.now = NOON + timedelta(hours=1)
    assert release_due(store, clock) == 0
    assert store.scheduled() == []
    assert counted(store) == [ARTICLE.id]


def test_a_writer_who_was_so_slow_that_its_marker_was_removed_leaves_another(
    bucket: Bucket, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, slow, create = S3Store(bucket, clock), Bucket(bucket.name), bucket.create

    def late(*given: object) -> str:
        clock.now = NOON + timedelta(hours=1)
        release_due(store, clock)
        assert store.scheduled() == []
        return create(*given)  # type: ignore[arg-type]  # whatever it was given

    monkeypatch.setattr(slow, "create", late)
    put(S3Store(slow, clock), ARTICLE)
    assert waits(store)
    assert release_due(store, clock) == 1
