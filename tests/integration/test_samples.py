"""The code samples that the interface's document carries and /docs shows: each is run, and says what is described."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs
import pytest

from machtin.web_files import FOLDER
from openapi_samples import BASE, code_samples

from .local_place import Place, Server, eventually

DOCUMENT: Final[dict[str, Any]] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS: Final = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
EXAMPLE: Final = "gia-gao-xuat-khau"
REINDEX: Final = "20260315T013000000000"


class Newsroom:
    """A server whose archive has the article of the examples, and a re-index that has ended."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.put_example()
        answer = self.server.client.post("/v1/reindexes", headers=self.server.token)
        assert answer.status_code == 202, answer.text
        self.reindex = answer.json()["id"]
        eventually(self.has_ended)

    def has_ended(self) -> bool:
        """Whether the re-index has."""
        told = self.server.client.get(f"/v1/reindexes/{self.reindex}", headers=self.server.token).json()
        return bool(told["state"] != "running")

    def put_example(self) -> None:
        article = OPERATIONS["PUT /v1/articles/{article_id}"]["requestBody"]["content"]["application/json"]["example"]
        answer = self.server.client.put(f"/v1/articles/{EXAMPLE}", json=article, headers=self.server.token)
        assert answer.status_code == 202, answer.text

    def run(self, command: list[str], source: str) -> str:
        """What a sample prints; it has the editors' token, as its reader would."""
        here = source.replace(BASE, f"http://127.0.0.1:{self.server.place.port}").replace(REINDEX, self.reindex)
        token = self.server.token["Authorization"].removeprefix("Bearer ")
        environment = {**os.environ, "MACHTIN_TOKEN": token, "NO_PROXY": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            [*command, here], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def newsroom(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    server = Server(Place(tmp_path_factory.mktemp("samples") / "data"))
    try:
        yield Newsroom(server)
    finally:
        server.stop(signal.SIGTERM)


def sample(name: str, label: str) -> str:
    (source,) = (one["source"] for one in OPERATIONS[name]["x-codeSamples"] if one["label"] == label)
    return str(source)


def as_described(name: str, told: Any) -> bool:
    """Whether a sample's answer is its operation's; of what need not be there, that it is not there is told."""
    answers = OPERATIONS[name]["responses"]
    expected = [status for status in answers if status < "300"]
    # A thing that is named need not be there; and what an earlier sample has done can't be done twice.
    refused = {"409"} | ({"404"} if "{" in name.replace("{article_id}", "") else set())
    if isinstance(told, dict) and str(told.get("status")) in refused & answers.keys():
        expected = [str(told["status"])]
    ((content,),) = (answers[status]["content"].values() for status in expected)
    schema = content["schema"] | {"components": DOCUMENT["components"]}
    return bool(jsonschema_rs.Draft202012Validator(schema).is_valid(told))


def lines_of(name: str) -> bool:
    return "application/x-ndjson" in OPERATIONS[name]["responses"].get("200", {}).get("content", {})


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_curl_sample_works(newsroom: Newsroom, name: str) -> None:
    assert shutil.which("curl"), "the samples are run with curl: apt-get install curl"
    newsroom.put_example()
    told = newsroom.run(["sh", "-c"], sample(name, "curl"))
    if lines_of(name):
        assert [json.loads(line)["status"] for line in told.strip().splitlines()] == [202, 202]
    else:
        assert as_described(name, json.loads(told)), told


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_python_sample_works(newsroom: Newsroom, name: str) -> None:
    newsroom.put_example()
    told = newsroom.run([sys.executable, "-W", "error", "-c"], sample(name, "Python"))
    if lines_of(name):
        assert [json.loads(line)["status"] for line in told.strip().splitlines()] == [202, 202]
    else:
        assert as_described(name, ast.literal_eval(told)), told


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_editors_sample_names_no_token_and_a_readers_needs_none(name: str) -> None:
    for one in OPERATIONS[name]["x-codeSamples"]:
        assert ("MACHTIN_TOKEN" in one["source"]) is ("security" in OPERATIONS[name])


def test_a_path_without_an_example_is_not_written_silently() -> None:
    parameter = {"in": "path", "name": "colour", "required": True, "schema": {"type": "string"}}
    operation = {"parameters": [parameter], "responses": {"200": {"content": {"application/json": {}}}}}
    with pytest.raises(ValueError, match="colour has no example"):
        code_samples("/v1/colours/{colour}", "get", operation, {})
