"""What is seen of names and phrases in the text of a draft."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.article import Article
from machtin.draft_text import DraftText, Run, draft_texts


def names(text: str) -> list[str]:
    read = DraftText.of("body", text)
    return [read.text(run) for run in read.names]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ở huyện Lục Ngạn, ông Trần Gia Khánh trồng vải.", ["Lục Ngạn", "Trần Gia Khánh"]),
        ("Tại Hà Nội và UBND Bắc Ninh", ["Hà Nội", "Bắc Ninh"]),
        ("Nguyễn Văn An nói. Ông An cười.", ["Nguyễn Văn An"]),
        ("Mưa lớn. Hàng trăm người chạy. Sáng nay trời tạnh.", []),
        ("tàu Thuận Phước 36 và gói XL-07", ["Thuận Phước 36", "XL-07"]),
        ("Nghị 20 triệu, Hơn 80 công nhân", []),
        ("Cục Hàng hải nói", []),
        ("cao tốc Hà Nội – Hải Phòng, Đà Nẵng", ["Hà Nội", "Hải Phòng", "Đà Nẵng"]),
        ("Cầu Lĩnh Nam dài. Ai qua Lĩnh Nam?", ["Lĩnh Nam", "Lĩnh Nam"]),
        ("Cầu Lĩnh Nam dài ba cây số.", ["Cầu Lĩnh Nam"]),
        ("ÔNG TRẦN GIA KHÁNH NÓI GÌ HÔM NAY THẾ", []),
    ],
)
def test_names_are_whole(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_in_capitals_alone_words_are_no_part_of_a_name() -> None:
    read = DraftText.of("title", "VẢI THIỀU LỤC NGẠN ĐƯỢC GIÁ")
    (place,) = read.places("lục ngạn")
    assert not read.in_other_name(place)


def test_a_part_of_a_name_is_no_place() -> None:
    read = DraftText.of("body", "Ông Trần Hải Phòng rời Hải Phòng.")
    inside, alone = read.places("hải phòng")
    assert read.in_other_name(inside)
    assert not read.in_other_name(alone)


def test_phrases_reach_across_dashes_but_not_across_sentences() -> None:
    phrases = DraftText.of("body", "Gói XL-07, Lào Cai – Hà Nội. Mưa\nto").phrases()
    assert {"gói xl-07", "lào cai – hà nội", "mưa"} <= phrases
    assert not {"xl-07, lào", "nội. mưa", "mưa to"} & phrases


def test_what_is_said_is_told_from_brackets() -> None:
    read = DraftText.of("body", 'Ông nói: “Tôi về Huế” (ở Huế).\n"Đúng", bà đáp.')
    assert [read.canon.text[start:end] for start, end in read.quoted()] == ["“Tôi về Huế”", '"Đúng"']


def test_only_the_beginning_of_an_endless_field_is_read() -> None:
    read = DraftText.of("body", "Lục Ngạn " * 100_000)
    assert len(read.words) == 2 * (12_000 // 9)


def test_blank_fields_say_nothing() -> None:
    texts = draft_texts(Article(id="a", title="Tin", sapo=" \n", body="Một hai"))
    assert [one.field for one in texts] == ["title", "body"]


LETTERS = st.text("aáÂđĐÐ ðNgạn\u0301\u0323\u00ad\u200b.-–“”\"'\n7, (ạ\u1ea1İß𠀀")


@given(LETTERS)
def test_every_place_is_where_its_words_stand(text: str) -> None:
    read = DraftText.of("body", text)
    for at in range(len(read.words)):
        run = Run(at, at + 1)
        mention = read.mention(run)
        assert 0 <= mention.start < mention.end <= len(text)
        assert DraftText.of("body", text[mention.start : mention.end]).lower.strip() == read.key(run)
    for key in read.phrases():
        places = list(read.places(key))
        assert places
        assert {read.key(run) for run in places} == {key}
    assert [run.first for run in read.names] == sorted(run.first for run in read.names)
