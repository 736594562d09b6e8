"""Every screen in each of its states, on telephones and desks, light and dark: axe finds nothing, and it fits.

What was looked at is kept in build/screens, a folder for each look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Page, expect

from .browsing import OpenPage, assert_accessible, assert_fits, picture
from .reader_screens import SCREENS, Screen, arrive

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Look:
    """A window and the light around it."""

    width: int
    height: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


# Whether a screen can be used by all is seen in these; how it fits, and what it looks like, in more.
LOOKS: Final = (Look(360, 740, "light"), Look(1280, 900, "dark"))
MORE_LOOKS: Final = (
    Look(320, 640, "dark"),
    Look(768, 1024, "light"),
    Look(768, 1024, "dark"),
    Look(1440, 900, "light"),
)
MAIN: Final = ("front", "results", "article", "digest", "documentation")


def seen(open_page: OpenPage, screen: Screen, look: Look, prefix: str = "") -> Page:
    """A window on the screen in its state, in the language of the prefix, with its picture taken."""
    window = {"width": look.width, "height": look.height, "color_scheme": look.scheme, "reduced_motion": "reduce"}
    page = open_page("about:blank", asking=screen.before is not None, **window)
    arrive(page, screen, prefix)
    if screen.settles:
        page.wait_for_load_state("networkidle")
    picture(page, "reader", f"{look}{prefix.replace('/', '-')}", screen.name.replace(" ", "-"))
    assert_fits(page)
    return page


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda one: one.name)
def test_every_state_is_accessible_and_fits(open_page: OpenPage, complaints: Any, screen: Screen, look: Look) -> None:
    assert_accessible(seen(open_page, screen, look))
    if screen.forgiven:
        complaints.forgive(screen.forgiven)


@pytest.mark.parametrize("look", MORE_LOOKS, ids=str)
def test_the_main_screens_fit_further_windows(open_page: OpenPage, look: Look) -> None:
    for screen in SCREENS:
        if screen.name in MAIN:
            seen(open_page, screen, look)


@pytest.mark.parametrize("screen", [one for one in SCREENS if one.in_english], ids=lambda one: one.name)
def test_english_is_as_accessible_and_fits(open_page: OpenPage, complaints: Any, screen: Screen) -> None:
    page = seen(open_page, screen, LOOKS[0], "/en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_accessible(page)
    if screen.forgiven:
        complaints.forgive(screen.forgiven)
