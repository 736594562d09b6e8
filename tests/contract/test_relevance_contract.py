"""Lists by date in classes of relevance, and explained scores: the same on every engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from machtin.answers import Mode, SearchAnswer
from machtin.article import Article
from machtin.errors import InvalidInput
from machtin.ports import ArticleIndex, Classes, Filters, IndexEntry, Retrieval, Sort, Vectors
from machtin.search import search
from machtin.search_request import Order, SearchRequest

from .asking import vector
from .conftest import DIMENSIONS, MODEL

START = datetime(2026, 3, 1, tzinfo=UTC)
# Newest last. Its vector tells how near an article is to every query: cosine 0.9, 0.4 or 0.
NEAR, ASIDE, FAR = vector(0.9, 0.436, 0, 0), vector(0.4, 0, 0.9165, 0), vector(0, 0, 0, 1)
GOLD = [
    ("gia-vang", Article(id="gia-vang", title="Giá vàng tăng", body="Giá vàng lập đỉnh."), FAR),
    ("vang-mieng", Article(id="vang-mieng", title="Giá vàng miếng", body="Người dân mua vàng."), ASIDE),
    ("kim-loai", Article(id="kim-loai", title="Kim loại quý lên đỉnh"), NEAR),
    (
        "pho",
        Article(id="pho", title="Phố cổ", body="Mùa lá vàng rơi, hàng quán giữ giá. " + "Du khách dạo chơi. " * 60),
        FAR,
    ),
    ("gia-vang-moi", Article(id="gia-vang-moi", title="Giá vàng giảm", body="Giá vàng rời đỉnh."), ASIDE),
    ("xe", Article(id="xe", title="Xe vàng", body="Giá vé. " + "Tuyến xe mới qua nhiều phường. " * 60), FAR),
    ("bac", Article(id="bac", title="Bạc và bạch kim"), ASIDE),
]
STRONG = ["gia-vang-moi", "kim-loai", "vang-mieng", "gia-vang"]
WEAK = ["bac", "xe", "pho"]


class Same:
    """An embedder to which all queries are one."""

    model_version = MODEL
    dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.tile(vector(1, 0, 0, 0), (len(texts), 1))

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        return self.embed([article.title for article in articles])


@pytest.fixture
def gold(index: ArticleIndex) -> ArticleIndex:
    dated = [(replace(one, published_at=START + timedelta(days=at)), near) for at, (_, one, near) in enumerate(GOLD)]
    index.write([IndexEntry(one, 1, near) for one, near in dated])
    return index


def ask(index: ArticleIndex, *, sort: Order = "relevance", **asked: object) -> SearchAnswer:
    return search(index, Same(), SearchRequest(q="giá vàng", sort=sort, **asked))  # type: ignore[arg-type]  # as given


@pytest.mark.parametrize(
    ("sort", "expected"), [("relevant_newest", STRONG + WEAK), ("relevant_oldest", STRONG[::-1] + WEAK[::-1])]
)
def test_clearly_relevant_articles_come_before_the_rest_by_date_within(
    gold: ArticleIndex, sort: Order, expected: list[str]
) -> None:
    answer = ask(gold, sort=sort)
    assert [hit.id for hit in answer.hits] == expected
    assert {hit.id for hit in answer.hits if hit.relevance == "strong"} == set(STRONG)
    assert {hit.id for hit in answer.hits if hit.relevance == "weak"} == set(WEAK)
    assert answer.total == len(expected) == ask(gold).total


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_in_classes_neither_repeat_nor_lose_a_hit(gold: ArticleIndex, size: int) -> None:
    pages = [ask(gold, sort="relevant_newest", size=size, offset=at) for at in range(0, 9, size)]
    assert [hit.id for page in pages for hit in page.hits] == STRONG + WEAK
    assert {page.total for page in pages} == {7}


def test_by_words_alone_classes_are_of_words_alone(gold: ArticleIndex) -> None:
    answer = ask(gold, sort="relevant_newest", mode="lexical")
    assert [hit.id for hit in answer.hits] == ["gia-vang-moi", "vang-mieng", "gia-vang", "xe", "pho"]
    by_meaning = ask(gold, sort="relevant_newest", mode="semantic")
    assert [hit.id for hit in by_meaning.hits] == [
        "kim-loai",
        "bac",
        "xe",
        "gia-vang-moi",
        "pho",
        "vang-mieng",
        "gia-vang",
    ]


def test_filters_hold_in_classes_too(gold: ArticleIndex) -> None:
    late = Filters(since=START + timedelta(days=2), phrases=("vàng",))
    assert [hit.id for hit in ask(gold, sort="relevant_newest", filters=late).hits] == ["gia-vang-moi", "xe", "pho"]


def test_what_matches_no_word_is_listed_by_meaning_alone(gold: ArticleIndex) -> None:
    answer = search(gold, Same(), SearchRequest(q="xyzzy", sort="relevant_newest"))
    assert [hit.id for hit in answer.hits] == ["kim-loai", "bac", "gia-vang-moi", "vang-mieng"]
    assert [hit.relevance for hit in answer.hits] == ["strong", "weak", "weak", "weak"]
    assert answer.total == 4


def test_an_empty_query_has_no_classes(gold: ArticleIndex) -> None:
    answer = search(gold, Same(), SearchRequest(q=" ", sort="relevant_oldest"))
    assert [hit.id for hit in answer.hits] == [one for one, _, _ in GOLD]
    assert {hit.relevance for hit in answer.hits} == {None}


def test_classes_are_not_walked_through_by_cursor(gold: ArticleIndex) -> None:
    with pytest.raises(InvalidInput, match="sort=newest"):
        ask(gold, sort="relevant_newest", mode="lexical", cursor="*")


@pytest.mark.parametrize(("sort", "expected"), [("newest", "cbad"), ("oldest", "bcad")])
def test_within_a_class_the_undated_are_last_and_ties_in_the_order_of_their_ids(
    index: ArticleIndex, sort: Sort, expected: str
) -> None:
    index.write([IndexEntry(Article(id="c", title="gạo gạo", published_at=START + timedelta(days=1)), 1, None)])
    index.write([IndexEntry(Article(id="b", title="gạo gạo", published_at=START), 1, None)])
    index.write([IndexEntry(Article(id=one, title="gạo gạo"), 1, None) for one in "da"])
    classes = Classes(least=1e-6, strong=("nowhere",))
    leg = index.retrieve(Retrieval(text="gạo", vector=None, size=9, sort=sort, classes=classes)).lexical
    assert ("".join(leg.ids), set(leg.scores), leg.total) == (expected, {1.0}, 4)


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
@pytest.mark.parametrize("query", ["giá vàng", "why is the price of gold falling in the markets"])
def test_the_parts_of_each_score_add_up_to_it(gold: ArticleIndex, query: str, mode: Mode) -> None:
    answer = search(gold, Same(), SearchRequest(q=query, mode=mode, explain=True))
    for hit in answer.hits:
        assert hit.explain is not None
        assert round(sum(part.contribution for part in hit.explain.parts), 6) == hit.score
        assert all(part.contribution == part.value * part.weight for part in hit.explain.parts)
        assert hit.explain.language == ("vi" if query == "giá vàng" else "en")


def test_an_explanation_tells_what_each_part_was_made_of(gold: ArticleIndex) -> None:
    explained = {hit.id: hit.explain for hit in ask(gold, explain=True).hits}
    both, alone = explained["gia-vang-moi"], explained["kim-loai"]
    assert both is not None
    assert alone is not None
    assert (both.found_by, alone.found_by) == (["words", "meaning"], ["meaning"])
    assert both.bm25 is not None
    assert both.best_bm25 is not None
    assert both.parts[0].value == both.bm25 / both.best_bm25
    assert both.cosine == pytest.approx(0.4, abs=1e-3)
    assert (alone.bm25, alone.because, alone.parts[0].contribution) == (None, "balanced", 0.0)
    assert [part.name for part in alone.parts] == ["words", "meaning"]
