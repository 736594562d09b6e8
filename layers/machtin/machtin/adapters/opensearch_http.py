"""One HTTP request to an OpenSearch cluster and its answer: connections that are kept, JSON, who asks."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

from machtin.errors import SettingsError
from machtin.settings import OpenSearchSettings

if TYPE_CHECKING:
    from urllib3 import HTTPConnectionPool

POOL: Final = 10
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"

# What says who asks, in headers: of the method, the whole address and the body.
Sign = Callable[[str, str, bytes | None], Mapping[str, str]]


class NoAnswer(Exception):
    """The cluster could not be reached, or the connection broke; says why in the system's own words."""


class TooLate(NoAnswer):
    """Connected, but the answer did not come in time."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back, whatever it says."""

    status: int
    body: bytes


class OpenSearchHttp:
    """Connections to one cluster. Threads may share them."""

    def __init__(self, settings: OpenSearchSettings) -> None:
        self._url, self._folder = settings.url, urlsplit(settings.url).path
        self._pool = _pool(settings.url)
        self._sign = _signing(settings)

    def ask(self, method: str, path: str, params: Mapping[str, str] | None, body: object, seconds: float) -> HttpAnswer:
        """One attempt, without redirects. ``body``: an object is sent as JSON, text or bytes as NDJSON.

        Raises TooLate or NoAnswer. ``seconds`` are for connecting, and again for each part of the answer.
        """
        from urllib3.exceptions import HTTPError, ReadTimeoutError

        asked = f"{path}?{urlencode(params, quote_via=quote)}" if params else path
        headers, sent = _encoded(body)
        try:
            answer = self._pool.urlopen(
                method,
                self._folder + asked,
                body=sent,
                headers={**headers, **self._sign(method, self._url + asked, sent)},
                timeout=seconds,
                retries=False,
                redirect=False,
            )
        except ReadTimeoutError as error:
            raise TooLate(str(error)) from error
        except HTTPError as error:
            raise NoAnswer(str(error)) from error
        return HttpAnswer(answer.status, answer.data)

    def close(self) -> None:
        """Close the connections; safe to call twice."""
        self._pool.close()


def _encoded(body: object) -> tuple[dict[str, str], bytes | None]:
    """A body's headers and bytes. Lone surrogates pass as they are: the cluster says what it thinks of them."""
    if body is None:
        return {}, None
    if isinstance(body, bytes):
        return {"content-type": NDJSON}, body
    if isinstance(body, str):
        return {"content-type": NDJSON}, body.encode("utf-8", "surrogatepass")
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return {"content-type": JSON}, text.encode("utf-8", "surrogatepass")


def _pool(url: str) -> HTTPConnectionPool:
    from urllib3 import connection_from_url

    return connection_from_url(url, maxsize=POOL)


def _signing(settings: OpenSearchSettings) -> Sign:
    """A password where a user is named, a signature where a region is, nothing else."""
    if settings.user:
        token = base64.b64encode(f"{settings.user}:{settings.password}".encode()).decode()
        return lambda *_: {"authorization": f"Basic {token}"}
    return _signature(settings) if settings.region else lambda *_: {}


def _signature(settings: OpenSearchSettings) -> Sign:
    """AWS Signature Version 4. Only host and time are signed: what stands between may change other headers."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.session import Session

    credentials: Any = Session().get_credentials()
    if credentials is None:
        raise SettingsError(
            f"{settings.url} wants signed requests and no AWS credentials were found; set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the domain's MACHTIN_OPENSEARCH_USER and _PASSWORD"
        )

    def sign(method: str, address: str, body: bytes | None) -> Mapping[str, str]:
        request = AWSRequest(method, address, data=body or b"")
        SigV4Auth(credentials.get_frozen_credentials(), "es", settings.region).add_auth(request)
        return dict(request.headers.items())

    return sign
