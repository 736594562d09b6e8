"""Digests of several articles: in order of time, word for word, facts once, different numbers side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from machtin import sapo_facts
from machtin.article import Article
from machtin.contradictions import LISTED
from machtin.digest import EventDigester
from machtin.digest_answers import Digest, digest_answer
from machtin.digest_pairs import PairModel
from machtin.digest_request import MAX_ARTICLES, DigestRequest, named_ids
from machtin.errors import InvalidInput, ModelError
from machtin.ports import Vectors
from machtin.quantities import Quantity, quantities
from machtin.summary_candidates import field_candidates
from machtin.summary_scoring import SentenceScorer
from machtin.vietnamese import syllables

START = datetime(2026, 7, 25, 1, tzinfo=UTC)
DIGESTER = EventDigester(SentenceScorer.load())
FIRST = (
    "Rạng sáng 25/7, lở đất ở xã Mường Pồn làm 5 người chết và vùi lấp nhiều nhà dân. "
    "Lực lượng cứu hộ đã tới hiện trường từ sáng sớm để tìm người mất tích."
)
SECOND = (
    "Vụ lở đất rạng sáng 25/7 ở xã Mường Pồn làm bảy người chết, theo thống kê mới của huyện. "
    "Lực lượng cứu hộ đã tới hiện trường từ sáng sớm để tìm người mất tích. "
    "Tỉnh hỗ trợ mỗi gia đình có người chết 50 triệu đồng để lo hậu sự."
)


def article(name: str, body: str, hours: int | None = 0, sapo: str = "") -> Article:
    moment = None if hours is None else START + timedelta(hours=hours)
    return Article(id=name, title="Lở đất ở Mường Pồn", sapo=sapo, body=body, published_at=moment)


def digested(*articles: Article, sentences: int | None = None, room: int | None = 250) -> Digest:
    return DIGESTER.digest(articles, sentences, room)


PIECES = st.sampled_from(
    [
        *FIRST.split(". "),
        *SECOND.split(". "),
        "Tuy nhiên, mưa lớn vẫn tiếp diễn ở vùng núi",
        "Ông Lò Văn Hặc\u200b cho biết “nước dâng quá nhanh”",
        "Ðường vào bản bị hoà\u0323 chia cắt",
        "Ảnh: TTXVN",
        "🙂",
        "",
    ]
)
BODIES = st.lists(PIECES, max_size=8).map(". ".join)
BOTH_SAY = "Rạng sáng 25/7, lở đất ở xã Mường Pồn làm 5 người chết và vùi lấp nhiều nhà dân."
ARTICLES = st.lists(st.tuples(BODIES, st.none() | st.integers(0, 5), BODIES), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@example([("", 0, BOTH_SAY), ("Một câu khác của bài này.", 1, BOTH_SAY)], None, 100)
@given(ARTICLES, st.none() | st.integers(1, 4), st.integers(1, 120))
def test_whatever_is_digested(parts: list[tuple[str, int | None, str]], sentences: int | None, room: int) -> None:
    articles = {f"a{at}": article(f"a{at}", body, hours, sapo) for at, (body, hours, sapo) in enumerate(parts)}

    digest = digested(*articles.values(), sentences=sentences, room=room)

    shown = digest.sentences
    for one in shown:
        assert getattr(articles[one.source.id], one.field)[one.start : one.end] == one.text
    for contradiction in digest.contradictions:
        for report in contradiction.reports:
            said = report.sentence
            assert getattr(articles[said.source.id], said.field)[report.start : report.end] == report.number
            assert said.start <= report.start < report.end <= said.end
    answer = digest_answer(digest, [], degraded=False)
    assert answer.syllables <= room
    assert sentences is None or len(shown) <= sentences
    assert len({tuple(syllables(one.text)) for one in shown}) == len(shown)
    moments = [one.source.published_at or "9999" for one in shown]
    assert moments == sorted(moments)
    places = [(one.source.id, one.field != "sapo", one.start) for one in shown]
    assert all(before < after for before, after in pairwise(places) if before[0] == after[0])


def test_the_articles_stand_in_order_of_time_and_those_without_a_date_last() -> None:
    late, undated, early = (
        article("b", SECOND, 9),
        article("c", "Mưa ở vùng núi đã ngớt từ chiều qua.", None),
        article("a", FIRST),
    )

    digest = digested(late, undated, early)

    assert [one.id for one in digest.articles] == ["a", "b", "c"]
    sources = [one.source.id for one in digest.sentences]
    assert sources == sorted(sources)
    assert set(sources) == {"a", "b", "c"}


def test_what_several_articles_say_is_said_once() -> None:
    texts = [one.text for one in digested(article("a", FIRST), article("b", SECOND, 9)).sentences]

    assert sum("Lực lượng cứu hộ" in text for text in texts) == 1
    assert any("50 triệu" in text for text in texts)


def test_a_sentence_is_not_said_again_for_what_leans_on_it_elsewhere() -> None:
    said = "Rạng sáng 25/7, lở đất ở xã Mường Pồn làm 5 người chết và vùi lấp nhiều nhà dân."
    first = f"{said} Tuy nhiên, mưa lớn vẫn tiếp diễn ở vùng núi phía bắc."
    second = f"{said} Tuy nhiên, huyện đã kịp đưa gạo, thuốc men và lều bạt tới từng bản."

    texts = [one.text for one in digested(article("a", first), article("b", second, 9), room=2_000).sentences]

    assert texts.count(said) == 1
    assert len(texts) == 2


class SameEmbedder:
    """Implements model_port.Embedder: whatever tells of rain is one vector."""

    model_version, dimensions = "same", 2

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1, 0] if "mưa" in text.lower() else [0, 1] for text in texts], dtype=np.float32)

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        return self.embed([one.body for one in articles])


def test_what_is_said_in_other_words_is_said_once_too() -> None:
    first = article("a", "Mưa trút xuống suốt đêm trên các sườn núi phía bắc.")
    second = article("b", "Tới sáng nay lượng mưa đo được là cao nhất từ đầu mùa hè.", 3)

    by_words = DIGESTER.digest([first, second], None, 250)
    by_meaning = EventDigester(SentenceScorer.load(), SameEmbedder()).digest([first, second], None, 250)

    assert (len(by_words.sentences), len(by_meaning.sentences)) == (2, 1)


def test_different_numbers_stand_side_by_side_with_source_and_time() -> None:
    (found,) = digested(article("a", FIRST), article("b", SECOND, 9)).contradictions

    assert found.about == "người chết"
    told = [(one.value, one.number, one.sentence.source.id, one.articles) for one in found.reports]
    assert told == [(5, "5 người chết", "a", 1), (7, "bảy người chết", "b", 1)]
    assert found.reports[0].sentence.source.published_at == "2026-07-25T01:00:00+00:00"


@pytest.mark.parametrize(
    "other",
    [
        SECOND.replace("bảy", "năm"),
        "Năm ngoái, lở đất rạng sáng ở xã Mường Pồn cũng làm 12 người chết.",
        "Vụ lở đất ở xã Mường Pồn làm gần 5 người chết.",
        "Vụ lở đất ở Mường Pồn: bản Lĩnh có 2 người chết. Lở đất rạng sáng ở bản Tin Tốc làm 3 người chết.",
        "Một chiếc xe khách lật trên đèo Pha Đin khiến 9 người chết hồi cuối tuần.",
    ],
    ids=["the same in words", "of another year", "about as many", "parts of the whole", "of something else"],
)
def test_numbers_that_need_not_contradict_each_other(other: str) -> None:
    assert digested(article("a", FIRST), article("b", other, 5)).contradictions == []


def test_prices_that_articles_list_are_not_compared() -> None:
    def prices(first: int, count: int) -> str:
        return " ".join(f"Giá vàng miếng ở Hà Nội sáng nay tăng {first + at} đồng." for at in range(count))

    def about(count: int) -> list[str]:
        told = (article("a", prices(500, count)), article("b", prices(900, count)))
        return [one.about for one in digested(*told).contradictions]

    assert (about(1), about(LISTED + 1)) == (["đồng"], [])


def test_of_a_very_long_article_the_beginning_is_read_in_whole_sentences() -> None:
    body = " ".join(f"Đoàn công tác số {at} đã tới bản và phát gạo cho từng nhà dân." for at in range(2_000))

    shown = digested(article("a", body), room=2_000).sentences

    assert max(one.end for one in shown) <= 12_000
    assert all(one.text.endswith("nhà dân.") for one in shown)


def test_an_article_without_text_to_show_gives_an_empty_digest() -> None:
    digest = digested(article("a", "Ảnh: TTXVN"))

    assert (digest.sentences, digest.contradictions) == ([], [])


@pytest.mark.parametrize(
    ("given", "field", "mend"),
    [
        ({}, "ids", "ids=a,b,c"),
        ({"ids": ("a",), "article": "b"}, "ids", "not both"),
        ({"ids": ("a", "b c")}, "ids", "'b c'"),
        ({"article": "a/b"}, "article", "must be 1 to 128"),
        ({"ids": tuple(f"a{at}" for at in range(MAX_ARTICLES + 1))}, "ids", "at most 20"),
        ({"ids": ("a",), "sentences": 0}, "sentences", "from 1 to 50"),
        ({"ids": ("a",), "syllables": 2_001}, "syllables", "from 1 to 2,000"),
    ],
)
def test_what_can_not_be_asked_is_named_with_its_mend(given: dict[str, object], field: str, mend: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        DigestRequest(**given)  # type: ignore[arg-type]  # wrong on purpose

    (problem,) = refused.value.problems
    assert problem.field == field
    assert mend in problem.message


def test_lengths_that_are_left_out() -> None:
    assert DigestRequest(ids=("a",)).room == 250
    assert DigestRequest(ids=("a",), sentences=3).room is None
    assert DigestRequest(ids=("a",), sentences=3, syllables=40).room == 40


def test_a_list_of_ids_is_read_as_typed() -> None:
    assert named_ids(" a, b,,a ,c,") == ("a", "b", "c")


def test_a_number_that_only_a_sapo_has_is_told_where_there_is_room() -> None:
    first = article("a", FIRST, sapo="Có 168 ngôi nhà ở sáu bản bên suối bị đất đá vùi lấp hoàn toàn trong đêm.")
    told = digested(first, article("b", SECOND, 9)).sentences
    assert [(one.field, one.source.id) for one in told if "168" in one.text] == [("sapo", "a")]
    assert told[0].field == "sapo"

    known = article("a", FIRST + " Tất cả 168 ngôi nhà ở sáu bản bên suối bị vùi lấp.", sapo=first.sapo)
    assert {one.field for one in digested(known, article("b", SECOND, 9)).sentences} == {"body"}


def test_each_sentence_is_read_for_its_numbers_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sapo = field_candidates(
        "sapo", " ".join(f"Có {at} người bị thương ở bản {chr(at)}{chr(at)}." for at in range(97, 117))
    )
    body = field_candidates("body", FIRST)
    read: list[str] = []

    def reading(text: str) -> list[Quantity]:
        read.append(text)
        return quantities(text)

    monkeypatch.setattr(sapo_facts, "quantities", reading)

    assert len(sapo_facts.only_in_sapos([sapo], [body], None, None)) > 1
    assert len(read) == len(sapo) + len(body)


@pytest.mark.parametrize("content", ["", "{}", '{"intercept": 0, "weights": {"shared": 1}}'])
def test_a_broken_model_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "digest_model.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"digest_model\.json"):
        PairModel.load(path)
