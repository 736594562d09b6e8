"""Which numbers of a sentence are read, with what they count, and which are left alone."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest

from machtin.quantities import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lở đất làm 5 người chết, bảy người bị thương.", [(5, "người chết"), (7, "người bị thương")]),
        ("Hai mươi lăm học sinh nhập viện trong đêm.", [(25, "học sinh nhập viện")]),
        ("Số người chết đã tăng lên 7.", [(7, "người chết")]),
        ("Số nạn nhân thiệt mạng lên tới mười hai người.", [(12, "người chết")]),
        ("Bão làm chết 12 người.", [(12, "người chết")]),
        ("Bão làm sập 1.200 ngôi nhà ở Quảng Trị.", [(1_200, "ngôi nhà")]),
        ("Việt Nam xuất khẩu 1,2 triệu tấn gạo.", [(1_200_000, "tấn gạo")]),
        ("Ít nhất 15 nạn nhân đã thiệt mạng.", [(15, "người chết")]),
        ("72 công nhân phải nhập viện vì khí lạ.", [(72, "công nhân nhập viện")]),
        ("Số hành khách thiệt mạng trong vụ chìm phà là 25.", [(25, "hành khách chết")]),
        ("Vụ tai nạn khiến 4 người chết và 13 người bị thương.", [(4, "người chết"), (13, "người bị thương")]),
        ("Có 9 người bị thương nặng.", [(9, "người bị thương nặng")]),
        ("Công an tạm giữ 19 người.", [(19, "người bị bắt")]),
        ("Lũ cuốn trôi ba căn nhà.", [(3, "ngôi nhà")]),
        ("Xe bán được 32 tỷ 340 triệu đồng.", [(32_340_000_000, "đồng")]),
        ("Giá vàng lên 2.700 USD.", [(2_700, "usd")]),
    ],
)
def test_what_is_counted(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(one.value, one.about) for one in quantities(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Sáng 5/3 người dân ra đồng.",
        "Không ai trong 5 người chết.",
        "Thêm 2 người chết trong đêm.",
        "Có 2 người nữa chết trong đêm.",
        "Nhiều người bị thương, trong đó 4 người bị thương nặng.",
        "Nhà ông Tư mất nhiều, riêng trẻ em có 2 em chết.",
        "Làm chết 3 người trở lên thì bị phạt.",
        "Tai nạn làm 3 người tử vong tại chỗ.",
        "3 người trong gia đình chết.",
        "Năm người ta mất mùa.",
        "Ông Hòa, 54 tuổi, ở số 12 đường Láng.",
        "Quốc lộ 5 tắc ba giờ.",
        "Giá tăng 7% trong 2 tháng.",
        "Động đất làm 5,000 người chết.",
        f"Có 1{'.000' * 150} người chết.",
    ],
)
def test_what_is_no_count_or_a_part_of_one(text: str) -> None:
    assert [one for one in quantities(text) if one.of_people and one.about != "người ta"] == []
    assert [one.about for one in quantities(text) if not one.of_people] == []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_place_is_that_of_the_text_as_published(form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, "Ở Mường Pồn,\u200b bảy người bị thương nặng.")
    (quantity,) = quantities(text)
    assert unicodedata.normalize("NFC", text[quantity.start : quantity.end]) == "bảy người bị thương nặng"


@pytest.mark.parametrize("text", ["Tại İzmir, 5 người chết", "Hoà bình: cô̄ thấy\u200b tại İİİ, 5 người chết"])
def test_a_letter_that_grows_when_it_is_small_moves_no_place(text: str) -> None:
    assert [text[one.start : one.end] for one in quantities(text)] == ["5 người chết"]


def test_about_so_many_is_marked() -> None:
    exact, rounded = quantities("Có 40 ngôi nhà đổ, gần 5.000 ngôi nhà ngập.")
    assert (exact.rounded, rounded.rounded) == (False, True)
