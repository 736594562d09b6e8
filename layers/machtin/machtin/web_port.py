"""How the web is asked: the port, its answers and its failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from machtin.errors import MachtinError


class NotFetched(MachtinError):
    """A page could not be fetched; another attempt may end otherwise."""


class NotAllowed(MachtinError):
    """A page must not be fetched, or is not what can be read here; another attempt would end the same way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAnswer:
    """An answer. ``address`` is where it came from in the end; ``retry_after`` in seconds, where the site said so.

    ``charset`` and ``kind`` (such as "text/html") are what the site calls the body; the body is unpacked.
    """

    address: str
    status: int
    body: bytes = b""
    kind: str = ""
    charset: str | None = None
    etag: str | None = None
    modified: str | None = None
    retry_after: float | None = None


class Web(Protocol):
    """Asks for pages. Never at an address of a private network, whatever a name or a redirect says."""

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
        """One page of at most ``most`` bytes, within ``seconds`` in all; 304 where the validators still hold.

        Of one that is longer the first ``most`` bytes are returned where ``part`` says so.

        ``permit`` is asked about each address, redirects included, before it is asked for, and raises to refuse it.
        Raises NotFetched, NotAllowed, and what ``permit`` raises.
        """
