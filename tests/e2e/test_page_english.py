"""The page in English: the same page, with Vietnamese articles that say what language they are in."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
OpenPage = Callable[..., Page]
# What no element says is Vietnamese, and yet is: only the name of the site, and what a reason quotes.
UNTRANSLATED: Final = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.replaceAll(/mạch tin/g, "");
    const parent = walker.currentNode.parentElement;
    if (/[À-ÖÙ-öù-ỹ]/.test(text) && !parent.closest("[lang=vi], .reason, code, noscript, .signs")) found.push(text);
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    for (const name of ["aria-label", "title"]) {
      const text = (one.getAttribute(name) ?? "").replaceAll("mạch tin", "");
      if (/[À-ÖÙ-öù-ỹ]/.test(text)) found.push(one.getAttribute(name));
    }
  return found;
}"""
# Lines of text that are lower than their stacked marks need, or cut off.
CRAMPED: Final = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!own || !one.checkVisibility() || one.closest("option")) return false;
  const style = getComputedStyle(one);
  if (style.clipPath !== "none") return false;
  const cut = style.overflow !== "visible" && one.scrollHeight > one.clientHeight + 1 && style.overflowY !== "auto";
  return parseFloat(style.lineHeight) / parseFloat(style.fontSize) < 1.3 || (cut && style.webkitLineClamp === "none");
}).map((one) => one.outerHTML.slice(0, 120))"""


def opened(open_page: OpenPage, address: str, **options: Any) -> Page:
    page = open_page(address, **options)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    return page


def test_the_front_page_speaks_english_and_leaves_articles_vietnamese(open_page: OpenPage, site: Any) -> None:
    page = opened(open_page, "/en")
    newest = site.ask("/v1/search", size=10)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title("mạch tin – search Vietnamese news")
    expect(page.get_by_role("heading", level=1)).to_have_text("Latest news")
    expect(page.get_by_role("status")).to_have_text(re.compile(f"{newest['total']} articles, found in [0-9,]+ ms"))
    expect(page.locator("#hits h2 a[lang=vi]")).to_have_text([hit["title"] for hit in newest["hits"]])
    expect(page.get_by_role("button", name=re.compile(r"^Giao thông \d+ articles?$"))).to_be_visible()
    page.get_by_role("button", name=re.compile("^March 2026")).click()
    expect(page.get_by_role("button", name="Remove filter From: 1 Mar 2026")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/en\?since=2026-03-01&until=2026-03-31$"))


def test_search_stays_in_english_from_the_box_to_the_article_and_back(open_page: OpenPage, site: Any) -> None:
    page = opened(open_page, "/en")
    box = page.get_by_role("combobox", name="Search the archive")
    box.fill("cầu Lĩnh Nam")
    box.blur()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “cầu Lĩnh Nam”")
    expect(page).to_have_url(re.compile(r"/en\?q="))
    expect(page.locator("#hits[aria-busy]")).to_have_count(0)
    first = page.locator("#hits h2 a").first
    title = first.inner_text()
    first.click()
    expect(page.locator("#article-view h1")).to_have_text(title)
    expect(page).to_have_url(re.compile("/en/articles/"))
    expect(page.get_by_role("button", name="Summarize for what you searched: “cầu Lĩnh Nam”")).to_be_visible()
    page.get_by_role("link", name="All news").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “cầu Lĩnh Nam”")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_why_articles_are_related_is_told_in_english(open_page: OpenPage, site: Any) -> None:
    related = site.ask(f"/v1/articles/{BRIDGE}/related", lang="en")
    reasons = [one["reason"]["text"] for part in ("developments", "background") for one in related[part]]
    assert any(reason.startswith("same event") for reason in reasons)
    page = opened(open_page, f"/en/articles/{BRIDGE}")
    expect(page.locator(".related-slot .reason")).to_have_text(reasons)
    expect(page.locator(".byline time")).to_have_text(re.compile(r"^Thursday, 9 Oct 2025, \d\d:\d\d"))
    expect(page.get_by_role("heading", name="Developments")).to_be_visible()


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/", "/en"),
        ("/?q=c%E1%BA%A7u+L%C4%A9nh+Nam&sort=newest", "/en?q=c%E1%BA%A7u+L%C4%A9nh+Nam&sort=newest"),
        (f"/articles/{BRIDGE}?sentences=3", f"/en/articles/{BRIDGE}?sentences=3"),
        (f"/articles/{BRIDGE}?view=digest", f"/en/articles/{BRIDGE}?view=digest"),
    ],
)
def test_the_switch_shows_the_same_in_the_other_language(open_page: OpenPage, here: str, there: str) -> None:
    page = opened(open_page, here)
    page.get_by_role("link", name="English", exact=True).click()
    page.wait_for_url(re.compile(f"{re.escape(there)}$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1:visible")).not_to_be_empty()
    page.get_by_role("link", name="Tiếng Việt", exact=True).click()
    page.wait_for_url(re.compile(f"{re.escape(here)}$"))
    expect(page.locator("html")).to_have_attribute("lang", "vi")


def test_the_switch_follows_what_is_typed_and_chosen(open_page: OpenPage) -> None:
    page = opened(open_page, "/en")
    page.get_by_role("combobox", name="Search the archive").fill("gạo")
    page.get_by_role("button", name=re.compile("^Kinh tế")).click()
    switch = page.get_by_role("link", name="Tiếng Việt", exact=True)
    expect(switch).to_have_attribute("href", re.compile(r"^/\?q=g%E1%BA%A1o&section=Kinh\+t%E1%BA%BF$"))


@pytest.mark.parametrize(
    "address",
    [
        "/en",
        "/en?q=c%E1%BA%A7u&section=Giao+th%C3%B4ng",
        "/en?q=zzzzqq",
        f"/en/articles/{BRIDGE}?mode=sapo%2B&form=bullets",
        f"/en/articles/{BRIDGE}?view=digest",
        "/en/articles/khong-co-bai-nay",
    ],
)
def test_no_word_is_left_untranslated_and_axe_finds_nothing(open_page: OpenPage, complaints: Any, address: str) -> None:
    page = opened(open_page, address, bypass_csp=True)
    said = {"cầu", "Giao thông", "Section: Giao thông", "Results for “cầu”", "Remove filter Section: Giao thông"}
    assert set(page.evaluate(UNTRANSLATED)) - said == set()
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    assert [(one["id"], [node["html"] for node in one["nodes"][:3]]) for one in found["violations"]] == []
    if "khong-co" in address:
        complaints.forgive("404")


def test_trouble_is_told_in_english(open_page: OpenPage, complaints: Any) -> None:
    page = opened(open_page, "/en")

    def fail(route: Route) -> None:
        route.fulfill(status=503, json={"detail": "away", "errors": [{"field": "q", "message": "is odd"}]})

    page.route("**/v1/search?*", fail)
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_label("Sort by").select_option("Oldest")
    expect(page.get_by_role("alert").first).to_be_attached()
    expect(page.get_by_role("heading", name="The server couldn't answer")).to_be_visible()
    expect(page.locator("#problem li")).to_have_text("Query: is odd")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#hits h2 a")).to_have_count(10)
    complaints.forgive("503")


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("root", ["", "/en"])
def test_lines_leave_room_for_stacked_marks_and_nothing_is_wider_than_the_screen(
    open_page: OpenPage, root: str, width: int
) -> None:
    for address in (root or "/", f"{root}/articles/{BRIDGE}", f"{root}/articles/{BRIDGE}?view=digest"):
        page = opened(open_page, address, width=width)
        assert page.evaluate(CRAMPED) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wordmark = page.locator(".wordmark").bounding_box()
        assert wordmark is not None
        assert wordmark["height"] < 60, "the name of the site stands on one line"
