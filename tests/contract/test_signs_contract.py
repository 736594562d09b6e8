"""Searches with signs and with copies folded give the same on every engine, whatever the vectors say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from machtin.answers import SearchAnswer
from machtin.article import Article
from machtin.errors import InvalidInput
from machtin.ports import ArticleIndex, Filters, IndexEntry, IndexTombstone, Sort, Vectors
from machtin.search import search
from machtin.search_request import SearchRequest

from .asking import vector
from .conftest import DIMENSIONS, MODEL


class Everywhere:
    """An embedder to which all texts are the same: every article is a neighbour of every query."""

    model_version = MODEL
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.tile(vector(1, 0, 0, 0), (len(texts), 1))

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        return self.embed([article.title for article in articles])


START = datetime(2026, 3, 1, tzinfo=UTC)
NEWS = [
    Article(id="hop-bao", title="Họp báo ở Đà Nẵng", section="Thời sự", author="Trần Ân"),
    Article(id="bong-da", title="Đà Nẵng thắng trận bóng đá", section="Thể thao", author="Lê Và"),
    Article(id="mua", title="Mưa lớn", body="Đà Lạt và Nẵng", section="Thời sự", author="Lê Và"),
    Article(id="gia-gao", title="Giá gạo ở Đà\nNẵng", section="Kinh tế"),
]


@pytest.fixture
def news(index: ArticleIndex) -> ArticleIndex:
    dated = [replace(one, published_at=START + timedelta(days=at)) for at, one in enumerate(NEWS)]
    index.write([IndexEntry(one, 1, vector(1, 0, 0, 0)) for one in dated])
    return index


def ids(answer: SearchAnswer) -> set[str]:
    assert answer.total == len(answer.hits)
    return {hit.id for hit in answer.hits}


def test_a_phrase_that_was_asked_for_before_stands_in_what_was_written_since(news: ArticleIndex) -> None:
    def found(typed: str) -> set[str]:
        return ids(search(news, Everywhere(), SearchRequest(q=typed)))

    assert found('"đà nang"') == found('"đà nang"') == {"hop-bao", "bong-da", "gia-gao"}
    assert found('-"đà nang"') == {"mua"}
    news.write(
        [IndexEntry(Article(id="moi", title="Đà Nẵng mới"), 2, vector(1, 0, 0, 0)), IndexTombstone("bong-da", 2)]
    )
    assert found('"đà nang"') == {"hop-bao", "gia-gao", "moi"}
    assert found('-"đà nang"') == {"mua"}


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ('"Đà Nẵng"', {"hop-bao", "bong-da", "gia-gao"}),
        ("“đà nang” -bóng", {"hop-bao", "gia-gao"}),
        ('"da nang" -"hop bao" -muc:"the thao"', {"gia-gao"}),
        ('-"Đà Nẵng"', {"mua"}),
        ("tacgia:“Lê Và”", {"bong-da", "mua"}),
        ('mục:"thoi su" tacgia:"Trần Ân"', {"hop-bao"}),
        ('"Đà Nẵng" tacgia:"Ai Khác"', set()),
        ('"Nẵng Đà"', set()),
    ],
)
def test_signs_bind_both_legs(news: ArticleIndex, typed: str, found: set[str], mode: str) -> None:
    assert ids(search(news, Everywhere(), SearchRequest(q=typed, mode=mode))) == found  # type: ignore[arg-type]


def test_the_vector_is_of_what_is_sought(news: ArticleIndex) -> None:
    embedder = Everywhere()
    search(news, embedder, SearchRequest(q='giá "Đà Nẵng" -bóng muc:"Kinh tế"'))
    assert embedder.asked == ["giá Đà Nẵng"]


def test_signs_and_filters_must_both_hold(news: ArticleIndex) -> None:
    answer = search(
        news, Everywhere(), SearchRequest(q='"Đà Nẵng" tacgia:"Trần Ân"', filters=Filters(section="Thời sự"))
    )
    assert ids(answer) == {"hop-bao"}
    answer = search(news, Everywhere(), SearchRequest(q="muc:“Kinh tế”", filters=Filters(section="Thời sự")))
    assert ids(answer) == set()


@pytest.mark.parametrize(("sort", "order"), [("newest", ["gia-gao", "hop-bao"]), ("oldest", ["hop-bao", "gia-gao"])])
def test_signs_hold_by_date_in_facets_and_in_walks(news: ArticleIndex, sort: Sort, order: list[str]) -> None:
    asked = SearchRequest(q='"Đà Nẵng" -bóng', sort=sort, facets=True)
    answer = search(news, Everywhere(), asked)
    assert [hit.id for hit in answer.hits] == order
    assert answer.facets["section"] == {"Kinh tế": 1, "Thời sự": 1}
    first = search(news, Everywhere(), replace(asked, cursor="*", size=1))
    second = search(news, Everywhere(), replace(asked, cursor=first.cursor, size=1))
    assert [first.hits[0].id, second.hits[0].id] == order
    assert first.total == 2


def test_signs_alone_list_the_newest(news: ArticleIndex) -> None:
    answer = search(news, Everywhere(), SearchRequest(q="-gạo"))
    assert [hit.id for hit in answer.hits] == ["mua", "bong-da", "hop-bao"]


def test_what_is_excluded_or_a_label_is_not_highlighted(news: ArticleIndex) -> None:
    hit = search(news, Everywhere(), SearchRequest(q='"Đà Nẵng" -mưa muc:"Thời sự"')).hits[0]
    assert [hit.title[span.start : span.end] for span in hit.highlights.title] == ["Đà", "Nẵng"]


# --- copies --------------------------------------------------------------------------------------------------------


def report(number: int, copy: int) -> Article:
    words = " ".join(f"tiếng{number}x{at}" for at in range(40))
    return Article(id=f"bai-{number:02d}-{copy}", title=f"Lụt {number}", body=f"{words} bản{copy}", published_at=START)


@pytest.fixture
def wires(index: ArticleIndex) -> ArticleIndex:
    """Forty reports, each in two copies; they differ in direction by pairs."""
    made = []
    for number in range(40):
        at = vector(1, number / 40, 0, 0)
        made += [
            IndexEntry(report(number, copy), 1, at if copy else None if number % 5 == 0 else at) for copy in (0, 1)
        ]
    index.write(made)
    return index


def test_copies_are_folded_under_the_first_when_asked(wires: ArticleIndex) -> None:
    asked = SearchRequest(q="lụt", size=10, mode="lexical")
    plain, folded = (search(wires, Everywhere(), replace(asked, collapse=one)) for one in (None, "copies"))
    assert plain.total == folded.total == 80
    assert all(hit.copies == [] for hit in plain.hits)
    assert len(folded.hits) == 10
    for hit in folded.hits:
        assert [copy[:6] for copy in hit.copies] == [hit.id[:6]]
        assert hit.id not in hit.copies


@pytest.mark.parametrize("sort", ["relevance", "newest"])
@pytest.mark.parametrize("size", [7, 30])
def test_pages_of_folded_hits_neither_repeat_nor_lose_an_article(wires: ArticleIndex, sort: Sort, size: int) -> None:
    seen: list[str] = []
    pages = 0
    while True:
        asked = SearchRequest(q="lụt", size=size, offset=pages, mode="lexical", sort=sort, collapse="copies")
        hits = search(wires, Everywhere(), asked).hits
        if not hits:
            break
        pages += len(hits)
        seen += [one for hit in hits for one in (hit.id, *hit.copies)]
    assert sorted(seen) == sorted(report(number, copy).id for number in range(40) for copy in (0, 1))


@pytest.mark.parametrize(("sort", "shown"), [("relevance", "early"), ("newest", "late"), ("oldest", "early")])
def test_the_earliest_copy_is_shown_for_the_best_and_by_date_the_first(
    index: ArticleIndex, sort: Sort, shown: str
) -> None:
    early = replace(report(1, 0), id="early")
    late = replace(report(1, 1), id="late", title="Lụt, lụt, lụt 1", published_at=START + timedelta(hours=2))
    index.write([IndexEntry(one, 1, vector(1, 0, 0, 0)) for one in (late, early)])
    (hit,) = search(index, Everywhere(), SearchRequest(q="lụt", mode="lexical", sort=sort, collapse="copies")).hits
    assert (hit.id, {hit.id, *hit.copies}) == (shown, {"early", "late"})


def test_nothing_found_folds_to_nothing(wires: ArticleIndex) -> None:
    assert search(wires, Everywhere(), SearchRequest(q='"không có"', collapse="copies")).hits == []


def test_a_walk_folds_no_copies() -> None:
    with pytest.raises(InvalidInput, match="collapse"):
        SearchRequest(cursor="*", collapse="copies")
