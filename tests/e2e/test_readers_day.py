"""A reader's days with a story, on either engine: each step leaves its picture in build/screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from .browsing import Album, OpenPage, go, reload
from .serving import Site, eventually

pytestmark = pytest.mark.browser

FALLS: Final = (
    "Đá lở ở đèo Lò Xo, huyện Đắk Glei làm {count} xe tải mắc kẹt và chặn đường Hồ Chí Minh qua đèo Lò Xo. "
    "Hạt quản lý đường bộ Kon Tum cho máy xúc dọn đá lở trên đèo Lò Xo suốt {hours} giờ.\n\n{more}"
)
STORY: Final = {
    "lo-xo-1": ("2026-05-04T07:10:00+07:00", "Đá lở đèo Lò Xo, 5 xe tải mắc kẹt", 5, 3, "Trời mưa to từ nửa đêm."),
    "lo-xo-2": ("2026-05-06T12:40:00+07:00", "Đá lở đèo Lò Xo: 9 xe tải mắc kẹt", 9, 6, "Hai lái xe bị thương nhẹ."),
    "lo-xo-3": (
        "2026-05-09T06:30:00+07:00",
        "Thông một làn đường qua đèo Lò Xo sau đá lở",
        9,
        20,
        "Xe con đi trước.",
    ),
}


def report(article_id: str) -> dict[str, Any]:
    moment, title, count, hours, more = STORY[article_id]
    body = FALLS.format(count=count, hours=hours, more=more)
    return {"title": title, "body": body, "published_at": moment, "publisher": "Báo Sáng", "section": "Giao thông"}


@pytest.fixture
def morning(either_site: Site) -> Iterator[Site]:
    """One report of the morning is there; whatever else a story publishes is gone with it."""
    either_site.publish("lo-xo-1", report("lo-xo-1"))
    yield either_site
    for article_id in STORY:
        if either_site.client.get(f"/v1/articles/{article_id}").status_code == 200:
            either_site.take_down(article_id)


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def test_a_readers_day(open_page: OpenPage, morning: Site, complaints: Any) -> None:
    album = Album("reader", morning.engine)
    page = open_page("/", base_url=morning.base, width=1280, height=900)
    box = page.get_by_role("combobox", name="Tìm trong kho tin")
    results = page.locator("#hits h2 a")

    # The newest articles stand there; a name typed without its marks is completed.
    newest = [hit["title"] for hit in morning.ask("/v1/search", size=10)["hits"]]
    expect(results).to_have_text(newest)
    album.keep(page, "front")
    box.press_sequentially("deo lo x")
    headline = page.get_by_role("option").filter(has_text=STORY["lo-xo-1"][1])
    expect(headline).to_be_visible()
    album.keep(page, "suggestions")

    # Its results are those of the API, lit up; a section narrows them.
    box.fill("đá lở đèo Lò Xo")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Kết quả cho “đá lở đèo Lò Xo”")
    found = morning.ask("/v1/search", q="đá lở đèo Lò Xo", size=10)
    expect(results).to_have_text([hit["title"] for hit in found["hits"]])
    expect(results.first.locator("mark").first).to_be_visible()
    page.locator("#sections").get_by_role("button", name=re.compile("^Giao thông")).click()
    only = morning.ask("/v1/search", q="đá lở đèo Lò Xo", section="Giao thông", size=10)
    expect(results).to_have_text([hit["title"] for hit in only["hits"]])
    album.keep(page, "results")
    shared = page.url

    # The article, its summary lit up in place; nothing has happened since.
    results.first.click()
    expect(heading(page)).to_have_text(STORY["lo-xo-1"][1])
    sentences = [one["text"] for one in morning.ask("/v1/articles/lo-xo-1/summary")["sentences"]]
    expect(page.locator("mark.lit")).to_have_text(sentences)
    expect(page.locator("section.developments h3 a")).to_have_count(0)
    album.keep(page, "article-in-the-morning")

    # The story goes on: who reloads the page finds what happened next, and the line of events.
    for article_id in ("lo-xo-2", "lo-xo-3"):
        morning.publish(article_id, report(article_id))
    eventually(lambda: morning.ask("/v1/articles/lo-xo-1/thread")["articles"] == len(STORY))
    reload(page)
    later = [one["title"] for one in morning.ask("/v1/articles/lo-xo-1/related")["developments"]]
    assert set(later) == {STORY["lo-xo-2"][1], STORY["lo-xo-3"][1]}
    expect(page.locator("section.developments h3 a")).to_have_text(later)
    line = [one["article"]["title"] for one in morning.ask("/v1/articles/lo-xo-1/thread")["events"]]
    expect(page.locator(".timeline > li > h3")).to_have_text(line)
    album.keep(page, "article-days-later")

    # Through a development and back; then all of it in one digest, whose sentences lead into their articles.
    page.locator("section.developments h3 a").first.click()
    expect(heading(page)).to_have_text(later[0])
    page.go_back()
    expect(heading(page)).to_have_text(STORY["lo-xo-1"][1])
    go(page, "/articles/lo-xo-1?view=digest")
    digest = [one["text"] for one in morning.ask("/v1/digests", article="lo-xo-1")["sentences"]]
    expect(page.locator(".sentence a")).to_have_text(digest)
    album.keep(page, "digest")
    page.locator(".sentence a").last.click()
    expect(page.locator("mark:focus")).to_have_text(digest[-1])

    # A slip of the hand, and what is not there at all.
    go(page, "/?q=%C4%91%C3%A8o+L%C3%B2+Xoo")
    expect(page.locator("#meant a")).to_have_text(morning.ask("/v1/search", q="đèo Lò Xoo")["suggestion"])
    album.keep(page, "did-you-mean")
    go(page, "/?q=%22ng%E1%BB%B1a+v%E1%BA%B1n+bay%22")
    expect(page.get_by_role("heading", name="Chưa tìm thấy bài phù hợp")).to_be_visible()
    album.keep(page, "nothing")

    # Who gets the address that was shared sees the same, on a telephone too.
    telephone = open_page(shared, base_url=morning.base, width=390, height=844, has_touch=True)
    again = morning.ask("/v1/search", q="đá lở đèo Lò Xo", section="Giao thông", size=10)
    expect(telephone.locator("#hits h2 a")).to_have_text([hit["title"] for hit in again["hits"]])
    album.keep(telephone, "shared-on-a-telephone")

    # What is taken down is gone from the results, and its address says so.
    morning.take_down("lo-xo-3")
    reload(telephone)
    expect(telephone.locator("#hits h2 a", has_text=STORY["lo-xo-3"][1])).to_have_count(0)
    go(telephone, "/articles/lo-xo-3")
    expect(heading(telephone)).to_have_text("Bài đã gỡ")
    album.keep(telephone, "taken-down")
    complaints.forgive("410")
