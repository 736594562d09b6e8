"""What a cold start pays: the import of each handler, the parts of that, and the model's load."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import Any

REPEATS = 7
IMPORTS = {
    "reader_api": "import reader_api",
    "editor_api": "import editor_api",
    "ingest": "import ingest",
    "reindex": "import reindex",
    "powertools resolver": "from aws_lambda_powertools.event_handler import APIGatewayHttpResolver",
    "powertools resolver, validating": "from aws_lambda_powertools.event_handler import APIGatewayHttpResolver as A; "
    "A(enable_validation=True)",
    "powertools Logger and Metrics": "from aws_lambda_powertools import Logger, Metrics",
    "numpy": "import numpy",
    "tokenizers": "import tokenizers",
    "tantivy": "import tantivy",
}
MODEL = (
    "import time\n"
    "from machtin.embedding import StaticEmbedder\n"
    "from machtin.settings import Settings\n"
    "import numpy, tokenizers\n"
    "started = time.perf_counter()\n"
    "embedder = StaticEmbedder.load(Settings().model)\n"
    "loaded = time.perf_counter()\n"
    "embedder.embed(['vùng kinh tế trọng điểm'])\n"
    "print((loaded - started) * 1000, (time.perf_counter() - loaded) * 1000)\n"
)


def measure() -> dict[str, Any]:
    """Milliseconds, median of several fresh processes; an interpreter that imports nothing is taken off."""
    bare = _median("pass")
    imports = {name: round(_median(code) - bare, 1) for name, code in IMPORTS.items()}
    model = [_model() for _ in range(REPEATS)]
    return {
        "import, ms": imports,
        "model load, ms": round(statistics.median(load for load, _ in model), 1),
        "first embedding after it, ms": round(statistics.median(first for _, first in model), 1),
    }


def _median(code: str) -> float:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def _model() -> tuple[float, float]:
    printed = subprocess.run([sys.executable, "-c", MODEL], check=True, capture_output=True, text=True).stdout
    load, first = map(float, printed.split())
    return load, first
