"""The articles room: finding, looking after one article, taking it down; and the way between the desk's rooms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
BRIDGE_TITLE: Final = "Hà Nội khởi công cầu Lĩnh Nam nối thẳng sang Bát Tràng"


def sign_in(page: Page, site: Any) -> Page:
    page.locator("#sign-in-token").fill(site.client.headers["Authorization"].removeprefix("Bearer "))
    page.keyboard.press("Enter")
    expect(page.locator("#rooms")).to_be_visible()
    return page


@pytest.fixture
def desk(open_page: OpenPage, site: Any) -> Callable[[str], Page]:
    """Opens an address of the desk and signs in by the token."""
    return lambda address: sign_in(open_page(address), site)


def test_a_wrong_token_lets_nobody_in_and_says_so(open_page: OpenPage, complaints: Any) -> None:
    page = open_page("/desk/articles")
    page.locator("#sign-in-token").fill("đoán bừa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Mã này không đúng.")
    page.locator("#sign-in-token").fill("guessed")
    with page.expect_response("**/v1/scheduled?size=1"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Mã này không đúng.")
    expect(page.locator("#rooms")).to_be_hidden()
    complaints.forgive("401")


def test_the_room_that_the_address_names_is_there_after_signing_in(desk: Callable[[str], Page]) -> None:
    page = desk(f"/desk/articles/{BRIDGE}")
    expect(page.get_by_role("heading", level=1)).to_have_text(BRIDGE_TITLE)
    expect(page.locator(".state")).to_have_text("Đang đăng")
    expect(page.locator(".trail li")).to_have_count(1)
    expect(page.locator("#rooms [aria-current]")).to_have_text("Bài đã đăng")


def test_articles_are_found_by_words_and_by_id_and_the_way_back_leads_there(desk: Callable[[str], Page]) -> None:
    page = desk("/desk/articles")
    expect(page.locator(".articles li").first).to_be_visible()
    page.get_by_role("searchbox").fill("cau linh nam")
    page.get_by_role("link", name=BRIDGE_TITLE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("cau linh nam")
    page.get_by_role("searchbox").fill(BRIDGE)
    page.get_by_role("link", name=re.compile(BRIDGE)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(BRIDGE_TITLE)


def test_an_article_is_taken_down_for_a_reason_and_leaves_the_search(desk: Callable[[str], Page], site: Any) -> None:
    site.publish("bai-sai", {"title": "Cá sấu xổng chuồng ở hồ Gươm", "body": "Tin chưa kiểm chứng về cá sấu."})
    page = desk("/desk/articles/bai-sai")
    page.get_by_text("Gỡ bài…").click()
    page.get_by_role("button", name="Gỡ bài").click()
    assert site.client.get("/v1/articles/bai-sai").status_code == 200
    page.get_by_label("Lý do gỡ").fill("Tin sai sự thật")
    page.get_by_role("button", name="Gỡ bài").click()
    expect(page.get_by_text("Bài này đã bị gỡ.")).to_be_visible()
    expect(page.get_by_text("Đã rời cả bộ tìm kiếm.")).to_be_visible(timeout=60_000)
    expect(page.locator(".trail li").first).to_contain_text("“Tin sai sự thật”")
    assert site.client.get("/v1/articles/bai-sai").status_code == 410


def test_what_does_not_exist_is_told_so(desk: Callable[[str], Page], complaints: Any) -> None:
    page = desk("/desk/articles/khong-co-bai-nay")
    expect(page.get_by_role("alert")).to_contain_text("Không có bài này")
    complaints.forgive("404")
    page.evaluate("history.pushState(null, '', '/desk/khong-co-phong')")
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    expect(page.get_by_role("heading", name="Không có phòng này")).to_be_visible()


def test_hostile_articles_are_text_at_the_desk_too(desk: Callable[[str], Page], site: Any) -> None:
    hostile = '"><img src=x onerror=console.error(1)>'
    site.publish("doc-hai", {"title": f"Tít {hostile}", "sapo": hostile, "body": f"Thân {hostile}", "tags": [hostile]})
    try:
        page = desk("/desk/articles/doc-hai")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Tít {hostile}")
        expect(page.locator("#room img")).to_have_count(0)
        page.get_by_role("link", name="Sửa bài").click()
        expect(page.get_by_label("Sapo")).to_have_value(hostile)
        expect(page.locator("#room img")).to_have_count(0)
    finally:
        site.take_down("doc-hai")


def test_whoever_has_more_scheduled_than_can_be_listed_is_told(desk: Callable[[str], Page]) -> None:
    page = desk("/desk/audit")
    moment = "2099-01-02T06:00:00+07:00"
    waiting = [
        {"id": f"tin-{at}", "title": f"Tin {at}", "section": None, "publish_at": moment, "revision": "1"}
        for at in range(500)
    ]
    page.route("**/v1/scheduled?size=500", lambda route: route.fulfill(json={"articles": waiting}))
    page.locator("#rooms").get_by_role("link", name="Bài đã đăng").click()
    aside = page.get_by_role("complementary", name="Đang chờ giờ đăng")
    expect(aside.get_by_role("listitem")).to_have_count(500)
    expect(aside).to_contain_text("500 bài đầu")
