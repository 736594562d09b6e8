"""HTML from plain values: whatever text is given, it stays text."""

from __future__ import annotations

import ast
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import machtin
from machtin.answers import Span
from machtin.markup import data_block, document, el, joined, marked, separated

PACKAGE = Path(machtin.__file__).parent
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "</title><b>",
    "]]>--><!--",
    "&lt;b&gt;",
]


class Reader(HTMLParser):
    """What a browser would make of it: tags with their attributes, and the text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_text_and_attributes_stay_what_they_are(text: str) -> None:
    read = Reader(el("p", {"title": text, "data-x": text}, text).html)
    assert read.tags == [("p", {"title": text, "data-x": text})]
    assert read.text == text


@given(st.text(), st.text())
def test_no_text_whatever_makes_a_tag(title: str, body: str) -> None:
    read = Reader(el("p", {"title": title}, body, el("b", {}, body)).html)
    assert [tag for tag, _ in read.tags] == ["p", "b"]
    assert list(read.tags[0][1]) == ["title"]


def test_what_html_does_not_allow_is_replaced() -> None:
    assert el("p", {"title": "\x00"}, "a\x01b\ud800\ufffe").html == '<p title="\ufffd">a\ufffdb\ufffd\ufffd</p>'


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:1", "data:text/html,x", "//evil.example",
     "/\\evil.example", "/\t/evil.example", "", "vbscript:x", "blob:x"],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_than_it_says_is_left_out(address: str) -> None:
    for tag, name in (("a", "href"), ("img", "src"), ("form", "action")):
        assert Reader(el(tag, {name: address}).html).tags == [(tag, {})]


def test_addresses_of_this_site_and_of_the_web_are_kept() -> None:
    for address in ("/", "/articles/gao?at=body-1-2", "#s1", "?q=a", "https://bao.example/?a=1&b=2"):
        assert Reader(el("a", {"href": address}, "x").html).tags == [("a", {"href": address})]


@pytest.mark.parametrize("name", ["onclick", "onload", "style", "srcdoc"])
def test_what_the_content_policy_forbids_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        el("p", {name: "x"})


@pytest.mark.parametrize("tag", ["script", "style"])
def test_no_text_becomes_a_script_or_a_style(tag: str) -> None:
    with pytest.raises(ValueError, match="data_block"):
        el(tag, {}, "alert(1)")


@pytest.mark.parametrize("text", [*HOSTILE, "</script><script>alert(1)</script>", "<!--<script>", "\u2028\u2029"])
def test_a_data_block_ends_where_it_should_and_says_what_it_was_given(text: str) -> None:
    block = data_block("given", "application/json", {"a": text}).html
    assert block.count("<") == 2
    read = Reader(block)
    assert read.tags == [("script", {"id": "given", "type": "application/json"})]
    assert json.loads(read.text) == {"a": text}


def test_marked_stretches_are_counted_in_code_points() -> None:
    text = "Ăn 🍚 <cơm>"
    markup = marked(text, [Span(3, 4), Span(6, 9)], lambda words, at: el("mark", {"id": f"m{at}"}, words))
    assert markup.html == 'Ăn <mark id="m0">🍚</mark> &lt;<mark id="m1">cơm</mark>&gt;'


def test_what_is_absent_leaves_no_trace() -> None:
    assert el("p", {"hidden": True, "class": None, "lang": False}, None, False, "").html == "<p hidden></p>"
    assert joined(separated(" · ", None, "a", False, "", "b")).html == "a · b"


def test_a_document_is_of_its_language() -> None:
    assert document("vi", [el("title", {}, "x")], ["y"]).startswith(
        '<!doctype html>\n<html lang="vi">\n<head>\n<title>x'
    )


def test_markup_is_made_in_one_module_alone() -> None:
    makers = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Markup":
                makers.add(path.name)
    assert makers == {"markup.py"}
