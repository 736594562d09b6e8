"""The story of an article on the page: a line of events from the beginning, with the article's own place on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from .browsing import go
from .serving import eventually

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
TOLD: Final = (
    "Vụ lở đất ở bản Nà Khoang, xã Mường Pồn làm {count} người chết, huyện Điện Biên cho bộ đội tìm người mất tích. "
    "Lở đất ở Nà Khoang vùi lấp {houses} ngôi nhà và chặn quốc lộ 12 qua Mường Pồn.\n\n{more}"
)
STORY: Final = {
    "na-khoang-1": ("2026-05-04T09:10:00+07:00", "Lở đất ở Nà Khoang, 5 người chết", 5, 9, "Mưa lớn kéo dài ba ngày."),
    "na-khoang-2": (
        "2026-05-06T09:10:00+07:00",
        "Lở đất ở Nà Khoang: 7 người chết",
        7,
        12,
        "Hai thi thể được tìm thấy dưới suối. Việc tìm kiếm người mất tích ở Nà Khoang còn tiếp tục.",
    ),
    "na-khoang-3": (
        "2026-05-09T09:10:00+07:00",
        "Dừng tìm kiếm sau vụ lở đất Nà Khoang",
        8,
        12,
        "Huyện Điện Biên hỗ trợ mỗi gia đình ở Nà Khoang 50 triệu đồng và dựng khu ở tạm.",
    ),
}


def published(article_id: str) -> dict[str, object]:
    moment, title, count, houses, more = STORY[article_id]
    body = TOLD.format(count=count, houses=houses, more=more)
    return {"title": title, "body": body, "published_at": moment, "publisher": "Báo Sáng", "section": "Thời sự"}


@pytest.fixture(scope="module")
def story(site: Any) -> Iterator[dict[str, Any]]:
    """Three reports of three days and a copy of the second; the thread as the API answers it."""
    articles = {one: published(one) for one in STORY}
    articles["na-khoang-lai"] = published("na-khoang-2") | {
        "published_at": "2026-05-06T11:00:00+07:00",
        "publisher": "Báo Chiều",
    }
    for article_id, article in articles.items():
        site.publish(article_id, article)
    # A report is found a moment before it is linked to its story.
    eventually(lambda: site.ask("/v1/articles/na-khoang-2/thread")["articles"] == len(articles))
    answer = site.ask("/v1/articles/na-khoang-2/thread")
    assert [event["article"]["id"] for event in answer["events"]] == list(STORY)
    yield answer
    for article_id in articles:
        site.take_down(article_id)


def test_the_story_stands_below_the_article_from_its_beginning(open_page: OpenPage, story: dict[str, Any]) -> None:
    page = open_page("/articles/na-khoang-2")
    thread = page.get_by_role("region", name="Mạch tin")
    expect(thread.locator("ol > li > h3")).to_have_text([event["article"]["title"] for event in story["events"]])
    expect(thread.locator("ol > li > .kicker time")).to_have_text(["4/5/2026", "6/5/2026", "9/5/2026"])
    expect(thread.locator(".fine")).to_have_text("3 sự kiện, 4 bài, từ 4/5/2026 đến 9/5/2026")


def test_the_article_being_read_is_marked_and_leads_nowhere(open_page: OpenPage, story: dict[str, Any]) -> None:
    page = open_page("/articles/na-khoang-2")
    here = page.locator(".timeline [aria-current=true]")
    expect(here).to_have_count(1)
    expect(here.locator(".kicker")).to_contain_text("Bài đang đọc")
    expect(here.locator("h3")).to_have_text(STORY["na-khoang-2"][1])
    expect(here.locator("h3 a")).to_have_count(0)


def test_copies_are_folded_and_reached_by_the_keyboard(open_page: OpenPage, story: dict[str, Any]) -> None:
    page = open_page("/articles/na-khoang-1")
    page.get_by_text("1 bản đăng lại").focus()
    copy = page.locator(".timeline details a")
    expect(copy).to_be_hidden()
    page.keyboard.press("Enter")
    expect(copy).to_be_visible()
    page.keyboard.press("Tab")
    expect(copy).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/articles/na-khoang-lai$"))
    expect(page.locator(".timeline details")).to_have_attribute("open", "")
    expect(page.locator(".timeline [aria-current=true]")).to_have_count(1)


def test_one_goes_along_the_line_and_back(open_page: OpenPage, story: dict[str, Any]) -> None:
    page = open_page("/articles/na-khoang-1")
    page.locator(".timeline h3 a").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(STORY["na-khoang-3"][1])
    expect(page.locator(".timeline [aria-current=true] h3")).to_have_text(STORY["na-khoang-3"][1])
    page.go_back()
    expect(page.locator(".timeline [aria-current=true] h3")).to_have_text(STORY["na-khoang-1"][1])


@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_line_fits_every_screen(open_page: OpenPage, story: dict[str, Any], width: int, scheme: str) -> None:
    page = open_page("/articles/na-khoang-2", width=width, color_scheme=scheme)
    expect(page.locator(".timeline > li")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text, line = page.locator(".text").bounding_box(), page.locator(".timeline").bounding_box()
    assert text is not None
    assert line is not None
    assert text["y"] + text["height"] <= line["y"]


def test_a_short_story_and_one_that_can_not_be_had_are_not_drawn(
    open_page: OpenPage, story: dict[str, Any], complaints: Any
) -> None:
    page = open_page(asking=True)
    page.route("**/thread", lambda route: route.fulfill(status=503, content_type="application/json", body="{}"))
    go(page, "/articles/na-khoang-2")
    expect(page.locator(".related-slot h2").first).to_be_visible()
    expect(page.locator(".mach-tin")).to_have_count(0)
    complaints.forgive("503")
    page.unroute_all()

    def short(route: Any) -> None:
        given = route.fetch()
        route.fulfill(response=given, json=given.json() | {"events": given.json()["events"][:2]})

    page.route("**/thread", short)
    go(page, "/articles/na-khoang-1")
    expect(page.locator(".related-slot h2").first).to_be_visible()
    expect(page.locator(".mach-tin")).to_have_count(0)
