"""Verifies AWS Signature Version 4 as API Gateway does on a route with IAM authorisation.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: the signature covers the
method, the path, the query, the signed headers (the host and each x-amz- header among them) and the body's hash, and
is good for five minutes around its X-Amz-Date. AWS remembers no signatures: inside those minutes TLS alone keeps a
request from being sent again by somebody else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from posixpath import normpath
from typing import Final
from urllib.parse import quote, unquote

from .loopback import Request

ALGORITHM: Final = "AWS4-HMAC-SHA256"
VALIDITY: Final = timedelta(minutes=5)
_AUTHORIZATION: Final = re.compile(
    rf"{ALGORITHM} Credential=(?P<key>\w+)/"
    r"(?P<scope>(?P<day>\d{8})/(?P<region>[\w-]+)/(?P<service>[\w-]+)/aws4_request)"
    r", ?SignedHeaders=(?P<headers>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


class Refused(Exception):
    """The request carries no signature, or one that doesn't hold; the message is for the log, not for the caller."""


@dataclass(frozen=True)
class Identity:
    """Somebody who may sign: a key, its secret, and the routes (METHOD/path, with * for anything) that policies allow.

    ``session_token``: the credentials are temporary ones, and the token has to be sent, and signed, along with them.
    """

    access_key: str
    secret: str
    user: str
    account: str = "123456789012"
    allowed: Sequence[str] = ("*",)
    session_token: str | None = None

    def may(self, method: str, path: str) -> bool:
        """Whether a policy lets this identity call the route."""
        return any(fnmatchcase(f"{method}{path}", pattern) for pattern in self.allowed)

    def authorizer(self) -> dict[str, object]:
        """What the gateway tells the function about the caller."""
        return {
            "accessKey": self.access_key,
            "accountId": self.account,
            "callerId": f"AIDA{self.access_key[4:]}",
            "cognitoIdentity": None,
            "principalOrgId": None,
            "userArn": f"arn:aws:iam::{self.account}:user/{self.user}",
            "userId": f"AIDA{self.access_key[4:]}",
        }


def verified(request: Request, identities: Mapping[str, Identity], region: str, now: datetime) -> Identity:
    """The identity that signed this request for API Gateway in ``region``. Raises Refused."""
    sent = _AUTHORIZATION.fullmatch(request.header("authorization") or "")
    if sent is None:
        raise Refused("there is no signature")
    identity = identities.get(sent["key"])
    if identity is None:
        raise Refused("the access key is unknown")
    date = _signed_at(request, now)
    if (sent["day"], sent["region"], sent["service"]) != (date[:8], region, "execute-api"):
        raise Refused(f"the signature is for {sent['scope']}")
    if request.header("x-amz-security-token") != identity.session_token:
        raise Refused("the session token is not the one of these credentials")
    signed = sent["headers"].split(";")
    needed = {"host"} | {name.lower() for name, _ in request.headers if name.lower().startswith("x-amz-")}
    if missing := needed - set(signed):
        raise Refused(f"not signed: {', '.join(sorted(missing))}")
    canonical = canonical_request(request, signed)
    text = "\n".join([ALGORITHM, date, sent["scope"], hashlib.sha256(canonical.encode()).hexdigest()])
    if not hmac.compare_digest(_signature(identity.secret, sent["scope"], text), sent["signature"]):
        raise Refused("the signature does not match the request")
    return identity


def _signed_at(request: Request, now: datetime) -> str:
    """X-Amz-Date, where it lies within five minutes of now."""
    date = request.header("x-amz-date") or ""
    try:
        at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("there is no X-Amz-Date") from error
    if abs(now - at) > VALIDITY:
        raise Refused(f"signed at {date}, now it is {now:%Y%m%dT%H%M%SZ}")
    return date


def canonical_request(request: Request, signed: Sequence[str]) -> str:
    """The request as it is hashed; the body's hash is taken from the body, whatever a header says of it."""
    path = normpath(request.path) + ("/" if request.path.endswith("/") and request.path != "/" else "")
    pairs = [pair.partition("=")[::2] for pair in request.query.split("&") if pair]
    query = sorted((_encoded(name), _encoded(value)) for name, value in pairs)
    headers = [f"{name}:{' '.join((request.header(name) or '').split())}" for name in signed]
    return "\n".join(
        [
            request.method,
            # Every service but S3 encodes the path a second time.
            quote(re.sub("^//+", "/", path), safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in query),
            *headers,
            "",
            ";".join(signed),
            hashlib.sha256(request.body).hexdigest(),
        ]
    )


def _encoded(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _signature(secret: str, scope: str, text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()
