"""The laptop's gateway: requests as the events that API Gateway makes of them, and answers back."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters.local_http import MAX_BODY, LocalContext, Route, application, http_event

EVENTS = Path(__file__).parent.parent.parent / "events"
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Message = dict[str, Any]


def scope_of(method: str = "GET", path: str = "/", query: bytes = b"", **headers: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "http_version": "1.1",
        "client": ("127.0.0.1", 5000),
        "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()],
    }


async def sent_by(app: Any, scope: dict[str, Any], messages: Sequence[Message] = ({"type": "http.request"},)) -> Any:
    """The messages by which an application answers a request."""
    waiting = list(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await app(scope, receive, send)
    return sent


def answered(handler: Handler, scope: dict[str, Any], *messages: Message) -> Any:
    """The same of an application with one function behind it."""
    app = application([Route(frozenset({"GET", "PUT"}), "/", "test", handler)])
    return asyncio.run(sent_by(app, scope, messages or ({"type": "http.request"},)))


def never(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    raise AssertionError("no function should have been asked")


def test_an_event_has_the_shape_of_the_samples() -> None:
    scope = scope_of(
        "PUT", "/v1/articles/a", b"size=1", host="machtin.test", user_agent="curl", content_type="text/plain"
    )
    made = http_event(scope, b"{}")
    sample = json.loads((EVENTS / "http-put-article.json").read_text(encoding="utf-8"))
    assert set(sample) <= set(made)
    assert set(sample["requestContext"]) - {"authorizer"} == set(made["requestContext"])
    assert set(sample["requestContext"]["http"]) == set(made["requestContext"]["http"])
    assert made["requestContext"]["http"] == {
        "method": "PUT",
        "path": "/v1/articles/a",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "curl",
    }
    assert (made["body"], made["isBase64Encoded"]) == ("{}", False)


def test_headers_are_lower_case_joined_and_free_of_cookies() -> None:
    scope = scope_of()
    scope["headers"] = [(b"X-A", b"1"), (b"x-a", b"2"), (b"Cookie", b"a=1; b=2"), (b"cookie", b"c=3")]
    event = http_event(scope, b"")
    assert event["headers"] == {"x-a": "1,2"}
    assert event["cookies"] == ["a=1", "b=2", "c=3"]


def test_parameters_are_decoded_and_joined() -> None:
    event = http_event(scope_of(query=b"q=gi%C3%A1+g%E1%BA%A1o&tag=a&tag=b&empty="), b"")
    assert event["queryStringParameters"] == {"q": "giá gạo", "tag": "a,b", "empty": ""}
    assert event["rawQueryString"] == "q=gi%C3%A1+g%E1%BA%A1o&tag=a&tag=b&empty="
    assert "queryStringParameters" not in http_event(scope_of(), b"")


@pytest.mark.parametrize(
    ("content_type", "body", "encoded"),
    [
        ("application/json", '{"a": "ă"}'.encode(), False),
        ("", b"{}", False),
        ("application/octet-stream", b"{}", True),
        ("application/json", b"\xff\xfe", True),
        ("image/png", b"\x89PNG", True),
    ],
)
def test_bodies_go_as_text_or_in_base64(content_type: str, body: bytes, encoded: bool) -> None:
    event = http_event(scope_of("PUT", content_type=content_type), body)
    assert event["isBase64Encoded"] is encoded
    assert (base64.b64decode(event["body"]) if encoded else event["body"].encode()) == body
    assert "body" not in http_event(scope_of(), b"")


def test_an_answer_comes_back_whole() -> None:
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        assert isinstance(context, LocalContext)
        payload = base64.b64encode(b"\x00\xff" + event["rawPath"].encode()).decode()
        headers = {"Content-Type": "image/png", "X-Name": "a"}
        return {"statusCode": 200, "headers": headers, "cookies": ["a=1"], "body": payload, "isBase64Encoded": True}

    start, body = answered(handler, scope_of(path="/x"))
    assert start["status"] == 200
    assert dict(start["headers"]) == {
        b"content-type": b"image/png",
        b"x-name": b"a",
        b"set-cookie": b"a=1",
        b"content-length": b"4",
    }
    assert body["body"] == b"\x00\xff/x"


@pytest.mark.parametrize(("method", "status", "sent"), [("HEAD", 200, b""), ("GET", 304, b""), ("GET", 204, b"")])
def test_answers_without_a_body(method: str, status: int, sent: bytes) -> None:
    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        assert event["requestContext"]["http"]["method"] == "GET"
        return {"statusCode": status, "headers": {"ETag": '"1"'}, "body": "x" if status == 200 else ""}

    start, body = answered(handler, scope_of(method))
    assert body["body"] == sent
    lengths = [value for name, value in start["headers"] if name == b"content-length"]
    assert lengths == ([b"1"] if status == 200 else [])


def test_a_body_comes_in_pieces() -> None:
    pieces: list[Message] = [
        {"type": "http.request", "body": b'{"a"', "more_body": True},
        {"type": "http.request", "body": b"", "more_body": True},
        {"type": "http.request", "body": b": 1}"},
    ]
    start, body = answered(lambda event, _: {"statusCode": 200, "body": event["body"]}, scope_of("PUT"), *pieces)
    assert (start["status"], body["body"]) == (200, b'{"a": 1}')


def test_half_a_body_reaches_no_function() -> None:
    pieces: list[Message] = [
        {"type": "http.request", "body": b'{"id": "a", "title": "x", "body": "y"}\n', "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert answered(never, scope_of("PUT"), *pieces) == []


def test_a_body_beyond_the_limit_reaches_no_function_and_is_not_kept() -> None:
    piece = b"x" * (MAX_BODY // 4)
    pieces: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for _ in range(5)] + [
        {"type": "http.request"}
    ]
    start, body = answered(never, scope_of("PUT"), *pieces)
    assert start["status"] == 413
    assert dict(start["headers"])[b"content-type"] == b"application/problem+json"
    assert json.loads(body["body"])["errors"][0]["field"] == "body"


def test_a_method_that_no_route_takes_is_refused_with_those_that_are() -> None:
    start, body = answered(never, scope_of("PATCH"))
    headers = dict(start["headers"])
    assert start["status"] == 405
    assert b"PUT" in headers[b"allow"]
    assert (headers[b"x-content-type-options"], headers[b"cache-control"]) == (b"nosniff", b"no-store")
    assert json.loads(body["body"])["title"] == "Method Not Allowed"


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_other_protocols_are_left_alone(kind: str) -> None:
    assert answered(never, {"type": kind}) == []


def test_letters_that_headers_cannot_carry_do_not_break_the_answer() -> None:
    answer = {"statusCode": 200, "headers": {"X-Title": "Đường"}, "body": "\ud800"}
    start, body = answered(lambda _event, _context: answer, scope_of())
    assert dict(start["headers"])[b"x-title"] == "Đường".encode("latin-1", "replace")
    assert body["body"] == b"?"


def test_functions_get_one_request_at_a_time_as_on_lambda() -> None:
    inside = threading.Semaphore(1)
    overlaps: list[int] = []

    def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        if not inside.acquire(blocking=False):
            overlaps.append(1)
            return {"statusCode": 500, "body": ""}
        time.sleep(0.002)
        inside.release()
        return {"statusCode": 200, "body": event["rawPath"]}

    app = application([Route(frozenset({"GET"}), "/", "test", handler)])

    async def one(number: int) -> bytes:
        _, body = await sent_by(app, scope_of(path=f"/{number}"))
        return bytes(body["body"])

    async def all_of_them() -> list[bytes]:
        return await asyncio.gather(*(one(number) for number in range(50)))

    assert asyncio.run(all_of_them()) == [f"/{number}".encode() for number in range(50)]
    assert overlaps == []


def test_the_first_route_that_fits_takes_the_request() -> None:
    def named(name: str) -> Handler:
        return lambda _event, context: {"statusCode": 200, "body": f"{name} {context.function_name}"}

    gets = frozenset({"GET"})
    routes = [
        Route(gets, "/a/b", "one", named("first")),
        Route(gets, "/a/", "end", named("last"), "/z"),
        Route(gets, "/", "two", named("second")),
    ]
    app = application(routes)
    taken = {"/a/b/c": b"first one", "/a": b"second two", "/a/c/z": b"last end", "/a/z": b"second two"}
    for path, body in taken.items():
        assert asyncio.run(sent_by(app, scope_of(path=path)))[1]["body"] == body
