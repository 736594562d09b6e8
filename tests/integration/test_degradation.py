"""A cluster that stalls in part or goes away, seen by readers through the real handlers.

A proxy on loopback stands between machtin and the running cluster and delays or breaks what it is told to.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import urllib3

from machtin import bootstrap
from machtin.settings import OpenSearchSettings, Settings

from .conftest import Invoke, batch_of, sample_event

pytestmark = pytest.mark.opensearch
# Three seconds, and what a busy machine adds when it plays reader, proxy and cluster at once.
IN_TIME = 3.0 + 0.7
# No timeout is waited for: the shortest is 1.2 s.
AT_ONCE = 1.0


class Proxy:
    """Passes requests on; ``slow`` delays those whose body matches by so many seconds, ``gone`` breaks them all."""

    def __init__(self, target: str) -> None:
        self.slow: tuple[str, float] | None = None
        self.gone = False
        self.passed = 0
        self.busy: dict[str, int] = {}
        self.poison: set[str] = set()
        proxy, pool = self, urllib3.PoolManager()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if proxy.gone:
                    self.close_connection = True
                    self.connection.close()
                    return
                proxy.passed += 1
                if proxy.slow and re.search(proxy.slow[0], f"{self.path} {body.decode()}"):
                    time.sleep(proxy.slow[1])
                headers = {name: self.headers[name] for name in ("content-type",) if name in self.headers}
                answer = pool.request(self.command, target + self.path, body=body or None, headers=headers)
                self.reply(answer.status, proxy.spoilt(self.path, body, answer.data))

            def reply(self, status: int, data: bytes) -> None:
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    self.close_connection = True  # who asked has gone

            do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815  # the server calls them so

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def spoilt(self, path: str, body: bytes, data: bytes) -> bytes:
        """The cluster's answer to a _bulk, with 429 for items that are to be busy still, 400 for poison."""
        if not path.split("?")[0].endswith("/_bulk"):
            return data
        answer = json.loads(data)
        for item in answer["items"]:
            if self.busy.get(item["index"]["_id"], 0) > 0:
                self.busy[item["index"]["_id"]] -= 1
                item["index"] |= {"status": 429, "error": {"type": "rejected", "reason": "the queue is full"}}
            if item["index"]["_id"] in self.poison:
                item["index"] |= {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "no"}}
        return json.dumps(answer).encode()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def engine(opensearch: OpenSearchSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """OpenSearch behind the proxy, with the timeouts that readers have."""
    proxy = Proxy(opensearch.url)
    monkeypatch.setenv("MACHTIN_INDEX", "opensearch")
    monkeypatch.setenv("MACHTIN_OPENSEARCH_URL", proxy.url)
    monkeypatch.setattr(Proxy, "at_hand", proxy, raising=False)
    yield "opensearch"
    proxy.gone, proxy.slow = False, None
    prefix = Settings.from_env().opensearch.prefix
    urllib3.PoolManager().request("DELETE", f"{opensearch.url}/{prefix}-*")
    proxy.stop()


@pytest.fixture
def proxy(engine: str) -> Proxy:
    found: Proxy = Proxy.at_hand  # type: ignore[attr-defined]  # set by the fixture above
    return found


@pytest.fixture
def published(proxy: Proxy, editor: Invoke, deliver: Callable[[], None]) -> None:
    assert editor(sample_event("http-put-article"))["statusCode"] == 202
    deliver()


def asked(reader: Invoke, name: str, **changes: object) -> tuple[int, Any, dict[str, str], float]:
    started = time.monotonic()
    answer = reader(sample_event(name, **changes))
    taken = time.monotonic() - started
    return answer["statusCode"], json.loads(answer["body"]), answer["headers"], taken


@pytest.mark.usefixtures("published")
def test_a_slow_vector_search_costs_meaning_and_not_the_answer(proxy: Proxy, reader: Invoke) -> None:
    proxy.slow = ('"knn"', 20.0)
    status, found, _, taken = asked(reader, "http-search")
    assert (status, found["degraded"], [hit["id"] for hit in found["hits"]]) == (200, True, ["example-article"])
    assert taken < IN_TIME
    status, found, _, taken_again = asked(reader, "http-search")
    assert (status, found["degraded"], found["total"]) == (200, True, 1)
    assert taken_again < AT_ONCE, "the vector leg is left alone for a while"


@pytest.mark.usefixtures("published")
def test_the_vector_search_comes_back_when_it_answers_again(proxy: Proxy, reader: Invoke) -> None:
    proxy.slow = ('"knn"', 20.0)
    assert asked(reader, "http-search")[1]["degraded"] is True
    proxy.slow = None
    deadline = time.monotonic() + 20
    while asked(reader, "http-search")[1]["degraded"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("trouble", ["gone", "stalled"])
def test_without_the_cluster_readers_are_told_to_come_again_in_time(proxy: Proxy, reader: Invoke, trouble: str) -> None:
    proxy.gone, proxy.slow = trouble == "gone", ("", 20.0)
    for _ in range(3):
        status, told, headers, taken = asked(reader, "http-search")
        assert (status, told["title"]) == (503, "Service Unavailable")
        assert 1 <= int(headers["Retry-After"]) <= 60
        assert taken < IN_TIME
    assert taken < AT_ONCE, "a dead cluster does not cost each reader the timeout"
    status, health, _, taken = asked(reader, "http-health")
    assert (status, health["status"]) == (503, "degraded")
    assert {name: part["ok"] for name, part in health["parts"].items()}["index"] is False
    assert health["parts"]["store"]["ok"] is True
    assert taken < IN_TIME
    # What the store alone can answer is answered.
    assert asked(reader, "http-article")[0] == 200
    assert asked(reader, "http-summary")[0] == 200


@pytest.mark.usefixtures("published")
def test_slow_searches_by_meaning_alone_do_not_take_the_words_along(proxy: Proxy, reader: Invoke) -> None:
    proxy.slow = ('"knn"', 20.0)
    for _ in range(3):
        event = sample_event("http-search")
        event["queryStringParameters"] |= {"mode": "semantic"}
        status, _, _, taken = asked(reader, "http-search", queryStringParameters=event["queryStringParameters"])
        assert status == 503
        assert taken < IN_TIME
    parameters = sample_event("http-search")["queryStringParameters"] | {"mode": "lexical"}
    assert asked(reader, "http-search", queryStringParameters=parameters)[0] == 200


@pytest.mark.usefixtures("published")
def test_searches_that_stall_while_the_alias_answers_do_not_cost_each_reader_the_timeout(
    proxy: Proxy, reader: Invoke
) -> None:
    proxy.slow = ("_msearch", 20.0)
    taken = [asked(reader, "http-search")[3] for _ in range(5)]
    assert max(taken) < IN_TIME
    assert max(taken[3:]) < AT_ONCE


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "name", ["http-search", "http-related", "http-thread", "http-health", "http-walk", "http-suggest"]
)
def test_a_cluster_that_is_slow_with_everything_costs_readers_three_seconds_at_most(
    proxy: Proxy, reader: Invoke, name: str
) -> None:
    proxy.slow = ("", 1.1)
    status, _, _, taken = asked(reader, name)
    assert status in (200, 503)
    assert taken < IN_TIME


@pytest.mark.usefixtures("published")
def test_the_first_reader_after_an_outage_is_answered(proxy: Proxy, reader: Invoke) -> None:
    proxy.gone = True
    assert [asked(reader, "http-search")[0] for _ in range(3)] == [503] * 3
    proxy.gone = False
    time.sleep(5.1)
    status, found, _, _ = asked(reader, "http-search")
    assert (status, found["degraded"], found["total"]) == (200, False, 1)


def test_what_is_taken_during_an_outage_is_found_afterwards(
    proxy: Proxy, reader: Invoke, editor: Invoke, ingest: Invoke
) -> None:
    proxy.gone = True
    assert editor(sample_event("http-put-article"))["statusCode"] == 202
    failures = ingest(sample_event("sqs-s3-created"))["batchItemFailures"]
    assert len(failures) == 1, "the queue keeps the message"
    proxy.gone = False
    time.sleep(5.1)
    assert ingest(sample_event("sqs-s3-created"))["batchItemFailures"] == []
    assert asked(reader, "http-search")[1]["total"] == 1


def test_half_of_a_batch_that_was_refused_is_written_at_the_second_attempt(
    proxy: Proxy, editor: Invoke, deliver: Callable[[], None]
) -> None:
    lines = "".join(json.dumps({"id": f"bai-{at}", "title": "Tin", "body": "Nội dung."}) + "\n" for at in range(10))
    proxy.busy = {f"bai-{at}": 2 for at in range(0, 10, 2)}
    assert editor(sample_event("http-post-articles", body=lines))["statusCode"] == 200
    deliver()
    service = bootstrap.service()
    assert dict(service.live_index().revisions()) == dict(service.store.revisions())
    assert set(proxy.busy.values()) == {0}


def test_a_poison_article_is_reported_alone(proxy: Proxy, editor: Invoke, ingest: Invoke) -> None:
    lines = "".join(json.dumps({"id": f"bai-{at}", "title": "Tin", "body": "Nội dung."}) + "\n" for at in range(6))
    proxy.poison = {"bai-3"}
    assert editor(sample_event("http-post-articles", body=lines))["statusCode"] == 200
    answer = ingest(batch_of([f"bai-{at}" for at in range(6)]))
    assert answer["batchItemFailures"] == [{"itemIdentifier": "3"}]
    assert {f"bai-{at}" for at in (0, 1, 2, 4, 5)} <= dict(bootstrap.service().live_index().revisions()).keys()
