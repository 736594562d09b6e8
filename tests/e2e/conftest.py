"""The real server on the sample articles, with either engine, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.settings import OpenSearchSettings

from .browsing import FLAGS, REPORT_VIOLATIONS, WITHOUT_ANSWERS, Complaints, OpenPage, go
from .serving import Site, serving

# On a busy machine a page takes its time; nothing here measures it.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of a laptop, on the embedded engine."""
    with serving(tmp_path_factory.mktemp("site")) as one:
        yield one


@pytest.fixture(scope="session")
def opensearch_site(tmp_path_factory: pytest.TempPathFactory, opensearch: OpenSearchSettings) -> Iterator[Site]:
    """The same articles on OpenSearch, under a prefix of their own."""
    prefix = f"test-{uuid.uuid4().hex[:12]}"
    folder = tmp_path_factory.mktemp("site-opensearch")
    settings = {"MACHTIN_OPENSEARCH_URL": opensearch.url, "MACHTIN_OPENSEARCH_PREFIX": prefix}
    with serving(folder, "opensearch", **settings, MACHTIN_OPENSEARCH_TIMEOUT="10") as one:
        yield one
    client = OpenSearchClient(opensearch)
    client.request("DELETE", f"/{prefix}-*", seconds=120)
    client.close()


@pytest.fixture(params=["embedded", pytest.param("opensearch", marks=pytest.mark.opensearch)])
def either_site(request: pytest.FixtureRequest) -> Site:
    """The engines that promise the same; for the few checks in which the engine may make a difference."""
    one: Site = request.getfixturevalue("site" if request.param == "embedded" else "opensearch_site")
    return one


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


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """No test leaves an error, a warning or a violated content policy in the browser's console."""
    found = Complaints()
    yield found
    assert not found


@pytest.fixture
def open_page(browser: Browser, site: Site, complaints: Complaints) -> Iterator[OpenPage]:
    """Opens pages in contexts of their own: ``open_page(address, width=, height=, **context options)``.

    An address is the laptop site's unless ``base_url`` says otherwise. ``asking``: the script asks for all that it
    shows, whatever the server has sent with the page.
    """
    contexts: list[BrowserContext] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.text} {message.location['url']}")

    def opened(
        address: str = "/", width: int = 1280, height: int = 900, *, asking: bool = False, **options: Any
    ) -> Page:
        chosen: dict[str, Any] = {"base_url": site.base, "locale": "vi-VN", **options}
        context = browser.new_context(viewport={"width": width, "height": height}, **chosen)
        contexts.append(context)
        context.add_init_script(REPORT_VIOLATIONS)
        if asking:
            context.add_init_script(WITHOUT_ANSWERS)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if options.get("java_script_enabled", True):
            go(page, address)
        else:
            page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The first page on a wide screen."""
    return open_page()
