"""What both HTTP functions share: the resolver, requests read, answers as JSON, failures as problem documents."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from http_deprecation import DEPRECATED, announcing
from http_json import json_text
from http_problems import NOSNIFF, NOT_KEPT, ProblemDocument, detail_of, parameter_problems, problem
from machtin.article import ID_MEND, ID_PATTERN
from machtin.article_reading import FORBIDDEN
from machtin.errors import (
    InvalidInput,
    MachtinError,
    NotSignedIn,
    Problem,
    TooLarge,
    Unavailable,
    UnsupportedMedia,
    status_of,
)
from machtin.settings import on_lambda
from machtin.web_files import web_file
from machtin.words import Lang

# The largest request that a synchronous Lambda takes; the gateway in front refuses larger ones as well.
MAX_BODY_BYTES: Final = 6_000_000
# JSON by its names, and what callers send who name nothing: curl says that all data are a form's.
_JSON_TYPE: Final = re.compile(
    r"application/(json|[\w.+-]+\+json|(x-)?ndjson|jsonl(ines)?|octet-stream|x-www-form-urlencoded)|text/plain|"
)
_UTF8: Final = re.compile(r"charset=\"?utf-?8\"?", re.IGNORECASE)
# The pattern of the route that Powertools makes for an address that no route fits.
_ANY_PATH: Final = "^.*$"
FAILURES: Final[Mapping[int, str]] = {
    401: "Not signed in as an editor",
    404: "No such article, re-index or address",
    409: "Not possible now, or already done",
    410: "Taken down",
    412: "The article is no longer as the caller saw it; nothing was done",
    413: "Larger than a stated limit",
    415: "Not JSON in UTF-8, or compressed",
    422: "Something in the request can't be taken; `errors` names each field and its mend",
    500: "Unexpected failure, logged",
    503: "A part that is needed does not answer; try again later",
}

InLanguage = Annotated[Lang, Query(description="The language of the reasons: vi, Vietnamese, or en, English")]
ArticleId = Annotated[str, Path(pattern=ID_PATTERN, description=f"It {ID_MEND}")]

logger = Logger(service="machtin", child=True)


def respond(value: object, status: int = 200) -> Response[str]:
    """An answer as JSON, for now alone; see http_caching for answers that may be kept."""
    return Response(status, "application/json", json_text(value), {**NOSNIFF, **NOT_KEPT})


def answered_with(
    model: type,
    description: str,
    *failures: int,
    status: int = 200,
    also: Mapping[int, str] = MappingProxyType({}),
    kept: bool = False,
) -> dict[int, Any]:
    """The ``responses`` of a route: its answer, and problem documents for what can fail, here and everywhere.

    ``also``: further statuses that the same answer comes with. ``kept``: callers may keep it, see http_caching.

    They are for the interface's description alone, which is shipped as a file. On Lambda they are left out: validators
    that are never asked would be made for them, in the first request of each route.
    """
    if on_lambda():
        return {}
    answers: dict[int, Any] = {
        failure: {
            "description": FAILURES[failure],
            "content": {"application/problem+json": {"model": ProblemDocument}},
        }
        for failure in sorted({*failures, 422, 500, 503})
    }
    for known, told in {status: description, **also}.items():
        answers[known] = {"description": told, "content": {"application/json": {"model": model}}}
    if kept:
        answers[304] = {"description": "The answer with the ETag that If-None-Match names is still right"}
    return answers


def resolver(cors: CORSConfig | None) -> APIGatewayHttpResolver:
    """A resolver that validates requests and turns every failure into a problem document."""
    app = APIGatewayHttpResolver(enable_validation=True, cors=cors)
    app.use(middlewares=[*([announcing(DEPRECATED)] if DEPRECATED else []), _refuse_bad_address])

    def named(error: MachtinError) -> Response[str]:
        status = status_of(error)
        if status >= 500:
            logger.error("request failed", exc_info=error)
        problems = error.problems if isinstance(error, InvalidInput) else ()
        return problem(status, detail_of(error), problems, _failure_headers(error))

    def invalid(error: RequestValidationError) -> Response[str]:
        return named(InvalidInput(parameter_problems(error.errors(), _limits(app))))

    def service_error(error: ServiceError) -> Response[str]:
        return problem(error.status_code, str(error.msg))

    def unknown(_error: Exception) -> Response[str]:
        return no_route(app)

    def unexpected(error: Exception) -> Response[str]:
        logger.exception("unexpected failure", exc_info=error)
        return problem(500, "unexpected failure; it has been logged")

    app.not_found(unknown)
    app.exception_handler(MachtinError)(named)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(ServiceError)(service_error)
    app.exception_handler(Exception)(unexpected)
    return app


def _failure_headers(error: MachtinError) -> dict[str, str]:
    if isinstance(error, Unavailable):
        return {"Retry-After": str(error.retry_after)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, NotSignedIn) else {}


def request_bytes(app: APIGatewayHttpResolver) -> bytes:
    """The body as it was sent. Raises InvalidInput, TooLarge or UnsupportedMedia."""
    headers = app.current_event.headers
    media, _, parameters = (headers.get("content-type") or "").partition(";")
    if not _JSON_TYPE.fullmatch(media.strip().lower()) or ("charset" in parameters and not _UTF8.search(parameters)):
        raise UnsupportedMedia.of(
            "Content-Type", "must be application/json or, of many lines, application/x-ndjson; in UTF-8"
        )
    return sent_bytes(app)


def sent_bytes(app: APIGatewayHttpResolver, mend: str = "send a JSON object") -> bytes:
    """The body, whatever its kind. Raises InvalidInput with the ``mend`` where there is none, or what is above."""
    headers = app.current_event.headers
    if (headers.get("content-encoding") or "identity") != "identity":
        raise UnsupportedMedia.of("Content-Encoding", "is not understood; send the body uncompressed")
    body = app.current_event.get("body") or ""
    try:
        encoded = app.current_event.get("isBase64Encoded")
        sent = base64.b64decode(body, validate=True) if encoded else body.encode("utf-8", "surrogatepass")
    except ValueError as error:
        raise InvalidInput.of("body", "is not valid base64") from error
    if len(sent) > MAX_BODY_BYTES:
        raise TooLarge.of("body", f"has {len(sent):,} bytes; the limit is {MAX_BODY_BYTES:,}")
    if not sent.strip():
        raise InvalidInput.of("body", f"is missing; {mend}")
    return sent


def no_route(app: APIGatewayHttpResolver) -> Response[str]:
    """What is said of an address that no route fits."""
    method, path = app.current_event.http_method, app.current_event.path
    shown = path if len(path) <= 200 else path[:200] + "…"
    if allowed := ", ".join(_allowed(path)):
        return problem(405, f"{shown} takes {allowed}, not {method}; see /openapi.json", (), {"Allow": allowed})
    named = path.startswith(("/v1/articles/", "/v1/reindexes/", "/v1/golden/", "/v1/ingest/refused/"))
    detail = f"there is no {method} {shown}; see /openapi.json"
    return problem(404, detail, [Problem("id", ID_MEND)] if named else ())


def _allowed(path: str) -> list[str]:
    """The methods that this address takes in either function, as the interface is described."""
    for template, operations in json.loads(web_file("openapi.json").body)["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[A-Za-z0-9._~-]+", template), path):
            return sorted(method.upper() for method in operations)
    return []


def _refuse_bad_address(app: APIGatewayHttpResolver, following: NextMiddleware) -> Response[Any]:
    """A misspelt filter that is silently ignored gives wrong answers: say so instead."""
    path, route = app.current_event.path, app.context["_route"]
    if path.endswith("\n"):  # the router's patterns end before a line feed at the end
        return no_route(app)
    if route.rule.pattern == _ANY_PATH:
        return following(app)
    sent = app.current_event.query_string_parameters or {}
    known = [param.alias for param in route.dependant.query_params]
    problems = [one for name, value in sent.items() for one in _parameter_problems(name, value, known)]
    if problems and path.startswith("/v1/"):
        raise InvalidInput(problems)
    return following(app)


def _parameter_problems(name: str, value: str, known: list[str]) -> list[Problem]:
    if name not in known:
        return [Problem(name, f"is not a parameter here; known: {', '.join(known) or 'none'}")]
    if "\ufffd" in value:
        return [Problem(name, "is not UTF-8; percent-encode the bytes of UTF-8")]
    if bad := FORBIDDEN.search(value):
        return [Problem(name, f"has the character U+{ord(bad[0]):04X} at position {bad.start()}; remove it")]
    return []


def _limits(app: APIGatewayHttpResolver) -> dict[str, tuple[Any, Any]]:
    """The smallest and the largest value of each numeric parameter of the current route."""
    limits = {}
    for param in app.context["_route"].dependant.query_params:
        values = {
            side: getattr(one, side) for one in param.field_info.metadata for side in ("ge", "le") if hasattr(one, side)
        }
        if len(values) == 2:
            limits[param.alias] = values["ge"], values["le"]
    return limits
