"""Edited articles are told as copies, and those with a changed fact are not: never less surely than this."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from machtin.evaluation import corpus_sha256

pytestmark = pytest.mark.floors

BENCH = Path(__file__).parents[2] / "bench" / "copies_quality.py"
SHA256 = {
    "vnmds.dev.jsonl.xz": "e4433990cc01249d846aba10054c6a5aa36991b8b05ecfa0951471d3fc283e83",
    "vietnews.val.jsonl.xz": "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81",
}
EDITED = 60
FLOORS = {"recall": 0.98, "precision": 0.98, "apart": 0.97}


def test_copies_are_told_from_changed_facts(shared_data: Path) -> None:
    for name, expected in SHA256.items():
        assert corpus_sha256([shared_data / name]) == expected, "the floors are those of other data"
    ran = subprocess.run(
        [sys.executable, str(BENCH), "--edited", str(EDITED), "--data", str(shared_data)],
        capture_output=True,
        text=True,
        check=True,
    )
    print(ran.stdout)
    told = re.search(
        r"machtin: recall (?P<recall>\S+), precision (?P<precision>\S+), .* apart (?P<apart>\S+)", ran.stdout
    )
    assert told is not None
    assert {name: float(told[name]) for name, floor in FLOORS.items() if float(told[name]) < floor} == {}
