"""With the keyboard alone: every stop can be seen, none is a trap, and an editor's work can be done."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from .browsing import FOCUS, OpenPage, tabbed
from .desk import PAGE, at_desk, read_in, words
from .reader_screens import BRIDGE
from .serving import Site

pytestmark = pytest.mark.browser

# No page of the samples has more.
MOST_STOPS: Final = 250


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector names has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            assert page.evaluate(FOCUS)[1], f"nobody sees that {selector} has the focus"
            return
    pytest.fail(f"the keyboard does not come to {selector}")


@pytest.mark.parametrize(
    ("address", "least"),
    [("/", 40), ("/en?q=cau+linh+nam", 30), (f"/articles/{BRIDGE}", 15), (f"/articles/{BRIDGE}?view=digest", 8)],
)
def test_every_stop_of_a_readers_page_can_be_seen_and_left(open_page: OpenPage, address: str, least: int) -> None:
    page = open_page(address)
    page.wait_for_load_state("networkidle")
    stops = tabbed(page, MOST_STOPS)
    assert least < len(stops) < MOST_STOPS, "the last stop leads out of the page"
    assert 'class="skip"' in stops[0], "the first leads past all that is the same on every page"


def test_every_stop_of_a_draft_can_be_seen_and_left(open_page: OpenPage, site: Site) -> None:
    page = at_desk(open_page("about:blank"), site)
    read_in(page, PAGE)
    expect(page.locator(".of-summary li").first).to_be_visible()
    page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
    stops = tabbed(page, MOST_STOPS)
    assert 15 < len(stops) < MOST_STOPS
    for name in ("draft-title", "draft-body", "draft-id", "draft-reason"):
        assert any(f'id="{name}"' in one for one in stops), name


def test_a_reader_goes_from_the_box_to_a_sentence_of_a_digest_without_a_mouse(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.locator("#q")).to_have_attribute("role", "combobox")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("cau linh nam", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#hits h2 mark").first).to_be_visible()
    tab_to(page, "#sort")
    tab_to(page, f"[data-hit={BRIDGE}]")
    page.keyboard.press("Enter")
    expect(page.locator("#article-view h1")).to_be_focused()
    tab_to(page, ".summary li button")
    page.keyboard.press("Enter")
    expect(page.locator("mark.lit").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".summary li button").first).to_be_focused()
    tab_to(page, "a[href*='view=digest']")
    page.keyboard.press("Enter")
    expect(page.locator("#digest-view h1")).to_be_focused()
    tab_to(page, ".sentence a")
    page.keyboard.press("Enter")
    expect(page.locator("mark:focus")).to_be_in_viewport()


def test_an_editor_signs_in_publishes_and_takes_down_without_a_mouse(open_page: OpenPage, site: Site) -> None:
    page = open_page("/desk")
    expect(page.get_by_label(words("token"), exact=True)).to_be_visible()
    tab_to(page, "#sign-in-token")
    page.keyboard.insert_text(site.token)
    page.keyboard.press("Enter")
    expect(page.locator("#rooms")).to_be_visible()
    tab_to(page, "#intake")
    page.keyboard.insert_text("Sò huyết Ô Loan vào mùa\n\nNgư dân đầm Ô Loan ra đầm từ 4 giờ sáng để bắt sò huyết.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#draft-title")).to_have_value("Sò huyết Ô Loan vào mùa")
    tab_to(page, "#draft-id")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("so-huyet-o-loan")
    tab_to(page, ".publishing .main-act")
    page.keyboard.press("Enter")
    expect(page.locator(".result")).to_be_focused()
    expect(page.locator(".result .done")).to_contain_text(words("found"), timeout=60_000)
    tab_to(page, ".result a[href*='/desk/articles/']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sò huyết Ô Loan vào mùa")
    tab_to(page, ".take-down > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#down-reason")
    page.keyboard.insert_text("Đăng nhầm chuyên mục")
    page.keyboard.press("Enter")
    expect(page.locator("#room")).to_contain_text(words("left_search"), timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_the_first_key_passes_over_the_desks_frame(open_page: OpenPage) -> None:
    page = open_page("/desk")
    expect(page.locator("#sign-in-token")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.url.endswith("/desk")
