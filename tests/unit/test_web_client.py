"""The web client against a server that means harm: limits of size and time, redirects, names that change."""

from __future__ import annotations

import gzip
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters import web_client
from machtin.adapters.public_address import is_public
from machtin.adapters.web_client import REDIRECTS, WebClient
from machtin.web_port import NotAllowed, NotFetched, WebAnswer

from .news_site import LOCAL, NewsSites, Reply, is_loopback


@pytest.fixture
def sites() -> Iterator[NewsSites]:
    with NewsSites().running() as running:
        yield running


def anything(address: str) -> None:
    """Permits every address."""


def get(sites: NewsSites, path: str = "/", *, client: WebClient | None = None, **changes: Any) -> WebAnswer:
    asked: dict[str, Any] = {"most": 1 << 20, "seconds": 5.0, "permit": anything} | changes
    return (client or sites.client()).get(sites.url(path), **asked)


def test_it_names_itself_and_whom_to_write_to(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"hello", 200, (("Content-Type", 'Text/HTML; Charset="Windows-1258"'),))
    answer = get(sites)
    assert (answer.status, answer.body, answer.kind, answer.charset) == (200, b"hello", "text/html", "Windows-1258")
    (asked,) = sites.asked
    assert asked.headers["User-Agent"] == "machtin/1.2.3 (+https://toasoan.example/lien-he)"
    assert asked.headers["Host"] == f"bao.example:{sites.port}"
    assert "Cookie" not in asked.headers


def test_validators_are_sent_back_as_they_came(sites: NewsSites) -> None:
    moment = "Sun, 15 Mar 2026 01:30:00 GMT"
    sites.pages["/"] = Reply(b"x", 200, (("ETag", 'W/"a-1"'), ("Last-Modified", moment)))
    first = get(sites)
    assert (first.etag, first.modified) == ('W/"a-1"', moment)
    again = get(sites, etag=first.etag, modified=first.modified)
    assert (again.status, again.body) == (304, b"")


def test_a_validator_that_could_not_be_sent_back_is_forgotten(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"x", 200, (("ETag", '"' + "a" * 600 + '"'),))
    assert get(sites).etag is None


@pytest.mark.parametrize("pack", [gzip.compress, lambda body: zlib.compress(body)])
def test_packed_answers_are_unpacked(sites: NewsSites, pack: Callable[[bytes], bytes]) -> None:
    body = b"Tin " * 100_000
    name = "gzip" if pack is gzip.compress else "deflate"
    sites.pages["/"] = Reply(pack(body), 200, (("Content-Encoding", name),))
    assert get(sites).body == body


def test_a_gzip_bomb_is_refused_before_it_is_unpacked(sites: NewsSites) -> None:
    bomb = gzip.compress(bytes(300 << 20))
    sites.pages["/"] = Reply(bomb, 200, (("Content-Encoding", "gzip"),))
    started = time.monotonic()
    with pytest.raises(NotAllowed, match="larger than 1 MiB"):
        get(sites)
    assert time.monotonic() - started < 3


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


def test_a_body_without_end_is_refused(sites: NewsSites) -> None:
    sites.pages["/"] = endless
    with pytest.raises(NotAllowed, match="larger than 1 MiB"):
        get(sites)


def test_a_body_that_says_it_is_too_large_is_refused_as_well(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(bytes(2 << 20))
    with pytest.raises(NotAllowed, match="larger than 1 MiB"):
        get(sites)


def trickling(sites: NewsSites, *, body: bool) -> Callable[[BaseHTTPRequestHandler], None]:
    def serve(handler: BaseHTTPRequestHandler) -> None:
        if body:
            handler.send_response(200)
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not sites.closing.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    return serve


@pytest.mark.parametrize("body", [True, False])
def test_an_answer_that_trickles_in_is_cut_off(sites: NewsSites, body: bool) -> None:
    sites.pages["/"] = trickling(sites, body=body)
    started = time.monotonic()
    with pytest.raises(NotFetched, match="takes too long"):
        get(sites, seconds=0.6)
    assert time.monotonic() - started < 3


def silent(sites: NewsSites) -> Callable[[BaseHTTPRequestHandler], None]:
    def serve(handler: BaseHTTPRequestHandler) -> None:
        sites.closing.wait(10)

    return serve


def test_an_answer_that_begins_late_has_all_the_time_that_there_is(
    sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_client, "_CONNECT_SECONDS", 0.2)

    def late(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.6)
        handler.send_response(200)
        handler.send_header("Content-Length", "1")
        handler.end_headers()
        handler.wfile.write(b"x")

    sites.pages["/"] = late
    assert get(sites).body == b"x"


def test_no_answer_at_all_is_not_waited_for(sites: NewsSites) -> None:
    sites.pages["/"] = silent(sites)
    with pytest.raises(NotFetched, match="takes too long"):
        get(sites, seconds=0.4)


def raw_answer(text: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def serve(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)
        handler.close_connection = True

    return serve


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 1000)[:-9],
        b"nonsense\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_answers_that_are_none_are_failures_with_a_name(sites: NewsSites, text: bytes) -> None:
    sites.pages["/"] = raw_answer(text)
    with pytest.raises(NotFetched):
        get(sites)


def test_a_packing_that_was_not_asked_for_is_refused(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"x", 200, (("Content-Encoding", "br"),))
    with pytest.raises(NotAllowed, match="packed as 'br'"):
        get(sites)


def test_each_redirect_is_asked_about_before_it_is_followed(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"", 302, (("Location", "/hai?x=1#y"),))
    sites.pages["/hai?x=1"] = Reply(b"", 301, (("Location", "http://tin.example:PORT/ba"),))
    sites.pages["tin.example/ba"] = Reply(b"here")
    seen: list[str] = []
    answer = get(sites, permit=seen.append)
    assert (answer.body, answer.address) == (b"here", sites.url("/ba", "tin.example"))
    assert seen == [sites.url("/"), sites.url("/hai?x=1"), sites.url("/ba", "tin.example")]


def test_a_redirect_that_is_not_permitted_is_not_asked_for(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"", 302, (("Location", "http://evil.example:PORT/"),))

    def only_bao(address: str) -> None:
        if "evil" in address:
            raise NotAllowed("not there")

    with pytest.raises(NotAllowed, match="not there"):
        get(sites, permit=only_bao)
    assert [one.host for one in sites.asked] == ["bao.example"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://bao.example/", "http://me:secret@bao.example/", "//["])
def test_a_redirect_to_what_is_no_page_is_refused(sites: NewsSites, target: str) -> None:
    sites.pages["/"] = Reply(b"", 302, (("Location", target),))
    with pytest.raises(NotAllowed):
        get(sites)


def test_a_redirect_without_end_is_given_up(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"", 302, (("Location", "/"),))
    with pytest.raises(NotFetched, match="leads on"):
        get(sites)
    assert len(sites.asked) == REDIRECTS + 1


def test_by_default_this_machine_can_not_be_asked(sites: NewsSites) -> None:
    with pytest.raises(NotAllowed, match="not public"):
        WebClient("1").get(f"http://127.0.0.1:{sites.port}/", most=1, seconds=1, permit=anything)
    assert sites.asked == []


def test_a_public_site_can_not_lead_into_a_private_network(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"", 302, (("Location", "http://ben-trong.example:PORT/latest/meta-data/"),))

    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"] if host == "bao.example" else ["169.254.169.254"]

    with pytest.raises(NotAllowed, match=r"ben-trong\.example is at an address that is not public"):
        get(sites, client=sites.client(resolve=resolve))
    assert len(sites.asked) == 1


def test_a_name_is_looked_up_once_so_that_it_can_not_change_its_answer(
    sites: NewsSites, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites.pages["/"] = Reply(b"the vetted one")
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    connected: list[Any] = []
    create = socket.create_connection

    def watched(address: Any, **given: Any) -> socket.socket:
        connected.append(address[0])
        return create(address, **given)

    monkeypatch.setattr(socket, "create_connection", watched)
    client = sites.client(resolve=lambda host, port: answers.pop(0))
    assert get(sites, client=client).body == b"the vetted one"
    assert connected == ["127.0.0.1"], "it connects to the address that was vetted, not to the name"
    with pytest.raises(NotAllowed):
        get(sites, client=client)


def test_the_next_address_is_tried_where_one_does_not_answer(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"x")
    assert get(sites, client=sites.client(resolve=lambda host, port: ["::1", "127.0.0.1"])).body == b"x"
    with pytest.raises(NotFetched, match="does not answer"):
        sites.client().get("http://bao.example:1/", most=1, seconds=2, permit=anything)


def test_proxies_of_the_environment_are_not_used(sites: NewsSites, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    sites.pages["/"] = Reply(b"x")
    assert get(sites).body == b"x"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for bao.example with its key, signed by itself."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bao.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("bao.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "bao.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[NewsSites]:
    made = NewsSites()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    made._server.socket = context.wrap_socket(made._server.socket, server_side=True, do_handshake_on_connect=False)
    with made.running() as running:
        yield running


def test_tls_is_checked_for_the_name_although_the_address_is_connected_to(secure: NewsSites, certificate: Path) -> None:
    secure.pages["/"] = Reply(b"secret")
    client = secure.client(trust=ssl.create_default_context(cafile=str(certificate)))
    asked: dict[str, Any] = {"most": 100, "seconds": 5, "permit": anything}
    assert client.get(secure.url("/").replace("http:", "https:"), **asked).body == b"secret"
    with pytest.raises(NotFetched, match="certificate"):
        client.get(secure.url("/", "tin.example").replace("http:", "https:"), **asked)
    with pytest.raises(NotFetched, match="certificate"):
        secure.client().get(secure.url("/").replace("http:", "https:"), **asked)


def test_a_handshake_that_never_ends_is_cut_off(certificate: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = WebClient("1", **LOCAL)
        port = listening.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(NotFetched, match="takes too long"):
            client.get(f"https://bao.example:{port}/", most=100, seconds=0.5, permit=anything)
        assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120.0), ("soon", None), ("-3", None), (None, None), ("Sun, 15 Mar " + "9" * 20 + " 01:30:00 GMT", None)],
)
def test_a_site_may_ask_to_be_left_alone(sites: NewsSites, value: str | None, seconds: float | None) -> None:
    sites.pages["/"] = Reply(b"", 429, (("Retry-After", value),) if value else ())
    answer = get(sites)
    assert (answer.status, answer.retry_after) == (429, seconds)


def test_it_may_also_name_a_moment(sites: NewsSites) -> None:
    sites.pages["/"] = Reply(b"", 503, (("Retry-After", "Sun, 15 Mar 2020 01:30:00 GMT"),))
    assert get(sites).retry_after == 0.0


def test_only_a_constructor_lets_this_machine_be_asked() -> None:
    assert WebClient("1")._admit is is_public
    assert WebClient("1", admit=is_loopback)._admit is is_loopback
