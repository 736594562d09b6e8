"""What every article index promises about its two legs, filters, totals, facets, order and pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from machtin.ports import NO_FILTERS, ArticleIndex, Filters, Leg, Retrieval, Sort

from .asking import HANOI, entry, lexical, nearest, vector

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


def test_where_both_legs_are_asked_an_engine_may_tell_which_neighbours_match_the_words(index: ArticleIndex) -> None:
    index.write(NEWS)
    filters = Filters(until=datetime(2027, 1, 1, tzinfo=UTC))
    found = index.retrieve(Retrieval(text="gạo hai", vector=vector(1, 1, 1, 1), size=5, filters=filters))
    assert found.nearest == replace(
        nearest(index, 1, 1, 1, 1, filters=filters, size=5), matching=found.nearest.matching
    )
    assert found.nearest.matching in (None, {"2"})
    assert index.matching("gạo hai", found.nearest.ids, filters) == 1


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
