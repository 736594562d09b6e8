"""What is asked of an index while somebody types: headlines that go on, and which words there are."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from machtin.completion import complete
from machtin.ports import NO_FILTERS, ArticleIndex, Filters, IndexTombstone

from .asking import HANOI, entry

DAY = datetime(2026, 3, 1, 8, tzinfo=HANOI)
TITLES = {
    "gao": "Giá gạo xuất khẩu tăng",
    "gao-2": "Ấn Độ siết giá gạo",
    "gas": "Giá gas giảm",
    "nang": "Ðà Nẵng mở chợ đêm",
    "ban": "Nông dân bán lúa",
    "ban-be": "Bạn bè năm châu",
}


def headlines(index: ArticleIndex, typed: str, filters: Filters = NO_FILTERS, size: int = 10) -> list[str]:
    return [one.id for one in complete(index, typed, filters, size).headlines]


def phrases(index: ArticleIndex, typed: str, filters: Filters = NO_FILTERS) -> list[str]:
    return complete(index, typed, filters, 10).phrases


@pytest.fixture
def news(index: ArticleIndex) -> ArticleIndex:
    dated = enumerate(TITLES.items())
    index.write([entry(one, title, published_at=DAY + timedelta(days=at)) for at, (one, title) in dated])
    return index


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("gia ga", ["gas", "gao", "gao-2"]),
        ("Giá gạ", ["gao", "gao-2"]),
        ("giá gạo ", ["gao", "gao-2"]),
        ("gia g", ["gas", "gao", "gao-2"]),
        ("gia ", ["gas", "gao", "gao-2"]),
        ("gi ", []),
        ("da nang", ["nang"]),
        ("Đà Nẵ", ["nang"]),
        ("Ða\u0300 Na\u0306\u0303", ["nang"]),
        ("giá ga\u0323\u200b", ["gao", "gao-2"]),
        ("xuat k", ["gao"]),
        ("bán", ["ban"]),
        ("ban", ["ban-be", "ban"]),
        ("b", ["ban-be", "ban"]),
        ("gia gas giam", ["gas"]),
        ("khẩu xuất", []),
        ("", []),
        ('" *', []),
        ("^ gia", ["gas", "gao", "gao-2"]),
    ],
)
def test_headlines_that_begin_so_come_first_then_the_newest(
    news: ArticleIndex, typed: str, expected: list[str]
) -> None:
    assert headlines(news, typed) == expected


def test_no_more_headlines_come_than_are_asked_for(news: ArticleIndex) -> None:
    assert headlines(news, "gia ga", size=2) == ["gas", "gao"]
    assert headlines(news, "gạo", size=0) == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("gias ga", ["gas", "gao", "gao-2"]),
        ("Gias gajo", ["gao", "gao-2"]),
        ("gia1 ga5o", ["gao", "gao-2"]),
        ("nong daan bans", ["ban"]),
        ("gas", ["gas"]),
    ],
)
def test_keys_of_an_input_method_that_was_off_are_completed_as_the_words_they_stand_for(
    news: ArticleIndex, typed: str, expected: list[str]
) -> None:
    assert headlines(news, typed) == expected


def test_completions_follow_corrections_and_take_downs(index: ArticleIndex) -> None:
    index.write([entry("a", "Giá gạo tăng"), entry("b", "Giá gạo giảm")])
    assert phrases(index, "gia g") == ["giá gạo"]
    index.write([entry("a", "Giá vàng tăng", revision=2, published_at=DAY), IndexTombstone("b", 2)])
    assert complete(index, "gia gao", NO_FILTERS, 5).headlines == []
    assert phrases(index, "gia g") == []
    assert headlines(index, "gia vang") == ["a"]
    index.write([IndexTombstone("a", 3)])
    assert headlines(index, "gia vang") == []


def test_completions_stay_within_the_filters(index: ArticleIndex) -> None:
    index.write(
        [
            entry("a", "Giá gạo tăng", section="Kinh tế", author="Hoa", tags=("gạo",), published_at=DAY),
            entry("b", "Giá gạo giảm", section="Kinh tế", published_at=DAY + timedelta(days=1)),
            entry("c", "Giá gas tăng", section="Đời sống", published_at=DAY + timedelta(days=2)),
            entry("d", "Giá gas giảm"),
        ]
    )
    assert headlines(index, "gia g") == ["c", "b", "a", "d"]
    assert headlines(index, "gia g", Filters(section="kinh tế")) == ["b", "a"]
    assert phrases(index, "gia g", Filters(section="kinh tế")) == ["giá gạo"]
    assert headlines(index, "gia g", Filters(author="Hoa")) == headlines(index, "gia g", Filters(tag="gạo")) == ["a"]
    assert headlines(index, "gia g", Filters(since=DAY + timedelta(days=1))) == ["c", "b"]
    assert headlines(index, "gia g", Filters(until=DAY + timedelta(days=1))) == ["a"]
    assert headlines(index, "gia g", Filters(since=DAY, until=DAY + timedelta(days=2), section="Đời sống")) == []


def test_phrases_are_what_the_headlines_go_on_with_as_they_are_spelt(index: ArticleIndex) -> None:
    titles = [
        "Thủ tướng thăm Đà Nẵng, động viên nông dân",
        "Đà Nẵng mở chợ đêm",
        "Vải thiều Lục Ngạn được mùa",
        "Mưa dài ngày, vải thiều Lục Ngạn mất mùa",
        "Xe vải thiều lên biên giới",
        "Vải thiều Thanh Hà vào vụ",
        "Vải thiều Thanh Hà xuất khẩu",
    ]
    index.write([entry(f"n{at}", title) for at, title in enumerate(titles)])
    assert phrases(index, "da n") == ["Đà Nẵng"]
    assert phrases(index, "vai th") == ["vải thiều", "vải thiều Lục Ngạn", "vải thiều Thanh Hà"]
    assert phrases(index, "vải thiều ") == ["vải thiều Lục Ngạn", "vải thiều Thanh Hà"]
    assert phrases(index, "chợ") == []


def test_many_headlines_hide_none_whose_marks_fit(index: ArticleIndex) -> None:
    index.write([entry(f"ban-{at}", f"Bạn đọc hỏi {at}", published_at=DAY + timedelta(days=at)) for at in range(150)])
    index.write([entry("sell", "Hỏi chuyện người bán", published_at=DAY)])
    assert headlines(index, "bán") == ["sell"]
    assert headlines(index, "nguoi b") == ["sell"]
    assert headlines(index, "b", size=3) == ["ban-149", "ban-148", "ban-147"]


def test_an_index_tells_in_how_many_articles_a_word_stands(news: ArticleIndex) -> None:
    words = ["giá", "gia", "gạo", "gao", "bán", "bạn", "ban", "gia gao", "nong dan", "dan nong", "đà", "da", "zzz"]
    assert news.occurrences(words) == [3, 3, 2, 2, 1, 1, 2, 2, 1, 0, 1, 1, 0]
    assert news.occurrences([]) == []
