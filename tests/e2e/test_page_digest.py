"""The digest of an event on the page: in order of time, each sentence at its source, numbers that differ drawn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from .browsing import go

pytestmark = pytest.mark.browser

BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
FIRST, LATER = "sap-gian-giao-sang", "sap-gian-giao-chieu"
OpenPage = Callable[..., Page]
COLLAPSE: Final = {
    FIRST: {
        "title": "Sập giàn giáo công trường nhà thi đấu Kẻ Sặt",
        "sapo": "Giàn giáo nhà thi đấu Kẻ Sặt đổ sập lúc thợ đang đổ bê tông mái.",
        "body": "Vụ sập giàn giáo tại công trường nhà thi đấu Kẻ Sặt làm 5 người chết và nhiều thợ mắc kẹt 😀.\n\n"
        "Công an đã phong tỏa công trường nhà thi đấu Kẻ Sặt để tìm người mắc kẹt dưới giàn giáo.",
        "publisher": "Báo Sáng",
        "published_at": "2026-05-04T09:10:00+07:00",
    },
    LATER: {
        "title": "Vụ sập giàn giáo Kẻ Sặt: đã tìm thấy hết người mắc kẹt",
        "sapo": "Việc tìm kiếm tại công trường nhà thi đấu Kẻ Sặt kết thúc lúc chiều.",
        "body": "👩‍🚒 Cứu hộ xác nhận vụ sập giàn giáo tại công trường nhà thi đấu Kẻ Sặt làm 7 người chết.\n\n"
        "Chủ đầu tư nhà thi đấu Kẻ Sặt dừng thi công để kiểm tra toàn bộ giàn giáo còn lại.",
        "publisher": "Báo Chiều",
        "published_at": "2026-05-04T17:45:00+07:00",
    },
}


@pytest.fixture(scope="module")
def collapse(site: Any) -> Iterator[str]:
    """Two reports of one event, with different tolls."""
    for article_id, article in COLLAPSE.items():
        site.publish(article_id, article)
    yield FIRST
    for article_id in COLLAPSE:
        site.take_down(article_id)


def boxes(shown: Locator) -> list[FloatRect]:
    return [box for one in shown.all() if (box := one.bounding_box())]


def test_from_an_article_to_the_digest_of_its_event_and_back(open_page: OpenPage, site: Any) -> None:
    digest = site.ask("/v1/digests", article=BRIDGE)
    assert len({one["source"]["id"] for one in digest["sentences"]}) > 1
    page = open_page(f"/articles/{BRIDGE}")
    page.get_by_role("link", name="Tổng hợp diễn biến").click()
    expect(page.locator(".story .sentence")).to_have_text([one["text"] for one in digest["sentences"]])
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    times = [time.get_attribute("datetime") or "" for time in page.locator(".story time").all()]
    assert times == sorted(times)
    shown = {link.get_attribute("href") for link in page.locator(".digest .source a, .silent a").all()}
    assert shown == {f"/articles/{one['id']}" for one in digest["articles"]}
    page.reload()
    expect(page.locator(".story .sentence")).to_have_count(len(digest["sentences"]))
    page.go_back()
    expect(page.locator(".summary li")).not_to_have_count(0)


def test_a_sentence_leads_to_its_place_in_its_article(open_page: OpenPage, site: Any) -> None:
    page = open_page(f"/articles/{BRIDGE}?view=digest")
    for at, one in enumerate(site.ask("/v1/digests", article=BRIDGE)["sentences"][:3]):
        page.locator(".story .sentence a").nth(at).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(one["source"]["title"])
        expect(page.locator("mark:focus")).to_have_text(one["text"])
        page.go_back()
        expect(page.locator(".story")).to_be_visible()


def test_numbers_that_differ_stand_side_by_side_with_their_times(open_page: OpenPage, site: Any, collapse: str) -> None:
    (contradiction,) = site.ask("/v1/digests", article=collapse)["contradictions"]
    page = open_page(f"/articles/{collapse}?view=digest")
    picture = page.locator(".picture")
    expect(picture.locator(".number a")).to_have_text(["5 người chết", "7 người chết"])
    expect(picture.locator("mark")).to_have_text([one["number"] for one in contradiction["reports"]])
    expect(picture.locator("time")).to_have_text(["4/5/2026, 09:10", "4/5/2026, 17:45"])
    expect(page.locator("figcaption")).to_have_text(f"Số {contradiction['about']}")
    five, seven = boxes(picture.locator(".bar"))
    assert five["height"] / seven["height"] == pytest.approx(5 / 7, abs=0.02)
    assert five["y"] + five["height"] == pytest.approx(seven["y"] + seven["height"], abs=1)
    assert five["x"] < seven["x"]
    picture.get_by_role("link", name="7 người chết").click()
    expect(page.locator("mark:focus")).to_contain_text("làm 7 người chết")


@pytest.mark.parametrize("width", [320, 1280])
def test_they_stand_side_by_side_on_a_telephone_too(open_page: OpenPage, collapse: str, width: int) -> None:
    page = open_page(f"/articles/{collapse}?view=digest", width=width)
    expect(page.locator(".picture li")).to_have_count(2)
    first, second = boxes(page.locator(".picture li"))
    assert first["y"] == second["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_missing_and_what_was_degraded_is_told(open_page: OpenPage) -> None:
    def answer(route: Any) -> None:
        given = route.fetch()
        missing = [{"id": "bai-da-go", "reason": "taken_down"}]
        route.fulfill(response=given, json=given.json() | {"missing": missing, "degraded": True})

    page = open_page(asking=True)
    page.route("**/v1/digests?*", answer)
    go(page, f"/articles/{BRIDGE}?view=digest")
    expect(page.locator(".digest .notice")).to_have_text(
        [
            "Một phần hệ thống tìm kiếm đang gián đoạn, nên có thể thiếu vài bài về sự việc này.",
            "Không đọc được 1 bài: bai-da-go (đã gỡ).",
        ]
    )


def test_who_comes_back_gets_the_digest_of_the_articles_as_they_are_then(open_page: OpenPage) -> None:
    def answer(route: Any) -> None:
        given = route.fetch()
        route.fulfill(response=given, json=given.json() | {"missing": [{"id": "bai-da-go", "reason": "taken_down"}]})

    page = open_page(f"/articles/{BRIDGE}?view=digest")
    page.locator(".story .sentence a").first.click()
    expect(page.locator("mark:focus")).to_be_visible()
    page.route("**/v1/digests?*", answer)
    page.go_back()
    expect(page.locator(".digest .notice")).to_contain_text("bai-da-go (đã gỡ)")


def test_waiting_is_told_and_ended_by_going_back(open_page: OpenPage) -> None:
    page = open_page(f"/articles/{BRIDGE}")
    page.route("**/v1/digests?*", lambda route: None)
    page.get_by_role("link", name="Tổng hợp diễn biến").click()
    expect(page.get_by_role("status")).to_contain_text("Đang đọc các bài của sự việc…")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.go_back()
    expect(page.locator(".summary li")).not_to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")
    page.go_forward()
    expect(page.locator(".story .sentence")).not_to_have_count(0)


def test_a_digest_that_can_not_be_had_is_told_and_can_be_tried_again(open_page: OpenPage, complaints: Any) -> None:
    page = open_page(asking=True)
    problem = json.dumps({"status": 503, "detail": "away"})
    page.route(
        "**/v1/digests?*", lambda route: route.fulfill(status=503, content_type="application/json", body=problem)
    )
    go(page, f"/articles/{BRIDGE}?view=digest")
    expect(page.get_by_role("alert")).to_contain_text("Máy chủ chưa trả lời được")
    page.unroute_all()
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator(".story .sentence")).not_to_have_count(0)
    go(page, "/articles/chua-tung-co?view=digest")
    expect(page.get_by_role("heading", name="Không có bài này")).to_be_visible()
    complaints.forgive("503")
    complaints.forgive("404")


def test_an_article_alone_says_that_it_is_alone(open_page: OpenPage, site: Any) -> None:
    body = "Làng Vạc giữ một cây đa bảy trăm tuổi. Rễ đa ôm kín ngôi miếu nhỏ."
    site.publish("cay-da", {"title": "Cây đa làng Vạc", "body": body})
    try:
        page = open_page("/articles/cay-da?view=digest")
        answer = site.ask("/v1/digests", article="cay-da")
        assert len(answer["articles"]) == 1
        expect(page.locator(".digest .notice")).to_contain_text("Chưa có bài nào khác về việc này.")
        expect(page.locator(".story .sentence")).to_have_text([one["text"] for one in answer["sentences"]])
    finally:
        site.take_down("cay-da")
