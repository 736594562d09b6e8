"""A small HTTP server on this machine: whole requests in, whole answers out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

Headers = Sequence[tuple[str, str]]
# What a server says of itself is said per hop, and is not passed on.
PER_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"})


@dataclass(frozen=True)
class Request:
    """A request as it stood on the wire: ``target`` is path and query as they were sent."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    client: str = "127.0.0.1"

    @property
    def path(self) -> str:
        """The path as it was sent, percent signs and all."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """What stands behind the question mark, as it was sent."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """The values of a header, joined as HTTP allows; None where it was not sent."""
        values = [value for one, value in self.headers if one.lower() == name]
        return ",".join(values) if values else None


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int
    headers: Headers = ()
    body: bytes = b""


TOO_LARGE: Final = Answer(413)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):  # the caller has gone; there is nobody to tell
            self.close_connection = True

    def _exchange(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            answer = self.server.too_large
        else:
            sent = Request(self.command, self.path, self.headers.items(), body, str(self.client_address[0]))
            answer = self.server.answer(sent)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in PER_HOP:
                self.send_header(name, value)
        # What HEAD would have got of GET is for whoever answers to say.
        sizes = [value for name, value in answer.headers if name.lower() == "content-length" and self.command == "HEAD"]
        if answer.status not in (204, 304):
            self.send_header("Content-Length", sizes[0] if sizes else str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = do_PATCH = _exchange  # noqa: N815

    def _body(self) -> bytes | None:
        """The whole body; None where it is larger than this server takes."""
        if "chunked" in (self.headers.get("transfer-encoding") or "").lower():
            return self._chunks()
        size = int(self.headers.get("content-length") or 0)
        return self.rfile.read(size) if size <= self.server.most_bytes else None

    def _chunks(self) -> bytes | None:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            if len(body) + size > self.server.most_bytes:
                return None
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def log_message(self, *args: Any) -> None:
        """Tests speak for themselves."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Request], Answer], most_bytes: int, too_large: Answer) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.most_bytes = most_bytes
        self.too_large = too_large


@contextmanager
def served(
    answer: Callable[[Request], Answer],
    *,
    port: int = 0,
    most_bytes: int = 1 << 30,
    too_large: Answer = TOO_LARGE,
) -> Iterator[str]:
    """Serve until the block ends; yields the address. A body of more than ``most_bytes`` gets ``too_large``."""
    server = _Server(port, answer, most_bytes, too_large)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
