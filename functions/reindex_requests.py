"""The small bodies of re-index requests: the reason for which a refusal of the gate does not count."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from http_api import request_bytes
from http_json import decode_json
from machtin.audit import valid_reason
from machtin.errors import InvalidInput, Problem


def sent_force(app: APIGatewayHttpResolver) -> str | None:
    """``{"force": "reason"}``, or nothing at all. Raises InvalidInput naming the field."""
    if not (app.current_event.get("body") or "").strip():
        return None
    document = _object(app, "force")
    return valid_reason(document["force"], "force") if "force" in document else None


def sent_reason(app: APIGatewayHttpResolver) -> str:
    """``{"reason": "…"}``. Raises InvalidInput naming the field."""
    return valid_reason(_object(app, "reason").get("reason"), "reason")


def _object(app: APIGatewayHttpResolver, field: str) -> dict[str, object]:
    document = decode_json(request_bytes(app))
    if not isinstance(document, dict):
        raise InvalidInput.of("body", f'must be a JSON object: {{"{field}": "the reason"}}')
    if unknown := sorted(document.keys() - {field}):
        raise InvalidInput([Problem(name, f"is not a field here; known: {field}") for name in unknown])
    return document
