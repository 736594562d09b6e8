"""The desk's screens and states, on telephones and desks, in both languages: axe finds nothing, and it fits.

The rooms that run the house are looked at where their work is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from machtin.words import Lang

from .browsing import OpenPage, assert_accessible, assert_fits, picture
from .desk import PAGE, at_desk, button, read_in, sign_in, words
from .reader_screens import unfold
from .serving import Site

pytestmark = pytest.mark.browser

ARTICLE: Final = "cho-noi-nga-nam"
LOOKS: Final = ((360, "light"), (1280, "dark"))


@pytest.fixture(scope="module")
def stored(site: Site, browser: Browser) -> Iterator[Site]:
    """An article with a trail."""
    first = {"title": "Chợ nổi Ngã Năm thưa ghe", "body": "Chợ nổi Ngã Năm còn 30 ghe. Ghe chở khóm về từ Gò Quao."}
    site.publish(ARTICLE, first)
    site.put(ARTICLE, first | {"body": first["body"].replace("30", "50")})
    yield site
    site.take_down(ARTICLE)


def refused(page: Page, site: Site) -> None:
    page.goto("/desk")
    sign_in(page, "sai")
    expect(page.get_by_role("alert")).to_be_visible()


def by_keys(page: Page, site: Site) -> None:
    page.goto("/desk")
    page.locator("input[name=way][value=aws]").check()
    expect(page.get_by_label(words("session_token"))).to_be_visible()


def taken_in(page: Page, site: Site) -> None:
    at_desk(page, site)


def understood(page: Page, site: Site) -> None:
    read_in(at_desk(page, site), PAGE)
    expect(page.locator(".of-summary li").first).to_be_visible()
    unfold(page)


def wrong(page: Page, site: Site) -> None:
    read_in(at_desk(page, site), "Một tin\n\nMột câu tin.")
    page.locator("#draft-url").fill("ftp://bao.example/tin")
    button(page, "publish").click()
    expect(page.locator("#draft-url")).to_have_attribute("aria-invalid", "true")


def corrected(page: Page, site: Site) -> None:
    at_desk(page, site, f"draft/{ARTICLE}")
    expect(page.locator("#draft-body")).not_to_have_value("")
    page.locator("#draft-body").fill("Chợ nổi Ngã Năm còn 70 ghe. Ghe chở khóm về từ Gò Quao.")
    expect(page.locator(".diff-slot ins, .diff-slot .new").first).to_be_visible()


def articles(page: Page, site: Site) -> None:
    at_desk(page, site, "articles")
    expect(page.locator(".articles a").first).to_be_visible()


def article(page: Page, site: Site) -> None:
    at_desk(page, site, f"articles/{ARTICLE}")
    page.locator(".take-down > summary").click()
    expect(page.locator("#down-reason")).to_be_visible()


def unknown(page: Page, site: Site) -> None:
    at_desk(page, site, "articles/chua-tung-co")
    expect(page.get_by_role("alert")).to_be_visible()


def nowhere(page: Page, site: Site) -> None:
    at_desk(page, site, "khong-co-phong-nay")
    expect(page.locator(".trouble")).to_be_visible()


STATES: Final[dict[Callable[[Page, Site], None], str | None]] = {
    refused: "401",
    by_keys: None,
    taken_in: None,
    understood: None,
    wrong: "422",
    corrected: None,
    articles: None,
    article: None,
    unknown: "404",
    nowhere: None,
}


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
@pytest.mark.parametrize("state", STATES, ids=lambda one: one.__name__)
def test_every_state_is_accessible_and_fits(
    open_page: OpenPage,
    stored: Site,
    complaints: Any,
    state: Callable[[Page, Site], None],
    width: int,
    scheme: str,
) -> None:
    page = open_page("about:blank", width=width, color_scheme=scheme, reduced_motion="reduce")
    state(page, stored)
    page.wait_for_load_state("networkidle")
    picture(page, "desk", f"{width}-{scheme}", state.__name__.replace("_", "-"))
    assert_accessible(page)
    assert_fits(page)
    if forgiven := STATES[state]:
        complaints.forgive(forgiven)


@pytest.mark.parametrize("room", ["draft", "articles", "ingest", "reindex", "golden"])
def test_the_rooms_speak_english(open_page: OpenPage, stored: Site, room: str) -> None:
    lang: Lang = "en"
    page = at_desk(open_page("about:blank", width=768), stored, room, lang)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator("#rooms [aria-current=page]")).to_have_text(words(f"room_{room}", lang))
    page.wait_for_load_state("networkidle")
    picture(page, "desk", "768-light-en", room)
    assert_accessible(page)
    assert_fits(page)
