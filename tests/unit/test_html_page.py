"""HTML pages become articles: body by trafilatura and the markup, the rest by what the page states."""

from __future__ import annotations

import html
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from machtin.adapters.html_page import read_html_page
from machtin.adapters.json_ld import find_article, json_ld_nodes, strings
from machtin.article_reading import read_article
from machtin.errors import InvalidInput

PAGES = Path(__file__).parents[1] / "pages"
SAMPLES = Path(__file__).parents[2] / "events" / "articles"
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def paragraphs(document: dict[str, Any]) -> dict[str, Any]:
    """The document as the expectation files write it: the body as a list."""
    return {**document, "body": document["body"].split("\n\n") if document["body"] else []}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.html")), ids=lambda page: page.stem)
def test_each_page_gives_what_stands_beside_it(page: Path) -> None:
    document = read_html_page(page.read_bytes())
    assert paragraphs(document) == json.loads(page.with_name(page.name + ".json").read_text("utf-8"))
    read_article(document, now=NOW, article_id="a")


@pytest.mark.parametrize("page", sorted(SAMPLES.glob("*.html")), ids=lambda page: page.stem)
def test_the_sample_pages_are_read_whole_and_clean(page: Path) -> None:
    article = read_article(read_html_page(page.read_bytes()), now=NOW)
    text = article.body.split("\n\n")
    assert article.title
    assert article.sapo
    assert len(text) >= 3
    assert all(paragraph.rstrip("”\"'»)")[-1] in ".!?…" for paragraph in text), "every paragraph is a sentence"
    assert article.author
    assert article.publisher
    assert article.published_at
    assert article.related_as_published
    for entry in article.related_as_published:
        assert entry.url
        assert entry.title not in article.body
        assert not entry.sapo or entry.sapo not in article.body
    assert "Ảnh:" not in article.body
    assert article.sapo not in article.body
    assert article.author not in text


LEAD = "Con đường dài 4 km nối hai bản xa nhất của xã đã được khởi công sáng nay sau nhiều năm chờ đợi."
P = "Đoàn công tác đã kiểm tra hiện trường và yêu cầu khắc phục trước ngày 30/6, theo báo cáo của sở."
Q = "Người dân trong xã mong con đường sớm hoàn thành để trẻ em đi học không còn phải lội qua suối."


def page(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def news(text: str, head: str = "") -> dict[str, Any]:
    return read_html_page(page(f"<article><h1>Mở đường lên bản</h1>{text}</article>", head))


@pytest.mark.parametrize(
    "lead",
    [
        f"<p class='description'>{LEAD}</p>",
        f"<h2 class='detail-sapo'>{LEAD}</h2>",
        f"<h2 class='singular-sapo'>{LEAD}</h2>",
        f"<div class='article__sapo cms-desc'><p>{LEAD}</p></div>",
        f"<div itemprop='description'>{LEAD}</div>",
        f"<p class='tom-tat'><b>{LEAD}</b></p>",
        f"<p><strong>{LEAD}</strong></p>",
        f"<h2>{LEAD}</h2>",
        f"<p>{LEAD}</p>",
    ],
)
def test_the_sapo_is_found_and_not_repeated(lead: str) -> None:
    document = news(f"{lead}<div><p>{P}</p><p>{Q}</p></div>")
    assert (document["sapo"], document["body"]) == (LEAD, f"{P}\n\n{Q}")


def test_the_description_names_the_sapo_among_the_first_blocks() -> None:
    head = f"<meta name=description content='{LEAD[:50]}...'>"
    document = news(f"<p>Hà Nội, một ngày tháng ba nhiều nắng gió.</p><p>{LEAD}</p><p>{P}</p><p>{Q}</p>", head)
    assert document["sapo"] == LEAD


def test_text_is_untouched_but_for_white_space() -> None:
    decomposed = "Ðu\u031bo\u031b\u0300ng la\u0300ng\u00a0mo\u031b\u0301i"
    document = news(f"<p>{LEAD}</p><p>{decomposed}\n   mở <b>t</b>ừ hôm   nay, rộng 4&nbsp;m.</p><p>{P}</p>")
    assert document["body"].split("\n\n")[0] == f"{decomposed} mở từ hôm nay, rộng 4\u00a0m."


def test_line_breaks_part_paragraphs_and_verses_stay_together() -> None:
    document = news(f"<div>{LEAD}<br><br>{P}<br>{Q}</div><p>Ai về xứ Nghệ<br>nhắn giùm đôi câu</p>")
    assert document["body"] == f"{P}\n\n{Q}\n\nAi về xứ Nghệ\nnhắn giùm đôi câu"


def test_one_long_paragraph_does_not_hide_the_short_ones() -> None:
    long = " ".join([P] * 30)
    document = news(f"<p class=sapo>{LEAD}</p><div><p>{P}</p><p>{long}</p><p>{Q}</p></div>")
    assert document["body"] == f"{P}\n\n{long}\n\n{Q}"


def test_short_pages_are_read() -> None:
    document = read_html_page(
        "<h1>Tạm dừng phà Trà Lý</h1><p>Phà dừng chạy từ 14h hôm nay vì gió giật cấp 8 trên sông.</p>"
    )
    assert document["title"] == "Tạm dừng phà Trà Lý"
    assert document["body"] == "Phà dừng chạy từ 14h hôm nay vì gió giật cấp 8 trên sông."


def test_a_body_that_scripts_draw_is_taken_from_the_data() -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": "Mở đường", "articleBody": f"{LEAD}\n\n{P}\n{Q}"})
    document = read_html_page(page("<div id=app></div>", f"<script type='application/ld+json'>{data}</script>"))
    assert (document["sapo"], document["body"]) == (LEAD, f"{P}\n\n{Q}")


@pytest.mark.parametrize(
    ("markup", "published_at"),
    [
        ("<meta property='article:published_time' content='2026-03-15T08:30:00'>", "2026-03-15T08:30:00+07:00"),
        ("<meta property='article:published_time' content='2026-03-15T01:30:00Z'>", "2026-03-15T01:30:00+00:00"),
        (
            "<meta itemprop='datePublished' content='2026-03-15T08:30:00.1234567+0700'>",
            "2026-03-15T08:30:00.123456+07:00",
        ),
        ("<meta property='article:published_time' content='0001-01-01T00:00:00'>", None),
        ("<meta property='article:published_time' content='3/5/2026 8:30:00 AM'>", None),
        ("<meta name='date' content='sắp tới'>", None),
    ],
)
def test_stated_dates(markup: str, published_at: str | None) -> None:
    assert news(f"<p>{LEAD}</p><p>{P}</p>", markup)["published_at"] == published_at


@pytest.mark.parametrize(
    ("markup", "published_at"),
    [
        ("<time datetime='2026-03-15T08:30'>hôm qua</time>", "2026-03-15T08:30:00+07:00"),
        ("<time>15/03/2026 08:30</time>", "2026-03-15T08:30:00+07:00"),
        ("<span class='date'>Thứ hai, 5/4/2026, 08:30 (GMT+7)</span>", "2026-04-05T08:30:00+07:00"),
        ("<div class='article-date'>08:30 | 15/03/2026</div>", "2026-03-15T08:30:00+07:00"),
        ("<ul><li><a href='/x'>Tin khác hôm nay</a> <time datetime='2026-01-01'>1/1/2026</time></li></ul>", None),
        ("<p>Ngày 11/9/2020, Chính phủ ban hành nghị quyết mới về đường sá.</p>", None),
    ],
)
def test_visible_dates(markup: str, published_at: str | None) -> None:
    assert news(f"{markup}<p class='sapo'>{LEAD}</p><p>{P}</p><p>{Q}</p>")["published_at"] == published_at


def test_a_link_line_and_a_box_in_the_text_are_related_articles() -> None:
    text = f"""<p class=sapo>{LEAD}</p><p>{P}</p><p><a href='/cau-2.html'>Xây cầu thứ hai qua sông lớn</a></p>
      <div><b>Tin liên quan</b><ul><li><a href='/a.html'>Giá vàng lại tăng mạnh</a></li></ul></div><p>{Q}</p>"""
    document = news(text, "<link rel=canonical href='https://tin.example/mo-duong.html'>")
    assert document["body"] == f"{P}\n\n{Q}"
    assert {entry["url"]: entry["title"] for entry in document["related_as_published"]} == {
        "https://tin.example/cau-2.html": "Xây cầu thứ hai qua sông lớn",
        "https://tin.example/a.html": "Giá vàng lại tăng mạnh",
    }


def test_paragraphs_with_links_stay() -> None:
    linked = P.replace("báo cáo", "<a href='/bc'>báo cáo</a>")
    assert news(f"<p class=sapo>{LEAD}</p><p>{linked}</p><p>{Q}</p>")["body"] == f"{P}\n\n{Q}"


def test_a_wrapper_named_like_an_advertisement_does_not_swallow_the_text() -> None:
    body = f"<div class='share ads'><div><p>{LEAD}</p><p>{P}</p><p>{Q}</p></div></div>"
    document = read_html_page(page(body, "<title>Mở đường</title>"))
    assert document["body"] == f"{P}\n\n{Q}"


def test_the_site_name_is_taken_off_the_window_title() -> None:
    head = "<title>Mở đường lên bản - Báo Ví Dụ</title><meta property=og:site_name content='Báo Ví Dụ'>"
    assert read_html_page(page(f"<p>{LEAD}</p><p>{P}</p>", head))["title"] == "Mở đường lên bản"
    head = "<title>Mở đường lên bản | Xã hội | Báo Ví Dụ</title>"
    assert read_html_page(page(f"<p>{LEAD}</p><p>{P}</p>", head))["title"] == "Mở đường lên bản"


HEADLINE = '"headline": "Ông A: \\"Mở đường\\""'
AUTHOR = '"author": "Mai"'


@pytest.mark.parametrize(
    "script",
    [
        f'{{"@type": "NewsArticle", {HEADLINE}, "author": {{"name": "Mai"}},}}',
        f'<!-- {{"@type": "NewsArticle", {HEADLINE}, "author": [{{"name": "Mai"}}]}} -->',
        f'/*<![CDATA[*/ {{"@type": ["Thing", "NewsArticle"], {HEADLINE}, {AUTHOR}}} /*]]>*/',
        f'{{"@type": "NewsArticle", "headline": "Ông A: "Mở đường"", {AUTHOR}}}',
        "{'@type': 'NewsArticle', 'headline': 'Ông A: \"Mở đường\"', 'author': 'Mai'}",
        f'{{"@type": "http://schema.org/NewsArticle" {HEADLINE},\nauthor: "Mai"\n',
        f'{{"@type": "NewsArticle", {HEADLINE.replace("A: ", "A:" + chr(10))}, {AUTHOR}}}',
        html.escape(f'{{"@type": "NewsArticle", {HEADLINE}, {AUTHOR}}}'),
        f'{{"@graph": [{{"@type": "WebPage"}}, {{"@type": "ReportageNewsArticle", {HEADLINE}, {AUTHOR}}}]}}',
        f'[{{"@type": "Organization"}}, {{"@type": "Article", {HEADLINE}, /* x */ {AUTHOR} // y\n}}]',
    ],
)
def test_broken_data_is_mended(script: str) -> None:
    article = find_article(json_ld_nodes([script]), None)
    assert strings(article.get("headline")) == ['Ông A: "Mở đường"']
    assert strings(article.get("author")) == ["Mai"]


def test_the_article_of_this_address_wins() -> None:
    nodes = json_ld_nodes(
        [
            json.dumps(
                [{"@type": "NewsArticle", "url": f"https://tin.example/{n}", "headline": str(n)} for n in range(3)]
            )
        ]
    )
    assert find_article(nodes, "https://tin.example/2")["headline"] == "2"


@pytest.mark.parametrize("raw", [b"", b"   ", b"<!-- -->", b"<html></html>", b"<html><body><img src=x></body></html>"])
def test_pages_without_text_are_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"has no text|is empty"):
        read_html_page(raw)


def test_deep_and_huge_pages_do_no_harm() -> None:
    deep = "<div>" * 3000 + f"<p>{LEAD}</p>" + "</div>" * 3000
    assert read_html_page(page(f"<h1>Mở đường lên bản</h1>{deep}"))["title"] == "Mở đường lên bản"
    spaces = "\u00a0" * 300_000
    odd = f"<p>{LEAD}</p><p>x{spaces}y</p><p>{P}</p><ul class=related><li><a href=/1>Giá vàng{spaces}tăng</a></ul>"
    assert (
        P in news(odd, f"<title>a{spaces}b</title><script type='application/ld+json'>{' ' * 300_000}x</script>")["body"]
    )
    nested = "[" * 50_000
    assert json_ld_nodes([nested, '{"@type":"NewsArticle","a":' + nested]) is not None


def test_controls_and_windows_references_come_out_as_browsers_show_them() -> None:
    spoken = "<p>Ông nói: &#147;Đường sẽ xong&#148; \x02vào tháng 6 năm nay, ai cũng mừng.</p>"
    document = news(f"<p>{LEAD}</p>{spoken}<p>{P}</p>")
    assert "“Đường sẽ xong” vào tháng 6" in document["body"]


TAGS = st.sampled_from(["div", "p", "h1", "h2", "ul", "li", "a href='/x'", "table", "tr", "td", "span class='author'",
                        "div class='related'", "div class='sapo'", "b", "br", "time",
                        "script type='application/ld+json'",
                        "figure", "aside", "form", "div class='comments'", "!--"])  # fmt: skip
TEXTS = st.sampled_from([LEAD, P, Q, "Tin liên quan", "Bình luận", "15/3/2026 08:30", "PV", "{'@type': 'NewsArticle'"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(TAGS, TEXTS | st.text(max_size=30), st.booleans()), max_size=20))
def test_any_markup_is_read_or_refused(pieces: list[tuple[str, str, bool]]) -> None:
    markup = "".join(f"<{tag}>{text}{f'</{tag.split()[0]}>' if closed else ''}" for tag, text, closed in pieces)
    try:
        document = read_html_page(markup)
    except InvalidInput:
        return
    json.dumps(document)
    try:
        read_article(document, now=NOW, article_id="a")
        unmet: set[str] = set()
    except InvalidInput as error:
        unmet = {problem.field for problem in error.problems}
    assert unmet <= {"title", "body"}, "a page may lack title or text, all else that is given is valid"


HEADS = st.sampled_from([b"", b"<html><meta charset=utf-7>", b"<meta charset=idna>", b"<?xml encoding='x'?>"])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), HEADS)
def test_any_bytes_are_read_or_refused(raw: bytes, head: bytes) -> None:
    try:
        document = read_html_page(head + raw)
    except InvalidInput:
        return
    assert document["title"] or document["sapo"] or document["body"]


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("{}[]\",:'“”\\ntrue1 @type-a/*"), max_size=60))
def test_any_script_is_mended_or_left_out(script: str) -> None:
    assert isinstance(json_ld_nodes([script]), list)


NAMES = (
    "@type @id @graph headline author name datePublished dateModified keywords publisher articleSection description url"
    " mainEntityOfPage articleBody itemListElement item"
).split()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES[3:]), JSON), st.sampled_from(["NewsArticle", "BreadcrumbList"]))
@example({"headline": ["\U00018d09"]}, "NewsArticle")
def test_any_data_is_read(data: dict[str, Any], kind: str) -> None:
    script = json.dumps({**data, "@type": kind}).replace("<", "\\u003c")
    document = news(f"<p>{LEAD}</p><p>{P}</p>", f"<script type='application/ld+json'>{script}</script>")
    article = read_article(document, now=NOW, article_id="a")
    assert P in article.body


def test_a_card_that_is_one_link_keeps_its_address() -> None:
    cards = "".join(f'<a href="/tin-{n}.htm"><div><h3>Tin khác số {n} trong ngày</h3></div></a>' for n in (1, 2, 3))
    page = (
        '<html><head><link rel="canonical" href="https://bao.example/bai.htm"></head><body><article>'
        "<h1>Xã đảo có điện lưới sau mười năm chờ đợi</h1>"
        "<p>Sáng 3/5, tuyến cáp ngầm dài 9 km đóng điện, đưa điện lưới ra xã đảo sau mười năm chờ đợi.</p>"
        "<p>Gần bốn trăm hộ dân thôi phải dùng máy nổ chạy dầu vài giờ mỗi tối như trước.</p>"
        f'</article><section class="related-news"><h2>Tin liên quan</h2>{cards}</section></body></html>'
    )
    listed = read_html_page(page)["related_as_published"]
    assert [item["url"] for item in listed] == [f"https://bao.example/tin-{n}.htm" for n in (1, 2, 3)]
    assert [item["title"] for item in listed] == [f"Tin khác số {n} trong ngày" for n in (1, 2, 3)]
