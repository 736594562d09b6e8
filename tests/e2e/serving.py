"""The real server as a process of its own, on either engine, and an editor's client of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

COMMAND: Final = Path(sys.executable).parent / "machtin"
PATIENCE: Final = 120.0


@dataclass(frozen=True)
class Site:
    """The running server: its address, its data folder, its engine, and a client that holds the editors' token."""

    base: str
    client: httpx.Client
    data: Path
    engine: str

    @property
    def token(self) -> str:
        """What an editor signs in with."""
        return (self.data / "token").read_text(encoding="utf-8").strip()

    def ask(self, path: str, **parameters: object) -> Any:
        """The JSON that the API answers."""
        answer = self.client.get(path, params={name: str(value) for name, value in parameters.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, article_id: str, article: Mapping[str, object]) -> None:
        """PUT an article, without waiting for the index."""
        answer = self.client.put(f"/v1/articles/{article_id}", json=article)
        assert answer.status_code == 202, answer.text

    def publish(self, article_id: str, article: Mapping[str, object]) -> None:
        """PUT an article, and wait until it can be found."""
        self.put(article_id, article)
        eventually(lambda: self.client.get(f"/v1/articles/{article_id}/summary").status_code == 200)
        eventually(lambda: article_id in [hit["id"] for hit in self.ask("/v1/search", q=article["title"])["hits"]])

    def take_down(self, article_id: str) -> None:
        """DELETE an article, and wait until it is found no more."""
        stored = self.ask(f"/v1/articles/{article_id}/stored")["article"]
        assert self.client.delete(f"/v1/articles/{article_id}").status_code == 202
        if stored:
            ids = {"q": stored["title"], "size": 100}
            eventually(lambda: article_id not in [hit["id"] for hit in self.ask("/v1/search", **ids)["hits"]])


def eventually(ask: Callable[[], bool]) -> None:
    """Ask until it is true."""
    deadline = time.monotonic() + PATIENCE
    while not ask():
        if time.monotonic() > deadline:
            pytest.fail(f"not true within {PATIENCE:.0f} s")
        time.sleep(0.1)


@contextmanager
def serving(folder: Path, engine: str = "embedded", **settings: str) -> Iterator[Site]:
    """``machtin serve --samples`` on a free port, with data in ``folder`` and further ``MACHTIN_`` variables."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    data = folder / "data"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MACHTIN_")}
    environment |= {"MACHTIN_DATA": str(data), "MACHTIN_PORT": str(port), "MACHTIN_INDEX": engine, **settings}
    with (
        (folder / "log").open("w", encoding="utf-8") as log,
        subprocess.Popen([COMMAND, "serve", "--samples"], env=environment, stdout=log, stderr=log) as server,
        httpx.Client(base_url=base, timeout=PATIENCE, trust_env=False) as client,
    ):
        try:
            eventually(lambda: server.poll() is not None or answers(client))
            assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
            site = Site(base, client, data, engine)
            client.headers["Authorization"] = f"Bearer {site.token}"
            yield site
        finally:
            server.terminate()


def answers(client: httpx.Client) -> bool:
    """Whether the server serves, and has the sample articles."""
    try:
        return bool(client.get("/v1/search").json().get("total", 0) > 100)
    except httpx.TransportError:
        return False
