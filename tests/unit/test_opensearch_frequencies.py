"""Frequencies of terms: asked of the server once, remembered for a while, and one question's own once it has them."""

from __future__ import annotations

from typing import Any

import pytest

from machtin.adapters.lexical_terms import Term
from machtin.adapters.opensearch_frequencies import REMEMBERED_SECONDS, IndexFrequencies

RICE, FISH, PAIR = Term("exact", "gạo", 1), Term("folded", "ca", 1), Term("bigram", "gia_gao", 1)


class Server:
    """Knows two terms; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.now = 0.0

    def request(self, method: str, path: str, *, body: dict[str, Any]) -> Any:
        assert (method, path) == ("POST", "/news/_termvectors")
        self.asked.append(body["doc"]["text"])
        fields = {"text": {"gạo": 7}, "text.folded": {"ca": 3}, "text.bigram": {"gia_gao": 2}}
        vectors = {
            name: {
                "terms": {token: {"doc_freq": seen} for token, seen in known.items()},
                "field_statistics": {"doc_count": 90},
            }
            for name, known in fields.items()
        }
        return {"term_vectors": vectors}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def frequencies(server: Server) -> IndexFrequencies:
    return IndexFrequencies(server, "news", lambda: server.now)  # type: ignore[arg-type]  # all that is asked of a client


def test_one_request_tells_of_all_and_only_what_is_new_is_asked(server: Server, frequencies: IndexFrequencies) -> None:
    asked = frequencies.asked()
    asked.learn([RICE, PAIR])
    assert [asked.of(term) for term in (RICE, PAIR, FISH)] == [7, 2, 0]
    assert asked.articles == 90
    again = frequencies.asked()
    again.learn([RICE, FISH])
    assert [again.of(term) for term in (RICE, FISH)] == [7, 3]
    assert server.asked == [["gạo", "gia gao"], ["ca"]]


def test_what_is_forgotten_meanwhile_is_not_taken_from_a_question(
    server: Server, frequencies: IndexFrequencies
) -> None:
    asked = frequencies.asked()
    asked.learn([RICE])
    server.now = REMEMBERED_SECONDS + 1
    frequencies.asked().learn([FISH])
    assert (asked.of(RICE), asked.articles) == (7, 90)
    frequencies.asked().learn([RICE])
    assert server.asked == [["gạo"], ["ca"], ["gạo"]]
