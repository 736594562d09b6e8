"""A reader without JavaScript, a slow script, and the moment when the script takes the server's page over."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

BRIDGE = "khoi-cong-cau-linh-nam-noi-bat-trang"
BRIDGE_TITLE = "Hà Nội khởi công cầu Lĩnh Nam nối thẳng sang Bát Tràng"
ADDRESSES = {
    "front": "/",
    "results": "/?q=cau+linh+nam&section=Giao+th%C3%B4ng",
    "page after": "/?q=gi%C3%A1&from=10&sort=relevant_newest",
    "nothing": "/?q=zzzzqqq&since=2026-01-01",
    "article": f"/articles/{BRIDGE}",
    "asked": f"/articles/{BRIDGE}?query=bao+nhi%C3%AAu+ti%E1%BB%81n&form=bullets&at=body-10-40",
    "digest": f"/articles/{BRIDGE}?view=digest",
    "no article": "/articles/khong-co-bai-nay",
    "no digest": "/articles/khong-co-bai-nay?view=digest",
    "no such day": "/?since=2026-02-30",
    "plus typed": f"/articles/{BRIDGE}?mode=sapo+",
    "unscripted form": f"/articles/{BRIDGE}?mode=&form=bullets&length=2&unit=sentences&query=",
    "behind the last": "/?from=99999",
    "control": "/?q=%00gao",
    "long name": f"/?tag={'a' * 201}",
    "english": f"/en/articles/{BRIDGE}",
    "english results": "/en?q=rice&until=2026-06-30",
}
PARTS = (
    "h1, h2, h3, .hit, .kicker, .status, .chips, .chip, .choice, .sapo, .summary, .said li, .copying, "
    ".related-slot li, .timeline li, .body p, .byline, .labels, .more, .thread li, .sentence, .where, .bar, .notice, "
    ".trouble, .snippet"
)
# Where everything stands, and what it says.
SHOWN = """(parts) => {
  const view = document.querySelector("#main > :not([hidden])");
  const boxes = [...view.querySelectorAll(parts)]
    .map((one) => [one.className || one.tagName, one.getBoundingClientRect()])
    .filter(([, box]) => box.width)
    .map(([name, box]) => `${name}: ${[box.x, box.y + scrollY, box.width, box.height].map((side) => side.toFixed(1))}`);
  return { title: document.title, text: view.innerText, boxes };
}"""
OpenPage = Callable[..., Page]


def without_script(open_page: OpenPage, address: str, **options: Any) -> Page:
    return open_page(address, java_script_enabled=False, **options)


def test_search_and_reading_need_no_script(open_page: OpenPage) -> None:
    page = without_script(open_page, "/")
    page.get_by_label("Tìm trong kho tin").fill("cau linh nam")
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả cho “cau linh nam”")
    hit = page.locator("#hits .hit", has=page.get_by_role("link", name=BRIDGE_TITLE, exact=True))
    expect(hit.locator("h2 mark")).to_have_text("cầu Lĩnh Nam")

    page.locator("#sections").get_by_role("link", name=re.compile("^Giao thông")).click()
    expect(page.locator("#chips")).to_contain_text("Chuyên mục: Giao thông")
    page.get_by_label("Xếp theo").select_option("newest")
    page.get_by_role("button", name="Xếp lại").click()
    expect(page).to_have_url(re.compile("sort=newest"))
    expect(page.locator("#chips")).to_contain_text("Chuyên mục: Giao thông")
    page.get_by_label("Từ ngày").fill("2025-10-01")
    page.get_by_role("button", name="Lọc theo ngày").click()
    expect(page.locator("#chips")).to_contain_text("Từ: 1/10/2025")

    page.get_by_role("link", name=BRIDGE_TITLE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(BRIDGE_TITLE)
    lit = page.locator("mark.lit")
    expect(lit).not_to_have_count(0)
    page.locator(".said li a").first.click()
    expect(lit.first).to_be_in_viewport()
    page.get_by_label("Chỉ điều mới").check()
    page.locator(".ways").get_by_role("button", name="Tóm tắt").first.click()
    expect(page).to_have_url(re.compile("mode=fresh"))
    expect(page.get_by_label("Chỉ điều mới")).to_be_checked()
    page.get_by_role("link", name="Tổng hợp diễn biến").click()
    expect(page.get_by_role("heading", name="Theo thời gian")).to_be_visible()
    page.locator(".sentence a").first.click()
    expect(page.locator("mark.now")).not_to_have_count(0)
    page.go_back()
    expect(page.get_by_role("heading", name="Theo thời gian")).to_be_visible()


def test_pages_follow_one_another_without_a_script(open_page: OpenPage, site: Any) -> None:
    page = without_script(open_page, "/")
    seen: list[str] = []
    for _ in range(3):
        seen += page.locator("#hits h2 a").all_inner_texts()
        page.locator("#next").click()
    assert len(set(seen)) == 30
    assert seen == [hit["title"] for hit in site.ask("/v1/search", size=30)["hits"]]
    page.get_by_role("link", name="Trang trước").click()
    expect(page.locator("#hits h2 a")).to_have_text(seen[20:])


@pytest.mark.parametrize("query", ["q=" + "a" * 1002, "since=2026-05-01&until=2026-04-01"])
@pytest.mark.parametrize("root", ["/", "/en"])
def test_a_search_is_refused_in_the_same_words_with_a_script_and_without(
    open_page: OpenPage, complaints: Any, root: str, query: str
) -> None:
    sent = without_script(open_page, f"{root}?{query}").locator("#problem li")
    taken = open_page(f"{root}?{query}").locator("#problem li")
    expect(sent).to_have_count(1)
    expect(taken).to_have_text(sent.inner_text())
    expect(taken.locator("[lang]")).to_have_count(0)
    complaints.forgive("422")


def slow_page(open_page: OpenPage, address: str, **options: Any) -> tuple[Page, Callable[[], None]]:
    """A page whose script does not come until the second is called."""
    page = open_page("about:blank", **options)
    held: list[Route] = []
    page.route("**/assets/app.js", lambda route: held.append(route))
    page.goto(address, wait_until="commit")
    expect(page.locator("footer")).to_be_attached()
    while not page.evaluate("[...document.styleSheets].some((one) => one.href?.endsWith('/style.css'))"):
        page.wait_for_timeout(20)

    def release() -> None:
        while not held:
            page.wait_for_timeout(20)
        held.pop().continue_()
        expect(page.locator("#given, [aria-busy]")).to_have_count(0)
        page.wait_for_load_state("networkidle")

    return page, release


def test_what_was_unfolded_before_the_script_came_stays_so(open_page: OpenPage) -> None:
    page, release = slow_page(open_page, "/articles/khoi-cong-cau-linh-nam-noi-bat-trang")
    fold = page.locator("details.copies").first
    fold.locator("summary").click()
    expect(fold.get_by_role("link")).to_have_text("gan-12-000-ty-dong-xay-cau-linh-nam-qua-song-hong")
    release()
    expect(fold.get_by_role("link")).to_have_text("Gần 12.000 tỷ đồng xây cầu Lĩnh Nam vượt sông Hồng")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ADDRESSES)
def test_the_script_takes_over_and_nothing_moves(open_page: OpenPage, complaints: Any, name: str, width: int) -> None:
    page, release = slow_page(open_page, ADDRESSES[name], width=width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/" in request.url else None)
    sent = page.evaluate(SHOWN, PARTS)
    release()
    taken = page.evaluate(SHOWN, PARTS)
    assert taken["title"] == sent["title"]
    assert taken["text"] == sent["text"]
    assert taken["boxes"] == sent["boxes"]
    if name in ("no article", "no digest"):
        complaints.forgive("404")
    else:
        assert asked == [], "what the server sent is asked for again"


def test_who_was_quicker_than_the_script_stays_where_they_are(open_page: OpenPage) -> None:
    page, release = slow_page(open_page, "/?q=c%E1%BA%A7u", height=500)
    link = page.locator("#hits h2 a").nth(3)
    link.focus()
    page.get_by_label("Tìm trong kho tin").evaluate("(box) => box.value = 'cầu mới'")
    place = page.evaluate("scrollY")
    assert place > 0
    href = link.get_attribute("href")
    release()
    assert page.evaluate("document.activeElement.getAttribute('href')") == href
    assert page.evaluate("scrollY") == place
    expect(page.get_by_label("Tìm trong kho tin")).to_have_value("cầu mới")


def test_no_script_shows_anything_else_at_an_address_that_leads_nowhere(open_page: OpenPage, complaints: Any) -> None:
    page = open_page("/en/nowhere")
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1:visible")).to_have_text("No such page")
    page.locator("#q").fill("lúa")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".hit").first).to_be_visible()
    complaints.forgive("404")


def test_a_script_goes_on_from_a_later_page(open_page: OpenPage, site: Any) -> None:
    page = open_page("/?from=20")
    titles = [hit["title"] for hit in site.ask("/v1/search", size=40)["hits"]]
    expect(page.locator("#hits h2 a")).to_have_text(titles[20:30])
    page.get_by_role("button", name="Xem thêm").click()
    expect(page.locator("#hits h2 a")).to_have_text(titles[20:40])
    page.get_by_role("link", name="Trang trước").click()
    expect(page.locator("#hits h2 a")).to_have_text(titles[10:20])
    page.locator("#sections button").first.click()
    expect(page).to_have_url(re.compile(r"\?section=[^&]*$"))


def test_a_page_that_the_browser_kept_shows_what_holds_now(open_page: OpenPage, site: Any) -> None:
    site.publish("sap-go", {"title": "Tin sắp gỡ xuống ngay", "sapo": "Một câu.", "body": "Hai câu ở đây."})
    page = open_page("/?q=%22s%E1%BA%AFp+g%E1%BB%A1+xu%E1%BB%91ng%22")
    expect(page.locator("#hits h2 a")).to_have_count(1)
    page.goto("/docs")
    site.take_down("sap-go")
    page.go_back()
    expect(page.locator("#hits h2 a")).to_have_count(0)


def test_a_page_that_the_browser_kept_as_it_stood_shows_what_holds_now(
    open_page: OpenPage, site: Any, complaints: Any
) -> None:
    site.publish("dong-bang", {"title": "Tin đóng băng", "body": "Tin này sẽ được gỡ trong khi bạn đọc đi xa."})
    found, read = open_page("/?q=Tin+%C4%91%C3%B3ng+b%C4%83ng"), open_page("/articles/dong-bang")
    expect(found.locator('[data-hit="dong-bang"]')).to_be_visible()
    for page in (found, read):
        expect(page.locator("#given")).to_have_count(0)
    site.take_down("dong-bang")
    for page in (found, read):
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(found.locator('[data-hit="dong-bang"]')).to_have_count(0)
    expect(read.locator("h1:visible")).to_have_text("Bài đã gỡ")
    complaints.forgive("410")
