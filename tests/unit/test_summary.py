"""Summaries: sentences of the article and nothing else, of the length asked for, about what is asked for."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from machtin import summary_version
from machtin.answers import SummaryForm, SummaryMode, SummarySentence
from machtin.article import Article
from machtin.model_port import Summarizer
from machtin.ports import Vectors
from machtin.summary import ExtractiveSummarizer
from machtin.summary_candidates import LONGEST_SENTENCE, candidates
from machtin.summary_credits import is_credit
from machtin.summary_fitness import leans_on_previous
from machtin.summary_request import SummaryRequest
from machtin.vietnamese import syllables

SUMMARIZER: Summarizer = ExtractiveSummarizer.load()

FLOOD = Article(
    id="ngap",
    title="Hà Nội ngập sâu sau trận mưa lớn nhất mùa hè",
    sapo="Mưa lớn rạng sáng khiến hàng chục tuyến phố ngập.",
    body=(
        "Người dân phố Minh Khai dắt xe qua đoạn ngập sáng 5/7. Ảnh: Thu Hà\n\n"
        "Trận mưa lớn kéo dài từ 2h đến 6h sáng 5/7 khiến 32 tuyến phố ở Hà Nội ngập sâu, có nơi tới 80 cm. "
        "Theo đó, công ty thoát nước đã huy động 1.500 công nhân.\n\n"
        "Trường tiểu học Minh Khai cho 900 học sinh nghỉ học vì sân trường ngập nước. "
        "Phụ huynh được báo tin qua điện thoại lúc 6h30. “Tôi chưa bao giờ thấy nước lên nhanh vậy”, chị Lan nói.\n\n"
        "Trung tâm dự báo khí tượng thủy văn cho biết lượng mưa đo được là 210 mm, cao nhất từ đầu mùa hè. "
        "Mưa sẽ giảm dần từ chiều nay. Nước rút hết vào trưa cùng ngày.\n\n"
        "Quỳnh Hoa (Tổng hợp)"
    ),
)
SENTENCES_OFFERED = 8

WORDS = st.sampled_from(
    [
        *"Hà Nội mưa lớn Ðà Nẵng TP. HCM 128/NQ-CP 76,2 triệu 11/9/2020 ông Tuy nhiên Theo đó".split(),
        *(
            "“Tôi",
            "nói”.",
            "ngập.",
            "Ảnh:",
            "(Theo",
            "TTXVN)",
            "\n",
            "\n\n",
            "…",
            "?",
            "!",
            ".",
            "-",
            "\u200b",
            "\ufeff",
        ),
        *(unicodedata.normalize("NFD", word) for word in ("Thủy", "điện", "hoà", "quý.")),
    ]
)
TEXTS = st.one_of(st.lists(WORDS, max_size=120).map(" ".join), st.text(max_size=300))
LIMITS = st.one_of(st.none(), st.integers(min_value=1, max_value=50))


def summarized(article: Article, **asked: Any) -> Sequence[SummarySentence]:
    return SUMMARIZER.summarize(article, SummaryRequest(**asked)).sentences


def assert_faithful(article: Article, summary: Sequence[SummarySentence]) -> None:
    """Each sentence stands in the article, character by character; none before or over the one before it."""
    published = {"body": article.body, "sapo": article.sapo}
    assert len({one.field for one in summary}) <= 1
    behind = 0
    for one in summary:
        assert one.text
        assert one.text == published[one.field][one.start : one.end]
        assert one.start >= behind
        assert np.isfinite(one.score)
        behind = one.end


@pytest.mark.parametrize(
    "published",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: "\u200b" + text.replace(". ", ".\u200b ").replace("\n", "\u200b\r\n"),
    ],
    ids=["decomposed", "no-break spaces", "invisible characters"],
)
def test_how_letters_and_spaces_were_published_changes_no_choice(published: Callable[[str], str]) -> None:
    body = (
        "(Dân trí) - Rạng sáng 12/10, công an quận 8 bắt giữ hai thanh niên cướp giật. Ông cho biết đây là vụ thứ ba. "
        "Tang vật gồm một điện thoại và 2 triệu đồng (Nguồn: Công an).\nCông an quận 8. Ảnh: Thu Hà"
    )
    for form in get_args(SummaryForm):
        plain = SUMMARIZER.summarize(Article(id="a", title="Tin", body=body), SummaryRequest(form=form))
        other = SUMMARIZER.summarize(Article(id="a", title="Tin", body=published(body)), SummaryRequest(form=form))

        assert [syllables(one.text) for one in other.sentences] == [syllables(one.text) for one in plain.sentences]
        assert not any("trí" in one.text or "Nguồn" in one.text for one in plain.sentences)


@given(title=TEXTS, sapo=TEXTS, body=TEXTS, count=LIMITS, limit=LIMITS, query=st.one_of(st.none(), TEXTS))
@example(title="", sapo="", body="", count=None, limit=None, query="")
@example(title="a", sapo="Ð" * 50, body="\ud800\x00. \u0301", count=3, limit=None, query="\u0301")
def test_a_summary_is_made_of_the_article_alone_and_keeps_its_limits(
    title: str, sapo: str, body: str, count: int | None, limit: int | None, query: str | None
) -> None:
    article = Article(id="any", title=title, sapo=sapo, body=body)

    summary = summarized(article, sentences=count, syllables=limit, query=query)

    assert_faithful(article, summary)
    if count is not None:
        assert len(summary) <= max(count, 0)
    if limit is not None:
        assert sum(len(syllables(one.text)) for one in summary) <= max(limit, 0)
    assert len({tuple(syllables(one.text)) for one in summary}) == len(summary)
    if limit is None and (count is None or count > 0):
        assert bool(summary) == bool(candidates(article))
    if count is None and limit is None and candidates(article):
        assert len(summary) in (1, 2)


@given(
    title=TEXTS,
    sapo=TEXTS,
    body=TEXTS,
    limit=LIMITS,
    mode=st.sampled_from(get_args(SummaryMode)),
    form=st.sampled_from(get_args(SummaryForm)),
    query=st.one_of(st.none(), TEXTS),
)
def test_so_it_is_in_every_mode_and_form(
    title: str, sapo: str, body: str, limit: int | None, mode: SummaryMode, form: SummaryForm, query: str | None
) -> None:
    article = Article(id="any", title=title, sapo=sapo, body=body)
    request = SummaryRequest(syllables=limit, mode=mode, form=form, query=query)

    summary = SUMMARIZER.summarize(article, request)

    for field in ("sapo", "body"):
        assert_faithful(article, [one for one in summary.sentences if one.field == field])
    most = min(limit or 25, 25) if form == "push" else limit
    if most is not None:
        assert sum(len(syllables(one.text)) for one in summary.sentences) <= most
    assert (summary.relevant is None) == (request.asked is None)
    assert all(share is None or 0 <= share <= 1 for share in (summary.novelty, summary.coverage))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_stay_as_published(form: Literal["NFC", "NFD"]) -> None:
    body = FLOOD.body.replace("Trận mưa", "Trận\u200b mưa").replace("Hà Nội", "Ðà Nẵng")
    article = replace(FLOOD, body=unicodedata.normalize(form, body))

    summary = summarized(article, sentences=3)

    assert_faithful(article, summary)
    assert "Ð" in "".join(one.text for one in summary)
    assert [syllables(one.text) for one in summary] == [
        syllables(one.text) for one in summarized(replace(FLOOD, body=body), sentences=3)
    ]


def test_the_usual_summary_says_what_the_title_announces() -> None:
    (first, *_) = summarized(FLOOD)

    assert first.text.startswith("Trận mưa lớn kéo dài từ 2h đến 6h sáng 5/7")
    assert first.field == "body"


@pytest.mark.parametrize("count", [1, 2, 3, SENTENCES_OFFERED, SENTENCES_OFFERED + 5])
def test_so_many_sentences_as_asked_for(count: int) -> None:
    summary = summarized(FLOOD, sentences=count)

    assert len(summary) == min(count, SENTENCES_OFFERED)
    assert_faithful(FLOOD, summary)


def test_more_sentences_keep_those_chosen_before() -> None:
    chosen = [{one.start for one in summarized(FLOOD, sentences=count)} for count in range(1, 7)]

    assert all(fewer < more for fewer, more in pairwise(chosen))


@pytest.mark.parametrize("limit", [12, 30, 60, 100])
def test_so_many_syllables_at_most_and_no_further_sentence_fits(limit: int) -> None:
    summary = summarized(FLOOD, syllables=limit)

    length = sum(len(syllables(one.text)) for one in summary)
    left = [one for one in candidates(FLOOD) if one.sentence.start not in {chosen.start for chosen in summary}]
    assert 0 < length <= limit
    assert all(length + len(one.tokens) > limit for one in left)


def test_no_sentence_is_cut_to_fit() -> None:
    assert summarized(FLOOD, syllables=3) == []


def test_both_limits_hold_together() -> None:
    summary = summarized(FLOOD, sentences=2, syllables=30)

    assert len(summary) <= 2
    assert sum(len(syllables(one.text)) for one in summary) <= 30


@pytest.mark.parametrize("query", ["học sinh nghỉ học", "hoc sinh nghi hoc"])
def test_a_query_brings_forward_what_speaks_of_it(query: str) -> None:
    assert "nghỉ học" not in summarized(FLOOD, sentences=1)[0].text
    assert "nghỉ học" in summarized(FLOOD, sentences=1, query=query)[0].text


class SchoolEmbedder:
    """One direction for all that speaks of school, in either language; another for the rest."""

    model_version = "school"
    dimensions = 2

    def embed(self, texts: Sequence[str]) -> Vectors:
        of_school = np.array([[("school" in text or "học sinh" in text)] for text in texts])
        return np.hstack([of_school, ~of_school]).astype(np.float32)

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        return self.embed([article.title for article in articles])


def test_an_embedder_understands_a_query_in_other_words() -> None:
    summarizer = ExtractiveSummarizer.load(embedder=SchoolEmbedder())

    assert (
        "học sinh" in summarizer.summarize(FLOOD, SummaryRequest(sentences=1, query="closed schools")).sentences[0].text
    )
    assert summarizer.summarize(FLOOD).sentences == summarized(FLOOD)


def test_an_article_without_body_is_summarized_from_its_sapo() -> None:
    article = replace(FLOOD, body="(Theo TTXVN)\n\nẢnh: Thu Hà")

    (only,) = summarized(article)

    assert (only.field, only.text) == ("sapo", FLOOD.sapo)


def test_nothing_to_say_is_nothing() -> None:
    assert not summarized(Article(id="a", title="Tiêu đề", sapo=" ", body="…\n\n***"))


@pytest.mark.parametrize(
    ("asked", "silence"),
    [
        ({}, None),
        ({"syllables": 3}, "no_room"),
        ({"mode": "fresh", "syllables": 3}, "no_room"),
        ({"mode": "sapo+", "syllables": 3}, "no_room"),
        ({"form": "push", "syllables": 3}, "no_line"),
    ],
)
def test_an_empty_summary_says_why(asked: dict[str, Any], silence: str | None) -> None:
    assert SUMMARIZER.summarize(FLOOD, SummaryRequest(**asked)).silence == silence


def test_so_does_one_without_news_and_one_without_sentences() -> None:
    told = replace(FLOOD, sapo=FLOOD.body)
    assert SUMMARIZER.summarize(told, SummaryRequest(mode="fresh")).silence == "nothing_new"
    byline = Article(id="a", title="Mưa", body="Quỳnh Hoa (Tổng hợp)")
    assert SUMMARIZER.summarize(byline).silence == "no_sentence"


def test_the_version_covers_every_module_that_a_summary_is_chosen_by() -> None:
    package = Path(summary_version.__file__).parent
    deciding = {path.stem for pattern in summary_version._DECIDING for path in package.glob(pattern)}
    imported = {
        node.module.removeprefix("machtin.")
        for name in deciding
        if (package / f"{name}.py").exists()
        for node in ast.walk(ast.parse((package / f"{name}.py").read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("machtin.")
    }
    # What is asked and answered, what a query means, and what measures.
    others = "answers article errors model_port ports cosine_scale query evaluation json_lines"
    assert imported <= deciding | set(others.split())


def test_another_rule_or_weight_makes_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_version, "_PACKAGE", tmp_path)
    files = [tmp_path / name for name in ("summary_model.json", "summary_fitness.py", "sentences.py", "digest.py")]
    versions = []
    for file in files:
        file.write_text("{}")
        summary_version.summarizer_version.cache_clear()
        versions.append(SUMMARIZER.version)
    summary_version.summarizer_version.cache_clear()

    assert len(set(versions)) == 3, "a digest is no summary"
    assert versions[2] == versions[3]


def test_words_without_any_sign_are_no_sentence() -> None:
    endless = "mưa lớn " * LONGEST_SENTENCE

    assert not summarized(Article(id="a", title="Mưa lớn", sapo="", body=endless))


def test_a_text_without_full_stops_is_shown_by_its_clauses_where_there_is_nothing_else() -> None:
    endless = "mưa lớn làm ngập nhiều tuyến phố ở trung tâm Huế , xe cộ; học sinh được nghỉ học từ sáng nay - " * 50
    whole = "\n\nThành phố lập 5 chốt chặn ở các ngầm tràn."

    alone = summarized(Article(id="a", title="Mưa lớn", body=endless), sentences=2)
    beside = summarized(Article(id="a", title="Mưa lớn", body=endless + whole), sentences=2)

    assert [one.text for one in alone] == [
        "mưa lớn làm ngập nhiều tuyến phố ở trung tâm Huế",
        "xe cộ; học sinh được nghỉ học từ sáng nay",
    ]
    assert [endless[one.start : one.end] for one in alone] == [one.text for one in alone]
    assert [one.text for one in beside] == [whole.strip()]


def test_a_repeat_of_what_is_said_comes_last() -> None:
    fact = "Mưa lớn khiến 32 tuyến phố ở Hà Nội ngập sâu rạng sáng 5/7."
    other = "Người dân dắt xe máy qua phố."
    article = replace(FLOOD, body=f"{fact}\n\n{other}\n\n{fact}")

    assert [one.text for one in summarized(article)].count(fact) == 1
    assert {one.text for one in summarized(article, sentences=2)} == {fact, other}
    assert sorted(one.text for one in summarized(article, sentences=3)) == sorted((fact, other))
    assert {one.text for one in summarized(article, syllables=99)} == {fact, other}
    assert len(summarized(article, syllables=99)) == 2


def test_a_caption_goes_with_its_credit() -> None:
    assert "dắt xe" not in " ".join(one.sentence.text for one in candidates(FLOOD))


@pytest.mark.parametrize(
    "line",
    [
        "(Theo TTXVN)",
        "(Nguồn: Báo Nhân Dân).",
        "Ảnh: Minh Anh",
        "Ảnh: Minh Anh.",
        "Bài, ảnh: Trần Hải",
        "Bài và ảnh: Trần Hải",
        "Quỳnh Hoa",
        "Mộc Miên (Tổng hợp)",
        "Theo VnExpress",
        "Hiện trường vụ tai nạn trên quốc lộ 1A. Ảnh: CTV",
        "Hàng trăm người dân thôn Thuận Hạnh đổ ra đường đón đội bóng trở về sáng nay (Ảnh: Hữu Nghị)",
        "Xem thêm: Hà Nội mưa lớn diện rộng trong nhiều giờ liền, nhiều tuyến phố ngập",
        unicodedata.normalize("NFD", "Ảnh: Quỳnh Hoa"),
    ],
)
def test_credits_are_no_sentences(line: str) -> None:
    assert is_credit(line, syllables(line))


@pytest.mark.parametrize(
    "line",
    [
        "Ông Nguyễn Văn A bị bắt.",
        "Theo Bộ Y tế, Việt Nam ghi nhận 12 ca mắc mới.",
        "Ảnh hưởng của bão số 3 kéo dài nhiều ngày.",
        "Nguồn nước bị ô nhiễm nặng.",
        "Bộ Công an: Không có chuyện tăng lệ phí.",
        "Ông nói về ảnh: đó là ảnh ghép, và ông sẽ kiện những người đã đăng nó lên mạng xã hội trong hai ngày qua.",
    ],
)
def test_sentences_are_no_credits(line: str) -> None:
    assert not is_credit(line, syllables(line))


@pytest.mark.parametrize(
    "opening",
    [
        "Tuy nhiên, mưa",
        "Theo đó, Bộ",
        "Ông này cho biết",
        "Họ nói",
        "Theo ông, giá",
        "Công ty này xả",
        "Sáng 5/7, chị được",
    ],
)
def test_some_openings_lean_on_the_sentence_before(opening: str) -> None:
    assert leans_on_previous(opening, syllables(opening))


@pytest.mark.parametrize(
    "opening",
    ["Ông Nguyễn Văn A nói", "Theo ông Trần B, giá", "Theo Bộ Y tế", "Mưa lớn", "", "Cô giáo", "Chúng tôi", "Tuần này"],
)
def test_others_stand_alone(opening: str) -> None:
    assert not leans_on_previous(opening, syllables(opening))
