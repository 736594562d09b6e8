"""The real handlers behind the real ASGI application, without a socket: one installation, asked by an HTTP client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from machtin import bootstrap
from machtin.adapters.local_events import EventSource
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import application
from machtin.adapters.local_server import routes
from machtin.adapters.token_file import make_token
from machtin.settings import Settings

from .local_place import installation_environment

ARTICLE: dict[str, Any] = {
    "title": "Giá gạo xuất khẩu tăng mạnh",
    "sapo": "Gạo 5% tấm đạt 412 USD một tấn.",
    "body": "Thương lái ở Cần Thơ nói giá gạo sẽ còn tăng.\n\nLúa tại ruộng đã bán gần hết trong tuần.",
    "section": "Kinh tế",
    "published_at": "2026-03-15T08:30:00+07:00",
}


class Site:
    """An installation with one article, ``gao``; requests are an editor's unless ``token=False``."""

    def __init__(self, data: Path) -> None:
        settings = Settings(data=data)
        functions = local_functions()
        self.authorization = {"Authorization": f"Bearer {make_token(settings.token_file)}"}
        self.application = application(routes(functions))
        self.events = EventSource(bootstrap.queue(settings), functions.ingest)
        self.runner = asyncio.Runner()
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.application), base_url="http://machtin.test")

    def ask(self, method: str, path: str, *, token: bool = True, **options: Any) -> httpx.Response:
        """One request. What the application raises instead of answering is raised here."""
        return self.runner.run(self.asked(method, path, token=token, **options))

    async def asked(self, method: str, path: str, *, token: bool = True, **options: Any) -> httpx.Response:
        headers = dict(self.authorization) if token else {}
        headers.update(options.pop("headers", None) or {})
        return await self.client.request(method, path, headers=headers, **options)

    def put(self, content: bytes | str | dict[str, Any], article_id: str = "thu", **options: Any) -> httpx.Response:
        body = json.dumps(content) if isinstance(content, dict) else content
        headers = {"Content-Type": "application/json"} | options.pop("headers", {})
        return self.ask("PUT", f"/v1/articles/{article_id}", content=body, headers=headers, **options)

    def post_lines(self, content: bytes | str) -> httpx.Response:
        headers = {"Content-Type": "application/x-ndjson"}
        return self.ask("POST", "/v1/articles", content=content, headers=headers)

    def deliver(self) -> None:
        """What waits in the queue reaches the index."""
        while self.events.deliver():
            pass

    def stored(self) -> dict[str, int]:
        """Every article of the store, with its revision."""
        return dict(bootstrap.service().store.revisions())

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()


@contextmanager
def open_site(data: Path) -> Iterator[Site]:
    """A site whose process-wide service uses ``data``; it ends with the block."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in installation_environment(data).items():
            patch.setenv(name, value)
        bootstrap.service.cache_clear()
        site = Site(data)
        assert site.put(ARTICLE, "gao").status_code == 202
        site.deliver()
        try:
            yield site
        finally:
            site.close()
            bootstrap.service().catalog.close()
            bootstrap.service.cache_clear()


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """The answer's problem document, looked at as a whole."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:500]
    assert answer.headers["x-content-type-options"] == "nosniff"
    document: dict[str, Any] = answer.json()
    assert list(document) == ["type", "title", "status", "detail", "errors"]
    assert document["status"] == answer.status_code
    assert document["detail"]
    assert "Traceback" not in answer.text
    assert len(answer.content) < 100_000
    return document
