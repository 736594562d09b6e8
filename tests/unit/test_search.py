"""Search over both legs: paging, totals, sorting, and what remains when a leg fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from machtin.answers import Mode
from machtin.article import Article
from machtin.errors import EmbeddingUnavailable, IndexUnavailable, InvalidInput, ModelError
from machtin.explanation import explained, relevance_of
from machtin.ports import ArticleIndex, Filters, IndexEntry, Leg, Retrieval, Retrieved, Sort, Vectors
from machtin.query import IN_VIETNAMESE
from machtin.ranking import Part, fuse
from machtin.search import POOL, find, search
from machtin.search_request import SearchRequest

if TYPE_CHECKING:
    from .memory_installation import Installation, SyllableEmbedder

MANY = 2 * POOL + 45
DAY_ONE = datetime(2026, 1, 1, 8, tzinfo=UTC)
Filled = Callable[..., ArticleIndex]


def report(number: int, body: str) -> Article:
    return Article(
        id=f"bai-{number:04d}",
        title=f"Bản tin số {number}",
        body=body,
        section="Kinh tế" if number % 2 else "Thể thao",
        published_at=DAY_ONE + timedelta(hours=number),
    )


@pytest.fixture
def embedder(installation: Installation) -> SyllableEmbedder:
    return installation.embedder


@pytest.fixture
def filled(installation: Installation) -> Filled:
    """Writes articles to a new index and returns it."""

    def fill(*articles: Article) -> ArticleIndex:
        embedder = installation.embedder
        index = installation.catalog.create(embedder.model_version, embedder.dimensions)
        vectors = embedder.embed_articles(articles)
        index.write([IndexEntry(one, 1, vector) for one, vector in zip(articles, vectors, strict=True)])
        return index

    return fill


@pytest.fixture
def many(filled: Filled) -> ArticleIndex:
    """More articles on rice than fusion looks at, each with another number of words, and some on football."""
    rice = [report(number, "giá gạo " + "xuất khẩu " * (number % 7) + f"kho {number}") for number in range(MANY)]
    football = [report(MANY + number, "đội tuyển bóng đá nữ thắng trận") for number in range(20)]
    return filled(*rice, *football)


class Broken:
    """An index that has lost one leg."""

    def __init__(self, index: ArticleIndex, leg: str) -> None:
        self._index = index
        self._leg = leg

    def __getattr__(self, name: str) -> object:
        return getattr(self._index, name)

    def retrieve(self, question: Retrieval) -> Retrieved:
        found = self._index.retrieve(question)
        lost = Leg(failure=f"the {self._leg} leg is gone")
        return replace(found, lexical=lost) if self._leg == "lexical" else replace(found, nearest=lost)


def broken(index: ArticleIndex, leg: str) -> ArticleIndex:
    return Broken(index, leg)  # type: ignore[return-value]  # the rest of the protocol is passed on


class Deaf:
    """An embedder that can't."""

    dimensions = 64
    model_version = "syllables-1"

    def embed(self, texts: object) -> Vectors:
        raise ModelError("the model's file is gone")

    embed_articles = embed


def all_pages(index: ArticleIndex, embedder: SyllableEmbedder, size: int, **asked: object) -> list[str]:
    ids: list[str] = []
    while True:
        request = SearchRequest(size=size, offset=len(ids), **asked)  # type: ignore[arg-type]  # passed on as given
        page = find(index, embedder, request).page
        if not page:
            return ids
        ids += [one.id for one in page]


@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
@pytest.mark.parametrize("size", [7, 100])
def test_pages_neither_repeat_nor_lose_a_hit_beyond_the_pool(
    many: ArticleIndex, embedder: SyllableEmbedder, mode: Mode, size: int
) -> None:
    ids = all_pages(many, embedder, size, q="giá gạo", mode=mode)
    assert len(ids) == len(set(ids)) == find(many, embedder, SearchRequest(q="giá gạo", mode=mode)).total
    assert {f"bai-{number:04d}" for number in range(MANY)} <= set(ids)


def test_a_page_is_the_same_whatever_the_pages_before_it(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    ids = all_pages(many, embedder, 100, q="giá gạo")
    for offset in (0, 95, POOL, POOL + 5, 2 * POOL + 1):
        page = find(many, embedder, SearchRequest(q="giá gạo", size=10, offset=offset)).page
        assert [one.id for one in page] == ids[offset : offset + 10]


def test_the_total_counts_what_matches_and_what_is_near_each_once(filled: Filled, embedder: SyllableEmbedder) -> None:
    index = filled(report(1, "giá gạo tăng"), report(2, "giá gạo giảm"), report(3, "bóng đá nữ"))
    answer = search(index, embedder, SearchRequest(q="giá gạo"))
    assert answer.total == len(answer.hits) == 2
    assert search(index, embedder, SearchRequest(q="giá gạo", size=0)).total == 2


def test_what_has_nothing_to_do_with_the_query_is_no_hit(filled: Filled, embedder: SyllableEmbedder) -> None:
    index = filled(*(report(number, "đội tuyển bóng đá nữ thắng trận") for number in range(30)))
    vector = np.zeros(64, np.float32)
    vector[:2] = np.sqrt(0.5)
    faint = type("Faint", (), {"model_version": embedder.model_version, "embed": lambda self, texts: vector[None]})()
    found = find(index, faint, SearchRequest(q="xyzzy"))
    assert (list(found.page), found.total) == ([], 0)
    assert len(find(index, faint, SearchRequest(q="xyzzy", size=50, mode="semantic")).page) == 30


@pytest.mark.parametrize(("sort", "sign"), [("newest", -1), ("oldest", 1)])
@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic"])
def test_sorted_by_date(many: ArticleIndex, embedder: SyllableEmbedder, sort: Sort, sign: int, mode: Mode) -> None:
    answer = search(many, embedder, SearchRequest(q="giá gạo", sort=sort, size=50, mode=mode))
    moments = [sign * datetime.fromisoformat(hit.published_at or "").timestamp() for hit in answer.hits]
    assert len(moments) == 50
    assert moments == sorted(moments)


def test_a_list_by_date_of_the_nearest_ends(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    ids = all_pages(many, embedder, 30, q="giá gạo", mode="semantic", sort="newest")
    total = find(many, embedder, SearchRequest(q="giá gạo", mode="semantic", sort="newest")).total
    assert len(ids) == len(set(ids)) == total


def test_an_empty_query_lists_the_newest(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    answer = search(many, embedder, SearchRequest(q="  "))
    assert answer.total == MANY + 20
    assert answer.hits[0].id == f"bai-{MANY + 19:04d}"
    assert not answer.degraded


def test_filters_hold_for_both_legs(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    wanted = Filters(section="Thể thao", until=DAY_ONE + timedelta(hours=50))
    answer = search(many, embedder, SearchRequest(q="giá gạo", filters=wanted, size=100))
    assert answer.total == len(answer.hits) == 25
    assert {hit.section for hit in answer.hits} == {"Thể thao"}


@pytest.mark.parametrize("leg", ["lexical", "vector"])
def test_one_leg_answers_when_the_other_fails(
    many: ArticleIndex, embedder: SyllableEmbedder, leg: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = search(broken(many, leg), embedder, SearchRequest(q="giá gạo xuất khẩu", explain=True))
    assert answer.degraded
    assert len(answer.hits) == 10
    assert f"the {leg} leg is gone" in caplog.text
    explained = [hit.explain for hit in answer.hits if hit.explain]
    gone = [one.bm25 if leg == "lexical" else one.cosine for one in explained]
    assert gone == [None] * 10
    assert [one.found_by for one in explained] == [["meaning"] if leg == "lexical" else ["words"]] * 10


def test_words_still_find_articles_without_a_model(
    many: ArticleIndex, embedder: SyllableEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    for lame in (Deaf(), type(embedder)("another-model")):
        caplog.clear()
        answer = search(many, lame, SearchRequest(q="giá gạo"))
        assert answer.degraded
        assert answer.total == MANY
        assert "degraded" in caplog.text
        with pytest.raises(EmbeddingUnavailable):
            search(many, lame, SearchRequest(q="giá gạo", mode="semantic"))
        assert not search(many, lame, SearchRequest(q="giá gạo", mode="lexical")).degraded


def test_a_query_without_any_known_token_is_no_failure(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    answer = search(many, embedder, SearchRequest(q="%%%"))
    assert not answer.degraded


def test_an_english_query_is_answered_by_the_vectors(filled: Filled, embedder: SyllableEmbedder) -> None:
    index = filled(report(1, "giá gạo"), report(2, "the to in on of"))
    query = "why are the prices of exported rice falling in the markets"
    weight = find(index, embedder, SearchRequest(q=query)).weight
    assert weight > 0.8 > find(index, embedder, SearchRequest(q="giá gạo")).weight


@pytest.mark.parametrize("offset", [0, 95, POOL + 40])
def test_scores_explain_themselves(many: ArticleIndex, embedder: SyllableEmbedder, offset: int) -> None:
    answer = search(many, embedder, SearchRequest(q="giá gạo xuất khẩu", explain=True, offset=offset, size=20))
    for hit in answer.hits:
        assert hit.explain is not None
        assert hit.score == round(sum(part.contribution for part in hit.explain.parts), 6)
        assert hit.explain.parts or hit.explain.found_by == ["words"]


def test_a_further_signal_is_one_more_part_of_the_score() -> None:
    legs = Retrieved(Leg(("a", "b"), (3.0, 2.9), 2), Leg(("a", "b"), (0.31, 0.7), 2))
    sentence = Part("sentence", 0.77, 0.1)
    order = [
        one._replace(score=one.score + sentence.value * sentence.weight, further=(sentence,))
        for one in fuse(legs.lexical, legs.nearest, 0.55)
    ]
    for one in order:
        told = explained(one, legs, legs, IN_VIETNAMESE, 0.55, "hybrid")
        assert [part.name for part in told.parts] == ["words", "meaning", "sentence"]
        assert sum(part.contribution for part in told.parts) == one.score


def test_a_cosine_that_was_estimated_is_told_and_makes_nothing_clearly_relevant() -> None:
    legs = Retrieved(Leg(("a", "b"), (3.0, 1.0), 2), Leg(("a",), (0.9,), 1))
    a, b = fuse(legs.lexical, legs.nearest, 0.55)
    assert b.cosine > IN_VIETNAMESE.strong_cosine
    assert [part.estimated for part in explained(b, legs, legs, IN_VIETNAMESE, 0.55, "hybrid").parts] == [False, True]
    assert [relevance_of(one, legs, IN_VIETNAMESE) for one in (a, b)] == ["strong", "weak"]


def test_deep_pages_in_classes_hold_every_match_once(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    for query in ("giá gạo", "giá gạo xuất khẩu"):
        ids = all_pages(many, embedder, 40, q=query, sort="relevant_newest")
        answer = search(many, embedder, SearchRequest(q=query, sort="relevant_newest", size=100))
        assert len(ids) == len(set(ids)) == answer.total == find(many, embedder, SearchRequest(q=query)).total
        assert [hit.id for hit in answer.hits] == ids[:100]


def test_what_is_near_in_meaning_is_listed_by_date_where_the_words_fail(
    many: ArticleIndex, embedder: SyllableEmbedder
) -> None:
    answer = search(broken(many, "lexical"), embedder, SearchRequest(q="giá gạo", sort="relevant_newest", size=20))
    assert answer.degraded
    assert {hit.relevance for hit in answer.hits} <= {"strong", "weak"}
    assert [hit.relevance for hit in answer.hits] == sorted(hit.relevance or "" for hit in answer.hits)


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("q", {"q": "a" * 1_001}),
        ("size", {"size": -1}),
        ("size", {"size": 101}),
        ("from", {"offset": -1}),
        ("from", {"offset": 9_999}),
        ("until", {"filters": Filters(since=DAY_ONE, until=DAY_ONE)}),
    ],
)
def test_an_impossible_request_names_its_field(field: str, asked: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        SearchRequest(**asked)  # type: ignore[arg-type]  # the point of the test
    assert [problem.field for problem in caught.value.problems] == [field]


# --- walks ---------------------------------------------------------------------------------------------------------


def walk(index: ArticleIndex, embedder: SyllableEmbedder, request: SearchRequest) -> tuple[list[str], int]:
    """Every id that a walk meets, and how many pages it took."""
    ids: list[str] = []
    for page in range(1, 1_000):
        answer = search(index, embedder, request)
        ids += [hit.id for hit in answer.hits]
        if answer.cursor is None:
            return ids, page
        request = replace(request, cursor=answer.cursor)
    pytest.fail("the walk does not end")


def test_a_walk_meets_all_matches(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    ids, pages = walk(many, embedder, SearchRequest(q="giá gạo", mode="lexical", size=50, cursor="*"))
    assert (len(ids), len(set(ids)), pages) == (MANY, MANY, MANY // 50 + 1)
    dated, _ = walk(many, embedder, SearchRequest(q="giá gạo", sort="oldest", size=100, cursor="*"))
    assert dated == sorted(ids)
    everything, _ = walk(many, embedder, SearchRequest(size=100, cursor="*"))
    assert everything == [f"bai-{number:04d}" for number in reversed(range(MANY + 20))]


def test_the_first_page_of_a_walk_may_have_facets(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    answer = search(many, embedder, SearchRequest(q="giá gạo", mode="lexical", size=1, cursor="*", facets=True))
    assert sum(answer.facets["section"].values()) == answer.total == MANY


def test_a_cursor_belongs_to_its_search(many: ArticleIndex, embedder: SyllableEmbedder) -> None:
    asked = SearchRequest(q="giá gạo", mode="lexical", size=5, cursor="*")
    cursor = search(many, embedder, asked).cursor
    for other in (replace(asked, q="giá"), replace(asked, sort="newest"), replace(asked, filters=Filters(tag="gạo"))):
        with pytest.raises(InvalidInput, match="belongs to another search"):
            search(many, embedder, replace(other, cursor=cursor))
    with pytest.raises(InvalidInput, match="belongs to another search"):
        search(many, embedder, replace(asked, cursor="x"))


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"q": "giá gạo"}, "cursor"),
        ({"q": "giá gạo", "mode": "semantic", "sort": "newest"}, "cursor"),
        ({"offset": 10}, "from"),
        ({"size": 0}, "size"),
    ],
)
def test_what_can_not_be_walked_is_refused(request_: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        SearchRequest(cursor="*", **request_)  # type: ignore[arg-type]  # names vary by case
    assert caught.value.problems[0].field == field


def test_a_search_does_not_fail_for_want_of_a_suggestion(
    filled: Filled, embedder: SyllableEmbedder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    index = filled(report(1, "giá gạo"))

    def away(words: Sequence[str]) -> list[int]:
        raise IndexUnavailable("the index is away")

    monkeypatch.setattr(index, "occurrences", away)
    answer = search(index, embedder, SearchRequest(q="giá gaoj vui"))
    assert (answer.total, answer.suggestion, answer.searched) == (1, None, None)
    assert "no suggestion: the index is away" in caplog.text
