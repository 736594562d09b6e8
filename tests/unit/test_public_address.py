"""Which addresses are public: everything that leads into a private network is not."""

from __future__ import annotations

import ipaddress

import pytest

from machtin.adapters.public_address import admitted, is_public, resolve
from machtin.web_port import NotAllowed, NotFetched

PRIVATE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.7",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
    "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "64:ff9b:1:a00:0:100::",
    "2002:7f00:1::1", "2002:a00:1::", "2001:0:53aa:64c:0:fbff:f5ff:fffe", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(NotAllowed, match="not public"):
        admitted("bao.example", 80, lambda host, port: [address], is_public)


@pytest.mark.parametrize("address", ["8.8.8.8", "113.160.0.1", "2405:4800::1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_ones_are_taken(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
    assert admitted("bao.example", 443, lambda host, port: [address], is_public) == [str(ipaddress.ip_address(address))]


def test_a_name_with_one_private_address_is_refused_whatever_the_others() -> None:
    with pytest.raises(NotAllowed):
        admitted("bao.example", 443, lambda host, port: ["8.8.8.8", "10.0.0.1"], is_public)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1"])
def test_addresses_in_other_spellings_are_what_the_system_takes_them_for(host: str) -> None:
    with pytest.raises((NotAllowed, NotFetched)):
        admitted(host, 80, resolve, is_public)


def test_a_name_that_is_not_known_is_told() -> None:
    with pytest.raises(NotFetched, match="not known"):
        resolve("khong-co.invalid", 80)
