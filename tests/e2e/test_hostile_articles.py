"""Ten hostile articles through every surface: what was published is shown letter by letter, and does nothing."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Route, expect

from .browsing import OpenPage, assert_fits, go, picture
from .desk import at_desk, button, read_in
from .hostile_articles import HOSTILE, SCRIPT
from .serving import Site, eventually

pytestmark = pytest.mark.browser

# What has no business in a page of articles, by a word for each.
STRANGERS: Final = """() => {
    const found = [];
    if (window.ran !== undefined) found.push('a script ran');
    for (const one of document.querySelectorAll('*')) {
        for (const { name } of one.attributes) if (name.startsWith('on')) found.push(one.outerHTML.slice(0, 200));
        if (one.matches('iframe, object, embed, base, meta[http-equiv], style')) found.push(one.outerHTML);
    }
    for (const one of document.querySelectorAll('script:not([type$=json])'))
        if (!one.src || new URL(one.src).origin !== location.origin) found.push(one.outerHTML);
    for (const one of document.querySelectorAll('[href], [src], [action]')) {
        const address = one.getAttribute('href') ?? one.getAttribute('src') ?? one.getAttribute('action');
        if (!['http:', 'https:', 'data:'].includes(new URL(address, location.href).protocol)) found.push(one.outerHTML);
    }
    for (const one of document.querySelectorAll('img'))
        if (new URL(one.src).origin !== location.origin) found.push(one.outerHTML);
    return found;
}"""
each = pytest.mark.parametrize("article_id", HOSTILE)


@pytest.fixture(scope="module")
def hostile(site: Site) -> Iterator[Site]:
    """A site that has published all of them."""
    for article_id, article in HOSTILE.items():
        site.put(article_id, article)
    for article_id in HOSTILE:
        eventually(lambda one=article_id: found(site, one))  # type: ignore[misc]
    yield site
    for article_id in HOSTILE:
        site.take_down(article_id)


@pytest.fixture(scope="module")
def newspaper(site: Site) -> Iterator[str]:
    """The address of a page of another origin with the snippet on it, and a strict policy of its own."""
    script = f'<script src="{site.base}/embed.js" data-article="x"></script>'
    head = '<meta charset="utf-8"><title>Báo</title><link rel="icon" href="data:,">'
    html = f'<!doctype html><html lang="vi">{head}<main><h1>Bài</h1>{script}</main></html>'.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            policy = f"default-src 'none'; script-src {site.base}; connect-src {site.base}; img-src data:"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        serving.join()


def mark_of(article_id: str) -> str:
    """The word that finds it."""
    return article_id.replace("-", "")


def found(site: Site, article_id: str) -> bool:
    hits = site.ask("/v1/search", q=mark_of(article_id), mode="lexical")["hits"]
    return article_id in [hit["id"] for hit in hits]


def unharmed(page: Page) -> None:
    """Nothing of an article has become part of the page's markup, and it fits its window."""
    assert page.evaluate(STRANGERS) == []
    assert_fits(page)


def seen(text: str) -> str:
    """A text as a page shows it: white space runs into one space, at the ends there is none."""
    return re.sub(r"[ \t\r\n\f]+", " ", text).strip(" ")


def shown(page: Page, selector: str) -> list[str]:
    """The text of every element, in its letters rather than as it is drawn."""
    return [seen(one) for one in page.locator(selector).all_text_contents()]


@each
def test_the_api_gives_it_back_letter_by_letter(hostile: Site, article_id: str) -> None:
    sent, given = HOSTILE[article_id], hostile.ask(f"/v1/articles/{article_id}")
    assert {name: given[name] for name in sent} == sent
    summary = hostile.ask(f"/v1/articles/{article_id}/summary")
    for one in summary["sentences"]:
        assert sent[one["field"]][one["start"] : one["end"]] == one["text"]
    hit = next(one for one in hostile.ask("/v1/search", q=mark_of(article_id))["hits"] if one["id"] == article_id)
    assert hit["title"] == sent["title"]
    assert {sent["title"][one["start"] : one["end"]] for one in hit["highlights"]["title"]} == {mark_of(article_id)}
    for part in ("related", "thread"):
        assert hostile.client.get(f"/v1/articles/{article_id}/{part}").status_code == 200
    assert hostile.client.get("/v1/suggest", params={"q": sent["title"][:200]}).status_code == 200


@each
def test_the_page_shows_it_and_is_not_changed_by_it(open_page: OpenPage, hostile: Site, article_id: str) -> None:
    article = HOSTILE[article_id]
    page = open_page(f"/?q={mark_of(article_id)}", width=360)
    title = f"#hits [data-hit={article_id}]"
    expect(page.locator(title)).to_be_visible()
    assert shown(page, title) == [seen(article["title"])]
    page.wait_for_load_state("networkidle")
    unharmed(page)
    picture(page, "hostile", f"{article_id}-search", whole=False)
    page.locator(title).click()
    # A megabyte takes its time.
    expect(page.locator(".summary-slot h2")).to_be_visible(timeout=60_000)
    assert shown(page, "h1:visible") == [seen(article["title"])]
    assert shown(page, ".article .body p") == [seen(one) for one in article["body"].split("\n\n") if one]
    assert shown(page, ".article .labels a") == [seen(one) for one in article["tags"]]
    assert page.title().startswith(seen(article["title"])[:50])
    page.wait_for_load_state("networkidle")
    unharmed(page)
    picture(page, "hostile", f"{article_id}-article", whole=False)
    go(page, f"/articles/{article_id}?view=digest")
    expect(page.locator(".digest .extent")).to_be_visible(timeout=60_000)
    unharmed(page)


@each
def test_its_words_in_an_address_are_only_words(open_page: OpenPage, hostile: Site, article_id: str) -> None:
    article = HOSTILE[article_id]
    page = open_page("about:blank")
    words = article["title"][:300].replace("\u2028", " ").replace("\u2029", " ")
    go(page, "/?" + urlencode({"q": words, "tag": article["tags"][0]}))
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    assert seen(unicodedata.normalize("NFC", words))[:60] in seen(
        unicodedata.normalize("NFC", page.locator("h1:visible").first.text_content() or "")
    )
    unharmed(page)


@each
def test_the_page_without_scripts_shows_it_too(open_page: OpenPage, hostile: Site, article_id: str) -> None:
    article = HOSTILE[article_id]
    page = open_page(f"/?q={mark_of(article_id)}", width=360, java_script_enabled=False)
    found_title = page.locator("#hits h2 a").filter(has_text=mark_of(article_id))
    assert seen(article["title"]) in [seen(one) for one in found_title.all_text_contents()]
    unharmed(page)
    page.goto(f"/articles/{article_id}")
    assert shown(page, "h1:visible") == [seen(article["title"])]
    assert shown(page, ".article .body p") == [seen(one) for one in article["body"].split("\n\n") if one]
    assert page.title().startswith(seen(article["title"])[:50])
    facts = json.loads(page.locator('script[type="application/ld+json"]').text_content() or "")
    assert facts["headline"] == article["title"]
    given = json.loads(page.locator("#given").text_content() or "")
    assert article["title"] in [answer["title"] for _, _, answer in given if "title" in answer]
    unharmed(page)


@each
def test_a_newspaper_that_embeds_it_shows_it(open_page: OpenPage, newspaper: str, article_id: str) -> None:
    article = HOSTILE[article_id]
    hit = {name: article[name] for name in ("title", "sapo", "section", "publisher", "url", "published_at")}
    reason = {"kind": "names", "text": article["author"], "shared": [article["author"]], "hours": None}
    one: dict[str, Any] = {"id": article_id, "score": 1.0, "likelihood": 1.0, "copies": [], "reason": reason} | hit
    answer = {"id": "x", "developments": [one], "background": [one], "degraded": False}

    def related(route: Route) -> None:
        route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": "*"})

    page = open_page("about:blank")
    page.route("**/related*", related)
    page.goto(newspaper)
    expect(page.locator(".machtin-link")).to_have_count(2)
    assert shown(page, ".machtin-link") == [seen(article["title"])] * 2
    assert page.evaluate("window.ran") is None
    assert page.locator("main script, main img, main svg, main iframe").count() == 1, "the snippet's own alone"


def test_the_desk_shows_them_and_is_not_changed_by_them(open_page: OpenPage, hostile: Site) -> None:
    page = at_desk(open_page("about:blank", width=360), hostile)
    page.on("dialog", lambda dialog: dialog.accept())
    for article_id, article in HOSTILE.items():
        sent = json.dumps(article, ensure_ascii=False).encode()
        page.locator("#intake-file").set_input_files(
            {"name": "bai.json", "mimeType": "application/json", "buffer": sent}
        )
        expect(page.locator("#draft-title")).to_be_visible(timeout=60_000)
        for field in ("title", "sapo", "body", "section"):
            assert page.locator(f"#draft-{field}").input_value() == lines_of(article[field]), (article_id, field)
        unharmed(page)
        button(page, "drop_draft").click()
    body = f"<h1>Tít {SCRIPT}</h1><p>Câu một {SCRIPT}</p><p>Câu hai của bài này dài hơn một chút.</p>"
    read_in(page, f"<!doctype html><html><head><title>{SCRIPT}</title></head><body>{body}</body></html>")
    page.wait_for_load_state("networkidle")
    unharmed(page)


def lines_of(text: str) -> str:
    """A text as a field of a form gives it back."""
    return re.sub(r"\r\n?", "\n", text)


def test_what_the_desk_tells_of_a_hostile_article_is_text(open_page: OpenPage, hostile: Site) -> None:
    page = at_desk(open_page("about:blank", width=360), hostile, "articles/doc-the")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bài docthe <script>")
    expect(page.locator("#room aside")).to_be_visible()
    unharmed(page)
