"""Snippets: whole sentences that answer, by words or by meaning, their offsets in the text as published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from machtin.answers import Snippet
from machtin.article import Article
from machtin.errors import EmbeddingUnavailable
from machtin.highlights import Highlighter
from machtin.model_port import Embedder
from machtin.ports import Vectors
from machtin.snippets import SNIPPET_LENGTH, MarkedArticle, snippets

FLOOD = Article(
    id="lu",
    title="Mưa lũ ở miền Trung",
    sapo="Mưa lớn nhiều ngày gây ngập ở nhiều nơi.",
    body=(
        "Sáng 12/10, mưa vẫn lớn. Nước sông Hương lên cao. Nhiều khu dân cư ngập sâu, người dân phải đi thuyền.\n\n"
        "Tỉnh cho 200.000 học sinh nghỉ học hai ngày. Trường nào cũng phải dọn bùn.\n\n"
        "Đường tàu qua đèo Hải Vân tê liệt từ đêm. Ngành đường sắt chở khách bằng xe khách."
    ),
)
GOLD = Article(id="vang", title="Giá vàng", body="Giá vàng tăng mạnh. Vàng miếng lên 80 triệu đồng một lượng.")


class Meanings:
    """Implements model_port.Embedder: a direction for school, for trains, for the rest; counts what it is asked."""

    model_version = "meanings"
    dimensions = 3

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += len(texts)
        kinds = [("school", "học sinh"), ("train", "đường sắt", "Đường tàu")]
        of = [[any(word in text for word in kind) for kind in kinds] for text in texts]
        return np.array([[*one, not any(one)] for one in of], dtype=np.float32)

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        return self.embed([article.body for article in articles])


class Silent(Meanings):
    """A model that is gone."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise EmbeddingUnavailable("the model is gone")


def shown(query: str, *articles: Article, embedder: Embedder | None = None) -> list[Snippet | None]:
    highlighter = Highlighter(query)
    found = [
        MarkedArticle(one, highlighter.occurrences(one.sapo), highlighter.occurrences(one.body)) for one in articles
    ]
    return snippets(highlighter, found, embedder or Meanings(), query)


def one(query: str, article: Article = FLOOD, embedder: Embedder | None = None) -> Snippet:
    (snippet,) = shown(query, article, embedder=embedder)
    assert snippet is not None
    text = article.sapo if snippet.field == "sapo" else article.body
    assert snippet.text == text[snippet.start : snippet.end]
    return snippet


def test_the_sentence_with_the_query_s_words_is_shown_whole() -> None:
    snippet = one("học sinh nghỉ học")
    assert snippet.text == "Tỉnh cho 200.000 học sinh nghỉ học hai ngày."
    assert [snippet.text[span.start : span.end] for span in snippet.highlights] == ["học", "sinh", "nghỉ", "học"]
    assert snippet.html == "Tỉnh cho 200.000 <mark>học sinh nghỉ học</mark> hai ngày."


def test_missing_diacritics_are_forgiven() -> None:
    assert one("hoc sinh nghi hoc") == one("học sinh nghỉ học")


def test_the_sapo_is_shown_where_it_answers() -> None:
    snippet = one("mưa lớn gây ngập")
    assert (snippet.field, snippet.text) == ("sapo", FLOOD.sapo)


def test_a_rare_word_counts_more_than_frequent_ones() -> None:
    assert "Hương" in one("nước ngập nhiều nơi ở sông hương").text


def test_two_neighbours_are_shown_where_they_answer_together() -> None:
    assert one("sông hương lên cao khu dân cư ngập sâu").text == (
        "Nước sông Hương lên cao. Nhiều khu dân cư ngập sâu, người dân phải đi thuyền."
    )


def test_words_beside_each_other_count_more_than_apart() -> None:
    article = Article(id="1", title="", body="Lượng hàng bán ra: vàng ít, giá cao. Hôm nay giá vàng ít đổi.")
    assert one("giá vàng", article).text == "Hôm nay giá vàng ít đổi."


def test_where_no_word_matches_meaning_decides() -> None:
    assert "học sinh" in one("closed schools").text
    assert "Đường tàu" in one("train service").text
    assert one("closed schools").highlights == []


def test_where_words_decide_no_sentence_is_embedded() -> None:
    embedder = Meanings()
    shown("giá vàng tăng", GOLD, GOLD, embedder=embedder)
    assert embedder.asked == 0


def test_a_hundred_hits_without_words_embed_a_bounded_number_of_sentences() -> None:
    embedder = Meanings()
    assert all(shown("closed schools", *[FLOOD] * 100, embedder=embedder))
    assert embedder.asked <= 301


def test_without_a_model_the_first_sentence_is_shown() -> None:
    assert one("closed schools", embedder=Silent()).text == FLOOD.sapo


def test_an_article_of_a_title_alone_has_no_snippet() -> None:
    assert shown("giá vàng", Article(id="1", title="Giá vàng"), GOLD)[0] is None


def test_a_long_sentence_is_cut_between_words_around_the_query_s() -> None:
    body = "một hai ba bốn năm " * 40 + "trống đồng Ngọc Lũ " + "sáu bảy tám chín mười " * 40
    snippet = one("trống đồng ngọc lũ", Article(id="1", title="", body=body))
    assert "trống đồng Ngọc Lũ" in snippet.text
    assert len(snippet.text) <= SNIPPET_LENGTH
    assert body[snippet.start - 1] == " "
    assert body[snippet.end] == " "
    assert len(snippet.highlights) == 4


def test_what_is_marked_ends_where_a_sentence_was_cut() -> None:
    body = f"Buôn Mê Thuột {'vẫn ' * 53} ở Buôn Mê Thuột {'vẫn ' * 53}mưa."
    snippet = one("Buôn Ma Thuột", Article(id="mua", title="Mưa", body=body))
    assert snippet.text.endswith(" ở Buôn Mê")
    assert [snippet.text[span.start : span.end] for span in snippet.highlights] == ["Buôn Mê Thuột", "Buôn Mê"]
    assert max(span.end for span in snippet.highlights) == len(snippet.text)


def test_a_long_line_of_many_sentences_is_shown_by_whole_sentences() -> None:
    filler = "Câu này nói chuyện khác, không liên quan gì. "
    body = filler * 60 + "Trống đồng Ngọc Lũ đã về bảo tàng. " + filler * 60
    snippet = one("trống đồng ngọc lũ", Article(id="1", title="", body=body))
    assert snippet.text == "Trống đồng Ngọc Lũ đã về bảo tàng."


@given(
    st.text(max_size=40), st.text(max_size=100), st.text(alphabet="aệế .\n\u0301\u200b\ud800\U0001f33e<&", max_size=700)
)
def test_any_article_has_a_snippet_that_is_part_of_it(query: str, sapo: str, body: str) -> None:
    article = Article(id="1", title="", sapo=sapo, body=body)
    for asked in (query, "ae e", body[-60:]):
        (snippet,) = shown(asked, article)
        if snippet is None:
            continue
        text = sapo if snippet.field == "sapo" else body
        assert snippet.text == text[snippet.start : snippet.end]
        assert all(0 <= span.start < span.end <= len(snippet.text) for span in snippet.highlights)
        snippet.html.encode()
