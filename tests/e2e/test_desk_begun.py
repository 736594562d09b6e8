"""What an editor has begun in the rooms that run the house outlasts other acts there, other editors and a session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from .browsing import OpenPage
from .desk import Answers, at_desk, enter, sign_in
from .serving import Site, eventually

pytestmark = pytest.mark.browser

MENDED = "đang sửa dở"
Judge = Callable[[str], dict[str, Any]]


@pytest.fixture
def judge(site: Site) -> Iterator[Judge]:
    """Adds golden queries; in the end there are those of before."""
    before = {one["query"] for one in site.ask("/v1/golden")["queries"]}

    def made(query: str) -> dict[str, Any]:
        answer = site.client.post("/v1/golden", json={"query": query, "articles": [{"id": "bai-mau", "grade": 1}]})
        assert answer.status_code == 201, answer.text
        one: dict[str, Any] = answer.json()
        return one

    yield made
    for one in site.ask("/v1/golden")["queries"]:
        if one["query"] in before:
            continue
        site.client.delete(f"/v1/golden/{one['id']}", params={"revision": one["revision"]})


@pytest.fixture
def refuse(site: Site) -> Iterator[Callable[[str], str]]:
    """Drops a file that can't be taken; in the end none is left. Answers the refusal's id."""

    def refused(name: str) -> str:
        def ids() -> list[str]:
            return [one["id"] for one in site.ask("/v1/ingest/refused")["refused"] if name in one["origin"]]

        (site.data / "inbox").mkdir(exist_ok=True)
        Path(site.data / "inbox" / name).write_text('{"id": "x", "title": ""}\n', encoding="utf-8")
        eventually(lambda: bool(ids()))
        return ids()[0]

    yield refused
    for one in site.ask("/v1/ingest/refused")["refused"]:
        site.client.delete(f"/v1/ingest/refused/{one['id']}")


def golden(page: Page, query: str) -> Locator:
    """A query in the list."""
    return page.locator(".golden > li", has=page.locator("summary", has_text=query))


def begin(page: Page, query: str, grade: str) -> Locator:
    """Unfold a query and give its article another grade."""
    one = golden(page, query)
    one.locator("summary").click()
    one.locator("select").select_option(grade)
    return one


def grade_of(site: Site, query: str) -> int:
    """As it is stored."""
    (grade,) = [one["articles"][0]["grade"] for one in site.ask("/v1/golden")["queries"] if one["query"] == query]
    assert isinstance(grade, int)
    return grade


def end_session(page: Page) -> None:
    """It ends at the next question."""
    page.route("**/v1/**", lambda route: route.fulfill(status=401, json={"detail": "", "errors": []}))


def sign_in_again(page: Page, site: Site, complaints: Any) -> None:
    """Once the session has ended."""
    expect(page.get_by_text("Phiên đã hết hạn")).to_be_visible()
    complaints.forgive("401")
    page.unroute("**/v1/**")
    sign_in(page, site.token)


def test_who_forgets_one_query_keeps_what_is_begun_in_another(open_page: OpenPage, site: Site, judge: Judge) -> None:
    judge("giá gạo")
    judge("giá vàng")
    page = at_desk(open_page("/desk"), site, "golden")
    asked = Answers(page, yes=True)
    gold = begin(page, "giá vàng", "3")
    rice = begin(page, "giá gạo", "7")
    gold.get_by_role("button", name="Xoá câu hỏi này").click()
    expect(gold).to_have_count(0)
    expect(rice.locator("select")).to_have_value("7")
    rice.get_by_role("button", name="Lưu").click()
    expect(page.locator(".done")).to_contain_text("giá gạo")
    expect(rice.locator("summary")).to_be_focused()
    enter(page, "audit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhật ký")
    assert len(asked) == 1, "nothing that is still begun is left"


def test_what_somebody_else_has_changed_takes_the_place_of_that_query_alone(
    open_page: OpenPage, site: Site, judge: Judge, complaints: Any
) -> None:
    gold = judge("giá vàng")
    judge("giá gạo")
    page = at_desk(open_page("/desk"), site, "golden")
    asked = Answers(page, yes=True)
    rice = begin(page, "giá gạo", "7")
    mine = begin(page, "giá vàng", "3")
    theirs = {"query": "giá vàng", "articles": [{"id": "bai-mau", "grade": 5}], "revision": gold["revision"]}
    assert site.client.put(f"/v1/golden/{gold['id']}", json=theirs).status_code == 200
    mine.get_by_role("button", name="Lưu").click()
    expect(mine.get_by_role("alert")).to_contain_text("Người khác đã sửa câu hỏi này")
    complaints.forgive("409")
    expect(mine.locator("select")).to_have_value("3")
    mine.get_by_role("button", name="Xem bản của họ").click()
    expect(mine.locator("select")).to_have_value("5")
    assert asked == ["Bỏ những gì bạn đã sửa ở câu hỏi này để xem bản của họ?"]
    expect(rice.locator("select")).to_have_value("7")
    rice.get_by_role("button", name="Lưu").click()
    expect(page.locator(".done")).to_contain_text("giá gạo")
    assert (grade_of(site, "giá gạo"), grade_of(site, "giá vàng")) == (7, 5)


def test_a_query_that_somebody_else_has_worded_anew_is_shown_as_it_is_now(
    open_page: OpenPage, site: Site, judge: Judge, complaints: Any
) -> None:
    gold = judge("giá vàng")
    page = at_desk(open_page("/desk"), site, "golden")
    Answers(page, yes=True)
    mine = begin(page, "giá vàng", "3")
    theirs = {"query": "giá vàng hôm nay", "articles": [{"id": "bai-mau", "grade": 5}], "revision": gold["revision"]}
    assert site.client.put(f"/v1/golden/{gold['id']}", json=theirs).status_code == 200
    mine.get_by_role("button", name="Lưu").click()
    expect(mine.get_by_role("alert")).to_contain_text("hoặc đã đổi lời")
    complaints.forgive("404")
    mine.get_by_role("button", name="Xem bản của họ").click()
    expect(golden(page, "giá vàng")).to_have_count(1)
    expect(golden(page, "giá vàng hôm nay")).to_be_visible()


def test_nothing_is_typed_into_a_query_while_it_is_saved(open_page: OpenPage, site: Site, judge: Judge) -> None:
    judge("giá vàng")
    page = at_desk(open_page("/desk"), site, "golden")
    one = begin(page, "giá vàng", "3")
    held: list[Route] = []
    page.route("**/v1/golden/*", lambda route: held.append(route))
    one.get_by_role("button", name="Lưu").click()
    eventually(lambda: page.evaluate("1") == 1 and len(held) == 1)
    expect(one.locator("form")).to_have_attribute("inert", "")
    page.keyboard.type("lời gõ thêm")
    expect(one.locator("form input").first).to_have_value("giá vàng")
    held[0].continue_()
    expect(page.locator(".done")).to_contain_text("giá vàng")
    assert grade_of(site, "giá vàng") == 3


def test_queries_that_are_begun_outlast_the_session(
    open_page: OpenPage, site: Site, judge: Judge, complaints: Any
) -> None:
    judge("giá vàng")
    page = at_desk(open_page("/desk"), site, "golden")
    begin(page, "giá vàng", "3").get_by_label("Câu hỏi, như bạn đọc gõ").fill("giá vàng miếng")
    page.get_by_role("button", name="Câu hỏi mới").click()
    page.locator("form.golden-form input").first.fill("giá gạo")
    end_session(page)
    page.locator(".golden").get_by_role("button", name="Lưu").click()
    sign_in_again(page, site, complaints)
    one = golden(page, "giá vàng")
    expect(one.get_by_label("Câu hỏi, như bạn đọc gõ")).to_have_value("giá vàng miếng")
    expect(one.locator("select")).to_have_value("3")
    expect(page.locator("form.golden-form input").first).to_have_value("giá gạo")
    one.get_by_role("button", name="Lưu").click()
    expect(page.locator(".done")).to_contain_text("giá vàng miếng")
    asked = Answers(page, yes=True)
    enter(page, "audit")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhật ký")
    assert len(asked) == 1
    enter(page, "golden")
    expect(golden(page, "giá vàng miếng")).to_be_visible()
    expect(page.locator("form.golden-form")).to_have_count(0)


def refusal(page: Page, name: str) -> Locator:
    """One in the list."""
    return page.locator(".refused > li", has_text=name)


def mend(page: Page, name: str) -> Locator:
    """Begin to mend one, and answer the box that its text is in."""
    one = refusal(page, name)
    one.get_by_text("Xem và sửa").click()
    one.get_by_label("Nội dung đã gửi").fill(MENDED)
    return one.get_by_label("Nội dung đã gửi")


def test_a_mend_that_was_folded_is_there_after_more_came_and_went(
    open_page: OpenPage, site: Site, refuse: Callable[[str], str]
) -> None:
    refuse("truoc.ndjson")
    page = at_desk(open_page("/desk"), site, "ingest")
    box = mend(page, "truoc.ndjson")
    fold = refusal(page, "truoc.ndjson").get_by_text("Xem và sửa")
    fold.click()
    refuse("sau.ndjson")
    other = refusal(page, "sau.ndjson")
    expect(other).to_be_visible(timeout=30_000)
    other.get_by_text("Bỏ mục này").click()
    other.get_by_role("button", name="Bỏ hẳn").click()
    expect(other).to_have_count(0)
    fold.click()
    expect(box).to_have_value(MENDED)
    enter(page, "audit")
    enter(page, "ingest")
    expect(box).to_have_value(MENDED)


def test_a_mend_that_is_begun_while_the_list_is_on_its_way_stays(
    open_page: OpenPage, site: Site, refuse: Callable[[str], str]
) -> None:
    refuse("truoc.ndjson")
    page = at_desk(open_page("/desk"), site, "ingest")
    expect(refusal(page, "truoc.ndjson")).to_be_visible()
    held: list[Route] = []
    page.route("**/v1/ingest/refused?*", lambda route: held.append(route))
    refuse("sau.ndjson")
    eventually(lambda: page.evaluate("1") == 1 and len(held) == 1)
    box = mend(page, "truoc.ndjson")
    box.evaluate("box => (box.typedIn = true)")
    with page.expect_response("**/v1/ingest"):
        page.unroute("**/v1/ingest/refused?*")  # what was held goes on
    expect(box).to_have_value(MENDED)
    assert box.evaluate("box => box.typedIn")
    refusal(page, "truoc.ndjson").get_by_text("Xem và sửa").click()
    expect(refusal(page, "sau.ndjson")).to_be_visible(timeout=30_000)


def test_a_mend_outlasts_the_session(
    open_page: OpenPage, site: Site, refuse: Callable[[str], str], complaints: Any
) -> None:
    refuse("truoc.ndjson")
    page = at_desk(open_page("/desk"), site, "ingest")
    box = mend(page, "truoc.ndjson")
    end_session(page)
    sign_in_again(page, site, complaints)
    expect(box).to_have_value(MENDED)
    asked = Answers(page, yes=True)
    page.get_by_role("button", name="Đăng xuất").click()
    assert asked == ["Đăng xuất? Những gì chưa đăng hoặc chưa lưu sẽ mất."]
    sign_in(page, site.token)
    refusal(page, "truoc.ndjson").get_by_text("Xem và sửa").click()
    expect(box).not_to_have_value(MENDED)
    expect(box).to_have_value('{\n  "id": "x",\n  "title": ""\n}')
