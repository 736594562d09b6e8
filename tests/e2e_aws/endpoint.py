"""The one address where AWS answers in these tests: moto behind it, Lambda's Invoke beside it, faults on demand."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from .gateway import FunctionError, Invoke
from .loopback import PER_HOP, Answer, Request, served

FUNCTIONS: Final = "/2015-03-31/functions/"
START_SECONDS: Final = 60.0
# What S3 says of itself when it can't serve: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
SLOW_DOWN: Final = Answer(
    503,
    [("content-type", "application/xml")],
    b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate."
    b"</Message></Error>",
)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Endpoint:
    """Answers AWS requests. ``s3_fault`` decides which requests to S3 get a 503 instead; ``functions`` by name."""

    port: int
    functions: Mapping[str, Invoke] = field(default_factory=dict)
    s3_fault: Callable[[Request], bool] = lambda request: False
    refused: int = 0

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        if request.path.startswith(FUNCTIONS):
            return self._invoked(request)
        if "/s3/aws4_request" in (request.header("authorization") or "") and self.s3_fault(request):
            self.refused += 1
            return SLOW_DOWN
        return self._passed_on(request)

    def _invoked(self, request: Request) -> Answer:
        """Lambda's Invoke, synchronous: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html."""
        # A name, or an ARN with the name in its seventh place, with or without an alias behind it.
        named = unquote(request.path.removeprefix(FUNCTIONS).partition("/")[0])
        name = named.split(":")[6] if named.startswith("arn:") else named
        function = self.functions.get(name)
        if function is None:
            told = {"Type": "User", "Message": f"Function not found: {name}"}
            return Answer(404, [("x-amzn-errortype", "ResourceNotFoundException")], json.dumps(told).encode())
        try:
            returned = function(json.loads(request.body or b"{}"))
        except FunctionError as error:
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return Answer(200, [("x-amz-function-error", "Unhandled")], json.dumps(told).encode())
        return Answer(200, [("content-type", "application/json")], json.dumps(returned).encode())

    def _passed_on(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
            for name, value in request.headers:
                if name.lower() not in PER_HOP:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()


@contextmanager
def running_endpoint(log: Path) -> Iterator[tuple[str, Endpoint]]:
    """Start moto and the endpoint in front of it; yields its address. ``log`` gets moto's words."""
    endpoint = Endpoint(free_port())
    with served(endpoint) as address, log.open("w") as out:
        environment = os.environ | {"MOTO_PORT": address.rpartition(":")[2], "PYTHONWARNINGS": "ignore"}
        process = subprocess.Popen(
            [sys.executable, "-m", "e2e_aws.moto_process", str(endpoint.port)],
            cwd=Path(__file__).parent.parent,
            env=environment,
            stdout=out,
            stderr=out,
        )
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _listens(endpoint.port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"moto did not start: {log.read_text()[-2_000:]}")
                time.sleep(0.1)
            yield address, endpoint
        finally:
            process.terminate()
            process.wait(timeout=10)
