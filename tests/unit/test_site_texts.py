"""Days, numbers and order as a browser writes them, so that nothing changes when the page's script takes over."""

from __future__ import annotations

from datetime import datetime

import pytest

from machtin.markup import el
from machtin.site_address import Search, article_address, read_search, read_stretch, read_wanted, search_address
from machtin.site_dates import Style, day_name, days_of_month, month_name, time_of
from machtin.site_frame import brief, modules
from machtin.site_text import dictionary_order, number, outside_address, paragraphs, say_with
from machtin.web_files import FOLDER
from machtin.words import Lang

NOW = datetime.fromisoformat("2026-03-16T08:00:00+07:00")


@pytest.mark.parametrize(
    ("published", "vietnamese", "english"),
    [
        ("2026-03-16T07:59:30+07:00", "vừa xong", "just now"),
        ("2026-03-16T07:58:30+07:00", "2 phút trước", "2 minutes ago"),
        ("2026-03-16T07:00:00+07:00", "1 giờ trước", "1 hour ago"),
        ("2026-03-15T21:30:00+07:00", "11 giờ trước", "11 hours ago"),
        ("2026-03-15T06:00:00+07:00", "hôm qua", "yesterday"),
        ("2026-03-14T17:30:00+00:00", "hôm qua", "yesterday"),
        ("2026-03-14T06:00:00+07:00", "hôm kia", "2 days ago"),
        ("2026-03-11T06:00:00+07:00", "5 ngày trước", "5 days ago"),
        ("2026-03-08T06:00:00+07:00", "tuần trước", "last week"),
        ("2026-02-01T06:00:00+07:00", "tháng trước", "last month"),
        ("2025-11-01T06:00:00+07:00", "4 tháng trước", "4 months ago"),
        ("2025-03-01T06:00:00+07:00", "năm ngoái", "last year"),
        ("2020-03-01T06:00:00+07:00", "6 năm trước", "6 years ago"),
        ("2026-03-17T06:00:00+07:00", "ngày mai", "tomorrow"),
    ],
)
def test_how_long_ago_is_told_by_vietnams_calendar(published: str, vietnamese: str, english: str) -> None:
    for lang, told in (("vi", vietnamese), ("en", english)):
        shown = time_of("en" if lang == "en" else "vi", published, NOW)
        assert shown is not None
        assert f"({told})</time>" in shown.html


@pytest.mark.parametrize(
    ("lang", "style", "told"),
    [
        ("vi", "full", ">Chủ Nhật, 15/3/2026, 08:30 (hôm qua)<"),
        ("en", "full", ">Sunday, 15 Mar 2026, 08:30 (yesterday)<"),
        ("vi", "exact", ">15/3/2026, 08:30<"),
        ("en", "day", ">15 Mar 2026<"),
    ],
)
def test_a_moment_is_written_as_its_place_needs_it(lang: Lang, style: Style, told: str) -> None:
    shown = time_of(lang, "2026-03-15T01:30:00Z", NOW, style)
    assert shown is not None
    assert told in shown.html
    assert 'datetime="2026-03-15T01:30:00Z"' in shown.html


def test_days_and_months_have_their_names() -> None:
    assert (day_name("vi", "2026-03-05"), day_name("en", "2026-03-05")) == ("5/3/2026", "5 Mar 2026")
    assert (month_name("vi", "2026-03"), month_name("en", "2026-03")) == ("Tháng 3/2026", "March 2026")
    assert days_of_month("2024-02") == ("2024-02-01", "2024-02-29")
    assert time_of("vi", None, NOW) is None
    assert (number("vi", 1234567), number("en", 1234567)) == ("1.234.567", "1,234,567")


def test_lists_are_in_the_order_of_a_vietnamese_dictionary() -> None:
    # As Intl.Collator("vi") has them.
    words = [
        "A", "À", "Ả", "Ã", "Á", "Ạ", "An", "Ăn", "ân", "Ẩn", "Dân", "Đời sống", "Ô tô", "Ơn", "Tha", "Thế giới",
        "Thể thao", "Thời sự",
    ]  # fmt: skip
    shuffled = words[::-1]
    assert sorted(shuffled, key=dictionary_order) == words


def test_words_hold_elements_and_nothing_of_them_is_lost() -> None:
    shown = say_with("en", "thread.extent_dated", events="3 events", articles="<4>", first=el("b", {}, "1"), last="9")
    assert shown.html == "3 events, &lt;4&gt;, from <b>1</b> to 9"
    missing = say_with("en", "digest.missing", n=1, articles=el("i", {}, "{n}"))
    assert missing.html == "1 article couldn&#x27;t be read: <i>{n}</i>."


def test_paragraphs_are_parted_by_blank_lines() -> None:
    text = "Một\nhai\n \n\nba\n\n"
    assert [text[one.start : one.end] for one in paragraphs(text)] == ["Một\nhai", "ba"]


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)", "http://", "https://[", "/tin", "mailto:a@b.example"])
def test_what_is_no_web_address_leads_nowhere(url: str | None) -> None:
    assert outside_address(url) is None


def test_a_description_is_one_line_cut_between_words() -> None:
    assert brief("a\n b") == "a b"
    assert brief("một hai ba", 8) == "một…"


@pytest.mark.parametrize(
    ("said", "search"),
    [
        ({}, Search()),
        ({"q": "gạo", "sort": "newest", "from": "20"}, Search(q="gạo", sort="newest", offset=20)),
        ({"sort": "best", "since": "2026-02-30", "until": "mai", "from": "-1"}, Search()),
        ({"since": "2026-02-03", "from": "99999"}, Search(since="2026-02-03", offset=9_990)),
        ({"from": "٣"}, Search()),
    ],
)
def test_what_an_address_can_not_mean_is_passed_over(said: dict[str, str], search: Search) -> None:
    assert read_search(said) == search


def test_an_address_says_what_differs_from_the_first_page() -> None:
    search = Search(q="giá gạo", section="Kinh tế", offset=10)
    assert search_address("vi", search) == "/?q=gi%C3%A1+g%E1%BA%A1o&section=Kinh+t%E1%BA%BF"
    assert search_address("en", search, q="", section="", offset=20) == "/en?from=20"
    assert search_address("en", Search()) == "/en"
    assert article_address("en", "a~b", view="digest") == "/en/articles/a~b?view=digest"


def test_a_last_day_is_included() -> None:
    asked = Search(until="2026-03-15").parameters()
    assert asked["until"] == "2026-03-16T00:00:00+07:00"


def test_a_form_without_script_says_length_and_unit() -> None:
    assert read_wanted({"length": "3", "unit": "sentences", "mode": "sapo "}).parameters() == {
        "mode": "sapo+",
        "sentences": "3",
    }
    assert read_wanted({"length": "51", "unit": "sentences", "form": "poem"}).parameters() == {}
    assert read_wanted({"sentences": "2", "query": " giá "}).request().query == "giá"


def test_a_stretch_has_a_beginning_before_its_end() -> None:
    stretch = read_stretch("body-10-20")
    assert stretch is not None
    assert (stretch.field, stretch.start, stretch.end) == ("body", 10, 20)
    assert [read_stretch(text) for text in ("", "body-20-10", "title-1-2", "body-1-2-3")] == [None] * 4


def test_every_module_of_the_script_is_named_beforehand() -> None:
    named = modules("app.js")
    assert {"words.js", "dom.js", "given.js", "spans.js"} <= set(named)
    assert all((FOLDER / name).is_file() for name in named)
