"""The real server through real HTTP: every route, and what surrounds them."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from .local_place import NEWS, Place, Server, eventually, problem


@pytest.fixture(scope="module")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with three articles for all tests that leave it as it was, or that only add to it."""
    place = Place(tmp_path_factory.mktemp("server") / "data")
    assert place.ask("ingest", str(place.write("news.ndjson", NEWS)))["created"] == 3
    running = Server(place)
    yield running
    assert running.stop(signal.SIGTERM) == 0
    assert "Traceback" not in "".join(running.complaints)


# --- readers ----------------------------------------------------------------------------------------------------------


def test_search_with_and_without_diacritics(server: Server) -> None:
    for query in ("giá gạo xuất khẩu", "gia gao xuat khau"):
        answer = server.client.get("/v1/search", params={"q": query})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["hits"][0]["id"] == "gao-1"
        assert not answer.json()["degraded"]
    assert "Giá gạo xuất khẩu" in answer.text, "letters stay as they are"


@pytest.mark.parametrize(
    "query",
    [
        "q=%C4%91%C6%A1n+h%C3%A0ng&section=V%C4%83n%20ho%C3%A1%2C%20gi%E1%BA%A3i%20tr%C3%AD",
        "section=V%C4%83n+ho%C3%A1,+gi%E1%BA%A3i+tr%C3%AD&q=",
        "q=%C4%91%C6%A1n%20h%C3%A0ng,%20ch%C3%A2u%20Phi&mode=lexical&since=2026-03-16T00%3A00%3A00%2B07%3A00",
    ],
    ids=["plus and percent", "a comma as it is", "a time with its offset"],
)
def test_encoded_queries_arrive_whole(server: Server, query: str) -> None:
    assert [hit["id"] for hit in server.client.get(f"/v1/search?{query}").json()["hits"]] == ["gao-2"]


def test_each_reading_route_answers(server: Server) -> None:
    get = server.client.get
    assert get("/v1/articles/gao-1").json()["sapo"] == NEWS[0]["sapo"]
    related = get("/v1/articles/gao-1/related", params={"size": 3}).json()
    assert {"id", "developments", "background", "degraded", "model_version", "took_ms"} <= related.keys()
    summary = get("/v1/articles/gao-1/summary", params={"sentences": 1}).json()
    (sentence,) = summary["sentences"]
    assert NEWS[0][sentence["field"]][sentence["start"] : sentence["end"]] == sentence["text"]
    for mode in ("sapo+", "sapo%2B"):
        beside = get(f"/v1/articles/gao-1/summary?mode={mode}&form=bullets").json()
        assert (beside["mode"], beside["form"], beside["sentences"][0]["field"]) == ("sapo+", "bullets", "sapo")
        assert beside["text"].startswith("• ")
    line = get("/v1/articles/gao-1/summary", params={"form": "push", "query": "bóng đá"}).json()
    assert line["syllables"] <= 25
    assert line["relevant"] is False
    health = get("/v1/health").json()
    assert health["status"] == "ok", health
    assert set(health["parts"]) == {"store", "index", "model"}
    assert get("/openapi.json").json()["openapi"].startswith("3.1")


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_the_page_comes_with_its_security_headers(server: Server, path: str) -> None:
    answer = server.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_percent_encoded_paths_are_the_same_paths(server: Server) -> None:
    assert server.client.get("/v1/articles/gao%2D1").json()["id"] == "gao-1"
    assert server.client.get("/v1/articles/%67ao-1/summary").status_code == 200
    problem(server.client.get("/v1/articles/g%E1%BA%A1o"), 422)
    assert server.client.get("/v1/articles/a%2Fb").status_code == 404


def test_head_is_get_without_its_body(server: Server) -> None:
    whole, head = server.client.get("/v1/articles/gao-1"), server.client.head("/v1/articles/gao-1")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))
    assert server.client.head("/v1/articles/khong-co").status_code == 404


def test_large_answers_are_compressed_where_that_is_understood(server: Server) -> None:
    plain = server.client.get("/openapi.json", headers={"Accept-Encoding": "identity"})
    packed = server.client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.json() == plain.json()


def test_an_unchanged_file_is_not_sent_again(server: Server) -> None:
    first = server.client.get("/openapi.json")
    again = server.client.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_readers_of_any_origin_are_let_in_and_editors_are_not(server: Server) -> None:
    asking = {"Origin": "https://bao.example", "Access-Control-Request-Method": "GET"}
    preflight = server.client.options("/v1/search", headers=asking)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "GET" in preflight.headers["access-control-allow-methods"]
    assert "If-None-Match" in preflight.headers["access-control-allow-headers"]
    found = server.client.get("/v1/search", headers=asking)
    assert found.headers["access-control-allow-origin"] == "*"
    assert "ETag" in found.headers["access-control-expose-headers"]
    put = server.client.put("/v1/articles/a", headers={"Origin": "https://bao.example"}, json={})
    assert "access-control-allow-origin" not in put.headers


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v1/articles/khong-co", "/assets/..%2fsettings.py"])
def test_what_is_not_there(server: Server, path: str) -> None:
    problem(server.client.get(path), 404)


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "PROPFIND"])
def test_methods_that_are_not_known(server: Server, method: str) -> None:
    problem(server.client.request(method, "/v1/articles/gao-1"), 405)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("size=-1", "size"),
        ("size=x", "size"),
        ("colour=red", "colour"),
        (f"q={'a' * 10_000}", "q"),
        ("since=x", "since"),
    ],
)
def test_parameters_that_cannot_be(server: Server, query: str, field: str) -> None:
    document = problem(server.client.get(f"/v1/search?{query}"), 422)
    assert [error["field"] for error in document["errors"]] == [field]


def test_bodies_that_are_too_large(server: Server) -> None:
    headers = server.token
    for size in (6_500_000, 12_000_000):
        problem(server.client.post("/v1/articles", content=b" " * size, headers=headers), 413)
    assert server.client.get("/v1/health").status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00{", b'{"title": ', b"[]", b'{"title": NaN}', b"", b'{"title": "a\\u0000b", "body": "x"}'],
    ids=["no UTF-8", "cut off", "a list", "NaN", "empty", "NUL"],
)
@pytest.mark.parametrize("kind", ["application/json", "application/octet-stream", ""])
def test_bodies_that_are_no_article(server: Server, content: bytes, kind: str) -> None:
    headers = server.token | ({"Content-Type": kind} if kind else {})
    document = problem(server.client.put("/v1/articles/xau", content=content, headers=headers), 422)
    assert document["errors"][0]["field"] in ("body", "title")


def test_a_line_that_is_no_http_harms_nobody(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.place.port), timeout=30) as raw:
        raw.sendall(b"\x16\x03\x01\x02\x00nonsense\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    assert server.client.get("/v1/health").status_code == 200


# --- editors ----------------------------------------------------------------------------------------------------------

EDITORS = [
    ("PUT", "/v1/articles/gao-1"),
    ("DELETE", "/v1/articles/gao-1"),
    ("POST", "/v1/articles"),
    ("POST", "/v1/drafts/related"),
    ("POST", "/v1/drafts/summary"),
    ("POST", "/v1/reindexes"),
    ("GET", "/v1/reindexes"),
    ("GET", "/v1/reindexes/20260101T000000000000"),
    ("POST", "/v1/reindexes/20260101T000000000000/rollback"),
    ("POST", "/v1/reindexes/20260101T000000000000/cancel"),
    ("POST", "/v1/reindexes/20260101T000000000000/promote"),
]


@pytest.mark.parametrize(("method", "path"), EDITORS)
@pytest.mark.parametrize("credentials", [None, "Bearer wrong", "Bearer", "Basic dTpw", "token"])
def test_editors_routes_refuse_whoever_does_not_hold_the_token(
    server: Server, method: str, path: str, credentials: str | None
) -> None:
    headers = {"Authorization": credentials} if credentials else {}
    answer = server.client.request(method, path, headers=headers, content=b'{"title": "x", "body": "y"}')
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_caller_cannot_forge_the_gateways_word(server: Server) -> None:
    forged = {"authorizer": '{"iam": {}}', "x-amzn-requestcontext": '{"authorizer": {"iam": {}}}'}
    problem(server.client.delete("/v1/articles/gao-1", headers=forged), 401)


def test_an_article_that_was_put_is_found_within_two_seconds(server: Server) -> None:
    body = {"title": "Bão số chín đổ bộ Phú Yên", "body": "Gió giật cấp mười hai, sóng biển cao bảy mét."}
    put = server.client.put("/v1/articles/bao-9", json=body, headers=server.token)
    started = time.monotonic()
    assert put.status_code == 202
    assert put.json()["outcome"] == "created"
    while "bao-9" not in server.found("bão số chín"):
        assert time.monotonic() - started < 2.0
        time.sleep(0.02)
    again = server.client.put("/v1/articles/bao-9", json=body | {"id": "bao-9"}, headers=server.token)
    assert again.json() == put.json() | {"outcome": "unchanged"}
    gone = server.client.delete("/v1/articles/bao-9", headers=server.token)
    assert gone.status_code == 202
    problem(server.client.get("/v1/articles/bao-9"), 410)
    problem(server.client.delete("/v1/articles/khong-co", headers=server.token), 404)
    eventually(lambda: "bao-9" not in server.found("bão số chín"))


def test_many_articles_are_put_at_once_and_a_bad_line_fails_alone(server: Server) -> None:
    lines = [
        json.dumps({"id": "nhieu-1", "title": "Chợ nổi Cái Răng", "body": "Ghe thuyền tấp nập."}, ensure_ascii=False),
        "{broken",
        "",
        json.dumps({"id": "nhieu-2", "title": "Chợ nổi Ngã Bảy", "body": "Du khách trở lại."}),
    ]
    headers = server.token | {"Content-Type": "application/x-ndjson"}
    answer = server.client.post("/v1/articles", content="\n".join(lines).encode(), headers=headers)
    assert answer.headers["content-type"] == "application/x-ndjson"
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [(one["line"], one["status"]) for one in told] == [(1, 202), (2, 422), (4, 202)]


def test_drafts_are_answered_and_not_kept(server: Server) -> None:
    draft = {name: value for name, value in NEWS[0].items() if name != "id"}
    summary = server.client.post("/v1/drafts/summary", params={"sentences": 1}, json=draft, headers=server.token)
    assert summary.status_code == 200
    assert summary.json()["sentences"][0]["text"] in NEWS[0]["sapo"] + NEWS[0]["body"]
    related = server.client.post("/v1/drafts/related", json=draft, headers=server.token)
    assert related.status_code == 200
    problem(server.client.get("/v1/articles/draft"), 404)


def test_a_reindex_over_the_api_is_carried_out_and_rolled_back(server: Server) -> None:
    begun = server.client.post("/v1/reindexes", headers=server.token)
    assert begun.status_code == 202, begun.text
    path = f"/v1/reindexes/{begun.json()['id']}"
    eventually(lambda: server.client.get(path, headers=server.token).json()["state"] != "running")
    done = server.client.get(path, headers=server.token).json()
    assert done["state"] == "done", done
    assert done["articles_done"] >= 3
    assert f"version {done['version']}" in server.client.get("/v1/health").json()["parts"]["index"]["detail"]
    assert "gao-1" in server.found("giá gạo")
    back = server.client.post(f"{path}/rollback", headers=server.token)
    assert back.status_code == 202
    eventually(lambda: server.client.get(path, headers=server.token).json()["state"] == "rolled_back")
    assert f"version {done['previous']}" in server.client.get("/v1/health").json()["parts"]["index"]["detail"]
    assert "gao-1" in server.found("giá gạo")


# --- around the server ------------------------------------------------------------------------------------------------


def test_requests_at_the_same_time_get_their_own_answers(server: Server) -> None:
    def ask(number: int) -> bool:
        with httpx.Client(base_url=server.client.base_url, timeout=60, trust_env=False) as client:
            if number % 3 == 0:
                return bool(client.get("/v1/articles/gao-1").json()["id"] == "gao-1")
            if number % 3 == 1:
                return client.put("/v1/articles/gao-1", json={}).status_code == 401
            answer = client.get("/v1/search", params={"q": "bóng đá", "size": number % 7}).json()
            return len(answer["hits"]) <= number % 7

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(60)))


def test_a_file_dropped_into_the_inbox_is_found(server: Server) -> None:
    page = "Cầu Cao Lãnh bảo trì\n\nCầu sẽ đóng một làn trong ba đêm liên tiếp.\n\nXe tải đi đường tránh.\n"
    path = server.place.data / "inbox" / "cau-cao-lanh.txt"
    path.write_text(page, encoding="utf-8")
    eventually(lambda: "cau-cao-lanh" in server.found("cầu Cao Lãnh bảo trì"))
    eventually(lambda: not path.exists())
    assert (server.place.data / "inbox" / "taken" / "cau-cao-lanh.txt").read_text(encoding="utf-8") == page


def test_ingest_works_beside_the_server(server: Server) -> None:
    path = server.place.write("beside.ndjson", [NEWS[0] | {"id": f"canh-{number}"} for number in range(450)])
    told = server.place.ask("ingest", str(path))
    assert told["created"] == 450
    answer = server.client.get("/v1/search", params={"q": "", "size": 0}).json()
    assert answer["total"] >= 453
    assert server.place.ask("search", "giá gạo", "--mode", "lexical")["total"] >= 450


def test_the_command_line_answers_what_the_server_answers(server: Server) -> None:
    mine = server.place.ask("search", "đội bóng Đồng Tháp", "--size", "2", "--facets")
    theirs = server.client.get("/v1/search", params={"q": "đội bóng Đồng Tháp", "size": 2, "facets": "true"}).json()
    assert mine.pop("took_ms") >= 0
    assert theirs.pop("took_ms") >= 0
    assert mine == theirs
    assert server.place.ask("article", "gao-1") == server.client.get("/v1/articles/gao-1").json()
