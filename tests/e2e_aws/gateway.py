"""Stands in for the HTTP API: routes and who may call them, CORS, limits; each request becomes a function's event."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from .gateway_events import BadAnswerError, http_answer, http_event
from .loopback import Answer, Request
from .sigv4 import Identity, Refused, verified

Invoke = Callable[[dict[str, Any]], Any]
REGION: Final = "ap-southeast-1"
MOST_BYTES: Final = 10_000_000
# What one synchronous invocation takes; the event around a body counts too.
MOST_EVENT_BYTES: Final = 6 * 1024 * 1024
SECONDS: Final = 30.0


class FunctionError(Exception):
    """An invocation that ended in an error: raised by the handler, out of time, or its process gone."""


def message(status: int, text: str) -> Answer:
    """An answer that the gateway gives by itself."""
    return Answer(status, [("content-type", "application/json")], json.dumps({"message": text}).encode())


TOO_LARGE: Final = message(413, "Request Entity Too Large")


@dataclass(frozen=True)
class Route:
    """Requests of one method (or ANY) whose path has this form go to a function; ``iam``: to authorised callers."""

    method: str
    path: str
    function: str
    iam: bool

    @property
    def key(self) -> str:
        """The route as an event names it."""
        return f"{self.method} {self.path}"

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """The lower, the more it says: a fixed path before one with parameters, a greedy one last."""
        return "+}" in self.path, self.path.count("{"), self.method == "ANY"

    def parameters(self, method: str, path: str) -> dict[str, str] | None:
        """The path's parameters where the route fits, else None."""
        if self.method not in (method, "ANY"):
            return None
        form = re.sub(r"\\\{(\w+)(\\\+)?\\\}", _parameter, re.escape(self.path))
        fits = re.fullmatch(form, path)
        return fits.groupdict() if fits else None


def _parameter(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>.+)" if found[2] else f"(?P<{found[1]}>[^/]+)"


@dataclass(frozen=True)
class Cors:
    """Who may call from a page of another origin, and how."""

    origins: Sequence[str]
    methods: Sequence[str]
    headers: Sequence[str] = ()
    exposed: Sequence[str] = ()
    max_age: int | None = None

    def headers_for(self, origin: str | None) -> list[tuple[str, str]]:
        """What is told a page of this origin; nothing where it may not call."""
        if origin is None or not {"*", origin} & set(self.origins):
            return []
        told = [("access-control-allow-origin", "*" if "*" in self.origins else origin)]
        return [*told, ("access-control-expose-headers", ",".join(self.exposed))] if self.exposed else told

    def preflight(self, origin: str | None) -> Answer:
        """The answer to a browser that asks beforehand."""
        told = self.headers_for(origin)
        if told:
            told += [("access-control-allow-methods", ",".join(self.methods))]
            told += [("access-control-allow-headers", ",".join(self.headers))] if self.headers else []
            told += [("access-control-max-age", str(self.max_age))] if self.max_age is not None else []
        return Answer(204, told)


@dataclass
class Gateway:
    """Answers requests by calling functions. ``clock`` is what signatures are compared with."""

    routes: Sequence[Route]
    functions: Mapping[str, Invoke]
    identities: Mapping[str, Identity]
    cors: Cors | None = None
    seconds: float = SECONDS
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    refusals: list[str] = field(default_factory=list)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(64, thread_name_prefix="gateway"))

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        origin = request.header("origin")
        if self.cors and request.method == "OPTIONS" and request.header("access-control-request-method"):
            return self.cors.preflight(origin)
        answer = self._routed(request)
        if self.cors is None:
            return answer
        # What a function says about CORS does not count where the gateway has its own word.
        kept = [(name, value) for name, value in answer.headers if not name.startswith("access-control-")]
        return Answer(answer.status, [*kept, *self.cors.headers_for(origin)], answer.body)

    def _routed(self, request: Request) -> Answer:
        path = unquote(request.path)
        fitting = [(route, route.parameters(request.method, path)) for route in self.routes]
        ranked = sorted(((one, given) for one, given in fitting if given is not None), key=lambda pair: pair[0].rank)
        if not ranked:
            return message(404, "Not Found")
        route, parameters = ranked[0]
        caller = None
        if route.iam:
            try:
                caller = self._authorised(request, path)
            except Refused as refusal:
                self.refusals.append(str(refusal))
                return message(403, "Forbidden")
        return self._asked(route, request, parameters or {}, caller)

    def _authorised(self, request: Request, path: str) -> dict[str, object]:
        identity = verified(request, self.identities, REGION, self.clock())
        if not identity.may(request.method, path):
            raise Refused(f"no policy lets {identity.user} call {request.method} {path}")
        return identity.authorizer()

    def _asked(
        self, route: Route, request: Request, parameters: Mapping[str, str], caller: Mapping[str, object] | None
    ) -> Answer:
        request_id = uuid.uuid4().hex[:16]
        event = http_event(
            request,
            route_key=route.key,
            parameters=parameters,
            caller=caller,
            request_id=request_id,
            now=datetime.now(UTC),
        )
        if len(json.dumps(event, ensure_ascii=False).encode()) > MOST_EVENT_BYTES:
            return TOO_LARGE
        try:
            returned = self._pool.submit(self.functions[route.function], event).result(self.seconds)
            return http_answer(returned, request_id)
        except TimeoutError:
            return message(503, "Service Unavailable")
        except (FunctionError, BadAnswerError):
            return message(500, "Internal Server Error")
