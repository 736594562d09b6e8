"""What an editor is told, and keeps, where the article changes elsewhere or an answer takes its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from .browsing import OpenPage
from .desk import Answers, at_desk, button, enter, read_in, words
from .serving import Site, eventually

pytestmark = pytest.mark.browser

ID = "phao-hoa-ho-guom"
ARTICLE = {
    "title": "Hà Nội bắn pháo hoa ở hồ Gươm",
    "body": "Pháo hoa bắn lúc nửa đêm.",
    "published_at": "2026-11-25T08:00:05+07:00",
}
TOMORROW, NEXT_WEEK, NEXT_MONTH = (
    f"{datetime.now(UTC) + timedelta(days=days, hours=7):%Y-%m-%dT%H:%M}:30+07:00" for days in (1, 7, 30)
)


@pytest.fixture
def published(site: Site) -> Iterator[str]:
    """An article that readers see; taken down in the end."""
    site.put(ID, ARTICLE)
    yield ID
    site.client.delete(f"/v1/articles/{ID}")


@pytest.fixture
def desk(open_page: OpenPage, site: Site) -> Callable[[str], Page]:
    """An address of the desk, with somebody who is in."""
    return lambda room: at_desk(open_page("about:blank"), site, room)


class Held(list[Route]):
    """Requests of a method that are held back until they are let go."""

    def __init__(self, page: Page, address: str, method: str) -> None:
        self.page = page
        self.method = method
        page.route(address, self.hold)

    def hold(self, route: Route, request: Request) -> None:
        if request.method == self.method:
            self.append(route)
        else:
            route.fallback()

    def wait(self) -> None:
        eventually(lambda: self.page.evaluate("1") == 1 and len(self) > 0)

    def let_go(self) -> None:
        self.pop().continue_()


def state(site: Site) -> str:
    return str(site.ask(f"/v1/articles/{ID}/stored")["state"])


def test_what_was_taken_down_meanwhile_is_brought_back_only_by_who_says_so(
    desk: Callable[[str], Page], site: Site, published: str, complaints: Any
) -> None:
    page = desk(f"draft/{published}")
    asked = Answers(page)
    page.locator("#draft-sapo").fill("Bắn trong 15 phút.")
    site.client.delete(f"/v1/articles/{published}")
    button(page, "correct").click()
    expect(page.get_by_role("alert")).to_have_text(words("meanwhile_taken_down"))
    complaints.forgive("412")
    expect(page.locator(".known")).to_have_text(words("known_taken_down"))
    button(page, "publish").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert asked == [words("bring_back_sure")]
    assert state(site) == "taken_down"
    asked.yes = True
    button(page, "publish").click()
    expect(page.locator(".done")).to_be_visible()
    expect(page.locator(".known")).to_be_empty()
    assert site.ask(f"/v1/articles/{published}")["sapo"] == "Bắn trong 15 phút."


def test_a_moment_that_somebody_else_has_set_meanwhile_is_kept(
    desk: Callable[[str], Page], site: Site, published: str, complaints: Any
) -> None:
    page = desk(f"draft/{published}")
    page.locator("#draft-sapo").fill("Bắn trong 15 phút.")
    site.put(published, {**ARTICLE, "publish_at": TOMORROW})
    button(page, "correct").click()
    expect(page.get_by_role("alert")).to_contain_text("bạn đọc chưa thấy bài, sẽ đăng lúc")
    complaints.forgive("412")
    expect(page.locator(".known time")).to_have_attribute("datetime", TOMORROW)
    expect(page.locator("#publish-at")).to_have_value(TOMORROW[:16])
    button(page, "schedule").click()
    expect(page.locator(".done")).to_contain_text("Bạn đọc chưa thấy bài này")
    stored = site.ask(f"/v1/articles/{published}/stored")
    assert (stored["state"], stored["article"]["publish_at"]) == ("scheduled", TOMORROW)
    assert stored["article"]["sapo"] == "Bắn trong 15 phút."


def test_a_moment_that_the_editor_has_chosen_outlasts_another(
    desk: Callable[[str], Page], site: Site, published: str, complaints: Any
) -> None:
    site.put(published, {**ARTICLE, "publish_at": TOMORROW})
    page = desk(f"draft/{published}")
    page.locator("#publish-at").fill(NEXT_MONTH[:16])
    site.put(published, {**ARTICLE, "publish_at": NEXT_WEEK})
    button(page, "schedule").click()
    expect(page.get_by_role("alert").locator("time")).to_have_attribute("datetime", NEXT_WEEK)
    complaints.forgive("412")
    expect(page.locator("#publish-at")).to_have_value(NEXT_MONTH[:16])
    button(page, "schedule").click()
    expect(page.locator(".done")).to_be_visible()
    stored = site.ask(f"/v1/articles/{published}/stored")["article"]
    assert stored["publish_at"] == f"{NEXT_MONTH[:16]}:00+07:00"


def test_what_has_been_published_meanwhile_stays_so(
    desk: Callable[[str], Page], site: Site, published: str, complaints: Any
) -> None:
    site.put(published, {**ARTICLE, "publish_at": TOMORROW})
    page = desk(f"draft/{published}")
    page.locator("#draft-sapo").fill("Bắn trong 15 phút.")
    site.put(published, ARTICLE)
    button(page, "schedule").click()
    expect(page.get_by_role("alert")).to_have_text(words("meanwhile_published"))
    complaints.forgive("412")
    button(page, "correct").click()
    expect(page.locator(".done")).to_be_visible()
    assert state(site) == "published"


def test_a_correction_in_which_nothing_was_typed_is_loaded_anew(
    desk: Callable[[str], Page], site: Site, published: str
) -> None:
    page = desk("audit")

    def open_again() -> None:
        enter(page, "articles")
        page.locator("#find").fill(published)
        page.get_by_role("link", name=published).click()
        page.get_by_role("link", name=words("correct_this")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(words("correct_title"))

    open_again()
    expect(page.locator("#draft-body")).to_have_value(ARTICLE["body"])
    site.put(published, {**ARTICLE, "body": "Pháo hoa bắn lúc chín giờ tối."})
    open_again()
    expect(page.locator("#draft-body")).to_have_value("Pháo hoa bắn lúc chín giờ tối.")
    page.locator("#draft-reason").fill("Giờ bắn đã đổi")
    open_again()
    expect(page.locator("#draft-reason")).to_have_value("Giờ bắn đã đổi")


def test_what_is_typed_while_it_is_being_published_stays_a_draft(
    desk: Callable[[str], Page], site: Site, published: str
) -> None:
    page = desk(f"draft/{published}")
    held = Held(page, f"**/v1/articles/{published}*", "PUT")
    page.locator("#draft-sapo").fill("Bắn trong 15 phút.")
    button(page, "correct").click()
    held.wait()
    page.locator("#draft-body").fill("Pháo hoa bắn lúc nửa đêm, ở ba nơi.")
    held.let_go()
    expect(page.locator(".done")).to_be_visible()
    expect(page.locator("#draft-body")).to_have_value("Pháo hoa bắn lúc nửa đêm, ở ba nơi.")
    expect(page.locator(".diff dt").first).to_have_text(words("field_body"))
    asked = Answers(page)
    page.get_by_role("button", name=words("sign_out")).click()
    assert asked == [words("sign_out_sure")]
    button(page, "correct").click()
    held.wait()
    held.let_go()
    expect(page.locator(".diff-slot")).to_contain_text(words("no_changes"))
    stored = site.ask(f"/v1/articles/{published}")
    assert (stored["sapo"], stored["body"]) == ("Bắn trong 15 phút.", "Pháo hoa bắn lúc nửa đêm, ở ba nơi.")
    page.get_by_role("button", name=words("sign_out")).click()
    expect(page.get_by_label(words("token"), exact=True)).to_be_visible()
    assert len(asked) == 1


def test_what_is_added_in_another_room_while_a_new_draft_is_being_published_stays(
    desk: Callable[[str], Page], site: Site
) -> None:
    page = desk("draft")
    held = Held(page, "**/v1/articles/ban-moi*", "PUT")
    read_in(page, f"{ARTICLE['title']}\n\n{ARTICLE['body']}")
    page.locator("#draft-id").fill("ban-moi")
    button(page, "publish").click()
    held.wait()
    enter(page, "audit")
    enter(page, "draft")
    page.locator("#draft-sapo").fill("Bắn trong 15 phút.")
    with page.expect_response("**/v1/articles/ban-moi*"):
        held.let_go()
    enter(page, "audit")
    enter(page, "draft")
    expect(page.locator("#draft-sapo")).to_have_value("Bắn trong 15 phút.")
    button(page, "correct").click()
    held.wait()
    held.let_go()
    expect(page.locator(".done")).to_contain_text(words("outcome_updated"))
    assert site.ask("/v1/articles/ban-moi")["sapo"] == "Bắn trong 15 phút."
    enter(page, "audit")
    enter(page, "draft")
    expect(page.locator("#intake")).to_have_value("")
    site.client.delete("/v1/articles/ban-moi")


def test_a_text_that_is_being_read_is_not_written_over(desk: Callable[[str], Page]) -> None:
    page = desk("draft")
    held = Held(page, "**/v1/drafts/article", "POST")
    page.locator("#intake").fill(f"{ARTICLE['title']}\n\n{ARTICLE['body']}")
    button(page, "read_draft").click()
    held.wait()
    expect(page.locator("#intake")).not_to_be_editable()
    button(page, "write_new").click()
    expect(page.locator("#intake")).to_be_visible()
    held.let_go()
    expect(page.locator("#draft-title")).to_have_value(ARTICLE["title"])


def test_a_text_that_cannot_be_read_can_be_mended(desk: Callable[[str], Page], complaints: Any) -> None:
    page = desk("draft")
    page.locator("#intake").fill("<html></html>")
    button(page, "read_draft").click()
    expect(page.get_by_role("alert")).to_be_visible()
    complaints.forgive("422")
    expect(page.locator("#intake")).to_be_editable()


def test_who_writes_from_scratch_takes_along_what_stands_in_the_intake(desk: Callable[[str], Page]) -> None:
    page = desk("draft")
    page.locator("#intake").fill("Gõ dở một tin\n\nĐoạn hai")
    button(page, "write_new").click()
    expect(page.locator("#draft-body")).to_have_value("Gõ dở một tin\n\nĐoạn hai")


def test_a_file_takes_the_place_of_what_was_typed_only_by_leave(desk: Callable[[str], Page], tmp_path: Path) -> None:
    page = desk("draft")
    asked = Answers(page)
    text = tmp_path / "tin.txt"
    text.write_text(f"{ARTICLE['title']}\n\n{ARTICLE['body']}", encoding="utf-8")
    page.locator("#intake").fill("Gõ dở một tin")
    page.locator("#intake-file").set_input_files(text)
    eventually(lambda: page.evaluate("1") == 1 and asked == [words("drop_sure")])
    expect(page.locator("#intake")).to_have_value("Gõ dở một tin")
    asked.yes = True
    page.locator("#intake-file").set_input_files(text)
    expect(page.locator("#draft-title")).to_have_value(ARTICLE["title"])


def test_under_the_id_of_what_waits_a_new_draft_waits_as_well(
    desk: Callable[[str], Page], site: Site, published: str
) -> None:
    site.put(published, {**ARTICLE, "publish_at": TOMORROW})
    page = desk("draft")
    read_in(page, f"{ARTICLE['title']}\n\n{ARTICLE['body']}")
    page.locator("#draft-id").fill(published)
    expect(page.locator(".known time")).to_have_attribute("datetime", TOMORROW)
    expect(button(page, "schedule")).to_be_visible()
    page.locator("#draft-id").fill(f"{published}-2")
    expect(button(page, "publish")).to_be_visible()
