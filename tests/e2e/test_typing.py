"""Typing in the search box: suggestions for keyboards, fingers and screen readers, and what becomes of slips."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

BRIDGE = "Hà Nội khởi công cầu Lĩnh Nam nối thẳng sang Bát Tràng"
OpenPage = Callable[..., Page]


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Tìm trong kho tin")


def rows(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Gợi ý").get_by_role("option")


def test_suggestions_are_phrases_and_headlines_with_or_without_marks(page: Page, site: Any) -> None:
    box(page).press_sequentially("cau li")
    answer = site.ask("/v1/suggest", q="cau li", size=5)
    assert "cầu Lĩnh Nam" in answer["phrases"]
    expect(rows(page)).to_have_text(
        [f"Tìm: {one}" for one in answer["phrases"][:3]] + [f"Mở bài: {one['title']}" for one in answer["completions"]]
    )
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    assert box(page).get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")


def test_arrows_choose_escape_closes_and_enter_searches(page: Page) -> None:
    box(page).press_sequentially("cau lin")
    expect(rows(page).first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(rows(page).last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(box(page)).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowDown")
    expect(rows(page).first).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", rows(page).first.get_attribute("id") or "none")
    page.keyboard.press("Escape")
    expect(rows(page)).to_have_count(0)
    expect(box(page)).to_have_value("cau lin")
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    box(page).press_sequentially("h")
    expect(rows(page).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("cầu Lĩnh Nam")
    expect(rows(page)).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả cho “cầu Lĩnh Nam”")


def test_enter_searches_what_was_typed_and_no_late_answer_opens_the_list_again(page: Page) -> None:
    def delay(route: Any) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/v1/suggest?*", delay)
    box(page).press_sequentially("cau linh nam")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả cho “cau linh nam”")
    page.wait_for_timeout(800)
    expect(rows(page)).to_have_count(0)


def test_a_space_too_many_makes_no_place_to_come_back_to(page: Page) -> None:
    box = page.locator("#q")
    box.fill("gao")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"\?q=gao$"))
    places = page.evaluate("history.length")
    box.press("Space")
    page.wait_for_timeout(400)
    assert page.evaluate("history.length") == places


def test_back_closes_the_list(page: Page) -> None:
    title = page.get_by_role("heading", level=1)
    box(page).fill("cau linh nam")
    page.keyboard.press("Enter")
    expect(title).to_have_text("Kết quả cho “cau linh nam”")
    box(page).fill("")
    box(page).press_sequentially("ha noi")
    expect(title).to_have_text("Kết quả cho “ha noi”")
    expect(rows(page).first).to_be_visible()
    page.go_back()
    expect(title).to_have_text("Kết quả cho “cau linh nam”")
    expect(rows(page)).to_have_count(0)
    expect(box(page)).to_have_attribute("aria-expanded", "false")


def test_a_finger_opens_an_article_from_the_list(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844, has_touch=True)
    box(page).tap()
    box(page).press_sequentially("ha noi khoi cong")
    row = rows(page).filter(has_text=BRIDGE)
    expect(row).to_be_visible()
    # Asked until it is so: the list may just be drawn anew for the last keys.
    page.wait_for_function(
        "title => [...document.querySelectorAll('[role=option]')]"
        ".some(row => row.textContent.includes(title) && row.getBoundingClientRect().height >= 44)",
        arg=BRIDGE,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row.tap()
    expect(page.locator("#article-view h1")).to_have_text(BRIDGE)
    expect(rows(page)).to_have_count(0)


def test_suggestions_stay_within_the_section_that_is_chosen(open_page: OpenPage, site: Any) -> None:
    page = open_page("/?section=Giao+thông")
    box(page).press_sequentially("h")
    expected = site.ask("/v1/suggest", q="h", section="Giao thông", size=5)["completions"]
    assert expected
    assert expected != site.ask("/v1/suggest", q="h", size=5)["completions"]
    expect(rows(page).filter(has_text="Mở bài: ")).to_have_text([f"Mở bài: {one['title']}" for one in expected])


def test_an_article_that_is_taken_down_is_suggested_no_more(page: Page, site: Any) -> None:
    site.publish("quyt-hong", {"title": "Quýt hồng Lai Vung chín rộ", "body": "Nhà vườn hái quýt hồng bán Tết."})
    box(page).press_sequentially("quyt hong lai")
    expect(rows(page).filter(has_text="Quýt hồng Lai Vung chín rộ")).to_be_visible()
    site.take_down("quyt-hong")
    box(page).fill("")
    expect(rows(page)).to_have_count(0)
    box(page).press_sequentially("quyt hong lai")
    page.wait_for_load_state("networkidle")
    expect(rows(page)).to_have_count(0)


def test_a_slip_is_told_and_mended_by_one_click(page: Page) -> None:
    box(page).fill("cầu Lĩnh Nma")
    box(page).blur()
    link = page.locator("#meant").get_by_role("link", name="cầu Lĩnh Nam", exact=True)
    expect(page.locator("#meant")).to_have_text("Ý bạn là: cầu Lĩnh Nam")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả cho “cầu Lĩnh Nam”")
    expect(page.locator("#meant")).to_be_hidden()


def test_keys_of_an_input_method_that_was_off_find_what_was_meant(page: Page) -> None:
    box(page).fill("vair thieeuf")
    box(page).blur()
    expect(page.locator("#meant")).to_have_text("Đang hiện kết quả cho: vải thiều")
    expect(page.locator("#hits h2 mark").first).to_be_visible()


def test_without_suggestions_the_box_stays_a_search_box(page: Page, complaints: Any) -> None:
    page.route("**/v1/suggest?*", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda request: "/v1/suggest" in request.url):
        box(page).press_sequentially("vải thiều", delay=120)
    page.keyboard.press("Enter")
    expect(page.locator("#hits h2 mark").first).to_be_visible()
    expect(rows(page)).to_have_count(0)
    complaints.forgive("Failed to load resource")
