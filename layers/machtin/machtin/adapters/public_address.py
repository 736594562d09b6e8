"""Names to addresses that lie on the public internet; all others are refused."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final

from machtin.web_port import NotAllowed, NotFetched

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

# IPv6 that a gateway turns into the IPv4 address in its last four bytes (RFC 6052).
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# Special ranges that some versions of Python take for public: protocol assignments, relays, examples, and gateways of
# a network's own, which may keep the IPv4 address anywhere (RFC 8215).
_SPECIAL: Final = tuple(
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "2001:db8::/32", "3fff::/20", "5f00::/16")
)
# More than a site's addresses are never tried.
TRIED: Final = 4


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which the system prefers them. Raises NotFetched."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched(f"the host {host} is not known") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether an address is reached over the internet, those that stand for another one judged by that one.

    Private networks, this machine, link-local (where clouds keep credentials), shared, reserved and multicast
    addresses are not.
    """
    if isinstance(address, ipaddress.IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address.teredo or address.scope_id or address.is_site_local:
            return False
        if address in _NAT64:
            embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded is not None:
            return is_public(embedded)
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_private or address.is_reserved or address.is_unspecified
    )


def admitted(host: str, port: int, resolve: Resolve, admit: Callable[[Address], bool]) -> list[str]:
    """The addresses of a host, all of which are admitted. Raises NotAllowed where one is not, NotFetched for none.

    The caller connects to one of these and does not ask the name again, which might answer otherwise by then.
    """
    found = [ipaddress.ip_address(one) for one in resolve(host.strip("[]"), port)]
    if not found:
        raise NotFetched(f"the host {host} has no address")
    if not all(admit(one) for one in found):
        raise NotAllowed(f"the host {host} is at an address that is not public")
    return [str(one) for one in found[:TRIED]]
