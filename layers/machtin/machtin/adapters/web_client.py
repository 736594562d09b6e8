"""Asks public sites for pages: over vetted addresses, within limits of time and size that no answer can stretch."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from machtin.adapters.public_address import Address, Resolve, admitted, is_public, resolve
from machtin.errors import InvalidInput
from machtin.robots import AGENT
from machtin.web_address import PORTS, normal_address
from machtin.web_port import NotAllowed, NotFetched, WebAnswer

REDIRECTS: Final = 5
_CONNECT_SECONDS: Final = 5.0
# A socket's limit of 0 would mean that it does not wait at all.
_LEAST_SECONDS: Final = 0.001
_CHUNK: Final = 64 << 10
_REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})
_ENCODINGS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 47, "identity": 0, "": 0}
_TYPE = re.compile(r"\s*([\w.+-]+/[\w.+-]+)")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class WebClient:
    """Implements web_port.Web. It names itself, and ``contact`` as whom to write to; it keeps no cookies.

    ``admit``, ``resolve`` and ``trust`` are for tests on this machine.
    """

    def __init__(
        self,
        version: str,
        contact: str = "",
        *,
        admit: Callable[[Address], bool] = is_public,
        resolve: Resolve = resolve,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        about = f" (+{contact})" if contact else ""
        self._agent = f"{AGENT}/{version}{about}"
        self._admit = admit
        self._resolve = resolve
        self._trust = trust

    def get(
        self,
        address: str,
        *,
        most: int,
        seconds: float,
        permit: Callable[[str], None],
        etag: str | None = None,
        modified: str | None = None,
        part: bool = False,
    ) -> WebAnswer:
        until = time.monotonic() + seconds
        headers = {"User-Agent": self._agent, "Accept-Encoding": "gzip", "Accept": "*/*", "Connection": "close"}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": modified} if modified else {}
        for _ in range(REDIRECTS + 1):
            permit(address)
            with _named_failures(address), self._asked(address, headers, until) as answer:
                target = answer.getheader("Location") if answer.status in _REDIRECTING else None
                if target is None:
                    return _answer(address, answer, most, part)
            try:
                # Servers send letters beyond ASCII as they are; http.client reads them as Latin-1.
                address = normal_address(target.encode("latin-1").decode("utf-8", "replace"), address)
            except InvalidInput as error:
                raise NotAllowed(f"leads to what {error.problems[0].message}") from error
        raise NotFetched(f"leads on more than {REDIRECTS} times")

    @contextmanager
    def _asked(self, address: str, headers: Mapping[str, str], until: float) -> Iterator[http.client.HTTPResponse]:
        """The answer, which breaks off when the time is over, however slowly it trickles in."""
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        found = admitted(host, port, self._resolve, self._admit)
        connection = _Connection(host, port, found, self._trusted() if parts.scheme == "https" else None, until)
        guard = threading.Timer(max(until - time.monotonic(), 0), connection.cut)
        guard.daemon = True
        guard.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", target, headers={"Host": parts.netloc, **headers})
            with connection.getresponse() as answer:
                yield answer
            connection.check()
        except (OSError, http.client.HTTPException, zlib.error):
            connection.check()
            raise
        finally:
            guard.cancel()
            connection.close()

    def _trusted(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = ssl.create_default_context()
        return self._trust


class _Connection(http.client.HTTPConnection):
    """A connection to vetted addresses, which are not looked up again; TLS checks the certificate for the host."""

    def __init__(self, host: str, port: int, found: list[str], trust: ssl.SSLContext | None, until: float) -> None:
        super().__init__(host, port)
        self._found = found
        self._trust = trust
        self._until = until
        self._lock = threading.Lock()
        # http.client forgets its own where an answer is the last one, and reads on.
        self._open: socket.socket | None = None
        self._cut = False

    def connect(self) -> None:
        """Connect to the first address that answers. Raises OSError."""
        failure: OSError = TimeoutError("no time left")
        for address in self._found:
            left = self._until - time.monotonic()
            if left <= 0:
                break
            try:
                made = socket.create_connection((address, self.port), timeout=min(left, _CONNECT_SECONDS))
            except OSError as error:
                failure = error
                continue
            made.settimeout(max(self._until - time.monotonic(), _LEAST_SECONDS))
            self._keep(made)
            if self._trust is not None:
                # The handshake comes when the socket can be cut, since it may trickle as any answer may.
                wrapped = self._trust.wrap_socket(made, server_hostname=self.host, do_handshake_on_connect=False)
                self._keep(wrapped)
                wrapped.do_handshake()
            return
        raise failure

    def _keep(self, made: socket.socket) -> None:
        with self._lock:
            self.sock = self._open = made
        self.check()

    def cut(self) -> None:
        """End the connection from another thread: whoever reads from it is woken."""
        with self._lock:
            self._cut = True
            if self._open is not None:
                with suppress(OSError):
                    # Of the plain socket: its other thread must still find what an SSL socket forgets at shutdown.
                    socket.socket.shutdown(self._open, socket.SHUT_RDWR)

    def check(self) -> None:
        """Raises NotFetched where the time was over: what was read may be a part."""
        if self._cut:
            raise NotFetched("takes too long to answer")


@contextmanager
def _named_failures(address: str) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise NotFetched(f"has a certificate that is not valid: {error.verify_message}") from error
    except TimeoutError as error:
        raise NotFetched("takes too long to answer") from error
    except OSError as error:
        raise NotFetched(f"does not answer: {error.strerror or type(error).__name__}") from error
    except (http.client.InvalidURL, ValueError) as error:
        raise NotAllowed(f"can't be asked for: {address[:200]!r}") from error
    except zlib.error as error:
        raise NotFetched("is not packed as it says") from error
    except http.client.HTTPException as error:
        raise NotFetched(f"does not answer as HTTP says: {type(error).__name__}") from error


def _answer(address: str, answer: http.client.HTTPResponse, most: int, part: bool) -> WebAnswer:
    kind = answer.getheader("Content-Type") or ""
    named, charset = _TYPE.match(kind), _CHARSET.search(kind)
    return WebAnswer(
        address=address,
        status=answer.status,
        body=_body(answer, most, part) if answer.status == http.HTTPStatus.OK else b"",
        kind=named[1].lower() if named else "",
        charset=charset[1] if charset else None,
        etag=_validator(answer.headers, "ETag"),
        modified=_validator(answer.headers, "Last-Modified"),
        retry_after=_retry_after(answer.getheader("Retry-After")),
    )


def _validator(headers: Message, name: str) -> str | None:
    """A header that is sent back as it came; not one that is long, or could not stand in a request."""
    value = headers.get(name)
    return value if value and len(value) <= 500 and value.isascii() and value.isprintable() else None


def _retry_after(value: str | None) -> float | None:
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        return max((parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _body(answer: http.client.HTTPResponse, most: int, part: bool) -> bytes:
    """The body, unpacked, never more of it in memory than ``most`` bytes and a piece; NotAllowed, or a part, beyond."""
    encoding = (answer.getheader("Content-Encoding") or "").strip().lower()
    if encoding not in _ENCODINGS:
        raise NotAllowed(f"is packed as {encoding[:40]!r}, which was not asked for")
    window = _ENCODINGS[encoding]
    body = bytearray()
    for piece in _unpacked(answer, window) if window else _pieces(answer):
        body += piece
        if len(body) > most:
            if part:
                return bytes(body[:most])
            raise NotAllowed(f"is larger than {most >> 20} MiB")
    return bytes(body)


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := answer.read(_CHUNK):
        yield piece
    if answer.length:  # read(n) does not complain when less comes than was announced
        raise http.client.IncompleteRead(b"", answer.length)


def _unpacked(answer: http.client.HTTPResponse, window: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(window)
    for piece in _pieces(answer):
        yield unpacker.decompress(piece, _CHUNK)
        while unpacker.unconsumed_tail:
            yield unpacker.decompress(unpacker.unconsumed_tail, _CHUNK)
    yield unpacker.flush()
    if not unpacker.eof:
        raise http.client.IncompleteRead(b"")
