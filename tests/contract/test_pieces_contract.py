"""The pieces of articles, which reranking reads: kept beside entries, on every engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from machtin.adapters import opensearch_schema
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.ports import ArticleIndex, IndexCatalog, IndexEntry, IndexTombstone

from .asking import entry, lexical
from .conftest import DIMENSIONS, MODEL


def with_pieces(article_id: str, pieces: Sequence[int] | None, *, revision: int = 1) -> IndexEntry:
    made = entry(article_id, "Giá gạo", revision=revision, at=(1, 0, 0, 0))
    return made if pieces is None else replace(made, pieces=np.array(pieces, dtype=np.int32))


def pieces_of(index: ArticleIndex, *article_ids: str) -> dict[str, list[int]]:
    found = index.pieces(article_ids)
    assert {pieces.dtype for pieces in found.values()} <= {np.dtype(np.int32)}
    return {article_id: pieces.tolist() for article_id, pieces in found.items()}


def test_pieces_come_back_in_the_order_of_the_text_by_id(index: ArticleIndex) -> None:
    index.write([with_pieces("a", [7, 3, 7, 60_000]), with_pieces("b", [2**31 - 1, 0])])
    assert pieces_of(index, "b", "a") == {"a": [7, 3, 7, 60_000], "b": [2**31 - 1, 0]}
    assert pieces_of(index, "a", "a") == {"a": [7, 3, 7, 60_000]}


def test_an_entry_is_shown_without_its_pieces(index: ArticleIndex) -> None:
    index.write([with_pieces("a", [1, 2])])
    assert index.get(["a"])["a"].pieces is None
    assert lexical(index, "gạo").ids == ("a",)


def test_none_are_told_of_the_unknown_the_buried_and_what_has_none(index: ArticleIndex) -> None:
    index.write([with_pieces("gone", [1]), with_pieces("none", None), with_pieces("empty", []), with_pieces("a", [5])])
    index.write([IndexTombstone("gone", 2)])
    assert pieces_of(index, "gone", "none", "unknown", "a") == {"a": [5]}
    assert pieces_of(index, "empty") == {"empty": []}
    assert pieces_of(index) == {}


def test_a_correction_brings_its_own_pieces_or_none(index: ArticleIndex) -> None:
    index.write([with_pieces("a", [1]), with_pieces("b", [2]), with_pieces("c", [3], revision=5)])
    outcomes = index.write(
        [with_pieces("a", [9, 8], revision=2), with_pieces("b", None, revision=2), with_pieces("c", [4], revision=4)]
    )
    assert outcomes == ["written", "written", "stale"]
    assert pieces_of(index, "a", "b", "c") == {"a": [9, 8], "c": [3]}


def test_an_article_that_is_published_again_has_the_pieces_it_comes_with(index: ArticleIndex) -> None:
    index.write([with_pieces("a", [1])])
    index.write([IndexTombstone("a", 2)])
    index.write([with_pieces("a", [6], revision=3)])
    assert pieces_of(index, "a") == {"a": [6]}


def test_another_process_reads_the_same_pieces(index: ArticleIndex, open_catalog: Callable[[], IndexCatalog]) -> None:
    index.write([with_pieces("a", [1, 2, 3])])
    other = open_catalog().open(index.version)
    assert pieces_of(other, "a") == {"a": [1, 2, 3]}
    other.close()


@pytest.fixture
def before(catalog: IndexCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArticleIndex:
    """A version as it was written before there were pieces, with an article."""
    described = opensearch_schema.mapping

    def mapping(model_version: str, dimensions: int) -> dict[str, Any]:
        now = described(model_version, dimensions)
        del now["properties"]["pieces"]
        return now | {"_meta": now["_meta"] | {"format": 2}}

    monkeypatch.setattr(opensearch_schema, "mapping", mapping)
    made = catalog.create(MODEL, DIMENSIONS)
    monkeypatch.undo()
    made.write([with_pieces("old", None)])
    made.close()
    if isinstance(catalog, EmbeddedCatalog):
        with closing(sqlite3.connect(tmp_path / "index" / made.version / "entries.sqlite")) as db:
            db.execute("DROP TABLE piece")
    return catalog.open(made.version)


def test_an_index_from_before_pieces_goes_on_and_tells_none_of_what_it_had(before: ArticleIndex) -> None:
    assert pieces_of(before, "old") == {}
    before.write([with_pieces("new", [4, 5]), with_pieces("old", [6], revision=2)])
    assert lexical(before, "gạo").ids == ("new", "old")
    # A file gets a place for them when it is opened, an index of a cluster when it is built anew.
    assert pieces_of(before, "new", "old") in ({"new": [4, 5], "old": [6]}, {})
    before.close()


def test_a_file_from_before_pieces_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    catalog = EmbeddedCatalog(tmp_path)
    made = catalog.create(MODEL, DIMENSIONS)
    made.write([with_pieces("old", None)])
    made.close()
    with closing(sqlite3.connect(tmp_path / made.version / "entries.sqlite")) as db:
        db.execute("DROP TABLE piece")
    with ThreadPoolExecutor(8) as readers:
        opened = list(readers.map(lambda _: EmbeddedCatalog(tmp_path).open(made.version), range(8)))
    opened[0].write([with_pieces("new", [4, 5])])
    for one in opened:
        assert pieces_of(one, "old", "new") == {"new": [4, 5]}
        one.close()
