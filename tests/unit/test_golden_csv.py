"""Judged queries as Excel saves them, and as people write them."""

from __future__ import annotations

import codecs
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.errors import InvalidInput
from machtin.golden_csv import Judgement, read_golden_csv, written_csv

ROWS = [("giá gạo", "gao-1", 2), ("giá gạo", "gao-2", 1), ("bóng đá, hôm nay", "bong-da", 1)]
PLAIN = 'query,article,grade\ngiá gạo,gao-1,2\ngiá gạo,gao-2,\n"bóng đá, hôm nay",bong-da,1\n'
SEMICOLONS = (
    "Truy vấn;Bài;Điểm;Ghi chú\r\ngiá gạo;gao-1;2;hay\r\n giá  gạo ;gao-2;;\r\n;;;\r\nbóng đá, hôm nay;bong-da;1\r\n"
)


def rows(content: bytes) -> list[tuple[str, str, int]]:
    return [(one.query, one.article, one.grade) for one in read_golden_csv(content, "cau-hoi.csv")]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        SEMICOLONS.encode("utf-8-sig"),
        SEMICOLONS.replace(";", "\t").encode("utf-16"),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.rstrip("\n").encode(),
    ],
    ids=["plain", "byte order mark", "semicolons and Windows line ends", "Unicode text", "old Mac", "no last line end"],
)
def test_what_excel_saves_is_read(content: bytes) -> None:
    assert rows(content) == ROWS


def test_an_article_may_be_named_by_its_address() -> None:
    (one,) = read_golden_csv(b"query,url\ntin,https://bao.example/a?b=1\n", "a.csv")
    assert one == Judgement("tin", "https://bao.example/a?b=1", 1, "a.csv:2")
    assert one.is_address


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("giá gạo,gao-1\n", "a.csv:1: must name a column query and a column article"),
        ("query,grade\n", "a.csv:1: must name a column article"),
        ("query,article,id\n", "a.csv:1 id: is a second column for the article; leave one"),
        ("", "a.csv:1: must name"),
        ("query,article\n,gao-1\n", "a.csv:2 query: must have a text of at most 1,000 characters"),
        ("query,article\nq,\n", "a.csv:2 article: must be the id of an article, or its address (https://…)"),
        ("query,article\nq\n", "a.csv:2 article: must be"),
        ("query,article\nq,bài viết\n", "a.csv:2 article: must be"),
        ("query,article,grade\nq,a,tốt\n", "a.csv:2 grade: must be a whole number from 0 (does not answer) to 9"),
        ("query,article,grade\nq,a,1\nq,a,2\n", "a.csv:3 grade: differs from that of the same pair in a.csv:2"),
        ('query,article\n"q,a\n', "is no row of a CSV file"),
        ('query,article\n"hai\ndòng",a\nq,\n', "a.csv:4 article"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_line_and_mend(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_golden_csv(text.encode(), "a.csv")
    assert told in str(raised.value)


def test_every_wrong_row_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        read_golden_csv(b"query,article,grade\n,a,1\nq,,1\nq,a,x\n", "a.csv")
    assert [problem.field for problem in raised.value.problems] == ["a.csv:2 query", "a.csv:3 article", "a.csv:4 grade"]


def test_another_encoding_is_told_with_the_way_to_save_it() -> None:
    with pytest.raises(InvalidInput, match="save it as “CSV UTF-8”"):
        read_golden_csv("query,article\ngiá gạo,a\n".encode("cp1258", "replace"), "a.csv")


def test_what_is_written_opens_in_excel_and_is_read_again() -> None:
    content = written_csv(read_golden_csv(PLAIN.encode(), "a.csv"))
    assert content.startswith(codecs.BOM_UTF8 + b"query,article,grade\r\n")
    assert rows(content) == ROWS


@given(st.binary(max_size=200))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    for head in (b"", b"query,article,grade\n"):
        with suppress(InvalidInput):
            assert all(one.query and one.article for one in read_golden_csv(head + content, "a.csv"))
