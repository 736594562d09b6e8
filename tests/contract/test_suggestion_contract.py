"""Did you mean: on every engine from its own words, within the filters, never for a query that is fine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from unicodedata import normalize

import pytest

from machtin.answers import SearchAnswer
from machtin.article import Article
from machtin.ports import NO_FILTERS, ArticleIndex, Filters, IndexTombstone, Vectors
from machtin.search import search
from machtin.search_request import SearchRequest
from machtin.suggestion import plain_words, recovered

from .asking import HANOI, entry

DAY = datetime(2026, 3, 1, 8, tzinfo=HANOI)
TITLES = (
    "Đào tạo giáo viên vùng cao",
    "Bộ Giáo dục đổi mới đào tạo giáo viên",
    "Giáo viên mầm non thiếu ở nhiều tỉnh",
    "Đà Nẵng họp báo về chợ đêm",
    "Đà Nẵng mở thêm đường bay",
    "Ronaldo ghi bàn phút cuối",
    "Người dân được tự do đi lại",
    "Việt Nam xuất khẩu gạo",
)


class NoEmbedder:
    """Implements model_port.Embedder for searches by words alone."""

    model_version = "model-a"
    dimensions = 4

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(texts)

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        raise AssertionError(articles)


@pytest.fixture
def news(index: ArticleIndex) -> ArticleIndex:
    index.write(
        [entry(f"n{at}", one, section="Tin", published_at=DAY + timedelta(days=at)) for at, one in enumerate(TITLES)]
    )
    return index


def asked(index: ArticleIndex, q: str, filters: Filters = NO_FILTERS) -> SearchAnswer:
    return search(index, NoEmbedder(), SearchRequest(q=q, mode="lexical", filters=filters))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dao tao giao vein", "đào tạo giáo viên"),
        ("đào tạo giáo viêm", "đào tạo giáo viên"),
        ("Đào tạo giáo vviên", "Đào tạo giáo viên"),
        ("đào tạo giáovien", "đào tạo giáo viên"),
        ("Đà Nẳng họp báo", "Đà Nẵng họp báo"),
        ("Ronalod ghi bàn", "Ronaldo ghi bàn"),
        ("ĐÀ NẴGN", "ĐÀ NẴNG"),
    ],
)
def test_slips_are_told(news: ArticleIndex, typed: str, meant: str) -> None:
    answer = asked(news, typed)
    assert (answer.suggestion, answer.searched) == (meant, None)
    assert asked(news, meant).total > 0


@pytest.mark.parametrize(
    "typed",
    [
        *(*TITLES, "giao vien", "da nang hop bao", "Việt Nam", "tau vu tru", "Messi", "2026", "", "?!"),
        *("“giáo vein”", '"giáo vein"', "giáo -vein", "muc:vein"),
    ],
)
def test_a_query_that_is_fine_is_left_alone(news: ArticleIndex, typed: str) -> None:
    assert asked(news, typed).suggestion is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddaof taoj", "đào tạo"),
        ("d9a2o ta5o", "đào tạo"),
        ("Vieejt Nam", "Việt Nam"),
        ("tuwj do", "tự do"),
        ("đào tạo giaos viên", "đào tạo giáo viên"),
        ('"vùng cao" giaos vieen', '"vùng cao" giáo viên'),
        ("Ronalod ghi banf phuts", "Ronalod ghi bàn phút"),
        ("viên giaos", "viên giáo"),
    ],
)
def test_keys_of_an_input_method_that_was_off_are_searched_as_the_words_they_stand_for(
    news: ArticleIndex, typed: str, meant: str
) -> None:
    answer = asked(news, typed)
    assert answer.searched == answer.suggestion == meant
    assert answer.hits


@pytest.mark.parametrize("typed", ["google", "boxer data", "bus", "car", "Ronaldo", "max"])
def test_words_of_other_languages_survive(news: ArticleIndex, typed: str) -> None:
    assert recovered(news, typed) is None


@pytest.mark.parametrize("typed", ["car accident", "Xiaomi SU7", "xe SU7", "giảm CO2", "CO2", "teen", "teen books"])
def test_what_keys_of_one_word_would_make_is_no_reason_to_search_for_something_else(
    index: ArticleIndex, typed: str
) -> None:
    index.write([entry("a", "Cả nhà sư xem con cò, giảm tên bét bảng"), entry("b", "Xe của sư")])
    assert recovered(index, typed) is None


@pytest.mark.parametrize("typed", ["last list", "has been", "by these", "as the", "xem phim sex", "He did this too"])
def test_english_is_no_telex_even_where_no_article_has_its_words(index: ArticleIndex, typed: str) -> None:
    index.write([entry("a", "Lát, lít, há bên, thế, á, sẽ đi thí tô")])
    assert recovered(index, typed) is None


def test_what_might_be_english_is_read_among_more_keys_that_are_not(news: ArticleIndex) -> None:
    news.write([entry("c", "Cớ sự")])
    assert recovered(news, "cows") is None
    assert recovered(news, "ddaof taoj giaos vieen cows") == "đào tạo giáo viên cớ"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ['tácgiả:"giaos vieen" tin', "＂giaos vieen＂ tin", "－vieen tin", "muc：vieen tin"])
def test_signs_are_left_alone_however_they_are_typed(
    news: ArticleIndex, typed: str, form: Literal["NFC", "NFD"]
) -> None:
    assert [word.text for word in plain_words(normalize(form, typed))] == ["tin"]
    assert recovered(news, normalize(form, typed)) is None


def test_nothing_is_guessed_of_words_whose_hits_were_not_asked_for(news: ArticleIndex) -> None:
    def counted(q: str) -> SearchAnswer:
        return search(news, NoEmbedder(), SearchRequest(q=q, mode="lexical", size=0))

    assert (counted("dao tao giao vein").total, counted("dao tao giao vein").suggestion) == (2, None)
    assert (counted("taoj").total, counted("taoj").suggestion) == (0, "tạo")


def test_what_stands_in_quotes_is_meant_as_it_is(news: ArticleIndex) -> None:
    assert recovered(news, '"ddaof" giaos vieen') == '"ddaof" giáo viên'
    assert recovered(news, '"ddaof taoj"') is None


def test_one_word_that_only_ends_like_telex_is_suggested_and_not_searched(news: ArticleIndex) -> None:
    answer = asked(news, "taoj")
    assert (answer.total, answer.suggestion, answer.searched) == (0, "tạo", None)


def test_nothing_is_suggested_that_filters_hide_or_that_was_taken_down(index: ArticleIndex) -> None:
    index.write([entry("a", "Đào tạo giáo viên", section="Giáo dục"), entry("b", "Đào tạo lái xe", section="Xe")])
    index.write([entry("c", "Khai giảng năm học mới", section="Giáo dục")])
    assert asked(index, "giáo vieen tao").suggestion == "giáo viên tao"
    assert asked(index, "đào tạo giáo vein", Filters(section="Giáo dục")).suggestion == "đào tạo giáo viên"
    assert asked(index, "đào tạo giáo vein", Filters(section="Xe")).suggestion is None
    index.write([IndexTombstone("a", 2)])
    assert asked(index, "đào tạo giáo vein").suggestion is None


def test_only_plain_words_are_corrected() -> None:
    typed = 'giáo “dục mới” -cũ tacgia:"Lê Hoa" muc:xe tp.hcm -"hai ba" viên'
    assert [word.text for word in plain_words(typed)] == ["giáo", "tp", "hcm", "viên"]


@pytest.mark.parametrize(
    "typed",
    [
        '"họp báo",-giaos tin',
        ',-giaos tin "họp báo"',
        "muc:xe (;-giaos tin",
        '-"họp báo";-giaos,-vieen tin',
        '-giaos,tacgia:"Lê vieen" tin',
        '-giaos,-"a vieen" tin',
    ],
)
def test_nor_is_what_is_listed_behind_signs(typed: str) -> None:
    assert [word.text for word in plain_words(typed)] == ["tin"]
