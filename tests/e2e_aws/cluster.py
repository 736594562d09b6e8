"""The OpenSearch that `make e2e` has started, stopped and started again by tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).parents[2]
SCRIPT: Final = ROOT / "scripts" / "opensearch.py"
DATA: Final = ROOT / "build" / "opensearch" / "e2e"
SECONDS: Final = 180


class Cluster:
    """A server of this machine; what it holds outlives a stop."""

    def __init__(self, url: str) -> None:
        self.url = url

    def stop(self) -> None:
        """Stop it and wait until it has ended."""
        self._script("stop")

    def start(self) -> None:
        """Start it, on what it held before, and wait until it is ready."""
        self._script("start", "--port", str(urlsplit(self.url).port))

    def _script(self, *words: str) -> None:
        command = [sys.executable, str(SCRIPT), *words, "--data", str(DATA)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
