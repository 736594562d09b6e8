"""Whatever editors do and however events come: no route of readers shows what must not be shown.

Articles are put, corrected, scheduled, moved and taken down, time passes, messages come late, twice and in any order,
while re-indexes and reconciling go on. Each text has a word of its own. A text that was never visible shows nowhere at
any time; when everything under way has come to its end, what is visible now shows everywhere, and nothing else does.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from machtin.web_files import FOLDER

from .newsroom import COMMON, IDS, Newsroom, newsroom

DOCUMENT: Final[dict[str, Any]] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))
READERS: Final = {
    path for path, methods in DOCUMENT["paths"].items() if "get" in methods and "security" not in methods["get"]
}
SORTS: Final = ("relevance", "newest", "oldest", "relevant_newest", "relevant_oldest")

Asked = tuple[str, dict[str, str]]


def misspelt(word: str) -> str:
    return word[:5] + "q" + word[6:]


def searches(hidden: list[str]) -> Iterator[Asked]:
    """In every mode and order, for what all texts have, for what only hidden ones have, and for all there is."""
    for query, mode, sort in product(("", COMMON, *hidden), ("hybrid", "lexical", "semantic"), SORTS):
        if sort == "relevance" or (query in ("", COMMON) and mode != "semantic"):
            more = {"facets": "true", "explain": "true"} if query == COMMON else {}
            yield "/v1/search", {"q": query, "mode": mode, "sort": sort, "size": "50", **more}
    yield "/v1/search", {"q": COMMON, "collapse": "copies"}
    for word in hidden:
        yield "/v1/search", {"q": f"{misspelt(word)} {COMMON}"}
        yield "/v1/search", {"section": f"Mục {word}"}
        yield "/v1/search", {"q": f'"{word}"', "author": f"Tác giả {word}"}


def suggestions(hidden: list[str]) -> Iterator[Asked]:
    yield "/v1/suggest", {"q": ""}
    for typed in (COMMON[:7], f"{COMMON} tăng ", *(word[:6] for word in hidden), *(word[-6:] for word in hidden)):
        yield "/v1/suggest", {"q": typed, "size": "20"}


def of_each(path: str) -> Callable[[list[str]], Iterator[Asked]]:
    return lambda _hidden: ((path.format(article_id=one), {}) for one in IDS)


def digests(_hidden: list[str]) -> Iterator[Asked]:
    yield "/v1/digests", {"ids": ",".join(IDS)}
    for one in IDS:
        yield "/v1/digests", {"ids": one}
        yield "/v1/digests", {"article": one}


# What is asked of each route of readers, given words of texts that are hidden.
CASES: Final[dict[str, Callable[[list[str]], Iterator[Asked]]]] = {
    "/v1/search": searches,
    "/v1/suggest": suggestions,
    "/v1/digests": digests,
    "/v1/health": lambda _hidden: iter([("/v1/health", {})]),
    **{path: of_each(path) for path in READERS if path.startswith("/v1/articles/{article_id}")},
}


# What is asked after every single step.
BRIEFLY: Final = {
    "/v1/articles/{article_id}": of_each("/v1/articles/{article_id}"),
    "/v1/search": lambda _hidden: iter([("/v1/search", {"q": COMMON, "facets": "true"})]),
    "/v1/suggest": lambda _hidden: iter([("/v1/suggest", {"q": COMMON})]),
}


def test_every_route_of_readers_has_a_case() -> None:
    assert CASES.keys() == READERS


def shows_nothing_else(room: Newsroom, allowed: set[str], ids: set[str], *, thoroughly: bool) -> None:
    """No answer has a word of another text, nor an id that was not asked for by it."""
    visible = room.visible()
    hidden = sorted(room.words() - allowed)
    sought = room.chance.sample(hidden, min(2, len(hidden)))
    cases = CASES if thoroughly else BRIEFLY
    for path, asking in cases.items():
        for address, parameters in asking(sought):
            status, body = room.get(address, **parameters)
            told = json.dumps([address, parameters, status])
            asked = {one for one in IDS if one in told}
            assert [word for word in hidden if word in body.lower()] == [], told + body
            assert [one for one in IDS if one in body and one not in ids | asked] == [], told + body
            if asked and path != "/v1/digests":
                (one,) = asked
                expected = {200} if one in visible else {404, 410} if one in room.ids_seen else {404}
                assert status in expected, told + body
            elif not asked:
                assert status == 200, told + body


def shows_what_it_may(room: Newsroom) -> None:
    """Search, walk, completions and digests have exactly what is visible."""
    visible = room.visible()
    for sort in ("newest", "oldest", "relevance"):
        found = room.read("/v1/search", mode="lexical", sort=sort, size="50", facets="true")
        assert (found["total"], {hit["id"] for hit in found["hits"]}) == (len(visible), set(visible))
    assert set(found["facets"]["section"]) == {one.article.section for one in visible.values()}
    walked, cursor = [], "*"
    while cursor:
        page = room.read("/v1/search", q=COMMON, mode="lexical", size="2", cursor=cursor)
        walked += [hit["id"] for hit in page["hits"]]
        cursor = page["cursor"]
    assert sorted(walked) == sorted(visible)
    completed = room.read("/v1/suggest", q=COMMON, size="20")["completions"]
    assert {(one["id"], one["title"]) for one in completed} == {(one, visible[one].article.title) for one in visible}
    missing = set(IDS) - set(visible)
    status, body = room.get("/v1/digests", ids=",".join(IDS))
    assert status == 200 if visible else status in (404, 410)
    if visible:
        assert {one["id"] for one in json.loads(body)["missing"]} == missing
        assert {one["id"] for one in json.loads(body)["missing"] if one["reason"] == "taken_down"} <= room.ids_seen
    health = room.read("/v1/health")["parts"]
    assert health["store"]["detail"] == f"{len(visible)} articles"
    assert health["index"]["detail"].endswith(f", {len(visible)} articles")


ONE = st.sampled_from(IDS)
SOON = st.sampled_from([1, 5, 30, 90])
OPERATIONS: Final = st.one_of(
    st.tuples(st.just("put_new"), ONE, st.none() | SOON | st.just(-10)),
    st.tuples(st.just("put_new"), ONE, SOON),
    st.tuples(st.just("put_again"), ONE, st.integers(0, 2)),
    st.tuples(st.just("move"), ONE, SOON),
    st.tuples(st.just("take_down"), ONE),
    st.tuples(st.just("wait"), SOON),
    st.tuples(st.just("release")),
    st.tuples(st.just("reconcile")),
    st.tuples(st.just("deliver"), st.integers(0, 4)),
    st.tuples(st.just("advance"), st.integers(1, 6)),
)


def told(room: Newsroom, operations: list[tuple[Any, ...]]) -> None:
    """A story, looked at on its way, at its end, and when nothing waits any more."""
    for at, (name, *given_to) in enumerate(operations):
        getattr(room, name)(*given_to)
        shows_nothing_else(room, room.seen, room.ids_seen, thoroughly=at % 8 == 7)
    for minutes in (0, 100):
        room.wait(minutes)
        room.settle()
        shows_what_it_may(room)
        visible = room.visible()
        shows_nothing_else(room, {one.word for one in visible.values()}, set(visible), thoroughly=True)


@pytest.fixture(scope="module")
def examples(engine: str) -> int:
    """How many stories an engine has the time for."""
    return {"embedded": 10, "opensearch": 2}[engine]


def test_no_route_ever_shows_what_must_not_be_shown(examples: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    @settings(max_examples=examples, database=None, derandomize=True)
    @given(st.lists(OPERATIONS, min_size=12, max_size=24), st.integers(0, 2**32))
    def holds(operations: list[tuple[Any, ...]], seed: int) -> None:
        with newsroom(tmp_path_factory.mktemp("story") / "data", random.Random(seed)) as room:
            told(room, operations)

    holds()
