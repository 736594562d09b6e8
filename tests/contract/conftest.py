"""An index of the engine that the contract is run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from machtin.ports import ArticleIndex, IndexCatalog

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
