"""What the first load of a page weighs, as bench/page_budget.py measures it; time is the bench's own affair."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from .reader_screens import BRIDGE
from .serving import Site

pytestmark = pytest.mark.browser

BENCH: Final = Path(__file__).parent.parent.parent / "bench" / "page_budget.py"
BUDGET: Final = 60_000
# Bytes as sent. Whoever makes a page heavier says so here.
PINNED: Final = {
    "/": 52_000,
    "/en": 52_000,
    "/?q=cau+linh+nam": 53_000,
    f"/articles/{BRIDGE}": 50_000,
    f"/articles/{BRIDGE}?view=digest": 49_000,
    "/desk": 39_000,
}


@pytest.fixture(scope="module")
def loads(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Each page's figures by its address, of one load."""
    file = tmp_path_factory.mktemp("budget") / "loads.json"
    command = [sys.executable, str(BENCH), "--url", site.base, "--runs", "1", "--json", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert file.is_file(), ended.stderr
    return {one["address"]: one for one in json.loads(file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("address", PINNED)
def test_the_first_load_is_small(loads: dict[str, Any], address: str) -> None:
    assert 10_000 < loads[address]["bytes"] <= PINNED[address] <= BUDGET


@pytest.mark.parametrize("address", PINNED)
def test_nothing_moves_while_a_page_comes_in(loads: dict[str, Any], address: str) -> None:
    assert loads[address]["shift"] < 0.05
