"""The real server on the sample articles, and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

COMMAND: Final = Path(sys.executable).parent / "machtin"
PATIENCE: Final = 120.0
FLAGS: Final = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
REPORT_VIOLATIONS: Final = (
    "addEventListener('securitypolicyviolation', "
    "(event) => console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`));"
)
# The page without the answers that it was made of: its script asks for them, and a test can answer otherwise.
WITHOUT_ANSWERS: Final = (
    "new MutationObserver(() => document.getElementById('given')?.remove())"
    ".observe(document, { childList: true, subtree: true });"
)


@dataclass(frozen=True)
class Site:
    """The running server: its address, and a client that holds the editors' token."""

    base: str
    client: httpx.Client

    def ask(self, path: str, **parameters: object) -> Any:
        """The JSON that the API answers."""
        answer = self.client.get(path, params={name: str(value) for name, value in parameters.items()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def publish(self, article_id: str, article: Mapping[str, object]) -> None:
        """PUT an article, and wait until it can be found."""
        answer = self.client.put(f"/v1/articles/{article_id}", json=article)
        assert answer.status_code == 202, answer.text
        eventually(lambda: self.client.get(f"/v1/articles/{article_id}/summary").status_code == 200)
        eventually(lambda: article_id in [hit["id"] for hit in self.ask("/v1/search", q=article["title"])["hits"]])

    def take_down(self, article_id: str) -> None:
        """DELETE an article, and wait until it is found no more."""
        assert self.client.delete(f"/v1/articles/{article_id}").status_code == 202
        eventually(lambda: article_id not in [hit["id"] for hit in self.ask("/v1/search", size=100)["hits"]])


def eventually(ask: Callable[[], bool]) -> None:
    """Ask until it is true."""
    deadline = time.monotonic() + PATIENCE
    while not ask():
        if time.monotonic() > deadline:
            pytest.fail(f"not true within {PATIENCE:.0f} s")
        time.sleep(0.1)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """``machtin serve --samples`` on a free port with a data folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MACHTIN_")}
    environment |= {"MACHTIN_DATA": str(folder / "data"), "MACHTIN_PORT": str(port)}
    with (
        (folder / "log").open("w", encoding="utf-8") as log,
        subprocess.Popen([COMMAND, "serve", "--samples"], env=environment, stdout=log, stderr=log) as server,
        httpx.Client(base_url=base, timeout=PATIENCE, trust_env=False) as client,
    ):
        try:
            eventually(lambda: server.poll() is not None or answers(client))
            assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
            token = (folder / "data" / "token").read_text(encoding="utf-8").strip()
            client.headers["Authorization"] = f"Bearer {token}"
            yield Site(base, client)
        finally:
            server.terminate()


def answers(client: httpx.Client) -> bool:
    """Whether the server serves, and has the sample articles."""
    try:
        return bool(client.get("/v1/search").json().get("total", 0) > 100)
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("these tests need Chromium: apt-get install chromium")
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield one
        one.close()


class Complaints(list[str]):
    """What the browser complained of; what a test provokes it forgives by a pattern."""

    def forgive(self, pattern: str) -> None:
        assert any(re.search(pattern, one) for one in self), f"no complaint like {pattern!r} in {self}"
        self[:] = [one for one in self if not re.search(pattern, one)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """No test leaves an error, a warning or a violated content policy in the browser's console."""
    found = Complaints()
    yield found
    assert not found


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: Site, complaints: Complaints) -> Iterator[OpenPage]:
    """Opens pages in contexts of their own: ``open_page(address, width=, height=, **context options)``.

    ``asking``: the script asks for all that it shows, whatever the server has sent with the page.
    """
    contexts: list[BrowserContext] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def opened(
        address: str = "/", width: int = 1280, height: int = 900, *, asking: bool = False, **options: Any
    ) -> Page:
        context = browser.new_context(
            base_url=site.base, viewport={"width": width, "height": height}, locale="vi-VN", **options
        )
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        if asking:
            context.add_init_script(WITHOUT_ANSWERS)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        if options.get("java_script_enabled", True):
            # Until then links are the server's, and lead to pages that are loaded whole.
            expect(page.locator("#given")).to_have_count(0)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The first page on a wide screen."""
    return open_page()
