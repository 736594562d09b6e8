"""The embedded index between the commit of a batch's rows and that of its text: what is found is found once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.index_writer import IndexWriter
from machtin.adapters.tantivy_index import TantivyIndex
from machtin.adapters.writer_lock import writer_lock
from machtin.article import Article
from machtin.ports import Classes, IndexEntry, Retrieval

NEAR = np.array([1, 0, 0, 0], dtype=np.float32)


def entry(article_id: str, title: str, revision: int = 1) -> IndexEntry:
    return IndexEntry(Article(id=article_id, title=title), revision, NEAR)


@pytest.fixture
def lagging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TantivyIndex]:
    """Articles a and b, of which a was corrected just now: its writer has still to bring the text up to date."""
    index = EmbeddedCatalog(tmp_path).create("m", 4)
    index.write([entry("a", "Giá vàng"), entry("b", "Giá vàng"), entry("c", "Mưa lũ")])
    monkeypatch.setattr(IndexWriter, "_follow", lambda *_, **__: None)
    index.write([entry("a", "Giá vàng mới", revision=2), entry("c", "Mưa lũ lớn", revision=2)])
    monkeypatch.undo()
    with writer_lock(tmp_path / index.version / "writer.lock", wait_seconds=0):
        yield index
    index.close()


@pytest.mark.parametrize("classes", [Classes(1e-6, ("a", "c")), Classes(100.0, ("a",), ("b", "c"))])
def test_in_classes_an_article_that_is_being_corrected_is_listed_once(lagging: TantivyIndex, classes: Classes) -> None:
    asked = Retrieval(text="vàng", vector=None, size=9, sort="newest", classes=classes)
    leg = lagging.retrieve(asked).lexical
    assert (sorted(leg.ids), leg.total) == (["a", "b", "c"], 3)
    strong = {one for one, score in zip(leg.ids, leg.scores, strict=True) if score}
    assert strong == ({"a", "b", "c"} if classes.least < 1 else {"a"})
