"""A cluster that refuses, stalls or talks nonsense, played by a server on loopback: each failure has one name here."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from machtin.adapters.opensearch_client import AlreadyThere, Busy, OpenSearchClient, TimedOut
from machtin.adapters.opensearch_thread_links import OpenSearchThreadLinks
from machtin.deadline import within
from machtin.errors import IndexRefused, IndexUnavailable, NotFound, SettingsError
from machtin.settings import OpenSearchSettings
from machtin.thread_port import Linked

Answer = tuple[int, Any]


class Cluster:
    """Gives the same answer to every request, after a delay, and remembers what was asked."""

    def __init__(self) -> None:
        self.answer: Answer = (200, {"ok": True})
        self.delay = 0.0
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                cluster.asked.append((self.command, self.path, headers, body))
                time.sleep(cluster.delay)
                status, document = cluster.answer
                sent = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST  # noqa: N815  # the server calls it so

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.stop()


Connect = Callable[..., OpenSearchClient]


@pytest.fixture
def connect(cluster: Cluster) -> Iterator[Connect]:
    """Clients of the cluster; closed in the end."""
    made: list[OpenSearchClient] = []

    def client(**changes: Any) -> OpenSearchClient:
        made.append(OpenSearchClient(OpenSearchSettings(**{"url": cluster.url, "timeout": 5.0, **changes})))
        return made[-1]

    yield client
    for one in made:
        one.close()


def test_an_answer_is_its_json(cluster: Cluster, connect: Connect) -> None:
    assert connect().request("POST", "/_search", params={"a": "b"}, body={"query": "gạo"}) == {"ok": True}
    method, path, headers, body = cluster.asked[0]
    assert (method, path, json.loads(body)) == ("POST", "/_search?a=b", {"query": "gạo"})
    assert headers["content-type"] == "application/json"


def test_lines_are_sent_as_lines(cluster: Cluster, connect: Connect) -> None:
    connect().request("POST", "/_bulk", body='{"gạo":1}\n')
    _, _, headers, body = cluster.asked[0]
    assert (headers["content-type"], body.decode()) == ("application/x-ndjson", '{"gạo":1}\n')


def error(kind: str) -> dict[str, Any]:
    cause = {"type": kind, "reason": "the server's own words"}
    return {"error": {"root_cause": [cause], **cause}}


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        ((404, error("index_not_found_exception")), NotFound, ""),
        ((400, error("resource_already_exists_exception")), AlreadyThere, ""),
        ((400, error("parsing_exception")), IndexRefused, "parsing_exception: the server's own words"),
        ((401, error("security_exception")), IndexUnavailable, "MACHTIN_OPENSEARCH_USER"),
        ((403, {"Message": "User: arn:x is not authorized"}), IndexUnavailable, "User: arn:x is not authorized"),
        ((429, error("circuit_breaking_exception")), Busy, "circuit_breaking_exception"),
        ((503, error("cluster_block_exception")), Busy, "cluster_block_exception"),
        ((500, b"<html>"), Busy, "<html>"),
    ],
)
def test_each_refusal_has_one_name_and_the_clusters_own_words_are_logged_alone(
    cluster: Cluster,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    answer: Answer,
    kind: type[Exception],
    told: str,
) -> None:
    cluster.answer = answer
    with pytest.raises(kind) as caught:
        connect().request("GET", "/x")
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"OpenSearch answered {answer[0]}")
    assert "own words" not in str(caught.value)
    assert told in caplog.text


def test_a_gateway_that_gets_no_answer_counts_as_a_cluster_that_gives_none(cluster: Cluster, connect: Connect) -> None:
    cluster.answer = (504, b"")
    client = connect()
    for _ in range(2):
        with pytest.raises(Busy):
            client.request("GET", "/x")
    with pytest.raises(IndexUnavailable, match="asked again"):
        client.request("GET", "/x")
    assert len(cluster.asked) == 2


def test_a_use_case_has_one_deadline_for_all_its_requests(cluster: Cluster, connect: Connect) -> None:
    cluster.delay = 0.2
    client = connect()
    started = time.monotonic()
    with within(0.5):
        client.request("GET", "/x", telling=False)
        client.request("GET", "/x", telling=False)
        with pytest.raises(TimedOut):
            client.request("GET", "/x", telling=False)
    assert time.monotonic() - started < 2


def test_what_is_no_json_is_no_answer(cluster: Cluster, connect: Connect) -> None:
    cluster.answer = (200, b"{cut short")
    with pytest.raises(IndexUnavailable, match="no JSON"):
        connect().request("GET", "/x")


def test_a_slow_answer_is_not_waited_for_and_not_asked_for_twice(cluster: Cluster, connect: Connect) -> None:
    cluster.delay = 0.5
    with pytest.raises(TimedOut, match=r"did not answer within 0\.1 s"):
        connect().request("GET", "/x", seconds=0.1)
    assert len(cluster.asked) == 1


def test_who_does_not_listen_is_named_and_soon_left_alone() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    client = OpenSearchClient(OpenSearchSettings(url=url))
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match=r"can't be reached: \[Errno \d+\] Connection refused$"):
            client.request("GET", "/x")
    with pytest.raises(IndexUnavailable, match="it is asked again in") as caught:
        client.request("GET", "/x")
    assert 1 <= caught.value.retry_after <= 5
    client.close()


def test_a_cluster_that_stalls_costs_two_callers_the_wait_and_then_nobody(cluster: Cluster, connect: Connect) -> None:
    cluster.delay = 0.5
    client = connect(timeout=0.1)
    for _ in range(2):
        with pytest.raises(TimedOut):
            client.request("GET", "/x")
    with pytest.raises(IndexUnavailable, match="asked again"):
        client.request("GET", "/x")
    assert len(cluster.asked) == 2


def test_refusals_and_timeouts_that_tell_nothing_keep_the_breaker_closed(cluster: Cluster, connect: Connect) -> None:
    client = connect()
    cluster.answer = (400, error("parsing_exception"))
    for _ in range(5):
        with pytest.raises(IndexRefused):
            client.request("GET", "/x")
    cluster.answer, cluster.delay = (200, {}), 0.3
    for _ in range(5):
        with pytest.raises(TimedOut):
            client.request("GET", "/x", seconds=0.05, telling=False)
    cluster.delay = 0
    assert client.request("GET", "/x") == {}


def test_a_user_signs_in_with_a_password_that_is_shown_nowhere(cluster: Cluster, connect: Connect) -> None:
    settings = OpenSearchSettings(url=cluster.url, user="bien-tap", password="bí mật")
    connect(user="bien-tap", password="mat khau").request("GET", "/x")
    assert cluster.asked[0][2]["authorization"].startswith("Basic ")
    assert "bí mật" not in repr(settings)


def test_requests_to_a_domain_are_signed(cluster: Cluster, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret for this test alone")
    connect(region="ap-southeast-1").request("POST", "/_search", params={"q": "gạo"}, body={"query": {"match_all": {}}})
    method, path, headers, body = cluster.asked[0]
    scope = headers["authorization"].partition("Credential=")[2].partition(",")[0]
    assert scope.endswith("/ap-southeast-1/es/aws4_request")
    # Signed again by the other side's own arithmetic, over what arrived.
    request = AWSRequest(method, f"{cluster.url}{path}", data=body)
    signed = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    for name in signed:
        request.headers[name] = headers[name]
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", "a secret for this test alone"), "es", "ap-southeast-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert headers["authorization"].endswith(f"Signature={signature}")
    assert "host" in signed


def test_a_domain_without_credentials_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda _: None)
    with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID"):
        OpenSearchClient(OpenSearchSettings(region="ap-southeast-1"))


def test_links_that_answer_slowly_keep_nobody_from_asking_for_articles(cluster: Cluster, connect: Connect) -> None:
    client = connect()
    links = OpenSearchThreadLinks(client, "machtin")
    cluster.delay = 0.5
    for _ in range(3):
        with pytest.raises(TimedOut), within(0.1):
            links.put([Linked("a", 1, "test", ())])
    cluster.delay = 0.0
    assert client.request("GET", "/") == {"ok": True}
