"""A browser window on the page: what it opens, what it complains of, and what is looked at in every screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, expect

# What was seen, for whoever looks at the checks afterwards: one folder for each test module's subject.
PICTURES: Final = Path(__file__).parent.parent.parent / "build" / "screens"
FLAGS: Final = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
REPORT_VIOLATIONS: Final = (
    "addEventListener('securitypolicyviolation', "
    "(event) => console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`));"
)
# The page without the answers that it was made of: its script asks for them, and a test can answer otherwise. The empty
# block stays until the script has taken over, as the full one does.
WITHOUT_ANSWERS: Final = """new MutationObserver(() => {
    const block = document.getElementById('given');
    if (block && block.textContent !== '[]') block.textContent = '[]';
}).observe(document, { childList: true, characterData: true, subtree: true });"""
# The one that has the focus, and whether a reader sees that it does. A search field shows it by the box around it; of a
# date the browser lights up the part that is meant.
FOCUS: Final = """() => {
    const one = document.activeElement, box = one.closest('.box') ?? one;
    const label = one.labels?.[0];
    const outlined = [one, label, label?.querySelector('span')].some(
        (each) => each && getComputedStyle(each).outlineStyle !== 'none');
    const date = one.matches('input[type^=date]');
    return [one.outerHTML.slice(0, 90), date || outlined || getComputedStyle(box).boxShadow !== 'none'];
}"""

OpenPage = Callable[..., Page]


class Complaints(list[str]):
    """What the browser complained of; what a test provokes it forgives by a pattern."""

    def forgive(self, pattern: str) -> None:
        assert any(re.search(pattern, one) for one in self), f"no complaint like {pattern!r} in {self}"
        self[:] = [one for one in self if not re.search(pattern, one)]


@lru_cache(maxsize=1)
def _axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def go(page: Page, address: str) -> None:
    """To one of the readers' pages. Until its script has taken over, links lead to pages that are loaded whole."""
    page.goto(address)
    expect(page.locator("#given")).to_have_count(0)


def reload(page: Page) -> None:
    """One of the readers' pages, until its script has taken over again."""
    page.reload()
    expect(page.locator("#given")).to_have_count(0)


def assert_accessible(page: Page) -> None:
    """axe, with all of its rules, finds nothing in the screen as it is now."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    broken = [(one["id"], [node["html"] for node in one["nodes"][:3]]) for one in found["violations"]]
    assert not broken, f"{page.url}: {broken}"
    assert len(found["passes"]) > 12, "axe has looked at next to nothing"


def assert_fits(page: Page) -> None:
    """Nothing scrolls sideways."""
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room, f"{page.url}: {wide} px of {room}"


def picture(page: Page, *place: str, whole: bool = True) -> Path:
    """Keeps what the window shows as build/screens/PLACE.png."""
    file = PICTURES.joinpath(*place).with_suffix(".png")
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file, full_page=whole)
    return file


class Album:
    """Numbered pictures of a story."""

    def __init__(self, *place: str) -> None:
        self.place = place
        self.count = 0

    def keep(self, page: Page, name: str) -> None:
        """Whatever comes in late has come in."""
        page.wait_for_load_state("networkidle")
        self.count += 1
        picture(page, *self.place, f"{self.count:02}-{name}")


def tabbed(page: Page, most: int = 150) -> list[str]:
    """Every stop of the Tab key from here to the end of the page, by its markup; each must show its focus."""
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        markup, seen = page.evaluate(FOCUS)
        if markup.startswith("<body"):
            break
        assert seen, f"nobody sees that this has the focus: {markup}"
        stops.append(markup)
    return stops
