"""Small events written by hand: the numbers that differ are found, and those that only seem to are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from machtin.contradiction_cases import measure_contradictions, read_contradiction_cases
from machtin.digest import EventDigester
from machtin.errors import InvalidInput
from machtin.summary_scoring import SentenceScorer

from .command_line import Machtin

CASES = Path(__file__).parent.parent.parent / "events" / "golden" / "digest" / "contradictions.jsonl"
FLOORS = {"contradictions": 0.95, "traps": 0.97}
CASE = {
    "id": "lo-dat",
    "kind": "toll",
    "articles": [
        {"title": "Lở đất", "body": "Lở đất ở Mường Pồn làm 5 người chết.", "hour": 0},
        {"title": "Lở đất", "body": "Lở đất ở Mường Pồn làm 7 người chết.", "hour": 3},
    ],
    "differs": [[5, 7]],
}


def test_contradictions_are_found_and_traps_are_not() -> None:
    cases = read_contradiction_cases(CASES)

    measured = measure_contradictions(cases, EventDigester(SentenceScorer.load()))

    assert all(measured["rates"][group]["cases"] >= 40 for group in FLOORS)
    below = {group: row["fit"] for group, row in measured["rates"].items() if row["fit"] < FLOORS.get(group, 0)}
    assert below == {}, measured["faults"]


def test_the_command_tells_the_rates_and_what_was_found_instead(machtin: Machtin, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    trap = {**CASE, "id": "bay", "kind": "trap", "differs": []}
    path.write_text(json.dumps(CASE) + "\n\n" + json.dumps(trap), encoding="utf-8")

    report = machtin("evaluate", str(path), "--task", "contradiction-cases", "--json").document

    assert report["results"]["contradictions"] == {"cases": 1.0, "fit": 1.0}
    assert report["results"]["traps"] == {"cases": 1.0, "fit": 0.0}
    assert report["faults"] == {"bay": ["found người chết: 5 người chết, 7 người chết"]}
    assert "bay: found" in machtin("evaluate", str(path), "--task", "contradiction-cases").out


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": "a"}', json.dumps({**CASE, "articles": [{}]}), json.dumps({**CASE, "articles": ["a"]})]
)
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"cases\.jsonl:1: must be a JSON object"):
        read_contradiction_cases(path)


def test_a_file_without_cases_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is empty"):
        read_contradiction_cases(path)
