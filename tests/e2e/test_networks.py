"""Without a network, on a slow one, and before any script has come: what is there stays, what is not is told."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

from .browsing import OpenPage
from .desk import at_desk, button, enter, read_in, words
from .reader_screens import BOX, BRIDGE
from .serving import Site, eventually

pytestmark = pytest.mark.browser

# A telephone at the edge of its network: 400 ms there and back, 50 kB in a second.
SLOW: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 25_000}
SCRIPTS: Final = "**/assets/*.js"
RESULTS: Final = "#hits h2 a"


def slowed(page: Page) -> None:
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)


def test_what_was_read_stays_without_a_network_and_a_search_goes_on_with_it(
    open_page: OpenPage, complaints: Any
) -> None:
    page = open_page("/?q=cau+linh+nam")
    page.locator(f"[data-hit={BRIDGE}]").click()
    expect(page.locator(".summary li").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator(".summary li button").last.click()
    expect(page.locator("mark.lit").last).to_be_focused()
    page.go_back()
    expect(page.locator(f"[data-hit={BRIDGE}]")).to_be_visible()
    box = page.locator(BOX)
    box.fill("giá gạo xuất khẩu")
    box.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Máy này đang ngoại tuyến")).to_be_visible()
    expect(box).to_have_value("giá gạo xuất khẩu")
    page.context.set_offline(False)
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator(RESULTS).first).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="ngoại tuyến")).to_have_count(0)
    complaints.forgive("Failed to load resource|ERR_INTERNET_DISCONNECTED")


def test_an_article_asked_for_without_a_network_is_told_of_and_comes_with_it(
    open_page: OpenPage, complaints: Any
) -> None:
    page = open_page("/?q=cau+linh+nam")
    expect(page.locator(BOX)).to_be_visible()
    page.context.set_offline(True)
    page.locator(f"[data-hit={BRIDGE}]").click()
    expect(page.locator("#article-view").get_by_role("alert")).to_contain_text("Máy này đang ngoại tuyến")
    page.context.set_offline(False)
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator(".article .body p").first).to_be_visible()
    complaints.forgive("Failed to load resource|ERR_INTERNET_DISCONNECTED")


@pytest.mark.parametrize(
    ("address", "shows"), [("/?q=cau+linh+nam", RESULTS), (f"/articles/{BRIDGE}", ".article .body p")]
)
def test_on_a_slow_network_there_is_something_to_read_before_the_scripts(
    open_page: OpenPage, address: str, shows: str
) -> None:
    page = open_page("about:blank", width=390, height=844)
    slowed(page)
    held: list[Route] = []
    page.route(SCRIPTS, lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    expect(page.locator(shows).first).to_be_visible()
    expect(page.locator("footer")).to_be_attached()
    before = page.locator(shows).all_text_contents()
    assert held, "the scripts are still on their way"
    page.route(SCRIPTS, lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect(page.locator(BOX)).to_have_attribute("role", "combobox", timeout=30_000)
    page.wait_for_load_state("networkidle")
    assert page.locator(shows).all_text_contents() == before, "the script takes over what stands there"


def test_who_is_faster_than_the_scripts_searches_and_reads_all_the_same(open_page: OpenPage, site: Site) -> None:
    page = open_page("about:blank")
    page.route(SCRIPTS, lambda route: None)
    page.goto("/", wait_until="commit")
    box = page.locator("#q")
    box.fill("cầu Lĩnh Nam")
    box.press("Enter")
    page.wait_for_url("**/?q=*", wait_until="commit")
    expected = [hit["title"] for hit in site.ask("/v1/search", q="cầu Lĩnh Nam", size=10)["hits"]]
    expect(page.locator(RESULTS)).to_have_text(expected)
    page.locator(RESULTS).first.click()
    expect(page.locator("#article-view h1")).to_have_text(expected[0])
    expect(page.locator(".article .body p").first).to_be_visible()


def test_letters_typed_on_a_slow_network_are_waited_for_and_none_is_lost(open_page: OpenPage) -> None:
    page = open_page("/")
    box = page.locator(BOX)
    expect(box).to_have_attribute("role", "combobox")
    slowed(page)
    box.press_sequentially("vải thiều Lục Ngạn", delay=60)
    expect(page.locator("#hits[aria-busy=true]")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả cho “vải thiều Lục Ngạn”", timeout=20_000)
    expect(page.locator("#hits[aria-busy]")).to_have_count(0, timeout=20_000)
    expect(box).to_have_value("vải thiều Lục Ngạn")
    expect(page.locator(f"{RESULTS} mark").first).to_be_visible()


def test_a_draft_outlasts_a_network_that_went_away(open_page: OpenPage, site: Site, complaints: Any) -> None:
    page = at_desk(open_page("about:blank"), site)
    read_in(
        page, "Tàu chợ Yên Viên – Hạ Long chạy lại\n\nChuyến tàu chợ đầu tiên rời ga Yên Viên sáng nay, chở 42 khách."
    )
    page.locator("#draft-id").fill("tau-cho-yen-vien")
    expect(page.locator(".of-summary li").first).to_be_visible()
    page.context.set_offline(True)
    button(page, "publish").click()
    expect(page.locator("#room").get_by_role("alert").first).to_contain_text(words("trouble_offline"))
    enter(page, "articles")
    enter(page, "draft")
    expect(page.locator("#draft-title")).to_have_value("Tàu chợ Yên Viên – Hạ Long chạy lại")
    page.context.set_offline(False)
    try:
        button(page, "publish").click()
        expect(page.locator(".result .done")).to_contain_text(words("found"), timeout=60_000)
        assert site.ask("/v1/articles/tau-cho-yen-vien")["title"].startswith("Tàu chợ Yên Viên")
    finally:
        site.client.delete("/v1/articles/tau-cho-yen-vien")
        eventually(lambda: site.client.get("/v1/articles/tau-cho-yen-vien").status_code == 410)
    complaints.forgive("Failed to load resource|ERR_INTERNET_DISCONNECTED|dynamically imported")


def test_a_desk_that_the_server_refuses_for_a_while_keeps_the_draft(
    open_page: OpenPage, site: Site, complaints: Any
) -> None:
    page = at_desk(open_page("about:blank"), site)
    page.route("**/v1/drafts/article", lambda route: route.fulfill(status=503, json={"status": 503, "detail": "away"}))
    page.locator("#intake").fill("Một tin\n\nMột câu.")
    button(page, "read_draft").click()
    expect(page.locator("#room").get_by_role("alert")).to_contain_text(words("trouble_server"))
    expect(page.locator("#intake")).to_have_value("Một tin\n\nMột câu.")
    page.unroute_all()
    button(page, "read_draft").click()
    expect(page.locator("#draft-title")).to_have_value("Một tin")
    complaints.forgive("503")
