"""What every article index promises about phrases, exclusions, labels without marks, and words of several spellings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from machtin.ports import ArticleIndex, Filters, Retrieval, Sort
from machtin.vietnamese import canonical

from .asking import entry, lexical, nearest, vector

NEAR = (1, 0, 0, 0)
PLACES = [
    entry("row", "Họp báo tại Đà Nẵng", at=NEAR, section="Thời sự", author="Trần Ân"),
    entry("scattered", "Nẵng lắm, đà ngã", at=NEAR, section="Thể thao", author="Nguyễn Văn A, Trần Ân"),
    entry("other-marks", "Đã năng họp", at=NEAR, section="Thời sự"),
    entry("across", "Hội nghị ở Đà", sapo="Nẵng đón khách", body="Mưa", at=NEAR),
    entry("body", "Tin", body="Tàu cập cảng Đà\nNẵng; họp báo", at=NEAR),
]


def having(index: ArticleIndex, *phrases: str, without: tuple[str, ...] = ()) -> set[str]:
    """What both legs find under the same conditions: the same articles, each with a vector."""
    filters = Filters(phrases=phrases, without=without)
    listed, near = lexical(index, "", filters), nearest(index, *NEAR, filters=filters)
    assert set(listed.ids) == set(near.ids)
    assert listed.total == near.total == len(listed.ids)
    return set(listed.ids)


# --- phrases -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("Đà Nẵng", {"row", "body"}),
        ("đà, NẴNG!", {"row", "body"}),
        ("Ða\u0300 Na\u0306\u0303ng\u200b", {"row", "body"}),
        ("da nang", {"row", "body", "other-marks"}),
        ("Đà nang", {"row", "body"}),
        ("đã nang", {"other-marks"}),
        ("nẵng đà", set()),
        ("nang đà", set()),
        ("đà báo", set()),
        ("họp báo", {"row", "body"}),
        ("hop bao tai Đà Nẵng", {"row"}),
        ("mưa", {"across"}),
        ("mua", {"across"}),
        ("mùa", set()),
        ("Đà Nẵng họp báo", {"body"}),
        ("tại Đà Nẵng Họp báo", set()),
        ("?!", set()),
    ],
)
def test_a_phrase_stands_in_one_field_word_after_word(index: ArticleIndex, phrase: str, found: set[str]) -> None:
    index.write(PLACES)
    assert having(index, phrase) == found


def test_all_phrases_must_stand_and_nothing_excluded_may(index: ArticleIndex) -> None:
    index.write(PLACES)
    assert having(index, "đà nẵng", "tàu") == {"body"}
    assert having(index, "đà nẵng", without=("tàu",)) == {"row"}
    assert having(index, without=("đà nẵng", "năng")) == {"scattered", "across"}
    assert having(index, without=("nang",)) == set(), "a word without marks excludes whatever it may stand for"
    assert having(index, without=("?!",)) == {"row", "scattered", "other-marks", "across", "body"}


def test_a_word_said_twice_in_a_phrase_must_stand_twice(index: ArticleIndex) -> None:
    index.write([entry("twice", "Xa xa tít", at=NEAR), entry("once", "Xa tít xa", at=NEAR), entry("a", "xá", at=NEAR)])
    assert having(index, "xa xa") == {"twice"}


def test_totals_facets_and_walks_speak_of_the_same_articles(index: ArticleIndex) -> None:
    index.write(
        [replace(one, article=replace(one.article, published_at=datetime(2026, 3, at + 1, tzinfo=UTC)))
         for at, one in enumerate(PLACES)]
    )  # fmt: skip
    filters = Filters(phrases=("da nang",), without=("cảng",))
    found = index.retrieve(Retrieval(text="họp", vector=vector(*NEAR), size=10, filters=filters, facets=True))
    assert set(found.lexical.ids) == {"row", "other-marks"}
    assert set(found.nearest.ids) == {"row", "other-marks"}
    assert found.lexical.total == found.nearest.total == 2
    assert found.facets["section"] == {"Thời sự": 2}
    assert index.matching("họp", ["row", "body", "other-marks"], filters) == 2
    sorts: tuple[Sort, ...] = ("newest", "oldest", "relevance")
    for sort in sorts:
        page = index.walk("họp", filters, sort, 1, None)
        following = index.walk("họp", filters, sort, 1, page.next)
        assert {*page.ids, *following.ids} == {"row", "other-marks"}
        assert page.total == 2
    assert lexical(index, "họp", filters, "newest").ids == ("other-marks", "row")


def test_a_long_phrase_is_answered(index: ArticleIndex) -> None:
    index.write(PLACES)
    assert having(index, "a " * 500) == set()
    assert having(index, "đà " * 500) == set()


# --- labels --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(named=(("section", "thời sự"),)), {"row", "other-marks"}),
        (Filters(named=(("section", "thoi su"),)), {"row", "other-marks"}),
        (Filters(named=(("section", "thời su"),)), set()),
        (Filters(section="The thao"), {"scattered"}),
        (Filters(named=(("author", "Tran An"),)), {"row", "scattered"}),
        (Filters(author="Trần Ân", named=(("author", "nguyen van a"),)), {"scattered"}),
        (Filters(not_named=(("author", "trần ân"),)), {"other-marks", "across", "body"}),
        (Filters(not_named=(("section", "thoi su"), ("section", "thể thao"))), {"across", "body"}),
    ],
)
def test_labels_forgive_missing_marks_and_can_be_excluded(
    index: ArticleIndex, filters: Filters, found: set[str]
) -> None:
    index.write(PLACES)
    assert set(lexical(index, "", filters).ids) == found
    assert set(nearest(index, *NEAR, filters=filters).ids) == found


# --- marks and spellings -------------------------------------------------------------------------------------------

MEETING = [
    ("bán nhà", "ban nha", True),
    ("bán nhà", "bán nha", True),
    ("bán nhà", "bạn nhà", False),
    ("bán nhà", "bạn nha", False),
    ("Đà Nẵng họp báo", "Da Nang hop bao", True),
    ("Đà Nẵng họp báo", "Đà Nang hop báo", True),
    ("Hoà Bình", "Hòa Bình", True),
    ("thuỷ lợi", "thủy lợi", True),
    ("KTTÐ", "kttđ", True),
    ("Đường sắt", "Ðu\u031bo\u031b\u0300ng s\u0103\u0301t", True),
    ("giá gạo", "ｇｉá\u3000ｇạｏ", True),
    ("giá gạo", "gi\u200bá g\u00adạo", True),
    ("kĩ sư", "kỹ sư", True),
    ("kỹ sư", "kĩ sư", True),
    ("kỹ sư", "ki su", True),
    ("kĩ sư", "ky su", True),
    ("kĩ sư", "kì sư", False),
    ("nước Mĩ", "nước Mỹ", True),
    ("vật lí", "vật lý", True),
    ("hai tỉ đồng", "hai tỷ đồng", True),
    ("quí một", "quý một", True),
    ("bác sĩ", "bac sy", True),
    ("hi vọng", "hy vọng", True),
    ("Thúy Nga", "Thúi Nga", False),
    ("bàn tay", "bàn tai", False),
    ("Bắc Kạn", "Bắc Cạn", True),
    ("Bắc Cạn", "bac kan", True),
    ("Bắc Kạn", "bac can", True),
    ("bác cần", "bac can", True),
    ("bác cần", "bắc kạn", False),
    ("Đắk Lắk", "Đắc Lắc", True),
    ("Đắk Lắk", "Dak Lak", True),
    ("Dak Lak", "Đăk Lăk", True),
    ("Đắk Lắk", "dac lac", True),
    ("Đắc Nông", "Đắk Nông", True),
    ("Đăk Nông", "dak nong", True),
    ("Kontum", "Kon Tum", True),
    ("Kon Tum", "kontum", True),
    ("Plây Cu", "Pleiku", True),
    ("Pleiku", "Plei Ku", True),
    ("Buôn Ma Thuột", "Ban Mê Thuột", True),
    ("Buôn Mê Thuột", "buon ma thuot", True),
    ("TP.HCM", "TPHCM", True),
    ("TPHCM", "tp hcm", True),
    ("Gia Lai", "giá lại", False),
    ("Giá Rai", "Gia Lai", False),
]


@pytest.mark.parametrize(("published", "typed", "meet"), MEETING)
def test_words_meet_in_every_spelling_that_means_the_same(
    index: ArticleIndex, published: str, typed: str, meet: bool
) -> None:
    index.write([entry("it", f"Tin {published} hôm nay", at=NEAR), entry("other", "Chuyện khác hẳn", at=NEAR)])
    expected = {"it"} if meet else set()
    assert having(index, typed) == expected, "as a phrase"
    # Of three words and more not all need occur.
    if len(typed.split()) <= 2:
        assert set(lexical(index, typed).ids) == expected


def test_another_spelling_scores_like_the_same(index: ArticleIndex) -> None:
    index.write([entry("a", "Kĩ sư Đắk Lắk"), entry("b", "Kỹ sư Đắc Lắc"), entry("c", "Kỹ sư Huế")])
    first, second = (lexical(index, typed) for typed in ("kỹ sư đắk lắk", "kĩ sư đắc lắc"))
    assert first == second
    assert first.scores[0] == pytest.approx(first.scores[1])


CONFUSABLE = [
    "ban bán bạn bàn bản bận bắn bẩn",
    "ma má mà mả mã mạ",
    "da đa đá đà đã dạ",
    "co cô cổ cơ cờ cỡ",
    "hoa hóa hòa họa hoạ hoá",
    "thu thư thú thứ thử",
    "song sông sống sóng",
    "dao đao đảo đạo dạo",
    "muc mục mức mực",
    "tuoi tuổi tươi tưới",
]


@pytest.mark.parametrize("words", CONFUSABLE)
def test_confusable_words_are_told_apart_by_a_typed_mark(index: ArticleIndex, words: str) -> None:
    forms = words.split()
    index.write([entry(f"w{at}", f"Chuyện {word} bè", at=NEAR) for at, word in enumerate(forms)])
    everything = {f"w{one}" for one in range(len(forms))}
    for typed in forms:
        same = {f"w{at}" for at, word in enumerate(forms) if canonical(word) == canonical(typed)}
        meant = everything if typed == forms[0] else same
        assert set(lexical(index, typed).ids) == meant
        assert having(index, f"{typed} be") == meant
        assert having(index, without=(typed,)) == everything - meant
