"""What every article index promises about writing, whatever engine it stands on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from machtin.answers import SummarySentence
from machtin.article import Article, RelatedItem
from machtin.errors import ModelError
from machtin.ports import ArticleIndex, Filters, IndexCatalog, IndexEntry, IndexTombstone

from .asking import HANOI, entry, lexical, nearest, vector


def test_what_was_written_is_found_by_both_legs_at_once(index: ArticleIndex) -> None:
    assert index.write([entry("gao", "Giá gạo tăng", at=(1, 0, 0, 0))]) == ["written"]
    assert lexical(index, "giá gạo").ids == ("gao",)
    assert nearest(index, 1, 0, 0, 0).ids == ("gao",)
    assert index.count() == 1


def test_an_entry_comes_back_as_it_was_written(index: ArticleIndex) -> None:
    article = Article(
        id="A.b_c~d-" + "x" * 120,
        title="Đẩy mạnh KTTÐ",
        sapo="Chữ tổ hợp: ho\u0300a.",
        body="Đoạn một.\n\nĐoạn hai 😀.",
        url="https://bao.example/1.html",
        section="Kinh tế",
        tags=("gạo", "xuất khẩu"),
        author="Quỳnh Hoa",
        publisher="Báo Mẫu",
        published_at=datetime(2026, 3, 15, 8, 30, 0, 123456, tzinfo=HANOI),
        modified_at=datetime(2026, 3, 16, tzinfo=UTC),
        related_as_published=(RelatedItem(title="Tin cũ", sapo="…", url=None),),
    )
    summary = (SummarySentence("Đoạn một.", "body", 0, 9, 0.75), SummarySentence("Chữ", "sapo", 0, 3, 0.5))
    index.write([IndexEntry(article, 7, vector(1, 2, 3, 4), summary, summarizer="lead-1")])
    found = index.get([article.id, "unknown"])
    assert list(found) == [article.id]
    assert (found[article.id].article, found[article.id].revision) == (article, 7)
    assert (found[article.id].summary, found[article.id].summarizer) == (summary, "lead-1")
    held = found[article.id].vector
    assert held is not None
    assert held.tolist() == pytest.approx(vector(1, 2, 3, 4).tolist(), abs=1e-3)


def test_an_article_without_a_vector_is_found_by_its_text_alone(index: ArticleIndex) -> None:
    index.write([entry("gao", "Giá gạo"), entry("ca", "Cá tra", at=(1, 0, 0, 0))])
    assert (nearest(index, 1, 0, 0, 0).ids, nearest(index, 1, 0, 0, 0).total) == (("ca",), 1)
    assert lexical(index, "gạo").ids == ("gao",)
    assert index.get(["gao"])["gao"].vector is None


def test_a_newer_revision_replaces_the_article_on_both_legs(index: ArticleIndex) -> None:
    index.write([entry("tin", "Giá gạo", revision=1, at=(1, 0, 0, 0), section="Kinh tế")])
    assert index.write([entry("tin", "Bóng đá", revision=2, at=(0, 1, 0, 0), section="Thể thao")]) == ["written"]
    assert lexical(index, "giá gạo").total == 0
    assert lexical(index, "bóng đá").ids == ("tin",)
    assert nearest(index, 0, 1, 0, 0).scores == pytest.approx((1.0,), abs=1e-3)
    assert lexical(index, "", Filters(section="Kinh tế")).total == 0
    assert (index.count(), dict(index.revisions())) == (1, {"tin": 2})


@pytest.mark.parametrize(
    "late", [entry("tin", "Cũ", revision=4), entry("tin", "Cũ", revision=5), IndexTombstone("tin", 5)]
)
def test_what_is_not_newer_is_stale_and_changes_nothing(index: ArticleIndex, late: IndexEntry | IndexTombstone) -> None:
    index.write([entry("tin", "Mới", revision=5)])
    assert index.write([late]) == ["stale"]
    assert index.get(["tin"])["tin"].article.title == "Mới"
    assert lexical(index, "cũ").total == 0


def test_a_late_write_does_not_bring_back_what_was_buried(index: ArticleIndex) -> None:
    index.write([entry("tin", revision=1, at=(1, 0, 0, 0))])
    assert index.write([IndexTombstone("tin", 3)]) == ["written"]
    assert index.write([entry("tin", revision=2), entry("tin", revision=3)]) == ["stale", "stale"]
    assert index.get(["tin"]) == {}
    assert (index.count(), list(index.revisions())) == (0, [])
    assert lexical(index, "tin").total == nearest(index, 1, 0, 0, 0).total == 0


def test_a_tombstone_counts_even_when_it_arrives_before_the_article(index: ArticleIndex) -> None:
    assert index.write([IndexTombstone("tin", 2)]) == ["written"]
    assert index.write([entry("tin", revision=1)]) == ["stale"]


def test_a_buried_article_comes_back_with_a_newer_revision(index: ArticleIndex) -> None:
    index.write([entry("tin", revision=1), IndexTombstone("tin", 2), entry("tin", "Trở lại", revision=3)])
    assert lexical(index, "trở lại").ids == ("tin",)


def test_of_one_article_twice_in_a_batch_the_newer_counts_whatever_the_order(index: ArticleIndex) -> None:
    batch = [
        entry("tin", "Hai", revision=2),
        entry("tin", "Một", revision=1),
        entry("tin", "Ba", revision=3, at=(1, 0, 0, 0)),
    ]
    assert index.write(batch) == ["written", "stale", "written"]
    assert [lexical(index, word).total for word in ("một", "hai", "ba")] == [0, 0, 1]
    assert index.count() == 1


def test_nothing_to_write_is_no_error(index: ArticleIndex) -> None:
    assert index.write([]) == []
    assert (index.count(), lexical(index, "").total, nearest(index, 1, 0, 0, 0).total) == (0, 0, 0)


def test_a_vector_of_another_model_is_refused_and_nothing_of_its_batch_written(index: ArticleIndex) -> None:
    with pytest.raises(ModelError):
        index.write([entry("tin"), entry("khac", at=(1, 2, 3))])
    with pytest.raises(ModelError):
        nearest(index, 1, 2, 3)
    assert index.count() == 0


def test_hostile_text_is_only_text(index: ArticleIndex) -> None:
    texts = {
        "long-word": "a" * 5_000 + " " + "ă" * 5_000,
        "emoji": "😀👩‍👩‍👧 🇻🇳",
        "syntax": 'title:(+gạo -"cá tra") AND [1 TO *] ^2 ~ \\',
        "marks": "\u0301\u0323\u200b\ufeff\u00ad",
        "other-scripts": "漢字 العربية हिन्दी",
    }
    index.write(
        [
            entry(article_id, "x", body=text, section=text[:200], tags=(text[:200],), author=text[:500])
            for article_id, text in texts.items()
        ]
    )
    for text in texts.values():
        assert lexical(index, text).failure is None
        assert lexical(index, "", Filters(section=text[:200])).failure is None
    assert lexical(index, "gạo cá").ids == ("syntax",)
    assert "long-word" in lexical(index, "ă" * 5_000).ids


def test_what_one_opening_writes_the_others_see(open_catalog: Callable[[], IndexCatalog], index: ArticleIndex) -> None:
    other = open_catalog().open(index.version)
    assert other.count() == 0
    index.write([entry("a", "gạo", at=(1, 0, 0, 0))])
    assert (lexical(other, "gạo").ids, nearest(other, 1, 0, 0, 0).ids, other.count()) == (("a",), ("a",), 1)
    index.write([IndexTombstone("a", 2)])
    assert (lexical(other, "gạo").total, nearest(other, 1, 0, 0, 0).total, other.count()) == (0, 0, 0)
    other.close()


def test_closing_twice_is_safe(index: ArticleIndex) -> None:
    index.close()
    index.close()
