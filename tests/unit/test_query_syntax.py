"""What the signs in a search box mean, and that nothing typed there is an error."""

from __future__ import annotations

import random

import pytest

from machtin.ports import Filters
from machtin.query_syntax import MOST_SIGNS, Understood, understand, understood
from machtin.search_request import SearchRequest


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("giá gạo", Understood(text="giá gạo")),
        ('"Đà Nẵng" họp', Understood(text="Đà Nẵng họp", phrases=("Đà Nẵng",))),
        ("“Đà Nẵng” «họp báo»", Understood(text="Đà Nẵng họp báo", phrases=("Đà Nẵng", "họp báo"))),
        ("＂Đà Nẵng＂ －bóng", Understood(text="Đà Nẵng", phrases=("Đà Nẵng",), without=("bóng",))),
        ('("Đà Nẵng")', Understood(text="( Đà Nẵng )", phrases=("Đà Nẵng",))),
        ('xe -"xe máy" -đạp', Understood(text="xe", without=("xe máy", "đạp"))),
        ("-bóng", Understood(text="", without=("bóng",))),
        ('-"2020" tin', Understood(text="tin", without=("2020",))),
        ('muc:"Kinh tế" giá', Understood(text="giá", named=(("section", "Kinh tế"),))),
        ("giá MỤC:kinh-tế,", Understood(text="giá", named=(("section", "kinh-tế"),))),
        ("tácgiả:An tac-gia:“Lê Và”", Understood(text="", named=(("author", "An"), ("author", "Lê Và")))),
        ('-muc:"Thể thao" cúp', Understood(text="cúp", not_named=(("section", "Thể thao"),))),
        ('tacgia:"Nguyễn Văn', Understood(text="", named=(("author", "Nguyễn Văn"),))),
        ("tacgia:An, muc:Xe", Understood(text="", named=(("author", "An"), ("section", "Xe")))),
        (
            'tacgia:"Lê Và", -muc:"Thể thao".',
            Understood(text="", named=(("author", "Lê Và"),), not_named=(("section", "Thể thao"),)),
        ),
        ('(muc:"Kinh tế") !', Understood(text="", named=(("section", "Kinh tế"),))),
        ('tacgia:"T.N. (tổng hợp)" mưa', Understood(text="mưa", named=(("author", "T.N. (tổng hợp)"),))),
        ('tacgia:" P.V. "', Understood(text="", named=(("author", "P.V."),))),
        ('"họp báo","mưa lũ"', Understood(text="họp báo , mưa lũ", phrases=("họp báo", "mưa lũ"))),
        ('muc:"Xe";tacgia:An', Understood(text="", named=(("section", "Xe"), ("author", "An")))),
        ('-"xe máy",-"xe đạp",giá', Understood(text=", , giá", without=("xe máy", "xe đạp"))),
        ("-bóng,-vàng", Understood(text="", without=("bóng", "vàng"))),
        ("giá -bóng;-vàng, -xe", Understood(text="giá ;", without=("bóng", "vàng,", "xe"))),
        (
            'tin -bóng,"họp báo",tacgia:An,-muc:Xe',
            Understood(
                text="tin , họp báo , ,",
                phrases=("họp báo",),
                without=("bóng",),
                named=(("author", "An"),),
                not_named=(("section", "Xe"),),
            ),
        ),
        ("-bóng,đá tin", Understood(text="tin", without=("bóng,đá",))),
        ("-vi-rút,2020 tin", Understood(text="tin", without=("vi-rút,2020",))),
        ("muc: giá", Understood(text="giá")),
        ('muc:"" giá', Understood(text="giá")),
        ('"" giá -"!" "?"', Understood(text="giá ?")),
        ('"?!"', Understood(text="?!")),
    ],
)
def test_signs_are_read(typed: str, expected: Understood) -> None:
    assert understand(typed) == expected


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("giai đoạn 2020-2021", "giai đoạn 2020-2021"),
        ("Hà Nội - Hải Phòng", "Hà Nội - Hải Phòng"),
        ("Sa Pa -2 độ", "Sa Pa -2 độ"),
        ("covid-19 -19", "covid-19 -19"),
        ("--x", "--x"),
        ("giá,-vàng", "giá,-vàng"),
        ('màn hình 27" hay 32"', "màn hình 27 hay 32"),
        ('"Đà Nẵng', "Đà Nẵng"),
        ("10:30 http://x.vn", "10:30 http://x.vn"),
        ("Thủ tướng: giá gạo", "Thủ tướng: giá gạo"),
    ],
)
def test_what_is_no_sign_is_sought_as_words(typed: str, text: str) -> None:
    assert understand(typed) == Understood(text=text)


@pytest.mark.parametrize("typed", ['"', '""', "-", "muc:", 'tacgia:""', "- - -"])
def test_signs_about_nothing_find_nothing_rather_than_everything(typed: str) -> None:
    assert understand(typed) == Understood(text=typed)


def test_in_a_pasted_headline_quotes_and_hyphens_are_punctuation_but_prefixes_are_not() -> None:
    headline = 'Xế hộp tiền tỷ bỗng dưng "bốc hơi" tại chung cư -Hà Đô'
    assert understand(headline) == Understood(text="Xế hộp tiền tỷ bỗng dưng bốc hơi tại chung cư -Hà Đô")
    assert understand(f"{headline} muc:Luật").named == (("section", "Luật"),)


def test_more_signs_than_anybody_types_are_left_out() -> None:
    asked = understand(" ".join(f'"a{n}" -b{n} muc:c{n} -muc:d{n}' for n in range(50)))
    assert [len(one) for one in (asked.phrases, asked.without, asked.named, asked.not_named)] == [MOST_SIGNS] * 4


def test_nothing_typed_is_an_error() -> None:
    chance = random.Random(7)
    pieces = [
        '"',
        "“",
        "”",
        "-",
        ":",
        "muc:",
        "tacgia:",
        " ",
        "(",
        "đà",
        "Nẵng",
        "3",
        ".",
        "\u200b",
        "\u0300",
        "\ud800",
    ]
    for _ in range(3_000):
        understand("".join(chance.choices(pieces, k=chance.randrange(12))))


def test_signs_join_the_filters_of_a_request_once() -> None:
    request = SearchRequest(q='"a -b" -c muc:D', filters=Filters(section="E", phrases=("x",)))
    once = understood(request)
    assert once.q == "a -b"
    assert once.filters == Filters(section="E", phrases=("x", "a -b"), without=("c",), named=(("section", "D"),))
    assert understood(once) is once
