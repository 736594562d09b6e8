"""Parts of the deployed shape fail while people work on: nothing is lost, nothing is there twice, no dead letters."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

import pytest

from .cloud import VISIBILITY, Cloud
from .event_source import until_true
from .loopback import Request
from .newsroom import Newsroom
from .truth import assert_same, stored

pytestmark = pytest.mark.aws

# After a fault what was being delivered comes back when its visibility timeout has passed, perhaps more than once.
SECONDS: Final = 90.0
KILLS: Final = 3
LONG_VISIBILITY: Final = 25
# What a reader may have to wait for an answer of any kind; its own limit is 2.8 s, the rest is the busy machine's.
READER_SECONDS: Final = 10.0


@pytest.fixture(autouse=True)
def each_by_itself(cloud: Cloud) -> Iterator[None]:
    """What one fault leaves behind is not the next one's."""
    cloud.sources["IngestQueue"].deliveries.clear()
    yield
    cloud.ingest.visible_after(VISIBILITY)
    cloud.ingest.forget_dead_letters()


def article(number: int, edition: int = 1) -> dict[str, Any]:
    """A short article, in one of several editions."""
    return {
        "id": f"e2e-su-co-{number}",
        "title": f"Tin số {number}, lần {edition}",
        "body": f"Nội dung tin số {number}, bản QL3{edition:04}.",
        "published_at": "2026-06-15T08:30:00+07:00",
    }


class Desk:
    """An editor who publishes and corrects all the time, and repeats what was not taken, until told to stop."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = Newsroom(newsroom.address)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.published: dict[str, dict[str, Any]] = {}
        self.statuses: Counter[int] = Counter()

    def _work(self) -> None:
        number = 0
        while not self._stopping.is_set():
            number += 1
            self._publish(article(number % 20, 1 + number // 20))
            self._stopping.wait(0.2)

    def _publish(self, one: dict[str, Any]) -> None:
        status = 0
        while status != 202:
            status = self._newsroom.try_put(one)
            self.statuses[status] += 1
            assert status in (202, 503), status
        self.published[one["id"]] = one

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(timeout=SECONDS)
        assert not self._thread.is_alive(), "the editor broke off"
        self._newsroom.close()


def all_is_well(cloud: Cloud, desk: Desk) -> None:
    """Everything that was taken is in the store, once, as it was sent last; the index says the same."""
    until_true(lambda: cloud.ingest.left() == 0, SECONDS, "the ingest queue is empty")
    assert cloud.ingest.dead() == 0
    assert desk.published
    kept = stored(cloud)
    for article_id, sent in desk.published.items():
        assert sent.items() <= kept[article_id].article.items()
    assert_same(cloud)


@contextmanager
def reading(newsroom: Newsroom) -> Iterator[Counter[int]]:
    """Somebody who reads all the time; counts how it was answered."""
    statuses: Counter[int] = Counter()
    slowest = 0.0
    stopping = threading.Event()

    def read() -> None:
        nonlocal slowest
        while not stopping.is_set():
            for path in ("/v1/search?q=v%E1%BA%A3i", "/v1/articles/e2e-su-co-1", "/v1/articles/e2e-su-co-1/summary"):
                begun = time.monotonic()
                statuses[newsroom.get(path).status_code] += 1
                slowest = max(slowest, time.monotonic() - begun)
            stopping.wait(0.2)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield statuses
    finally:
        stopping.set()
        thread.join(timeout=SECONDS)
    assert slowest < READER_SECONDS


def test_opensearch_is_away(cloud: Cloud, newsroom: Newsroom) -> None:
    reader = Newsroom(newsroom.address)
    # On AWS a message may be offered in vain for half an hour; here for longer than it takes to start OpenSearch.
    cloud.ingest.visible_after(LONG_VISIBILITY)
    with Desk(newsroom) as desk, reading(reader) as statuses:
        until_true(lambda: len(desk.published) >= 5, SECONDS, "the editor is at work")
        begun = time.monotonic()
        cloud.cluster.stop()
        try:
            until_true(lambda: reader.get("/v1/search", q="vải").status_code == 503, SECONDS, "readers are told")
            assert reader.get("/v1/search", q="vải").headers["retry-after"]
            assert reader.get("/v1/articles/e2e-su-co-1").status_code == 200, "articles come from the store"
            assert reader.get("/v1/health").status_code == 503
            taken = desk.statuses[202]
        finally:
            cloud.cluster.start()
        assert desk.statuses[202] > taken, "editors publish all the while"
        print(f"OpenSearch was away for {time.monotonic() - begun:.0f} s")
        until_true(lambda: reader.get("/v1/search", q="vải").status_code == 200, SECONDS, "readers find again")
    reader.close()
    assert set(statuses) <= {200, 404, 503}
    all_is_well(cloud, desk)
    assert any(failed for _, failed in cloud.sources["IngestQueue"].deliveries), "some came more than once"


def test_ingest_is_killed_in_mid_batch(cloud: Cloud, newsroom: Newsroom) -> None:
    function, deliveries = cloud.functions["IngestFunction"], cloud.sources["IngestQueue"].deliveries
    with Desk(newsroom) as desk:
        for _ in range(KILLS):
            until_true(lambda: function.at_work and function.kill(), SECONDS, "it is at work")
            time.sleep(1)
    all_is_well(cloud, desk)
    assert sum(1 for received, failed in deliveries if received == failed) >= KILLS


def test_s3_asks_to_come_again(cloud: Cloud, newsroom: Newsroom) -> None:
    cloud.ingest.visible_after(5)
    refused = cloud.endpoint.refused
    turns = iter(range(1_000_000))

    def fault(request: Request) -> bool:
        """Nine of ten requests of a while, more than a client's own attempts bridge."""
        return next(turns) % 10 != 0

    with Desk(newsroom) as desk, reading(newsroom) as statuses:
        until_true(lambda: len(desk.published) >= 3, SECONDS, "the editor is at work")
        cloud.endpoint.s3_fault = fault
        time.sleep(8)
        cloud.endpoint.s3_fault = lambda request: False
        time.sleep(1)
    assert cloud.endpoint.refused > refused
    assert desk.statuses[503], "editors are told that it was not taken"
    assert set(statuses) <= {200, 404, 503}
    all_is_well(cloud, desk)


def test_the_queue_delivers_twice(cloud: Cloud, newsroom: Newsroom) -> None:
    source = cloud.sources["IngestQueue"]
    source.twice = True
    try:
        with Desk(newsroom) as desk:
            until_true(lambda: len(desk.published) >= 20, SECONDS, "the editor is at work")
            newsroom.take_down(article(1)["id"])
            desk.published.pop(article(1)["id"], None)
        all_is_well(cloud, desk)
    finally:
        source.twice = False


def test_a_message_is_seen_again_while_it_is_worked_on(cloud: Cloud, newsroom: Newsroom) -> None:
    """The work takes longer than the message stays out of sight: all deliveries write the same."""
    source, function = cloud.sources["IngestQueue"], cloud.functions["IngestFunction"]
    receives: list[int] = []

    def slow(event: dict[str, Any]) -> Any:
        receives.extend(int(one["attributes"]["ApproximateReceiveCount"]) for one in event["Records"])
        time.sleep(1.5)
        return function(event)

    cloud.ingest.visible_after(1)
    source.function = slow
    try:
        newsroom.put(article(1, 9_000))
        until_true(lambda: cloud.ingest.left() == 0, SECONDS, "the ingest queue is empty")
    finally:
        source.function = function
    assert max(receives) > 1
    assert cloud.ingest.dead() == 0
    assert_same(cloud)


def test_a_message_that_got_lost_is_made_up_for_at_night(cloud: Cloud, newsroom: Newsroom) -> None:
    source = cloud.sources["IngestQueue"]
    newsroom.put(article(2, 9_001))
    until_true(lambda: cloud.ingest.left() == 0, SECONDS, "the ingest queue is empty")
    source.stop()
    newsroom.put(article(1, 9_001))
    newsroom.take_down(article(2)["id"])
    assert len(cloud.ingest.receive()) == 2
    source.start()
    name, event = cloud.shape.schedules["Reconcile"]
    assert cloud.functions[name](event) == {"differed": 2}
    assert_same(cloud)
