"""Reading articles of a cluster of which a part can't answer: nothing that is there is taken for missing."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.adapters.opensearch_documents import document_of
from machtin.adapters.opensearch_index import Description, OpenSearchIndex
from machtin.article import Article
from machtin.errors import IndexUnavailable
from machtin.ports import IndexEntry

HELD = document_of(IndexEntry(Article(id="a", title="Tin"), 1, None, pieces=np.array([1, 2], dtype=np.int32)))
WHOLE = {"_id": "a", "found": True, "_source": HELD, "fields": {"pieces": [HELD["pieces"]]}}
BROKEN = {"_id": "b", "error": {"type": "no_shard_available_action_exception", "reason": "told by the server"}}


class Cluster:
    """Answers _mget with what it was given."""

    def __init__(self, *docs: dict[str, Any]) -> None:
        self.docs = docs

    def request(self, method: str, path: str, *, body: dict[str, Any]) -> dict[str, Any]:
        assert (method, path) == ("POST", "/machtin/_mget")
        assert [one["_id"] for one in body["docs"]] == [one["_id"] for one in self.docs]
        return {"docs": list(self.docs)}


def index_on(*docs: dict[str, Any]) -> OpenSearchIndex:
    described = Description(model_version="m", dimensions=4)
    return OpenSearchIndex(cast(OpenSearchClient, Cluster(*docs)), "machtin", "articles-1", described)


def test_entries_and_pieces_are_read() -> None:
    assert index_on(WHOLE).get(["a", "a"])["a"].article.title == "Tin"
    assert index_on(WHOLE).pieces(["a", "a"])["a"].tolist() == [1, 2]


def test_what_can_not_be_read_is_not_taken_for_missing() -> None:
    with pytest.raises(IndexUnavailable, match="can't be read now"):
        index_on(WHOLE, BROKEN).get(["a", "b"])
    with pytest.raises(IndexUnavailable, match="can't be read now"):
        index_on(WHOLE, BROKEN).pieces(["a", "b"])
