"""At the editors' desk as a tester sits there: signing in, and what is on the way from room to room."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Dialog, Locator, Page, expect

from machtin.words import Lang, say

from .serving import Site

# A page as a newspaper's own system gives it away, with all that does not belong to the article.
PAGE: Final = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Báo Sáng</title></head><body>
<nav><a href="/">Trang chủ</a> <a href="/kinh-te">Kinh tế</a></nav>
<article><p class="date">Thứ Ba, 12/5/2026, 08:15 (GMT+7)</p>
<h1>Cầu phao Ninh Cường ngừng chạy sau 20 năm</h1>
<p class="sapo">Cầu phao Ninh Cường bắc qua sông Ninh Cơ được tháo dỡ sau khi cầu mới thông xe.</p>
<p>Sáng 12/5, tỉnh Nam Định cho tháo 17 phao của cầu phao Ninh Cường nối Trực Ninh với Nghĩa Hưng.</p>
<p>Cầu mới dài 1,6 km, có 4 làn xe, được xây trong 18 tháng với vốn 597 tỉ đồng.</p>
<p>Người dân hai bờ sông Ninh Cơ nói từ nay không còn phải chờ phà khi nước lên.</p>
<p class="author">Hải Đường</p>
<div class="related"><h3>Tin liên quan</h3><ul>
<li><a href="https://bao.example/1">Nam Định hợp long cầu Ninh Cường</a></li>
<li><a href="https://bao.example/2">Vì sao cầu phao hay đứt</a></li></ul></div></article></body></html>"""


def words(key: str, lang: Lang = "vi", **values: str | int) -> str:
    """What the desk says."""
    return say(lang, f"desk.{key}", **values)


def button(page: Page, key: str, lang: Lang = "vi") -> Locator:
    """The button of these words in the room."""
    return page.locator("#room").get_by_role("button", name=words(key, lang), exact=True)


def sign_in(page: Page, token: str, lang: Lang = "vi") -> None:
    """With the editors' token, wherever the desk is."""
    page.get_by_label(words("token", lang), exact=True).fill(token)
    page.locator("#room").get_by_role("button", name=words("sign_in", lang)).click()


def at_desk(page: Page, site: Site, room: str = "", lang: Lang = "vi") -> Page:
    """Somebody who is in."""
    page.goto(f"{'/en' if lang == 'en' else ''}/desk{room and f'/{room}'}")
    sign_in(page, site.token, lang)
    expect(page.locator("#rooms")).to_be_visible()
    return page


def enter(page: Page, room: str) -> None:
    """By the navigation."""
    page.locator("#rooms").get_by_role("link", name=words(f"room_{room}"), exact=True).click()
    expect(page.locator("#rooms [aria-current=page]")).to_have_text(words(f"room_{room}"))


def read_in(page: Page, text: str) -> None:
    """A draft goes in as a text; it has been understood when its fields stand there."""
    page.locator("#intake").fill(text)
    button(page, "read_draft").click()
    expect(page.locator("#draft-title")).to_be_visible()


class Answers(list[str]):
    """What the desk asks in dialogs, answered with yes or no."""

    def __init__(self, page: Page, *, yes: bool = False) -> None:
        self.yes = yes
        page.on("dialog", self.answer)

    def answer(self, dialog: Dialog) -> None:
        """Heard of, then answered."""
        self.append(dialog.message)
        if self.yes:
            dialog.accept()
        else:
            dialog.dismiss()
