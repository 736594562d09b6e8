from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.vietnamese import (
    canonical,
    canonical_with_offsets,
    fold,
    fold_syllables,
    has_diacritics,
    syllable_spans,
    syllables,
)

_VIETNAMESE = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
_AWKWARD = (
    "ÐðƉİ\u0300\u0301\u0309\u0303\u0323\u0302\u0306\u031b\u0344\u00a0\u200b\u200d\ufeff\u00ad\u2028\u0085\r\n\t\x00\x1b"
    "\ud800\udfff０１ＡＢ，．½²🙂한\u1112\u1161\u11abカ\u3099ệ .,/-_'”“0123456789"
)
_CHARACTERS = st.one_of(
    st.sampled_from(_VIETNAMESE + _VIETNAMESE.upper()),
    st.sampled_from(_AWKWARD),
    st.characters(),
    st.characters(categories=["Cs"]),
)
_SYLLABLES = st.sampled_from(
    "hoà Thuý khoẻ QUÝ hoàn toàn Ðẩy đường ngoèo uỷ nguyễn 76,2 1.200 128/NQ-CP 11.9.2020 TP.HCM".split()
)
ANY_TEXT = st.one_of(
    st.text(_CHARACTERS),
    st.lists(_SYLLABLES).map(" ".join),
    st.lists(_SYLLABLES).map(" ".join).map(lambda text: unicodedata.normalize("NFD", text)),
    st.lists(st.one_of(_SYLLABLES, st.text(_CHARACTERS, max_size=4))).map("".join),
)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("hoà bình, Hoà Bình, HOÀ BÌNH", "hòa bình, Hòa Bình, HÒA BÌNH"),
        ("hoè thuý khoẻ uỷ ban luỹ thuỵ hoạ doạ xoã toé loè", "hòe thúy khỏe ủy ban lũy thụy họa dọa xõa tóe lòe"),
        ("nghoá Nghoà đoá hoà_bình 5hoà", "nghóa Nghòa đóa hòa_bình 5hòa"),
        ("quý quỳ quỷ quỹ quỵ quà quá qua Quý QUỐC", "quý quỳ quỷ quỹ quỵ quà quá qua Quý QUỐC"),
        ("giá già giã gìn hoàn toàn thuyền loài ngoèo oái khuỷu huỳnh suýt", None),
        ("Zoé Chloé Noël soirée", None),
        ("Ðẩy mạnh vùng KTTÐ, ðường Ɖà Nẵng", "Đẩy mạnh vùng KTTĐ, đường Đà Nẵng"),
        ("ＴＰ．ＨＣＭ　１２３％", "TP.HCM 123%"),
        ("70 m², ½ ngày, ﬁ, ①", None),
        ("Hà\u00a0Nội\u2003và\tHuế", "Hà Nội và Huế"),
        ("Hà\u200b Nội\ufeff, thoả\u00ad thuận \u202ab\u202c ❤\ufe0f", "Hà Nội, thỏa thuận b ❤"),
        ("một\r\nhai\rba\u2028bốn\nnăm", "một\nhai\nba\nbốn\nnăm"),
        ("a\x00b\x1bc\ud83dd", "a b c d"),
        ("", None),
    ],
)
def test_canonical(published: str, expected: str | None) -> None:
    expected = published if expected is None else expected
    assert canonical(published) == expected
    assert canonical(unicodedata.normalize("NFD", published)) == expected


def test_an_invisible_character_inside_a_letter_does_not_part_it_from_its_mark() -> None:
    assert canonical("Vie\u200b\u0323\u200d\u0302t") == "Việt"


def test_canonical_bounds_the_marks_of_one_letter() -> None:
    canon = canonical_with_offsets("a" + "\u0301\u0323" * 50_000 + "b")
    assert canon.text.rstrip("b").strip() == canonical("a" + "\u0301\u0323" * 15)
    assert canon.source(len(canon.text) - 1, len(canon.text)) == (100_001, 100_002)


def test_every_combining_mark_is_counted() -> None:
    marks = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]
    unbounded = [
        mark for mark in marks if len(unicodedata.normalize("NFD", canonical("a" + mark * 200)).split(" ")[0]) > 40
    ]
    assert unbounded == []


@given(ANY_TEXT)
def test_canonical_is_idempotent_and_composed(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


def test_a_span_of_decomposed_text_covers_letters_with_their_marks() -> None:
    published = unicodedata.normalize("NFD", "Ngày\u200b Ðẩy mạnh thuý")
    canon = canonical_with_offsets(published)
    assert canon.text == "Ngày Đẩy mạnh thúy"
    found = canon.text.index("Đẩy")
    start, end = canon.source(found, found + 3)
    assert published[start:end] == unicodedata.normalize("NFD", "Ðẩy")
    start, end = canon.source(1, 3)
    assert published[start:end] == "ga\u0300"
    assert canon.source(len(canon.text), len(canon.text)) == (len(published), len(published))


def test_text_in_which_nothing_moves_needs_no_offsets() -> None:
    canon = canonical_with_offsets("Hoà bình ở KTTÐ")
    assert canon.text == "Hòa bình ở KTTĐ"
    assert canon.source(3, 8) == (3, 8)


@given(ANY_TEXT)
def test_offsets_are_valid_and_monotone(text: str) -> None:
    canon = canonical_with_offsets(text)
    assert canon.text == canonical(text)
    spans = [canon.source(position, position + 1) for position in range(len(canon.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)
    assert [end for _, end in spans] == sorted(end for _, end in spans)
    assert canon.source(0, 0)[0] <= canon.source(0, len(canon.text))[1] <= len(text)


@given(ANY_TEXT, st.data())
def test_a_span_maps_back_to_what_it_was_made_of(text: str, data: st.DataObject) -> None:
    canon = canonical_with_offsets(text)
    # Cut at spaces: the tone of "hoà" moves, and a letter alone cannot tell whether it did.
    cuts = [0, *(i for i, sign in enumerate(canon.text) if sign in " \n"), len(canon.text)]
    start, end = sorted((data.draw(st.sampled_from(cuts)), data.draw(st.sampled_from(cuts))))
    source_start, source_end = canon.source(start, end)
    assert canonical(text[source_start:source_end]) == canon.text[start:end]


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("Đẩy mạnh phát triển các vùng KTTÐ", "day manh phat trien cac vung kttd"),
        ("HOÀ hoà Hòa", "hoa hoa hoa"),
        ("Nguye\u0302\u0303n Ước", "nguyen uoc"),
        ("İstanbul, Zoé, Й, 한국, ガ", "istanbul, zoe, и, 한국, ガ"),
        ("", ""),
    ],
)
def test_fold(published: str, expected: str) -> None:
    assert fold(published) == expected


@given(ANY_TEXT)
def test_fold_is_idempotent_and_bare(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not has_diacritics(folded)


@pytest.mark.parametrize("text", ["bé", "be\u0301", "đi", "Ði", "HÀ NỘI", "ha noi thu đô", "ơ", "ố"])
def test_a_marked_letter_shows(text: str) -> None:
    assert has_diacritics(text)


@pytest.mark.parametrize("text", ["", "ha noi", "El Niño", "über", "\u0301", "76,2%", "\ud800"])
def test_no_vietnamese_mark(text: str) -> None:
    assert not has_diacritics(text)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("Nghị quyết 128/NQ-CP", ["nghị", "quyết", "128", "nq", "cp"]),
        ("Ngày 11/9/2020, 11.9.2020, 11-9-2020", ["ngày", *["11", "9", "2020"] * 3]),
        ("tháng 9.2020", ["tháng", "9", "2020"]),
        ("76,2 triệu; 76.2 triệu", ["76,2", "triệu"] * 2),
        ("1.200 = 1200", ["1200", "1200"]),
        ("1.200.000,5 1,200,000.5 1,200.5", ["1200000,5", "1200000,5", "1200,5"]),
        ("1,200 0.123 0,123", ["1,200", "0,123", "0,123"]),
        ("192.168.1.1", ["192", "168", "1", "1"]),
        ("99,68%. 3.5km", ["99,68", "3,5", "km"]),
        ("TP.HCM U23 Covid-19 A/H5N1", ["tp", "hcm", "u23", "covid", "19", "a", "h5n1"]),
        ("Hoà_bình hoà-bình", ["hòa", "bình", "hòa", "bình"]),
        ("kinh\u200b tế… “Ðổi\u00a0mới”", ["kinh", "tế", "đổi", "mới"]),
        ("năm 2020.", ["năm", "2020"]),
        ("!?…", []),
    ],
)
def test_syllables(published: str, expected: list[str]) -> None:
    assert syllables(published) == expected
    assert syllables(unicodedata.normalize("NFD", published)) == expected


def test_syllable_spans_point_into_the_published_text() -> None:
    published = "KTTÐ: 1.200 tỷ, \u200bngày 11.9.2020 ở Hue\u0302\u0301"
    assert [published[start:end] for start, end in syllable_spans(published)] == [
        "KTTÐ", "1.200", "tỷ", "ngày", "11", "9", "2020", "ở", "Hue\u0302\u0301",
    ]  # fmt: skip


@given(ANY_TEXT)
def test_syllables_and_their_spans_go_together(text: str) -> None:
    tokens, spans = syllables(text), syllable_spans(text)
    assert len(tokens) == len(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    for token, (start, end) in zip(tokens, spans, strict=True):
        assert token.strip()
        assert token == token.lower()
        if token.isalpha():
            assert syllables(text[start:end]) == [token]


@given(ANY_TEXT)
def test_syllables_of_the_canonical_text_are_the_same(text: str) -> None:
    assert syllables(canonical(text)) == syllables(text)


@given(st.lists(st.one_of(_SYLLABLES, st.text(st.sampled_from(_VIETNAMESE + " .,-0123"))), max_size=20).map(" ".join))
def test_folding_syllables_is_folding_the_text(text: str) -> None:
    assert fold_syllables(syllables(text)) == syllables(fold(text))


def test_fold_syllables_of_what_was_never_seen() -> None:
    long = "ê" * 100_000
    assert fold_syllables([long, "đường", "đường"]) == ["e" * 100_000, "duong", "duong"]
