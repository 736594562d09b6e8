"""Telex and VNI keys are read as the syllables they stand for, words of other languages are left alone."""

from __future__ import annotations

import pytest

from machtin.english_words import TAKEN_FOR_TELEX
from machtin.keystrokes import decoded, is_plain_tone
from machtin.orthography import is_folded_syllable, is_syllable


@pytest.mark.parametrize(
    ("keys", "syllable"),
    [
        ("ddaof", "đào"),
        ("taoj", "tạo"),
        ("vieejt", "việt"),
        ("tuwj", "tự"),
        ("nguwowif", "người"),
        ("nguoiwf", "người"),
        ("quoocs", "quốc"),
        ("muaw", "mưa"),
        ("muwa", "mưa"),
        ("thuyr", "thủy"),
        ("hoaf", "hòa"),
        ("giaf", "già"),
        ("dduwowcj", "được"),
        ("ddaay", "đây"),
        ("khuyeens", "khuyến"),
        ("đaof", "đào"),
        ("d9a2o", "đào"),
        ("ta5o", "tạo"),
        ("d9u7o7c5", "được"),
        ("d9uo7ng2", "đường"),
        ("vie65t", "việt"),
        ("nguye64n", "nguyễn"),
        ("quy1", "quý"),
    ],
)
def test_keys_make_the_syllable_that_they_stand_for(keys: str, syllable: str) -> None:
    assert decoded(keys) == syllable


@pytest.mark.parametrize(
    "word",
    "google boxer data email samsung facebook iphone5 covid19 f1 u23 g7 asean do tao viet việt đào 2026 3,5 x".split(),
)
def test_words_that_are_none_of_these_are_left_alone(word: str) -> None:
    assert decoded(word) is None


def test_no_english_word_is_listed_that_keys_make_nothing_of() -> None:
    assert {"this", "been", "last", "list"} <= TAKEN_FOR_TELEX
    assert [word for word in TAKEN_FOR_TELEX if decoded(word) is None] == []


def test_a_word_that_only_ends_like_telex_is_told_apart() -> None:
    assert decoded("bus") == "bú"
    assert is_plain_tone("bus")
    assert not is_plain_tone("ddaof")


def test_anything_at_all_can_be_asked() -> None:
    for word in ("", "\u0301", "a" * 500, "d9" * 6, "\ud800", "ﬀ", "w", "6", "9d"):
        decoded(word)


@pytest.mark.parametrize("word", ["đào", "tạo", "nghiêng", "giữ", "quốc", "khuya", "thuở", "yếu", "oanh", "gìn"])
def test_syllables_are_told_by_their_spelling(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["dât", "bcd", "zoo", "màà", "tạọ", "strong"])
def test_what_no_syllable_is_spelt_like_is_none(word: str) -> None:
    assert not is_syllable(word)


def test_marks_may_be_missing() -> None:
    assert is_folded_syllable("nghieng")
    assert not is_folded_syllable("vein")


def test_no_more_words_are_remembered_than_a_process_has_room_for() -> None:
    for known in (is_folded_syllable, is_syllable):
        assert (known.cache_info().maxsize or 0) < 20_000
        assert known("tao")
