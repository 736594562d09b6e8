"""What is understood of a draft: its fields, what was cut off and as what, what is missing, what would be refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from machtin.bootstrap import read_draft
from machtin.cut_off import LONGEST, PageLine, cut_off
from machtin.draft_reading import MOST_CUT_OFF, DraftReading, suggested_id, understood, understood_document
from machtin.errors import InvalidInput

PAGES = Path(__file__).parent.parent / "pages"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
FIELDS = {
    "title": "Cầu Mỹ Thuận 3 hợp long",
    "sapo": "Nhịp cuối được đặt sáng nay, sớm ba tháng so với kế hoạch.",
    "body": "Cầu dài 1,9 km.\n\nĐây là cầu thứ ba bắc qua sông Tiền, do kỹ sư trong nước thiết kế.",
    "author": "Lê Văn Tám",
    "related_as_published": [{"title": "Cầu Mỹ Thuận 2 thông xe", "sapo": "", "url": None}],
}


def read(name: str) -> DraftReading:
    return read_draft((PAGES / name).read_bytes(), "html" if name.endswith("html") else "text", None)


def kinds(reading: DraftReading) -> dict[str, str]:
    return {line.text: line.kind for line in reading.cut_off}


@pytest.mark.parametrize("name", [path.name for path in PAGES.iterdir() if path.suffix in (".html", ".txt")])
def test_every_line_of_a_page_is_in_the_article_or_told_as_cut_off(name: str) -> None:
    reading = read(name)
    article = reading.article
    text = {line.strip() for part in (article.title, article.sapo, article.body) for line in part.split("\n")}
    assert not text & kinds(reading).keys() - {""}
    assert len(reading.cut_off) == reading.cut_off_total


def test_lines_are_told_as_what_they_are_taken_for() -> None:
    told = kinds(read("mot-dong-mot-doan.txt"))
    assert told["Trang chủ > Kinh tế > Nông nghiệp"] == "section"
    assert told["Thứ Năm, 12/3/2026 - 08:30 (GMT+7)"] == "date"
    assert told["Chia sẻ"] == "page"
    assert told["Bình luận"] == "comments"
    assert told["Người dân Tân Hòa thu hoạch lúa. Ảnh: TTXVN"] == "caption"
    assert told["(Theo TTXVN)"] == "author"
    assert told["Từ khóa: lúa thơm, Tân Hòa"] == "tags"
    assert told["- Khởi công bến phà mới ở cửa sông Trà Lý"] == "related"


def test_what_nobody_can_place_is_told_so() -> None:
    shown = ("Cầu Mỹ Thuận 3 hợp long", "Cầu dài 1,9 km.", "Một đoạn bị sót.", "LÊ VĂN TÁM")
    lines = [PageLine(text) for text in shown]
    assert [(one.text, one.kind) for one in cut_off(lines, FIELDS)] == [
        ("Một đoạn bị sót.", "other"),
        ("LÊ VĂN TÁM", "author"),
    ]


def test_a_line_within_a_paragraph_is_part_of_it_and_a_repeated_one_told_once() -> None:
    within = PageLine("Đây là cầu thứ ba bắc qua sông Tiền,")
    long = PageLine("x" * (LONGEST + 1))
    told = cut_off([within, long, long, PageLine("  ")], FIELDS)
    assert [len(one.text) for one in told] == [LONGEST]


def test_a_page_of_many_menus_is_told_by_its_beginning_and_counted() -> None:
    reading = understood({**FIELDS, "tags": []}, [PageLine(f"Mục {n}") for n in range(MOST_CUT_OFF + 7)], NOW)
    assert (len(reading.cut_off), reading.cut_off_total) == (MOST_CUT_OFF, MOST_CUT_OFF + 7)


def test_it_says_what_is_missing_and_what_would_be_refused() -> None:
    reading = read_draft("Chỉ có tiêu đề".encode(), "text", None)
    assert reading.missing == ["sapo", "body", "section", "author", "published_at", "tags"]
    assert [problem.field for problem in reading.problems] == ["body"]
    assert reading.id == "chi-co-tieu-de"


def test_an_article_in_json_is_shown_as_it_is() -> None:
    moment = "2026-12-01T08:00:00+07:00"
    document = {"id": "a-1", "title": "Tít", "body": "Chữ.", "tags": ["a", "b"], "publish_at": moment}
    reading = understood_document(document, NOW)
    assert (reading.id, reading.article.tags, reading.article.publish_at) == ("a-1", ["a", "b"], moment)
    assert reading.missing == ["sapo", "section", "author"]
    assert (reading.cut_off, reading.problems) == ([], [])


def test_json_may_be_without_a_text_yet_but_not_without_a_title_or_with_wrong_fields() -> None:
    assert [one.field for one in understood_document({"title": "Tít"}, NOW).problems] == ["body"]
    with pytest.raises(InvalidInput, match="title: is missing"):
        understood_document({"body": "Chữ."}, NOW)
    with pytest.raises(InvalidInput, match="titel: is not a field"):
        understood_document({"titel": "Tít", "body": "Chữ."}, NOW)
    with pytest.raises(InvalidInput, match="must be a JSON object"):
        understood_document(["Tít"], NOW)


@pytest.mark.parametrize(
    ("title", "article_id"),
    [
        ("Đà Nẵng: 3.000 tỷ đồng", "da-nang-3-000-ty-dong"),
        ("“Ếch” — ộp!", "ech-op"),
        ("越南", None),
        ("", None),
    ],
)
def test_an_id_is_made_of_a_headline(title: str, article_id: str | None) -> None:
    assert suggested_id(title) == article_id


def test_a_long_headline_makes_an_id_of_whole_words() -> None:
    made = suggested_id("nghiêng " * 30)
    assert made is not None
    assert set(made.split("-")) == {"nghieng"}
    assert 70 < len(made) <= 80


def test_nothing_readable_is_refused() -> None:
    with pytest.raises(InvalidInput, match="page: has no text"):
        read_draft(b"<html><body></body></html>", "html", None)
    with pytest.raises(InvalidInput, match="windows-1258"):
        read_draft(bytes(range(128, 256)) * 9, "text", None)
