"""Pages of the readers' site as they are sent: whole without any script, told right to robots, whatever they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

import reader_pages
from machtin import bootstrap
from machtin.errors import IndexUnavailable, ModelError
from machtin.web_files import SECURITY

from .asgi_site import ARTICLE, Site, open_site

HOSTILE = "</script><img src=x onerror=alert(1)><script>alert(1)</script>'\"&"
LATER = {
    "title": "Giá gạo xuất khẩu tăng mạnh, thương lái Cần Thơ trữ gạo",
    "sapo": "Gạo 5% tấm xuất khẩu đạt 415 USD một tấn, thương lái Cần Thơ trữ hàng.",
    "body": "Giá gạo xuất khẩu tăng mạnh ngày thứ hai, gạo 5% tấm đạt 415 USD một tấn.",
    "section": "Kinh tế",
    "published_at": "2026-03-16T08:30:00+07:00",
}


class Page(HTMLParser):
    """What a browser reads: tags with their attributes, links, the data blocks, the words."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: dict[str, Any] = {}
        self.words = ""
        self.block = ""
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        self.feed(answer.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.block = dict(attrs).get("type") or "" if tag == "script" else ""

    def handle_data(self, data: str) -> None:
        if self.block.endswith("json"):
            self.blocks[self.block] = json.loads(data)
        elif self.block == "":
            self.words += data
        self.block = self.block if self.block == "module" else ""

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [own for name, own in self.tags if name == tag and attributes.items() <= own.items()]

    def meta(self, name: str) -> str | None:
        return next((own["content"] for _, own in self.tags if name in (own.get("name"), own.get("property"))), None)


@pytest.fixture(scope="module")
def site(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("pages") / "data") as opened:
        assert opened.put(LATER, "gao-sau").status_code == 202
        for number in range(12):
            report = {
                "title": f"Lúa hè thu vụ {number}",
                "sapo": f"Ruộng số {number} đã gặt.",
                "section": "Nông nghiệp",
            }
            day = {"published_at": f"2026-02-{number + 1:02}T08:00:00+07:00"}
            assert opened.put(report | day, f"lua-{number}").status_code == 202
        assert opened.put({"title": "Tin sẽ gỡ", "sapo": "Một câu."}, "go").status_code == 202
        opened.deliver()
        assert opened.ask("DELETE", "/v1/articles/go").status_code == 202
        opened.deliver()
        yield opened


def get(site: Site, path: str, **headers: str) -> httpx.Response:
    return site.ask("GET", path, token=False, headers={"Accept": "text/html", **headers})


def test_the_front_page_shows_the_newest_and_leads_everywhere(site: Site) -> None:
    page = Page(get(site, "/"))
    hits = [own["href"] for own in page.all("a") if own.get("data-hit")]
    assert hits[:3] == ["/articles/gao-sau", "/articles/gao", "/articles/lua-11"]
    assert len(hits) == 10
    assert page.all("form", role="search")[0]["action"] == "/"
    assert page.all("a", rel="next")[0]["href"] == "/?from=10"
    assert "/?section=N%C3%B4ng+nghi%E1%BB%87p" in [own["href"] for own in page.all("a")]
    assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": "http://machtin.test/"}]
    languages = {own["hreflang"]: own["href"] for own in page.all("link", rel="alternate")}
    assert languages == {
        "vi": "http://machtin.test/",
        "en": "http://machtin.test/en",
        "x-default": "http://machtin.test/",
    }


def test_the_order_of_the_newest_is_not_that_of_a_search(site: Site) -> None:
    form = get(site, "/").text.partition('<form class="search"')[2].partition("</form>")[0]
    assert 'name="q"' in form
    assert "sort" not in form
    assert 'name="sort" value="oldest"' in get(site, "/?sort=oldest").text


def test_the_pages_after_hold_the_rest(site: Site) -> None:
    first, second = (Page(get(site, path)) for path in ("/", "/?from=10"))
    found = [[own["data-hit"] for own in page.all("a") if own.get("data-hit")] for page in (first, second)]
    assert len({*found[0], *found[1]}) == 14
    assert second.all("a", rel="prev")[0]["href"] == "/"
    assert second.all("a", rel="next") == []


def test_results_have_their_words_marked_and_keep_the_filters(site: Site) -> None:
    page = Page(get(site, "/?q=gia+gao&section=Kinh+t%E1%BA%BF&since=2026-03-16"))
    assert page.all("mark")
    assert [own["data-hit"] for own in page.all("a") if own.get("data-hit")] == ["gao-sau"]
    assert page.all("input", name="q")[0]["value"] == "gia gao"
    # Once for another search, once for another order.
    assert page.all("input", name="section") == [{"type": "hidden", "name": "section", "value": "Kinh tế"}] * 2
    assert page.all("input", name="since")[0]["value"] == "2026-03-16"
    assert page.all("a", **{"class": "chip"})[0]["href"] == "/?q=gia+gao&since=2026-03-16"
    assert page.meta("robots") == "noindex, follow"


def test_nothing_found_says_what_helps(site: Site) -> None:
    answer = get(site, "/?q=zzzz&tag=x")
    assert answer.status_code == 200
    assert "Chưa tìm thấy bài phù hợp" in Page(answer).words


def test_what_was_probably_meant_is_a_link(site: Site) -> None:
    meant = site.ask("GET", "/v1/search", token=False, params={"q": "xuâts khảu"}).json()["suggestion"]
    page = Page(get(site, "/?q=xu%C3%A2ts+kh%E1%BA%A3u"))
    assert meant
    assert f"/?{urlencode({'q': meant})}" in [own["href"] for own in page.all("a")]


def test_an_article_is_whole(site: Site) -> None:
    answer = get(site, "/articles/gao")
    page = Page(answer)
    assert answer.status_code == 200
    for words in (*ARTICLE["body"].split("\n\n"), ARTICLE["sapo"], "Tóm tắt", "Kinh tế", "Chủ Nhật, 15/3/2026, 08:30"):
        assert words in page.words
    lit = page.all("mark", **{"class": "lit"})
    assert {f"#{own['id']}" for own in lit} == {
        own["href"] for own in page.all("a") if (own["href"] or "").startswith("#s")
    }
    assert "/articles/gao-sau" in [own["href"] for own in page.all("a")]


def test_an_article_tells_other_sites_what_it_is(site: Site) -> None:
    page = Page(get(site, "/articles/gao"))
    assert page.meta("og:type") == "article"
    assert page.meta("og:title") == ARTICLE["title"]
    assert page.meta("description") == ARTICLE["sapo"]
    assert page.meta("article:published_time") == ARTICLE["published_at"]
    facts = page.blocks["application/ld+json"]
    assert (facts["@type"], facts["headline"]) == ("NewsArticle", ARTICLE["title"])
    assert facts["mainEntityOfPage"] == "http://machtin.test/articles/gao"
    assert facts["datePublished"] == ARTICLE["published_at"]


def test_the_address_of_the_site_can_be_set(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_pages, "_known_site", lambda: "https://tin.example")
    page = Page(get(site, "/en/articles/gao"))
    assert page.all("link", rel="canonical")[0]["href"] == "https://tin.example/en/articles/gao"


@pytest.mark.parametrize("host", ["evil.example/x", 'a"><script>', "a b"])
def test_no_host_that_is_none_is_told_on(site: Site, host: str) -> None:
    page = Page(get(site, "/", Host=host))
    assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": "/"}]


def test_the_english_page_keeps_the_article_and_says_so(site: Site) -> None:
    answer = get(site, "/en/articles/gao")
    page = Page(answer)
    assert answer.headers["content-language"] == "en"
    assert page.all("html") == [{"lang": "en"}]
    assert page.all("h1", lang="vi")
    assert "Summary" in page.words
    assert page.all("a", id="language")[0]["href"] == "/articles/gao"
    assert "/en/articles/gao-sau" in [own["href"] for own in page.all("a")]


def test_another_summary_is_asked_for_by_the_address(site: Site) -> None:
    page = Page(get(site, "/articles/gao?form=bullets&query=l%C3%BAa&at=body-0-20"))
    assert page.all("ol", **{"class": "as-bullets"})
    assert page.all("input", name="query")[0]["value"] == "lúa"
    assert page.all("mark", **{"class": "lit now"})


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("?form=bullets&mode=fresh&query=b%C3%A1nh", "?mode=fresh&form=bullets&query=b%C3%A1nh"),
        ("?mode=sapo%2B&length=3&unit=sentences&at=body-0-20", "?mode=sapo%2B&sentences=3&at=body-0-20"),
        ("?view=digest", "?view=digest"),
        ("?form=poem&at=body-9-3&utm_source=mail", ""),
    ],
)
def test_the_other_language_keeps_the_place(site: Site, path: str, kept: str) -> None:
    for here, there in (("", "/en"), ("/en", "")):
        page = Page(get(site, f"{here}/articles/gao{path}"))
        assert page.all("a", id="language")[0]["href"] == f"{there}/articles/gao{kept}"
    bare = page.all("link", rel="canonical")[0]["href"]
    assert bare == "http://machtin.test/en/articles/gao" + (path if "view" in path else "")


def test_a_digest_is_a_page_too(site: Site) -> None:
    page = Page(get(site, "/articles/gao?view=digest"))
    assert "Tổng hợp diễn biến" in page.words
    assert page.all("p", **{"class": "sentence"})


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/articles/khong-co", 404, "Không có bài này"),
        ("/articles/-x", 404, "Không có bài này"),
        ("/articles/go", 410, "Bài đã gỡ"),
        ("/en/articles/go", 410, "Article taken down"),
        ("/articles/go?view=digest", 410, "Bài đã gỡ"),
        ("/khong-co", 404, "Không có trang này"),
        ("/en/khong-co", 404, "No such page"),
        ("/?q=" + "a" * 1001, 422, "Câu tìm: có 1.001 ký tự, nhiều nhất là 1.000."),
        ("/en?q=" + "a" * 1001, 422, "Query: has 1,001 characters; the limit is 1,000."),
        ("/?since=2026-03-02&until=2026-03-01", 422, "Ngày đầu phải trước ngày cuối."),
        ("/en?since=2026-03-02&until=2026-03-01", 422, "The first date must be before the last."),
    ],
)
def test_a_page_that_can_not_be_shown_says_why_in_its_status_and_its_words(
    site: Site, path: str, status: int, told: str
) -> None:
    answer = get(site, path)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    page = Page(answer)
    assert told in page.words
    assert page.all("link", rel="canonical") == []


def test_an_address_that_says_nothing_is_left_to_no_script(site: Site) -> None:
    assert "<script" not in get(site, "/khong-co").text
    assert 'src="/assets/app.js"' in get(site, "/articles/khong-co").text


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/en/", "/en"),
        ("/articles/gao/?mode=fresh", "/articles/gao?mode=fresh"),
        ("/%5Cevil.example/", "/%5Cevil.example"),
    ],
)
def test_a_slash_too_many_leads_to_the_page_without(site: Site, path: str, there: str) -> None:
    answer = get(site, path)
    assert (answer.status_code, answer.headers["location"]) == (308, there)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2200-01-01", "2026-02-30"])
def test_a_day_that_can_not_be_meant_is_passed_over(site: Site, day: str) -> None:
    answer = get(site, f"/?since={day}&until={day}")
    assert answer.status_code == 200
    assert Page(answer).all("a", **{"class": "chip"}) == []


def test_while_the_index_is_away_articles_can_be_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise IndexUnavailable("the index can't be read")

    for name in ("search", "related", "thread"):
        monkeypatch.setattr(bootstrap.service(), name, away)
    front, article = get(site, "/"), get(site, "/articles/gao")
    assert (front.status_code, front.headers["retry-after"]) == (503, "5")
    assert "Máy chủ chưa trả lời được" in Page(front).words
    assert article.status_code == 200
    assert "Chưa lấy được tin liên quan lúc này." in Page(article).words


def test_an_article_can_be_read_whatever_fails_beside_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise ModelError("the index names another model")

    monkeypatch.setattr(bootstrap.service(), "related", wrong)
    assert get(site, "/articles/gao").status_code == 200


def test_what_nobody_foresaw_is_told_in_words_and_logged(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(bootstrap.service(), "article", broken)
    answer = get(site, "/articles/gao")
    assert answer.status_code == 500
    assert "Máy chủ chưa trả lời được" in Page(answer).words
    assert "secret" not in answer.text


def test_who_asks_for_no_page_is_answered_as_before(site: Site) -> None:
    for path in ("/khong-co", "/v1/khong-co"):
        answer = site.ask("GET", path, token=False, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert get(site, "/v1/khong-co").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/?q=gao", "/articles/gao", "/en", "/articles/gao?view=digest"])
def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(site: Site, path: str) -> None:
    first = get(site, path)
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-security-policy"] == SECURITY["Content-Security-Policy"]
    again = get(site, path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    other = "/articles/gao-sau" if "articles" in path else "/?sort=oldest"
    assert get(site, other, **{"If-None-Match": first.headers["etag"]}).status_code == 200


def test_the_page_has_the_answers_that_its_script_would_ask_for(site: Site) -> None:
    def untimed(answer: Any) -> Any:
        return {name: value for name, value in answer.items() if name != "took_ms"}

    paths = ("/?q=gao&section=Kinh+t%E1%BA%BF&until=2026-03-20", "/articles/gao", "/en/articles/gao?form=push")
    for path in (*paths, "/articles/gao?view=digest"):
        given = Page(get(site, path)).blocks["application/json"]
        assert given
        for asked, parameters, answer in given:
            api = site.ask("GET", asked, token=False, params=parameters)
            assert api.status_code == 200, api.text
            assert untimed(api.json()) == untimed(answer)


def test_no_article_does_anything_but_be_read(site: Site) -> None:
    names = ("title", "sapo", "body", "section", "author", "publisher")
    article: dict[str, Any] = {name: f"{name} {HOSTILE}" for name in names}
    article |= {
        "tags": [HOSTILE],
        "url": "https://bao.example/?a=\"'><script>",
        "published_at": "2026-03-14T08:30:00+07:00",
        "related_as_published": [{"title": HOSTILE, "url": "https://bao.example/"}],
    }
    answer = site.put(article, "xau")
    if answer.status_code == 422:  # what no address can hold is refused already
        assert site.put(article | {"url": "https://bao.example/?a='&b"}, "xau").status_code == 202
    site.deliver()
    for path in ("/articles/xau", "/en/articles/xau?view=digest", "/?q=title+script+alert", "/?q=%3Cscript%3Ealert(1)"):
        page = Page(get(site, path))
        assert all(
            (own.get("src") or "").startswith("/assets/") for own in page.all("img") + page.all("script", type="module")
        )
        assert {own.get("type") for own in page.all("script")} <= {"module", "application/json", "application/ld+json"}
        assert not [own for _, own in page.tags if any(re.match("on|style", name) for name in own)]
    assert HOSTILE in Page(get(site, "/articles/xau")).words
    assert page.all("bdi"), "letters that run the other way turn nothing else round"
