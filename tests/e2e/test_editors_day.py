"""An editor's day as one story, on either engine: each step leaves its picture in build/screens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from machtin.words import say

from .browsing import Album, OpenPage, go, reload
from .desk import PAGE, at_desk, button, enter, read_in, sign_in, words
from .serving import Site, eventually

pytestmark = pytest.mark.browser

BRIDGE: Final = "cau-phao-ninh-cuong"
LATER: Final = "cau-moi-ninh-cuong-hen-gio"
TITLE: Final = "Cầu phao Ninh Cường ngừng chạy sau 20 năm"
REFUSED: Final = '{"id": "muoi-sa-huynh", "title": "", "body": "Diêm dân Sa Huỳnh được mùa muối."}\n'
# Stored and searchable: the queue, and a cluster's refresh, may take a moment on a busy machine.
PATIENCE: Final = 60_000


@pytest.fixture
def house(either_site: Site) -> Iterator[Site]:
    """A newsroom that is as it was when its day is over."""
    yield either_site
    for article_id in (BRIDGE, LATER):
        either_site.client.delete(f"/v1/articles/{article_id}")
    eventually(lambda: BRIDGE not in [hit["id"] for hit in either_site.ask("/v1/search", q=TITLE)["hits"]])


def published(page: Page, outcome: str) -> None:
    """What came of it is told, one after the other: stored, then found."""
    button(page, "publish" if outcome == "created" else "correct").click()
    done = page.locator(".result .done")
    expect(done).to_contain_text(words(f"outcome_{outcome}"))
    expect(done).to_contain_text(words("found"), timeout=PATIENCE)


def test_an_editors_day(open_page: OpenPage, house: Site, complaints: Any) -> None:
    album = Album("editor", house.engine)
    page = open_page("/desk", base_url=house.base)
    reader = open_page("/", base_url=house.base)

    # Nobody comes in with another token.
    sign_in(page, "khong-phai-ma-nay")
    expect(page.get_by_role("alert")).to_have_text(words("token_refused"))
    complaints.forgive("401")
    album.keep(page, "refused")
    sign_in(page, house.token)
    expect(page.get_by_role("heading", level=1)).to_have_text(words("draft_title"))
    album.keep(page, "in")

    # A page is pasted: what belongs to the article is in its fields, all else is named.
    read_in(page, PAGE)
    expect(page.locator("#draft-title")).to_have_value(TITLE)
    expect(page.locator("#draft-author")).to_have_value("Hải Đường")
    expect(page.locator("#draft-published_at")).to_have_value("2026-05-12T08:15")
    expect(page.locator("#draft-body")).to_have_value(re.compile("^Sáng 12/5, .*khi nước lên.$", re.DOTALL))
    expect(page.locator(".cut-off")).to_contain_text("Trang chủ")
    expect(page.locator(".of-summary li").first).to_be_visible()
    expect(page.locator(".of-duplicates")).to_contain_text(words("no_duplicates"))
    album.keep(page, "understood")

    # It is published: stored first, then found by readers.
    page.locator("#draft-section").fill("Giao thông")
    page.locator("#draft-id").fill(BRIDGE)
    published(page, "created")
    album.keep(page, "published")
    go(reader, f"/articles/{BRIDGE}")
    expect(reader.get_by_role("heading", level=1)).to_have_text(TITLE)
    stored = house.ask(f"/v1/articles/{BRIDGE}")
    assert (stored["author"], stored["section"]) == ("Hải Đường", "Giao thông")

    # A colleague with the same news is told that it is there already.
    colleague = at_desk(open_page("about:blank", base_url=house.base), house)
    read_in(colleague, PAGE)
    expect(colleague.locator(".of-duplicates").get_by_role("link", name=TITLE)).to_be_visible()
    album.keep(colleague, "duplicate")

    # A figure was wrong: what changes is shown before it is put, and readers have it after.
    enter(page, "articles")
    page.locator("#find").fill("cầu phao Ninh Cường")
    page.locator(".articles").get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name=words("correct_this")).click()
    body = page.locator("#draft-body")
    expect(body).to_have_value(re.compile("17 phao"))
    body.fill(body.input_value().replace("17 phao", "19 phao"))
    expect(page.locator(".diff-slot ins, .diff-slot .new").first).to_contain_text("19")
    page.locator("#draft-reason").fill("Đếm lại số phao")
    album.keep(page, "correction")
    published(page, "updated")
    reload(reader)
    expect(reader.locator(".article .body")).to_contain_text("19 phao")
    expect(reader.locator(".article .fine").first).to_be_visible()

    # The next one waits for its moment; no reader sees it.
    enter(page, "draft")
    read_in(page, f"Cầu mới Ninh Cường đón xe buýt\n\n{TITLE}: tuyến xe buýt đầu tiên qua cầu mới chạy từ thứ Hai tới.")
    page.locator("#draft-id").fill(LATER)
    page.get_by_label(words("when_later")).check()
    page.locator("#publish-at").fill("2030-01-07T06:00")
    button(page, "schedule").click()
    expect(page.locator(".result .done")).to_contain_text("7/1/2030")
    album.keep(page, "scheduled")
    assert house.client.get(f"/v1/articles/{LATER}").status_code == 404
    enter(page, "articles")
    expect(page.locator("aside .articles a")).to_have_text(["Cầu mới Ninh Cường đón xe buýt"])

    # What is taken down is gone for readers; the trail tells who did what, and why.
    page.goto(f"/desk/articles/{BRIDGE}")
    sign_in(page, house.token)
    page.locator(".take-down > summary").click()
    page.locator("#down-reason").fill("Nguồn tin rút lại")
    button(page, "take_down_act").click()
    expect(page.locator("#room")).to_contain_text(words("left_search"), timeout=PATIENCE)
    trail = page.locator("#room aside")
    for told in ("Nguồn tin rút lại", "Đếm lại số phao", words("action_put_created")):
        expect(trail).to_contain_text(told)
    album.keep(page, "taken-down")
    reload(reader)
    expect(reader.get_by_role("heading", level=1)).to_have_text("Bài đã gỡ")
    reader.wait_for_load_state("networkidle")
    complaints.forgive("410")

    # Who signs out leaves nothing behind.
    page.get_by_role("button", name=words("sign_out")).click()
    expect(page.get_by_label(words("token"), exact=True)).to_be_visible()
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") == '[{},{},""]'
    page.go_back()
    expect(page.get_by_label(words("token"), exact=True)).to_be_visible()


def test_the_house_is_run_from_the_desk(open_page: OpenPage, either_site: Site, complaints: Any) -> None:
    album = Album("house", either_site.engine)
    (either_site.data / "inbox").mkdir(exist_ok=True)
    (either_site.data / "inbox" / "muoi.ndjson").write_text(REFUSED, encoding="utf-8")
    eventually(lambda: any("muoi" in one["origin"] for one in either_site.ask("/v1/ingest/refused")["refused"]))
    page = at_desk(open_page("about:blank", base_url=either_site.base), either_site, "ingest")
    page.on("dialog", lambda dialog: dialog.accept())

    # What was refused is mended where it stands, and taken.
    entry = page.locator(".refused > li", has_text="muoi.ndjson")
    entry.get_by_text(say("vi", "ingest.mend")).click()
    box = entry.get_by_label(say("vi", "ingest.input"))
    box.fill(box.input_value().replace('"title": ""', '"title": "Sa Huỳnh được mùa muối"'))
    album.keep(page, "refused")
    entry.get_by_role("button", name=say("vi", "ingest.take_mended")).click()
    expect(page.locator(".done")).to_contain_text("muoi-sa-huynh")
    eventually(lambda: either_site.client.get("/v1/articles/muoi-sa-huynh").status_code == 200)

    # An index is made anew beside the one that readers use; its gate is drawn.
    enter(page, "reindex")
    page.get_by_role("button", name=say("vi", "reindex.start"), exact=True).click()
    title = page.locator(".reindex-one h2").first
    expect(title).to_contain_text(say("vi", "reindex.state_running"))
    expect(page.locator(".steps [aria-current]")).to_be_visible()
    album.keep(page, "running")
    expect(title).to_contain_text(say("vi", "reindex.state_done"), timeout=4 * PATIENCE)
    expect(page.locator(".gate .checks > li")).to_have_count(4)
    album.keep(page, "gate")
    hits = either_site.ask("/v1/search", q="muối Sa Huỳnh")["hits"]
    assert hits[0]["id"] == "muoi-sa-huynh", "the new index has what came in last"

    # And readers get the one before again.
    page.get_by_role("button", name=say("vi", "reindex.roll_back")).click()
    expect(title).to_contain_text(say("vi", "reindex.state_rolled_back"), timeout=4 * PATIENCE)
    album.keep(page, "rolled-back")
    either_site.take_down("muoi-sa-huynh")
    page.locator("#rooms a").last.click()
    for told in ("muoi-sa-huynh", words("action_roll_back_reindex_asked")):
        expect(page.locator(".trail")).to_contain_text(told)
    album.keep(page, "log")
