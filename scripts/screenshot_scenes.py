"""What the pictures of the README and of docs/ show: an address on a screen, and what somebody has done there."""

from __future__ import annotations

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
    """One picture: the address that it shows, on what screen, and what is done there with the editors' token."""

    name: str
    address: str
    width: int = 1200
    height: int = 820
    scheme: Literal["light", "dark"] = "light"
    act: Act = look

    @property
    def file(self) -> str:
        """The picture's name below docs/images."""
        return f"{self.name}.png"


def type_on(page: Page, _token: str) -> None:
    """Begin to type a query without its marks."""
    page.locator("#q").click()
    page.keyboard.type("cau lin", delay=40)
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    look(page)


def sign_in(page: Page, token: str) -> None:
    """Enter the desk's room that the address names."""
    page.locator("#sign-in-token").fill(token)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("#rooms")).to_be_visible()
    page.wait_for_load_state("networkidle")


def bring_draft(page: Page, token: str) -> None:
    """Have a page of another paper understood, with advice beside it."""
    sign_in(page, token)
    page.locator("#intake-file").set_input_files(DRAFT)
    expect(page.locator(".bench")).to_be_visible()
    page.wait_for_load_state("networkidle")
    look(page)


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
    Scene("ingest", "/desk/ingest", height=720, act=sign_in),
    Scene("reindex", "/desk/reindex", height=1080, act=make_index),
    Scene("golden", "/desk/golden", height=820, act=sign_in),
)
