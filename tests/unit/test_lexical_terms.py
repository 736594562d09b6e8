"""Which terms an article is indexed by, and which a query looks up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from machtin.adapters.lexical_terms import (
    BIGRAM_WEIGHT,
    MATCHES_NOTHING,
    MAX_BIGRAMS,
    MAX_SYLLABLES,
    TITLE_WEIGHT,
    Term,
    lexical_query,
    query_terms,
    text_fields,
)
from machtin.article import Article


def seen(**numbers: int) -> dict[str, int]:
    return numbers


class Frequencies:
    articles = 100

    def __init__(self, known: dict[str, int]) -> None:
        self.known = known
        self.learned: list[Term] = []

    def of(self, term: Term) -> int:
        return self.known.get(term.token, 5)

    def learn(self, terms: Sequence[Term]) -> None:
        self.learned += terms


def terms(text: str, frequencies: dict[str, int] | None = None) -> tuple[list[Term], list[Term]]:
    found = query_terms(text, Frequencies(frequencies or {}))
    return found.syllables, found.bigrams


def test_an_article_is_indexed_as_spelt_folded_and_by_pairs_that_stay_within_a_field() -> None:
    fields = text_fields(Article(id="a", title="Giá gạo", sapo="Tăng", body="Mạnh lắm"))
    assert fields.exact == ["giá gạo"] * TITLE_WEIGHT + ["tăng", "mạnh lắm"]
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
    assert text_fields(Article(id="a", title="", body="x" * length)).exact == ["x" * 100]


@pytest.mark.parametrize("text", ["", "?!", "😀"])
def test_a_text_without_a_syllable_has_no_terms(text: str) -> None:
    assert terms(text) == ([], [])


def matching(text: str, **known: int) -> tuple[list[str], int, list[str]]:
    required, needed, optional = lexical_query(text, Frequencies(known))
    return [term.token for term in required], needed, [term.token for term in optional]


def test_of_a_few_key_words_most_must_occur() -> None:
    assert lexical_query("?!", Frequencies({})) == MATCHES_NOTHING
    assert matching("gạo") == (["gạo"], 1, [])
    assert matching("giá gạo") == (["giá", "gạo"], 2, ["gia_gao"])
    assert matching("a b c d e")[1] == 3


def test_of_a_longer_text_something_distinctive_must_occur() -> None:
    common = dict.fromkeys(("a", "b", "c", "d", "e", "f", "a_b", "b_c", "c_d", "d_e", "e_f"), 50)
    assert matching("a b c d e f", **common | {"c": 10, "d_e": 2}) == (
        ["c", "d_e"],
        1,
        ["a", "b", "d", "e", "f", "a_b", "b_c", "c_d", "e_f"],
    )
    required, needed, optional = matching("a b c d e f", **common)
    assert (len(required), needed, optional) == (11, 1, [])


def test_frequencies_are_asked_for_at_once_and_for_longer_texts_alone() -> None:
    frequencies = Frequencies({})
    lexical_query("a b c d e", frequencies)
    assert frequencies.learned == []
    lexical_query("a b c d e f", frequencies)
    assert len(frequencies.learned) == 11


def test_pairs_are_bounded_also_where_few_syllables_make_many() -> None:
    few = [f"tu{n}" for n in range(20)]
    words = [word for first in few for second in few for word in (first, second)]
    assert len(terms(" ".join(words))[1]) == MAX_BIGRAMS
