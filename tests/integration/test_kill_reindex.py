"""kill -9 of whoever carries out a re-index, before and after each record is saved: readers never notice.

Each process begins where the one before was killed. The alias always names a whole version, and a thread that searches
all along gets every article that it asks for, every time.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final, Literal

import pytest

from machtin import bootstrap
from machtin.article import Article
from machtin.search_request import SearchRequest
from machtin.service import Machtin
from machtin.settings import Settings

from .local_place import Place

ARTICLES: Final = 60
# Between two questions: a reader that leaves no processor to others would only make the test slow.
PAUSE: Final = 0.01
FEW: Final = 20
STEPS: Final = ["plan", "plan", "build", "catch_up", "warm_up", "gate", "gate", "promote", "settle"]

# Carries out the running re-index; is killed before or after its first save, or runs to the end.
CHILD: Final = """
import os, signal, sys
from machtin import bootstrap
from machtin.adapters.sqlite_reindex_log import SqliteReindexLog
from machtin.settings import Settings

kill, save = sys.argv[1], SqliteReindexLog.save

def killing(log, record, before):
    if kill == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    save(log, record, before)
    if kill == "after":
        os.kill(os.getpid(), signal.SIGKILL)

SqliteReindexLog.save = killing
reindexer = bootstrap.build(Settings.from_env()).reindexer
while record := reindexer.running():
    reindexer.advance(record.id)
"""

Kill = Literal["before", "after", "never"]


def carry_on(place: Place, kill: Kill) -> int:
    """The exit code of a process that goes on with what is running."""
    command = [sys.executable, "-c", CHILD, kill]
    return subprocess.run(command, env=place.environment, check=False, capture_output=True).returncode


@pytest.fixture
def service(place: Place) -> Iterator[Machtin]:
    """Articles in store and index, each with a word of its own."""
    made = bootstrap.build(Settings.from_env(place.environment))
    made.put([article(number) for number in range(ARTICLES)])
    made.index_articles([article(number).id for number in range(ARTICLES)])
    yield made
    made.live_index().close()


def article(number: int) -> Article:
    body = f"Đoạn một của bài thứ {number}.\n\nĐoạn hai nói thêm về làng số{number}x."
    return Article(id=f"bai-{number}", title=f"Chuyện làng số{number}x bên sông", body=body, section="Thời sự")


@contextmanager
def searching(service: Machtin) -> Iterator[list[str]]:
    """A reader who asks for one article after the other; yields what was wrong."""
    stopping, wrong, asked = threading.Event(), [], 0

    def ask() -> None:
        nonlocal asked
        while not stopping.is_set():
            number = asked % ARTICLES
            asked += 1
            try:
                answer = service.search(SearchRequest(q=f"làng số{number}x", size=3))
                if answer.degraded or answer.hits[0].id != f"bai-{number}":
                    wrong.append(f"{number}: {answer}")
            except Exception as error:
                wrong.append(repr(error))
            stopping.wait(PAUSE)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield wrong
    finally:
        stopping.set()
        thread.join()
    assert asked >= FEW, "too little was asked to show anything"


def assert_whole(service: Machtin) -> None:
    """The live version holds exactly what the store shows."""
    assert dict(service.live_index().revisions()) == dict(service.store.revisions())
    assert service.live_index().count() == service.store.count()


def test_killed_at_every_step_it_is_finished_and_readers_never_notice(service: Machtin, place: Place) -> None:
    first = service.live_index().version
    begun = service.reindexer.begin()
    seen: list[str] = []
    with searching(service) as wrong:
        while (record := service.reindexer.show(begun.id)).state == "running":
            seen.append(record.step)
            assert carry_on(place, "before") == -signal.SIGKILL
            assert service.reindexer.show(begun.id) == record, "nothing was saved, and all is repeated"
            assert_whole(service)
            assert carry_on(place, "after") == -signal.SIGKILL
            assert_whole(service)
    assert seen == STEPS
    assert wrong == []
    assert (record.state, record.previous) == ("done", first)
    assert service.catalog.versions() == [first, record.version], "no kill left an orphan"
    with closing(service.catalog.open(first)) as before:
        assert before.count() == ARTICLES


def test_what_changes_while_it_is_killed_again_and_again_is_not_lost(service: Machtin, place: Place) -> None:
    begun = service.reindexer.begin()
    number = 0
    kills: list[Kill] = ["after", "before"]
    while service.reindexer.show(begun.id).state == "running":
        service.put([Article(id=f"moi-{number}", title=f"Tin mới thứ {number}", body="Nội dung.")])
        service.take_down(f"bai-{number}")
        carry_on(place, kills[number % 3 == 2])
        number += 1
    assert service.reindexer.show(begun.id).state == "done"
    service.reindexer.reconcile(service.live_index())  # the messages that nobody delivered here
    assert_whole(service)
    assert service.store.count() == ARTICLES


@pytest.mark.parametrize("pieces", [1, 3, 6])
def test_a_cancelled_one_is_dropped_by_the_next_process(service: Machtin, place: Place, pieces: int) -> None:
    first = service.live_index().version
    begun = service.reindexer.begin()
    for _ in range(pieces):
        assert carry_on(place, "after") == -signal.SIGKILL
    service.reindexer.cancel(begun.id)
    assert carry_on(place, "before") == -signal.SIGKILL
    assert service.reindexer.show(begun.id).state == "running"
    assert carry_on(place, "never") == 0
    assert service.reindexer.show(begun.id).state == "cancelled"
    assert service.catalog.versions() == [first]
    assert_whole(service)
