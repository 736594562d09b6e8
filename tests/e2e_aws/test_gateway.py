"""The gateway of these tests behaves as an HTTP API does: what gets through, as what, and what does not."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import pytest

from .gateway import MOST_BYTES, REGION, TOO_LARGE, Cors, FunctionError, Gateway, Route
from .loopback import Answer, Request, served
from .signing import signed_headers
from .sigv4 import Identity

EDITOR: Final = Identity("AKIAEDITOR", "secret", "editor")
READER: Final = Identity("AKIAREADER", "another", "reader", allowed=("GET/*",))
GUEST: Final = Identity("ASIAGUEST", "third", "guest", session_token="token/of+one=hour")
HOST: Final = "e2e.example"
NOW: Final = datetime(2026, 3, 15, 1, 30, tzinfo=UTC)
ROUTES: Final = (
    Route("GET", "/v1/articles/{id}", "reader", iam=False),
    Route("PUT", "/v1/articles/{id}", "editor", iam=True),
    Route("GET", "/v1/articles/newest", "newest", iam=False),
    Route("POST", "/v1/drafts/summary", "editor", iam=True),
    Route("GET", "/assets/{name+}", "assets", iam=False),
)


class Asked(list[dict[str, Any]]):
    """The events that functions got."""

    answer: object = {"statusCode": 200, "body": "{}"}

    def function(self, name: str) -> Callable[[dict[str, Any]], object]:
        def invoke(event: dict[str, Any]) -> object:
            self.append(event | {"asked": name})
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer() if callable(self.answer) else self.answer

        return invoke


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def gateway(asked: Asked) -> Gateway:
    functions = {name: asked.function(name) for name in ("reader", "editor", "newest", "assets")}
    identities = {one.access_key: one for one in (EDITOR, READER, GUEST)}
    return Gateway(ROUTES, functions, identities, clock=lambda: NOW)


def request(method: str, target: str, body: bytes = b"", **headers: str) -> Request:
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request(method, target, [("Host", HOST), *sent], body)


def signed(sent: Request, by: Identity = EDITOR, *, region: str = REGION, service: str = "execute-api") -> Request:
    """The request as an SDK signs it, now."""
    headers = {name: value for name, value in sent.headers if name != "Host"}
    url = f"https://{HOST}{sent.target}"
    made = signed_headers(by, sent.method, url, headers, sent.body, region=region, service=service)
    return replace(sent, headers=[("Host", HOST), *made.items()])


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """What botocore takes for the present when it signs."""

    def is_now(moment: datetime) -> None:
        monkeypatch.setattr(
            "botocore.auth.get_current_datetime", lambda remove_tzinfo=True: moment.replace(tzinfo=None)
        )

    is_now(NOW)
    return is_now


def told(answer: Answer) -> Any:
    return json.loads(answer.body)


PUT: Final = request("PUT", "/v1/articles/a~1?size=3&q=v%C3%A0i%20thi%E1%BB%81u", b'{"title": "A"}')


class TestSignatures:
    def test_a_signed_request_comes_through_with_its_caller(self, gateway: Gateway, asked: Asked) -> None:
        assert gateway(signed(PUT)).status == 200
        (event,) = asked
        caller = event["requestContext"]["authorizer"]["iam"]
        assert caller["userArn"] == "arn:aws:iam::123456789012:user/editor"
        assert caller["accessKey"] == "AKIAEDITOR"
        assert event["body"] == '{"title": "A"}'

    def test_temporary_credentials_send_their_token_along(self, gateway: Gateway) -> None:
        assert gateway(signed(PUT, GUEST)).status == 200
        assert gateway(signed(PUT, replace(GUEST, session_token=None))).status == 403
        assert gateway(signed(PUT, replace(GUEST, session_token="another"))).status == 403
        assert gateway(signed(PUT, replace(EDITOR, session_token="superfluous"))).status == 403

    @pytest.mark.parametrize(
        ("what", "forge"),
        {
            "no signature": lambda: PUT,
            "an unknown key": lambda: signed(PUT, replace(EDITOR, access_key="AKIANOBODY")),
            "a wrong secret": lambda: signed(PUT, replace(EDITOR, secret="guessed")),
            "another region": lambda: signed(PUT, region="us-east-1"),
            "another service": lambda: signed(PUT, service="s3"),
            "another body": lambda: replace(signed(PUT), body=b'{"title": "B"}'),
            "another article": lambda: replace(signed(PUT), target=PUT.target.replace("a~1", "a~2")),
            "another query": lambda: replace(signed(PUT), target=PUT.target.replace("size=3", "size=4")),
            "another method": lambda: replace(signed(replace(PUT, method="POST")), method="PUT"),
            "another host": lambda: with_headers(signed(PUT), Host="evil.example"),
            "another date": lambda: with_headers(signed(PUT), **{"X-Amz-Date": f"{NOW:%Y%m%dT%H%M}59Z"}),
            "no date": lambda: with_headers(signed(PUT), **{"X-Amz-Date": ""}),
            "a header that is not signed": lambda: with_headers(signed(PUT), **{"X-Amz-Meta-A": "1"}),
            "a signature cut short": lambda: with_headers(
                signed(PUT), Authorization="AWS4-HMAC-SHA256 Credential=AKIAEDITOR"
            ),
            "a bearer's token": lambda: with_headers(PUT, Authorization="Bearer AKIAEDITOR"),
            "nobody's permission": lambda: signed(PUT, READER),
        }.items(),
    )
    def test_forbidden(self, gateway: Gateway, asked: Asked, what: str, forge: Callable[[], Request]) -> None:
        answer = gateway(forge())
        assert (answer.status, told(answer)) == (403, {"message": "Forbidden"}), what
        assert not asked

    @pytest.mark.parametrize(("minutes", "status"), [(-6, 403), (-5, 200), (0, 200), (5, 200), (6, 403)])
    def test_a_signature_is_good_for_five_minutes(
        self, gateway: Gateway, now: Callable[[datetime], None], minutes: int, status: int
    ) -> None:
        now(NOW + timedelta(minutes=minutes))
        assert gateway(signed(PUT)).status == status

    @pytest.mark.parametrize(
        "target",
        [
            "/v1/drafts/summary",
            "/v1/drafts/summary?b=2&a=1&a=0&c",
            "/v1/drafts/summary?query=Đà%20Nẵng%26%2B~",
            "/v1/articles/%C4%91",
        ],
    )
    def test_any_address_can_be_signed(self, gateway: Gateway, target: str) -> None:
        method = "PUT" if "articles" in target else "POST"
        assert gateway(signed(request(method, httpx.URL(f"https://{HOST}{target}").raw_path.decode()))).status == 200

    def test_nobody_authorises_himself(self, gateway: Gateway, asked: Asked) -> None:
        claim = json.dumps({"iam": EDITOR.authorizer()})
        claims = {
            "requestContext": claim,
            "authorizer": claim,
            "x_amzn_authorizer": claim,
            "x_forwarded_for": "10.0.0.1",
        }
        assert gateway(request("PUT", "/v1/articles/a", b"", **claims)).status == 403
        assert gateway(request("GET", "/v1/articles/a?authorizer=iam", b"", **claims)).status == 200
        (event,) = asked
        assert "authorizer" not in event["requestContext"]
        assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
        assert event["headers"]["x-forwarded-for"] == "10.0.0.1,127.0.0.1"


def with_headers(sent: Request, **headers: str) -> Request:
    return replace(
        sent, headers=[*((name, value) for name, value in sent.headers if name not in headers), *headers.items()]
    )


class TestRoutes:
    @pytest.mark.parametrize(
        ("method", "path", "function"),
        [
            ("GET", "/v1/articles/a", "reader"),
            ("GET", "/v1/articles/newest", "newest"),
            ("GET", "/assets/a/b.js", "assets"),
            ("GET", "/v1/articles/a%2Fb", None),
            ("GET", "/v1/articles/", None),
            ("DELETE", "/v1/articles/newest", None),
            ("HEAD", "/v1/articles/a", None),
            ("GET", "/V1/articles/a", None),
            ("GET", "/", None),
        ],
    )
    def test_what_says_most_takes_the_request(
        self, gateway: Gateway, asked: Asked, method: str, path: str, function: str | None
    ) -> None:
        answer = gateway(request(method, path))
        assert answer.status == (200 if function else 404)
        assert [event["asked"] for event in asked] == ([function] if function else [])

    def test_the_event_is_of_version_2(self, gateway: Gateway, asked: Asked) -> None:
        sent = request("GET", "/v1/articles/%C4%91?a=1&a=2&b=%20&c", user_agent="curl/8.5.0", cookie="a=1; b=2")
        gateway(replace(sent, headers=[*sent.headers, ("Accept", "a"), ("ACCEPT", "b")]))
        (event,) = asked
        assert event["version"] == "2.0"
        assert event["routeKey"] == event["requestContext"]["routeKey"] == "GET /v1/articles/{id}"
        assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/v1/articles/đ"
        assert event["rawQueryString"] == "a=1&a=2&b=%20&c"
        assert event["queryStringParameters"] == {"a": "1,2", "b": " ", "c": ""}
        assert event["pathParameters"] == {"id": "đ"}
        assert event["cookies"] == ["a=1", "b=2"]
        assert event["headers"]["accept"] == "a,b"
        assert "cookie" not in event["headers"]
        assert event["requestContext"]["http"]["userAgent"] == "curl/8.5.0"
        assert not event["isBase64Encoded"]
        assert "body" not in event

    @pytest.mark.parametrize(
        ("kind", "body", "encoded"),
        [
            ("application/json", "vải".encode(), False),
            ("text/plain", b"a", False),
            ("application/x-ndjson", b"{}", True),
            ("application/x-www-form-urlencoded", b"{}", True),
            ("application/json", b"\xff", True),
        ],
    )
    def test_what_is_not_text_comes_in_base64(
        self, gateway: Gateway, asked: Asked, kind: str, body: bytes, encoded: bool
    ) -> None:
        gateway(signed(request("PUT", "/v1/articles/a", body, content_type=kind)))
        (event,) = asked
        assert event["isBase64Encoded"] is encoded
        assert (base64.b64decode(event["body"]) if encoded else event["body"].encode()) == body


class TestAnswers:
    def test_an_answer_is_passed_on(self, gateway: Gateway, asked: Asked) -> None:
        packed = base64.b64encode(b"\x1f\x8b").decode()
        asked.answer = {
            "statusCode": 202,
            "headers": {"ETag": "x"},
            "cookies": ["a=1"],
            "body": packed,
            "isBase64Encoded": True,
        }
        answer = gateway(request("GET", "/v1/articles/a"))
        assert (answer.status, answer.body) == (202, b"\x1f\x8b")
        assert {("etag", "x"), ("set-cookie", "a=1")} <= set(answer.headers)

    def test_plain_values_are_a_success(self, gateway: Gateway, asked: Asked) -> None:
        asked.answer = {"a": 1}
        assert told(gateway(request("GET", "/v1/articles/a"))) == {"a": 1}

    @pytest.mark.parametrize(
        "broken", [FunctionError("it raised"), {"statusCode": "x"}, {"statusCode": 200, "body": {"a": 1}}]
    )
    def test_a_broken_function_is_an_internal_error(self, gateway: Gateway, asked: Asked, broken: object) -> None:
        asked.answer = broken
        answer = gateway(request("GET", "/v1/articles/a"))
        assert (answer.status, told(answer)) == (500, {"message": "Internal Server Error"})

    def test_nobody_waits_longer_than_the_gateway(self, gateway: Gateway, asked: Asked) -> None:
        gateway.seconds, asked.answer = 0.05, lambda: time.sleep(0.5)
        answer = gateway(request("GET", "/v1/articles/a"))
        assert (answer.status, told(answer)) == (503, {"message": "Service Unavailable"})

    def test_an_event_of_more_than_six_megabytes_is_too_large(self, gateway: Gateway, asked: Asked) -> None:
        sent = request("PUT", "/v1/articles/a", b"a" * 6_300_000, content_type="application/json")
        assert gateway(signed(sent)).status == 413
        assert not asked


class TestOtherOrigins:
    CORS: Final = Cors(origins=["*"], methods=["GET"], headers=["content-type"], max_age=600)

    @pytest.fixture
    def open_gateway(self, gateway: Gateway) -> Gateway:
        gateway.cors = self.CORS
        return gateway

    def test_a_page_may_ask_beforehand(self, open_gateway: Gateway, asked: Asked) -> None:
        ask = request("OPTIONS", "/v1/articles/a", origin="https://a.example", access_control_request_method="GET")
        answer = open_gateway(ask)
        assert answer.status == 204
        assert dict(answer.headers) == {
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "GET",
            "access-control-allow-headers": "content-type",
            "access-control-max-age": "600",
        }
        assert not asked

    def test_the_gateway_has_the_last_word(self, open_gateway: Gateway, asked: Asked) -> None:
        asked.answer = {"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "https://b.example"}}
        answer = open_gateway(request("GET", "/v1/articles/a", origin="https://a.example"))
        assert [value for name, value in answer.headers if name == "access-control-allow-origin"] == ["*"]
        assert "access-control-allow-origin" not in dict(open_gateway(request("GET", "/v1/articles/a")).headers)

    def test_without_a_rule_there_is_no_preflight(self, gateway: Gateway) -> None:
        ask = request("OPTIONS", "/v1/articles/a", origin="https://a.example", access_control_request_method="GET")
        assert gateway(ask).status == 404


class TestOverTheWire:
    @pytest.fixture
    def address(self, gateway: Gateway) -> Iterator[str]:
        with served(gateway, most_bytes=MOST_BYTES, too_large=TOO_LARGE) as address:
            yield address

    def test_requests_arrive_as_they_were_sent(self, address: str, asked: Asked) -> None:
        with httpx.Client(base_url=address, trust_env=False) as client:
            asked.answer = {"statusCode": 200, "body": "vải"}
            assert client.get("/v1/articles/%C4%91", params={"q": "a b"}).text == "vải"
            assert client.get("/nowhere").json() == {"message": "Not Found"}
            assert client.put("/v1/articles/a", content=iter([b"in ", b"parts"])).status_code == 403
        assert asked[0]["rawPath"] == "/v1/articles/đ"

    def test_more_than_ten_megabytes_are_refused(self, address: str, asked: Asked) -> None:
        with httpx.Client(base_url=address, trust_env=False) as client:
            answer = client.put("/v1/articles/a", content=b"a" * (MOST_BYTES + 1))
        assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})
        assert not asked
