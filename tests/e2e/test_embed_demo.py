"""The snippet's demonstration page: the line to paste, and what it shows of an article."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .browsing import Complaints
from .serving import Site

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
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


def test_an_article_that_is_not_there_is_told(open_page: OpenPage, complaints: Complaints) -> None:
    page = open_page("/embed?article=khong-co-bai-nay")
    expect(page.get_by_role("alert")).to_be_visible()
    complaints.forgive("Failed to load resource")
