"""What the pictures of the README and of docs/ show: an address on a screen, and what somebody has done there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Page, expect

DRAFT: Final = (
    Path(__file__).parent.parent / "events" / "articles" / "cau-linh-nam-dung-khoan-tru-vi-xac-thuyen-co.html"
)
BREAD: Final = "/articles/khoi-to-chu-lo-cha-vu-ngo-doc-banh-mi"
Act = Callable[[Page, str], None]


# A busy machine takes its time for a re-index.
PATIENCE: Final = 120_000


def look(page: Page, _token: str = "") -> None:
    """Do nothing but wait until what was asked for is there."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=PATIENCE)


@dataclass(frozen=True)
class Scene:
    """One picture: the address that it shows, on what screen, and what is done there with the editors' token.

    ``live``: it shows moments of the server's, so the page's clock is the real one; else it begins in October 2026.
    """

    name: str
    address: str
    width: int = 1200
    height: int = 820
    scheme: Literal["light", "dark"] = "light"
    act: Act = look
    live: bool = False

    @property
    def file(self) -> str:
        """The picture's name below docs/images."""
        return f"{self.name}.png"

    @property
    def recipe(self) -> str:
        """How it is taken: another recipe is another picture."""
        screen = f"{self.address} {self.width} {self.height} {self.scheme} {self.live}"
        return f"{screen}\n{inspect.getsource(self.act)}"


def type_on(page: Page, _token: str) -> None:
    """Begin to type a query without its marks."""
    page.locator("#q").click()
    page.keyboard.type("cau linh", delay=40)
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    look(page)


def sign_in(page: Page, token: str) -> None:
    """Enter the desk's room that the address names."""
    page.locator("#sign-in-token").fill(token)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator(".sign-in")).to_have_count(0, timeout=PATIENCE)


def bring_draft(page: Page, token: str) -> None:
    """Have a page of another paper understood, with advice beside it."""
    sign_in(page, token)
    page.locator("#intake-file").set_input_files(DRAFT)
    expect(page.locator(".bench aside")).to_contain_text("Bối cảnh", timeout=PATIENCE)
    look(page)


def see_refused(page: Page, token: str) -> None:
    """See what could not be taken in."""
    sign_in(page, token)
    page.locator(".refused > li summary").first.click(timeout=PATIENCE)
    expect(page.locator(".refused textarea").first).not_to_have_value("", timeout=PATIENCE)


def judge(page: Page, token: str) -> None:
    """Begin a golden query, and see what readers are shown for it."""
    sign_in(page, token)
    page.get_by_role("button", name="Câu hỏi mới").click(timeout=PATIENCE)
    form = page.locator(".golden-form")
    form.get_by_label("Câu hỏi, như bạn đọc gõ").fill("bánh mì gây ngộ độc")
    form.get_by_role("button", name="Xem bạn đọc đang thấy gì").click()
    form.locator(".found button").first.click(timeout=PATIENCE)


def make_index(page: Page, token: str) -> None:
    """Make the index anew, and wait for the gate's report."""
    sign_in(page, token)
    page.get_by_role("button", name="Lập lại chỉ mục").click()
    expect(page.locator(".reindex-one h2").first).to_contain_text("Xong", timeout=PATIENCE)


SCENES: Final = (
    Scene("typing", "/", height=620, act=type_on),
    Scene("search", "/?q=cau+linh+nam"),
    Scene("article", BREAD, height=1080),
    Scene("digest", f"{BREAD}?view=digest", height=900),
    Scene("phone", "/?q=cau+linh+nam", width=390, height=844),
    Scene("article-dark", BREAD, height=1080, scheme="dark"),
    Scene("draft", "/desk/draft", height=1080, act=bring_draft),
    Scene("ingest", "/desk/ingest", height=820, act=see_refused, live=True),
    Scene("reindex", "/desk/reindex", height=1080, act=make_index, live=True),
    Scene("golden", "/desk/golden", height=820, act=judge),
)
