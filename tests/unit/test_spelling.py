"""Words of several spellings have one key, and are seen in a text whichever way it spells them."""

from __future__ import annotations

import pytest

from machtin.highlights import Highlighter
from machtin.spelling import keyed
from machtin.vietnamese import syllables


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kĩ sư, bác sĩ", "kỹ sư, bác sỹ"),
        ("quí vị, công ti, tỉ phú, hi sinh", "quý vị, công ty, tỷ phú, hy sinh"),
        ("Đăk Hà", "Đắk Hà"),
        ("Krông Đắk Lắk", "Krông Đắc Lắc"),
        ("tỉnh Dak Lak", "tỉnh Daklak"),
        ("Kontum", "Con Tum"),
        ("về Plây Cu", "về Pleiku"),
        ("ở Ban Mê Thuột", "ở Buôn Ma Thuột"),
        ("Saigon, Hanoi, Danang", "Sài Gòn, Hà Nội, Đà Nẵng"),
        ("UBND TPHCM", "UBND TP.HCM"),
    ],
)
def test_one_key_for_all_spellings(one: str, other: str) -> None:
    assert keyed(syllables(one)) == keyed(syllables(other))
    assert keyed(keyed(syllables(one))) == keyed(syllables(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("thúi", "thúy"),
        ("tai", "tay"),
        ("mai", "may"),
        ("hủi", "hủy"),
        ("kí", "kỳ"),
        ("bác cần", "bắc cạn"),
        ("giá lại", "Gia Lai"),
        ("Giá Rai", "Gia Lai"),
        ("khi", "khy"),
        ("lít", "lýt"),
    ],
)
def test_words_that_mean_something_else_stay_apart(one: str, other: str) -> None:
    assert keyed(syllables(one)) != keyed(syllables(other))


@pytest.mark.parametrize(
    ("typed", "text", "seen"),
    [
        ("kỹ sư", "Các kĩ sư và kỹ sư, kí sự", ["kĩ", "sư", "kỹ", "sư"]),
        ("ki su", "kỹ sư", ["kỹ", "sư"]),
        ("Đắc Lắc", "Ở Đắk Lắk, Dak Lak; đặc", ["Đắk", "Lắk", "Dak Lak"]),
        ("kontum", "Kon Tum, Kontum, con tum", ["Kon", "Tum", "Kontum", "con tum"]),
        ("pleiku", "Plây Cu", ["Plây Cu"]),
        ("buon me thuot", "Buôn Ma Thuột, Ban Mê\nThuột", ["Buôn", "Ma", "Thuột", "Ban Mê\nThuột"]),
        ("bac kan", "Bắc Kạn, cần", ["Bắc", "Kạn"]),
        ("bán", "bạn bán bàn", ["bán"]),
    ],
)
def test_highlights_show_the_spelling_that_was_found(typed: str, text: str, seen: list[str]) -> None:
    assert [text[span.start : span.end] for span in Highlighter(typed).spans(text)] == seen
