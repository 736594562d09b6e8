"""The snippet on a newspaper's own page: another origin, its own fonts and colours, a strict content policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

EXAMPLE: Final = Path(__file__).parent.parent.parent / "examples" / "embed"
BRIDGE: Final = "khoi-cong-cau-linh-nam-noi-bat-trang"
RELATED: Final = "**/related*"
HOSTILE: Final = '<script>window.ran=1</script><img src=x onerror="window.ran=1">\'"><a href=javascript:window.ran=1>'
OpenPage = Callable[..., Page]


@dataclass
class Newspaper:
    """A site beside: pages by their path, all with a policy that lets scripts and answers of ``service`` in alone."""

    service: str
    base: str = ""
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> str:
        return (
            f"default-src 'none'; script-src {self.service}; connect-src {self.service}; style-src 'self'; "
            "img-src data:; require-trusted-types-for 'script'"
        )

    def page(self, *scripts: str, body: str = "", head: str = "") -> str:
        """The address of a page with these attributes of script elements, behind one another."""
        tags = "".join(f'<script src="{self.service}/embed.js" {one} async></script>' for one in scripts)
        shell = f'<!doctype html><html lang="vi"><title>Báo</title><link rel="icon" href="data:,">{head}'
        path = f"/{len(self.pages)}.html"
        self.pages[path] = f"{shell}<main><h1>Bài</h1>{tags}{body}<p>Hết.</p></main></html>"
        return self.base + path


@pytest.fixture
def newspaper(site: Any) -> Iterator[Newspaper]:
    one = Newspaper(site.base)
    one.pages["/"] = (EXAMPLE / "index.html").read_text(encoding="utf-8").replace("http://127.0.0.1:8080", site.base)
    one.pages["/style.css"] = (EXAMPLE / "style.css").read_text(encoding="utf-8")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = one.pages[self.path].encode()
            self.send_response(200)
            self.send_header("Content-Type", f"text/{'css' if self.path.endswith('css') else 'html'}; charset=utf-8")
            self.send_header("Content-Security-Policy", one.policy)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        one.base = f"http://127.0.0.1:{server.server_port}"
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield one
        server.shutdown()
        serving.join()


def item(**changes: Any) -> dict[str, Any]:
    """A related article as the API gives it."""
    reason = {"kind": "same_event", "text": "cùng sự kiện · 3 giờ sau", "shared": ["Kẻ Sặt"], "hours": 3.0}
    known = {"id": "a-1", "url": None, "title": "Tít", "sapo": "", "section": None, "publisher": "Báo Sáng"}
    scores = {"published_at": "2026-05-04T09:10:00+07:00", "score": 1.0, "likelihood": 1.0, "copies": []}
    return known | scores | {"reason": reason} | changes


def answering(*developments: dict[str, Any], background: tuple[dict[str, Any], ...] = ()) -> Callable[[Route], None]:
    """Answers for the service, as it answers pages of other sites."""
    answer = {"developments": developments, "background": background}
    return lambda route: route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": "*"})


def test_related_news_stand_on_the_page_with_links(open_page: OpenPage, newspaper: Newspaper, site: Any) -> None:
    related = site.ask(f"/v1/articles/{BRIDGE}/related", size=4)
    page = open_page(newspaper.base + "/")
    for part, title in (("developments", "Diễn biến"), ("background", "Bối cảnh")):
        shown = page.locator(f".machtin-{part}")
        if not related[part]:
            expect(shown).to_have_count(0)
            continue
        expect(shown.get_by_role("heading", level=2)).to_have_text(title)
        expect(shown.get_by_role("listitem").get_by_role("link")).to_have_text([one["title"] for one in related[part]])
        links = [link.get_attribute("href") for link in shown.get_by_role("link").all()]
        assert links == [one["url"] or f"{site.base}/articles/{one['id']}" for one in related[part]]
        times = [time.get_attribute("datetime") for time in shown.locator("time").all()]
        assert times == [one["published_at"] for one in related[part] if one["published_at"]]


@pytest.mark.parametrize("width", [360, 1440])
def test_the_style_is_the_pages_own_and_what_stands_above_stays(
    open_page: OpenPage, newspaper: Newspaper, width: int, tmp_path: Path
) -> None:
    page = open_page("about:blank", width=width)
    held: list[Route] = []
    page.route(RELATED, lambda route: held.append(route))
    page.goto(newspaper.base + "/")
    expect(page.get_by_text("Hết trang.")).to_be_visible()
    above = (
        "[...document.querySelectorAll('h1, article > p')].map((one) => JSON.stringify(one.getBoundingClientRect()))"
    )
    before = page.evaluate(above)
    page.wait_for_timeout(100)
    held[0].continue_()
    link = page.locator(".machtin-link").first
    expect(link).to_be_visible()
    assert page.evaluate(above) == before
    assert link.evaluate("(one) => getComputedStyle(one).color") == "rgb(252, 163, 17)"
    family = "(one) => getComputedStyle(one).fontFamily"
    assert link.evaluate(family) == page.locator("body").evaluate(family)
    assert page.locator(".machtin [style], style").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture = tmp_path / f"embed-{width}.png"
    page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 10_000


def test_axe_finds_nothing(open_page: OpenPage, newspaper: Newspaper) -> None:
    page = open_page(newspaper.base + "/", bypass_csp=True)
    expect(page.locator(".machtin-link").first).to_be_visible()
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document)")
    assert [(one["id"], [node["html"] for node in one["nodes"][:3]]) for one in found["violations"]] == []


def test_what_is_taken_down_is_gone_when_the_page_is_read_again(
    open_page: OpenPage, newspaper: Newspaper, site: Any
) -> None:
    body = "Vụ sập giàn giáo tại công trường nhà thi đấu Kẻ Sặt làm 5 người chết và nhiều thợ mắc kẹt."
    first = {"title": "Sập giàn giáo nhà thi đấu Kẻ Sặt", "body": body, "published_at": "2026-05-04T09:10:00+07:00"}
    later = first | {
        "title": "Vụ sập giàn giáo nhà thi đấu Kẻ Sặt: tìm thấy người mắc kẹt",
        "body": "Cứu hộ tìm thấy hết thợ mắc kẹt trong vụ sập giàn giáo tại công trường nhà thi đấu Kẻ Sặt chiều nay.",
        "published_at": "2026-05-04T17:45:00+07:00",
    }
    site.publish("nhung-sang", first)
    site.publish("nhung-chieu", later)
    page = open_page(newspaper.page('data-article="nhung-sang"'))
    expect(page.locator(".machtin-link")).to_have_text([later["title"]])
    site.take_down("nhung-chieu")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".machtin")).to_have_count(0)
    site.take_down("nhung-sang")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('data-article="chua-tung-co"', "404"),
        ('data-article="../../x y"', "404"),
        ('data-article=""', None),
        ("", None),
        (f'data-article="{BRIDGE}" data-target="#khong-co"', None),
        (f'data-article="{BRIDGE}" data-target=":::"', None),
    ],
)
def test_nothing_is_shown_where_there_is_nothing_to_show(
    open_page: OpenPage, newspaper: Newspaper, complaints: Any, script: str, said: str | None
) -> None:
    page = open_page(newspaper.page(script))
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_have_text("BàiHết.")
    if said:
        complaints.forgive(said)  # which the browser says by itself


def test_nothing_is_shown_where_the_service_is_away(open_page: OpenPage, newspaper: Newspaper, complaints: Any) -> None:
    script = f'data-article="{BRIDGE}"'
    failures: list[Callable[[Route], None]] = [
        lambda route: route.abort("connectionrefused"),
        lambda route: route.fulfill(status=503, body="{}", headers={"Access-Control-Allow-Origin": "*"}),
        lambda route: route.fulfill(body="<html>", headers={"Access-Control-Allow-Origin": "*"}),
        lambda route: route.fulfill(json=[], headers={"Access-Control-Allow-Origin": "*"}),
        lambda route: route.fulfill(json={"developments": [None]}, headers={"Access-Control-Allow-Origin": "*"}),
    ]
    for fail in failures:
        page = open_page("about:blank")
        page.route(RELATED, fail)
        page.goto(newspaper.page(script))
        page.wait_for_load_state("networkidle")
        expect(page.locator("main")).to_have_text("BàiHết.")
        page.unroute_all()
    complaints.forgive("Failed to load resource")
    page = open_page("about:blank")
    page.route("**/embed.js", lambda route: route.abort("connectionrefused"))
    page.goto(newspaper.page(script))
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_have_text("BàiHết.")
    complaints.forgive("Failed to load resource")


def test_who_answers_too_late_is_waited_for_no_longer(open_page: OpenPage, newspaper: Newspaper) -> None:
    page = open_page("about:blank")
    page.clock.install()
    held: list[Route] = []
    page.route(RELATED, lambda route: held.append(route))
    with page.expect_event("requestfailed") as failed:
        page.goto(newspaper.page(f'data-article="{BRIDGE}"'))
        while not held:
            page.wait_for_timeout(50)
        page.clock.run_for(6_000)
    assert "/related" in failed.value.url
    expect(page.locator("main")).to_have_text("BàiHết.")


def test_hostile_news_are_text(open_page: OpenPage, newspaper: Newspaper, site: Any) -> None:
    page = open_page("about:blank")
    addresses = ["javascript:window.ran=1", " JaVaScRiPt:window.ran=1", "data:text/html,x", "//x", HOSTILE, None]
    news = [item(title=HOSTILE, publisher=HOSTILE, url=url, published_at=HOSTILE) for url in addresses]
    reason = {"kind": "names", "text": HOSTILE, "shared": [HOSTILE], "hours": None}
    page.route(RELATED, answering(*news, background=(item(id="../" + HOSTILE, reason=reason),)))
    page.goto(newspaper.page(f'data-article="{BRIDGE}"'))
    expect(page.locator(".machtin-link")).to_have_count(7)
    expect(page.locator(".machtin-link").first).to_have_text(HOSTILE)
    expect(page.locator(".machtin-note bdi").first).to_have_text(HOSTILE)
    assert page.evaluate("window.ran") is None
    assert page.locator(".machtin script, .machtin img").count() == 0
    links = [link.get_attribute("href") or "" for link in page.locator(".machtin a").all()]
    assert links[:6] == [f"{site.base}/articles/a-1"] * 6
    assert links[6].startswith(f"{site.base}/articles/..%2F%3Cscript")


def test_several_on_a_page_each_in_its_place_and_language(open_page: OpenPage, newspaper: Newspaper) -> None:
    page = open_page("about:blank")
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        url = "https://toasoan.example/bai?a=1"
        english = {"kind": "same_event", "text": "same event · 3 hours later", "shared": [], "hours": 3.0}
        reason = {"reason": english} if "lang=en" in route.request.url else {}
        answering(item(title=route.request.url.split("/")[-2], url=url, **reason))(route)

    page.route(RELATED, answer)
    address = newspaper.page(
        'data-article="mot" data-target="#cho"',
        'data-article="hai" data-size="3" data-lang="en"',
        'data-article="ba" data-size="1000"',
        body='<aside id="cho"></aside>',
    )
    page.goto(address)
    expect(page.locator(".machtin")).to_have_count(3)
    expect(page.locator("#cho .machtin-link")).to_have_text("mot")
    expect(page.locator("main > .machtin .machtin-link")).to_have_text(["hai", "ba"])
    expect(page.locator(".machtin[lang=en] h2")).to_have_text("Developments")
    expect(page.locator(".machtin[lang=en] small")).to_have_text(
        "4 May 2026, 09:10 · Báo Sáng · same event · 3 hours later"
    )
    note = page.locator("main > .machtin[lang=vi] small")
    expect(note).to_contain_text("Báo Sáng · cùng sự kiện · 3 giờ sau")
    assert page.locator("#cho a").get_attribute("href") == "https://toasoan.example/bai?a=1"
    assert sorted(url.partition("?")[2] for url in asked) == ["", "", "size=3&lang=en"]


def test_a_script_in_the_head_fills_its_target_and_alone_shows_nothing(
    open_page: OpenPage, newspaper: Newspaper
) -> None:
    page = open_page("about:blank")
    page.route(RELATED, answering(item()))
    tags = "".join(
        f'<script src="{newspaper.service}/embed.js" data-article="mot" {more}></script>'
        for more in ("", 'data-target="#cho"')
    )
    page.goto(newspaper.page(head=tags, body='<aside id="cho"></aside>'))
    expect(page.locator("#cho .machtin-link")).to_have_text("Tít")
    expect(page.locator(".machtin")).to_have_count(1)


def test_names_that_mean_something_else_mean_nothing_here(
    open_page: OpenPage, newspaper: Newspaper, complaints: Any
) -> None:
    page = open_page("about:blank")
    page.route(RELATED, answering(item()))
    page.goto(newspaper.page('data-article="mot" data-lang="constructor"', 'data-article="hai" data-lang="__proto__"'))
    expect(page.locator(".machtin[lang=vi] h2")).to_have_text(["Diễn biến", "Diễn biến"])
    page.goto(
        newspaper.page(
            'data-article="mot"', head=f'<img name="currentScript" data-article="x" src="{newspaper.service}/x">'
        )
    )
    page.wait_for_load_state("networkidle")
    expect(page.locator(".machtin")).to_have_count(0)
    complaints.forgive("violate")  # what the browser says of the picture


def test_the_snippet_as_served_is_small(site: Any) -> None:
    plain = site.client.get("/embed.js", headers={"Accept-Encoding": "identity"})
    assert len(plain.content) < 8_000
    assert plain.headers["content-type"].startswith("text/javascript")
    assert int(site.client.get("/embed.js", headers={"Accept-Encoding": "gzip"}).headers["content-length"]) < 3_000
    related = site.client.get(f"/v1/articles/{BRIDGE}/related", headers={"Origin": "https://toasoan.example"})
    assert related.headers["access-control-allow-origin"] == "*"
    assert json.loads(related.text)["id"] == BRIDGE
