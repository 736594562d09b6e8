"""The JavaScript of examples/, in a browser that lends it what Node has: arguments and environment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from .serving import Site

pytestmark = pytest.mark.browser

EXAMPLES: Final = Path(__file__).parent.parent.parent / "examples"
RUN: Final = """async ([source, environment, argument]) => {
  const printed = [];
  const AsyncFunction = (async () => {}).constructor;
  const node = { env: environment, argv: ["node", "script.mjs", ...(argument ? [argument] : [])] };
  await new AsyncFunction("process", "console", source)(node, { log: (one) => printed.push(one) });
  return printed;
}"""


@pytest.fixture
def console(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.base, bypass_csp=True)
    page = context.new_page()
    page.goto("/embed")
    yield page
    context.close()


def run(console: Page, site: Site, script: str, argument: str = "") -> list[str]:
    """The lines that a script prints."""
    token = site.client.headers["Authorization"].removeprefix("Bearer ")
    environment = {"MACHTIN_URL": site.base, "MACHTIN_TOKEN": token}
    source = (EXAMPLES / script).read_text(encoding="utf-8")
    printed: list[str] = console.evaluate(RUN, [source, environment, argument])
    return printed


def test_search_finds(console: Page, site: Site) -> None:
    first, *hits = run(console, site, "search.mjs", "cầu Lĩnh Nam")
    assert int(first.removesuffix(" found")) >= len(hits) == 3
    assert all("Lĩnh Nam" in hit for hit in hits)


def test_related_tells_what_stands_below_an_article(console: Page, site: Site) -> None:
    summary, *related = run(console, site, "related.mjs", "khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi")
    assert summary.endswith(".")
    assert {line.partition(":")[0] for line in related} <= {"Diễn biến", "Bối cảnh"}
    assert related


def test_publish_publishes_corrects_and_takes_down(console: Page, site: Site) -> None:
    assert run(console, site, "publish.mjs") == ["created", "updated", "deleted"]
