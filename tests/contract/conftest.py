"""The engines that the index contract runs on; a further one joins by one line in ``ENGINES``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.ports import ArticleIndex, IndexCatalog

# Each opens the same installation again when it is called again with the same folder, as another process would.
ENGINES: dict[str, Callable[[Path], IndexCatalog]] = {"embedded": EmbeddedCatalog}

MODEL = "model-a"
DIMENSIONS = 4


@pytest.fixture(params=sorted(ENGINES))
def open_catalog(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], IndexCatalog]:
    return lambda: ENGINES[request.param](tmp_path / "index")


@pytest.fixture
def catalog(open_catalog: Callable[[], IndexCatalog]) -> IndexCatalog:
    return open_catalog()


@pytest.fixture
def index(catalog: IndexCatalog) -> Iterator[ArticleIndex]:
    opened = catalog.create(MODEL, DIMENSIONS)
    yield opened
    opened.close()
