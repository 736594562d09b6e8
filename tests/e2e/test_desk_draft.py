"""An editor's day in the draft room: a draft is taken in, worked on with advice, published, scheduled, corrected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
PAGES: Final = Path(__file__).parent.parent / "pages"
BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
TEXT: Final = """Thời sự
Phà Sông Gâm chạy chuyến cuối trước ngày thông cầu
26/11/2026 08:30
Sáng nay phà Sông Gâm chở những vị khách cuối cùng, khép lại bốn mươi năm đưa đón người hai bờ.
Ông lái phà Ma Văn Thìn nói ông sẽ về trồng cam.
Cầu mới dài 320 mét, thông xe vào ngày mai.
Ảnh: Hoàng Yến
Lý Thị Pà
Tin liên quan
Hà Nội khởi công cầu Lĩnh Nam nối thẳng sang Bát Tràng
"""
TITLE: Final = "Phà Sông Gâm chạy chuyến cuối trước ngày thông cầu"
ID: Final = "pha-song-gam-chay-chuyen-cuoi-truoc-ngay-thong-cau"
PASTE: Final = """(element, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  element.dispatchEvent(event);
}"""
DROP: Final = """(element, [name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
  element.dispatchEvent(event);
}"""


@pytest.fixture
def desk(open_page: OpenPage, site: Any) -> Callable[..., Page]:
    """Opens an address of the desk and signs in by the token."""

    def opened(address: str = "/desk", **options: Any) -> Page:
        page = open_page(address, **options)
        page.locator("#sign-in-token").fill(site.client.headers["Authorization"].removeprefix("Bearer "))
        page.keyboard.press("Enter")
        expect(page.locator("#rooms")).to_be_visible()
        return page

    return opened


@pytest.fixture
def gone(site: Any) -> Iterator[Callable[[str], None]]:
    """Takes down in the end what a test has published."""
    ids: list[str] = []
    yield ids.append
    for article_id in ids:
        site.client.delete(f"/v1/articles/{article_id}")


def paste(page: Page, text: str = TEXT) -> None:
    expect(page.get_by_role("heading", name="Bản thảo mới")).to_be_visible()
    page.locator("#intake").evaluate(PASTE, text)
    expect(page.get_by_label("Tiêu đề")).to_be_visible()


def test_a_pasted_text_is_shown_as_it_was_understood(desk: Callable[..., Page]) -> None:
    page = desk()
    paste(page)
    expect(page.get_by_label("Tiêu đề")).to_have_value(TITLE)
    expect(page.get_by_label("Sapo")).to_have_value(re.compile("^Sáng nay phà Sông Gâm"))
    expect(page.get_by_label("Nội dung")).to_have_value(re.compile("trồng cam.\n\nCầu mới dài 320 mét"))
    expect(page.get_by_label("Chuyên mục")).to_have_value("Thời sự")
    expect(page.get_by_label("Tác giả")).to_have_value("Lý Thị Pà")
    expect(page.get_by_label("Ngày giờ đăng")).to_have_value("2026-11-26T08:30")
    expect(page.get_by_label("Mã bài")).to_have_value(ID)
    cut = page.locator(".cut-off")
    expect(cut).to_contain_text("Đã cắt khỏi phần chữ của bài 6 dòng")
    expect(cut).to_contain_text("Chưa tìm thấy trong bài: Thẻ")
    cut.get_by_text("Chú thích ảnh (1)").click()
    expect(cut.get_by_text("Ảnh: Hoàng Yến")).to_be_visible()


def test_a_dropped_file_is_read_in_its_own_encoding(desk: Callable[..., Page]) -> None:
    page = desk()
    page.locator(".intake").evaluate(DROP, ["bai.html", (PAGES / "description.html").read_text(encoding="utf-8")])
    expect(page.get_by_label("Tiêu đề")).to_have_value("Cầu Vàm Sáng thông xe sau ba năm thi công")
    page.get_by_role("button", name="Bỏ bản thảo").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Bỏ bản thảo").click()
    page.locator("#intake-file").set_input_files(PAGES / "utf-16.txt")
    expect(page.get_by_label("Tiêu đề")).to_have_value("Nông dân Tân Hòa trúng mùa lúa thơm, giá tăng 15%")


def test_what_cannot_be_read_is_told_at_once(desk: Callable[..., Page], complaints: Any) -> None:
    page = desk()
    page.locator(".intake").evaluate(DROP, ["anh.jpg", "x"])
    expect(page.get_by_role("alert")).to_have_text("Chỉ đọc được tệp .html, .txt và .json.")
    page.locator(".intake").evaluate(DROP, ["trong.txt", ""])
    expect(page.get_by_role("alert")).to_have_text("Tệp này trống.")
    page.get_by_label("Dán bài vào đây").fill("<html></html>")
    page.get_by_role("button", name="Đọc bài").click()
    expect(page.get_by_role("alert")).to_contain_text("has no text")
    complaints.forgive("422")


def test_advice_stands_beside_the_draft_and_tags_come_over_by_a_click(desk: Callable[..., Page], site: Any) -> None:
    bridge = site.ask(f"/v1/articles/{BRIDGE}")
    page = desk()
    paste(page, f"{bridge['title']}\n\n{bridge['sapo']}\n\n{bridge['body']}")
    expect(page.locator(".of-duplicates")).to_contain_text("Đã đăng 2 bài gần như y hệt")
    expect(page.locator(".of-duplicates a").first).to_have_attribute("href", f"/articles/{BRIDGE}")
    advice = page.get_by_role("complementary", name="Gợi ý cho bản thảo")
    expect(advice.get_by_role("heading", name="Tóm tắt")).to_be_visible()
    expect(advice.locator(".of-related h3").first).to_be_visible()
    tag = advice.locator(".suggested button").first
    name = tag.inner_text().removeprefix("+")
    tag.click()
    expect(page.get_by_label("Thẻ")).to_have_value(re.compile(re.escape(name.strip())))
    phrase = advice.locator(".phrase").first
    words = phrase.inner_text().strip("“”")
    phrase.click()
    assert page.evaluate("getSelection().toString()") == words


def test_a_draft_is_published_and_followed_until_readers_find_it(
    desk: Callable[..., Page], site: Any, gone: Callable[[str], None]
) -> None:
    gone(ID)
    page = desk()
    paste(page)
    # Another test may have taken down what was under this id.
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("Lý do").fill("Bài của phóng viên thường trú")
    page.get_by_role("button", name="Đăng bài").click()
    expect(page.get_by_text("Đã lưu bài mới.")).to_be_visible()
    expect(page.get_by_text("Bạn đọc đã tìm thấy.")).to_be_visible(timeout=60_000)
    stored = site.ask(f"/v1/articles/{ID}")
    assert (stored["title"], stored["author"], stored["section"]) == (TITLE, "Lý Thị Pà", "Thời sự")
    page.get_by_role("link", name="Nhật ký của bài").click()
    expect(page.locator(".trail")).to_contain_text("Bài của phóng viên thường trú")


def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(
    desk: Callable[..., Page], site: Any, complaints: Any
) -> None:
    page = desk()
    paste(page)
    page.get_by_label("Địa chỉ bài gốc").evaluate("(input) => { input.type = 'text'; }")
    page.get_by_label("Địa chỉ bài gốc").fill("không phải địa chỉ")
    # Another test may have taken down what was under this id.
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Đăng bài").click()
    expect(page.get_by_role("alert")).to_have_text("Chưa lưu: hãy sửa những mục được đánh dấu.")
    expect(page.locator("#draft-url-told")).to_have_text("must be an absolute http or https address")
    expect(page.get_by_label("Địa chỉ bài gốc")).to_have_attribute("aria-invalid", "true")
    assert site.ask(f"/v1/articles/{ID}/stored")["article"] is None
    complaints.forgive("422")


def test_a_scheduled_draft_waits_unseen_and_can_be_taken_out(
    desk: Callable[..., Page], site: Any, gone: Callable[[str], None]
) -> None:
    gone(ID)
    page = desk()
    paste(page)
    later = datetime.now(UTC) + timedelta(days=1, hours=7)
    page.get_by_label("Hẹn giờ").check()
    page.get_by_label("Lúc (giờ Việt Nam)").fill(f"{later:%Y-%m-%dT%H:%M}")
    # Another test may have taken down what was under this id.
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Hẹn giờ đăng").click()
    expect(page.locator(".done")).to_contain_text("Bạn đọc chưa thấy bài này; sẽ đăng lúc")
    assert site.client.get(f"/v1/articles/{ID}").status_code != 200
    (waiting,) = site.ask("/v1/scheduled")["articles"]
    assert waiting["publish_at"] == f"{later:%Y-%m-%dT%H:%M}:00+07:00"
    page.get_by_role("link", name="Bài đã đăng", exact=True).click()
    page.get_by_role("complementary").get_by_role("link", name=TITLE).click()
    expect(page.locator(".state")).to_contain_text("Bạn đọc chưa thấy bài này")
    page.get_by_text("Gỡ bài…").click()
    page.get_by_label("Lý do gỡ").fill("Hoãn thông xe")
    page.get_by_role("button", name="Gỡ bài").click()
    expect(page.get_by_text("Bài này đã bị gỡ.")).to_be_visible()
    assert site.ask("/v1/scheduled")["articles"] == []


def test_a_correction_shows_what_changes_before_it_is_published(
    desk: Callable[..., Page], site: Any, gone: Callable[[str], None]
) -> None:
    gone("ban-sua")
    body = "Cầu dài 320 mét.\n\nHai bờ có 4.000 dân."
    site.publish(
        "ban-sua", {"title": "Cầu Sông Gâm thông xe", "body": body, "published_at": "2026-11-25T08:00:05+07:00"}
    )
    page = desk("/desk/draft/ban-sua")
    expect(page.get_by_text("Chưa có gì thay đổi.")).to_be_visible()
    page.get_by_label("Nội dung").fill(body.replace("4.000 dân", "5.000 dân"))
    diff = page.locator(".diff")
    expect(diff.locator("del").first).to_contain_text("4.000")
    expect(diff.locator("ins").first).to_contain_text("5.000")
    expect(diff).to_contain_text("1 đoạn giữ nguyên")
    page.get_by_label("Lý do").fill("Số dân sai")
    page.get_by_role("button", name="Đăng bản sửa").click()
    expect(page.get_by_text("Đã lưu bản sửa.")).to_be_visible()
    expect(page.get_by_text("Bạn đọc đã tìm thấy.")).to_be_visible(timeout=60_000)
    stored = site.ask("/v1/articles/ban-sua")
    assert stored["body"].endswith("Hai bờ có 5.000 dân.")
    assert stored["published_at"] == "2026-11-25T08:00:05+07:00"
    assert stored["modified_at"] is not None


def test_differences_lead_from_one_text_to_the_other_and_keep_what_both_have(desk: Callable[..., Page]) -> None:
    page = desk()
    rounds = page.evaluate("""async () => {
      const { differences } = await import("/assets/desk_diff.js");
      const letters = () => Array.from({ length: Math.random() * 12 }, () => "abc"[Math.floor(Math.random() * 3)]);
      return Array.from({ length: 400 }, () => [letters(), letters()]).map(([a, b]) => [a, b, differences(a, b)]);
    }""")
    for before, after, runs in rounds:
        assert [item for kind, items in runs if kind != "new" for item in items] == before
        assert [item for kind, items in runs if kind != "gone" for item in items] == after
        kept = sum(len(items) for kind, items in runs if kind == "same")
        assert kept == longest_common(before, after)


def longest_common(one: list[str], other: list[str]) -> int:
    row = [0] * (len(other) + 1)
    for item in one:
        above = row
        row = [0]
        for at, rival in enumerate(other):
            row.append(above[at] + 1 if item == rival else max(above[at + 1], row[at]))
    return row[-1]


def test_who_was_overtaken_is_shown_so_before_anything_is_written(
    desk: Callable[..., Page], site: Any, gone: Callable[[str], None], complaints: Any
) -> None:
    gone("ban-sua")
    site.publish("ban-sua", {"title": "Cầu Sông Gâm thông xe", "body": "Cầu dài 320 mét."})
    page = desk("/desk/draft/ban-sua")
    page.get_by_label("Nội dung").fill("Cầu dài 321 mét.")
    site.client.put("/v1/articles/ban-sua", json={"title": "Cầu Sông Gâm đã thông xe", "body": "Cầu dài 320 mét."})
    page.get_by_role("button", name="Đăng bản sửa").click()
    expect(page.get_by_role("alert")).to_contain_text("Trong lúc ấy bài đã đổi ở nơi khác")
    expect(page.locator(".diff")).to_contain_text("đã")
    complaints.forgive("412")
    assert site.ask("/v1/articles/ban-sua")["body"] == "Cầu dài 320 mét."


def test_a_draft_under_the_id_of_a_published_article_is_told_to_be_its_correction(desk: Callable[..., Page]) -> None:
    page = desk()
    paste(page)
    page.get_by_label("Mã bài").fill(BRIDGE)
    expect(page.get_by_text("Mã này đã có bài đăng")).to_be_visible()
    expect(page.locator(".diff")).to_be_visible()
    expect(page.get_by_role("button", name="Đăng bản sửa")).to_be_visible()
    page.get_by_label("Mã bài").fill("mã có dấu")
    expect(page.get_by_text("Mã bài chỉ gồm chữ không dấu")).to_be_visible()


def test_a_draft_outlasts_another_room_and_the_end_of_a_session(
    desk: Callable[..., Page], site: Any, complaints: Any
) -> None:
    page = desk()
    paste(page)
    page.get_by_label("Tiêu đề").fill("Tít đã sửa")
    page.route("**/v1/scheduled*", lambda route: route.fulfill(status=401, json={"status": 401}))
    page.get_by_role("link", name="Bài đã đăng", exact=True).click()
    expect(page.get_by_text("Phiên đã hết hạn.")).to_be_visible()
    complaints.forgive("401")
    page.unroute_all()
    page.locator("#sign-in-token").fill(site.client.headers["Authorization"].removeprefix("Bearer "))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Bản thảo", exact=True).click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Tít đã sửa")


def test_a_hostile_draft_is_shown_as_text(desk: Callable[..., Page]) -> None:
    page = desk()
    hostile = '<img src=x onerror="console.error(1)"> “tít”'
    page.get_by_label("Dán bài vào đây").fill(f"Bài: {hostile}\n\n{hostile} và một đoạn văn đủ dài.\n\n{hostile}")
    page.get_by_role("button", name="Đọc bài").click()
    expect(page.get_by_label("Tiêu đề")).to_have_value(f"Bài: {hostile}")
    expect(page.locator("#room img")).to_have_count(0)


def test_in_english_every_word_around_the_draft_is(desk: Callable[..., Page]) -> None:
    page = desk("/en/desk")
    page.locator("#intake").evaluate(PASTE, TEXT)
    expect(page.get_by_label("Headline")).to_have_value(TITLE)
    expect(page.get_by_role("button", name="Publish")).to_be_visible()
    expect(page.locator(".cut-off")).to_contain_text("6 lines were cut off the text")


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_sticks_out_on_any_screen(desk: Callable[..., Page], width: int) -> None:
    page = desk(width=width)
    paste(page)
    expect(page.get_by_text("Chưa có bài nào trùng.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
