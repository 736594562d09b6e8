"""The advice on a draft when a part of what it needs is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from machtin.article import Article
from machtin.drafts import advice, related_with_advice
from machtin.errors import IndexUnavailable
from machtin.ports import IndexEntry

from .memory_installation import MemoryIndex

BODY = "Giá gạo ở chợ Bà Đắc tăng thêm hai trăm đồng một ký, thương lái cho biết sáng nay tại bến."


@pytest.fixture
def index() -> MemoryIndex:
    made = MemoryIndex("v1", "model-a")
    articles = [
        Article(id="gao", title="Giá gạo tăng", body=BODY, tags=("gạo", "Chợ Bà Đắc")),
        Article(id="dua", title="Dừa rớt giá", body="Dừa khô ở Bến Tre rớt giá.", tags=("dừa",)),
    ]
    made.write([IndexEntry(article, 1, None) for article in articles])
    return made


def draft(**fields: str) -> Article:
    return Article(id="draft", **{"title": "Giá gạo lại tăng", "body": BODY, **fields})  # type: ignore[arg-type]


def test_without_vectors_the_nearest_are_found_by_words(index: MemoryIndex) -> None:
    found = advice(index, draft(), None)
    assert [one.id for one in found.duplicates] == ["gao"]
    assert "gạo" in [one.tag for one in found.tags]


def test_what_related_news_call_a_copy_is_looked_at_however_far_it_is(index: MemoryIndex) -> None:
    other = draft(title="Khác", body="Không có gì chung.")
    assert advice(index, other, None, copies=["gao", "draft", "unknown"]).duplicates == []


def test_where_tags_cannot_be_read_related_news_still_come(
    index: MemoryIndex, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_keys: Sequence[str]) -> dict[str, int]:
        raise IndexUnavailable("no labels")

    monkeypatch.setattr(index, "tag_counts", fail)
    answer = related_with_advice(index, draft(), None, 6)
    assert answer.degraded
    assert (answer.duplicates, answer.tags, answer.links) == ([], [], [])
    assert answer.model_version == "model-a"
    assert "no labels" in caplog.text


def test_an_index_that_cannot_be_read_at_all_is_told(index: MemoryIndex) -> None:
    index.unreadable = "gone"
    with pytest.raises(IndexUnavailable, match="gone"):
        related_with_advice(index, draft(), None, 6)
