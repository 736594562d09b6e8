"""What must not go wrong on the page: hostile articles, failures, small screens, dark rooms, screen readers."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from .browsing import go

pytestmark = pytest.mark.browser

BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
BUDGET: Final = 60_000
HOSTILE: Final = (
    '<script>window.ran=1</script><img src=x onerror="window.ran=1"><svg onload=window.ran=1>'
    "</title></script>'\"><a href=javascript:window.ran=1>đọc</a>"
)
# The query "gạo", as it stands in an address.
RICE: Final = re.compile(r"/v1/search\?q=g%E1%BA%A1o&")
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def hostile(site: Any) -> Iterator[str]:
    """An article with markup in every field."""
    related = [{"title": HOSTILE, "sapo": HOSTILE, "url": "javascript:window.ran=1"}]
    article = {
        "title": f"Độc hại {HOSTILE}",
        "sapo": HOSTILE,
        "body": f"{HOSTILE}\n\nĐoạn độc hại thứ hai. {HOSTILE}",
        "section": HOSTILE,
        "tags": [HOSTILE],
        "author": HOSTILE,
        "publisher": HOSTILE,
        "url": "https://example.com/%3Cscript%3E",
        "published_at": "2026-03-01T00:00:00+07:00",
    }
    answer = site.client.put("/v1/articles/hostile", json=article | {"related_as_published": related})
    if answer.status_code == 422:
        related[0]["url"] = "https://example.com/"
    site.publish("hostile", article | {"related_as_published": related})
    yield "hostile"
    site.take_down("hostile")


@pytest.mark.parametrize("address", ["/?q=Độc+hại", "/articles/hostile"])
def test_a_hostile_article_is_text_in_every_field(open_page: OpenPage, hostile: str, address: str) -> None:
    page = open_page(address)
    shown = page.locator("#hits .hit", has_text="Độc hại") if "?" in address else page.locator("#article-view")
    expect(shown).to_contain_text("Độc hại <script>window.ran=1</script>")
    page.wait_for_load_state("networkidle")
    assert shown.inner_text().count("<script>window.ran=1</script>") >= 6
    assert page.evaluate("window.ran") is None
    assert shown.locator("script, img, svg").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


def test_hostile_addresses_are_text_too(open_page: OpenPage) -> None:
    page = open_page("/?q=%3Cimg+src%3Dx+onerror%3Dwindow.ran%3D1%3E&section=%3Cscript%3E&since=x&sort=%3Cb%3E")
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x onerror=window.ran=1>")
    expect(page.get_by_role("button", name="Bỏ lọc Chuyên mục: <script>")).to_be_visible()
    assert page.evaluate("window.ran") is None


def test_highlights_stand_right_after_emoji_and_in_decomposed_letters(open_page: OpenPage, site: Any) -> None:
    title = unicodedata.normalize("NFD", "🌾🌾 Lễ hội trống đồng Ngọc Quỷnh 😀 mở hội")
    body = unicodedata.normalize("NFD", "👩‍🌾 Câu đầu nói chuyện khác hẳn. Trống đồng Ngọc Quỷnh vang xa.")
    site.publish("bieu-tuong", {"title": title, "body": body, "section": "Văn hóa"})
    try:
        page = open_page("/?q=tr%E1%BB%91ng+%C4%91%E1%BB%93ng+ng%E1%BB%8Dc")
        hit = page.locator("#hits .hit", has=page.locator("[data-hit=bieu-tuong]"))
        expect(hit).to_have_count(1)
        expected = unicodedata.normalize("NFD", "trống đồng Ngọc")
        assert hit.locator("h2 mark").all_text_contents() == [expected]
        assert hit.locator(".snippet mark").all_text_contents() == [expected.replace("t", "T", 1)]
        go(page, "/articles/bieu-tuong")
        sentences = [one["text"] for one in site.ask("/v1/articles/bieu-tuong/summary")["sentences"]]
        expect(page.locator(".summary li button")).to_have_count(len(sentences))
        assert page.locator("mark.lit").all_text_contents() == sentences
    finally:
        site.take_down("bieu-tuong")


def test_an_article_that_was_taken_down_and_one_that_never_was(open_page: OpenPage, site: Any, complaints: Any) -> None:
    site.publish("se-go", {"title": "Tin sẽ gỡ ngay", "body": "Bài này sẽ được gỡ."})
    site.take_down("se-go")
    page = open_page("/articles/se-go")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bài đã gỡ")
    page.wait_for_load_state("networkidle")  # the server has said so first, the API says it once more
    complaints.forgive("410")
    go(page, "/articles/chua-tung-co")
    expect(page.get_by_role("heading", level=1)).to_have_text("Không có bài này")
    page.wait_for_load_state("networkidle")  # the server has said so first, the API says it once more
    complaints.forgive("404")
    page.get_by_role("link", name="Xem tin mới nhất").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tin mới nhất")


@pytest.mark.parametrize(
    ("status", "problem", "told"),
    [
        (503, {"detail": "no index"}, "Máy chủ chưa trả lời được"),
        (422, {"detail": "", "errors": [{"field": "q", "message": "is too long"}]}, "Câu tìm: is too long"),
        (0, None, "Không kết nối được với máy chủ"),
    ],
)
def test_a_failure_is_told_in_words_and_can_be_tried_again(
    page: Page, complaints: Any, status: int, problem: object, told: str
) -> None:
    expect(page.locator("#hits .hit")).to_have_count(10)
    page.route(
        RICE,
        lambda route: (
            route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(problem))
            if status
            else route.abort()
        ),
    )
    page.get_by_role("combobox", name="Tìm trong kho tin").fill("gạo")
    expect(page.get_by_role("alert").filter(has_text=told)).to_be_visible()
    expect(page.locator("#hits .hit")).to_have_count(0)
    page.unroute_all()
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator("#hits .hit").first).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text=told)).to_have_count(0)
    complaints.forgive("Failed to load resource")


def test_a_degraded_answer_is_told_gently(page: Page) -> None:
    def degrade(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"degraded": True})

    page.route(RICE, degrade)
    page.get_by_role("combobox", name="Tìm trong kho tin").fill("gạo")
    expect(page.locator("#degraded")).to_be_visible()
    page.get_by_role("combobox", name="Tìm trong kho tin").fill("lúa gạo")
    expect(page.locator("#degraded")).to_be_hidden()


def test_nothing_found_says_what_helps(open_page: OpenPage) -> None:
    page = open_page("/?since=2001-01-01&until=2001-01-02")
    expect(page.get_by_role("status")).to_have_text("Không có bài nào")
    expect(page.get_by_role("heading", name="Chưa tìm thấy bài phù hợp")).to_be_visible()
    page.get_by_role("button", name="Bỏ tất cả").click()
    expect(page.locator("#hits .hit")).to_have_count(10)


def test_filters_wait_behind_one_line_on_a_narrow_screen(open_page: OpenPage) -> None:
    page = open_page(width=360)
    expect(page.get_by_label("Từ ngày")).to_be_hidden()
    page.get_by_text("Bộ lọc", exact=True).click()
    expect(page.get_by_label("Từ ngày")).to_be_visible()


def test_a_dark_room_gets_a_dark_page(open_page: OpenPage) -> None:
    light, dark = (
        sum(
            int(part)
            for part in open_page(color_scheme=scheme)
            .evaluate("getComputedStyle(document.documentElement).backgroundColor")
            .removeprefix("rgb(")
            .removesuffix(")")
            .split(", ")
        )
        for scheme in ("light", "dark")
    )
    assert light > 700
    assert dark < 100


def test_the_first_load_is_small_and_from_one_host(open_page: OpenPage, site: Any) -> None:
    page = open_page("about:blank")
    sizes: dict[str, int] = {}
    page.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
    go(page, "/")
    expect(page.locator("#hits .hit")).to_have_count(10)
    page.wait_for_load_state("networkidle")
    assert {url for url in sizes if not url.startswith(site.base)} == set()
    assert 10_000 < sum(sizes.values()) <= BUDGET, sizes
