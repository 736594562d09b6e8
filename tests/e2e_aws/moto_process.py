"""moto's server as a process of its own: S3, SQS and Step Functions on this machine, one request at a time.

moto changes its lists without locks (a message that is sent while another is deleted may vanish), which AWS does not:
requests take turns here. What its Step Functions interpreter asks of other services goes to MOTO_PORT, which is the
endpoint in front of it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from typing import Any

from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

from .state_machine import teach


class InTurn:
    """A WSGI application whose requests wait for each other."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._turn:
            return list(self._app(environ, start_response))


def main(port: int) -> None:
    """Serve until the process is ended."""
    teach()
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    app = InTurn(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", port, app, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main(int(sys.argv[1]))
