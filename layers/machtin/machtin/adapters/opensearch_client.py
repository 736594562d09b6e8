"""Requests to an OpenSearch cluster: for how long, the circuit breaker, and errors in machtin's words."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from machtin.adapters.circuit_breaker import CircuitBreaker
from machtin.adapters.opensearch_http import HttpAnswer, NoAnswer, OpenSearchHttp, TooLate
from machtin.deadline import seconds_left
from machtin.errors import IndexRefused, IndexUnavailable, NotFound
from machtin.settings import OpenSearchSettings

# Answers that another attempt may turn into better ones: too many requests, and no node or shard to answer now.
BUSY: Final = frozenset({429, 502, 503, 504})
# Said by what stands before a cluster that does not answer.
GATEWAY: Final = frozenset({502, 504})
# Less is not worth asking.
LEAST_SECONDS: Final = 0.05

log = logging.getLogger(__name__)


class TimedOut(IndexUnavailable):
    """No answer within the time that a request was given."""


class Busy(IndexUnavailable):
    """The cluster answers, with ``status``, and can't do it now; the same request may succeed in a moment."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class AlreadyThere(IndexRefused):
    """Somebody else made it first."""


class OpenSearchClient:
    """One cluster. Threads may share it."""

    def __init__(self, settings: OpenSearchSettings) -> None:
        self.seconds = settings.timeout
        self.breaker = CircuitBreaker()
        # The vector leg has one of its own: a slow graph search must not take the words along.
        self.vector_breaker = CircuitBreaker(failures=1)
        self._url = settings.url
        self._http = OpenSearchHttp(settings)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        seconds: float | None = None,
        telling: bool = True,
    ) -> Any:
        """The JSON answer. ``body`` is an object, or the text of NDJSON; ``seconds`` by default those of the settings.

        Raises TimedOut, Busy, IndexUnavailable (no connection), NotFound, AlreadyThere, and IndexRefused for a
        request that the cluster finds wrong. ``telling``: whether a timeout says something about the whole cluster.
        """
        self.breaker.check()
        seconds = seconds_left(self.seconds if seconds is None else seconds)
        if seconds < LEAST_SECONDS:
            raise TimedOut("there is no time left to ask OpenSearch")
        try:
            answer = self._http.ask(method, path, params, body, seconds)
        except TooLate as error:
            if telling:
                self._gone("OpenSearch does not answer")
            raise TimedOut(f"OpenSearch did not answer within {seconds:.1f} s") from error
        except NoAnswer as error:
            reason = f"OpenSearch can't be reached: {_connection_reason(error)}"
            self._gone(reason)
            raise IndexUnavailable(reason) from error
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)
        try:
            document = json.loads(answer.body)
        except ValueError as error:
            raise IndexUnavailable("OpenSearch sent what is no JSON") from error
        self.breaker.succeeded()
        return document

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        self._http.close()

    def _gone(self, reason: str) -> None:
        """Addresses belong in the log, not in what readers are told."""
        log.warning("%s (%s)", reason, self._url)
        self.breaker.failed(reason)

    def _refusal(self, answer: HttpAnswer) -> IndexUnavailable | IndexRefused | NotFound:
        """The status for whoever asked, the cluster's own words for the log: they name nodes, indexes and people."""
        status, reason = answer.status, reason_of(_decoded(answer.body))
        told = f"OpenSearch answered {status}"
        if status in GATEWAY:
            self._gone(told)
        else:
            self.breaker.succeeded()
        if status == 404:
            return NotFound(told)
        if "resource_already_exists" in reason:
            return AlreadyThere(told)
        log.warning("%s: %s (%s)", told, reason, self._url)
        if status in (401, 403):
            log.warning("check MACHTIN_OPENSEARCH_USER and _PASSWORD, or the AWS credentials and the domain's policy")
            return IndexUnavailable(f"{told}: it does not let machtin in")
        if status in BUSY or status >= 500:
            return Busy(told, status)
        return IndexRefused(told)


def reason_of(info: object) -> str:
    """What an error object of OpenSearch says, in a line."""
    error = info.get("error", info) if isinstance(info, Mapping) else info
    if not isinstance(error, Mapping):
        return str(error)[:300]
    cause = next(iter(error.get("root_cause") or ()), error)
    if "reason" in cause:
        return f"{cause.get('type')}: {cause['reason']}"[:500]
    # Domains answer in words of their own.
    return str(cause.get("Message") or cause.get("message") or cause)[:500]


def _decoded(body: bytes) -> object:
    """The object that an answer holds, else its text."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _connection_reason(error: NoAnswer) -> str:
    """What the system says, without the objects and addresses that urllib3 puts around it."""
    told = re.search(r"\[Errno -?\d+\] [\w ]+|certificate verify failed[^)]*|handshake failure", str(error))
    return told[0] if told else "the connection broke"
