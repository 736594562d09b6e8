"""What every article index promises about deep pages, completions, builds and the purge of tombstones."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from machtin.errors import InvalidInput
from machtin.ports import NO_FILTERS, ArticleIndex, Filters, IndexCatalog, IndexTombstone, Sort

from .asking import entry, lexical

# More than the ten thousand that pages by number reach.
MANY = 11_000
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def walked(index: ArticleIndex, text: str, sort: Sort, size: int, filters: Filters = NO_FILTERS) -> list[str]:
    ids: list[str] = []
    after: str | None = None
    while True:
        page = index.walk(text, filters, sort, size, after)
        ids += page.ids
        if page.next is None:
            return ids
        after = page.next


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize("text", ["", "gạo"])
def test_a_walk_meets_every_match_once_in_the_order_of_the_pages(index: ArticleIndex, text: str, sort: Sort) -> None:
    index.write(
        [
            entry(
                f"{n:02d}",
                "gạo" if n % 3 else "cá",
                body="gạo " * (n % 5),
                published_at=DAY + timedelta(days=n % 7) if n % 4 else None,
                section="Kinh tế" if n % 2 else "Đời sống",
            )
            for n in range(50)
        ]
    )
    assert walked(index, text, sort, 7) == list(lexical(index, text, sort=sort, size=50).ids)
    only = Filters(section="Kinh tế")
    assert walked(index, text, sort, 3, only) == list(lexical(index, text, only, sort, size=50).ids)


def test_a_walk_goes_on_beyond_the_window_of_a_search(index: ArticleIndex) -> None:
    ids = [f"{n:05d}" for n in range(MANY)]
    for start in range(0, MANY, 2_000):
        index.write([entry(one, published_at=DAY) for one in ids[start : start + 2_000]])
    assert walked(index, "tin", "relevance", 2_500) == ids
    assert walked(index, "tin", "newest", 4_000) == ids


def test_what_is_written_meanwhile_neither_repeats_nor_hides_the_rest(index: ArticleIndex) -> None:
    index.write([entry(f"{n:02d}", published_at=DAY + timedelta(days=n)) for n in range(10)])
    first = index.walk("", NO_FILTERS, "newest", 4, None)
    index.write([entry("99", published_at=DAY + timedelta(days=99)), IndexTombstone("08", 2)])
    second = index.walk("", NO_FILTERS, "newest", 4, first.next)
    assert (first.ids, second.ids) == (("09", "08", "07", "06"), ("05", "04", "03", "02"))


def test_a_walk_over_nothing_ends_at_once(index: ArticleIndex) -> None:
    page = index.walk("gạo", NO_FILTERS, "relevance", 5, None)
    assert (page.ids, page.total, page.next) == ((), 0, None)


def packed(place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


HOSTILE = ["", "nowhere", "0.5", "[]", "bm93aGVyZQ==", "x y", "9" * 3_900 + " a", "nan a b"]
HOSTILE += [
    packed(place) for place in (None, [], ["x"], ["x", None], ["x", []], ["x", [1, 2]], ["x", [1, "a"]], {"x": 1})
]
HOSTILE += [base64.urlsafe_b64encode(b"[" * 2_800).decode(), packed([["x"], [True, "a"]])]


@pytest.mark.parametrize("place", HOSTILE)
@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_a_place_that_was_not_given_is_refused(index: ArticleIndex, place: str, sort: Sort) -> None:
    index.write([entry("a"), entry("b")])
    with pytest.raises(InvalidInput) as caught:
        index.walk("tin", NO_FILTERS, sort, 1, place)
    assert caught.value.problems[0].field == "cursor"


def test_a_place_with_other_values_in_it_is_refused_or_a_place(index: ArticleIndex) -> None:
    index.write([entry("a"), entry("b")])
    given = index.walk("tin", NO_FILTERS, "newest", 1, None).next
    assert given is not None
    try:
        point, _ = json.loads(base64.urlsafe_b64decode(given))
    except ValueError:
        return  # the embedded index packs nothing
    for values in ([None, None], [None, "a"], ["a", "a"], [1, 2, "a"], [1e400, "a"], [-(10**30), "a"]):
        with suppress(InvalidInput):
            index.walk("tin", NO_FILTERS, "newest", 1, packed([point, values]))


def test_what_a_build_wrote_is_found_after_the_warm_up(catalog: IndexCatalog) -> None:
    index = catalog.create("model-a", 4, building=True)
    index.write([entry("a", "gạo", at=(1, 0, 0, 0)), entry("b", "cá"), IndexTombstone("c", 5)])
    assert index.write([entry("a", "gạo nếp", revision=2), entry("c", revision=4)]) == ["written", "stale"]
    index.warm_up()
    index.warm_up()
    assert (lexical(index, "gạo nếp").ids, index.count()) == (("a",), 2)
    index.write([entry("d", "rau")])
    assert lexical(index, "rau").ids == ("d",)
    index.close()


def test_a_purge_forgets_old_tombstones_alone(index: ArticleIndex) -> None:
    index.write([entry("a", revision=3), IndexTombstone("b", 4), IndexTombstone("c", 9), entry("d", revision=10)])
    assert index.purge(5) == 1
    assert index.purge(5) == 0
    assert dict(index.revisions()) == {"a": 3, "d": 10}
    assert index.write([entry("c", revision=8), entry("a", revision=3)]) == ["stale", "stale"]
    # OpenSearch itself remembers a deletion for another minute.
    assert index.write([entry("b", revision=2)])[0] in ("written", "stale")
