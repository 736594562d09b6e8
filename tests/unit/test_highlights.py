"""Highlights: offsets always point into the text as published."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.highlights import SNIPPET_LENGTH, Highlighter


def marked(query: str, text: str) -> list[str]:
    return [text[span.start : span.end] for span in Highlighter(query).spans(text)]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("kinh tế", "Vùng kinh tế trọng điểm", ["kinh", "tế"]),
        ("kinh te", "Vùng KINH TẾ trọng điểm", ["KINH", "TẾ"]),
        ("bán", "Bạn bán nhà", ["bán"]),
        ("ban", "Bạn bán nhà", ["Bạn", "bán"]),
        ("đẩy mạnh", "Ðẩy mạnh KTTÐ", ["Ðẩy", "mạnh"]),
        ("kttđ", "vùng KTTÐ.", ["KTTÐ"]),
        ("hòa bình", "Hoà Bình", ["Hoà", "Bình"]),
        ("an", "Nghệ An, Hội An", ["An", "An"]),
        ("1.200 tỷ", "hơn 1200 tỷ, 1.200 tỷ", ["1200", "tỷ", "1.200", "tỷ"]),
        ("3,5%", "tăng 3.5%", ["3.5"]),
        ("", "Vùng kinh tế", []),
        ("???", "Hỏi gì???", []),
        ("c++ (a|b)[", "a c b", ["a", "c", "b"]),
    ],
)
def test_words_are_found_as_published(query: str, text: str, expected: list[str]) -> None:
    assert marked(query, text) == expected


def test_decomposed_text_is_marked_with_its_marks() -> None:
    text = unicodedata.normalize("NFD", "Vùng kinh tế trọng điểm")
    assert [unicodedata.normalize("NFC", word) for word in marked("tế", text)] == ["tế"]


def test_the_snippet_is_a_stretch_of_the_body_around_most_words() -> None:
    filler = "Câu này nói chuyện khác, không liên quan gì. " * 20
    body = "Thoáng nhắc kinh tế.\n\n" + filler + "Quy hoạch vùng kinh tế ven biển đã xong. " + filler
    highlighter = Highlighter("quy hoạch vùng kinh tế ven biển")
    snippet = highlighter.snippet(body, highlighter.spans(body))
    assert snippet is not None
    assert snippet.text == body[snippet.start : snippet.end]
    assert "vùng kinh tế ven biển" in snippet.text
    assert len(snippet.text) <= SNIPPET_LENGTH


@given(st.text(max_size=40), st.text(max_size=300))
def test_no_text_breaks_the_highlighter(query: str, text: str) -> None:
    highlighter = Highlighter(query)
    spans = highlighter.spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    snippet = highlighter.snippet(text, spans)
    assert (snippet is None) == (not spans)
    if snippet:
        assert snippet.text == text[snippet.start : snippet.end]
