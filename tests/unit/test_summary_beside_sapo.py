"""A summary beside a sapo, in bullets, or about a query; and articles of every shape."""

from __future__ import annotations

import time

import pytest

from machtin.article import Article
from machtin.errors import InvalidInput
from machtin.summary import ExtractiveSummarizer
from machtin.summary_novelty import coverage, novelty
from machtin.summary_request import Summary, SummaryRequest, summary_answer

SUMMARIZER = ExtractiveSummarizer.load()
SAPO = "Cao tốc Trung Lương - Mỹ Thuận sẽ mở rộng lên sáu làn từ năm 2026."
KNOWN = "Cao tốc Trung Lương - Mỹ Thuận sẽ mở rộng lên sáu làn từ năm 2026, theo đề án."
TOLL = "Nhà đầu tư thu phí hoàn vốn trong 14 năm với mức 2.000 đồng một km."
CARS = "Mỗi ngày có 50.000 lượt xe đi qua, gấp đôi thiết kế."
ROAD = Article(id="duong", title="Mở rộng cao tốc Trung Lương", sapo=SAPO, body=f"{KNOWN}\n\n{TOLL}\n\n{CARS}")


def summary(article: Article = ROAD, **asked: object) -> Summary:
    return SUMMARIZER.summarize(article, SummaryRequest(**asked))  # type: ignore[arg-type]  # as callers write it


def texts(found: Summary) -> list[str]:
    return [one.text for one in found.sentences]


def test_fresh_says_what_the_sapo_does_not() -> None:
    found = summary(mode="fresh", sentences=3)

    assert texts(found) == [TOLL, CARS]
    assert found.mode == "fresh"
    assert found.novelty == 1.0


def test_the_sapo_and_the_best_that_it_lacks() -> None:
    found = summary(mode="sapo+", sentences=2)

    assert texts(found)[0] == SAPO
    assert [one.field for one in found.sentences] == ["sapo", "body"]
    assert texts(found)[1] in (TOLL, CARS)


@pytest.mark.parametrize("limit", [10, 20, 35, 60])
def test_sapo_and_news_together_keep_the_length(limit: int) -> None:
    found = summary(mode="sapo+", syllables=limit)

    assert summary_answer("a", found, SummaryRequest()).syllables <= limit


@pytest.mark.parametrize("mode", ["sapo+", "fresh"])
@pytest.mark.parametrize("missing", ["sapo", "body"])
def test_without_sapo_or_body_the_summary_is_general(mode: str, missing: str) -> None:
    parts = {"sapo": SAPO, "body": f"{TOLL} {CARS}", missing: ""}
    article = Article(id="a", title="Tin", sapo=parts["sapo"], body=parts["body"])

    found = summary(article, mode=mode, sentences=1)

    assert (found.mode, len(found.sentences), found.novelty) == ("general", 1, None)


def test_where_the_sapo_says_it_all_nothing_is_fresh() -> None:
    found = summary(Article(id="a", title="Tin", sapo=SAPO, body=KNOWN), mode="fresh")

    assert (found.sentences, found.mode, found.novelty) == ([], "fresh", None)


@pytest.mark.parametrize("form", ["text", "bullets", "push"])
def test_news_that_leans_on_what_the_sapo_says_is_not_shown_without_it(form: str) -> None:
    body = "Giá xăng tăng 500 đồng từ chiều 5/7. Tuy nhiên, dầu diesel giảm 300 đồng mỗi lít."
    article = Article(id="a", title="Giá xăng", sapo="Giá xăng tăng 500 đồng từ chiều 5/7.", body=body)

    assert summary(article, mode="fresh", form=form, sentences=3).sentences == []


def test_in_bullets_the_sapo_stands_alone_too() -> None:
    article = Article(
        id="a", title="Mưa", sapo="Mưa lớn làm ngập phố. Tuy nhiên, nước rút nhanh.", body="Cầu bị sập hôm nay."
    )

    found = summary(article, mode="sapo+", form="bullets")

    assert [one.text for one in found.sentences] == ["Mưa lớn làm ngập phố.", "Cầu bị sập hôm nay."]


def test_novelty_and_coverage_are_shares_of_pairs() -> None:
    said, added = ["mưa lớn ở huế".split()], ["mưa lớn ở vinh".split()]

    assert novelty(added, said) == pytest.approx(1 / 3)
    assert novelty([], said) is None
    assert coverage(said, [*said, *added]) == 1.0
    assert coverage([["mưa", "lớn"]], [*said, *added]) == 0.5
    assert coverage(said, said) is None


def test_bullets_are_lines_that_each_stand_alone() -> None:
    article = Article(id="a", title="Mưa lớn", body=f"{TOLL}\n\nTuy nhiên, mức này bị phản đối.\n\n{CARS}")
    request = SummaryRequest(form="bullets")

    answer = summary_answer("a", SUMMARIZER.summarize(article, request), request)

    assert answer.text == f"• {TOLL}\n• {CARS}"
    assert answer.form == "bullets"


def test_a_query_that_nothing_speaks_of_is_told_and_answered_in_general() -> None:
    asked, unasked = summary(query="bóng đá nữ"), summary()

    assert asked.relevant is False
    assert texts(asked) == texts(unasked)
    assert unasked.relevant is None
    assert summary(query="  ").relevant is None


def test_a_query_that_an_article_speaks_of_is_answered() -> None:
    found = summary(query="thu phí hoàn vốn", sentences=1)

    assert (found.relevant, texts(found)) == (True, [TOLL])


@pytest.mark.parametrize("asked", [{"sentences": 0}, {"sentences": 51}, {"syllables": 0}, {"syllables": 2_001}])
def test_lengths_have_limits(asked: dict[str, int]) -> None:
    with pytest.raises(InvalidInput, match="must be from 1 to"):
        SummaryRequest(**asked)  # type: ignore[arg-type]  # as callers write it


@pytest.mark.parametrize(
    "body",
    [
        "Một câu duy nhất về Huế.",
        "Lá vàng rơi trên phố cũ\nGió heo may về ngang qua\nAi đi để lại nhung nhớ",
        "- Việc thứ nhất;\n- Việc thứ hai;\n- Việc thứ ba",
        "BÃO SỐ 9 VÀO QUẢNG NGÃI TRƯA NAY. TỈNH SƠ TÁN 50.000 NGƯỜI.",
        "Rice prices rose on Monday. However, buyers asked for more.",
        "Apple mở online store tại Việt Nam. CEO nói this is a big step.",
        "Tuy nhiên, mưa kéo dài. Do đó, đường ngập.",
    ],
)
@pytest.mark.parametrize("form", ["text", "bullets"])
def test_articles_of_every_shape_have_a_summary(body: str, form: str) -> None:
    found = summary(Article(id="a", title="Tin", body=body), form=form, sentences=2)

    assert found.sentences
    assert all(body[one.start : one.end] == one.text for one in found.sentences)


def test_an_empty_article_has_an_empty_summary() -> None:
    found = summary(Article(id="a", title="Chỉ có tiêu đề"), mode="fresh", query="gì đó", form="push")

    assert (list(found.sentences), found.relevant) == ([], False)


@pytest.mark.parametrize(
    "unit", ["Ông nói “mưa lớn” ở Huế hôm qua. ", '" Con " (đi. học) “ ', "a, trong đó b ", "(((“", "Mưa\n"]
)
def test_two_hundred_kilobytes_take_no_time_to_speak_of(unit: str) -> None:
    article = Article(id="a", title="Mưa lớn ở Huế", sapo="Mưa lớn.", body=unit * (200_000 // len(unit)))
    started = time.process_time()

    for form in ("text", "push"):
        summary(article, mode="fresh", form=form, syllables=100)

    assert time.process_time() - started < 10
