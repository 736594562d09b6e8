"""Which terms an article is indexed by, and which a query looks up."""

from __future__ import annotations

import pytest

from machtin.adapters.lexical_query import (
    BIGRAM_WEIGHT,
    MAX_BIGRAMS,
    MAX_SYLLABLES,
    TITLE_WEIGHT,
    Term,
    query_terms,
    text_fields,
)
from machtin.article import Article


def seen(**numbers: int) -> dict[str, int]:
    return numbers


def terms(text: str, frequencies: dict[str, int] | None = None) -> tuple[list[Term], list[Term]]:
    found = query_terms(text, lambda _, token: (frequencies or {}).get(token, 5), 100)
    return found.syllables, found.bigrams


def test_an_article_is_indexed_as_spelt_folded_and_by_pairs_that_stay_within_a_field() -> None:
    fields = text_fields(Article(id="a", title="Giá gạo", sapo="Tăng", body="Mạnh lắm"))
    assert fields.exact.split() == ["giá", "gạo"] * TITLE_WEIGHT + ["tăng", "mạnh", "lắm"]
    assert fields.folded.split() == ["gia", "gao"] * TITLE_WEIGHT + ["tang", "manh", "lam"]
    assert fields.bigram.split() == ["gia_gao"] * TITLE_WEIGHT + ["manh_lam"]


def test_a_syllable_with_marks_is_looked_up_as_spelt_and_one_without_among_the_folded() -> None:
    singles, pairs = terms("giá gao")
    assert singles == [Term("exact", "giá", 1), Term("folded", "gao", 1)]
    assert pairs == [Term("bigram", "gia_gao", BIGRAM_WEIGHT)]


def test_what_is_said_again_weighs_more_but_not_twice() -> None:
    singles, _ = terms("gạo gạo gạo gạo")
    assert singles == [Term("exact", "gạo", 2)]


def test_of_a_long_text_the_most_telling_terms_are_kept() -> None:
    words = [f"tu{n}" for n in range(200)]
    singles, pairs = terms(" ".join(words), seen(tu7=100, tu8=1, tu9=2))
    assert (len(singles), len(pairs)) == (MAX_SYLLABLES, MAX_BIGRAMS)
    tokens = [term.token for term in singles]
    assert tokens[0] == "tu9"
    assert "tu7" not in tokens
    assert "tu8" not in tokens, "a term of one article alone finds nothing else"


@pytest.mark.parametrize("length", [101, 5_000])
def test_an_endless_word_is_known_by_its_beginning(length: int) -> None:
    singles, _ = terms("x" * length)
    assert singles == terms("x" * 100)[0]
    assert text_fields(Article(id="a", title="", body="x" * length)).exact == "x" * 100


@pytest.mark.parametrize("text", ["", "?!", "😀"])
def test_a_text_without_a_syllable_has_no_terms(text: str) -> None:
    assert terms(text) == ([], [])
