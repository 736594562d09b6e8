"""What an HTTP API makes of a request (payload format 2.0), and of a function's answer.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from .loopback import Answer, Request

# Bodies of other kinds reach a function in base64, a form's among them.
TEXT_TYPES: Final = ("text/", "application/json", "application/javascript", "application/xml")
DOMAIN: Final = "e2e.execute-api.ap-southeast-1.amazonaws.com"


class BadAnswerError(Exception):
    """A function's answer that the gateway can't make a response of."""


def http_event(
    request: Request,
    *,
    route_key: str,
    parameters: Mapping[str, str],
    caller: Mapping[str, object] | None,
    request_id: str,
    now: datetime,
) -> dict[str, Any]:
    """The event for a function: the path decoded, the query as it was sent, headers in small letters and joined.

    ``caller`` is whom the gateway has authorised: nothing that a request holds gets there.
    """
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in _with_forwarded(request):
        if name.lower() == "cookie":
            cookies += value.split("; ")
        else:
            headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
    query: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query[name] = f"{query[name]},{value}" if name in query else value
    path = unquote(request.path)
    context: dict[str, Any] = {
        "accountId": "123456789012",
        "apiId": DOMAIN.partition(".")[0],
        "domainName": DOMAIN,
        "domainPrefix": DOMAIN.partition(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.client,
            "userAgent": request.header("user-agent") or "",
        },
        "requestId": request_id,
        "routeKey": route_key,
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(now.timestamp() * 1000),
    }
    if caller is not None:
        context["authorizer"] = {"iam": dict(caller)}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": context,
        "isBase64Encoded": False,
    }
    optional = {"cookies": cookies, "queryStringParameters": query, "pathParameters": dict(parameters)}
    event |= {name: value for name, value in optional.items() if value}
    if request.body:
        event |= _body(request)
    return event


def _with_forwarded(request: Request) -> list[tuple[str, str]]:
    """The headers, and behind what the caller claims of itself what the gateway knows."""
    return [
        *request.headers,
        ("x-forwarded-for", request.client),
        ("x-forwarded-port", "443"),
        ("x-forwarded-proto", "https"),
    ]


def _body(request: Request) -> dict[str, Any]:
    kind = (request.header("content-type") or "").lower()
    if not kind or kind.startswith(TEXT_TYPES):
        try:
            return {"body": request.body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}


def http_answer(returned: object, request_id: str) -> Answer:
    """The response that a function's answer stands for. Raises BadAnswerError where it stands for none."""
    if not isinstance(returned, dict) or "statusCode" not in returned:
        text = returned if isinstance(returned, str) else json.dumps(returned)
        return Answer(200, [("content-type", "application/json"), ("apigw-requestid", request_id)], text.encode())
    body = returned.get("body") or ""
    try:
        status = int(returned["statusCode"])
        payload = base64.b64decode(body) if returned.get("isBase64Encoded") else body.encode()
        headers = [(str(name).lower(), str(value)) for name, value in (returned.get("headers") or {}).items()]
    except (ValueError, TypeError, AttributeError) as error:
        raise BadAnswerError(str(error)) from error
    headers += [("set-cookie", str(cookie)) for cookie in returned.get("cookies") or ()]
    return Answer(status, [*headers, ("apigw-requestid", request_id)], payload)
