"""The second look at the first candidates, and what is left of it where a model or an index can't tell."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from machtin.article import Article
from machtin.embedding import StaticEmbedder
from machtin.errors import IndexUnavailable
from machtin.models import embedded
from machtin.ports import ArticleIndex, IndexEntry, Pieces, Vectors
from machtin.query import IN_ENGLISH, IN_VIETNAMESE
from machtin.ranking import Fused
from machtin.reranking import reranked
from machtin.search import find, search
from machtin.search_request import SearchRequest
from machtin.settings import BUNDLED_MODEL

from .memory_installation import Installation, SyllableEmbedder


@dataclass
class Kept:
    """An index that knows nothing but pieces."""

    held: dict[str, Pieces] = field(default_factory=dict)
    failure: str | None = None

    def pieces(self, article_ids: Sequence[str]) -> dict[str, Pieces]:
        if self.failure:
            raise IndexUnavailable(self.failure)
        return {one: self.held[one] for one in article_ids if one in self.held}


class Counting(SyllableEmbedder):
    """Aligns by the first piece alone: as many hundredths."""

    def embed_with_pieces(self, articles: Sequence[Article]) -> tuple[Vectors, list[Pieces]]:
        raise NotImplementedError

    def alignment(self, query: str, articles: Sequence[Pieces]) -> Vectors:
        return np.array([[pieces[0] / 100, pieces[0] / 100] for pieces in articles], dtype=np.float32)


def index_of(kept: Kept) -> ArticleIndex:
    return kept  # type: ignore[return-value]  # reranking asks it for nothing else


def piece(number: int) -> Pieces:
    return np.array([number], dtype=np.int32)


ORDER = [Fused("a", 0.9, 0.9, 0.9), Fused("b", 0.8, 0.8, 0.8), Fused("c", 0.7, 0.7, 0.7)]


def test_candidates_with_nearer_words_rise() -> None:
    kept = Kept({"a": piece(10), "b": piece(90), "c": piece(20)})
    order = reranked(index_of(kept), Counting(), "giá gạo", ORDER, IN_VIETNAMESE)
    assert [one.id for one in order] == ["b", "a", "c"]
    weight = IN_VIETNAMESE.aligned_words + IN_VIETNAMESE.aligned_passage
    assert order[0].score == pytest.approx(0.8 + 0.9 * weight)
    assert [part.name for part in order[0].further] == ["aligned_words", "aligned_passage"]


def test_an_article_without_pieces_counts_as_the_least_of_the_others() -> None:
    order = [*ORDER, *(Fused(f"{number}", 0.5, 0.5, 0.5) for number in range(7))]
    kept = Kept({one.id: piece(40 if one.id == "b" else 10) for one in order if one.id != "c"})
    again = reranked(index_of(kept), Counting(), "giá gạo", order, IN_VIETNAMESE)
    assert {one.id: one.further[0].value for one in again}["c"] == pytest.approx(0.1)


def test_where_many_have_no_pieces_the_order_stays() -> None:
    kept = Kept({"b": piece(90), "c": piece(95)})
    assert reranked(index_of(kept), Counting(), "giá gạo", ORDER, IN_VIETNAMESE) == ORDER


def test_beyond_the_first_candidates_the_order_stays() -> None:
    many = [Fused(f"{number:03}", 1 - number / 100, 0.5, 0.5) for number in range(IN_ENGLISH.reranked + 30)]
    kept = Kept({one.id: piece(place) for place, one in enumerate(many)})
    order = reranked(index_of(kept), Counting(), "rice prices", many, IN_ENGLISH)
    assert order[IN_ENGLISH.reranked :] == many[IN_ENGLISH.reranked :]
    scores = [one.score for one in order]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("embedder", [SyllableEmbedder(), Counting()])
def test_where_model_or_index_can_t_tell_the_order_stays(embedder: SyllableEmbedder) -> None:
    assert reranked(index_of(Kept()), embedder, "giá gạo", ORDER, IN_VIETNAMESE) == ORDER
    assert reranked(index_of(Kept()), embedder, "giá gạo", [], IN_VIETNAMESE) == []


def test_an_index_that_fails_meanwhile_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    failing = index_of(Kept(failure="the disk is gone"))
    with caplog.at_level(logging.WARNING):
        assert reranked(failing, Counting(), "giá gạo", ORDER, IN_VIETNAMESE) == ORDER
    assert "the disk is gone" in caplog.text


FAR = IN_VIETNAMESE.least_cosine - 0.01
NEAR = IN_VIETNAMESE.least_cosine


def test_far_neighbours_are_left_out_unless_they_match_lexically() -> None:
    order = [Fused("words", 0.5, 0.1, 0.0), Fused("near", 0.4, 0.0, NEAR), Fused("far", 0.3, 0.0, FAR)]
    kept = reranked(index_of(Kept()), SyllableEmbedder(), "giá gạo", order, IN_VIETNAMESE)
    assert [one.id for one in kept] == ["words", "near"]


def test_of_what_meaning_alone_found_a_passage_must_come_near_where_that_is_known() -> None:
    order = [Fused(name, 0.5, lexical, NEAR) for name, lexical in (("words", 0.1), ("speaks", 0), ("not", 0), ("?", 0))]
    order += [Fused(f"{number}", 0.4, 0.4, 0.4) for number in range(6)]
    far, near = (piece(round(100 * IN_VIETNAMESE.least_passage) + step) for step in (-1, 1))
    kept = Kept({one.id: near if one.id == "speaks" else far for one in order if one.id != "?"})
    found = reranked(index_of(kept), Counting(), "giá gạo", order, IN_VIETNAMESE)
    assert {one.id for one in order} - {one.id for one in found} == {"not"}


def test_across_languages_a_near_passage_is_enough() -> None:
    order = [Fused("speaks", 0.5, 0.0, 0.02), Fused("not", 0.5, 0.0, 0.3)]
    found = reranked(index_of(Kept({"speaks": piece(60), "not": piece(20)})), Counting(), "rice", order, IN_ENGLISH)
    assert [one.id for one in found] == ["speaks"]


def test_an_english_question_finds_the_article_whose_passage_answers_it(installation: Installation) -> None:
    model = StaticEmbedder.load(BUNDLED_MODEL)
    long = " ".join(["Cuộc họp bàn nhiều việc của thành phố trong năm nay."] * 12)
    articles = [
        Article(id="tau", title="Kế hoạch năm", body=f"{long} Tuyến đường sắt mới nối sân bay với bến cảng. {long}"),
        Article(id="hop", title="Kế hoạch năm", body=f"{long} Người dân nêu ý kiến về học phí và bệnh viện. {long}"),
    ]
    index = installation.catalog.create(model.model_version, model.dimensions)
    index.write([IndexEntry(a, 1, v, pieces=p) for a, (v, p) in zip(articles, embedded(model, articles), strict=True)])
    request = SearchRequest(q="which railway connects the airport with the port", explain=True)
    assert find(index, model, request).page[0].id == "tau"
    first = search(index, model, request).hits[0]
    assert first.explain is not None
    assert "aligned_passage" in [part.name for part in first.explain.parts]
    assert first.score == round(sum(part.contribution for part in first.explain.parts), 6)
