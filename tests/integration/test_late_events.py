"""Ten thousand events, shuffled, doubled and late, while articles go on changing: the index ends as the store is."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from machtin import bootstrap
from machtin.article import Article
from machtin.ports import NO_FILTERS, ArticleIndex

from .conftest import Invoke, batch_of

EVENTS = 10_000
ARTICLES = 1_500
SEED = 20260315
WORDS = "gạo lúa cá tôm cà phê hồ tiêu điều sắn mía chè dừa xoài vải nhãn bưởi cam".split()


def change(chance: random.Random, number: int) -> str:
    """Publishes, corrects or takes down some article; returns its id."""
    article_id = f"bai-{chance.randrange(ARTICLES)}"
    service = bootstrap.service()
    known = service.store.get([article_id]).get(article_id)
    if known is not None and known.article is not None and chance.random() < 0.2:
        service.take_down(article_id)
    else:
        words = chance.sample(WORDS, 3)
        service.put([Article(id=article_id, title=" ".join(words), body=f"Bản {number} nói về {words[0]}.")])
    return article_id


def everything(index: ArticleIndex) -> dict[str, tuple[int, Article]]:
    ids = [article_id for article_id, _ in index.revisions()]
    return {one: (entry.revision, entry.article) for one, entry in index.get(ids).items()}


def totals(index: ArticleIndex) -> dict[str, int]:
    return {word: index.walk(word, NO_FILTERS, "newest", 1, None).total for word in WORDS}


@pytest.mark.usefixtures("data")
def test_shuffled_doubled_and_late_events_end_as_the_ordered_ones(ingest: Invoke) -> None:
    chance = random.Random(SEED)
    service = bootstrap.service()
    index = service.live_index()
    waiting: list[str] = []
    told: list[str] = []
    failed: list[str] = []

    def deliver(ids: list[str]) -> None:
        answer = ingest(batch_of(ids))
        failed.extend(ids[int(one["itemIdentifier"])] for one in answer["batchItemFailures"])

    with ThreadPoolExecutor(3) as queue:
        for number in range(EVENTS):
            waiting.append(change(chance, number))
            if len(waiting) > 600:
                chance.shuffle(waiting)
                batch = [waiting.pop() for _ in range(chance.randrange(100, 400))]
                told += batch
                again = chance.sample(told, len(batch) // 3)
                queue.submit(deliver, [*batch, *again]).add_done_callback(_raise)
        queue.submit(deliver, waiting).add_done_callback(_raise)
    while failed:
        again, failed[:] = failed[:], []
        deliver(again)
    deliver(chance.sample(told, 500))

    stored = dict(service.store.revisions())
    assert dict(index.revisions()) == stored
    assert len(stored) < ARTICLES, "some were taken down and stayed so"
    ordered = service.catalog.create(service.models.current.model_version, service.models.current.dimensions)
    changes = list(service.store.states())
    for start in range(0, len(changes), 500):
        service.index_changes(ordered, changes[start : start + 500])
    assert everything(index) == everything(ordered)
    assert totals(index) == totals(ordered)
    ordered.close()


def _raise(done: Any) -> None:
    done.result()
