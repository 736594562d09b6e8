"""The documentation in a real browser: every route, samples in three languages, and the JavaScript ones run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import jsonschema_rs
import pytest
from playwright.sync_api import Browser, Page, expect

from machtin.web_files import FOLDER
from openapi_samples import BASE

from .serving import Site, eventually

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Page]
DOCUMENT: Final[dict[str, Any]] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS: Final = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
ARTICLE: Final = OPERATIONS["PUT /v1/articles/{article_id}"]["requestBody"]["content"]["application/json"]["example"]
EXAMPLE: Final = "gia-gao-xuat-khau"
LINES: Final = ("lua-dong-xuan", "cau-cao-lanh")
# A module of its own, with what Node would give it and what it would print.
RUN: Final = """async ([source, token]) => {
  const printed = [];
  const AsyncFunction = (async () => {}).constructor;
  const run = new AsyncFunction("process", "console", source);
  await run({ env: { MACHTIN_TOKEN: token } }, { log: (one) => printed.push(one) });
  return printed;
}"""


@pytest.fixture(scope="module")
def newsroom(site: Site) -> Iterator[Site]:
    """The site with the article of the examples, left as it was."""
    yield site
    for article_id in (EXAMPLE, *LINES):
        if site.client.get(f"/v1/articles/{article_id}").status_code == 200:
            site.take_down(article_id)
    eventually(lambda: "running" not in [one["state"] for one in site.ask("/v1/reindexes")["reindexes"]])


@pytest.fixture(scope="module")
def console(browser: Browser, newsroom: Site) -> Iterator[Page]:
    """A page of the same origin that may run what is made of text, as a developer's console may."""
    context = browser.new_context(base_url=newsroom.base, bypass_csp=True)
    page = context.new_page()
    page.goto("/embed")
    yield page
    context.close()


def as_described(name: str, told: Any) -> bool:
    answers = OPERATIONS[name]["responses"]
    expected = [status for status in answers if status < "300"]
    # A thing that is named need not be there; and what an earlier sample has done can't be done twice.
    refused = {"409"} | ({"404"} if "{" in name.replace("{article_id}", "") else set())
    if isinstance(told, dict) and str(told.get("status")) in refused & answers.keys():
        expected = [str(told["status"])]
    ((content,),) = (answers[status]["content"].values() for status in expected)
    schema = content["schema"] | {"components": DOCUMENT["components"]}
    return bool(jsonschema_rs.Draft202012Validator(schema).is_valid(told))


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_javascript_sample_works(newsroom: Site, console: Page, name: str) -> None:
    assert newsroom.client.put(f"/v1/articles/{EXAMPLE}", json=ARTICLE).status_code == 202
    (source,) = (one["source"] for one in OPERATIONS[name]["x-codeSamples"] if one["label"] == "JavaScript")
    token = newsroom.client.headers["Authorization"].removeprefix("Bearer ")
    (told,) = console.evaluate(RUN, [source.replace(BASE, newsroom.base), token])
    if isinstance(told, str):
        assert [json.loads(line)["status"] for line in told.splitlines()] == [202, 202]
    else:
        assert as_described(name, told), told


@pytest.mark.parametrize(("address", "language"), [("/docs", "vi"), ("/en/docs", "en")])
def test_the_documentation_shows_every_route_and_commands_that_work(
    open_page: OpenPage, site: Site, address: str, language: str
) -> None:
    page = open_page(address)
    for name in OPERATIONS:
        expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == language
    label = {"vi": "Ví dụ curl cho {}", "en": "curl sample for {}"}[language]
    command = page.get_by_label(label.format("GET /v1/articles/{article_id}"), exact=True).inner_text()
    assert site.client.get(command.removeprefix("curl -s ")).status_code == 200


def test_the_chosen_language_of_samples_is_kept_in_the_address(open_page: OpenPage) -> None:
    page = open_page("/docs")
    python = page.get_by_label("Ví dụ Python cho GET /v1/search", exact=True)
    curl = page.get_by_label("Ví dụ curl cho GET /v1/search", exact=True)
    expect(curl).to_be_visible()
    expect(python).to_be_hidden()
    page.get_by_role("radio", name="curl").focus()
    page.keyboard.press("ArrowRight")
    expect(python).to_be_visible()
    expect(curl).to_be_hidden()
    assert page.url.endswith("/docs?in=python")
    page.reload()
    expect(python).to_be_visible()
    expect(page.get_by_role("radio", name="Python")).to_be_checked()


def test_the_other_language_keeps_samples_and_place(open_page: OpenPage) -> None:
    page = open_page("/docs?in=python#schemas")
    other = page.get_by_role("link", name="English")
    expect(other).to_have_attribute("href", "/en/docs?in=python#schemas")
    page.get_by_role("radio", name="JavaScript").check()
    expect(other).to_have_attribute("href", "/en/docs?in=javascript#schemas")
    page.get_by_role("link", name="SearchAnswer", exact=True).first.click()
    expect(other).to_have_attribute("href", "/en/docs?in=javascript#SearchAnswer")
    other.click()
    expect(page.get_by_role("radio", name="JavaScript")).to_be_checked()
    expect(page.get_by_role("region", name="SearchAnswer", exact=True)).to_be_in_viewport()


def test_a_sample_is_where_it_was_when_the_language_changes(open_page: OpenPage) -> None:
    page = open_page("/docs")
    operation = page.get_by_role("region", name="DELETE /v1/articles/{article_id}", exact=True)
    operation.scroll_into_view_if_needed()
    operation.evaluate("(one) => one.scrollIntoView()")
    before = operation.evaluate("(one) => one.getBoundingClientRect().top")
    page.get_by_role("radio", name="JavaScript").check()
    assert abs(operation.evaluate("(one) => one.getBoundingClientRect().top") - before) <= 2
