"""An index that an earlier machtin wrote goes on answering, taking articles in, and is replaced by a re-index."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from machtin.adapters import opensearch_schema
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.lexical_terms import OUTDATED
from machtin.adapters.opensearch_catalog import OpenSearchCatalog
from machtin.ports import ArticleIndex, Filters, IndexCatalog

from .asking import entry, lexical, nearest
from .conftest import DIMENSIONS, MODEL

NEAR = (1, 0, 0, 0)


@pytest.fixture
def earlier(catalog: IndexCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArticleIndex:
    """A live version as it was written before there were phrases."""
    if isinstance(catalog, EmbeddedCatalog):
        import tantivy

        made = catalog.create(MODEL, DIMENSIONS)
        version = made.version
        made.close()
        folder = tmp_path / "index" / version
        meta = json.loads((folder / "meta.json").read_text())
        (folder / "meta.json").write_text(json.dumps(meta | {"format": 2}))
        for file in (folder / "text").iterdir():
            file.unlink()
        schema = tantivy.SchemaBuilder()
        for name in ("exact", "folded", "bigram"):
            schema = schema.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        schema = schema.add_text_field("label", tokenizer_name="raw", index_option="basic")
        schema = schema.add_text_field("section", tokenizer_name="raw", index_option="basic", fast=True)
        schema = schema.add_integer_field("month", fast=True)
        schema = schema.add_integer_field("published", indexed=True, fast=True)
        schema = schema.add_unsigned_field("slot", indexed=True, fast=True)
        tantivy.Index(schema.build(), str(folder / "text"))
    else:
        assert isinstance(catalog, OpenSearchCatalog)
        described = opensearch_schema.mapping

        def mapping(model_version: str, dimensions: int) -> dict[str, object]:
            now = described(model_version, dimensions)
            now["properties"]["text"]["index_options"] = "freqs"
            for later in ("headline", "opening", "title", "pieces", "summarizer"):
                del now["properties"][later]
            return now | {"_meta": now["_meta"] | {"format": 1}}

        monkeypatch.setattr(opensearch_schema, "mapping", mapping)
        version = catalog.create(MODEL, DIMENSIONS).version
        monkeypatch.undo()
    catalog.promote(version)
    return catalog.open(version)


def test_it_answers_and_takes_articles_in_as_it_was_written(earlier: ArticleIndex) -> None:
    earlier.write([entry("y", "Kỹ sư Đắk Lắk", at=NEAR), entry("i", "Kĩ sư Đắc Lắc", at=NEAR)])
    assert lexical(earlier, "kĩ sư").ids == ("i",)
    assert lexical(earlier, "Đắk Lắk").ids == ("y",)
    assert lexical(earlier, "dak lak").ids == ("y",)


def test_phrases_are_pairs_of_words_in_it(earlier: ArticleIndex) -> None:
    earlier.write([entry("row", "Họp ở Đà Nẵng", at=NEAR), entry("apart", "Nẵng và Đà", at=NEAR)])
    for phrase in ("Đà Nẵng", "da nang", "họp ở Đà Nang"):
        filters = Filters(phrases=(phrase,))
        assert lexical(earlier, "", filters).ids == nearest(earlier, *NEAR, filters=filters).ids == ("row",)
    assert lexical(earlier, "", Filters(without=("da nang",))).ids == ("apart",)


def test_what_it_has_no_place_for_is_left_out(earlier: ArticleIndex) -> None:
    made = replace(entry("a", "Giá gạo", at=NEAR), pieces=np.array([1, 2], dtype=np.int32), summarizer="lead-1")
    assert earlier.write([made]) == ["written"]
    assert set(earlier.pieces(["a"])) <= {"a"}
    assert earlier.get(["a"])["a"].summarizer in (None, "lead-1")
    assert lexical(earlier, "gạo").ids == ("a",)


def test_it_tells_to_re_index_and_the_next_version_has_all(
    earlier: ArticleIndex, catalog: IndexCatalog, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        catalog.open(earlier.version)
    assert OUTDATED % earlier.version in caplog.text
    caplog.clear()
    following = catalog.create(MODEL, DIMENSIONS)
    following.write([entry("a", "Kỹ sư Đắk Lắk", at=NEAR)])
    assert lexical(following, "kĩ sư", Filters(phrases=("Đắc Lắc",))).ids == ("a",)
    assert catalog.promote(following.version) == earlier.version
    assert not caplog.text
