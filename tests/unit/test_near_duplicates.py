"""What is a copy of what, and which copy is shown."""

from __future__ import annotations

import time
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.adapters.sources import SourceDocument, read_sources
from machtin.article import Article
from machtin.article_reading import read_article
from machtin.near_duplicates import COMPARED, READ, Likeness, copies_of, fold, is_copy, likeness, sketch, sketches
from machtin.ports import IndexEntry
from machtin.shingles import pairs_sharing, shared, shingles
from machtin.vietnamese import fold as folded

SAMPLES = Path(__file__).parent.parent.parent / "events" / "articles"
REPORT = Article(
    id="a",
    title="Cháy xưởng gỗ ở Dĩ An, 5 người chết",
    sapo="Ngọn lửa bùng lên lúc rạng sáng 12/3 tại một xưởng gỗ, thiêu rụi toàn bộ nhà xưởng và làm 5 người chết.",
    body="""Khoảng 3 giờ sáng 12/3, dân phường Tân Đông Hiệp phát hiện khói bốc lên từ xưởng gỗ của ông Trần Văn Lâm.
Lực lượng chữa cháy điều 14 xe và gần 90 chiến sĩ đến hiện trường, khống chế đám cháy sau hơn hai giờ.
Công an tỉnh Bình Dương xác nhận 5 người chết, đều là công nhân ngủ lại trong xưởng.
Thiệt hại ban đầu ước tính 5.000 m2 nhà xưởng cùng nhiều máy móc, trị giá 12,5 tỷ đồng.
Cơ quan chức năng đang khám nghiệm hiện trường để làm rõ nguyên nhân vụ cháy.
Đây là vụ cháy lớn thứ hai ở khu vực này kể từ đầu năm, người dân rất lo lắng.
Chủ tịch phường cho biết sẽ rà soát toàn bộ các xưởng gỗ nằm xen trong khu dân cư.""",
)
START = datetime(2026, 3, 12, tzinfo=UTC)


def edited(*pairs: tuple[str, str], of: Article = REPORT) -> Article:
    """The report with other words, wherever they stand."""
    title, sapo, body = of.title, of.sapo, of.body
    for old, new in pairs:
        title, sapo, body = (text.replace(old, new) for text in (title, sapo, body))
    return replace(of, id="b", title=title, sapo=sapo, body=body)


def told(other: Article) -> Likeness:
    likenesses = {likeness(*sketches(pair)) for pair in ((REPORT, other), (other, REPORT))}
    assert len(likenesses) == 1
    return likenesses.pop()


LINES = REPORT.body.split("\n")
COPIES = {
    "cut": replace(REPORT, sapo="", body="\n".join(LINES[:4])),
    "reordered": replace(REPORT, body="\n\n".join([*LINES[4:], *LINES[:4]])),
    "with another headline and sapo": replace(
        REPORT, title="Hỏa hoạn lúc rạng sáng ở Bình Dương", sapo="Người dân được di tản ngay trong đêm."
    ),
    "reworded": edited(("phát hiện", "trông thấy"), ("hiện trường", "nơi xảy ra vụ việc"), ("rất lo lắng", "bất an")),
    "with a dateline and a byline": replace(REPORT, body=f"Bình Dương (TTXVN 12/3) - {REPORT.body}\nThu Hà (TTXVN)"),
    "in a site's frame": replace(
        REPORT,
        body=f"Thứ Năm, 13/03/2026 | 07:45 GMT+7\n{REPORT.body}\nBình luận (27)\nĐường dây nóng: 0912 345 678",
    ),
    "without diacritics": replace(
        REPORT, title=folded(REPORT.title), sapo=folded(REPORT.sapo), body=folded(REPORT.body)
    ),
    "decomposed, with eth": replace(
        REPORT, body=unicodedata.normalize("NFD", REPORT.body).replace("Đ", "Ð").replace(" ", "\u00a0 ")
    ),
    "with numbers in words": edited(("5 người", "năm người"), ("5.000", "5 nghìn"), ("14 xe", "mười bốn xe")),
    "rounded": edited(("gần 90", "khoảng 85")),
    "with initials": edited(("Công an tỉnh", "CA tỉnh"), ("ông Trần Văn Lâm", "ông Lâm")),
    "with a paragraph of its own": replace(
        REPORT,
        body=f"{REPORT.body}\nTrước đó, năm 2019, một vụ cháy khác tại Thủ Đức làm 8 người chết, thiệt hại 40 tỷ đồng.",
    ),
}
CHANGED = {
    "a toll that has risen": edited(("5 người", "7 người")),
    "a risen toll, told otherwise": edited(
        ("Cháy xưởng gỗ ở Dĩ An, 5 người chết", "Số người chết trong vụ cháy xưởng gỗ tăng lên 7"),
        ("làm 5 người chết", "để lại hậu quả nặng nề"),
        (
            "Công an tỉnh Bình Dương xác nhận 5 người chết, đều là công nhân",
            "Đến trưa nay số người chết đã tăng lên 7, là",
        ),
    ),
    "a number in words": edited(("hai giờ", "bốn giờ")),
    "a sum": edited(("12,5 tỷ", "15,2 tỷ")),
    "a day": edited(("12/3", "13/3")),
    "a person": edited(("Trần Văn Lâm", "Lê Quang Vịnh")),
    "a place": edited(("phường Tân Đông Hiệp", "phường Bình Thắng")),
    "a sum, without diacritics": edited(("12,5 ty", "15,2 ty"), of=COPIES["without diacritics"]),
    "a sum, cut": edited(("12,5 tỷ", "15,2 tỷ"), of=COPIES["cut"]),
}


@pytest.mark.parametrize("how", COPIES)
def test_an_edited_report_is_a_copy(how: str) -> None:
    assert told(COPIES[how]) == "copy"


@pytest.mark.parametrize("what", CHANGED)
def test_with_another_fact_it_is_none(what: str) -> None:
    assert told(CHANGED[what]) == "changed"


@pytest.mark.parametrize("sign", ["²", "⁵", "①", "٣", "Ⅷ", "½"])
def test_signs_that_are_no_plain_digits_are_read_as_words(sign: str) -> None:
    line = f"\nPhòng {sign} rộng 100{sign} của tòa nhà này đã có người thuê từ lâu."
    one, other = (replace(REPORT, body=REPORT.body + said) for said in (line, line.replace("100", "200")))
    assert likeness(*sketches([one, other])) == "changed"
    assert likeness(*sketches([one, replace(one, body=one.body + " Hết.")])) == "copy"


def test_a_long_run_of_spaces_takes_no_longer_than_other_text() -> None:
    started = time.process_time()
    one, other = (replace(REPORT, body=f"{REPORT.body} Nay{' ' * 100_000}{end}") for end in ("hết", "xong"))
    assert likeness(*sketches([one, other])) == "copy"
    assert time.process_time() - started < 1


def test_todays_bulletin_is_no_copy_of_yesterdays() -> None:
    def prices(day: str, buying: str, selling: str) -> Article:
        return Article(
            id=day,
            title=f"Giá vàng hôm nay {day}",
            body=f"Sáng {day}, vàng SJC tại Hà Nội được niêm yết như sau.\nMua vào: {buying}\nBán ra: {selling}\n"
            "Các doanh nghiệp cho biết lượng khách không nhiều, chủ yếu là mua lẻ.\n"
            "Giới phân tích cho rằng nhà đầu tư vẫn đang chờ tín hiệu từ ngân hàng trung ương.",
        )

    assert not is_copy(sketch(prices("11/3", "81,20", "83,20")), sketch(prices("12/3", "81,50", "83,50")))
    assert is_copy(sketch(prices("11/3", "81,20", "83,20")), sketch(prices("11/3", "81,20", "83,20")))


def test_a_later_report_that_repeats_an_earlier_one_is_none() -> None:
    later = replace(
        REPORT,
        title="Khởi tố chủ xưởng gỗ ở Dĩ An",
        sapo="Cơ quan điều tra đã ra quyết định bắt tạm giam chủ xưởng về hành vi vi phạm quy định về phòng cháy.",
        body="Chiều nay, Viện kiểm sát nhân dân đã phê chuẩn quyết định khởi tố và lệnh bắt chủ xưởng.\n"
        "Kết luận điều tra cho thấy xưởng hoạt động nhiều tháng mà không có giấy phép, lối thoát hiểm bị khóa trái.\n"
        "Khám xét nơi ở, công an thu giữ nhiều sổ sách và dữ liệu liên quan.\n"
        "Như đã đưa tin, " + REPORT.body,
    )
    assert shared(*shingles([REPORT.body, later.body])) > 0.9 * len(shingles([REPORT.body])[0])
    assert told(replace(later, body=later.body.replace(LINES[4], "").replace(LINES[5], ""))) == "other"


def test_short_texts_are_copies_only_if_hardly_anything_else_is_in_them() -> None:
    flash = Article(id="f", title="Cháy xưởng gỗ ở Dĩ An, 5 người chết")
    assert is_copy(sketch(flash), sketch(REPORT))
    assert not is_copy(sketch(replace(flash, title=flash.title + " và mưa đá ở Sa Pa chiều nay")), sketch(REPORT))
    assert not is_copy(sketch(Article(id="e", title="")), sketch(REPORT))
    assert not is_copy(sketch(Article(id="e", title="")), sketch(Article(id="g", title="")))


def entry(
    article: Article, name: str, hours: int | None = None, vector: tuple[float, float] | None = (1, 0)
) -> IndexEntry:
    published = None if hours is None else START + timedelta(hours=hours)
    made = replace(article, id=name, published_at=published)
    return IndexEntry(made, 1, None if vector is None else np.array(vector, dtype=np.float32))


def names(entries: list[IndexEntry], *, show_first: bool = False) -> list[tuple[str, list[str]]]:
    groups = fold(entries, show_first=show_first)
    return [(head.article.id, [copy.article.id for copy in copies]) for head, copies in groups]


OTHER = Article(
    id="o", title="Đội tuyển nữ thắng đậm", body="Chiều qua đội tuyển nữ thắng bốn bàn trên sân nhà Cẩm Phả."
)


def test_texts_of_a_few_words_are_copies_if_they_have_the_same() -> None:
    flash = Article(id="a", title="Tin nóng", body="Hà Nội mưa.")
    assert likeness(*sketches([flash, replace(flash, body="HA NOI MUA")])) == "copy"
    assert likeness(*sketches([flash, replace(flash, body="Hà Nội nắng.")])) == "other"


def test_of_a_text_as_long_as_a_book_the_beginning_is_compared() -> None:
    book = replace(REPORT, body=REPORT.body * 1_000)
    assert len(sketch(book).text) == READ
    assert is_copy(sketch(book), sketch(replace(book, body=book.body + " Hết.")))


def test_the_earliest_of_those_with_nearly_all_of_the_text_is_shown() -> None:
    cut = replace(REPORT, sapo="", body="\n".join(LINES[:4]))
    found = [entry(cut, "cut", 0), entry(OTHER, "other", 1), entry(REPORT, "late", 5), entry(REPORT, "early", 3)]
    assert names(found) == [("early", ["cut", "late"]), ("other", [])]
    assert names([*found, entry(REPORT, "undated")])[0] == ("early", ["cut", "late", "undated"])


def test_in_a_list_by_date_the_first_is_shown() -> None:
    found = [entry(REPORT, "late", 5), entry(OTHER, "other", 4), entry(REPORT, "early", 3)]
    assert names(found, show_first=True) == [("late", ["early"]), ("other", [])]


def test_a_copy_of_two_versions_joins_one_of_them_and_does_not_join_them_together() -> None:
    without_the_toll = edited(("5 người", "nhiều người"))
    risen = edited(("5 người", "7 người"))
    found = [entry(REPORT, "first", 0), entry(without_the_toll, "vague", 1), entry(risen, "risen", 2)]
    assert names(found) == [("first", ["vague"]), ("risen", [])]


def test_another_fact_stands_apart_from_however_many_copies() -> None:
    copies = [entry(REPORT, f"copy-{at}", at) for at in range(COMPARED + 4)]
    changed = entry(CHANGED["a toll that has risen"], "changed", 99)
    (head, folded_under), (alone, none) = names([*copies, changed])
    assert (head, len(folded_under), alone, none) == ("copy-0", COMPARED + 3, "changed", [])


def test_texts_whose_vectors_are_far_apart_are_not_compared_and_those_without_are() -> None:
    assert names([entry(REPORT, "a", 0), entry(REPORT, "b", 1, (0, 1))]) == [("a", []), ("b", [])]
    assert names([entry(REPORT, "a", 0), entry(REPORT, "b", 1, None)]) == [("a", ["b"])]
    assert names([entry(REPORT, "a", 0, None), entry(REPORT, "b", 1, None)]) == [("a", ["b"])]
    assert names([]) == []


def test_copies_of_a_draft_are_named_in_the_order_of_the_candidates() -> None:
    found = [entry(OTHER, "other"), entry(COPIES["cut"], "cut"), entry(REPORT, "draft"), entry(REPORT, "same")]
    draft = replace(REPORT, id="draft")
    assert copies_of(draft, np.array([1, 0], dtype=np.float32), found) == ["cut", "same"]
    assert copies_of(draft, None, found) == ["cut", "same"]
    assert copies_of(draft, np.array([0, 1], dtype=np.float32), found) == []


def test_of_the_sample_articles_twelve_are_copies_of_others_and_no_more() -> None:
    documents = [one.document for one in read_sources([SAMPLES]) if isinstance(one, SourceDocument)]
    articles = [read_article(document, now=datetime.now(UTC)) for document in documents]
    made = sketches(articles)
    copies = {
        articles[other].id
        for one, other in pairs_sharing([each.shingles for each in made])
        if is_copy(made[one], made[other])
    }
    assert copies == {
        "mot-nguoi-chet-vi-sot-xuat-huyet-da-nang-cong-bo-dich",
        "an-banh-mi-o-quang-ngai-168-nguoi-cap-cuu",
        "ke-lua-ban-731-nen-dat-o-khanh-hoa-lanh-an-chung-than",
        "trung-tu-hoi-quan-240-nam-o-hoi-an-gay-tranh-cai",
        "gan-12-000-ty-dong-xay-cau-linh-nam-qua-song-hong",
        "chinh-thuc-lap-khu-kinh-te-chung-hai-phong-quang-ninh",
        "nang-40-do-khu-cong-nghiep-bac-ninh-mat-dien-theo-lich",
        "lu-quet-mu-cang-chai-63-nha-bi-cuon-troi",
        "12-thuyen-vien-viet-song-sot-tren-be-cao-su",
        "sinh-vien-viet-nam-dua-hat-sen-len-khong-gian",
        "man-vao-74-km-vinh-long-khan-cap",
        "nu-song-sai-gon-ha-thanh-nam-gap-ho-tay",
    }


@given(st.lists(st.text(), max_size=4))
def test_any_text_has_shingles_of_its_own_whatever_stands_beside_it(texts: list[str]) -> None:
    together = shingles(texts)
    for text, own in zip(texts, together, strict=True):
        assert np.array_equal(own, shingles([text])[0])
        assert np.all(own[1:] > own[:-1])


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared_either_way(one: str, other: str) -> None:
    first, second = sketches([Article(id="a", title=one, body=other), Article(id="b", title=other, body=one)])
    assert likeness(first, second) == likeness(second, first)
