"""A reader's day on the page: searching, filtering, reading, and finding the way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .browsing import go

pytestmark = pytest.mark.browser

BRIDGE = "khoi-cong-cau-linh-nam-noi-bat-trang"
BRIDGE_TITLE = "Hà Nội khởi công cầu Lĩnh Nam nối thẳng sang Bát Tràng"
OpenPage = Callable[..., Page]


def titles(page: Page) -> Locator:
    return page.locator("#hits h2 a")


def search(page: Page, query: str) -> None:
    """Type a query, look away from the suggestions, and wait for the results."""
    box = page.get_by_role("combobox", name="Tìm trong kho tin")
    box.fill(query)
    box.blur()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Kết quả cho “{query}”")
    expect(page.locator("#hits[aria-busy]")).to_have_count(0)


def test_the_newest_articles_stand_there_before_anything_is_sought(page: Page, site: Any) -> None:
    newest = site.ask("/v1/search", size=10)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tin mới nhất")
    expect(titles(page)).to_have_text([hit["title"] for hit in newest["hits"]])
    expect(page.get_by_role("status")).to_contain_text(f"{newest['total']} bài")
    days = [time.get_attribute("datetime") for time in page.locator("#hits time").all()]
    assert days == [hit["published_at"] for hit in newest["hits"]]


@pytest.mark.parametrize("query", ["cầu Lĩnh Nam", "cau linh nam"])
def test_search_as_one_types_with_and_without_diacritics(page: Page, query: str) -> None:
    search(page, query)
    hit = page.locator("#hits .hit", has=page.get_by_role("link", name=BRIDGE_TITLE, exact=True))
    expect(hit.locator("h2 mark")).to_have_text("cầu Lĩnh Nam")
    assert page.url.endswith("?q=" + query.replace(" ", "+")) or "?q=c%E1%BA%A7u" in page.url


def test_the_last_letters_typed_decide_however_slow_the_first_answer_is(page: Page) -> None:
    slow: list[str] = []

    def delay(route: Any) -> None:
        if "q=v%E1%BA%A3i&" in route.request.url:
            slow.append(route.request.url)
            page.wait_for_timeout(600)
        route.continue_()

    page.route("**/v1/search?*", delay)
    page.get_by_role("combobox", name="Tìm trong kho tin").fill("vải")
    page.wait_for_timeout(300)
    search(page, "vải thiều")
    page.wait_for_timeout(700)
    assert slow
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả cho “vải thiều”")
    assert "vải thiều" in titles(page).first.inner_text().lower()


def test_typing_makes_one_entry_of_the_history(page: Page) -> None:
    before = page.evaluate("history.length")
    for query in ("vả", "vải", "vải thiều"):
        search(page, query)
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tin mới nhất")
    expect(page.get_by_role("combobox", name="Tìm trong kho tin")).to_have_value("")


def test_a_section_narrows_the_results_and_its_chip_widens_them(page: Page, site: Any) -> None:
    section = page.locator("#sections").get_by_role("button", name=re.compile("^Giao thông"))
    section.click()
    only = site.ask("/v1/search", section="Giao thông")
    expect(titles(page)).to_have_text([hit["title"] for hit in only["hits"]])
    expect(page.get_by_role("status")).to_contain_text(f"{only['total']} bài")
    expect(section).to_have_attribute("aria-pressed", "true")
    expect(section).to_be_focused()
    assert page.locator("#sections button").count() > 5, "the other sections stay in sight"
    page.get_by_role("button", name="Bỏ lọc Chuyên mục: Giao thông").click()
    expect(page.get_by_role("status")).to_contain_text(f"{site.ask('/v1/search')['total']} bài")
    assert "section" not in page.url


def test_both_ends_of_the_days_are_included_and_counted_in_vietnam(page: Page, site: Any) -> None:
    page.get_by_label("Từ ngày").fill("2025-10-09")
    page.get_by_label("Đến ngày").fill("2025-10-09")
    expected = site.ask("/v1/search", since="2025-10-09T00:00:00+07:00", until="2025-10-10T00:00:00+07:00")
    assert expected["total"] > 0
    expect(page.get_by_role("status")).to_contain_text(f"{expected['total']} bài")
    expect(titles(page).filter(has_text=BRIDGE_TITLE)).to_have_count(1)
    page.get_by_label("Từ ngày").fill("2025-10-10")
    expect(page.locator("#date-problem")).to_have_text("Ngày đầu phải trước ngày cuối.")


def test_a_month_is_one_click(page: Page, site: Any) -> None:
    count = site.ask("/v1/search", facets=True)["facets"]["month"]["2026-03"]
    page.get_by_role("button", name="Tháng 3/2026").click()
    expect(page.get_by_role("status")).to_contain_text(f"{count} bài")
    expect(page.get_by_label("Đến ngày")).to_have_value("2026-03-31")


def test_sorting_by_date(page: Page) -> None:
    search(page, "cầu Lĩnh Nam")
    for choice, ordered in (("Mới nhất", -1), ("Cũ nhất", 1)):
        page.get_by_label("Xếp theo").select_option(choice)
        expect(page.locator("#hits[aria-busy]")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        days = [time.get_attribute("datetime") or "" for time in page.locator("#hits time").all()]
        assert len(days) > 1
        assert days == sorted(days)[::ordered]


@pytest.mark.parametrize(
    ("choice", "order"), [("Liên quan, mới trước", "relevant_newest"), ("Liên quan, cũ trước", "relevant_oldest")]
)
def test_what_is_clearly_relevant_stands_first_by_date_and_a_line_parts_it_from_the_rest(
    page: Page, site: Any, choice: str, order: str
) -> None:
    search(page, "cầu Lĩnh Nam")
    page.get_by_label("Xếp theo").select_option(choice)
    hits = site.ask("/v1/search", q="cầu Lĩnh Nam", sort=order, size=20)["hits"]
    strong = [hit["title"] for hit in hits if hit["relevance"] == "strong"]
    assert 0 < len(strong) < len(hits)
    expect(titles(page)).to_have_text([hit["title"] for hit in hits[:10]])
    page.get_by_role("button", name="Xem thêm").click()
    expect(titles(page)).to_have_text([hit["title"] for hit in hits])
    expect(page.get_by_text("Ít liên quan hơn")).to_have_count(1)
    expect(page.locator(".weaker + .hit h2")).to_have_text(hits[len(strong)]["title"])
    page.reload()
    expect(page.get_by_label("Xếp theo")).to_have_value(order)


def test_tags_and_authors_lead_to_their_articles(page: Page, site: Any) -> None:
    go(page, f"/articles/{BRIDGE}")
    page.get_by_role("link", name="cầu Lĩnh Nam", exact=True).click()
    expect(titles(page)).to_have_text([hit["title"] for hit in site.ask("/v1/search", tag="cầu Lĩnh Nam")["hits"]])
    author = page.locator("#hits .author").first
    name = author.inner_text()
    author.click()
    expect(page.get_by_role("button", name=f"Bỏ lọc Tác giả: {name}")).to_be_visible()
    expect(titles(page)).to_have_text([hit["title"] for hit in site.ask("/v1/search", author=name)["hits"]])


def test_more_results_continue_the_list(page: Page, site: Any) -> None:
    page.get_by_role("button", name="Xem thêm").click()
    expect(titles(page)).to_have_text([hit["title"] for hit in site.ask("/v1/search", size=20)["hits"]])
    expect(titles(page).nth(10)).to_be_focused()


def test_an_article_with_its_summary_lit_up_in_place(open_page: OpenPage, site: Any) -> None:
    article = site.ask(f"/v1/articles/{BRIDGE}")
    sentences = [one["text"] for one in site.ask(f"/v1/articles/{BRIDGE}/summary")["sentences"]]
    page = open_page(f"/articles/{BRIDGE}")
    expect(page).to_have_title(f"{article['title']} – mạch tin")
    expect(page.get_by_role("heading", level=1)).to_have_text(article["title"])
    expect(page.locator(".summary li button")).to_have_text(sentences)
    expect(page.locator("mark.lit")).to_have_text(sentences)
    assert page.locator(".body p").all_text_contents() == article["body"].split("\n\n")
    expect(page.locator(".byline")).to_contain_text("9/10/2025")
    page.set_viewport_size({"width": 1280, "height": 300})
    page.get_by_role("button", name=sentences[-1]).click()
    expect(page.locator("mark.lit").last).to_be_focused()
    expect(page.locator("mark.lit").last).to_be_in_viewport()


def test_related_news_as_the_api_gives_them_and_the_way_through(open_page: OpenPage, site: Any) -> None:
    related = site.ask(f"/v1/articles/{BRIDGE}/related")
    page = open_page(f"/articles/{BRIDGE}")
    for part in ("developments", "background"):
        expected = [one["title"] for one in related[part]]
        expect(page.locator(f"section.{part} h3 a")).to_have_text(expected)
    first = page.locator(".related-slot h3 a").first
    title = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(BRIDGE_TITLE)


def test_copies_are_folded_and_named_when_unfolded(open_page: OpenPage, site: Any) -> None:
    ids = [hit["id"] for hit in site.ask("/v1/search", size=100)["hits"]]
    with_copies = (
        (one, entry["copies"])
        for one in ids
        for answer in [site.ask(f"/v1/articles/{one}/related")]
        for entry in answer["developments"] + answer["background"]
        if entry["copies"]
    )
    article_id, copies = next(with_copies)
    page = open_page(f"/articles/{article_id}")
    fold = page.locator("details.copies").first
    expect(fold.locator("summary")).to_have_text(f"{len(copies)} bản tin tương tự")
    fold.locator("summary").click()
    expect(fold.locator("li a").first).to_have_text(site.ask(f"/v1/articles/{copies[0]}")["title"])


def test_back_to_the_results_finds_them_as_they_were_left(page: Page) -> None:
    page.get_by_role("button", name="Xem thêm").click()
    expect(titles(page)).to_have_count(20)
    link = titles(page).nth(17)
    link.scroll_into_view_if_needed()
    left_at = page.evaluate("scrollY")
    assert left_at > 500
    link.click()
    expect(page.locator("#article-view h1")).to_be_visible()
    page.go_back()
    expect(titles(page)).to_have_count(20)
    expect(titles(page).nth(17)).to_be_focused()
    assert page.evaluate("scrollY") == pytest.approx(left_at, abs=5)
    page.reload()
    expect(titles(page)).to_have_count(20)


def test_an_address_that_is_shared_shows_the_same(open_page: OpenPage, site: Any) -> None:
    page = open_page("/?q=cau+linh+nam&section=Giao+th%C3%B4ng&sort=oldest")
    expected = site.ask("/v1/search", q="cau linh nam", section="Giao thông", sort="oldest")
    expect(titles(page)).to_have_text([hit["title"] for hit in expected["hits"]])
    expect(page.get_by_role("combobox", name="Tìm trong kho tin")).to_have_value("cau linh nam")
    expect(page.get_by_label("Xếp theo")).to_have_value("oldest")


def test_from_search_to_article_and_back_by_keyboard_alone(page: Page) -> None:
    expect(titles(page)).to_have_count(10)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Xếp theo")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Tìm trong kho tin")).to_be_focused()
    page.keyboard.type("khoi cong cau linh nam")
    page.keyboard.press("Enter")
    expect(titles(page).first).to_have_text(BRIDGE_TITLE)
    page.keyboard.press("ArrowDown")
    expect(titles(page).first).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", "focus must be seen"
    page.keyboard.press("Enter")
    expect(page.locator("#article-view h1")).to_be_focused()
    page.go_back()
    expect(titles(page).first).to_be_focused()


def test_every_stop_of_the_tab_key_can_be_seen(page: Page) -> None:
    expect(titles(page)).to_have_count(10)
    seen: list[str] = []
    for _ in range(70):
        page.keyboard.press("Tab")
        name, outlined, framed = page.evaluate(
            "(() => { const one = document.activeElement, box = one.closest('.box') ?? one;"
            " return [one.outerHTML.slice(0, 80), getComputedStyle(one).outlineStyle !== 'none',"
            " getComputedStyle(box).boxShadow !== 'none'] })()"
        )
        if name.startswith("<body"):
            break
        assert outlined or framed, name
        seen.append(name)
    assert len(seen) > 40
