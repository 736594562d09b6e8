"""What every article index promises, whatever engine it stands on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from machtin.article import Article, RelatedItem
from machtin.errors import ModelError
from machtin.ports import (
    NO_FILTERS,
    ArticleIndex,
    Filters,
    IndexCatalog,
    IndexEntry,
    IndexTombstone,
    Leg,
    Retrieval,
    Sort,
    SummarySentence,
)

HANOI = timezone(timedelta(hours=7))


def vector(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    made = np.array(values, dtype=np.float32)
    return made / np.linalg.norm(made)


def entry(
    article_id: str, title: str = "Tin", *, revision: int = 1, at: Sequence[float] = (), **fields: object
) -> IndexEntry:
    article = replace(Article(id=article_id, title=title), **fields)  # type: ignore[arg-type]  # names vary by test
    return IndexEntry(article, revision, vector(*at) if at else None)


def lexical(
    index: ArticleIndex,
    text: str,
    filters: Filters = NO_FILTERS,
    sort: Sort = "relevance",
    size: int = 10,
    offset: int = 0,
) -> Leg:
    found = index.retrieve(Retrieval(text=text, vector=None, size=size, offset=offset, filters=filters, sort=sort))
    return found.lexical


def nearest(index: ArticleIndex, *values: float, filters: Filters = NO_FILTERS, size: int = 10) -> Leg:
    return index.retrieve(Retrieval(text=None, vector=vector(*values), size=size, filters=filters)).nearest


# --- writing -------------------------------------------------------------------------------------------------------


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
    index.write([IndexEntry(article, 7, vector(1, 2, 3, 4), summary)])
    found = index.get([article.id, "unknown"])
    assert list(found) == [article.id]
    assert (found[article.id].article, found[article.id].revision, found[article.id].summary) == (article, 7, summary)
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


# --- the lexical leg -----------------------------------------------------------------------------------------------


def test_missing_marks_are_forgiven_and_typed_marks_count(index: ArticleIndex) -> None:
    index.write([entry("mua", "Mùa gặt"), entry("mua-ban", "Mua sắm"), entry("mua-roi", "Mưa rơi")])
    assert set(lexical(index, "mua").ids) == {"mua", "mua-ban", "mua-roi"}
    assert lexical(index, "mưa").ids == ("mua-roi",)
    assert lexical(index, "MÙA GẶT").ids == ("mua",)


@pytest.mark.parametrize(
    "spelling", ["Ðà Nẵng hòa", "Đà Nẵng hoà", "Đa\u0300 Na\u0306\u0303ng ho\u0300a", "da nang hoa"]
)
def test_every_spelling_of_the_same_words_finds_the_article(index: ArticleIndex, spelling: str) -> None:
    index.write([entry("tin", "Đà Nẵng hòa"), entry("khac", "Huế")])
    assert lexical(index, spelling).ids == ("tin",)


def test_the_headline_weighs_more_than_the_body(index: ArticleIndex) -> None:
    index.write([entry("body", "Tin tức", body="Gạo và lúa"), entry("title", "Gạo và lúa", body="Tin tức")])
    assert lexical(index, "gạo").ids == ("title", "body")


def test_neighbouring_syllables_weigh_more_than_scattered_ones(index: ArticleIndex) -> None:
    index.write([entry("scattered", body="kinh thành có nền tế lễ"), entry("word", body="nền kinh tế có lễ thành")])
    assert lexical(index, "kinh tế").ids == ("word", "scattered")


def test_a_short_query_wants_both_its_syllables_and_a_longer_one_most(index: ArticleIndex) -> None:
    index.write([entry("one", body="giá"), entry("two", body="giá gạo"), entry("three", body="giá gạo tăng")])
    assert set(lexical(index, "giá gạo").ids) == {"two", "three"}
    assert set(lexical(index, "giá gạo tăng").ids) == {"two", "three"}


def test_a_text_without_a_syllable_matches_nothing_and_an_empty_one_all(index: ArticleIndex) -> None:
    index.write([entry("a"), entry("b")])
    assert lexical(index, "?! …").total == 0
    assert lexical(index, "").total == 2


def test_a_whole_article_finds_itself_and_its_like(index: ArticleIndex) -> None:
    words = [f"{first}{second}" for first in "bcdghklmnprstvx" for second in ("a", "o", "e", "i", "u", "ang", "ong")]
    texts = {f"a{n}": " ".join(words[n * 10 : n * 10 + 60]) for n in range(5)}
    index.write([entry(article_id, body=text) for article_id, text in texts.items()])
    assert lexical(index, texts["a2"] * 3).ids[0] == "a2"
    assert set(lexical(index, texts["a2"] * 3).ids[1:3]) == {"a1", "a3"}


# --- the nearest leg -----------------------------------------------------------------------------------------------


def test_the_nearest_come_first_with_their_cosines_and_the_total_of_all_with_a_vector(index: ArticleIndex) -> None:
    index.write([entry("a", at=(1, 0, 0, 0)), entry("b", at=(1, 1, 0, 0)), entry("c", at=(0, 1, 0, 0)), entry("none")])
    leg = nearest(index, 1, 0, 0, 0, size=2)
    assert leg.ids == ("a", "b")
    assert leg.scores == pytest.approx((1, 0.7071), abs=1e-3)
    assert leg.total == 3


def test_legs_that_were_not_asked_are_not_run(index: ArticleIndex) -> None:
    index.write([entry("a", "gạo", at=(1, 0, 0, 0))])
    only_text = index.retrieve(Retrieval(text="gạo", vector=None, size=5))
    only_vector = index.retrieve(Retrieval(text=None, vector=vector(1, 0, 0, 0), size=5))
    assert (only_text.nearest, only_vector.lexical) == (Leg(), Leg())


# --- filters, totals, facets ---------------------------------------------------------------------------------------

NEWS = [
    entry(
        "1",
        "gạo một",
        at=(1, 0, 0, 0),
        section="Đời sống",
        tags=("Hòa Bình", "gạo"),
        author="Quỳnh Hoa - Minh Trí",
        published_at=datetime(2026, 2, 28, 18, 0, tzinfo=UTC),
    ),
    entry(
        "2",
        "gạo hai",
        at=(0, 1, 0, 0),
        section="ĐỜI SỐNG",
        tags=("Huế",),
        author="Minh Trí (TTXVN)",
        published_at=datetime(2026, 3, 1, 0, 0, tzinfo=HANOI),
    ),
    entry(
        "3",
        "gạo ba",
        at=(0, 0, 1, 0),
        section="Đời sống",
        author="Lê Và, Trần Ân và Vũ Ý",
        published_at=datetime(2026, 1, 31, 16, 59, tzinfo=UTC),
    ),
    entry("4", "gạo bốn", section="Kinh tế", published_at=None),
    entry(
        "5",
        "cá năm",
        at=(0, 0, 0, 1),
        section=None,
        tags=("gạo",),
        published_at=datetime(2025, 12, 31, 23, 0, tzinfo=HANOI),
    ),
]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(section="đời sống"), "123"),
        (Filters(section="Ðo\u031b\u0300i  sống "), "123"),
        (Filters(section="Đời"), ""),
        (Filters(tag="hoà bình"), "1"),
        (Filters(tag="GẠO"), "15"),
        (Filters(author="minh trí"), "12"),
        (Filters(author="Quỳnh Hoa - Minh Trí"), "1"),
        (Filters(author="ttxvn"), "2"),
        (Filters(author="Vũ Ý"), "3"),
        (Filters(author="Lê Và"), "3"),
        (Filters(author="Minh"), ""),
        (Filters(since=datetime(2026, 2, 28, 17, 0, tzinfo=UTC)), "12"),
        (Filters(until=datetime(2026, 2, 28, 17, 0, tzinfo=UTC)), "35"),
        (Filters(since=datetime(2026, 1, 1, tzinfo=HANOI), until=datetime(2026, 2, 1, tzinfo=HANOI)), "3"),
        (Filters(section="Đời sống", author="Minh Trí", until=datetime(2026, 2, 28, 18, 0, tzinfo=UTC)), "2"),
    ],
)
def test_filters_hold_on_both_legs_with_exact_totals(index: ArticleIndex, filters: Filters, expected: str) -> None:
    index.write(NEWS)
    everything = lexical(index, "", filters, size=1)
    assert everything.total == len(expected)
    by_text, by_vector = lexical(index, "gạo", filters), nearest(index, 1, 1, 1, 1, filters=filters)
    assert (set(by_text.ids), by_text.total) == (set(expected) - {"5"}, len(set(expected) - {"5"}))
    assert (set(by_vector.ids), by_vector.total) == (set(expected) - {"4"}, len(set(expected) - {"4"}))


def test_a_filter_adds_nothing_to_a_score(index: ArticleIndex) -> None:
    index.write(NEWS)
    assert lexical(index, "một").scores == pytest.approx(
        lexical(index, "một", Filters(section="Đời sống", until=datetime(2027, 1, 1, tzinfo=UTC))).scores
    )


def test_facets_count_all_matches_by_the_usual_spelling_and_by_month_in_hanoi(index: ArticleIndex) -> None:
    index.write(NEWS)
    facets = index.retrieve(Retrieval(text="gạo", vector=None, size=1, facets=True)).facets
    assert {name: list(counts.items()) for name, counts in facets.items()} == {
        "section": [("Đời sống", 3), ("Kinh tế", 1)],
        "month": [("2026-03", 2), ("2026-01", 1)],
    }
    everything = index.retrieve(Retrieval(text="", vector=None, size=0, facets=True, filters=Filters(tag="gạo"))).facets
    assert everything == {"section": {"Đời sống": 1}, "month": {"2026-03": 1, "2025-12": 1}}


def test_matching_counts_the_ids_that_match_lexically_within_the_filters(index: ArticleIndex) -> None:
    index.write(NEWS)
    ids = ["1", "2", "4", "5", "unknown"]
    assert index.matching("gạo", ids, NO_FILTERS) == 3
    assert index.matching("gạo", ids, Filters(section="Đời sống")) == 2
    assert index.matching("", ids, Filters(tag="gạo")) == 2
    assert index.matching("gạo", [], NO_FILTERS) == 0


# --- order and pages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sort", "expected"), [("newest", "12354"), ("oldest", "53214")])
@pytest.mark.parametrize("text", ["", "tin"])
def test_sorting_by_date_puts_the_undated_last(index: ArticleIndex, sort: Sort, expected: str, text: str) -> None:
    index.write([replace(one, article=replace(one.article, title="tin")) for one in NEWS])
    assert "".join(lexical(index, text, sort=sort).ids) == expected


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("text", ["", "tin"])
def test_ties_are_in_the_order_of_their_ids_and_pages_never_overlap(index: ArticleIndex, sort: Sort, text: str) -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    ids = [f"{n:02d}" for n in range(40)]
    for rest in (3, 1, 0, 2):
        batch = [entry(ids[n], "tin", published_at=day if n < 20 else None) for n in range(rest, 40, 4)]
        index.write(batch[::-1])
    pages = [lexical(index, text, sort=sort, size=7, offset=offset) for offset in range(0, 49, 7)]
    assert [one for leg in pages for one in leg.ids] == ids
    assert {leg.total for leg in pages} == {40}


def test_equally_near_articles_are_in_the_order_of_their_ids(index: ArticleIndex) -> None:
    index.write([entry(article_id, at=(1, 0, 0, 0)) for article_id in ("c", "a", "d", "b")])
    assert nearest(index, 1, 0, 0, 0, size=2).ids == ("a", "b")


# --- many users ----------------------------------------------------------------------------------------------------


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
