"""What callers and caches keep of an answer: for how long, and what tells them that it is another now."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

import pytest

from http_caching import MAX_AGE
from machtin.web_files import web_file

from .conftest import Invoke, sample_event

FIRST, LATER = "sap-gian-giao-sang", "sap-gian-giao-chieu"
COLLAPSE: Final = {
    FIRST: {
        "title": "Sập giàn giáo công trường nhà thi đấu Kẻ Sặt",
        "sapo": "Giàn giáo nhà thi đấu Kẻ Sặt đổ sập lúc thợ đang đổ bê tông mái.",
        "body": "Vụ sập giàn giáo tại công trường nhà thi đấu Kẻ Sặt làm 5 người chết và nhiều thợ mắc kẹt.\n\n"
        "Công an đã phong tỏa công trường nhà thi đấu Kẻ Sặt để tìm người mắc kẹt dưới giàn giáo.",
        "published_at": "2026-05-04T09:10:00+07:00",
    },
    LATER: {
        "title": "Vụ sập giàn giáo Kẻ Sặt: đã tìm thấy hết người mắc kẹt",
        "sapo": "Việc tìm kiếm tại công trường nhà thi đấu Kẻ Sặt kết thúc lúc chiều.",
        "body": "Cứu hộ xác nhận vụ sập giàn giáo tại công trường nhà thi đấu Kẻ Sặt làm 7 người chết.\n\n"
        "Chủ đầu tư nhà thi đấu Kẻ Sặt dừng thi công để kiểm tra toàn bộ giàn giáo còn lại.",
        "published_at": "2026-05-04T17:45:00+07:00",
    },
}
# What the later report turns out to be about, once it is corrected.
ANOTHER: Final = {
    "title": "Vườn hoa Đồng Tháp vào vụ Tết",
    "sapo": "Nhà vườn Sa Đéc xuống giống cúc mâm xôi sớm hơn mọi năm.",
    "body": "Nông dân trồng hoa tất bật tưới cúc, quất và mai vàng để kịp bán chợ xuân.",
    "published_at": "2026-05-04T17:45:00+07:00",
}
RELATED = f"/v1/articles/{FIRST}/related"
# Each answer in which the later report stands, by what is asked.
TELLING: Final = {
    "related": (RELATED, {}),
    "thread": (f"/v1/articles/{FIRST}/thread", {}),
    "digest": ("/v1/digests", {"article": FIRST}),
    "digest of ids": ("/v1/digests", {"ids": f"{FIRST},{LATER}"}),
    "search": ("/v1/search", {"q": "sập giàn giáo Kẻ Sặt"}),
    "newest": ("/v1/search", {"sort": "newest"}),
    "suggest": ("/v1/suggest", {"q": "vụ sập giàn"}),
}
KEPT: Final = ("related", "thread", "digest", "digest of ids")
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(reader: Invoke) -> Ask:
    """The whole answer to a reader, who has perhaps ``kept`` one before."""

    def asked(path: str, query: dict[str, str] | None = None, kept: str | None = None) -> dict[str, Any]:
        event = sample_event("http-related", rawPath=path, queryStringParameters=query or {})
        event["requestContext"]["http"]["path"] = path
        event["headers"] |= {"if-none-match": kept} if kept else {}
        return reader(event)

    return asked


@pytest.fixture
def put(editor: Invoke, deliver: Callable[[], None]) -> Callable[[str, dict[str, str]], None]:
    """Stores an article, and brings the index to it."""

    def stored(article_id: str, article: dict[str, str]) -> None:
        event = sample_event("http-put-article", rawPath=f"/v1/articles/{article_id}", body=json.dumps(article))
        event["requestContext"]["http"]["path"] = event["rawPath"]
        assert editor(event)["statusCode"] == 202
        deliver()

    return stored


@pytest.fixture
def take_down(editor: Invoke, deliver: Callable[[], None]) -> Callable[[str], None]:
    def gone(article_id: str) -> None:
        event = sample_event("http-delete-article", rawPath=f"/v1/articles/{article_id}")
        event["requestContext"]["http"]["path"] = event["rawPath"]
        assert editor(event)["statusCode"] == 202
        deliver()

    return gone


@pytest.fixture
def collapse(put: Callable[[str, dict[str, str]], None]) -> None:
    """Two reports of one event."""
    for article_id, article in COLLAPSE.items():
        put(article_id, article)


def told(answer: dict[str, Any]) -> str:
    """The text of an answer but for the articles that a digest says it can't read."""
    assert answer["statusCode"] == 200, answer["body"]
    return json.dumps(json.loads(answer["body"]) | {"missing": []}, ensure_ascii=False)


@pytest.mark.usefixtures("collapse")
def test_an_answer_in_another_language_is_another_answer(ask: Ask) -> None:
    vietnamese, english = ask(RELATED), ask(RELATED, {"lang": "en"})
    assert [json.loads(one["body"])["developments"][0]["reason"]["text"] for one in (vietnamese, english)] == [
        "cùng sự kiện · 8 giờ sau",
        "same event · 8 hours later",
    ]
    assert vietnamese["headers"]["ETag"] != english["headers"]["ETag"]
    assert ask(RELATED, {"lang": "vi"}, vietnamese["headers"]["ETag"])["statusCode"] == 304
    refused = ask(RELATED, {"lang": "fr"})
    assert refused["statusCode"] == 422
    assert json.loads(refused["body"])["errors"] == [{"field": "lang", "message": "must be 'vi' or 'en'"}]


@pytest.mark.usefixtures("collapse")
@pytest.mark.parametrize("name", KEPT)
def test_a_caller_who_has_the_answer_is_told_so_however_long_it_took_to_make(ask: Ask, name: str) -> None:
    path, query = TELLING[name]
    first = ask(path, query)
    etag = first["headers"]["ETag"]
    again = ask(path, query)
    assert again["headers"]["ETag"] == etag
    assert etag.startswith('W/"'), "took_ms differs between answers of one tag"
    for kept in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        answer = ask(path, query, kept=kept)
        assert (answer["statusCode"], answer["body"], answer["headers"]["ETag"]) == (304, "", etag)
    assert ask(path, query, kept='W/"x"')["statusCode"] == 200


@pytest.mark.usefixtures("collapse")
@pytest.mark.parametrize("name", KEPT)
def test_it_may_be_kept_for_half_a_minute_and_never_be_shown_stale(ask: Ask, name: str) -> None:
    answer = ask(*TELLING[name])
    kept = ask(*TELLING[name], kept=answer["headers"]["ETag"])
    assert MAX_AGE <= 30
    for headers in (answer["headers"], kept["headers"]):
        assert headers["Cache-Control"] == f"public, max-age={MAX_AGE}, must-revalidate"
        assert headers["Vary"] == "Origin", "without an origin it has no CORS headers: it is not for other sites"


@pytest.mark.usefixtures("collapse")
@pytest.mark.parametrize("name", TELLING)
def test_what_is_taken_down_is_gone_and_the_tag_of_before_gets_the_answer_of_now(
    ask: Ask, take_down: Callable[[str], None], name: str
) -> None:
    path, query = TELLING[name]
    before = ask(path, query)
    assert LATER in told(before)

    take_down(LATER)
    after = ask(path, query, kept=before["headers"].get("ETag"))

    assert LATER not in told(after)
    assert "7 người chết" not in told(after)
    assert after["headers"].get("ETag") != before["headers"].get("ETag") or name not in KEPT


@pytest.mark.usefixtures("collapse")
@pytest.mark.parametrize("name", [name for name in TELLING if name not in ("newest", "digest of ids")])
def test_a_corrected_article_is_where_it_belongs_now(
    ask: Ask, put: Callable[[str, dict[str, str]], None], name: str
) -> None:
    path, query = TELLING[name]
    before = ask(path, query)
    put(LATER, ANOTHER)
    after = told(ask(path, query, kept=before["headers"].get("ETag")))
    assert "đã tìm thấy hết" not in after
    assert LATER not in after


@pytest.mark.usefixtures("collapse")
def test_a_headline_that_was_corrected_shows_at_once(ask: Ask, put: Callable[[str, dict[str, str]], None]) -> None:
    etag = ask(RELATED)["headers"]["ETag"]
    title = "Vụ sập giàn giáo Kẻ Sặt: tìm thấy toàn bộ thợ mắc kẹt"
    put(LATER, COLLAPSE[LATER] | {"title": title})
    assert title in told(ask(RELATED, kept=etag))


@pytest.mark.usefixtures("collapse")
def test_nothing_else_is_kept_and_no_failure_is(ask: Ask, take_down: Callable[[str], None]) -> None:
    take_down(LATER)
    for path, query, status in (
        (f"/v1/articles/{LATER}/related", {}, 410),
        (f"/v1/articles/{LATER}", {}, 410),
        ("/v1/articles/chua-tung-co/related", {}, 404),
        ("/v1/digests", {"article": LATER}, 410),
        (RELATED, {"size": "99"}, 422),
        ("/v1/khong-co", {}, 404),
        ("/v1/search", {"q": "giàn giáo"}, 200),
        ("/v1/suggest", {"q": "sập"}, 200),
        ("/v1/health", {}, 200),
    ):
        answer = ask(path, query, kept="*")
        assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (status, "no-store"), path


def test_the_snippet_is_small_and_kept_for_minutes(reader: Invoke) -> None:
    event = sample_event("http-embed")
    answer = reader(event)
    assert answer["body"] == web_file("embed.js").body
    assert len(answer["body"].encode()) < 8_000
    assert answer["headers"]["Content-Type"].startswith("text/javascript")
    assert answer["headers"]["Cross-Origin-Resource-Policy"] == "cross-origin"
    seconds = re.fullmatch(r"public, max-age=(\d+)", answer["headers"]["Cache-Control"])
    assert seconds
    assert 60 <= int(seconds[1]) <= 3_600
    event["headers"] |= {"if-none-match": answer["headers"]["ETag"]}
    assert (reader(event)["statusCode"], reader(event)["body"]) == (304, "")
