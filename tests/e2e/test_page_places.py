"""Where a reader is: nothing that comes late, fails or is drawn anew takes away place, focus or what was filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

from .browsing import go, reload
from .serving import eventually
from .test_page_unscripted import slow_page

pytestmark = pytest.mark.browser

BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
OpenPage = Callable[..., Page]


def type_slowly(page: Page, text: str) -> None:
    page.locator("#q").fill(text)
    page.wait_for_timeout(300)


def test_an_older_answer_never_takes_the_place_of_a_newer_one(open_page: OpenPage, site: Any) -> None:
    page = open_page("/")
    held: list[Route] = []
    page.route("**/v1/search?q=gao*", lambda route: held.append(route))
    type_slowly(page, "gao")
    eventually(lambda: page.evaluate("1") == 1 and len(held) == 1)
    page.locator("#more").click()
    type_slowly(page, "tau hoa")
    first = site.ask("/v1/search", q="tau hoa")["hits"][0]["title"]
    expect(page.locator("#hits h2 a").first).to_have_text(first)
    held[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(page.locator("#hits h2 a").first).to_have_text(first)
    expect(page.locator("h1:visible")).to_have_text("Kết quả cho “tau hoa”")


def test_a_late_list_moves_nobody_who_reads_an_article(open_page: OpenPage) -> None:
    page = open_page("/?q=gao")
    page.evaluate("scrollTo(0, 400)")
    page.wait_for_timeout(400)
    page.locator("#hits h2 a").first.evaluate("(link) => link.click()")
    expect(page.locator("#article-view h1")).to_be_visible()
    reload(page)
    held: list[Route] = []
    page.route("**/v1/search?*", lambda route: held.append(route))
    page.evaluate("history.back()")
    eventually(lambda: page.evaluate("1") == 1 and len(held) == 1)
    page.evaluate("history.forward()")
    expect(page.locator("#article-view h1")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(400)
    held[0].continue_()
    expect(page.locator("#hits .hit").first).to_be_attached()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("scrollY") == 0


def test_more_that_could_not_be_had_is_told_below_and_had_later(open_page: OpenPage, complaints: Any) -> None:
    page = open_page("/")
    page.route("**/v1/search?*from=10*", lambda route: route.fulfill(status=503, json={"status": 503}))
    page.locator("#more").click()
    trouble = page.locator("#more-problem")
    expect(trouble).to_contain_text("Máy chủ chưa trả lời được")
    expect(trouble).to_be_in_viewport()
    expect(page.locator("#more")).to_be_focused()
    complaints.forgive("503")
    page.unroute_all()
    trouble.get_by_role("button", name="Thử lại").click()
    expect(page.locator("#hits .hit")).to_have_count(20)
    expect(trouble).to_have_count(0)
    expect(page.locator("[data-hit]").nth(10)).to_be_focused()


def test_who_comes_back_far_down_the_list_finds_all_of_it(open_page: OpenPage) -> None:
    page = open_page("/")
    page.evaluate("history.replaceState({ shown: 120, scroll: 0 }, '')")
    page.reload()
    expect(page.locator("#hits .hit")).to_have_count(120)


def test_what_was_filled_in_before_the_script_came_holds(open_page: OpenPage) -> None:
    page, release = slow_page(open_page, f"/articles/{BRIDGE}")
    page.get_by_text("Dạng, độ dài, câu hỏi").click()
    page.get_by_role("radio", name="Chỉ điều mới").check()
    page.locator("#summary-query").fill("bao nhiêu tiền")
    release()
    expect(page.locator("#summary-query")).to_have_value("bao nhiêu tiền")
    expect(page.locator("#summary-query")).to_be_focused()
    expect(page.get_by_role("radio", name="Chỉ điều mới")).to_be_checked()
    assert "mode=fresh" in page.url


def test_a_day_and_an_order_chosen_before_the_script_came_hold(open_page: OpenPage) -> None:
    page, release = slow_page(open_page, "/")
    page.locator("#since").fill("2026-05-01")
    page.locator("#sort").select_option("oldest")
    release()
    expect(page.locator("#chips")).to_contain_text("Từ: 1/5/2026")
    expect(page.locator("#sort")).to_have_value("oldest")


@pytest.mark.parametrize(
    ("address", "press"),
    [
        ("/?tag=H%C3%A0+N%E1%BB%99i", "#chips .chip"),
        ("/?q=gao", "#hits .author"),
        ("/?q=cau+linhh+nam", "#meant a"),
    ],
)
def test_what_goes_when_it_is_pressed_leaves_the_focus_at_the_results(
    open_page: OpenPage, address: str, press: str
) -> None:
    page = open_page(address)
    page.locator(press).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#results-title")).to_be_focused()


def test_a_failed_article_has_the_focus_and_so_has_it_when_it_comes(open_page: OpenPage, complaints: Any) -> None:
    page = open_page("/?q=gao")
    page.route("**/v1/articles/*", lambda route: route.fulfill(status=503, json={"status": 503}))
    page.locator("#hits h2 a").first.click()
    expect(page.locator("#article-view h2")).to_be_focused()
    complaints.forgive("503")
    page.unroute_all()
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator("#article-view h1")).to_be_focused()


def test_an_hour_before_1975_is_the_same_with_and_without_a_script(open_page: OpenPage, site: Any) -> None:
    day = {"title": "Tin cũ", "body": "Một tin rất cũ.", "published_at": "1970-01-01T23:30:00+07:00"}
    site.publish("tin-cu", day)
    try:
        page = open_page("/articles/tin-cu", java_script_enabled=False)
        told = page.locator(".byline time").inner_text()
        assert told.startswith("Thứ Năm, 1/1/1970, 23:30")
        scripted = open_page("/")
        go(scripted, "/articles/tin-cu")
        expect(scripted.locator(".byline time")).to_have_text(told)
    finally:
        site.take_down("tin-cu")
