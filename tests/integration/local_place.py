"""A data folder, the installed command, and the real server as a process of its own, for the tests beside this."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

COMMAND: Final = Path(sys.executable).parent / "machtin"
PATIENCE: Final = 60.0

NEWS: list[dict[str, Any]] = [
    {
        "id": "gao-1",
        "title": "Giá gạo xuất khẩu tăng mạnh",
        "sapo": "Gạo 5% tấm đạt 412 USD một tấn, cao nhất từ đầu năm.",
        "body": "Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng.\n\nLúa tại ruộng đã bán gần hết trong tuần.",
        "section": "Kinh tế",
        "tags": ["gạo", "xuất khẩu"],
        "author": "Quỳnh Hoa",
        "published_at": "2026-03-15T08:30:00+07:00",
    },
    {
        "id": "gao-2",
        "title": "Gạo xuất khẩu: đơn hàng châu Phi trở lại",
        "sapo": "Doanh nghiệp ký mới 40.000 tấn.",
        "body": "Đơn hàng châu Phi giúp giá gạo xuất khẩu giữ vững trong tháng ba.",
        "section": "Văn hoá, giải trí",
        "published_at": "2026-03-20T08:30:00+07:00",
    },
    {
        "id": "bong-da",
        "title": "Đội bóng Đồng Tháp thắng trận mở màn",
        "body": "Trận đấu trên sân Cao Lãnh kết thúc với tỉ số hai không trước đông đảo người hâm mộ.",
        "section": "Thể thao",
        "published_at": "2026-02-01T20:00:00+07:00",
    },
]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def eventually(ask: Callable[[], object], patience: float = PATIENCE) -> None:
    """Ask until the answer is true; fails with the last answer when it never is."""
    deadline = time.monotonic() + patience
    while not (answer := ask()):
        if time.monotonic() > deadline:
            pytest.fail(f"still {answer!r} after {patience:.0f} s")
        time.sleep(0.05)


def installation_environment(data: Path) -> dict[str, str]:
    """The settings of an installation of its own, on the engine that the tests at hand are about."""
    shared = {name: value for name, value in os.environ.items() if name.startswith(("MACHTIN_INDEX", "MACHTIN_OPEN"))}
    own = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    prefix = f"{shared.get('MACHTIN_OPENSEARCH_PREFIX', 'test')}-{own}"
    return {**shared, "MACHTIN_DATA": str(data), "MACHTIN_OPENSEARCH_PREFIX": prefix}


class Place:
    """A data folder and what can be done in it from a shell."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("MACHTIN_")},
            **installation_environment(data),
            "MACHTIN_PORT": str(self.port),
            "PYTHONWARNINGS": "error::ResourceWarning",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [COMMAND, *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
        )

    def run(self, *arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments], env=self.environment, input=text, capture_output=True, text=True, check=False
        )

    def ask(self, *arguments: str) -> Any:
        """The object that a command prints with --json."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def write(self, name: str, articles: list[dict[str, Any]]) -> Path:
        path = self.data.parent / name
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in articles), encoding="utf-8")
        return path


class Server:
    """A running ``machtin serve`` and a client for it."""

    def __init__(self, place: Place, *arguments: str) -> None:
        self.place = place
        self.process = place.start("serve", *arguments)
        self.lines: list[str] = []
        self.complaints: list[str] = []
        self.readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.lines), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.complaints), daemon=True),
        ]
        for reader in self.readers:
            reader.start()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{place.port}", timeout=PATIENCE, trust_env=False)
        eventually(lambda: "machtin is at" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, "".join(self.complaints)

    @staticmethod
    def _read(stream: Any, lines: list[str]) -> None:
        for line in stream:
            lines += [line]

    @property
    def said(self) -> str:
        return "".join(self.lines)

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {(self.place.data / 'token').read_text().strip()}"}

    def found(self, query: str) -> list[str]:
        answer = self.client.get("/v1/search", params={"q": query, "mode": "lexical"})
        assert answer.status_code == 200, answer.text
        return [hit["id"] for hit in answer.json()["hits"]]

    def stop(self, number: int) -> int:
        """Send a signal; the exit code."""
        self.client.close()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return code


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    return document
