"""What both HTTP functions share: the resolver, answers as JSON, and failures as problem documents (RFC 9457)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path

from machtin.article import ID_PATTERN
from machtin.errors import InvalidInput, MachtinError, Problem, status_of

# The largest request that a synchronous Lambda takes; the gateway in front refuses larger ones as well.
MAX_BODY_BYTES = 6_000_000

ArticleId = Annotated[str, Path(pattern=ID_PATTERN, description="The article's id")]

logger = Logger(service="machtin", child=True)


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One thing that is wrong with the request: the field, and how to mend it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """RFC 9457, with ``errors`` where single fields are at fault."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemEntry]


def json_text(value: object) -> str:
    """Compact JSON with its letters as they are, of an answer or of plain values."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def respond(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[str]:
    """An answer as JSON."""
    return Response(status, "application/json", json_text(value), dict(headers or {}))


def problem(status: int, detail: str, errors: Sequence[Problem] = ()) -> Response[str]:
    """A failure as a problem document."""
    document = ProblemDocument(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=[ProblemEntry(field=field, message=message) for field, message in errors],
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return Response(status, "application/problem+json", json_text(document), headers)


def answered_with(model: type, description: str, status: int = 200) -> dict[int, Any]:
    """The ``responses`` of a route: its answer, and problem documents for everything else."""
    failure = {"description": "Problem", "content": {"application/problem+json": {"model": ProblemDocument}}}
    success = {"description": description, "content": {"application/json": {"model": model}}}
    return {status: success, 422: failure, 503: failure}


def resolver(cors: CORSConfig | None) -> APIGatewayHttpResolver:
    """A resolver that validates requests and turns every failure into a problem document."""
    app = APIGatewayHttpResolver(enable_validation=True, cors=cors)
    app.use(middlewares=[_refuse_unknown_parameters])

    def named(error: MachtinError) -> Response[str]:
        status = status_of(error)
        if status >= 500:
            logger.error("request failed", exc_info=error)
        return problem(status, str(error), error.problems if isinstance(error, InvalidInput) else ())

    def invalid(error: RequestValidationError) -> Response[str]:
        problems = [Problem(str(one["loc"][-1]), str(one["msg"])) for one in error.errors()]
        return problem(422, "; ".join(f"{field}: {message}" for field, message in problems), problems)

    def service_error(error: ServiceError) -> Response[str]:
        return problem(error.status_code, str(error.msg))

    @app.not_found
    def no_route(_error: Exception) -> Response[str]:
        return problem(404, f"there is no {app.current_event.http_method} {app.current_event.path}; see /openapi.json")

    def unexpected(error: Exception) -> Response[str]:
        logger.exception("unexpected failure", exc_info=error)
        return problem(500, "unexpected failure; it has been logged")

    app.exception_handler(MachtinError)(named)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(ServiceError)(service_error)
    app.exception_handler(Exception)(unexpected)
    return app


def _refuse_unknown_parameters(app: APIGatewayHttpResolver, following: NextMiddleware) -> Response[Any]:
    """A misspelt filter that is silently ignored gives wrong answers: say so instead."""
    route = app.context["_route"]
    known = {param.alias for param in route.dependant.query_params}
    sent = app.current_event.query_string_parameters or {}
    unknown = [Problem(name[:100], "is not a parameter here") for name in sent if name not in known]
    if unknown and app.current_event.path.startswith("/v1/"):
        raise InvalidInput(unknown)
    return following(app)


def request_bytes(app: APIGatewayHttpResolver) -> bytes:
    """The body as it was sent. Raises InvalidInput."""
    body = app.current_event.get("body") or ""
    if not app.current_event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise InvalidInput.of("body", "is not valid base64") from error


def decode_json(raw: bytes | str) -> object:
    """Decoded JSON. Raises InvalidInput saying where it breaks off."""
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise InvalidInput.of("body", f"is not UTF-8 at byte {error.start}") from error
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidInput.of("body", f"is not JSON at character {error.pos}: {error.msg}") from error
    except (RecursionError, ValueError) as error:
        raise InvalidInput.of("body", f"is not JSON that can be read: {error}") from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
