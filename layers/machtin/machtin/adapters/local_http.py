"""HTTP on a laptop as API Gateway does it: an ASGI application that hands HTTP API events (version 2.0) to handlers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from machtin.errors import phrase_of

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# The payload quota of HTTP APIs.
MAX_BODY: Final = 10_000_000
ALLOWED: Final = "GET, HEAD, OPTIONS, PUT, POST, DELETE"
TEXT_TYPES: Final = ("text/", "application/json", "application/x-ndjson", "application/javascript", "application/xml")


class ClientGoneError(Exception):
    """The connection broke off before the whole request was there."""


class LocalContext(NamedTuple):
    """What Lambda tells a handler about its invocation; ``seconds`` are those that it may take."""

    function_name: str
    aws_request_id: str
    memory_limit_in_mb: int = 1024
    seconds: float = 29.0

    @property
    def function_version(self) -> str:
        return "$LATEST"

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:local:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


class Route(NamedTuple):
    """Requests with one of ``methods`` whose path starts with ``prefix`` and ends with ``suffix`` go to ``handler``."""

    methods: frozenset[str]
    prefix: str
    name: str
    handler: Handler
    suffix: str = ""

    def takes(self, method: str, path: str) -> bool:
        """Whether it is this route's; prefix and suffix share no slash."""
        within = path.startswith(self.prefix) and path[len(self.prefix) :].endswith(self.suffix)
        return within and method in self.methods


def application(routes: Sequence[Route]) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """An ASGI application; the first route that fits takes the request."""
    # Lambda gives an environment one request at a time, and Powertools keeps the current one in a class attribute.
    turn = threading.Lock()

    def invoke(handler: Handler, event: dict[str, Any], context: LocalContext) -> dict[str, Any]:
        with turn:
            return handler(event, context)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            body = await _body(receive)
        except ClientGoneError:
            return
        if body is None:
            await _send(send, _refusal(413, "body", f"is larger than {MAX_BODY:,} bytes; send less at a time"))
            return
        method, path = scope["method"], scope["path"]
        lookup = "GET" if method == "HEAD" else method
        fitting = [route for route in routes if route.takes(lookup, path)]
        if not fitting:
            await _send(send, _refusal(405, "method", f"{method} is not known here; see /openapi.json"))
            return
        event = http_event(scope, body)
        context = LocalContext(fitting[0].name, str(uuid.uuid4()))
        answer = await asyncio.to_thread(invoke, fitting[0].handler, event, context)
        await _send(send, answer, head=method == "HEAD")

    return app


def http_event(scope: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """The event that an HTTP API would make of this request."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "cookie":
            cookies.extend(value.split("; "))
        else:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    query = scope["query_string"].decode("latin-1")
    parameters: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    path = scope["path"]
    text = _text(body, headers.get("content-type", ""))
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": headers.get("host", "127.0.0.1"),
            "domainPrefix": "local",
            "http": {
                "method": method,
                "path": path,
                "protocol": f"HTTP/{scope['http_version']}",
                "sourceIp": (scope.get("client") or ("127.0.0.1",))[0],
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(time.time() * 1000),
        },
        "isBase64Encoded": bool(body) and text is None,
    }
    if cookies:
        event["cookies"] = cookies
    if parameters:
        event["queryStringParameters"] = parameters
    if body:
        event["body"] = base64.b64encode(body).decode("ascii") if text is None else text
    return event


def _text(body: bytes, content_type: str) -> str | None:
    """A body that the gateway passes as text; None for one that it passes in base64."""
    if content_type and not content_type.lower().startswith(TEXT_TYPES):
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or None where it is too large. Raises ClientGoneError: half a body is for no function to see."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks) if size <= MAX_BODY else None


async def _send(send: Send, answer: Mapping[str, Any], *, head: bool = False) -> None:
    body = answer.get("body") or ""
    payload = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode("utf-8", "replace")
    headers = [(name.lower(), value) for name, value in (answer.get("headers") or {}).items()]
    headers += [("set-cookie", cookie) for cookie in answer.get("cookies") or ()]
    if answer["statusCode"] not in (204, 304):
        headers.append(("content-length", str(len(payload))))
    encoded = [(name.encode("latin-1"), str(value).encode("latin-1", "replace")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer["statusCode"], "headers": encoded})
    await send({"type": "http.response.body", "body": b"" if head or answer["statusCode"] in (204, 304) else payload})


def _refusal(status: int, field: str, message: str) -> dict[str, Any]:
    """A refusal that the gateway gives by itself, before any function is asked."""
    title = phrase_of(status)
    document = {"type": "about:blank", "title": title, "status": status, "detail": f"{field}: {message}"}
    body = json.dumps(document | {"errors": [{"field": field, "message": message}]})
    headers = {
        "content-type": "application/problem+json",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["allow"] = ALLOWED
    return {"statusCode": status, "headers": headers, "body": body}
