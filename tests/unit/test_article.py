"""Reading articles from JSON: what is taken, and how each bad input is named."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.article import Article, id_of_url
from machtin.article_reading import MAX_LENGTH, MAX_UNKNOWN, MAX_WORD, read_article, read_moment
from machtin.errors import InvalidInput, TooLarge

NOW = datetime(2026, 4, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "id": "vung-kinh-te",
    "title": "Ðẩy mạnh phát triển vùng kinh tế",
    "sapo": "Sapo của bài.",
    "body": "Đoạn một.\n\nĐoạn hai.",
    "url": "https://bao.example/vung-kinh-te.htm",
    "section": "Kinh tế",
    "tags": ["quy hoạch", "quy hoạch", " "],
    "author": "Quỳnh Hoa",
    "publisher": "Báo Mạch Tin",
    "published_at": "2026-03-15T08:30:00+07:00",
    "modified_at": None,
    "related_as_published": [{"title": "Tin cũ"}],
}


def fields_refused(document: object, **options: Any) -> set[str]:
    with pytest.raises(InvalidInput) as caught:
        read_article(document, now=NOW, **options)
    return {problem.field for problem in caught.value.problems}


def test_an_article_is_kept_as_published() -> None:
    article = read_article(GOOD, now=NOW)
    assert article.title == GOOD["title"], "the eth stays where it was published"
    assert article.tags == ("quy hoạch",)
    assert article.published_at == datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
    assert Article.from_json(article.to_json()) == article


def test_the_same_content_has_the_same_hash_and_a_correction_another() -> None:
    first, same = read_article(GOOD, now=NOW), read_article(dict(reversed(GOOD.items())), now=NOW)
    assert first.content_hash == same.content_hash
    assert first.content_hash != read_article(GOOD | {"sapo": "Đã sửa."}, now=NOW).content_hash


def test_an_article_without_a_moment_is_stored_and_hashed_as_before_there_were_moments() -> None:
    article = read_article(GOOD, now=NOW)
    assert "publish_at" not in article.to_json()
    assert article.content_hash == "d9619bafd0b1d105e272982e09b14e97f559e708981c527867102807ff6bf807"
    earlier = {name: value for name, value in article.to_json().items() if name != "publish_at"}
    assert Article.from_json(earlier) == article


def test_a_scheduled_article_is_published_at_its_moment_unless_it_says_otherwise() -> None:
    moment = datetime(2026, 5, 1, 1, tzinfo=UTC)
    scheduled = {"publish_at": "2026-05-01T08:00:00+07:00"}
    assert read_article(GOOD | scheduled, now=NOW).publish_at == moment
    assert read_article(GOOD | scheduled | {"published_at": None}, now=NOW).published_at == moment
    dated = read_article(GOOD | scheduled | {"published_at": "2026-04-30T08:00:00+07:00"}, now=NOW)
    assert dated.published_at == moment - timedelta(days=1)
    assert Article.from_json(dated.to_json()) == dated
    assert dated.content_hash != replace(dated, publish_at=None).content_hash
    assert read_article(GOOD | {"publish_at": "2020-05-01T08:00:00+07:00"}, now=NOW).publish_at is not None


def test_a_date_in_the_future_is_taken_up_to_the_moment_and_no_further() -> None:
    scheduled = GOOD | {"publish_at": "2026-05-01T08:00:00+07:00"}
    with pytest.raises(InvalidInput, match="published_at: lies before 1900 or in the future, and after publish_at"):
        read_article(scheduled | {"published_at": "2026-05-02T08:00:00+07:00"}, now=NOW)
    with pytest.raises(InvalidInput, match="publish_at: lies before 1900 or over five years ahead"):
        read_article(scheduled | {"publish_at": "2062-05-01T08:00:00+07:00"}, now=NOW)


def test_the_id_comes_from_the_address_the_document_or_the_url() -> None:
    nameless = {key: value for key, value in GOOD.items() if key != "id"}
    assert read_article(nameless, now=NOW, article_id="a-1").id == "a-1"
    assert read_article(nameless, now=NOW).id == id_of_url(GOOD["url"])
    assert fields_refused(nameless | {"url": None}) == {"id"}
    assert fields_refused(GOOD, article_id="other") == {"id"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": None}, "title"),
        ({"title": "  "}, "title"),
        ({"body": "", "sapo": " "}, "body"),
        ({"title": 7}, "title"),
        ({"body": ["Đoạn."]}, "body"),
        ({"title": "nửa \ud800 chữ"}, "title"),
        ({"body": "rỗng\x00"}, "body"),
        ({"sapo": "chuông\x07"}, "sapo"),
        ({"body": "a" * (MAX_WORD + 1)}, "body"),
        ({"id": "a/b"}, "id"),
        ({"id": ""}, "id"),
        ({"id": "x" * 129}, "id"),
        ({"id": 5}, "id"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"published_at": "0001-01-01T00:00:00+07:00"}, "published_at"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "published_at"),
        ({"published_at": "2026-04-09T00:00:00+07:00"}, "published_at"),
        ({"published_at": "9999-12-31T23:59:59-14:00"}, "published_at"),
        ({"published_at": "2026-03-15T08:30:00"}, "published_at"),
        ({"published_at": "hôm nay"}, "published_at"),
        ({"published_at": "2026-03-15"}, "published_at"),
        ({"published_at": "2026-W10-1T08:30:00+07:00"}, "published_at"),
        ({"published_at": "20260315T083000+0700"}, "published_at"),
        ({"published_at": "2026-02-30T08:30:00+07:00"}, "published_at"),
        ({"title": "\u200b\u202e \ufeff"}, "title"),
        ({"body": "\u200b", "sapo": "\u00ad"}, "body"),
        ({"url": "https://bao.example/tin\n"}, "url"),
        ({"related_as_published": [{"title": None}]}, "related_as_published[0].title"),
        ({"related_as_published": [{"title": "Tin", "sapo": []}]}, "related_as_published[0].sapo"),
        ({"published_at": 20260315}, "published_at"),
        ({"publish_at": "9999-12-31T23:59:59-14:00"}, "publish_at"),
        ({"publish_at": "0001-01-01T00:00:00+14:00"}, "publish_at"),
        ({"publish_at": "2026-05-01T08:00:00"}, "publish_at"),
        ({"publish_at": "mai"}, "publish_at"),
        ({"publish_at": 0}, "publish_at"),
        ({"tags": "quy hoạch"}, "tags"),
        ({"tags": [1]}, "tags[0]"),
        ({"related_as_published": ["Tin cũ"]}, "related_as_published[0]"),
        ({"related_as_published": [{"title": "Tin", "url": "/tin"}]}, "related_as_published[0].url"),
        ({"headline": "Tin"}, "headline"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(change: dict[str, Any], field: str) -> None:
    assert fields_refused(GOOD | change) == {field}


def test_every_problem_is_told_at_once() -> None:
    assert fields_refused({"tags": 1, "url": "x", "colour": "red"}) == {"tags", "url", "colour", "id", "title", "body"}


def test_of_many_unknown_fields_some_are_named_and_the_rest_counted() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_article(GOOD | {f"x{number}": 1 for number in range(1_000)}, now=NOW)
    assert len(caught.value.problems) == MAX_UNKNOWN + 1
    assert caught.value.problems[-1].message.endswith("nor are 989 more")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-15T08:30:00+07:00", datetime(2026, 3, 15, 1, 30, tzinfo=UTC)),
        ("2026-03-15t01:30:00z", datetime(2026, 3, 15, 1, 30, tzinfo=UTC)),
        ("2026-03-15 08:30:00.5+07:00", datetime(2026, 3, 15, 1, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-15T08:30+0700", datetime(2026, 3, 15, 1, 30, tzinfo=UTC)),
        ("2026-03-15", datetime(2026, 3, 15)),
        ("2026-03-15T08:30:00", datetime(2026, 3, 15, 8, 30)),
    ],
)
def test_times_are_rfc_3339_with_little_forgiven(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


@given(st.text(alphabet="0123456789-+:.TZtzW ٢"))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    with suppress(ValueError):
        assert read_moment(text).year > 0


def test_texts_beyond_their_limit_are_too_large() -> None:
    with pytest.raises(TooLarge, match="body"):
        read_article(GOOD | {"body": "lời " * (MAX_LENGTH["body"] // 4 + 1)}, now=NOW)


@pytest.mark.parametrize("document", [None, [], "title", 3, True])
def test_what_is_no_object_is_refused(document: object) -> None:
    assert fields_refused(document) == {"body"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "other"]), JSON))
def test_no_document_breaks_the_reader(document: dict[str, object]) -> None:
    with suppress(InvalidInput):
        article = read_article(document, now=NOW)
        assert Article.from_json(article.to_json()) == article
