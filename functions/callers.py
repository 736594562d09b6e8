"""Who calls an editor's route: let in by the gateway's own word (IAM) or this installation's token, and named so."""

from __future__ import annotations

import hmac
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from machtin.audit import By, valid_reason
from machtin.bootstrap import editor_token
from machtin.errors import NotSignedIn

# Whoever holds the token: it tells nothing more of them.
TOKEN: Final = "token"  # noqa: S105  # the word, not a token


def signed_in(app: APIGatewayHttpResolver, following: NextMiddleware) -> Response[Any]:
    """Lets a request pass whose caller is known. Raises NotSignedIn."""
    if not _iam(app):
        scheme, _, sent = (app.current_event.headers.get("authorization") or "").partition(" ")
        token = editor_token()
        if token is None or scheme.lower() != "bearer" or not hmac.compare_digest(sent.encode(), token.encode()):
            raise NotSignedIn("this route is for editors: send 'Authorization: Bearer TOKEN'")
    return following(app)


def caller(app: APIGatewayHttpResolver, reason: str | None = None) -> By:
    """Who was let in, in which request, and for which reason. Raises InvalidInput for a reason that says nothing."""
    iam = _iam(app)
    return By(
        who=str(iam.get("userArn") or iam.get("userId")) if iam else TOKEN,
        request_id=(app.current_event.get("requestContext") or {}).get("requestId"),
        reason=None if reason is None else valid_reason(reason, "reason"),
    )


def _iam(app: APIGatewayHttpResolver) -> dict[str, Any]:
    """What the gateway has found out about a signature, which a caller can't forge; empty without one."""
    context = app.current_event.get("requestContext") or {}
    return (context.get("authorizer") or {}).get("iam") or {}
