"""What every keeper of links between articles promises."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from machtin.thread_port import Link, Linked, ThreadLinks

from .conftest import OpenLinks


@pytest.fixture
def links(open_links: OpenLinks) -> ThreadLinks:
    return open_links()


def linked(article_id: str, revision: int, *others: str, by: str = "1", likelihood: float = 0.9) -> Linked:
    made = tuple(Link(article_id, revision, other, 1, likelihood) for other in others)
    return Linked(article_id, revision, by, made)


def pairs(found: list[Link]) -> set[tuple[str, str]]:
    return {(link.one, link.other) for link in found}


def test_before_anything_is_kept_there_is_nothing(links: ThreadLinks) -> None:
    assert links.of(["a"]) == []
    assert list(links.revisions()) == []
    links.remove([("a", 5)])
    assert links.of([]) == links.of(["a"]) == []


def test_a_link_is_found_from_both_of_its_ends_with_all_that_it_says(links: ThreadLinks, open_links: OpenLinks) -> None:
    link = Link("b", 7, "a", 3, 0.875)
    links.put([Linked("b", 7, "1 model", (link,)), linked("c", 2)])
    for opened in (links, open_links()):
        assert opened.of(["a"]) == opened.of(["b"]) == opened.of(["a", "b", "x"]) == [link]
        assert opened.of(["c"]) == []
        assert sorted(opened.revisions()) == [("b", 7, "1 model"), ("c", 2, "1")]


def test_links_of_many_articles_come_at_once(links: ThreadLinks) -> None:
    links.put([linked("a", 1, "b", "c"), linked("c", 1, "d"), linked("e", 1, "f")])
    assert pairs(links.of(["b", "c"])) == {("a", "b"), ("a", "c"), ("c", "d")}
    assert pairs(links.of([f"x{number}" for number in range(200)] + ["f"])) == {("e", "f")}


def test_putting_again_replaces_what_an_article_was_linked_to(links: ThreadLinks) -> None:
    links.put([linked("a", 1, "b", "c")])
    links.put([linked("a", 1, "c", "d", by="2")])
    assert pairs(links.of(["a"])) == {("a", "c"), ("a", "d")}
    assert links.of(["b"]) == []
    links.put([linked("a", 2)])
    assert links.of(["a"]) == links.of(["d"]) == []
    assert list(links.revisions()) == [("a", 2, "1")]


def test_what_comes_late_or_twice_changes_nothing(links: ThreadLinks) -> None:
    newer = linked("a", 5, "c")
    links.put([newer])
    links.put([linked("a", 4, "b"), linked("d", 1, "a")])
    links.put([newer])
    links.remove([("a", 4)])
    assert pairs(links.of(["a", "b"])) == {("a", "c"), ("d", "a")}
    assert sorted(links.revisions()) == [("a", 5, "1"), ("d", 1, "1")]


def test_what_was_removed_is_forgotten_and_may_come_again(links: ThreadLinks) -> None:
    links.put([linked("a", 5, "c"), linked("b", 1, "a")])
    links.remove([("a", 6), ("never-there", 1)])
    assert pairs(links.of(["a", "c"])) == {("b", "a")}
    assert list(links.revisions()) == [("b", 1, "1")]
    links.put([linked("a", 7, "c")])
    assert pairs(links.of(["c"])) == {("a", "c")}


def test_ids_of_any_letters_are_kept_apart(links: ThreadLinks) -> None:
    odd = ["A", "a", "a.b", "a~b", "x" * 128]
    links.put([linked(one, 1, f"{one[:100]}-1") for one in odd])
    assert sorted(article_id for article_id, _, _ in links.revisions()) == sorted(odd)
    assert all(pairs(links.of([one])) == {(one, f"{one[:100]}-1")} for one in odd)


def test_several_may_write_at_once(open_links: OpenLinks) -> None:
    def write(number: int) -> None:
        keeper = open_links()
        for at in range(5):
            keeper.put([linked(f"n{number}-{at}", 1, "hub"), linked("shared", number * 10 + at, "hub")])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert len(open_links().of(["hub"])) == 21
    assert ("shared", 34, "1") in list(open_links().revisions())


def test_all_of_a_large_archive_are_told_once(links: ThreadLinks) -> None:
    def batches() -> Iterator[list[Linked]]:
        for start in range(0, 4_500, 1_500):
            yield [linked(f"a{at:05}", 1) for at in range(start, start + 1_500)]

    for batch in batches():
        links.put(batch)
    assert [article_id for article_id, _, _ in links.revisions()] == [f"a{at:05}" for at in range(4_500)]
