"""Code samples of an operation, in curl, Python and JavaScript, made from what the document says of it.

They are shipped in the document as `x-codeSamples`, which tools that show OpenAPI know; /docs shows them, and tests run
each of them against a server. Editors' samples take the token from the environment variable MACHTIN_TOKEN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

BASE: Final = "http://127.0.0.1:8080"
# What an article needs in a sample; the document's own example shows every field.
ARTICLE_FIELDS: Final = ("title", "sapo", "body", "section", "published_at")


@dataclass(frozen=True, slots=True)
class Language:
    """How a language writes values: constants, whether names in an object want quotes, and columns of indentation."""

    constants: Mapping[Any, str]
    quotes_names: bool
    indent: int


PYTHON: Final = Language({None: "None", True: "True", False: "False"}, quotes_names=True, indent=4)
JAVASCRIPT: Final = Language({None: "null", True: "true", False: "false"}, quotes_names=False, indent=2)
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Request:
    """What a sample sends, and the media type that answers: ``body`` is a value for JSON, else text, or None."""

    method: str
    address: str
    query: Mapping[str, str | int]
    signed: bool
    media: str | None
    body: Any
    told: str

    @property
    def is_json(self) -> bool:
        return self.media == "application/json"


def code_samples(
    path: str, method: str, operation: Mapping[str, Any], query: Mapping[str, Any]
) -> list[dict[str, str]]:
    """The samples of one operation; ``query`` has the query parameters that they show."""
    request = request_of(path, method, operation, query)
    made = (("Shell", "curl", curl), ("Python", "Python", python), ("JavaScript", "JavaScript", javascript))
    return [{"lang": lang, "label": label, "source": write(request)} for lang, label, write in made]


def request_of(path: str, method: str, operation: Mapping[str, Any], query: Mapping[str, Any]) -> Request:
    """What a sample of this operation sends. Raises ValueError where a parameter that it needs has no example."""
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if not parameter.get("required") or name in query:
            continue
        if "example" not in parameter:
            raise ValueError(f"{path}: {name} has no example; give it one in openapi_examples.json")
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(parameter["example"])))
        else:
            query = {**query, name: parameter["example"]}
    described = operation.get("requestBody", {})
    media, content = next(iter(described["content"].items())) if described.get("required") else (None, {})
    body = content.get("example")
    if content.get("schema", {}).get("$ref", "").endswith("/Article"):
        body = {name: body[name] for name in ARTICLE_FIELDS}
    (success,) = (answer for status, answer in operation["responses"].items() if status < "300")
    told = next(iter(success["content"]))
    return Request(method.upper(), BASE + path, query, "security" in operation, media, body, told)


def curl(request: Request) -> str:
    """A line for the shell, folded."""
    asks = request.method == "GET"
    address = request.address
    if request.query and not asks:
        address += f"?{urlencode(request.query, quote_via=quote)}"
    start = "curl -s" + ("G" if asks and request.query else "" if asks else f" -X {request.method}")
    lines = [f"{start} {_quoted(address) if '?' in address else address}"]
    if asks:
        lines += [f"--data-urlencode {_quoted(f'{name}={value}')}" for name, value in request.query.items()]
    if request.signed:
        lines.append('-H "Authorization: Bearer $MACHTIN_TOKEN"')
    if request.media is not None:
        body = json.dumps(request.body, ensure_ascii=False, indent=2) if request.is_json else request.body
        lines += [f"-H 'Content-Type: {request.media}'", f"--data-binary {_quoted(body)}"]
    return " \\\n  ".join(lines)


def python(request: Request) -> str:
    """A script that needs the package requests."""
    given = [json.dumps(request.address)]
    if request.query:
        given.append(f"params={_literal(request.query, PYTHON)}")
    headers = []
    if request.signed:
        headers.append('"Authorization": f"Bearer {os.environ[\'MACHTIN_TOKEN\']}"')
    if request.media is not None and not request.is_json:
        headers.append(f'"Content-Type": "{request.media}"')
    if headers:
        given.append(f"headers={{{', '.join(headers)}}}")
    if request.is_json:
        given.append(f"json={_literal(request.body, PYTHON, 4)}")
    elif request.media is not None:
        given.append(f"data='''{_verbatim(request.body)}'''.encode()")
    given.append("timeout=30")
    call = f"requests.{request.method.lower()}"
    return "\n".join(
        [
            *(["import os", ""] if request.signed else []),
            "import requests",
            "",
            f"answer = {call}(",
            *(f"    {one}," for one in given),
            ")",
            f"print(answer.{'json()' if request.told == 'application/json' else 'text'})",
        ]
    )


def javascript(request: Request) -> str:
    """A module for Node or a page; an editor's token belongs on a server alone, never in a page."""
    start, address = [], json.dumps(request.address)
    if request.query:
        start = [f"const parameters = new URLSearchParams({_literal(request.query, JAVASCRIPT)});"]
        address = f"`{request.address}?${{parameters}}`"
    headers = []
    if request.signed:
        headers.append("    Authorization: `Bearer ${process.env.MACHTIN_TOKEN}`,")
    if request.media is not None:
        headers.append(f'    "Content-Type": "{request.media}",')
    options = [] if request.method == "GET" else [f'  method: "{request.method}",']
    if headers:
        options += ["  headers: {", *headers, "  },"]
    if request.is_json:
        options.append(f"  body: JSON.stringify({_literal(request.body, JAVASCRIPT, 2)}),")
    elif request.media is not None:
        options.append(f"  body: `{_verbatim(request.body)}`,")
    call = (
        [f"const answer = await fetch({address}, {{", *options, "});"]
        if options
        else [f"const answer = await fetch({address});"]
    )
    reading = "json" if request.told == "application/json" else "text"
    return "\n".join([*start, *call, f"console.log(await answer.{reading}());"])


def _quoted(text: str) -> str:
    """For a POSIX shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _verbatim(text: str) -> str:
    """Text that stands between quotes of several lines as it is. Raises ValueError where it can't."""
    if "\\" in text or "`" in text or "'''" in text or "${" in text:
        raise ValueError(f"an example of a body has a sign that would need an escape in a sample: {text[:80]}")
    return text


def _literal(value: Any, language: Language, column: int | None = None) -> str:
    """A value as a language writes it: in one line, or over lines where it begins in a ``column``."""
    if value is None or isinstance(value, bool):
        return language.constants[value]
    if not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    further = None if column is None else column + language.indent
    inner = [_literal(one, language, further) for one in (value.values() if isinstance(value, dict) else value)]
    if isinstance(value, dict):
        inner = [f"{_name(name, language)}: {one}" for name, one in zip(value, inner, strict=True)]
    left, right = "{}" if isinstance(value, dict) else "[]"
    if column is None or further is None or not inner:
        return f"{left}{', '.join(inner)}{right}"
    return "\n".join([left, *(f"{' ' * further}{one}," for one in inner), f"{' ' * column}{right}"])


def _name(name: str, language: Language) -> str:
    plain = not language.quotes_names and _IDENTIFIER.fullmatch(name)
    return name if plain else json.dumps(name, ensure_ascii=False)
