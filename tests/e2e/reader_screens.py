"""The reader's screens, and the states that each can be in; a name for each, its address, and what brings it about."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page, Route, expect

BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
BOX: Final = "#q"
ANSWERS: Final = "**/v1/search?*"

ENGLISH: Final = ("front", "filtered", "nothing found", "unavailable", "article", "article unknown", "digest")

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Screen:
    """``before`` acts on the empty window, ``after`` on the page; ``forgiven`` is what the browser may say of it.

    A screen that does not settle goes on waiting for an answer.
    """

    name: str
    address: str
    shows: str
    before: Act | None = None
    after: Act | None = None
    forgiven: str | None = None
    settles: bool = True

    @property
    def in_english(self) -> bool:
        """Whether it has words enough of its own to be looked at in the other language too."""
        return self.name in (
            "front",
            "filtered",
            "nothing found",
            "unavailable",
            "article",
            "article unknown",
            "digest",
        )


def arrive(page: Page, screen: Screen, prefix: str = "") -> None:
    """Open a screen, below a language's prefix, and bring its state about."""
    if screen.before:
        screen.before(page)
    page.goto(prefix + screen.address.removeprefix("/" if prefix and screen.address[:2] in ("/", "/?") else ""))
    if screen.after:
        screen.after(page)
    expect(page.locator(screen.shows).first).to_be_visible()


def failing(status: int, problem: object) -> Act:
    """Every search of the page is answered so."""

    def refuse(route: Route) -> None:
        route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(problem))

    def keep_away(page: Page) -> None:
        page.route(ANSWERS, refuse)

    return keep_away


def degraded(page: Page) -> None:
    def one_leg(route: Route) -> None:
        given = route.fetch()
        route.fulfill(response=given, json=given.json() | {"degraded": True})

    page.route(ANSWERS, one_leg)


def searching_for(words: str, submit: bool = True) -> Act:
    """The words are typed; with Enter behind them, unless they are to be completed."""

    def type_them(page: Page) -> None:
        box = page.locator(BOX)
        expect(box).to_have_attribute("role", "combobox")
        box.press_sequentially(words)
        if submit:
            box.press("Enter")

    return type_them


def unfold(page: Page) -> None:
    """Everything that can be unfolded is."""
    page.wait_for_load_state("networkidle")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def disconnected(page: Page) -> None:
    expect(page.locator(BOX)).to_have_attribute("role", "combobox")
    page.context.set_offline(True)
    searching_for("gạo")(page)


def never_answered(page: Page) -> None:
    page.route("**/v1/digests?*", lambda route: None)


SCREENS: Final = (
    Screen("front", "/", "#hits .hit"),
    Screen("results", "/?q=cau+linh+nam", "#hits .hit mark"),
    Screen("results by date", "/?q=cau+linh+nam&sort=relevant_newest", "#hits .weaker"),
    Screen("suggestions", "/", "#suggestions [role=option]", after=searching_for("cau li", submit=False)),
    Screen("hints and filters unfolded", "/", "#since", after=unfold),
    Screen("filtered", "/?section=Giao+th%C3%B4ng&since=2025-01-01&until=2026-12-31", "#chips .chip"),
    Screen("nothing found", "/?q=%C4%91%C3%A8n&section=khong-co", ".trouble"),
    Screen("did you mean", "/?q=c%E1%BA%A7u+L%C4%A9nh+Nma", "#meant a"),
    Screen("degraded", "/", "#degraded", before=degraded, after=searching_for("gạo")),
    Screen(
        "unavailable",
        "/",
        "[role=alert] h2",
        before=failing(503, {"status": 503, "detail": "no index"}),
        after=searching_for("gạo"),
        forgiven="503",
    ),
    Screen(
        "refused",
        "/",
        "[role=alert] li",
        before=failing(422, {"status": 422, "detail": "", "errors": [{"field": "q", "message": "is too long"}]}),
        after=searching_for("gạo"),
        forgiven="422",
    ),
    Screen("offline", "/", "[role=alert] h2", after=disconnected, forgiven="Failed to load resource"),
    Screen("article", f"/articles/{BRIDGE}", ".summary li"),
    Screen("article unfolded", f"/articles/{BRIDGE}", ".summary select", after=unfold),
    Screen(
        "article beside its sapo",
        f"/articles/{BRIDGE}?mode=sapo%2B&form=bullets&sentences=5&query=gi%C3%A1+g%E1%BA%A1o",
        ".summary .notice",
    ),
    Screen("article unknown", "/articles/chua-tung-co", "h1:visible", forgiven="404"),
    Screen("digest", f"/articles/{BRIDGE}?view=digest", ".sentence"),
    Screen("digest awaited", f"/articles/{BRIDGE}?view=digest", "progress", before=never_answered, settles=False),
    Screen("documentation", "/docs", "#operations section"),
    Screen("documentation in English", "/en/docs", "#operations section"),
    Screen("the snippet at work", "/embed", "h1"),
)
