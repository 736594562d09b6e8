"""Requests to an OpenSearch cluster: who asks, for how long, the circuit breaker, and errors in machtin's words."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from machtin.adapters.circuit_breaker import CircuitBreaker
from machtin.deadline import seconds_left
from machtin.errors import IndexRefused, IndexUnavailable, NotFound, SettingsError
from machtin.settings import OpenSearchSettings

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

POOL: Final = 10
NDJSON: Final = {"content-type": "application/x-ndjson"}
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
        self._client = _connect(settings)

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
        from opensearchpy import exceptions

        self.breaker.check()
        seconds = seconds_left(self.seconds if seconds is None else seconds)
        if seconds < LEAST_SECONDS:
            raise TimedOut("there is no time left to ask OpenSearch")
        given = {**(params or {}), "request_timeout": seconds}
        headers = NDJSON if isinstance(body, str | bytes) else None
        try:
            answer = self._client.transport.perform_request(method, path, params=given, body=body, headers=headers)
        except exceptions.ConnectionTimeout as error:
            if telling:
                self._gone("OpenSearch does not answer")
            raise TimedOut(f"OpenSearch did not answer within {seconds:.1f} s") from error
        except exceptions.ConnectionError as error:
            reason = f"OpenSearch can't be reached: {_connection_reason(error)}"
            self._gone(reason)
            raise IndexUnavailable(reason) from error
        except exceptions.TransportError as error:
            raise self._refusal(error) from error
        except exceptions.SerializationError as error:
            raise IndexUnavailable("OpenSearch sent what is no JSON") from error
        self.breaker.succeeded()
        return answer

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        self._client.close()

    def _gone(self, reason: str) -> None:
        """Addresses belong in the log, not in what readers are told."""
        log.warning("%s (%s)", reason, self._url)
        self.breaker.failed(reason)

    def _refusal(self, error: Any) -> IndexUnavailable | IndexRefused | NotFound:
        """The status for whoever asked, the cluster's own words for the log: they name nodes, indexes and people."""
        status, reason = error.status_code, reason_of(error.info or error.error)
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


def _connection_reason(error: Any) -> str:
    """What the system says, without the objects and addresses that urllib3 puts around it."""
    told = re.search(r"\[Errno -?\d+\] [\w ]+|certificate verify failed[^)]*|handshake failure", str(error.error))
    return told[0] if told else "the connection broke"


def _connect(settings: OpenSearchSettings) -> OpenSearch:
    from opensearchpy import OpenSearch, Urllib3HttpConnection

    # What fails is translated and told once, where it matters; the library tells each attempt.
    logging.getLogger("opensearch").setLevel(logging.CRITICAL)
    return OpenSearch(
        hosts=[settings.url],
        connection_class=Urllib3HttpConnection,
        http_auth=_authentication(settings),
        pool_maxsize=POOL,
        timeout=settings.timeout,
        # Readers have no time for another attempt, writers try again themselves.
        max_retries=0,
    )


def _authentication(settings: OpenSearchSettings) -> Any:
    if settings.user:
        return settings.user, settings.password
    if not settings.region:
        return None
    from botocore.session import Session
    from opensearchpy import Urllib3AWSV4SignerAuth

    credentials = Session().get_credentials()
    if credentials is None:
        raise SettingsError(
            f"{settings.url} wants signed requests and no AWS credentials were found; set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the domain's MACHTIN_OPENSEARCH_USER and _PASSWORD"
        )
    return Urllib3AWSV4SignerAuth(credentials, settings.region, "es")
