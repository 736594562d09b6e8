"""Summaries as callers get them: made when an article is indexed, made again when it or the summarizer changes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from machtin import bootstrap
from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext
from machtin.answers import SummaryForm, SummaryMode
from machtin.article import Article
from machtin.summary import ExtractiveSummarizer
from machtin.summary_request import GENERAL, PUSH_SYLLABLES, Summary, SummaryRequest
from machtin.vietnamese import syllables

from .conftest import Invoke, sample_event

NEWS = {
    "title": "Mưa lớn gây ngập ở Huế",
    "sapo": "Mưa lớn sáng nay làm ngập nhiều tuyến phố ở Huế.",
    "body": "Mưa lớn từ 3h sáng nay làm ngập 12 tuyến phố ở trung tâm Huế, có nơi sâu 60 cm.\n\n"
    "Thành phố cho 40.000 học sinh nghỉ học và lập 5 chốt chặn ở các ngầm tràn.\n\n"
    "Đài khí tượng dự báo mưa còn kéo dài đến hết ngày mai với tổng lượng 150 mm.",
}
ADDRESS = "/v1/articles/example-article/summary"
Asked = Mapping[str, str]


def summary_of(reader: Invoke, seen: str | None = None, **asked: str) -> dict[str, Any]:
    """The whole answer to a reader, who has perhaps ``seen`` it before."""
    event = sample_event("http-summary", queryStringParameters=asked)
    event["headers"] |= {"if-none-match": seen} if seen else {}
    return reader(event)


def text_of(reader: Invoke, **asked: str) -> str:
    answer = summary_of(reader, **asked)
    assert answer["statusCode"] == 200, answer["body"]
    text: str = json.loads(answer["body"])["text"]
    return text


@pytest.fixture
def publish(editor: Invoke, deliver: Callable[[], None]) -> Callable[..., None]:
    """Stores an article, and by default brings the index to it."""

    def put(article: Mapping[str, str] = NEWS, *, indexed: bool = True) -> None:
        assert editor(sample_event("http-put-article", body=json.dumps(article)))["statusCode"] == 202
        if indexed:
            deliver()

    return put


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[SummaryRequest]:
    """What the summarizer is asked for from now on."""
    asked: list[SummaryRequest] = []
    summarize = ExtractiveSummarizer.summarize

    def watched(self: ExtractiveSummarizer, article: Article, request: SummaryRequest = GENERAL) -> Summary:
        asked.append(request)
        return summarize(self, article, request)

    monkeypatch.setattr(ExtractiveSummarizer, "summarize", watched)
    return asked


def test_the_general_summary_is_made_when_an_article_is_indexed_and_not_when_it_is_read(
    reader: Invoke, publish: Callable[..., None], made: list[SummaryRequest]
) -> None:
    publish()
    at_ingest = len(made)

    read = [text_of(reader), text_of(reader)]

    assert at_ingest == len(made) == 1
    assert read[0] == read[1]
    assert read[0] == text_of(reader, sentences=str(len(read[0].split(". "))))


def test_a_correction_is_summarized_at_once_and_stored_when_it_is_indexed(
    reader: Invoke, publish: Callable[..., None], deliver: Callable[[], None], made: list[SummaryRequest]
) -> None:
    publish()
    publish(NEWS | {"body": NEWS["body"].replace("12 tuyến phố", "21 tuyến phố")}, indexed=False)

    early = text_of(reader)
    deliver()
    made.clear()

    assert "21 tuyến phố" in early
    assert text_of(reader) == early
    assert not made


def test_what_another_version_of_the_summarizer_made_is_not_shown_and_a_re_index_makes_it_anew(
    reader: Invoke, publish: Callable[..., None], made: list[SummaryRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(ExtractiveSummarizer, "version", "earlier")
        publish()
    made.clear()

    text_of(reader)
    assert made == [GENERAL], "it is made for the reader"
    service = bootstrap.service()
    record = service.reindexer.begin()
    while record.state == "running":
        record = service.reindexer.advance(record.id)
    made.clear()
    text_of(reader)

    assert record.state == "done", record.error
    assert not made


def test_a_caller_who_has_the_summary_is_told_so_until_it_is_another(
    reader: Invoke, editor: Invoke, publish: Callable[..., None]
) -> None:
    publish()
    first = summary_of(reader)
    etag = first["headers"]["ETag"]

    again = [summary_of(reader, seen=seen) for seen in (etag, f'"x", W/{etag}', "*")]
    others = [
        summary_of(reader, seen=etag, **asked) for asked in ({"sentences": "3"}, {"mode": "fresh"}, {"query": "học"})
    ]
    publish(NEWS | {"body": "Nước đã rút khỏi các tuyến phố ở Huế từ trưa nay."})
    corrected = summary_of(reader, seen=etag)
    editor(sample_event("http-delete-article"))

    assert [(one["statusCode"], one["body"], one["headers"]["ETag"]) for one in again] == [(304, "", etag)] * 3
    assert first["headers"]["Cache-Control"] == "no-cache", "it is kept, and asked about at each use"
    assert [one["statusCode"] for one in others] == [200] * 3
    assert (corrected["statusCode"], json.loads(corrected["body"])["text"][:7]) == (200, "Nước đã")
    assert summary_of(reader, seen=etag)["statusCode"] == 410


def test_an_article_is_kept_in_the_same_way(reader: Invoke, publish: Callable[..., None]) -> None:
    publish()
    event = sample_event("http-article")
    etag = reader(event)["headers"]["ETag"]
    event["headers"] |= {"if-none-match": etag}
    assert (reader(event)["statusCode"], reader(event)["body"]) == (304, "")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"sentences": "2", "form": "bullets"},
        {"syllables": "30", "mode": "sapo+"},
        {"mode": "fresh", "query": "học sinh nghỉ học"},
        {"form": "push"},
    ],
)
def test_a_draft_has_the_summary_that_it_will_have(
    reader: Invoke, editor: Invoke, publish: Callable[..., None], asked: Asked
) -> None:
    publish()
    draft = editor(sample_event("http-draft-summary", body=json.dumps(NEWS), queryStringParameters=asked))
    published = json.loads(summary_of(reader, **asked)["body"])
    assert json.loads(draft["body"]) | {"id": "example-article"} == published


SHAPES = {
    "short": "Một câu duy nhất về Huế.",
    "a word": "Mưa.",
    "listy": "Việc cần làm:\n- Dọn rác;\n- Khơi cống;\n- Cắt tỉa cây xanh trước mùa mưa bão",
    "poem": "Lá vàng rơi trên phố cũ\nGió heo may về ngang qua\nAi đi để lại nhung nhớ\nMột chiều mưa lạnh sân ga",
    "English": "Rice prices rose on Monday. However, buyers asked for more than the mills could sell in a week.",
    "mixed": "Apple mở online store tại Việt Nam. CEO Tim Cook nói this is a big step cho người dùng.",
    "capitals": "BÃO SỐ 9 VÀO QUẢNG NGÃI TRƯA NAY. TỈNH SƠ TÁN 50.000 NGƯỜI KHỎI VÙNG VEN BIỂN.",
    "HTML": "<p>Mưa&nbsp;lớn ở <b>Huế</b> làm ngập 12 tuyến phố.</p><script>alert(1)</script>\n<br/>Học sinh nghỉ học.",
    "emoji": "🌧️🌧️ Mưa lớn ở Huế làm ngập 12 tuyến phố 😱. Học sinh được nghỉ học 👨‍👩‍👧‍👦 từ hôm nay. 🎒",
    "decomposed": unicodedata.normalize("NFD", NEWS["body"]),
    "CRLF": NEWS["body"].replace("\n", "\r\n"),
    "long": "Mưa lớn ở Huế làm ngập 12 tuyến phố trong sáng nay. " * 4_000,
    "long without a full stop": "mưa lớn ở Huế làm ngập nhiều phố, học sinh được nghỉ học, xe cộ không đi lại được, "
    * 2_400,
}
SILENT = {
    "words without any sign": "mưa lớn " * 25_000,
    "emoji alone": "😱 " * 300,
    "a byline": "Quỳnh Hoa (Tổng hợp)",
    "a picture": "Ảnh: Thu Hà",
}


def assert_kept(article: Mapping[str, str], answer: Mapping[str, Any], asked: Asked) -> None:
    """Every sentence stands in its field, no limit is exceeded, and an empty summary says why."""
    for one in answer["sentences"]:
        assert one["text"] == article[one["field"]][one["start"] : one["end"]]
    assert len(answer["sentences"]) <= int(asked.get("sentences", 50))
    most = PUSH_SYLLABLES if asked.get("form") == "push" else int(asked.get("syllables", 2_000))
    assert sum(len(syllables(one["text"])) for one in answer["sentences"]) <= most
    assert (answer["silence"] is None) == bool(answer["sentences"])


@pytest.mark.parametrize("shape", [*SHAPES, *SILENT])
def test_articles_of_any_shape_are_answered(editor: Invoke, shape: str) -> None:
    article = {"title": "Mưa lớn ở Huế", "sapo": "", "body": (SHAPES | SILENT)[shape]}
    for mode, form in product(get_args(SummaryMode), get_args(SummaryForm)):
        asked = {"mode": mode, "form": form, "syllables": "60", "query": "mưa ngập"}
        answer = editor(sample_event("http-draft-summary", body=json.dumps(article), queryStringParameters=asked))
        assert answer["statusCode"] == 200, answer["body"][:500]
        told = json.loads(answer["body"])
        assert_kept(article, told, asked)
        if shape in SILENT:
            assert told["silence"] == "no_sentence"
        elif form != "push":
            assert told["sentences"], "there is something to say"


def test_a_sapo_alone_is_summarized_and_a_headline_alone_is_no_article(editor: Invoke) -> None:
    def asked(**article: str) -> dict[str, Any]:
        return editor(sample_event("http-draft-summary", body=json.dumps(article)))

    sapo, title = asked(title="Mưa", sapo="Mưa lớn ở Huế."), asked(title="Mưa", body=" ")

    assert json.loads(sapo["body"])["text"] == "Mưa lớn ở Huế."
    assert title["statusCode"] == 422
    assert json.loads(title["body"])["errors"][0]["field"] == "body"


TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200),
    st.lists(
        st.sampled_from(
            [*SHAPES["HTML"].split(), *NEWS["body"].split(), "“Tôi", "nói”.", "\n", "\r\n", ".", ";", ",", "😱", "Ảnh:"]
        ),
        max_size=80,
    ).map(" ".join),
)
ASKED = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(get_args(SummaryMode)),
        "form": st.sampled_from(get_args(SummaryForm)),
    },
    optional={
        "sentences": st.integers(1, 50).map(str),
        "syllables": st.integers(1, 200).map(str),
        "query": st.sampled_from(["mưa ngập", "mua ngap", "flood", "!"]),
    },
)


@given(sapo=TEXTS, body=TEXTS, asked=ASKED)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_text_is_answered_or_refused_by_the_name_of_its_field(
    data: object, sapo: str, body: str, asked: dict[str, str]
) -> None:
    article = {"title": "Mưa lớn", "sapo": sapo, "body": body}
    event = sample_event("http-draft-summary", body=json.dumps(article), queryStringParameters=asked)

    answer = local_functions().editor(event, LocalContext("editor_api", "test"))

    told = json.loads(answer["body"])
    if answer["statusCode"] == 200:
        assert_kept(article, told, asked)
    else:
        assert answer["statusCode"] == 422
        assert {error["field"] for error in told["errors"]} <= {"sapo", "body"}
