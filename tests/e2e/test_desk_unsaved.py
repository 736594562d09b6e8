"""What an editor has typed outlasts another room, another editor and an answer that never came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from .desk import Answers
from .serving import Site, eventually

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]

ID = "lua-thu-dong"
ARTICLE = {"title": "Lúa thu đông trúng mùa", "body": "Nông dân Đồng Tháp thu hoạch sớm hơn mọi năm."}


@pytest.fixture
def desk(open_page: OpenPage, site: Site) -> Callable[[str], Page]:
    """Opens an address of the desk and signs in by the token."""

    def opened(address: str) -> Page:
        page = open_page(address)
        page.locator("#sign-in-token").fill(site.client.headers["Authorization"].removeprefix("Bearer "))
        page.keyboard.press("Enter")
        expect(page.locator("#rooms")).to_be_visible()
        return page

    return opened


@pytest.fixture
def published(site: Site) -> Iterator[str]:
    """An article that readers find; taken down in the end."""
    site.publish(ID, ARTICLE)
    yield ID
    site.client.delete(f"/v1/articles/{ID}")


def enter(page: Page, room: str) -> None:
    page.locator("#rooms").get_by_role("link", name=room, exact=True).click()


def test_a_text_that_was_not_read_yet_is_there_after_another_room(desk: Callable[[str], Page]) -> None:
    page = desk("/desk/draft")
    page.locator("#intake").fill("Gõ dở một tin")
    enter(page, "Nhật ký")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhật ký")
    enter(page, "Bản thảo")
    expect(page.locator("#intake")).to_have_value("Gõ dở một tin")


@pytest.mark.parametrize("begin", ["typed", "read"])
def test_a_reload_with_an_unsaved_draft_asks_first(desk: Callable[[str], Page], begin: str) -> None:
    page = desk("/desk/draft")
    page.locator("#intake").click()
    page.keyboard.type("Gõ dở một tin")
    if begin == "read":
        page.get_by_role("button", name="Đọc bài").click()
        expect(page.get_by_label("Tiêu đề")).to_be_visible()
    asked: list[str] = []

    def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("setTimeout(() => location.reload())")
    eventually(lambda: page.evaluate("1") == 1 and asked == ["beforeunload"])
    expect(page.locator("#rooms")).to_be_visible()


def test_a_correction_of_what_was_just_published_keeps_its_moment(desk: Callable[[str], Page], site: Site) -> None:
    page = desk("/desk/draft")
    page.locator("#intake").fill(f"{ARTICLE['title']}\n\n{ARTICLE['body']}")
    page.get_by_role("button", name="Đọc bài").click()
    page.get_by_label("Mã bài").fill("moi-dang")
    page.get_by_role("button", name="Đăng bài").click()
    expect(page.get_by_text("Đã lưu bài mới.")).to_be_visible()
    moment = site.ask("/v1/articles/moi-dang")["published_at"]
    page.get_by_label("Sapo").fill("Sớm hai tuần.")
    page.get_by_role("button", name="Đăng bản sửa").click()
    expect(page.get_by_text("Đã lưu bản sửa.")).to_be_visible()
    corrected = site.ask("/v1/articles/moi-dang")
    assert (corrected["sapo"], corrected["published_at"]) == ("Sớm hai tuần.", moment)
    site.client.delete("/v1/articles/moi-dang")


def test_the_moment_and_the_reason_of_a_scheduled_draft_outlast_another_room(desk: Callable[[str], Page]) -> None:
    page = desk("/desk/draft")
    page.locator("#intake").fill(f"{ARTICLE['title']}\n\n{ARTICLE['body']}")
    page.get_by_role("button", name="Đọc bài").click()
    page.get_by_label("Hẹn giờ").check()
    page.locator("#publish-at").fill("2099-01-02T06:00")
    page.get_by_label("Lý do").fill("Cấm đăng trước giờ")
    enter(page, "Nhật ký")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhật ký")
    enter(page, "Bản thảo")
    expect(page.locator("#publish-at")).to_have_value("2099-01-02T06:00")
    expect(page.get_by_label("Lý do")).to_have_value("Cấm đăng trước giờ")
    expect(page.get_by_role("button", name="Hẹn giờ đăng")).to_be_visible()


def test_a_correction_whose_answer_was_lost_is_sent_again_to_the_letter(
    desk: Callable[[str], Page], site: Site, published: str, complaints: Any
) -> None:
    page = desk(f"/desk/draft/{published}")
    sent: list[str | None] = []

    def lose(route: Route, request: Request) -> None:
        if request.method != "PUT":
            route.fallback()
            return
        sent.append(request.post_data)
        if len(sent) > 1:
            route.fallback()
            return
        route.fetch()
        route.abort()

    page.route(f"**/v1/articles/{published}*", lose)
    page.get_by_label("Sapo").fill("Sớm hai tuần.")
    page.get_by_role("button", name="Đăng bản sửa").click()
    expect(page.get_by_role("alert")).to_contain_text("Không nối được tới máy chủ")
    complaints.forgive("ERR_FAILED")
    page.wait_for_timeout(1_100)
    page.get_by_role("button", name="Đăng bản sửa").click()
    expect(page.get_by_text("Không có gì khác với bản đã lưu.")).to_be_visible()
    assert sent[0] == sent[1]
    assert json.loads(sent[0] or "")["modified_at"] == site.ask(f"/v1/articles/{published}")["modified_at"]


def test_who_takes_down_what_has_changed_meanwhile_sees_it_first(
    desk: Callable[[str], Page], site: Site, published: str, complaints: Any
) -> None:
    page = desk(f"/desk/articles/{published}")
    page.get_by_text("Gỡ bài…").click()
    page.get_by_label("Lý do gỡ").fill("Sai số liệu")
    site.client.put(f"/v1/articles/{published}", json={**ARTICLE, "title": "Số liệu đã sửa"})
    page.get_by_role("button", name="Gỡ bài").click()
    expect(page.get_by_role("alert")).to_contain_text("Trong lúc ấy bài đã đổi ở nơi khác")
    expect(page.get_by_role("heading", level=1)).to_have_text("Số liệu đã sửa")
    complaints.forgive("412")
    expect(page.get_by_label("Lý do gỡ")).to_have_value("Sai số liệu")
    assert site.client.get(f"/v1/articles/{published}").status_code == 200
    page.get_by_role("button", name="Gỡ bài").click()
    expect(page.get_by_text("Bài này đã bị gỡ.")).to_be_visible()


def test_a_text_that_is_being_mended_stays_while_more_is_refused(
    desk: Callable[[str], Page], site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inbox = tmp_path_factory.getbasetemp() / "site0" / "data" / "inbox"

    def refuse(name: str) -> None:
        inbox.mkdir(exist_ok=True)
        Path(inbox / name).write_text('{"id": "x", "title": ""}\n', encoding="utf-8")
        eventually(lambda: any(name in one["origin"] for one in site.ask("/v1/ingest/refused")["refused"]))

    refuse("truoc.ndjson")
    page = desk("/desk/ingest")
    entry = page.locator(".refused > li", has_text="truoc.ndjson")
    entry.get_by_text("Xem và sửa").click()
    entry.get_by_label("Nội dung đã gửi").fill("đang sửa dở")
    with page.expect_response("**/v1/ingest"):
        refuse("sau.ndjson")
    with page.expect_response("**/v1/ingest"):
        pass
    expect(entry.get_by_label("Nội dung đã gửi")).to_have_value("đang sửa dở")
    entry.get_by_text("Xem và sửa").click()
    other = page.locator(".refused > li", has_text="sau.ndjson")
    expect(other).to_be_visible(timeout=15_000)
    for one in (entry, other):
        one.get_by_text("Bỏ mục này").click()
        one.get_by_role("button", name="Bỏ hẳn").click()
        expect(one).to_have_count(0)


def test_a_golden_query_that_is_being_changed_stays_while_others_are_sought(
    desk: Callable[[str], Page], site: Site
) -> None:
    sent = {"query": "lúa thu đông", "articles": [{"id": "bai-mau", "grade": 1}]}
    made = site.client.post("/v1/golden", json=sent).json()
    page = desk("/desk/golden")
    page.locator(".golden summary", has_text="lúa thu đông").click()
    page.locator(".golden select").first.select_option("7")
    page.get_by_label("Tìm trong các câu hỏi").fill("không có câu nào")
    expect(page.locator(".golden li")).to_have_count(0)
    page.get_by_label("Tìm trong các câu hỏi").fill("lua thu")
    expect(page.locator(".golden select").first).to_have_value("7")
    site.client.delete(f"/v1/golden/{made['id']}", params={"revision": made["revision"]})


def test_nobody_leaves_what_is_being_changed_by_mistake(desk: Callable[[str], Page]) -> None:
    page = desk("/desk/audit")
    asked = Answers(page)
    enter(page, "Câu hỏi chuẩn")
    page.get_by_role("button", name="Câu hỏi mới").click()
    page.locator(".golden-form input").first.fill("lúa thu đông")
    enter(page, "Nhật ký")
    expect(page.get_by_role("heading", level=1)).to_have_text("Câu hỏi chuẩn")
    page.evaluate("history.back()")
    eventually(lambda: page.evaluate("1") == 1 and len(asked) == 2)
    expect(page.locator(".golden-form input").first).to_have_value("lúa thu đông")
    assert page.url.endswith("/desk/golden")
    asked.yes = True
    enter(page, "Nhật ký")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhật ký")
    assert set(asked) == {"Rời đi? Những gì đang sửa ở đây chưa được lưu."}
    enter(page, "Câu hỏi chuẩn")
    page.get_by_role("button", name="Câu hỏi mới").click()
    page.locator(".golden-form input").first.fill("lúa thu đông")
    page.get_by_role("button", name="Thôi").click()
    enter(page, "Nhật ký")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhật ký")
    assert len(asked) == 3


def test_who_signs_out_leaves_no_draft_behind(desk: Callable[[str], Page], site: Site) -> None:
    page = desk("/desk/draft")
    asked = Answers(page)
    page.locator("#intake").fill("Gõ dở một tin")
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.locator("#intake")).to_have_value("Gõ dở một tin")
    asked.yes = True
    page.get_by_role("button", name="Đăng xuất").click()
    page.locator("#sign-in-token").fill(site.token)
    page.keyboard.press("Enter")
    expect(page.locator("#intake")).to_have_value("")
    assert len(asked) == 2


def test_a_room_that_could_not_be_entered_can_be_later(desk: Callable[[str], Page], complaints: Any) -> None:
    page = desk("/desk/draft")
    page.locator("#intake").fill("Gõ dở một tin")
    page.context.set_offline(True)
    enter(page, "Câu hỏi chuẩn")
    expect(page.get_by_role("alert")).to_be_visible()
    page.context.set_offline(False)
    enter(page, "Câu hỏi chuẩn")
    expect(page.get_by_role("heading", level=1)).to_have_text("Câu hỏi chuẩn")
    enter(page, "Bản thảo")
    expect(page.locator("#intake")).to_have_value("Gõ dở một tin")
    complaints.forgive("ERR_INTERNET_DISCONNECTED")


def test_a_room_that_is_still_loading_takes_nobody_out_of_what_they_type(desk: Callable[[str], Page]) -> None:
    page = desk("/desk/draft")
    held: list[Route] = []
    page.route("**/v1/scheduled*", lambda route: held.append(route))
    enter(page, "Bài đã đăng")
    page.get_by_role("searchbox").fill("gạo")
    eventually(lambda: page.evaluate("1") == 1 and len(held) == 1)
    held[0].continue_()
    expect(page.get_by_role("heading", name="Đang chờ giờ đăng")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_what_is_dropped_from_a_word_processor_is_its_text(desk: Callable[[str], Page]) -> None:
    page = desk("/desk/draft")
    page.locator(".intake").evaluate(
        """(element, [text, html]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.setData("text/plain", text);
          dataTransfer.setData("text/html", html);
          element.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        [
            f"{ARTICLE['title']}\n\n{ARTICLE['body']}",
            f'<meta charset="utf-8"><b id="docs-internal-guid-1"><p>{ARTICLE["title"]}</p><p>{ARTICLE["body"]}</p></b>',
        ],
    )
    expect(page.get_by_label("Tiêu đề")).to_have_value(ARTICLE["title"])
    expect(page.get_by_label("Nội dung")).to_have_value(ARTICLE["body"])
