"""kill -9 of OpenSearch itself in the middle of a re-index: readers miss it only while it is gone, and it goes on.

The server is one of this test's own, started again on the same data.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from machtin import bootstrap
from machtin.article import Article
from machtin.errors import Unavailable
from machtin.search_request import SearchRequest
from machtin.service import Machtin
from machtin.settings import OpenSearchSettings, Settings

from .local_place import eventually, free_port

pytestmark = pytest.mark.opensearch
SCRIPT = Path(__file__).parents[2] / "scripts" / "opensearch.py"
ARTICLES = 1_600
PATIENCE = 180.0
WORDS = (
    "gạo lúa cá tôm mía chè dừa xoài vải nhãn bưởi cam bóng bơi cầu đường tàu xe bay viện thuốc trường thầy trò án "
    "cướp bão lũ hạn động núi lửa điện xăng dầu vàng vốn thuế nhà đất phim nhạc kịch họa chùa lễ hội rừng biển đảo mỏ"
).split()


class Cluster:
    """An OpenSearch with data of its own, which can be killed and started again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.up = False

    def start(self) -> None:
        self._run("start", "--port", str(self.port))
        self.up = True

    def kill(self) -> None:
        """What a power cut amounts to for a process."""
        self.up = False
        pid = json.loads((self.data / "server.json").read_text())["pid"]
        os.kill(pid, signal.SIGKILL)
        eventually(
            lambda: not Path(f"/proc/{pid}").exists() or b"\nState:\tZ" in Path(f"/proc/{pid}/status").read_bytes()
        )

    def stop(self) -> None:
        self._run("stop")

    def _run(self, *arguments: str) -> None:
        command = [sys.executable, str(SCRIPT), *arguments, "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


class Readers:
    """Somebody who searches all along: wrong answers, failures while the cluster was up, and how often all was well."""

    def __init__(self, service: Machtin, cluster: Cluster) -> None:
        self._service = service
        self._cluster = cluster
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.wrong: list[str] = []
        self.answered = 0
        self.refused = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _ask(self) -> None:
        number = 0
        while not self._stopping.wait(0.02):
            number = (number + 7) % ARTICLES
            try:
                found = self._service.search(SearchRequest(q=f"làng số{number}x", size=3))
                self.answered += 1
                # One leg alone may take 540 for 405: by meaning both are the same digits.
                first = found.hits if found.degraded else found.hits[:1]
                if f"bai-{number}" not in [hit.id for hit in first]:
                    self.wrong.append(f"{number}: {found}")
            except Unavailable as error:
                self.refused += 1
                if self._cluster.up and "asked again" not in str(error):
                    self.wrong.append(repr(error))
            except Exception as error:
                self.wrong.append(repr(error))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "opensearch")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def service(cluster: Cluster, tmp_path: Path) -> Iterator[Machtin]:
    """Articles in store and index, each with a word of its own."""
    settings = OpenSearchSettings(url=f"http://127.0.0.1:{cluster.port}", timeout=5.0)
    made = bootstrap.build(Settings(data=tmp_path / "data", index="opensearch", opensearch=settings))
    ids = [receipt.id for receipt in made.put([article(number) for number in range(ARTICLES)])]
    made.index_articles(ids)
    yield made
    made.catalog.close()


def article(number: int) -> Article:
    """Each of other words, so that its vector is its own."""
    told = " ".join(random.Random(number).sample(WORDS, 12))
    body = f"Làng kể chuyện {told}.\n\nĐoạn hai nói thêm về làng số{number}x."
    return Article(id=f"bai-{number}", title=f"Chuyện làng số{number}x bên sông", body=body, section="Thời sự")


def carry_out(service: Machtin, reindex_id: str, ended: list[str]) -> None:
    """What the worker does: piece after piece, with the pauses that setbacks ask for."""
    while (record := service.reindexer.advance(reindex_id)).state == "running":
        time.sleep(min(record.retry_after, 5.0))
    ended.append(f"{record.state}: {record.error}")


def test_a_server_that_is_killed_twice_in_a_reindex_costs_its_absence_alone(cluster: Cluster, service: Machtin) -> None:
    first = service.live_index().version
    begun = service.reindexer.begin()
    ended: list[str] = []
    worker = threading.Thread(target=carry_out, args=(service, begun.id, ended))
    with Readers(service, cluster) as readers:
        eventually(lambda: readers.answered > 10)
        worker.start()
        for step in ("build", "gate"):
            eventually(lambda: service.reindexer.show(begun.id).step == step or ended, PATIENCE)  # noqa: B023
            cluster.kill()
            absent = readers.refused
            eventually(lambda: readers.refused > absent)  # noqa: B023
            cluster.start()
            back = readers.answered
            eventually(lambda: readers.answered > back + 10)  # noqa: B023
            service.put([Article(id="moi", title=f"Tin mới sau {step}", body="Nội dung.")])
        worker.join(PATIENCE)
    assert ended == ["done: None"]
    assert readers.wrong == []
    assert service.reindexer.show(begun.id).previous == first
    assert dict(service.live_index().revisions()) == dict(service.store.revisions())
    assert service.live_index().version != first
