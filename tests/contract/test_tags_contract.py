"""The tags that an index knows: how many articles have each, and how they are usually spelt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from machtin.ports import ArticleIndex, IndexTombstone

from .asking import entry

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def tagged(index: ArticleIndex, *articles: tuple[str, ...]) -> None:
    index.write(entry(f"a{at}", tags=tags, published_at=DAY + timedelta(days=at)) for at, tags in enumerate(articles))


def test_tags_are_counted_however_they_are_written(index: ArticleIndex) -> None:
    tagged(index, ("Hà Nội", "vải thiều"), ("hà  nội",), ("Hà Nội",), ())
    assert index.tag_counts(["hà nội", "ha noi", "vải thiều", "vai thieu", "hà", "vải"]) == {
        "hà nội": 3,
        "ha noi": 3,
        "vải thiều": 1,
        "vai thieu": 1,
    }


def test_a_section_or_an_author_is_no_tag(index: ArticleIndex) -> None:
    index.write([entry("a", section="Kinh tế", author="Minh Tâm", tags=("gạo",))])
    assert index.tag_counts(["kinh tế", "minh tâm", "gạo"]) == {"gạo": 1}


def test_the_usual_spelling_is_told(index: ArticleIndex) -> None:
    tagged(index, ("HÀ NỘI", "lúa"), ("Hà Nội",), ("Hà Nội", "Lúa"), ("hà nội",))
    assert index.tag_spellings(["hà nội", "ha noi", "lúa", "ngô"]) == {
        "hà nội": "Hà Nội",
        "ha noi": "Hà Nội",
        "lúa": "Lúa",
    }


def test_marks_tell_tags_apart_where_they_are_asked_with(index: ArticleIndex) -> None:
    tagged(index, ("bạn",), ("bán",), ("bán",))
    assert index.tag_counts(["bạn", "bán", "ban"]) == {"bạn": 1, "bán": 2, "ban": 3}
    assert index.tag_spellings(["bạn", "ban"]) == {"bạn": "bạn", "ban": "bán"}


def test_what_was_taken_down_or_corrected_counts_no_more(index: ArticleIndex) -> None:
    tagged(index, ("gạo",), ("gạo", "Cần Thơ"), ("xe điện",))
    index.write([IndexTombstone("a1", 2), entry("a2", revision=2, tags=("gạo",))])
    assert index.tag_counts(["gạo", "cần thơ", "xe điện"]) == {"gạo": 2}
    assert index.tag_spellings(["gạo", "cần thơ", "xe điện"]) == {"gạo": "gạo"}


def test_nothing_is_asked_of_nothing(index: ArticleIndex) -> None:
    assert index.tag_counts([]) == {}
    assert index.tag_spellings([]) == {}
    assert index.tag_counts(["gạo"]) == {}


def test_signs_and_thousands_of_keys_are_no_trouble(index: ArticleIndex) -> None:
    names = ("đường sắt Lào Cai – Hà Nội", "gói XL-07", 'a"b', "[.*]", "tag:tag", "x" * 200)
    tagged(index, names)
    asked = [*(f"không có {at}" for at in range(20_000)), *(name.lower() for name in names)]
    assert index.tag_counts(asked) == dict.fromkeys((name.lower() for name in names), 1)
    assert set(index.tag_spellings([name.lower() for name in names]).values()) == set(names)
