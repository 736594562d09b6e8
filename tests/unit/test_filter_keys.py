"""Names that are the same however they are written, and bylines of several people."""

from __future__ import annotations

import pytest

from machtin.adapters.filter_keys import author_keys, key, labels_of, labels_wanted
from machtin.article import Article
from machtin.ports import Filters


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đời sống", "ÐỜI SỐNG"),
        ("Hòa Bình", "Hoà Bình"),
        ("Thể thao", "The\u0302\u0309 thao"),
        ("Kinh tế", " kinh\u00a0 tế\n"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), [("Đời sống", "Doi song"), ("Hòa", "Họa"), ("Kinh tế", "Kinh")])
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Quỳnh Hoa", {"quỳnh hoa"}),
        ("Quỳnh Hoa - Minh Trí", {"quỳnh hoa - minh trí", "quỳnh hoa", "minh trí"}),
        ("A, B; C/D & E và F", {"a, b; c/d & e và f", "a", "b", "c", "d", "e", "f"}),
        ("Lan – Huệ—Trúc", {"lan – huệ—trúc", "lan", "huệ", "trúc"}),
        ("Minh Trí (TTXVN)", {"minh trí (ttxvn)", "minh trí", "ttxvn"}),
        ("Trần Vàng", {"trần vàng"}),
        ("Jean-Pierre", {"jean-pierre"}),
        (" - ", {"-"}),
        ("", set()),
    ],
)
def test_a_byline_is_found_by_the_whole_and_by_each_name(byline: str, names: set[str]) -> None:
    assert author_keys(byline) == names


def test_an_article_carries_every_label_that_a_filter_on_it_wants() -> None:
    article = Article(id="a", title="t", section="Kinh tế", tags=("Gạo", "gạo"), author="Lan, Huệ")
    wanted = labels_wanted(Filters(section="kinh tế", tag="GẠO", author="huệ"))
    assert set(wanted) <= labels_of(article)


def test_a_blank_section_is_none() -> None:
    assert labels_of(Article(id="a", title="t", section="  ")) == set()
