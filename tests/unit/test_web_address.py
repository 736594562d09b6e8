"""Addresses: one spelling for each, and the sites that may be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.errors import InvalidInput
from machtin.web_address import AllowedSites, normal_address, site_of


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("HTTP://Bao.Example:80/a#b", "http://bao.example/a"),
        ("https://bao.example", "https://bao.example/"),
        ("https://bao.example./a", "https://bao.example/a"),
        ("/kinh tế/gạo.html", "https://bao.example/kinh%20t%E1%BA%BF/g%E1%BA%A1o.html"),
        ("gao%20a.html?x=1&y=%C3%A0", "https://bao.example/rss/gao%20a.html?x=1&y=%C3%A0"),
        ("//cdn.example:8080/x", "https://cdn.example:8080/x"),
        ("https://báo.vn/", "https://xn--bo-mia.vn/"),
        ("http://[2001:DB8::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("?trang=2", "https://bao.example/rss/tin.rss?trang=2"),
        (" https://bao.example/a\t", "https://bao.example/a"),
    ],
)
def test_an_address_has_one_spelling(text: str, address: str) -> None:
    assert normal_address(text, "https://bao.example/rss/tin.rss") == address
    assert normal_address(address) == address


@pytest.mark.parametrize(
    "text",
    ["ftp://a/b", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://a b/", "https://me:sesame@bao.example/",
     "http://[::1", "http://a:99999/", "data:text/html,x", "http://bao.example\\@evil.example/", "gopher://a/",
     "https://" + "a" * 300 + ".example/", "https://bao.example/" + "a" * 3000],
)  # fmt: skip
def test_what_no_page_lies_at_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        normal_address(text)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = normal_address(text, "https://bao.example/")
    except InvalidInput:
        return
    assert address.isascii()
    assert not any(character.isspace() for character in address)
    assert normal_address(address) == address


def test_only_named_sites_are_allowed() -> None:
    allowed = AllowedSites(["bao.example", "*.tin.example", "may.example:8080"])
    inside = ["https://bao.example/a", "http://bao.example/a", "https://the-thao.tin.example/a", "http://a.b.tin.example/",
              "http://may.example:8080/"]  # fmt: skip
    outside = ["https://www.bao.example/", "https://tin.example/", "https://xtin.example/", "http://bao.example:22/",
               "http://may.example/", "https://bao.example.evil.example/", "http://127.0.0.1/"]  # fmt: skip
    assert all(map(allowed.allows, inside))
    assert not any(map(allowed.allows, outside))
    assert site_of("https://bao.example/x") == site_of("http://bao.example/") == "bao.example"


def test_sites_may_be_named_as_people_write_them() -> None:
    allowed = AllowedSites(["Báo.example", "tin.example:443", "*.Tin.vn.", "*.thời-sự.example"])
    for address in ("https://báo.example/", "https://tin.example/", "https://a.tin.vn/", "https://a.thời-sự.example/"):
        assert allowed.allows(normal_address(address))
    assert not allowed.allows("https://thoi-su.example/")
