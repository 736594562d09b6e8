"""Plain-text pages become articles by rules; bytes become text without guessing."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machtin.article_reading import read_article
from machtin.charset import decode_page
from machtin.errors import InvalidInput, Problem
from machtin.page import page_lines, read_page
from machtin.page_dates import date_line, stated_moment
from machtin.page_lines import byline, is_caption, is_furniture, is_list_heading, is_related_heading, section_of
from machtin.vietnamese import canonical

PAGES = Path(__file__).parents[1] / "pages"
SHARED = Path(os.environ.get("MACHTIN_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")).parent
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def paragraphs(document: dict[str, Any]) -> dict[str, Any]:
    """The document as the expectation files write it: the body as a list."""
    return {**document, "body": document["body"].split("\n\n") if document["body"] else []}


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.txt")), ids=lambda page: page.stem)
def test_each_page_gives_what_stands_beside_it(page: Path) -> None:
    document = read_page(decode_page(page.read_bytes()))
    assert paragraphs(document) == json.loads(page.with_name(page.name + ".json").read_text("utf-8"))
    read_article(document, now=NOW, article_id="a")


@pytest.fixture
def seed() -> str:
    path = SHARED / "seeds" / "000_852a7194553cb816.txt"
    if not path.exists():
        if os.environ.get("CI"):
            pytest.fail(f"the seed page {path} is missing")
        path = PAGES / "trong-diem.txt"
    return path.read_text("utf-8")


def test_the_seed_page_is_parted_from_its_stale_related_list(seed: str) -> None:
    lines = [line.strip() for line in seed.splitlines() if line.strip()]
    heading = lines.index("Tin Liên Quan")
    article = read_article(read_page(seed), now=NOW, article_id="seed")

    assert article.title == lines[0]
    assert article.sapo == lines[1]
    assert article.body.split("\n\n") == lines[2:5]
    assert article.author == lines[5]
    assert article.published_at is None
    assert article.modified_at is None
    listed = [(entry.title, entry.sapo) for entry in article.related_as_published]
    assert listed == list(zip(lines[heading + 1 :: 2], lines[heading + 2 :: 2], strict=True))
    assert not any(title in article.body + article.sapo for title, _ in listed)


def test_the_seed_page_as_it_is_known(seed: str) -> None:
    if "KTTĐ" not in seed:
        assert read_page(seed)["author"] == "Quỳnh Hương"
        return
    document = read_page(seed)
    assert document["title"].startswith("\u00d0")
    assert canonical(document["title"]) == "Đẩy mạnh phát triển các vùng kinh tế trọng điểm"
    assert document["author"] == "Quỳnh Hoa"
    assert len(document["related_as_published"]) == 6


P = "Đoàn công tác đã kiểm tra hiện trường và yêu cầu khắc phục trước ngày 30/6, theo báo cáo của sở."
Q = "Người dân trong xã mong con đường sớm hoàn thành để trẻ em đi học không còn phải lội qua suối."
LEAD = "Con đường dài 4 km nối hai bản xa nhất của xã đã được khởi công sáng nay sau nhiều năm chờ đợi."


@pytest.mark.parametrize(
    "heading",
    ["Tin liên quan", "Tin Liên Quan", "TIN LIÊN QUAN:", "Xem thêm", "Bài liên quan", "Tin cùng chuyên mục", "Đọc thêm",
     "Cùng chủ đề", ">> Xem thêm", "Mời bạn đọc thêm", "Các tin khác", "Có thể bạn quan tâm", "Bài viết cùng chủ đề",
     "Tin mới nhất", "ĐỌC NHIỀU", "Tin bài liên quan:", "Các tin đã đưa", "Tin liên quan đến bầu cử"],
)  # fmt: skip
def test_a_heading_cuts_off_what_follows(heading: str) -> None:
    page = f"Mở đường lên bản\n\n{LEAD}\n\n{P}\n\nMai Anh\n\n{heading}\n\nGiá vàng lại tăng\n\n{Q}\n\nMưa lớn ở biển"
    document = read_page(page)
    assert document["body"] == P
    assert [(entry["title"], entry["sapo"]) for entry in document["related_as_published"]] == [
        ("Giá vàng lại tăng", Q),
        ("Mưa lớn ở biển", ""),
    ]


@pytest.mark.parametrize("line", ["Tin liên quan đến vụ cháy được công bố sáng nay.", "Xem thêm tại đây nhé bạn", P])
def test_a_sentence_is_no_heading(line: str) -> None:
    assert not is_list_heading(line)


def test_newest_and_most_read_are_no_related_lists() -> None:
    assert is_list_heading("Đọc nhiều")
    assert not is_related_heading("Đọc nhiều")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Quỳnh Hoa", "Quỳnh Hoa"),
        ("PV", "PV"),
        ("Theo TTXVN", "Theo TTXVN"),
        ("(Theo Reuters, AFP)", "Theo Reuters, AFP"),
        ("Nguyễn Văn A - Trần B", "Nguyễn Văn A - Trần B"),
        ("Tổng hợp", "Tổng hợp"),
        ("Bài, ảnh: Minh Anh", "Minh Anh"),
        ("P.V (tổng hợp)", "P.V (tổng hợp)"),
        ("Hà Anh/VOV", "Hà Anh/VOV"),
        ("Trần Thường - Ảnh: Hoàng Hà", "Trần Thường - Ảnh: Hoàng Hà"),
        ("N.V.A.", "N.V.A."),
        ("Theo Báo Tin tức", "Theo Báo Tin tức"),
        ("Ngọc Hà và Thu Trang", "Ngọc Hà và Thu Trang"),
    ],
)
def test_bylines(line: str, name: str) -> None:
    assert byline(line) == name
    assert not is_caption(line)
    document = read_page(f"Mở đường lên bản\n\n{LEAD}\n\n{P}\n\n{line}\n")
    assert (document["author"], document["body"]) == (name, P)


@pytest.mark.parametrize("line", ["Hôm nay trời mưa to", "Tin liên quan", "Kinh tế", P, "Hà Nội mùa thu.", "15/3/2026"])
def test_what_is_no_byline(line: str) -> None:
    assert byline(line) is None


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("Thứ Hai, 15/3/2026 - 08:30 (GMT+7)", "2026-03-15T08:30:00+07:00"),
        ("15/03/2026 08:30", "2026-03-15T08:30:00+07:00"),
        ("05/04/2026", "2026-04-05T00:00:00+07:00"),
        ("08:30 | 15-3-2026", "2026-03-15T08:30:00+07:00"),
        ("Chủ nhật, ngày 15 tháng 3 năm 2026", "2026-03-15T00:00:00+07:00"),
        ("15 Tháng Ba, 2026", "2026-03-15T00:00:00+07:00"),
        ("Đăng lúc: 8h05 ngày 15.3.2026", "2026-03-15T08:05:00+07:00"),
        ("15/3/2026, 8:30 PM", "2026-03-15T20:30:00+07:00"),
        ("2026-03-15T08:30:00+07:00", "2026-03-15T08:30:00+07:00"),
        ("Hà Nội, ngày 15/3/2026", "2026-03-15T00:00:00+07:00"),
        ("15/3/2026 - 08:30 (GMT+0)", "2026-03-15T08:30:00+00:00"),
    ],
)
def test_a_date_line_beside_the_title_is_the_publication_date(line: str, moment: str) -> None:
    for page in (f"{line}\nMở đường\n{LEAD}\n{P}", f"Mở đường\n{line}\n{LEAD}\n{P}"):
        document = read_page(page)
        assert document["published_at"] == moment
        assert document["title"] == "Mở đường"
        assert document["sapo"] == LEAD


@pytest.mark.parametrize("line", ["31/2/2026", "3/15/2026", "45/13/2026 08:30"])
def test_a_date_that_does_not_exist_is_no_date_and_no_text(line: str) -> None:
    document = read_page(f"Mở đường\n{line}\n{LEAD}\n{P}")
    assert document["published_at"] is None
    assert line not in document["sapo"] + document["body"]


@pytest.mark.parametrize(
    "line", ["Ngày 11/9/2020, Chính phủ ban hành Nghị quyết 128/NQ-CP.", "Tháng 3/2026", "Ngày 8/3", "128/NQ-CP"]
)
def test_a_date_in_a_sentence_is_nobodys_publication_date(line: str) -> None:
    assert date_line(line) is None


def test_a_site_name_above_the_date_is_not_the_title() -> None:
    document = read_page(f"Báo Ví Dụ\n15/3/2026 08:30\nMở đường lên bản vùng cao\n{LEAD}\n{P}")
    assert (document["title"], document["publisher"]) == ("Mở đường lên bản vùng cao", "Báo Ví Dụ")


def test_a_signature_below_the_list_is_the_byline() -> None:
    document = read_page(f"Mở đường\n{LEAD}\n{P}\nXem thêm\nGiá vàng lại tăng\nMưa lớn ở biển\nQuỳnh Hoa")
    assert document["author"] == "Quỳnh Hoa"
    assert [entry["title"] for entry in document["related_as_published"]] == ["Giá vàng lại tăng", "Mưa lớn ở biển"]


def test_updated_is_the_modification_date() -> None:
    document = read_page(f"Mở đường\nĐăng 15/3/2026 08:30 | Cập nhật: 16/3/2026 10h05\n{LEAD}\n{P}")
    assert document["published_at"] == "2026-03-15T08:30:00+07:00"
    assert document["modified_at"] == "2026-03-16T10:05:00+07:00"


def test_a_chronicle_keeps_the_dates_that_head_its_parts() -> None:
    document = read_page(f"Các mốc của con đường\n\n{LEAD}\n\n15/3/2026\n\n{P}\n\n16/3/2026\n\n{Q}")
    assert document["published_at"] is None
    assert document["body"] == f"15/3/2026\n\n{P}\n\n16/3/2026\n\n{Q}"


@pytest.mark.parametrize(
    "value", ["3/5/2026 8:30:00 AM", "0001-01-01T00:00:00", "20260315", "hôm qua", "", "9999-12-31T23:59:59-12:00"]
)
def test_unclear_metadata_is_no_date(value: str) -> None:
    assert stated_moment(value) is None


def test_the_first_paragraph_is_the_sapo_only_when_it_reads_like_one() -> None:
    long = " ".join(["tiếng"] * 101) + "."
    assert read_page(f"Mở đường\n\n{LEAD}\n\n{P}")["sapo"] == LEAD
    assert read_page(f"Mở đường\n\n{LEAD}")["sapo"] == ""
    assert read_page(f"Mở đường\n\n{long}\n\n{P}")["sapo"] == ""
    assert read_page(f"Mở đường\n\n- {LEAD}\n\n{P}")["sapo"] == ""
    assert read_page(f"Mở đường\n\nCác mức hỗ trợ của tỉnh gồm:\n\n{P}\n\n{Q}")["sapo"] == ""


def test_captions_share_bars_tags_and_imprint_are_no_text() -> None:
    above = ["Kinh tế", "Mở đường", "Chia sẻ", "0 bình luận", "Ảnh: TTXVN"]
    text = [LEAD, P, "Công trường sáng nay. Ảnh: Lê Nam/TTXVN", Q]
    below = ["Nguồn: Báo Ví Dụ", "Tags: đường, bản làng", "Bình luận (2)", "Tuyệt vời quá bà con ơi.", "© 2026 Ví Dụ"]
    page = "\n".join(above + text + below)
    document = read_page(page)
    assert document["body"] == f"{P}\n\n{Q}"
    assert (document["section"], document["publisher"]) == ("Kinh tế", "Báo Ví Dụ")
    assert document["tags"] == ["đường", "bản làng"]
    assert document["related_as_published"] == []


def test_a_headline_list_without_heading_is_cut_off() -> None:
    titles = ["Giá vàng trong nước lại tăng mạnh", "Mưa lớn kéo dài ở các tỉnh miền Trung", "Xây thêm cầu qua sông lớn"]
    document = read_page("\n\n".join(["Mở đường", LEAD, P, Q, *titles]))
    assert document["body"] == f"{P}\n\n{Q}"
    assert [entry["title"] for entry in document["related_as_published"]] == titles


def test_subheadings_stay_in_the_text() -> None:
    page = "\n\n".join(["Mở đường", LEAD, "Hà Nội", P, "Đà Nẵng", Q, "Cần Thơ", P.replace("30/6", "1/7"), "Mai Anh"])
    document = read_page(page)
    assert document["author"] == "Mai Anh"
    assert document["body"].count("\n\n") == 5
    assert document["related_as_published"] == []


def test_letters_stay_as_published() -> None:
    page = "\ufeffÐường lên bản\r\n\r\n" + LEAD.replace("đ", "ð") + "\r\n\r\n" + P
    document = read_page(page)
    assert document["title"] == "Ðường lên bản"
    assert document["sapo"] == LEAD.replace("đ", "ð")


def test_wrapped_lines_are_joined_and_single_lines_are_not() -> None:
    assert page_lines("một hai ba\nbốn năm sáu") == ["một hai ba", "bốn năm sáu"]
    wrapped = "Con đường dài bốn cây số nối hai bản xa nhất\ncủa xã đã được khởi công sáng nay sau nhiều năm\nchờ đợi."
    assert page_lines(wrapped) == [wrapped.replace("\n", " ")]


def test_sections_and_breadcrumbs() -> None:
    assert section_of("Trang chủ > Kinh tế > Tài chính") == "Kinh tế"
    assert section_of("Thời sự / Chính trị") == "Thời sự"
    assert section_of("Giá vàng / USD cùng tăng") is None
    assert is_furniture("Chia sẻ")
    assert not is_furniture("Chia sẻ yêu thương với bà con vùng lũ")


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_pages_are_decoded(name: str) -> None:
    assert decode_page(f"Mở đường\n{LEAD}".encode(name)) == f"Mở đường\n{LEAD}"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (LEAD.encode()[:-30] + b"\xe1" + LEAD.encode()[-30:], "UTF-8 with a broken byte"),
        (LEAD.encode("utf-16")[:-1], "UTF-16"),
        (bytes(range(128, 256)) * 20, "neither UTF-8"),
        ("Täglich schöne Grüße".encode("cp1258") * 3 + "Çğışö¿¡¤¤¤¤".encode("latin-1", "ignore"), "neither UTF-8"),
    ],
)
def test_undecodable_pages_are_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        decode_page(raw)


def test_an_empty_page_is_refused() -> None:
    for page in ("", "  \n\t\n\ufeff\n"):
        with pytest.raises(InvalidInput, match="is empty"):
            read_page(page)


LINES = st.sampled_from(
    ["Tin liên quan", "Xem thêm: Giá vàng", "Bình luận (3)", "15/3/2026 08:30", "PV", "Kinh tế", "Ảnh: TTXVN", "© 2026",
     "Tags: a, b", "Nguồn: TTXVN", "https://tin.example/1", P, Q, LEAD, "Giá vàng trong nước lại tăng mạnh hôm nay"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES | st.text(max_size=40), max_size=25))
def test_any_page_is_read_or_refused(lines: list[str]) -> None:
    page = "\n".join(lines)
    try:
        document = read_page(page)
    except InvalidInput:
        assert not any(line.strip(" \t\u00a0\u3000\ufeff") for line in page.splitlines())
        return
    assert document["title"]
    json.dumps(document)
    try:
        read_article(document, now=NOW, article_id="a")
        problems: tuple[Problem, ...] = ()
    except InvalidInput as error:
        problems = error.problems
    allowed = ("has the character", "give the text", "headline", "absolute http")
    assert all(any(reason in problem.message for reason in allowed) for problem in problems)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([P, Q, LEAD]) | st.text(st.characters(categories=["L", "Zs"]), min_size=60), min_size=1)
)
def test_plain_paragraphs_are_never_lost(lines: list[str]) -> None:
    document = read_page("Mở đường lên bản\n\n" + "\n\n".join(f"{line.strip()} và hơn thế nữa." for line in lines))
    text = canonical("\n\n".join([document["title"], document["sapo"], document["body"]]))
    for line in lines:
        assert " ".join(canonical(line).split()) in " ".join(text.split())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.none() | st.text(max_size=12))
def test_any_bytes_are_decoded_or_refused(raw: bytes, declared: str | None) -> None:
    try:
        text = decode_page(raw, declared=declared)
    except InvalidInput:
        return
    assert isinstance(text, str)
