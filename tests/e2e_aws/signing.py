"""Signs requests for API Gateway as the AWS SDKs do: with botocore, which knows nothing of who verifies them."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .gateway import REGION
from .sigv4 import Identity


def signed_headers(
    identity: Identity,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    region: str = REGION,
    service: str = "execute-api",
) -> dict[str, str]:
    """The headers to send, these among them, with a signature of the present moment."""
    request = AWSRequest(method, url, dict(headers), body)
    credentials = Credentials(identity.access_key, identity.secret, identity.session_token)
    SigV4Auth(credentials, service, region).add_auth(request)
    return dict(request.headers.items())
