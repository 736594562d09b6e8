"""What CloudWatch gets to read: the real handlers' logs and metrics, as they print them without a laptop's adapters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from machtin.adapters.token_file import make_token

from .conftest import Event, sample_event

ARTICLE = json.loads(sample_event("http-put-article")["body"])
REQUEST = sample_event("http-put-article")["requestContext"]["requestId"]

# One process, as one environment of Lambda: it prints each answer on a line of its own between what handlers print.
INVOKE = """
import importlib, json, sys
from machtin.adapters.local_http import LocalContext
for number, (name, event) in enumerate(json.load(sys.stdin)):
    answer = importlib.import_module(name).handler(event, LocalContext(name, f"invocation-{number}"))
    print(json.dumps({"answer": answer}), flush=True)
"""


class Printed(NamedTuple):
    """The answers, and what was printed beside them."""

    answers: list[dict[str, Any]]
    logs: list[dict[str, Any]]
    metrics: list[dict[str, Any]]
    text: str

    def logged(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.logs if line["message"] == message]

    def metric(self, service: str, name: str) -> list[float]:
        """Every value that was told of a metric."""
        own = [line for line in self.metrics if line["service"] == service and name in line]
        return [value for line in own for value in line[name]]


def invoke(data: Path, *calls: tuple[str, Event]) -> Printed:
    environment = {"MACHTIN_DATA": str(data), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-W", "error", "-c", INVOKE]
    done = subprocess.run(
        command, input=json.dumps(calls), env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    told = [line for line in lines if "answer" not in line]
    return Printed(
        answers=[line["answer"] for line in lines if "answer" in line],
        logs=[line for line in told if "_aws" not in line],
        metrics=[line for line in told if "_aws" in line],
        text=json.dumps(told, ensure_ascii=False) + done.stderr,
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def with_token(event: Event, token: str) -> Event:
    del event["requestContext"]["authorizer"]
    event["headers"]["authorization"] = f"Bearer {token}"
    return event


def test_a_change_is_followed_from_its_request_to_the_index_by_the_same_words(data: Path) -> None:
    printed = invoke(
        data,
        ("editor_api", sample_event("http-put-article")),
        ("ingest", sample_event("sqs-s3-created")),
        ("editor_api", sample_event("http-delete-article")),
        ("ingest", sample_event("sqs-s3-removed")),
        ("editor_api", sample_event("http-audit")),
    )
    put, _, down, _, audit = printed.answers
    published, gone = (f"example-article@{json.loads(one['body'])['revision']}" for one in (put, down))
    (taken,), (taken_down,) = printed.logged("articles put"), printed.logged("article taken down")
    assert (taken["changes"], taken["correlation_id"]) == ([published], REQUEST)
    assert (taken_down["changes"], taken_down["correlation_id"]) == ([gone], REQUEST)
    assert [line["changes"] for line in printed.logged("articles indexed")] == [[published], [gone]]
    first, second = json.loads(audit["body"])["records"]
    assert [f"{one['id']}@{one['after']}" for one in (first, second)] == [published, gone]
    assert [one["request_id"] for one in (first, second)] == [REQUEST, REQUEST]
    assert first["who"] == "arn:aws:iam::123456789012:user/editor"
    assert second["reason"] == sample_event("http-delete-article")["queryStringParameters"]["reason"]


def test_every_line_names_service_function_and_cold_start(data: Path) -> None:
    printed = invoke(
        data,
        *[("editor_api", sample_event("http-delete-article"))] * 2,
        ("ingest", {"Records": [{"messageId": "1", "body": "{"}]}),
    )
    put = invoke(
        data, ("editor_api", sample_event("http-put-article")), ("editor_api", sample_event("http-delete-article"))
    )
    assert [line["cold_start"] for line in put.logs] == [True, False]
    for line in [*printed.logs, *put.logs]:
        assert line["service"] == "machtin"
        assert line["function_name"] in ("editor_api", "ingest")
        assert line["function_request_id"].startswith("invocation-")
        assert line["level"] in ("INFO", "ERROR")
        assert line["timestamp"]


def test_neither_texts_nor_tokens_are_told(data: Path) -> None:
    token = make_token(data / "token")
    bad = sample_event("http-put-article", body='{"title": "Tiêu đề bí mật", "sapo": 7}')
    printed = invoke(
        data,
        ("editor_api", with_token(sample_event("http-put-article"), token)),
        ("editor_api", with_token(bad, token)),
        ("editor_api", with_token(sample_event("http-post-articles"), token)),
        ("editor_api", with_token(sample_event("http-draft-related"), token)),
        ("editor_api", with_token(sample_event("http-put-article"), token + "x")),
        ("ingest", sample_event("sqs-s3-created")),
        ("reader_api", sample_event("http-search")),
        ("editor_api", with_token(sample_event("http-audit"), token)),
    )
    statuses = [answer.get("statusCode") for answer in printed.answers]
    assert statuses == [202, 422, 200, 200, 401, None, 200, 200]
    records = printed.answers[-1]["body"]
    assert json.loads(records)["records"][0]["who"] == "token"
    kept = b"".join(path.read_bytes() for path in data.glob("articles.sqlite*"))
    assert token.encode() not in kept
    for told in (printed.text, records):
        assert "articles put" in told or told is records
        for secret in (token, "Bearer", ARTICLE["title"], ARTICLE["sapo"], ARTICLE["body"][:40], "Tiêu đề bí mật"):
            assert secret not in told


def test_the_metrics_that_alarms_need_are_printed(data: Path) -> None:
    many = sample_event("http-post-articles")["body"] + json.dumps(ARTICLE | {"id": "second~article"})
    printed = invoke(
        data,
        ("editor_api", sample_event("http-put-article")),
        ("editor_api", sample_event("http-put-article")),
        ("editor_api", sample_event("http-post-articles", body=many)),
        ("ingest", sample_event("sqs-s3-created")),
        ("ingest", sample_event("sqs-one-bad-record")),
        ("reader_api", sample_event("http-search")),
        ("editor_api", sample_event("http-delete-article")),
        ("editor_api", sample_event("http-delete-article")),
    )
    assert printed.metric("editor", "ArticlesPut") == [1, 0, 1], "what is unchanged or refused is not counted"
    assert printed.metric("editor", "ArticlesTakenDown") == [1, 0]
    messages = len(sample_event("sqs-one-bad-record")["Records"])
    assert printed.metric("ingest", "MessagesIndexed") == [1, messages - 1]
    assert printed.metric("ingest", "MessagesFailed") == [0, 1]
    lags = printed.metric("ingest", "IndexLag")
    assert lags
    assert all(0 <= lag < 60_000 for lag in lags)
    assert printed.metric("reader", "Searches") == [1]
    assert printed.metric("reader", "DegradedSearches") == [0]
    assert 0 < printed.metric("reader", "SearchTime")[0] < 60_000
    for line in printed.metrics:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert (directive["Namespace"], directive["Dimensions"]) == ("machtin", [["service"]])
        units = {metric["Name"]: metric["Unit"] for metric in directive["Metrics"]}
        assert all(unit in ("Count", "Milliseconds") for unit in units.values())


def test_a_reindex_that_fails_is_counted(data: Path) -> None:
    begun = invoke(data, ("editor_api", sample_event("http-begin-reindex")))
    reindex_id = json.loads(begun.answers[0]["body"])["id"]
    step = sample_event("reindex-step", reindex_id=reindex_id)
    printed = invoke(data, ("reindex", step), ("reindex", step | {"failed": "Lambda.Unknown"}))
    assert [answer["state"] for answer in printed.answers] == ["running", "failed"]
    assert printed.metric("reindex", "ReindexFailed") == [0, 1]
    assert printed.metric("reindex", "ReindexRefused") == [0, 0]
    assert [line["correlation_id"] for line in printed.logged("re-index")] == [reindex_id, reindex_id]
