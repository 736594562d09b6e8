"""What a query tells of its language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.query import is_english, reading

ENGLISH = [
    "What is the currency of Vietnam?",
    "how many people died in the flash flood in Yen Bai",
    "rice exports to the Philippines fall as prices rise",
    "Which company will build the bridge over the Red River?",
    "court sentences developer for selling plots that do not exist",
    "the first satellite built by Vietnamese students",
]
VIETNAMESE = [
    "vung kinh te trong diem",
    "phat hien thi the nguoi dan ong tren song",
    "an ninh hinh su 24h: tin moi nhat",
    "co the do mat bao lau",
    "ca si R. Kelly bi cao buoc tan cong tinh duc be gai 14 tuoi",
    "michael jackson's this is it mang ve bao nhieu tien",
    "giá xăng hôm nay of the Petrolimex",
    "Messi Barcelona",
    "iPhone 15 Pro Max",
    "asdfgh qwerty",
    "128/NQ-CP",
    "",
]


@pytest.mark.parametrize("query", ENGLISH)
def test_english_is_recognised(query: str) -> None:
    assert is_english(query)
    assert is_english(query.upper())


@pytest.mark.parametrize("query", VIETNAMESE)
def test_vietnamese_typed_without_marks_and_names_are_not_english(query: str) -> None:
    assert not is_english(query)


def test_vectors_decide_across_languages_and_may_be_less_near() -> None:
    english, vietnamese = reading(ENGLISH[0]), reading(VIETNAMESE[0])
    assert (english.language, vietnamese.language) == ("en", "vi")
    assert english.weight > vietnamese.weight
    assert english.least_cosine < vietnamese.least_cosine
    assert english.strong_cosine < vietnamese.strong_cosine


@given(st.text())
def test_any_text_has_a_weight(query: str) -> None:
    read = reading(query)
    assert 0 < read.weight < 1
    assert 0 < read.least_cosine < read.strong_cosine < 1
