"""The summary on the page: lit where it stands, in the form, of the length and about what the reader wants."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from .browsing import go

pytestmark = pytest.mark.browser

BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
SUMMARY: Final = f"/v1/articles/{BRIDGE}/summary"
NOW: Final = re.compile(r"\bnow\b")
OpenPage = Callable[..., Page]


def sentences(page: Page) -> Locator:
    return page.locator(".summary li button")


def lit(page: Page) -> Locator:
    return page.locator("mark.lit")


def choose(page: Page, mode: str) -> None:
    page.locator(".modes").get_by_label(mode).check()


def unfold(page: Page) -> None:
    page.get_by_text("Dạng, độ dài, câu hỏi").click()


def texts(answer: Any) -> list[str]:
    return [one["text"] for one in answer["sentences"]]


def test_a_sentence_that_is_pointed_at_is_shown_in_the_text(open_page: OpenPage) -> None:
    page = open_page(f"/articles/{BRIDGE}")
    sentences(page).first.hover()
    expect(lit(page).first).to_have_class(NOW)
    assert page.evaluate("getComputedStyle(document.querySelector('mark.now')).borderBottomWidth") == "2px"
    expect(page.locator("mark.now")).to_have_count(1)
    sentences(page).last.focus()
    expect(lit(page).last).to_have_class(NOW)
    page.mouse.move(0, 0)
    expect(lit(page).first).not_to_have_class(NOW)
    lit(page).first.hover()
    expect(sentences(page).first).to_have_class(NOW)


def test_there_and_back_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(f"/articles/{BRIDGE}", height=300)
    sentences(page).last.focus()
    page.keyboard.press("Enter")
    expect(lit(page).last).to_be_focused()
    expect(lit(page).last).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(sentences(page).last).to_be_focused()
    expect(sentences(page).last).to_be_in_viewport()


@pytest.mark.parametrize(("motion", "behavior"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_the_way_to_a_sentence_is_as_still_as_the_reader_wants(open_page: OpenPage, motion: str, behavior: str) -> None:
    page = open_page(f"/articles/{BRIDGE}", reduced_motion=motion)
    page.evaluate("void (Element.prototype.scrollIntoView = (how) => { window.how = how.behavior; })")
    sentences(page).first.click()
    assert page.evaluate("window.how") == behavior


@pytest.mark.parametrize(("name", "mode"), [("Sapo và điều mới", "sapo+"), ("Chỉ điều mới", "fresh")])
def test_beside_the_sapo_and_back(open_page: OpenPage, site: Any, name: str, mode: str) -> None:
    whole, beside = site.ask(SUMMARY), site.ask(SUMMARY, mode=mode)
    page = open_page(f"/articles/{BRIDGE}")
    expect(sentences(page)).to_have_text(texts(whole))
    choose(page, name)
    expect(sentences(page)).to_have_text(texts(beside))
    expect(lit(page)).to_have_text(texts(beside))
    expect(page.get_by_label(name)).to_be_focused()
    expect(page.locator(".summary .told")).to_contain_text(f"{beside['syllables']} âm tiết")
    page.reload()
    expect(sentences(page)).to_have_text(texts(beside))
    expect(page.get_by_label(name)).to_be_checked()
    page.go_back()
    expect(sentences(page)).to_have_text(texts(whole))
    expect(page.get_by_label("Cả bài")).to_be_checked()
    assert page.url.endswith(BRIDGE)


def test_where_the_sapo_ends_and_news_begin_is_told(open_page: OpenPage, site: Any) -> None:
    fields = [one["field"] for one in site.ask(SUMMARY, mode="sapo+")["sentences"]]
    assert set(fields) == {"sapo", "body"}
    page = open_page(f"/articles/{BRIDGE}?mode=sapo%2B")
    expect(page.locator(".summary .from")).to_have_text(["Sapo", "Điều mới"])
    expect(page.locator(".summary li").nth(fields.index("body")).locator(".from")).to_have_text("Điều mới")
    expect(page.locator("header .sapo mark.lit")).to_have_count(fields.count("sapo"))


def test_one_line_for_a_notice_with_its_length_and_copied_by_one_click(open_page: OpenPage, site: Any) -> None:
    notice = site.ask(SUMMARY, form="push")
    page = open_page(f"/articles/{BRIDGE}", permissions=["clipboard-read", "clipboard-write"])
    unfold(page)
    page.get_by_label("Dạng").select_option("Một dòng để báo tin")
    expect(sentences(page)).to_have_text([notice["text"]])
    expect(page.locator(".summary").get_by_text(f"Một dòng · {notice['syllables']} âm tiết")).to_be_visible()
    assert notice["syllables"] <= 25
    expect(page.get_by_label("Dài tối đa")).to_be_hidden()
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("button", name="Đã sao chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == notice["text"]
    told = page.locator(".copying [role=status]")
    expect(told).to_have_text("Đã sao chép vào bộ nhớ tạm.")
    expect(page.get_by_role("button", name="Sao chép", exact=True)).to_be_visible()
    expect(told).to_have_text("")


def test_what_a_browser_does_not_let_be_copied_is_told(open_page: OpenPage) -> None:
    page = open_page(f"/articles/{BRIDGE}")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Sao chép").click()
    expect(page.get_by_role("button", name="Chưa sao chép được")).to_be_visible()


def test_bullets_of_the_length_asked_for(open_page: OpenPage, site: Any) -> None:
    page = open_page(f"/articles/{BRIDGE}")
    unfold(page)
    page.get_by_label("Dạng").select_option("Gạch đầu dòng")
    expect(sentences(page)).to_have_text(texts(site.ask(SUMMARY, form="bullets")))
    length = page.get_by_label("Dài tối đa")
    length.fill("2")
    length.blur()
    expect(sentences(page)).to_have_text(texts(site.ask(SUMMARY, form="bullets", sentences=2)))
    page.get_by_label("Đơn vị độ dài").select_option("âm tiết")
    expect(length).to_have_value("50")
    expect(sentences(page)).to_have_text(texts(site.ask(SUMMARY, form="bullets", syllables=50)))
    length.fill("0")
    length.blur()
    expect(page.get_by_role("alert").filter(has_text="Độ dài là số nguyên từ 1 đến 2000.")).to_be_visible()
    assert page.url.endswith("?form=bullets&syllables=50")
    length.fill("3")
    length.blur()
    expect(page.locator(".summary")).to_contain_text("Không câu nào của bài vừa độ dài này.")


def test_a_length_is_a_number_however_it_is_written_and_a_notice_has_none(open_page: OpenPage) -> None:
    page = open_page(f"/articles/{BRIDGE}")
    unfold(page)
    length = page.get_by_label("Dài tối đa")
    for written, meant in (("03", "3"), ("4e0", "4")):
        length.fill(written)
        length.blur()
        expect(length).to_have_value(meant)
        assert page.url.endswith(f"?sentences={meant}")
    length.fill("0")
    length.blur()
    expect(length).to_have_attribute("aria-invalid", "true")
    expect(length).to_have_accessible_description("Độ dài là số nguyên từ 1 đến 50.")
    page.get_by_label("Dạng").select_option("Một dòng để báo tin")
    expect(page.locator(".summary")).to_contain_text("Một dòng · ")
    expect(length).to_have_attribute("aria-invalid", "false")


def test_a_question_longer_than_may_be_is_cut_between_characters(open_page: OpenPage) -> None:
    page = open_page(f"/articles/{BRIDGE}?query=a" + "%F0%9F%98%80" * 1_200)
    expect(sentences(page).first).to_be_visible()
    expect(page.locator(".summary .notice")).to_contain_text("Bài này không nói gì về “a😀")


def test_an_article_that_was_corrected_meanwhile_is_read_again_with_its_summary(open_page: OpenPage, site: Any) -> None:
    article = {"title": "Chợ nổi Cái Răng", "body": "Chợ nổi Cái Răng họp từ 4 giờ sáng. Ghe chở dứa và bưởi về đây."}
    site.publish("cho-noi", article)
    try:
        page = open_page("/articles/cho-noi")
        expect(sentences(page).first).to_be_visible()
        site.publish("cho-noi", article | {"body": "Đính chính: bản trước ghi sai giờ họp. " + article["body"]})
        unfold(page)
        page.get_by_label("Dạng").select_option("Gạch đầu dòng")
        expect(page.locator(".article .body")).to_contain_text("bản trước ghi sai giờ họp")
        answer = site.ask("/v1/articles/cho-noi/summary", form="bullets")
        expect(sentences(page)).to_have_text(texts(answer))
        expect(lit(page)).to_have_text(texts(answer))
        expect(page.get_by_role("heading", level=1)).to_be_focused()
    finally:
        site.take_down("cho-noi")


def test_related_news_that_come_late_take_the_focus_from_nobody(open_page: OpenPage) -> None:
    held: list[Any] = []
    page = open_page("/?q=c%E1%BA%A7u+L%C4%A9nh+Nam")
    page.route("**/related", lambda route: held.append(route))
    page.locator(f"[data-hit={BRIDGE}]").click()
    choose(page, "Chỉ điều mới")
    expect(page.get_by_label("Chỉ điều mới")).to_be_focused()
    page.wait_for_url("**mode=fresh")
    held[0].continue_()
    expect(page.locator(".related-slot h2").first).to_be_visible()
    expect(page.get_by_label("Chỉ điều mới")).to_be_focused()


def test_all_that_can_be_wanted_has_room_on_a_small_telephone(open_page: OpenPage) -> None:
    page = open_page(f"/articles/{BRIDGE}?form=bullets&query=c%E1%BA%A7u", width=320)
    expect(sentences(page).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_question_steers_the_summary_and_one_that_the_article_does_not_speak_of_is_told(
    open_page: OpenPage, site: Any
) -> None:
    question, foreign = "cầu rộng bao nhiêu làn xe", "giá cà phê Tây Nguyên"
    steered, general = site.ask(SUMMARY, query=question), site.ask(SUMMARY)
    assert steered["relevant"]
    assert texts(steered) != texts(general)
    page = open_page(f"/articles/{BRIDGE}")
    unfold(page)
    field = page.get_by_label("Tóm tắt theo câu hỏi")
    field.fill(question)
    page.keyboard.press("Enter")
    expect(sentences(page)).to_have_text(texts(steered))
    expect(page.locator(".summary")).to_contain_text(f"Những câu nói về “{question}”.")
    assert site.ask(SUMMARY, query=foreign)["relevant"] is False
    field.fill(foreign)
    page.get_by_role("button", name="Tóm tắt", exact=True).click()
    expect(page.locator(".summary .notice")).to_contain_text(f"Bài này không nói gì về “{foreign}”.")
    expect(sentences(page)).to_have_text(texts(general))
    page.go_back()
    expect(sentences(page)).to_have_text(texts(steered))
    expect(field).to_have_value(question)
    page.get_by_role("button", name="Bỏ câu hỏi").click()
    expect(sentences(page)).to_have_text(texts(general))
    expect(field).to_have_value("")


def test_what_the_reader_had_searched_is_offered_as_a_question(open_page: OpenPage, site: Any) -> None:
    page = open_page("/?q=%22c%E1%BA%A7u+L%C4%A9nh+Nam%22+-b%C3%B3ng")
    page.locator(f"[data-hit={BRIDGE}]").click()
    page.get_by_role("button", name="Tóm tắt theo điều vừa tìm: “cầu Lĩnh Nam”").click()
    expect(sentences(page)).to_have_text(texts(site.ask(SUMMARY, query="cầu Lĩnh Nam")))
    expect(page.get_by_label("Tóm tắt theo câu hỏi")).to_have_value("cầu Lĩnh Nam")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kết quả cho")


def test_a_summary_that_can_not_be_had_is_told_where_it_would_stand(open_page: OpenPage, complaints: Any) -> None:
    page = open_page(f"/articles/{BRIDGE}")
    expect(sentences(page).first).to_be_visible()
    problem = json.dumps({"status": 503, "detail": "away"})
    page.route("**/summary?*", lambda route: route.fulfill(status=503, content_type="application/json", body=problem))
    choose(page, "Chỉ điều mới")
    alert = page.locator(".summary").get_by_role("alert").filter(has_text="Máy chủ chưa trả lời được")
    expect(alert).to_be_visible()
    expect(sentences(page)).to_have_count(0)
    expect(lit(page)).to_have_count(0)
    page.unroute_all()
    page.get_by_role("button", name="Thử lại").click()
    expect(sentences(page).first).to_be_visible()
    expect(alert).to_have_count(0)
    complaints.forgive("503")


def test_the_last_choice_decides_however_slow_the_answer_to_the_one_before_is(open_page: OpenPage, site: Any) -> None:
    def delay(route: Any) -> None:
        page.wait_for_timeout(500)
        route.continue_()

    page = open_page(f"/articles/{BRIDGE}")
    expect(sentences(page).first).to_be_visible()
    page.route("**/summary?mode=fresh*", delay)
    choose(page, "Chỉ điều mới")
    choose(page, "Sapo và điều mới")
    page.wait_for_timeout(800)
    expect(sentences(page)).to_have_text(texts(site.ask(SUMMARY, mode="sapo+")))


def test_a_link_to_a_sentence_shows_it_in_place_counted_in_code_points(open_page: OpenPage, site: Any) -> None:
    filler = "\n\n".join(f"Đoạn thứ {at} 🌾 kể chuyện mùa màng ở một làng khác trong vùng." for at in range(30))
    wanted = "Làng Hạ Vĩ 😀 được mùa nhãn lồng."
    body = f"👩‍🌾 Câu mở đầu. {filler}\n\n{wanted} Câu cuối cùng."
    site.publish("nhan-long", {"title": "Làng Hạ Vĩ được mùa nhãn", "body": body})
    try:
        start = body.index(wanted)
        page = open_page(f"/articles/nhan-long?at=body-{start}-{start + len(wanted)}")
        expect(page.locator("mark:focus")).to_have_text(wanted)
        expect(page.locator("mark:focus")).to_be_in_viewport()
        go(page, "/articles/nhan-long?at=body-90000-90010")
        expect(page.get_by_role("heading", level=1)).to_have_text("Làng Hạ Vĩ được mùa nhãn")
    finally:
        site.take_down("nhan-long")


def test_an_article_without_a_sapo_has_nothing_to_be_set_beside(open_page: OpenPage, site: Any) -> None:
    site.publish("khong-sapo", {"title": "Tin không có sapo", "body": "Một câu tin về cây đa làng Vạc."})
    try:
        page = open_page("/articles/khong-sapo")
        expect(sentences(page)).to_have_text(["Một câu tin về cây đa làng Vạc."])
        expect(page.locator(".modes")).to_have_count(0)
    finally:
        site.take_down("khong-sapo")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_an_article_comes_in(open_page: OpenPage, width: int) -> None:
    page = open_page(f"/articles/{BRIDGE}", width=width, height=844)
    page.wait_for_load_state("networkidle")
    moved = page.evaluate(
        "new Promise((told) => new PerformanceObserver((list) => told(list.getEntries()"
        ".filter((one) => !one.hadRecentInput).reduce((sum, one) => sum + one.value, 0)))"
        ".observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(told, 500, 0))"
    )
    assert moved < 0.05
