"""An index of the engine that the contract is run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machtin.adapters import sqlite_thread_links
from machtin.adapters.opensearch_catalog import OpenSearchCatalog
from machtin.adapters.opensearch_thread_links import OpenSearchThreadLinks
from machtin.adapters.sqlite_file import SqliteFile
from machtin.adapters.sqlite_thread_links import SqliteThreadLinks
from machtin.ports import ArticleIndex, IndexCatalog
from machtin.thread_port import ThreadLinks

MODEL = "model-a"
DIMENSIONS = 4


@pytest.fixture
def catalog(open_catalog: Callable[[], IndexCatalog]) -> IndexCatalog:
    return open_catalog()


@pytest.fixture
def index(catalog: IndexCatalog) -> Iterator[ArticleIndex]:
    opened = catalog.create(MODEL, DIMENSIONS)
    yield opened
    opened.close()


OpenLinks = Callable[..., ThreadLinks]


@pytest.fixture
def open_links(catalog: IndexCatalog, tmp_path: Path) -> OpenLinks:
    """Opens what keeps links beside an engine's indexes, of another installation where that is named.

    Called again, it opens them as another process would.
    """

    def opened(installation: str = "own") -> ThreadLinks:
        if isinstance(catalog, OpenSearchCatalog):
            return OpenSearchThreadLinks(catalog._client, f"{catalog.prefix}-{installation}")
        return SqliteThreadLinks(SqliteFile(tmp_path / f"{installation}.sqlite", sqlite_thread_links.SCHEMA))

    return opened
