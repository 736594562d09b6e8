"""The API's own handlers, asked without a server: what ``--json`` prints is what the API answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import click

from machtin.commands.exit_codes import FAILURE, OF_STATUS
from machtin.commands.installation import command_line


def ask(
    method: str, path: str, parameters: Mapping[str, object | None], *, body: bytes = b"", as_json: bool
) -> dict[str, Any] | None:
    """Ask, as a caller whom the gateway knows: who may read and write the data folder is its editor.

    Returns the answer to be shown to a person, or None when it was printed as it came. A problem document ends the
    command with the exit code of its status.
    """
    from machtin.adapters.local_functions import StderrHandler, local_functions
    from machtin.adapters.local_http import LocalContext, http_event
    from machtin.adapters.local_server import routes

    given = {name: _text(value) for name, value in parameters.items() if value is not None}
    scope = {
        "method": method,
        "path": path,
        "query_string": urlencode(given, errors="replace").encode("ascii"),
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")],
        "http_version": "1.1",
    }
    event = http_event(scope, body)
    event["requestContext"]["authorizer"] = {"iam": {"userArn": command_line().who}}
    route = next(one for one in routes(local_functions()) if one.takes(method, path))
    StderrHandler.named_failures = False
    answer = route.handler(event, LocalContext(route.name, event["requestContext"]["requestId"]))
    if as_json:
        click.echo(answer["body"])
    document: dict[str, Any] = json.loads(answer["body"])
    if answer["statusCode"] >= 400:
        click.echo(f"machtin: {document['detail']}", err=True)
        raise click.exceptions.Exit(OF_STATUS.get(answer["statusCode"], FAILURE))
    return None if as_json else document


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
