"""Related news on the page: why each is shown, copies folded with who published them, the article's own among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Response, expect

from .browsing import go, reload

pytestmark = pytest.mark.browser

BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
HOSTILE: Final = '<img src=x onerror="window.ran=1">'
OpenPage = Callable[..., Page]


def item(article_id: str, title: str, published_at: str | None, reason: str = "", **more: Any) -> dict[str, Any]:
    """A related article as the API gives it."""
    why: dict[str, Any] = {"kind": "same_event", "text": reason, "shared": [], "hours": None}
    known = {"id": article_id, "url": None, "title": title, "sapo": "", "section": None, "publisher": "Báo Sáng"}
    return known | {"published_at": published_at, "score": 1.0, "likelihood": 0.9, "reason": why, "copies": []} | more


def reading(open_page: OpenPage, width: int = 1280, scheme: str = "light", **answer: Any) -> Page:
    """The page of an article with these related news."""
    nothing: dict[str, Any] = {"id": BRIDGE, "took_ms": 1.0, "degraded": False, "developments": [], "background": []}
    whole = nothing | {"copies": [], "model_version": "m"} | answer
    page = open_page("about:blank", width=width, asking=True, color_scheme=scheme)
    page.route("**/related", lambda route: route.fulfill(json=whole))
    go(page, f"/articles/{BRIDGE}")
    return page


def test_each_says_why_it_is_shown_and_one_without_words_says_nothing(open_page: OpenPage) -> None:
    page = reading(
        open_page,
        developments=[
            item("sau", "Tin sau", "2025-10-09T16:00:00+07:00", "cùng sự kiện · 3 giờ sau"),
            item("truoc", "Tin trước", "2025-10-01T09:00:00+07:00"),
        ],
        background=[item("nen", "Tin nền", None, f"bối cảnh: {HOSTILE}")],
    )
    expect(page.locator(".developments .reason")).to_have_text(["cùng sự kiện · 3 giờ sau"])
    expect(page.locator(".background .reason")).to_have_text([f"bối cảnh: {HOSTILE}"])
    assert page.evaluate("window.ran") is None


def test_the_article_stands_in_time_among_its_developments(open_page: OpenPage, site: Any) -> None:
    article = site.ask(f"/v1/articles/{BRIDGE}")
    after, before = "2026-01-01T00:00:00+07:00", "2020-01-01T00:00:00+07:00"
    assert before < article["published_at"] < after
    news = [item("sau", "Tin sau", after), item("truoc", "Tin trước", before)]
    page = reading(open_page, developments=news)
    rows = page.locator(".developments .thread li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Tin sau")
    expect(rows.nth(1)).to_contain_text("Bài đang đọc")
    expect(rows.nth(2)).to_contain_text("Tin trước")
    expect(rows.nth(2).locator("time")).to_contain_text("1/1/2020 (")
    expect(rows.nth(2).locator("time")).to_contain_text("năm trước)")


def test_copies_are_folded_and_name_who_published_them(open_page: OpenPage, site: Any, complaints: Any) -> None:
    body = "Hãng tin cho biết cầu được khởi công sáng nay."
    site.publish("ban-chep", {"title": "Bản chép", "body": body, "publisher": "Báo Chiều"})
    try:
        news = [item("sau", "Tin sau", "2026-01-01T00:00:00+07:00", copies=["ban-chep", "chua-tung-co"])]
        page = reading(open_page, developments=news, copies=["ban-chep"])
        expect(page.locator("details.copies")).to_have_count(2)
        own, folded = page.locator("details.copies").all()
        expect(own.locator("summary")).to_have_text("Cũng đăng ở 1 nơi khác")
        expect(folded.locator("summary")).to_have_text("2 bản tin tương tự")
        for one in (own, folded):
            expect(one.get_by_role("listitem")).to_have_count(0)
            one.locator("summary").click()
        expect(own.get_by_role("listitem")).to_have_text("Báo Chiều · Bản chép")
        expect(folded.get_by_role("listitem")).to_have_count(1)
        complaints.forgive("404")
        own.get_by_role("link", name="Bản chép").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Bản chép")
    finally:
        site.take_down("ban-chep")


def test_a_copy_that_was_taken_down_since_is_named_no_more(open_page: OpenPage, site: Any, complaints: Any) -> None:
    site.publish("chep-se-go", {"title": "Sẽ gỡ", "body": "Bản chép này sẽ được gỡ."})
    page = reading(open_page, copies=["chep-se-go"])
    fold = page.locator("details.copies")
    expect(fold).to_have_count(1)
    site.take_down("chep-se-go")
    fold.locator("summary").click()
    expect(fold.locator("li")).to_have_count(0)
    complaints.forgive("410")


def test_a_copy_that_can_not_be_asked_about_keeps_its_link(open_page: OpenPage, complaints: Any) -> None:
    page = reading(open_page, copies=["ban-chep"])
    page.route("**/v1/articles/ban-chep", lambda route: route.fulfill(status=503, json={"status": 503}))
    with page.expect_console_message(lambda message: "503" in message.text):
        page.locator("details.copies summary").click()
    expect(page.locator("details.copies").get_by_role("link")).to_have_attribute("href", "/articles/ban-chep")
    complaints.forgive("503")


def test_an_article_without_relations_says_so_beside_its_copies(open_page: OpenPage) -> None:
    page = reading(open_page, copies=["a", "b"], degraded=True)
    slot = page.locator(".related-slot")
    expect(slot).to_contain_text("Chưa có tin nào khác về việc này.")
    expect(slot).to_contain_text("Cũng đăng ở 2 nơi khác")
    expect(slot).to_contain_text("đang gián đoạn")
    expect(slot.get_by_role("heading")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_long_titles_and_reasons_fit_every_screen(open_page: OpenPage, width: int, scheme: str) -> None:
    long = "Nghiêngngả" * 12
    news = [item(str(at), f"Tít {long}", "2026-01-01T00:00:00+07:00", f"vì {long}", copies=["x"]) for at in range(2)]
    page = reading(open_page, width, scheme, developments=news, background=news, copies=["y"])
    expect(page.locator(".reason")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    seen = page.locator(".reason").first.evaluate("(one) => [one.scrollWidth - one.clientWidth, one.clientHeight]")
    assert seen[0] <= 0
    assert seen[1] > 20


def test_whoever_reloads_the_page_sees_what_holds_now(open_page: OpenPage, site: Any) -> None:
    body = "Vụ vỡ đê bao tại cánh đồng Láng Le khiến ba mươi hộ phải dời nhà trong đêm."
    first = {"title": "Vỡ đê bao cánh đồng Láng Le", "body": body, "published_at": "2026-05-04T09:10:00+07:00"}
    later = first | {
        "title": "Vụ vỡ đê bao Láng Le: đã hàn khẩu xong",
        "body": "Lực lượng tại chỗ hàn khẩu đê bao cánh đồng Láng Le, ba mươi hộ dời nhà trong đêm đã trở về.",
        "published_at": "2026-05-04T17:45:00+07:00",
    }
    site.publish("vo-de-sang", first)
    site.publish("vo-de-chieu", later)
    answers: list[Response] = []
    page = open_page("about:blank", asking=True)
    page.on("response", lambda one: answers.append(one) if one.url.endswith("/related") else None)
    go(page, "/articles/vo-de-sang")
    expect(page.locator(".related-slot h3")).to_have_text([later["title"]])
    reload(page)
    expect(page.locator(".related-slot h3")).to_have_text([later["title"]])
    site.take_down("vo-de-chieu")
    reload(page)
    expect(page.locator(".related-slot")).to_contain_text("Chưa có tin nào khác về việc này.")
    tags = [one.all_headers()["etag"] for one in answers]
    assert [one.request.all_headers().get("if-none-match") for one in answers] == [None, *tags[:-1]]
    assert tags[0] == tags[1] != tags[2]
    site.take_down("vo-de-sang")
