"""Text as HTML: whatever an article holds, nothing in it does anything."""

from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.answers import Span
from machtin.highlights import Highlighter
from machtin.marked_text import marked_html


class Reader(HTMLParser):
    """What a browser would make of it: tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(markup: str) -> Reader:
    reader = Reader()
    reader.feed(markup)
    reader.close()
    return reader


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script> giá vàng",
        "</mark><img src=x onerror=alert(1)> giá",
        '" onmouseover="alert(1)" x="',
        "' onmouseover='alert(1)",
        "&lt;script&gt; & &amp; &#60;b&#62; giá",
        "<!-- <![CDATA[ giá ]]> -->",
        "<giá vàng>",
    ],
)
def test_hostile_text_is_only_text(hostile: str) -> None:
    markup = marked_html(hostile, Highlighter("giá vàng script").spans(hostile))
    assert {tag for tag, _ in read(markup).tags} <= {"mark"}
    assert all(not attributes for _, attributes in read(markup).tags)
    assert read(markup).text == hostile
    assert '"' not in markup
    assert "'" not in markup


def test_words_beside_each_other_share_one_mark() -> None:
    text = "Giá vàng & giá đô"
    marked = marked_html(text, Highlighter("gia vang").spans(text))
    assert marked == "<mark>Giá vàng</mark> &amp; <mark>giá</mark> đô"


def test_what_html_does_not_allow_is_replaced() -> None:
    assert marked_html("a\x00b\ud800c\ufffed\x85", [Span(0, 1)]) == "<mark>a</mark>\ufffdb\ufffdc\ufffdd\ufffd"


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_comes_back_as_it_was(text: str, query: str) -> None:
    markup = marked_html(text, Highlighter(query).spans(text))
    markup.encode()
    plain = markup.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain
    assert ">" not in plain
    assert len(html.unescape(plain)) <= len(text) or "\r" in text
