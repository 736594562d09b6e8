"""What every index catalog promises, whatever engine it stands on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from machtin.article import Article
from machtin.errors import Conflict, IndexUnavailable, NotFound
from machtin.ports import IndexCatalog, IndexEntry

MODEL = "model-a"


def test_nothing_is_live_at_first(catalog: IndexCatalog) -> None:
    with pytest.raises(NotFound):
        catalog.live()
    assert (catalog.versions(), catalog.live_version(), catalog.previous()) == ([], None, None)


def test_a_new_version_is_empty_names_its_model_and_is_not_live(catalog: IndexCatalog) -> None:
    index = catalog.create(MODEL, 4)
    assert (index.count(), index.model_version, catalog.versions()) == (0, MODEL, [index.version])
    with pytest.raises(NotFound):
        catalog.live()
    index.close()


def test_versions_are_listed_oldest_first(catalog: IndexCatalog) -> None:
    made = [catalog.create(MODEL, 4) for _ in range(11)]
    assert catalog.versions() == [index.version for index in made]
    for index in made:
        index.close()


def test_promotion_returns_what_was_live_and_keeps_it_for_rollback(catalog: IndexCatalog) -> None:
    first, second = catalog.create(MODEL, 4), catalog.create("model-b", 4)
    assert catalog.promote(first.version) is None
    assert (catalog.live().version, catalog.live_version(), catalog.previous()) == (first.version, first.version, None)
    assert catalog.promote(second.version) == first.version
    assert (catalog.live().model_version, catalog.previous()) == ("model-b", first.version)
    assert catalog.promote(first.version) == second.version
    assert catalog.live().version == first.version
    first.close()
    second.close()
    catalog.live().close()


def test_promoting_the_live_version_again_changes_nothing(catalog: IndexCatalog) -> None:
    first, second = catalog.create(MODEL, 4), catalog.create(MODEL, 4)
    catalog.promote(first.version)
    catalog.promote(second.version)
    catalog.promote(second.version)
    assert catalog.previous() == first.version
    first.close()
    second.close()


def test_a_promotion_is_noticed_by_others(open_catalog: Callable[[], IndexCatalog]) -> None:
    mine, theirs = open_catalog(), open_catalog()
    first, second = mine.create(MODEL, 4), mine.create(MODEL, 4)
    second.write([IndexEntry(Article(id="a", title="Tin"), 1, None)])
    mine.promote(first.version)
    before = theirs.live()
    assert before.count() == 0
    mine.promote(second.version)
    assert theirs.live().count() == 1
    assert before.count() == 0, "a request under way may still use the one before"
    for index in (first, second, before, theirs.live()):
        index.close()


def test_the_live_version_cannot_be_dropped(catalog: IndexCatalog) -> None:
    index = catalog.create(MODEL, 4)
    catalog.promote(index.version)
    with pytest.raises(Conflict):
        catalog.drop(index.version)
    assert catalog.live().count() == 0
    index.close()
    catalog.live().close()


def test_a_dropped_version_is_gone_also_as_the_previous_one(catalog: IndexCatalog) -> None:
    first, second = catalog.create(MODEL, 4), catalog.create(MODEL, 4)
    catalog.promote(first.version)
    catalog.promote(second.version)
    first.close()
    catalog.drop(first.version)
    assert (catalog.versions(), catalog.previous()) == ([second.version], None)
    second.close()


def test_a_name_is_never_given_twice(catalog: IndexCatalog) -> None:
    names = []
    for _ in range(4):
        index = catalog.create(MODEL, 4)
        names.append(index.version)
        index.close()
        catalog.drop(index.version)
    assert len(set(names)) == 4


def test_the_first_version_takes_nobodys_place(catalog: IndexCatalog) -> None:
    first, second = catalog.create(MODEL, 4), catalog.create(MODEL, 4)
    assert catalog.promote(first.version, only_first=True) is None
    assert catalog.promote(second.version, only_first=True) == first.version
    assert (catalog.live_version(), catalog.previous()) == (first.version, None)
    for index in (first, second):
        index.close()


def test_many_first_versions_at_once_leave_one_live(open_catalog: Callable[[], IndexCatalog]) -> None:
    def begin(_: int) -> str:
        own = open_catalog()
        index = own.create(MODEL, 4)
        own.promote(index.version, only_first=True)
        live = own.live_version()
        index.close()
        assert live is not None
        return live

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin, range(4)))
    catalog = open_catalog()
    live = catalog.live_version()
    for version in catalog.versions():
        if version != live:
            catalog.drop(version)
    assert (catalog.live_version(), catalog.previous()) == (live, None)


def test_a_late_write_does_not_make_a_dropped_version_anew(catalog: IndexCatalog) -> None:
    index = catalog.create(MODEL, 4)
    catalog.drop(index.version)
    with pytest.raises((IndexUnavailable, NotFound)):
        index.write([IndexEntry(Article(id="a", title="Tin"), 1, None)])
    assert catalog.versions() == []
    index.close()


@pytest.mark.parametrize("name", ["articles-00000000000000099", "..", "", "a/b"])
def test_an_unknown_version_is_not_found(catalog: IndexCatalog, name: str) -> None:
    for act in (catalog.open, catalog.promote, catalog.drop):
        with pytest.raises(NotFound):
            act(name)
