"""News sites on this machine for tests: real HTTP on loopback, under whatever names a test gives them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from machtin.adapters.public_address import Address
from machtin.adapters.web_client import WebClient


class Asked(NamedTuple):
    host: str
    path: str
    headers: dict[str, str]
    at: float


class Reply(NamedTuple):
    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Serve = Callable[[BaseHTTPRequestHandler], None]


class NewsSites:
    """Answers for every host; ``pages`` are by host and path, or by path alone."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.pages: dict[str, Reply | Serve] = {}
        self.closing = threading.Event()
        sites = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = self.headers["Host"].partition(":")[0]
                sites.asked.append(Asked(host, self.path, dict(self.headers), time.monotonic()))
                page = sites.pages.get(host + self.path, sites.pages.get(self.path, Reply(status=404)))
                if isinstance(page, Reply):
                    self.answer(page)
                else:
                    page(self)

            def answer(self, page: Reply) -> None:
                validators = {name: value for name, value in page.headers if name in ("ETag", "Last-Modified")}
                given = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
                holds = validators and any(value in given for value in validators.values())
                body = b"" if holds else page.body
                self.send_response(304 if holds else page.status)
                for name, value in page.headers:
                    self.send_header(name, value.replace("PORT", str(sites.port)))
                if not holds:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any, **given: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that has had enough

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @contextmanager
    def running(self) -> Iterator[NewsSites]:
        self._thread.start()
        yield self
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str, host: str = "bao.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self, *, robots: bool = False) -> list[str]:
        return [one.path for one in self.asked if robots or one.path != "/robots.txt"]

    def client(self, **changes: Any) -> WebClient:
        return WebClient("1.2.3", "https://toasoan.example/lien-he", **(LOCAL | changes))


def is_loopback(address: Address) -> bool:
    return address.is_loopback


# What only a constructor can say: that this machine may be asked, under any name.
LOCAL: dict[str, Any] = {"admit": is_loopback, "resolve": lambda host, port: ["127.0.0.1"]}


def html(body: str, **headers: str) -> Reply:
    kind = headers.pop("kind", "text/html; charset=utf-8")
    return Reply(body.encode(), 200, (("Content-Type", kind), *headers.items()))


def article(title: str, text: str = "", *, canonical: str = "", published: str = "") -> str:
    """A page as news sites write them."""
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    head += f'<meta property="article:published_time" content="{published}">' if published else ""
    paragraphs = "".join(
        f"<p>{text or 'Thương lái ở Cần Thơ nói giá gạo xuất khẩu sẽ còn tăng.'} Đoạn thứ {number} của bài.</p>"
        for number in range(1, 5)
    )
    head += f"<title>{title}</title>"
    return f"<!doctype html><html><head>{head}</head><body><h1>{title}</h1>{paragraphs}</body></html>"


def rss(*items: str) -> Reply:
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'
    return Reply(text.encode(), 200, (("Content-Type", "application/rss+xml"),))


def item(link: str, title: str = "", published: str = "", text: str = "") -> str:
    parts = f"<link>{link}</link>" + (f"<title>{title}</title>" if title else "")
    parts += f"<pubDate>{published}</pubDate>" if published else ""
    return f"<item>{parts}<description>{text}</description></item>"
