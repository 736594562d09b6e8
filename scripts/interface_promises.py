"""What an application may rely on, one promise a line: docs/interface.txt. Within /v1 lines come, and none goes.

Limits, texts and the values that answers may have are no promises here; docs/interface.md says which of them hold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from http_deprecation import DEPRECATED

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "interface.txt"
Document = Mapping[str, Any]


def kept() -> set[str]:
    """The promises that have been made."""
    return set(FILE.read_text(encoding="utf-8").splitlines()) if FILE.exists() else set()


def keep_promises(document: Document, *, breaking: bool) -> str:
    """Write down what a document promises; says how much. Ends the program where it breaks a promise, unless it may."""
    made, before = promises(document), kept()
    lost = broken(before, made)
    if lost and not breaking:
        told = "\n  ".join(lost)
        sys.exit(f"applications rely on this (docs/interface.md); --breaking takes it back:\n  {told}")
    FILE.write_text("".join(f"{one}\n" for one in sorted(made)), encoding="utf-8")
    return f"{FILE.name}: {len(made)} promises, {len(made - before)} new"


def mark_deprecated(name: str, operation: dict[str, Any]) -> None:
    """Mark what goes away of an operation, or all of it; its name is "GET /v1/search"."""
    for one in DEPRECATED:
        if one.operation == name:
            parameters = [each for each in operation.get("parameters", ()) if each["name"] == one.parameter]
            for part in parameters if one.parameter else [operation]:
                part["deprecated"] = True


def broken(before: set[str], made: set[str]) -> list[str]:
    """What was promised and holds no longer: what is gone, and what is demanded where it was not."""
    known = {one.partition(" demands ")[0] for one in before}
    demanded = {one for one in made - before if " demands " in one and one.partition(" demands ")[0] in known}
    return sorted((before - made - {one for one in before if " demands " in one}) | demanded)


def promises(document: Document) -> set[str]:
    """The promises that a document makes."""
    made: set[str] = set()
    sent: set[str] = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            made.update(f"{method.upper()} {path} {one}".strip() for one in _of_operation(operation))
            sent.update(_type(one["schema"]) for one in operation.get("requestBody", {}).get("content", {}).values())
    for name, schema in document["components"]["schemas"].items():
        made.update(f"{name}{one}" for one in (_of_request(schema) if name in sent else _of_answer(schema)))
    return made


def _of_operation(operation: Document) -> Iterator[str]:
    yield ""
    for parameter in operation.get("parameters", ()):
        name, schema = parameter["name"], parameter["schema"]
        yield f"takes {name}: {_type(schema)}"
        yield from (f"takes {name}={value}" for value in schema.get("enum", ()))
        if parameter.get("required"):
            yield f"demands {name}"
    body = operation.get("requestBody", {})
    yield from (f"takes {media}: {_type(content['schema'])}" for media, content in body.get("content", {}).items())
    if body.get("required"):
        yield "demands a body"
    for status, answer in operation["responses"].items():
        contents = answer.get("content", {"": {"schema": {}}})
        yield from (f"answers {status} {media} {_type(one['schema'])}".strip() for media, one in contents.items())


def _of_request(schema: Document) -> Iterator[str]:
    yield from (f".{name}: {_type(one)}" for name, one in schema["properties"].items())
    yield from (f" demands {name}" for name in schema.get("required", ()))
    yield ""


def _of_answer(schema: Document) -> Iterator[str]:
    for name, one in schema.get("properties", {}).items():
        yield f".{name}: {_type(one)}{', always' if name in schema.get('required', ()) else ''}"


def _type(schema: Document) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(sorted({_type(one) for one in schema["anyOf"]}))
    if schema.get("type") == "array":
        return f"[{_type(schema['items'])}]"
    named = schema.get("type", "")
    return " | ".join(sorted(named)) if isinstance(named, list) else str(named)
