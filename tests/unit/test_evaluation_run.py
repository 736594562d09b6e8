"""A test collection goes through the search and the related news that readers get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from machtin.article import Article
from machtin.beir import Collection
from machtin.errors import IndexUnavailable
from machtin.evaluation_run import evaluate_baseline, evaluate_modes, index_corpus, ranking_of
from machtin.ports import ArticleIndex

if TYPE_CHECKING:
    from .memory_installation import Installation

TEXTS = {
    "gao-1": "Giá gạo xuất khẩu tăng sang tuần thứ ba, thương lái gom hàng ở An Giang",
    "gao-2": "Giá gạo xuất khẩu chững lại, thương lái An Giang ngừng gom hàng để chờ đơn mới",
    "bong-1": "Đội tuyển bóng đá nữ thắng đậm, vào bán kết gặp Thái Lan",
    "bong-2": "Bán kết bóng đá nữ: huấn luyện viên đội tuyển nói gì trước trận gặp Thái Lan",
}
CORPUS = {key: Article(id=key, title="", body=text) for key, text in TEXTS.items()}
SEARCH = Collection(
    CORPUS,
    {"q1": "giá gạo", "q2": "bóng đá nữ"},
    {"q1": {"gao-1": 1, "gao-2": 1}, "q2": {"bong-1": 1, "bong-2": 1}},
    "",
)
RELATED = Collection(
    CORPUS,
    dict.fromkeys(CORPUS, "never read, for the article itself is known"),
    {"gao-1": {"gao-2": 1}, "gao-2": {"gao-1": 1}, "bong-1": {"bong-2": 1}, "bong-2": {"bong-1": 1}},
    "",
)


def silent(_what: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
def index(installation: Installation) -> ArticleIndex:
    embedder = installation.embedder
    made = installation.catalog.create(embedder.model_version, embedder.dimensions)
    index_corpus(made, embedder, list(CORPUS.values()), silent)
    return made


@pytest.mark.parametrize("strip", [False, True])
def test_search_in_every_mode(index: ArticleIndex, installation: Installation, strip: bool) -> None:
    results = evaluate_modes(
        index,
        installation.embedder,
        SEARCH,
        related=False,
        modes=["hybrid", "lexical", "semantic"],
        strip=strip,
        progress=silent,
    )
    assert list(results) == ["hybrid", "lexical", "semantic"]
    assert results["hybrid"]["ndcg@10"] == results["lexical"]["ndcg@10"] == 1.0


def test_an_article_is_left_out_of_its_own_answer(index: ArticleIndex, installation: Installation) -> None:
    (result,) = evaluate_modes(
        index, installation.embedder, RELATED, related=True, modes=["hybrid"], strip=False, progress=silent
    ).values()
    assert result["mrr@10"] == 1.0


def test_a_query_article_that_the_corpus_lacks_is_taken_as_text(
    index: ArticleIndex, installation: Installation
) -> None:
    draft = Collection(CORPUS, {"draft": "giá gạo xuất khẩu An Giang"}, {"draft": {"gao-1": 1, "gao-2": 1}}, "")
    (result,) = evaluate_modes(
        index, installation.embedder, draft, related=True, modes=["hybrid"], strip=False, progress=silent
    ).values()
    assert result["ndcg@10"] == 1.0


def test_the_baseline_is_asked_the_same(index: ArticleIndex) -> None:
    asked: list[str] = []

    def rank(text: str, size: int) -> list[str]:
        asked.append(text)
        return ["gao-1", "gao-2", "bong-1", "bong-2"]

    related = evaluate_baseline(rank, RELATED, related=True, strip=True)
    assert asked[0].startswith("gia gao xuat khau")
    assert related["mrr@10"] == pytest.approx((1 + 1 + 1 / 3 + 1 / 3) / 4)
    asked.clear()
    evaluate_baseline(rank, SEARCH, related=False, strip=False)
    assert asked == ["giá gạo", "bóng đá nữ"]


def test_progress_counts_articles_and_queries(installation: Installation) -> None:
    told: list[tuple[str, int, int]] = []
    embedder = installation.embedder
    made = installation.catalog.create(embedder.model_version, embedder.dimensions)
    index_corpus(made, embedder, list(CORPUS.values()), lambda *step: told.append(step))
    evaluate_modes(
        made,
        embedder,
        SEARCH,
        related=False,
        modes=["lexical"],
        strip=False,
        progress=lambda *step: told.append(step),
    )
    assert told == [("indexing", 4, 4), ("lexical", 1, 2), ("lexical", 2, 2)]


def test_an_index_that_answers_with_one_leg_is_not_measured(
    index: ArticleIndex, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = installation.embedder
    monkeypatch.setattr(other, "model_version", "another-1")
    with pytest.raises(IndexUnavailable, match="by words or by meaning alone"):
        ranking_of(index, other, "giá gạo")
    assert ranking_of(index, other, "giá gạo", "lexical")
