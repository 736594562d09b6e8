"""What robots.txt permits, however broken or absurd the file is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from machtin.robots import LONGEST_DELAY, Robots

PAGE = "https://bao.example/kin/a.html"


@pytest.mark.parametrize(
    "line", ["Disallow: //[", "Allow: //[", "Crawl-delay: ²", "Crawl-delay: " + "9" * 5_000, "Request-rate: ²/1"]
)
def test_a_line_that_can_not_be_read_is_passed_over_and_the_others_hold(line: str) -> None:
    robots = Robots(f"User-agent: *\n{line}\nDisallow: /kin/\nCrawl-delay: 3\n")
    assert not robots.permits(PAGE)
    assert robots.permits("https://bao.example/a.html")
    assert robots.delay == 3


@pytest.mark.parametrize(
    "line", ["Crawl-delay: " + "9" * 4_000, "Request-rate: 1/" + "9" * 4_000, "Crawl-delay: 99999999"]
)
def test_no_site_can_ask_for_more_than_a_day_between_two_requests(line: str) -> None:
    assert Robots(f"User-agent: *\n{line}\n").delay == LONGEST_DELAY


LINES = ["User-agent: *", "Disallow: /", "Allow: //[", "Crawl-delay: ", "Request-rate: 1/", "²", "%", "\x00", "9" * 30]


@given(st.lists(st.sampled_from(LINES) | st.text(max_size=8)))
def test_any_text_is_read(pieces: list[str]) -> None:
    for text in ("\n".join(pieces), "".join(pieces)):
        robots = Robots(text)
        assert robots.permits(PAGE) in (True, False)
        assert 0 <= robots.delay <= LONGEST_DELAY
