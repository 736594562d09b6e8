"""Addresses of pages: one spelling for each, and the hosts at which they may lie."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from machtin.errors import InvalidInput

LONGEST: Final = 2_000
PORTS: Final = {"http": 80, "https": 443}
# What an address may hold unescaped; % stays, since an address that is escaped already must not be escaped again.
_SAFE: Final = "/%:@!$&'()*+,;=~-._?[]"
_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]+\]")


def normal_address(text: str, base: str = "") -> str:
    """The one spelling under which an address is asked for and remembered: absolute, escaped, without its fragment.

    Raises InvalidInput for what no page can be asked for by: another scheme, a password, a host that is none.
    """
    try:
        parts = urlsplit(urljoin(base, text.strip()))
        scheme, port = parts.scheme.lower(), parts.port
        host = _ascii_host(parts.hostname or "")
    except (ValueError, UnicodeError) as error:
        raise InvalidInput.of("address", f"is no address of a page: {text.strip()[:200]!r}") from error
    if scheme not in PORTS:
        raise InvalidInput.of("address", f"must be an http or https address: {text.strip()[:200]!r}")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput.of("address", "must not hold a name or a password")
    netloc = host if port in (None, PORTS[scheme]) else f"{host}:{port}"
    path, query = (quote(_CONTROL.sub(_escaped, part), safe=_SAFE) for part in (parts.path or "/", parts.query))
    address = urlunsplit((scheme, netloc, path, query, ""))
    if len(address) > LONGEST:
        raise InvalidInput.of("address", f"has {len(address):,} characters; the limit is {LONGEST:,}")
    return address


def _ascii_host(host: str) -> str:
    if ":" in host:
        host = f"[{host}]"
    elif not host.isascii():
        host = host.encode("idna").decode("ascii")
    host = host.lower()
    if not _HOST.fullmatch(host):
        raise ValueError("no host")
    return host.removesuffix(".")


def _escaped(found: re.Match[str]) -> str:
    return quote(found[0])


def site_of(address: str) -> str:
    """The host of a normal address, with its port where it is neither 80 nor 443: what politeness is owed to."""
    parts = urlsplit(address)
    port = parts.port or PORTS[parts.scheme]
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    return host if port in PORTS.values() else f"{host}:{port}"


def _normal_site(entry: str) -> str:
    """An entry of the list in the spelling that ``site_of`` gives."""
    host = entry.strip().removeprefix("*.")
    return ("*." if host != entry.strip() else "") + site_of(normal_address(f"http://{host}/"))


class AllowedSites:
    """Which sites may be asked: hosts, with a port other than 80 and 443, or ``*.`` and what all of them are below.

    Raises InvalidInput for what is no host.
    """

    def __init__(self, sites: Iterable[str]) -> None:
        entries = list(map(_normal_site, sites))
        self._exact = {entry for entry in entries if not entry.startswith("*.")}
        self._below = tuple(entry[1:] for entry in entries if entry.startswith("*."))

    def allows(self, address: str) -> bool:
        """Whether this normal address lies at one of them."""
        site = site_of(address)
        return site in self._exact or (bool(self._below) and site.endswith(self._below))
