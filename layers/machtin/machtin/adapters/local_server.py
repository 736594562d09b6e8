"""The local server: uvicorn in front of the reader's and the editor's functions, and the work behind them."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from machtin.adapters.local_functions import Functions
from machtin.adapters.local_http import Route, application
from machtin.errors import SettingsError, Unavailable

if TYPE_CHECKING:
    from machtin.adapters.local_events import Worker

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
# What editors alone are shown, beside the audit trail of an article.
EDITORS_READ: Final = ("/v1/reindexes", "/v1/scheduled", "/v1/ingest", "/v1/golden", "/v1/audit")
BACKLOG: Final = 128
# Requests that are being answered when the server is told to stop get this long.
GRACE_SECONDS: Final = 5
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def routes(functions: Functions) -> list[Route]:
    """Which function a request goes to, as the gateway's routes say on AWS."""
    reading, writing = frozenset({"GET", "OPTIONS"}), frozenset({"PUT", "DELETE", "POST"})
    return [
        *(Route(frozenset({"GET"}), prefix, "editor", functions.editor) for prefix in EDITORS_READ),
        Route(frozenset({"GET"}), "/v1/articles/", "editor", functions.editor, "/audit"),
        Route(frozenset({"GET"}), "/v1/articles/", "editor", functions.editor, "/stored"),
        Route(reading, "/", "reader", functions.reader),
        Route(writing, "/", "editor", functions.editor),
    ]


def bind(host: str, port: int) -> socket.socket:
    """A socket that holds the address but does not listen yet. Raises Unavailable or SettingsError with the mend."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        # Linux lets two sockets share an address until one listens, so that is asked too.
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise _address_error(host, port, error) from error
    return bound


def _address_error(host: str, port: int, error: OSError) -> Unavailable | SettingsError:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8080
        return Unavailable(f"port {port} on {host} is taken; choose another: MACHTIN_PORT={other} machtin serve")
    if error.errno == errno.EACCES:
        return SettingsError(f"port {port} is not open to this user; choose one from 1024: MACHTIN_PORT=8080")
    return SettingsError(f"cannot serve on {host}: {error.strerror or error}; give an address of this machine")


def run(bound: socket.socket, functions: Functions, worker: Worker, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, then let requests and the piece of work at hand finish."""
    import uvicorn

    config = uvicorn.Config(
        application(routes(functions)),
        http="h11",
        loop="asyncio",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    # For a signal that comes before uvicorn listens to any, and for the one that uvicorn raises again when it has
    # stopped: neither may end the process before the work behind it has ended.
    before = {number: signal.signal(number, stop) for number in _STOPPING}
    worker.start()
    try:
        ready()
        server.run(sockets=[bound])
    finally:
        worker.stop()
        bound.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def address(host: str, port: int) -> str:
    """What a browser on this machine opens."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  # recognised, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def is_open_to_others(host: str) -> bool:
    """Whether other machines can reach the server."""
    return host not in LOOPBACK
