"""The rooms that run the house, in a real browser: refused input mended, golden queries edited, an index made anew."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .browsing import OpenPage
from .serving import Site, eventually

pytestmark = pytest.mark.browser

# The queue, a re-index and a busy machine take their time.
PATIENCE = 90_000
REFUSED = '{"id": "lua-dong-xuan", "title": "", "body": "Nông dân Đồng Tháp thu hoạch sớm."}\n'
QUERY = "bánh mì gây ngộ độc"
ANSWER = "khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi"


@pytest.fixture
def data(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's data folder."""
    return tmp_path_factory.getbasetemp() / "site0" / "data"


def at_desk(page: Page, site: Site, room: str) -> Page:
    """Somebody who has signed in with the token."""
    page.goto(f"/desk/{room}")
    page.locator("#sign-in-token").fill(site.client.headers["Authorization"].removeprefix("Bearer "))
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("#rooms")).to_be_visible()
    return page


def assert_accessible(page: Page) -> None:
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], [node["html"] for node in one["nodes"][:3]]) for one in found["violations"]] == []
    wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= room


def refuse(data: Path, site: Site, name: str, line: str = REFUSED) -> None:
    """A file is dropped that can't be taken."""
    (data / "inbox").mkdir(exist_ok=True)
    (data / "inbox" / name).write_text(line, encoding="utf-8")
    eventually(lambda: any(name in one["origin"] for one in site.ask("/v1/ingest/refused")["refused"]))


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1440, "light")])
@pytest.mark.parametrize("room", ["ingest", "reindex", "golden", "audit"])
def test_every_room_is_accessible_and_fits(
    open_page: OpenPage, site: Site, data: Path, room: str, width: int, scheme: str
) -> None:
    if room == "ingest":
        refuse(data, site, "kho.ndjson")
    page = at_desk(open_page("/desk", width=width, color_scheme=scheme), site, room)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    for summary in page.locator("#room summary").all()[:4]:
        summary.click()
    page.wait_for_load_state("networkidle")
    assert_accessible(page)


def test_what_was_refused_is_mended_and_taken(open_page: OpenPage, site: Site, data: Path, complaints: Any) -> None:
    refuse(data, site, "tin-sang.ndjson")
    page = at_desk(open_page("/desk"), site, "ingest")
    entry = page.locator(".refused > li", has_text="tin-sang.ndjson")
    expect(entry).to_contain_text("title is missing or blank")
    entry.get_by_text("Xem và sửa").click()
    box = entry.get_by_label("Nội dung đã gửi")
    expect(box).to_have_value(
        '{\n  "id": "lua-dong-xuan",\n  "title": "",\n  "body": "Nông dân Đồng Tháp thu hoạch sớm."\n}'
    )
    entry.get_by_role("button", name="Nhận lại như cũ").click()
    expect(entry.get_by_role("alert")).to_contain_text("title")
    complaints.forgive("422")
    box.fill(box.input_value().replace('"title": ""', '"title": "Lúa đông xuân được mùa"'))
    entry.get_by_role("button", name="Nhận bản đã sửa").click()
    expect(page.locator(".done")).to_contain_text("lua-dong-xuan")
    expect(entry).to_have_count(0)
    expect(page.get_by_role("heading", name="Không nhận được")).to_be_focused()
    page.locator("#rooms").get_by_role("link", name="Nhật ký").click()
    expect(page.locator(".trail li").first).to_contain_text("lua-dong-xuan")
    eventually(lambda: site.client.get("/v1/articles/lua-dong-xuan").status_code == 200)
    site.take_down("lua-dong-xuan")


def test_what_nobody_mends_is_dismissed_with_a_reason(open_page: OpenPage, site: Site, data: Path) -> None:
    refuse(data, site, "rac.ndjson", "rác\n")
    page = at_desk(open_page("/desk"), site, "ingest")
    entry = page.locator(".refused > li", has_text="rac.ndjson")
    entry.get_by_text("Bỏ mục này").click()
    entry.get_by_label("Lý do").fill("gửi nhầm")
    entry.get_by_role("button", name="Bỏ hẳn").click()
    expect(entry).to_have_count(0)
    page.locator("#rooms").get_by_role("link", name="Nhật ký").click()
    expect(page.locator(".trail li").first).to_contain_text("gửi nhầm")


def test_a_golden_query_is_added_changed_and_forgotten(open_page: OpenPage, site: Site, complaints: Any) -> None:
    page = at_desk(open_page("/desk"), site, "golden")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Câu hỏi mới").click()
    form = page.locator(".golden-form")
    form.get_by_label("Câu hỏi, như bạn đọc gõ").fill(QUERY)
    form.get_by_role("button", name="Xem bạn đọc đang thấy gì").click()
    form.locator(".found button").first.click()
    form.get_by_label("Thêm bài").fill("gao-viet-nam-2027")
    form.get_by_role("button", name="Thêm gao-viet-nam-2027").click()
    expect(form.locator(".judged > li")).to_have_count(2)
    form.get_by_role("button", name="Lưu").click()
    expect(page.locator(".done")).to_contain_text(QUERY)

    made = next(one for one in site.ask("/v1/golden")["queries"] if one["query"] == QUERY)
    page.get_by_label("Tìm trong các câu hỏi").fill("banh mi gay")
    page.locator(".golden summary").click()
    form = page.locator(".golden .golden-form")
    form.locator("select").first.select_option("5")

    # Somebody else changes it meanwhile: theirs is not undone, and is shown.
    sent = {"query": QUERY, "articles": [{"id": ANSWER, "grade": 2}], "revision": made["revision"]}
    assert site.client.put(f"/v1/golden/{made['id']}", json=sent).status_code == 200
    form.get_by_role("button", name="Lưu").click()
    expect(form.get_by_role("alert")).to_contain_text("Người khác đã sửa câu hỏi này")
    complaints.forgive("409")
    form.get_by_role("button", name="Xem bản của họ").click()
    form = page.locator(".golden .golden-form")
    expect(form.locator("select").first).to_have_value("2")
    form.locator("select").first.select_option("3")
    form.get_by_role("button", name="Lưu").click()
    expect(page.locator(".done")).to_contain_text(QUERY)
    changed = next(one for one in site.ask("/v1/golden")["queries"] if one["query"] == QUERY)
    assert [(one["id"], one["grade"]) for one in changed["articles"]] == [(ANSWER, 3)]

    page.locator(".golden summary").click()
    page.locator(".golden .golden-form").get_by_role("button", name="Xoá câu hỏi này").click()
    expect(page.locator(".done")).to_contain_text("Đã xoá")
    assert QUERY not in [one["query"] for one in site.ask("/v1/golden")["queries"]]


def test_an_index_is_made_anew_judged_and_given_up_again(open_page: OpenPage, site: Site) -> None:
    page = at_desk(open_page("/desk"), site, "reindex")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_text("Bắt đầu và dùng bất kể kết quả kiểm").click()
    page.get_by_label("Lý do").fill("thử quy trình")
    page.get_by_role("button", name="Bắt đầu", exact=True).click()
    title = page.locator(".reindex-one h2").first
    expect(title).to_contain_text("Đang chạy")
    expect(page.locator(".steps [aria-current]")).to_be_visible()
    expect(title).to_contain_text("Xong", timeout=PATIENCE)
    gate = page.locator(".gate")
    expect(gate.locator(".checks > li")).to_have_count(4)
    expect(gate.locator("figure svg")).to_be_visible()
    expect(gate.locator("figure")).to_contain_text("95 %")
    gate.get_by_text("Mọi số đo").click()
    expect(gate.locator(".figures tbody tr").first).to_contain_text("articles")
    expect(page.locator(".facts")).to_contain_text("thử quy trình")
    assert_accessible(page)
    page.get_by_role("button", name="Quay về chỉ mục trước").click()
    expect(title).to_contain_text("Đã quay về", timeout=PATIENCE)
    page.locator("#rooms").get_by_role("link", name="Nhật ký").click()
    expect(page.locator(".trail li").first).to_contain_text("quay về")


def test_by_keyboard_nobody_loses_their_place_when_an_index_is_made_anew(open_page: OpenPage, site: Site) -> None:
    page = at_desk(open_page("/desk"), site, "reindex")
    page.on("dialog", lambda dialog: dialog.accept())
    title = page.locator(".reindex-one h2").first
    page.get_by_text("Bắt đầu và dùng bất kể kết quả kiểm").press("Enter")
    page.get_by_label("Lý do").fill("thử bàn phím")
    page.get_by_label("Lý do").press("Enter")
    expect(title).to_contain_text("Đang chạy")
    expect(title).to_be_focused()
    page.get_by_role("button", name="Huỷ").focus()
    expect(title).to_contain_text("Xong", timeout=PATIENCE)
    expect(title).to_be_focused()
    page.get_by_role("button", name="Quay về chỉ mục trước").press("Enter")
    expect(title).to_contain_text("Đã quay về", timeout=PATIENCE)
    expect(title).to_be_focused()
