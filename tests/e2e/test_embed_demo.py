"""The snippet's demonstration page: the line to paste, and what it shows of an article."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .browsing import Complaints, assert_accessible
from .serving import Site

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
ARTICLE = "#choices [name=article]"
BRIDGE = "khoi-cong-cau-linh-nam-noi-bat-trang"


def test_the_line_is_shown_with_what_it_shows(open_page: OpenPage, site: Site) -> None:
    page = open_page(f"/embed?article={BRIDGE}&size=2")
    expect(page.locator("#line code")).to_have_text(
        f'<script src="{site.base}/embed.js" data-article="{BRIDGE}" data-size="2" data-lang="vi" async></script>'
    )
    related = site.ask(f"/v1/articles/{BRIDGE}/related", size=2)
    titles = [one["title"] for part in ("developments", "background") for one in related[part]]
    expect(page.locator("#newspaper .machtin-link")).to_have_text(titles)


def test_choices_change_line_and_news_and_are_kept_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/en/embed")
    expect(page.locator("#newspaper .machtin[lang=en]")).to_have_count(1)
    page.get_by_label("Language").select_option("vi")
    expect(page.locator("#newspaper .machtin[lang=vi]")).to_have_count(1)
    expect(page.locator("#line code")).to_contain_text('data-lang="vi"')
    page.get_by_label("In each part").fill("1")
    page.keyboard.press("Tab")
    expect(page.locator("#line code")).to_contain_text('data-size="1"')
    assert "size=1" in page.url
    assert "lang=vi" in page.url


def test_the_other_language_keeps_the_choices(open_page: OpenPage) -> None:
    page = open_page(f"/embed?article={BRIDGE}&size=4&lang=vi")
    other = page.get_by_role("link", name="English", exact=True)
    expect(other).to_have_attribute("href", f"/en/embed?article={BRIDGE}&size=4&lang=vi")
    page.get_by_label("Mỗi phần").fill("1")
    page.keyboard.press("Tab")
    expect(other).to_have_attribute("href", f"/en/embed?article={BRIDGE}&size=1&lang=vi")
    other.click()
    expect(page.get_by_label("In each part")).to_have_value("1")
    expect(page.locator(ARTICLE)).to_have_value(BRIDGE)


@pytest.mark.parametrize("address", ["/embed?article=khong-co-bai-nay&size=2", "/embed?article=a%20b&size=2"])
def test_where_there_is_no_such_article_the_newest_is_shown(
    open_page: OpenPage, site: Site, complaints: Complaints, address: str
) -> None:
    page = open_page(address)
    told = page.get_by_role("alert")
    expect(told.get_by_role("heading")).to_have_text("Không có bài này")
    newest = site.ask("/v1/search", size=1)["hits"][0]["id"]
    expect(page.locator(ARTICLE)).to_have_value(newest)
    expect(page.locator("#line code")).to_contain_text(f'data-article="{newest}" data-size="2"')
    assert_accessible(page)
    page.locator(ARTICLE).select_option(index=1)
    expect(told).to_have_count(0)
    complaints.forgive("Failed to load resource")


def test_an_article_that_was_taken_down_is_told_as_such(
    open_page: OpenPage, site: Site, complaints: Complaints
) -> None:
    site.publish("da-go", {"title": "Tin gỡ khỏi bản nhúng", "body": "Một câu ở đây."})
    page = open_page("/embed?article=da-go")
    expect(page.locator(ARTICLE)).to_have_value("da-go")
    site.take_down("da-go")
    page.get_by_label("Mỗi phần").fill("1")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("Bài đã gỡ")
    page.reload()
    expect(page.get_by_role("alert").get_by_role("heading")).to_have_text("Bài đã gỡ")
    expect(page.locator("#newspaper .newspaper-title")).not_to_be_empty()
    complaints.forgive("Failed to load resource")
