"""What no well-meaning caller sends: each is a problem document that names the field, and changes nothing."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from machtin.adapters.local_functions import local_functions
from machtin.adapters.local_http import LocalContext

from .asgi_site import ARTICLE, Site, open_site, problem_of


@pytest.fixture(scope="module")
def site(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("hostile") / "data") as opened:
        yield opened


def json_of(**changes: Any) -> bytes:
    return json.dumps(ARTICLE | changes).encode()


BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 422, "body"),
    "only spaces": (b" \r\n\t", 422, "body"),
    "an empty object": (b"{}", 422, "title"),
    "a list": (b"[]", 422, "body"),
    "null": (b"null", 422, "body"),
    "a number": (b"7", 422, "body"),
    "cut off": (json_of()[:-20], 422, "body"),
    "two objects": (json_of() * 2, 422, "body"),
    "no JSON": (b"title=x&body=y", 422, "body"),
    "100,000 brackets": (b"[" * 100_000, 422, "body"),
    "100,000 levels": (b'{"title": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001, 422, "body"),
    "a number of 10,000 digits": (b'{"title": ' + b"9" * 10_000 + b"}", 422, "body"),
    "a number beyond all": (b'{"title": 1e999, "body": "x"}', 422, "title"),
    "NaN": (b'{"title": NaN}', 422, "body"),
    "Infinity": (b'{"title": -Infinity}', 422, "body"),
    "a field twice": (b'{"title": "a", "title": "b", "body": "c"}', 422, "title"),
    "a field of a field twice": (
        json_of()[:-1] + b', "related_as_published": [{"title":"a","title":"b"}]}',
        422,
        "title",
    ),
    "bytes that are no UTF-8": (b'{"title": "\xff", "body": "x"}', 422, "body"),
    "UTF-16": (json.dumps(ARTICLE).encode("utf-16"), 422, "body"),
    "gzip": (gzip.compress(json_of()), 422, "body"),
    "over 6 MB": (json_of(body="lời " * 1_600_000), 413, "body"),
    "over 10 MB": (json_of(body="x " * 5_500_000), 413, "body"),
    "a body of over a million characters": (json_of(body="ab " * 400_000), 413, "body"),
    "a lone surrogate": (json_of(title="nửa \ud800 chữ"), 422, "title"),
    "surrogates the wrong way round": (json_of(body="\udc00\ud800"), 422, "body"),
    "a field named by a lone surrogate": (json_of(**{"\ud800": 1}), 422, "\\ud800"),
    "NUL": (json_of(title="a\x00b"), 422, "title"),
    "NUL as a byte": (json_of(title="a").replace(b'"a"', b'"a\x00"'), 422, "body"),
    "a bell": (json_of(sapo="\x07"), 422, "sapo"),
    "an escape sequence": (json_of(author="\x1b[2J"), 422, "author"),
    "DEL": (json_of(section="a\x7f"), 422, "section"),
    "a control character in a tag": (json_of(tags=["tốt", "\x01"]), 422, "tags[1]"),
    "a word of 100,000 characters": (json_of(body="a" * 100_000), 422, "body"),
    "no title": (b'{"body": "x"}', 422, "title"),
    "a blank title": (json_of(title=" \n\t\u3000"), 422, "title"),
    "a title of invisible characters": (json_of(title="\u200b\ufeff\u202e\u00ad"), 422, "title"),
    "a title of 1,001 characters": (json_of(title="ab " * 334), 413, "title"),
    "neither sapo nor body": (b'{"title": "x"}', 422, "body"),
    "an invisible body": (json_of(body="\u200b\n\n\u200b", sapo=""), 422, "body"),
    "a title that is a list": (json_of(title=["x"]), 422, "title"),
    "a title that is a number": (json_of(title=1), 422, "title"),
    "a title that is true": (json_of(title=True), 422, "title"),
    "a body that is an object": (json_of(body={"text": "x"}), 422, "body"),
    "tags that are a string": (json_of(tags="a,b"), 422, "tags"),
    "101 tags": (json_of(tags=["a"] * 101), 413, "tags"),
    "a tag that is null": (json_of(tags=[None]), 422, "tags[0]"),
    "a sapo in a related item that is a list": (
        json_of(related_as_published=[{"title": "a", "sapo": []}]),
        422,
        "related_as_published[0].sapo",
    ),
    "a related item that is text": (json_of(related_as_published=["a"]), 422, "related_as_published[0]"),
    "an unknown field": (json_of(headline="x"), 422, "headline"),
    "a known field in capitals": (json_of(Title="x"), 422, "Title"),
    "__proto__": (json_of(__proto__={}), 422, "__proto__"),
    "an id with a slash": (json_of(id="a/b"), 422, "id"),
    "an id that is a list": (json_of(id=["thu"]), 422, "id"),
    "tomorrow's tomorrow": (json_of(published_at="2199-01-01T00:00:00Z"), 422, "published_at"),
    "the year 1": (json_of(published_at="0001-01-01T00:00:00Z"), 422, "published_at"),
    "before the year 1": (json_of(published_at="0001-01-01T00:00:00+14:00"), 422, "published_at"),
    "after the year 9999": (json_of(modified_at="9999-12-31T23:59:59-14:00"), 422, "modified_at"),
    "the year 10000": (json_of(modified_at="10000-01-01T00:00:00Z"), 422, "modified_at"),
    "the 30th of February": (json_of(published_at="2026-02-30T08:00:00+07:00"), 422, "published_at"),
    "a week": (json_of(published_at="2026-W10-1T08:00:00+07:00"), 422, "published_at"),
    "a time without an offset": (json_of(published_at="2026-03-15T08:00:00"), 422, "published_at"),
    "digits of another script": (json_of(published_at="٢٠٢٦-03-15T08:00:00Z"), 422, "published_at"),
    "a time as a number": (json_of(published_at=1773538200), 422, "published_at"),
    "a url that is a script": (json_of(url="javascript:alert(1)"), 422, "url"),
    "a url with a line feed": (json_of(url="https://a.example/\nSet-Cookie: a=1"), 422, "url"),
    "a url that ends in a line feed": (json_of(url="https://a.example/\n"), 422, "url"),
    "a url that is relative": (json_of(url="/tin"), 422, "url"),
}


@pytest.mark.parametrize("case", BODIES)
@pytest.mark.parametrize("route", ["PUT /v1/articles/thu", "POST /v1/drafts/summary"])
def test_a_bad_article_is_refused_by_the_name_of_its_field(site: Site, route: str, case: str) -> None:
    content, status, field = BODIES[case]
    before = site.stored()
    method, path = route.split(" ")
    answer = site.ask(method, path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text[:500]
    document = problem_of(answer)
    assert field in [error["field"] for error in document["errors"]]
    assert all(error["message"] for error in document["errors"])
    assert site.stored() == before


def test_another_id_than_the_addresss_is_refused(site: Site) -> None:
    answer = site.put(ARTICLE | {"id": "khac"})
    assert answer.status_code == 422
    assert [error["field"] for error in problem_of(answer)["errors"]] == ["id"]


def test_of_very_many_problems_some_are_told_and_the_rest_counted(site: Site) -> None:
    unknown = problem_of(site.put({f"x{number}": 1 for number in range(100_000)}))
    assert "99,989 more" in unknown["detail"]
    tags = problem_of(site.put(ARTICLE | {"tags": [1] * 100}))
    assert len(tags["errors"]) == 20
    assert tags["detail"].endswith("and 80 more")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "image/png"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "text/html"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "json"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br"},
    ],
    ids=str,
)
def test_what_is_said_to_be_no_json_is_not_read(site: Site, headers: dict[str, str]) -> None:
    before = site.stored()
    answer = site.put(ARTICLE, headers=headers)
    assert answer.status_code == 415
    assert [error["field"] for error in problem_of(answer)["errors"]] == [
        "Content-Encoding" if "Content-Encoding" in headers else "Content-Type"
    ]
    assert site.stored() == before


@pytest.mark.parametrize(
    "media",
    ["", "application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"', "text/plain",
     "application/ld+json", "application/x-www-form-urlencoded", "application/octet-stream"],
)  # fmt: skip
def test_json_by_any_of_its_names_is_read(site: Site, media: str) -> None:
    assert site.put(ARTICLE, "ten", headers={"Content-Type": media}).status_code == 202


# --- ids --------------------------------------------------------------------------------------------------------------

BAD_IDS = {
    "a slash": "a%2Fb",
    "two dots": "%2e%2e",
    "a dot first": ".a",
    "a way out": "..%2f..%2fetc%2fpasswd",
    "NUL": "a%00",
    "a line feed at the end": "gao%0a",
    "a header": "gao%0d%0aX-Evil:%201",
    "Vietnamese": "g%E1%BA%A1o",
    "no UTF-8": "%ff",
    "a space": "a%20b",
    "a percent sign": "a%252Fb",
    "a question mark": "a%3Fb",
    "markup": "%3Cscript%3E",
    "a quote": "'%20OR%201=1--",
    "a brace": "%7Bid%7D",
    "129 characters": "a" * 129,
    "5,000 characters": "a" * 5_000,
    "nothing": "",
}


@pytest.mark.parametrize("case", BAD_IDS)
@pytest.mark.parametrize(
    "route",
    ["GET /v1/articles/{}", "GET /v1/articles/{}/related", "GET /v1/articles/{}/summary", "PUT /v1/articles/{}",
     "GET /v1/articles/{}/thread", "DELETE /v1/articles/{}", "GET /v1/reindexes/{}", "POST /v1/reindexes/{}/rollback",
     "POST /v1/reindexes/{}/cancel"],
)  # fmt: skip
def test_a_bad_id_is_refused_by_name(site: Site, route: str, case: str) -> None:
    before = site.stored()
    method, _, path = route.format(BAD_IDS[case]).partition(" ")
    answer = site.ask(method, path, json=ARTICLE if method == "PUT" else None)
    assert answer.status_code in (404, 422)
    assert [error["field"] for error in problem_of(answer)["errors"]] == ["id"]
    assert set(answer.headers) <= {"content-type", "content-length", "x-content-type-options", "cache-control"}
    assert site.stored() == before


@pytest.mark.parametrize("article_id", ["a" * 128, "A.b_c~d-1", "0", "x.."])
def test_ids_up_to_the_limit_are_taken(site: Site, article_id: str) -> None:
    assert site.put(ARTICLE, article_id).status_code == 202
    assert site.ask("GET", f"/v1/articles/{article_id}").json()["id"] == article_id


# --- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field", "mend"),
    [
        ("size=-1", "size", "from 0 to 100"),
        ("size=101", "size", "from 0 to 100"),
        ("size=abc", "size", "whole number"),
        ("size=1e9", "size", "whole number"),
        ("size=1.5", "size", "whole number"),
        ("size=", "size", "whole number"),
        ("size=99999999999999999999999", "size", "from 0 to 100"),
        ("size=" + "9" * 5_000, "size", "from 0 to 100"),
        ("size=%D9%A1", "size", "whole number"),
        ("size=1&size=2", "size", "once"),
        ("q=a&q=b", "q", "once"),
        ("mode=hybrid&mode=lexical", "mode", ""),
        ("from=-1", "from", "from 0 to 10,000"),
        ("from=99999", "from", "from 0 to 10,000"),
        ("from=9950&size=100", "from", "narrow the search"),
        ("q=" + "a" * 10_000, "q", "has 10,000 characters; the limit is 1,000"),
        ("q=" + "%E1%BA%A1" * 1_001, "q", "has 1,001 characters"),
        ("q=%00", "q", "U+0000"),
        ("q=a%1B%5B2J", "q", "U+001B"),
        ("q=%ff", "q", "UTF-8"),
        ("q=%ED%A0%80", "q", "UTF-8"),
        ("section=" + "x" * 201, "section", "the limit is 200"),
        ("section=%00", "section", "U+0000"),
        ("since=x", "since", "2026-03-15"),
        ("since=", "since", "2026-03-15"),
        ("since=2026-13-01", "since", "2026-03-15"),
        ("since=2026-W01", "since", "2026-03-15"),
        ("since=20260101", "since", "2026-03-15"),
        ("until=%D9%A2026-01-01", "until", "2026-03-15"),
        ("since=2026-01-02&until=2026-01-01", "until", "later than since"),
        ("since=2026-01-01&until=2026-01-01", "until", "later than since"),
        ("since=2026-01-01T00:00:00Z&until=2026-01-01T07:00:00%2B07:00", "until", "later than since"),
        ("sort=best", "sort", "'relevance', 'newest', 'oldest'"),
        ("sort=", "sort", "'relevance'"),
        ("mode=bm25", "mode", "'hybrid'"),
        ("facets=maybe", "facets", "true or false"),
        ("explain=", "explain", "true or false"),
        ("SIZE=1", "SIZE", "known: q, size, from"),
        ("sections=Kinh", "sections", "known:"),
        ("size[]=1", "size[]", "known:"),
        ("=1", "", "known:"),
        ("%00=1", "\x00", "known:"),
        ("x" * 5_000 + "=1", "x" * 100, "known:"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_refused_with_its_mend(site: Site, query: str, field: str, mend: str) -> None:
    answer = site.ask("GET", f"/v1/search?{query}", token=False)
    assert answer.status_code == 422, answer.text[:500]
    (error,) = problem_of(answer)["errors"]
    assert error["field"] == field
    assert mend in error["message"]
    assert "Input should" not in answer.text


@pytest.mark.parametrize(
    "query",
    ["q=", "q", "section=", "size=0", "from=9900&size=100", "q=AND", "q=%22", "q=(", "q=*", "q=a:b%5E2", "q=%5C",
     "q=%F0%9F%98%80", "q=%C4%B0", "q=" + "%CC%81" * 1_000, "q=" + "a%20" * 500, "q=a%0D%0Ab", "q=a;size=2",
     "since=0001-01-01", "since=0001-01-01T00:00:00%2B14:00", "until=9999-12-31T23:59:59-14:00",
     "since=2026-03-15T00:00:00+07:00", "q=g%E1%BA%A1o&mode=semantic&sort=oldest&explain=true&facets=true"],
)  # fmt: skip
def test_what_is_odd_but_sound_is_answered(site: Site, query: str) -> None:
    answer = site.ask("GET", f"/v1/search?{query}", token=False)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] >= 0


def test_a_plain_plus_in_a_time_is_an_offset(site: Site) -> None:
    for at, found in (("08:30:00+07:00", 1), ("08:30:01+07:00", 0), ("01:30:00Z", 1), ("08:30:00.500+07:00", 0)):
        answer = site.ask("GET", f"/v1/search?q=thương+lái&mode=lexical&since=2026-03-15T{at}")
        assert ("gao" in [hit["id"] for hit in answer.json()["hits"]]) is bool(found)


def test_a_day_is_a_day_of_vietnam(site: Site) -> None:
    early = ARTICLE | {"title": "Tin lúc nửa đêm ở Vũng Tàu", "published_at": "2026-03-20T00:10:00+07:00"}
    assert site.put(early, "nua-dem").status_code == 202
    site.deliver()
    for window, found in (("since=2026-03-20&until=2026-03-21", True), ("until=2026-03-20", False)):
        hits = site.ask("GET", f"/v1/search?q=Vũng+Tàu&mode=lexical&{window}").json()["hits"]
        assert ("nua-dem" in [hit["id"] for hit in hits]) is found


@pytest.mark.parametrize(
    ("route", "field"),
    [
        ("GET /v1/articles/gao/related?size=0", "size"),
        ("GET /v1/articles/gao/related?size=51", "size"),
        ("GET /v1/articles/gao/summary?sentences=0", "sentences"),
        ("GET /v1/articles/gao/summary?sentences=x", "sentences"),
        ("GET /v1/articles/gao/summary?syllables=2001", "syllables"),
        ("GET /v1/articles/gao/summary?mode=short", "mode"),
        ("GET /v1/articles/gao/summary?form=poem", "form"),
        ("GET /v1/articles/gao/summary?query=" + "x" * 1_001, "query"),
        ("GET /v1/digests", "ids"),
        ("GET /v1/digests?ids=,", "ids"),
        ("GET /v1/digests?ids=gao&article=gao", "ids"),
        ("GET /v1/digests?ids=gao,%3Cb%3E", "ids"),
        ("GET /v1/digests?article=%20", "article"),
        ("GET /v1/digests?article=" + "x" * 129, "article"),
        ("GET /v1/digests?ids=gao&syllables=0", "syllables"),
        ("GET /v1/digests?ids=gao&sentences=51", "sentences"),
        ("GET /v1/articles/gao?fields=title", "fields"),
        ("GET /v1/health?verbose=1", "verbose"),
        ("POST /v1/drafts/related?size=x", "size"),
        ("POST /v1/drafts/summary?sentences=51", "sentences"),
        ("PUT /v1/articles/gao?dry=1", "dry"),
        ("DELETE /v1/articles/gao?force=1", "force"),
        ("POST /v1/articles?dry=1", "dry"),
        ("POST /v1/reindexes?now=1", "now"),
    ],
)  # fmt: skip
def test_every_route_refuses_what_it_does_not_know(site: Site, route: str, field: str) -> None:
    before = site.stored()
    method, _, path = route.partition(" ")
    answer = site.ask(method, path, json=ARTICLE if method in ("PUT", "POST") else None)
    assert answer.status_code == 422
    assert [error["field"] for error in problem_of(answer)["errors"]] == [field]
    assert site.stored() == before


# --- many lines -------------------------------------------------------------------------------------------------------


def line_of(article_id: str, **changes: Any) -> str:
    return json.dumps(ARTICLE | {"id": article_id} | changes, ensure_ascii=False)


def told(site: Site, content: str | bytes) -> list[dict[str, Any]]:
    answer = site.post_lines(content)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["x-content-type-options"] == "nosniff"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_refused_line_is_told_with_its_number_field_and_reason(site: Site) -> None:
    lines = [
        line_of("dong-1"),
        "{broken",
        "",
        line_of("dong-4", title=""),
        line_of("a/b"),
        json.dumps(ARTICLE),
        line_of("dong-7", headline="x", published_at="hôm nay"),
        "[" * 100_000,
        "\ufeff" + line_of("dong-9"),
        line_of("dong-10", body="x " * 600_000),
    ]
    answers = told(site, "\r\n".join(lines).encode())
    assert [(one["line"], one["status"]) for one in answers] == [
        (1, 202), (2, 422), (4, 422), (5, 422), (6, 422), (7, 422), (8, 422), (9, 202), (10, 413),
    ]  # fmt: skip
    fields = {one["line"]: [error["field"] for error in one["errors"]] for one in answers if one["status"] != 202}
    assert fields == {
        2: ["body"], 4: ["title"], 5: ["id"], 6: ["id"], 7: ["headline", "published_at"], 8: ["body"], 10: ["body"],
    }  # fmt: skip
    assert all(one["detail"] for one in answers if one["status"] != 202)
    assert {"dong-1", "dong-9"} == {name for name in site.stored() if name.startswith("dong-")}


def test_a_line_that_is_not_utf8_fails_alone(site: Site) -> None:
    answers = told(site, b"\xff\n" + line_of("utf8").encode() + b"\n\xed\xa0\x80\n")
    assert [one["status"] for one in answers] == [422, 202, 422]


def test_a_line_sent_twice_is_stored_once(site: Site) -> None:
    answers = told(site, "\n".join([line_of("doi"), line_of("doi"), line_of("doi", title="Tin đã sửa")]))
    assert [one["outcome"] for one in answers] == ["created", "unchanged", "updated"]
    assert site.stored()["doi"] == answers[2]["revision"]


def test_five_thousand_lines_are_taken_and_more_are_not(site: Site) -> None:
    answers = told(site, "\n".join(line_of(f"nhieu-{number}", body="x") for number in range(5_000)))
    assert len(answers) == 5_000
    assert {one["status"] for one in answers} == {202}
    before = site.stored()
    answer = site.post_lines(b"\n".join(b"{}" for _ in range(5_001)))
    assert answer.status_code == 413
    assert "5,001 lines" in problem_of(answer)["detail"]
    assert site.stored() == before


def test_five_thousand_bad_lines_are_each_told_of(site: Site) -> None:
    answer = site.post_lines(b"{}\n" * 5_000)
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) == 5_000
    assert len(answer.content) < 6_000_000


def test_more_wrong_than_one_answer_can_tell_is_refused_as_a_whole(site: Site) -> None:
    worst = json.dumps({"ạ" * 80 + str(number): 1 for number in range(4)}, ensure_ascii=False) + "\n"
    before = site.stored()
    answer = site.post_lines(line_of("nua-chung") + "\n" + worst * 4_999)
    assert answer.status_code == 413
    assert "send fewer" in problem_of(answer)["detail"]
    assert site.stored() == before


@pytest.mark.parametrize("content", [b"", b"\n\r\n  \n", b"\n" * 3_000_000])
def test_no_line_at_all_is_refused(site: Site, content: bytes) -> None:
    answer = site.post_lines(content)
    assert answer.status_code == 422
    assert [error["field"] for error in problem_of(answer)["errors"]] == ["body"]


# --- addresses and methods --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nope", 404), ("GET", "/nope?x=1", 404), ("GET", "/v1", 404), ("GET", "/v1/nope?x=1", 404),
        ("GET", "/v1/search/", 404), ("GET", "/V1/SEARCH", 404), ("GET", "/%ff", 404), ("GET", "/%00", 404),
        ("GET", "/" + "a" * 10_000, 404), ("GET", "/v1/search%0a", 404), ("DELETE", "/", 404), ("POST", "/nope", 404),
        ("GET", "/v1/articles", 405), ("GET", "/v1/drafts/summary", 405), ("POST", "/v1/search", 405),
        ("PUT", "/v1/search?q=x", 405), ("POST", "/v1/articles/gao", 405), ("DELETE", "/v1/reindexes/x", 405),
        ("PATCH", "/v1/articles/gao", 405), ("TRACE", "/", 405), ("CONNECT", "/", 405), ("BREW", "/", 405),
    ],
)  # fmt: skip
def test_unknown_addresses_and_methods_are_problems(site: Site, method: str, path: str, status: int) -> None:
    answer = site.ask(method, path)
    assert answer.status_code == status
    problem_of(answer)
    assert ("allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize(
    "name",
    ["..%2f..%2fcli.py", "%2e%2e%2fsettings.py", "%2e%2e", "..%5Ccli.py", "%00", "app.js%00", "app.js%00.css",
     "app.js%0a", "a" * 5_000 + ".js", "C:%5Capp.js", "%2Fetc%2Fpasswd", "app", "APP.JS%20", "%E1%BA%A1.js", "", ".js",
     "openapi.json.js"],
)  # fmt: skip
def test_no_way_leads_out_of_the_pages_folder(site: Site, name: str) -> None:
    answer = site.ask("GET", f"/assets/{name}", token=False)
    assert answer.status_code == 404
    problem_of(answer)


def test_head_is_get_without_its_body_also_where_it_fails(site: Site) -> None:
    for path in ("/v1/search", "/v1/articles/gao", "/v1/articles/khong-co", "/nope", "/v1/search?size=x", "/"):
        got, head = (site.ask(method, path, token=False) for method in ("GET", "HEAD"))
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head.headers["content-type"] == got.headers["content-type"]


# --- headers ----------------------------------------------------------------------------------------------------------


def test_other_origins_may_read_and_not_write(site: Site) -> None:
    origin = {"Origin": "https://other.example"}
    for path in ("/v1/search", "/v1/articles/gao", "/v1/articles/khong-co", "/v1/search?size=x"):
        assert site.ask("GET", path, headers=origin, token=False).headers["access-control-allow-origin"] == "*"
    asked = origin | {"Access-Control-Request-Method": "PUT"}
    preflight = site.ask("OPTIONS", "/v1/articles/gao", headers=asked, token=False)
    assert preflight.status_code == 204
    assert set(preflight.headers["access-control-allow-methods"].split(",")) == {"GET", "OPTIONS"}
    for method, path in (
        ("PUT", "/v1/articles/gao"), ("DELETE", "/v1/articles/khong-co"), ("POST", "/v1/articles"),
        ("POST", "/v1/drafts/summary"), ("GET", "/v1/reindexes/khong-co"), ("POST", "/v1/reindexes"),
    ):  # fmt: skip
        for token in (False, True):
            answer = site.ask(method, path, headers=origin, token=token, params={"no": "1"})
            assert answer.status_code in (401, 422)
            assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_nothing_of_an_article_reaches_a_header_or_becomes_markup(site: Site) -> None:
    evil = "Tin\r\nSet-Cookie: a=1\r\n\r\n<script>alert(1)</script>"
    assert site.put(ARTICLE | {"title": evil, "author": evil, "section": evil}, "xau").status_code == 202
    site.deliver()
    for path in (
        "/v1/articles/xau", "/v1/articles/xau/related", "/v1/articles/xau/summary?query=%3Cscript%3E",
        "/v1/articles/xau/thread", "/v1/search?q=alert&facets=true&mode=lexical",
    ):  # fmt: skip
        answer = site.ask("GET", path, token=False)
        assert answer.status_code == 200
        kept = set() if path.startswith("/v1/search") else {"etag", "vary"}
        named = {"content-type", "content-length", "x-content-type-options", "cache-control"}
        assert set(answer.headers) == named | kept
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert site.ask("GET", "/v1/articles/xau").json()["title"] == evil, "shown as published"
    assert site.ask("DELETE", "/v1/articles/xau").status_code == 202
    site.deliver()


def test_a_caller_without_the_token_changes_nothing(site: Site) -> None:
    before = site.stored()
    for authorization in (
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic Og==",
        "bearer\t",
        "Bearer " + "x" * 100_000,
    ):
        headers = {} if authorization is None else {"Authorization": authorization}
        answer = site.ask("PUT", "/v1/articles/gao", token=False, headers=headers, content=json_of())
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        problem_of(answer)
    assert site.stored() == before


# --- messages ---------------------------------------------------------------------------------------------------------

MESSAGES = [
    "", "{", "[]", "7", "null", '"text"', "[" * 100_000, "{}", '{"Records": null}', '{"Records": [7]}',
    '{"Records": [{"s3": []}]}', '{"Records": [{"s3": {"object": {"key": 7}}}]}',
    '{"Records": [{"s3": {"object": {"key": "articles/a/b.json"}}}]}',
    '{"Records": [{"s3": {"object": {"key": "articles/..%2F..%2Fetc.json"}}}]}',
    '{"Records": [{"s3": {"object": {"key": "articles/%00.json"}}}]}', '{"Records": [{"s3": {"object": {}}}]}',
]  # fmt: skip


def test_messages_of_any_kind_fail_alone(site: Site) -> None:
    good = json.dumps({"Records": [{"s3": {"object": {"key": "articles/gao.json"}}}]})
    bodies = {f"bad-{at}": body for at, body in enumerate(MESSAGES)} | {"good": good}
    event = {"Records": [{"messageId": name, "body": body} for name, body in bodies.items()]}
    answer = local_functions().ingest(event, LocalContext("ingest", "1"))
    assert {one["itemIdentifier"] for one in answer["batchItemFailures"]} == set(bodies) - {"good"}


# --- at the same time -------------------------------------------------------------------------------------------------


def test_fifty_requests_at_the_same_time_get_their_own_answers(site: Site) -> None:
    kinds = 5

    async def one(number: int) -> bool:
        kind, name = number % kinds, f"cung-luc-{number}"
        if kind == 0:
            answer = await site.asked("PUT", f"/v1/articles/{name}", json=ARTICLE | {"title": f"Tin {number}"})
            return answer.status_code == 202 and answer.json()["id"] == name
        if kind == 1:
            answer = await site.asked("GET", "/v1/articles/gao")
            return bool(answer.json()["title"] == ARTICLE["title"])
        if kind == 2:
            answer = await site.asked("GET", "/v1/search", params={"q": "giá gạo", "size": number % 7})
            return answer.status_code == 200 and len(answer.json()["hits"]) <= number % 7
        if kind == 3:
            lines = "\n".join(line_of(f"{name}-{at}", title=f"Tin {number} {at}") for at in range(5))
            answer = await site.asked("POST", "/v1/articles", content=lines)
            return [json.loads(line)["id"] for line in answer.text.splitlines()] == [f"{name}-{at}" for at in range(5)]
        answer = await site.asked("GET", f"/v1/articles/{name}-x")
        return answer.status_code == 404 and name in answer.json()["detail"]

    async def all_of_them() -> list[bool]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(one(number) for number in range(50)))

    assert site.runner.run(all_of_them()) == [True] * 50
    stored = site.stored()
    assert sum(name.startswith("cung-luc-") for name in stored) == 10 + 10 * 5
    for number in range(0, 50, kinds):
        assert site.ask("GET", f"/v1/articles/cung-luc-{number}").json()["title"] == f"Tin {number}"


def test_what_was_taken_is_still_whole_after_all_this(site: Site) -> None:
    site.deliver()
    health = site.ask("GET", "/v1/health").json()
    assert health["status"] == "ok"
    assert health["parts"]["index"]["detail"].endswith(f", {len(site.stored())} articles")
    shown = site.ask("GET", "/v1/articles/gao").json()
    assert {name: shown[name] for name in ARTICLE} == ARTICLE
