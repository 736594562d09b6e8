"""What both HTTP functions share: bodies read, problems told, failures of any kind answered."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import ForbiddenError
from hypothesis import given
from hypothesis import strategies as st

from article_lines import MAX_LINES, SLICE, put_lines
from http_api import MAX_BODY_BYTES, request_bytes, resolver, respond
from http_json import decode_json, json_text
from http_problems import detail_of, entries_of, parameter_problems, problem, writable
from machtin.adapters.local_http import LocalContext
from machtin.answers import Span, WriteAnswer
from machtin.article import Article
from machtin.errors import (
    Conflict,
    IndexUnavailable,
    InvalidInput,
    MachtinError,
    ModelError,
    NotFound,
    NotSignedIn,
    Problem,
    TakenDown,
    TooLarge,
    UnsupportedMedia,
)

CONTEXT: Any = LocalContext("echo", "1")


def event_of(body: str = "", path: str = "/v1/echo", **changes: Any) -> dict[str, Any]:
    http = {"method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"}
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {},
        "requestContext": {"http": http, "stage": "$default"},
        "isBase64Encoded": False,
        "body": body,
    }
    return event | changes


def app_that(answer: Any, cors: CORSConfig | None = None) -> APIGatewayHttpResolver:
    """A resolver whose one route, POST /v1/echo, does ``answer(app)``."""
    app = resolver(cors)

    @app.post("/v1/echo")
    def echo() -> Response[str]:
        made: Response[str] = answer(app)
        return made

    return app


def asked(answer: Any, event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and decoded body of the answer to an event."""
    told = app_that(answer).resolve(event, CONTEXT)
    return told["statusCode"], json.loads(told["body"])


def read(**changes: Any) -> tuple[int, dict[str, Any]]:
    """What becomes of a body that is sent."""
    return asked(lambda app: respond({"sent": request_bytes(app).hex()}), event_of(**changes))


# --- bodies -----------------------------------------------------------------------------------------------------------


def test_a_body_arrives_as_it_was_sent() -> None:
    sent = '{"title": "Đường"}'
    encoded = base64.b64encode(sent.encode()).decode()
    assert read(body=sent) == read(body=encoded, isBase64Encoded=True) == (200, {"sent": sent.encode().hex()})


@pytest.mark.parametrize("body", ["%%%", "abc", "ă" * 4, "YQ==YQ==", "Y Q = ="])
def test_what_is_no_base64_is_refused(body: str) -> None:
    status, document = read(body=body, isBase64Encoded=True)
    assert (status, document["errors"]) == (422, [{"field": "body", "message": "is not valid base64"}])


def test_a_body_up_to_the_limit_is_read() -> None:
    assert read(body="x" * MAX_BODY_BYTES)[0] == 200
    status, document = read(body="x" * (MAX_BODY_BYTES + 1))
    assert status == 413
    assert "6,000,001 bytes" in document["detail"]


@pytest.mark.parametrize("media", ["application/json", "application/x-ndjson; charset=UTF-8", "text/plain", ""])
def test_json_by_any_name(media: str) -> None:
    assert read(body="{}", headers={"content-type": media})[0] == 200


@pytest.mark.parametrize(
    "headers", [{"content-type": "image/png"}, {"content-type": "text/html"}, {"content-encoding": "gzip"}], ids=str
)
def test_other_kinds_are_415(headers: dict[str, str]) -> None:
    assert read(body="{}", headers=headers)[0] == 415


def test_json_is_read_with_and_without_a_byte_order_mark() -> None:
    assert decode_json('\ufeff{"a": ["ă", 1.5, null]}'.encode()) == {"a": ["ă", 1.5, None]}


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        (b"", "body", "is not JSON at character 0"),
        (b'{"a": 1', "body", "is not JSON at character 7"),
        (b'{"a": "\xc3"}', "body", "is not UTF-8 at byte 7"),
        (b"[" * 50_000, "body", "nested too deeply"),
        (b"9" * 5_000, "body", "too many digits"),
        (b"[NaN]", "body", "holds NaN"),
        (b'{"a": 1, "b": {"c": 1, "c": 1}}', "c", "more than once"),
        (b'{"a": 1, "a": 1, "b": 2}', "a", "more than once"),
    ],
)
def test_json_that_is_none_is_refused_where_it_breaks_off(raw: bytes, field: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_json(raw)
    (told,) = caught.value.problems
    assert told.field == field
    assert message in told.message
    assert told.message[0].islower()


@given(st.binary(max_size=200))
def test_no_bytes_break_the_decoder(raw: bytes) -> None:
    with suppress(InvalidInput):
        decode_json(raw)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(TEXT, TEXT | st.integers() | st.none()))
def test_what_is_written_is_read_again(value: dict[str, object]) -> None:
    assert decode_json(json_text(value).encode()) == value


def test_answers_are_compact_with_their_letters() -> None:
    assert json_text(Span(1, 2)) == '{"start":1,"end":2}'
    assert json_text({"a": "Đường"}) == '{"a":"Đường"}'


# --- failures ---------------------------------------------------------------------------------------------------------


def raising(error: Exception) -> Any:
    def fail(_app: APIGatewayHttpResolver) -> Response[str]:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput.of("title", "is blank"), 422),
        (TooLarge.of("body", "is long"), 413),
        (UnsupportedMedia.of("Content-Type", "must be JSON"), 415),
        (NotSignedIn("sign in"), 401),
        (NotFound("nothing"), 404),
        (TakenDown("gone"), 410),
        (Conflict("busy"), 409),
        (IndexUnavailable("away"), 503),
        (ModelError("broken"), 500),
        (MachtinError("other"), 500),
        (ForbiddenError("no"), 403),
        (ZeroDivisionError("secret"), 500),
        (RecursionError(), 500),
        (MemoryError(), 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_failure_is_a_problem_document(error: Exception, status: int) -> None:
    answer = app_that(raising(error)).resolve(event_of("{}"), CONTEXT)
    assert answer["statusCode"] == status
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert (answer["headers"].get("WWW-Authenticate") == "Bearer") is (status == 401)
    document = json.loads(answer["body"])
    assert document["status"] == status
    assert document["detail"]
    assert "secret" not in answer["body"]
    assert "Traceback" not in answer["body"]
    expected = [one._asdict() for one in error.problems] if isinstance(error, InvalidInput) else []
    assert document["errors"] == expected


def test_an_unknown_address_is_404_whatever_its_parameters() -> None:
    event = event_of(path="/v1/nothing", rawQueryString="a=1", queryStringParameters={"a": "1"})
    assert asked(raising(AssertionError()), event)[0] == 404


def test_an_address_with_a_line_feed_at_its_end_is_another() -> None:
    assert asked(raising(AssertionError()), event_of(path="/v1/echo\n"))[0] == 404


def test_a_known_address_with_another_method_says_which_it_takes() -> None:
    answer = app_that(raising(AssertionError())).resolve(event_of(path="/v1/articles/a"), CONTEXT)
    assert (answer["statusCode"], answer["headers"]["Allow"]) == (405, "DELETE, GET, PUT")


def test_unknown_parameters_are_named() -> None:
    event = event_of(rawQueryString="a=1&b=2", queryStringParameters={"a": "1", "b": "2"})
    status, document = asked(raising(AssertionError()), event)
    assert status == 422
    assert [one["field"] for one in document["errors"]] == ["a", "b"]


def test_a_long_path_is_shortened_in_the_answer() -> None:
    status, document = asked(raising(AssertionError()), event_of(path="/" + "a" * 9_000))
    assert status == 404
    assert len(document["detail"]) < 300


def test_a_problem_is_written_even_where_its_text_could_not_be() -> None:
    answer = problem(422, "\ud800: no", [Problem("\udfff" * 200, "a\x00b")])
    assert str(answer.body).encode("utf-8")
    document = json.loads(str(answer.body))
    assert document["detail"] == "\\ud800: no"
    assert document["errors"] == [{"field": "\\udfff" * 100, "message": "a\x00b"}]
    assert writable("Đường") == "Đường"


def test_many_problems_are_counted() -> None:
    error = InvalidInput([Problem(f"f{number}", "is wrong") for number in range(1_000)])
    assert len(entries_of(error)) == 20
    assert detail_of(error).endswith("f19: is wrong; and 980 more")
    assert detail_of(error, 1) == "f0: is wrong; and 999 more"
    assert detail_of(NotFound("gone")) == "gone"
    assert entries_of(NotFound("gone")) == []


def test_what_the_validator_finds_is_told_in_plain_words() -> None:
    def told(kind: str, sent: object = "x", **context: object) -> str:
        finding = {"loc": ("query", "size"), "type": kind, "msg": "Input should be good", "input": sent, "ctx": context}
        return parameter_problems([finding], {"size": (0, 10_000)})[0].message

    assert told("int_parsing") == told("less_than_equal") == "must be a whole number from 0 to 10,000"
    assert told("string_too_long", "x" * 2_000, max_length=1_000) == "has 2,000 characters; the limit is 1,000"
    assert told("literal_error", expected="'a' or 'b'") == "must be 'a' or 'b'"
    assert told("bool_parsing") == "must be true or false"
    assert told("string_type", ["a", "b"]) == "is given more than once; give it once"
    assert told("something_new") == "Input should be good"


# --- lines ------------------------------------------------------------------------------------------------------------


def article_of(document: object) -> Article:
    if not isinstance(document, dict):
        raise InvalidInput.of("body", "must be an object")
    return Article(id=document["id"], title="Tin")


def taken(articles: Any) -> list[WriteAnswer]:
    return [WriteAnswer(one.id, at, "created") for at, one in enumerate(articles)]


def always() -> bool:
    return True


def test_lines_that_there_is_no_time_for_are_told_to_come_again() -> None:
    lines = b"".join(b'{"id": "%d"}\n' % number for number in range(2 * SLICE + 1)) + b"7\n"
    answers = put_lines(lines, article_of, taken, iter([True, False]).__next__)
    statuses = [answer["status"] for answer in answers]
    assert statuses == [202] * 2 * SLICE + [503, 422]
    assert "send it again" in answers[-2]["detail"]


def test_lines_are_answered_in_their_order() -> None:
    answers = put_lines(b'\n{"id": "a"}\r\n7\n \n{"id": "b"}', article_of, taken, always)
    assert answers == [
        {"line": 2, "status": 202, "id": "a", "revision": 0, "outcome": "created"},
        {
            "line": 3,
            "status": 422,
            "detail": "body: must be an object",
            "errors": [{"field": "body", "message": "must be an object"}],
        },
        {"line": 5, "status": 202, "id": "b", "revision": 1, "outcome": "created"},
    ]


def test_too_many_lines_are_refused_before_any_is_taken() -> None:
    def never(_articles: object) -> list[WriteAnswer]:
        raise AssertionError

    with pytest.raises(TooLarge, match="5,001 lines"):
        put_lines(b"7\n" * (MAX_LINES + 1), article_of, never, always)
    long = json.dumps({"ạ" * 100: 1}).encode()

    def refuse(document: Any) -> Article:
        raise InvalidInput([Problem(name * 3, "ạ" * 300) for name in document])

    with pytest.raises(TooLarge, match="send fewer"):
        put_lines((long + b"\n") * MAX_LINES, refuse, never, always)
