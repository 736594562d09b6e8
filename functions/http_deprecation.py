"""What of the interface is going away, and how answers say so: Deprecation (RFC 9745), Sunset (RFC 8594), a link.

docs/interface.md is the policy: at least six months lie between both moments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

Middleware = Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]


@dataclass(frozen=True, slots=True)
class Deprecated:
    """An operation ("GET /v1/search"), or one ``parameter`` of it: deprecated from ``since``, gone after ``sunset``.

    Both moments are in UTC. ``instead`` is where it says what to do, an address.
    """

    operation: str
    since: datetime
    sunset: datetime
    instead: str
    parameter: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of it."""
        from email.utils import format_datetime  # a start without anything deprecated goes without

        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.sunset, usegmt=True),
            "Link": f'<{self.instead}>; rel="deprecation"',
        }


# Nothing is, today.
DEPRECATED: Final[tuple[Deprecated, ...]] = ()


def announcing(deprecated: Sequence[Deprecated]) -> Middleware:
    """Lets every answer to a request that used something deprecated say so; of several, that which goes first."""

    def announce(app: APIGatewayHttpResolver, following: NextMiddleware) -> Response[Any]:
        answer = following(app)
        asked = f"{app.current_event.http_method} {app.context['_route'].path}".replace("<", "{").replace(">", "}")
        sent = app.current_event.query_string_parameters or {}
        used = [
            one for one in deprecated if one.operation == asked and (one.parameter is None or one.parameter in sent)
        ]
        if used:
            answer.headers.update(min(used, key=lambda one: one.sunset).headers)
        return answer

    return announce
