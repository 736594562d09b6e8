"""Highlights: offsets always point into the text as published."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.highlights import MAX_SPANS, Highlighter
from machtin.query import english_words


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
        ("te", "T\u00ad\u1ebf, t\u200be\u0302\u0301 và tes", ["T\u00ad\u1ebf", "t\u200be\u0302\u0301"]),
        ("12", "lớp 12_A, mục 1.2", ["12"]),
        ("straße", "Straße", ["Straße"]),
    ],
)
def test_words_are_found_as_published(query: str, text: str, expected: list[str]) -> None:
    assert marked(query, text) == expected


def test_decomposed_text_is_marked_with_its_marks() -> None:
    text = unicodedata.normalize("NFD", "Vùng kinh tế trọng điểm")
    assert [unicodedata.normalize("NFC", word) for word in marked("tế", text)] == ["tế"]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("the song that won the contest", "Thể thao: the show, song sắt và sông Hồng", ["the", "song"]),
        ("The floods in Ha Noi this week", "Thể lệ: Hà Nội ngập, floods in Hanoi", ["Hà", "Nội", "floods", "in"]),
        ("the thao", "Thể thao trong nước", ["Thể", "thao"]),
        ("song Hong", "sông Hồng, song sắt", ["sông", "Hồng", "song"]),
    ],
)
def test_words_of_an_english_query_lack_no_marks(query: str, text: str, expected: list[str]) -> None:
    highlighter = Highlighter(query, english_words(query))
    assert [text[span.start : span.end] for span in highlighter.spans(text)] == expected


def test_no_word_stands_twice_in_one_place() -> None:
    assert marked("xe xế", "Tài xế lái xe") == ["xế", "xe"]
    assert marked("200 1.200", "hơn 1.200 tỷ") == ["1.200"]


def test_other_scripts_and_emoji_part_no_words_and_move_none() -> None:
    assert marked("москва tokyo", "🌾 Москва, Tokyo 東京") == ["Москва", "Tokyo"]
    assert marked("toky", "Tokyo") == []


def test_spans_end_after_the_first_hundred() -> None:
    assert marked("an", "an " * 500) == ["an"] * MAX_SPANS


@given(st.text(max_size=40), st.text(max_size=300))
def test_no_text_breaks_the_highlighter(query: str, text: str) -> None:
    highlighter = Highlighter(query)
    spans = highlighter.spans(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))
