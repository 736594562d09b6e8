"""The hard cases: nearly all of their summaries can stand alone, and what is wrong with one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from machtin.errors import InvalidInput
from machtin.summary import ExtractiveSummarizer
from machtin.summary_cases import SummaryCase, faults, measure_cases, read_cases

from .command_line import Machtin

CASES = Path(__file__).parent.parent.parent / "events" / "golden" / "summary" / "hard_cases.jsonl"
SUMMARIZER = ExtractiveSummarizer.load()
FLOOR = 0.95


def test_hard_cases_are_met() -> None:
    cases = read_cases(CASES)

    measured = measure_cases(cases, SUMMARIZER)

    assert len(cases) >= 160
    assert measured["rates"]["all"]["fit"] >= FLOOR, measured["faults"]


def case(**expected: object) -> SummaryCase:
    body = "Mưa lớn làm ngập Huế hôm qua."
    return SummaryCase(id="mua", kind="opening", title="Mưa", body=body, **expected)  # type: ignore[arg-type]  # as read


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ({"never": ["ngập"]}, "shows 'ngập'"),
        ({"shows": ["Vinh", "Hà Nội"]}, "lacks 'Vinh' and 'Hà Nội'"),
        ({"only_with": {"Mưa": "Vinh"}}, "'Mưa' without 'Vinh'"),
        ({"relevant": True}, "relevant is None"),
        ({"nothing": True}, "shows 'Mưa lớn làm ngập Huế hôm qua.'"),
        ({"request": {"syllables": 2}}, "is empty"),
    ],
)
def test_what_is_wrong_is_told(expected: dict[str, object], fault: str) -> None:
    assert faults(case(**expected), SUMMARIZER) == [fault]


def test_what_is_fit_has_no_fault() -> None:
    expected = {"shows": ["Huế"], "never": ["Vinh"], "only_with": {"Vinh": "Huế", "Mưa": "Huế"}}

    assert faults(case(**expected), SUMMARIZER) == []


@pytest.mark.parametrize("line", ["{", '{"id": "a"}', json.dumps({"id": "a", "colour": "red"}), "[]"])
def test_a_line_that_is_no_case_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(line, encoding="utf-8")

    with pytest.raises(InvalidInput, match=r"cases\.jsonl:1: must be a JSON object"):
        read_cases(path)


def test_a_file_without_cases_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n", encoding="utf-8")

    with pytest.raises(InvalidInput, match="is empty"):
        read_cases(path)


def test_the_command_tells_the_rate_and_the_faults(machtin: Machtin, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    bad = {"id": "a", "kind": "opening", "title": "Mưa", "body": "Mưa lớn ở Huế.", "never": ["Huế"]}
    path.write_text(json.dumps(bad) + "\n" + json.dumps({**bad, "id": "b", "never": []}), encoding="utf-8")

    report = machtin("evaluate", str(path), "--task", "summary-cases", "--json").document

    assert report["results"]["opening"] == report["results"]["all"] == {"cases": 2.0, "fit": 0.5}
    assert report["faults"] == {"a": ["shows 'Huế'"]}
    assert "a: shows 'Huế'" in machtin("evaluate", str(path), "--task", "summary-cases").out


def test_the_command_sets_summaries_against_the_written_ones_and_beside_them(machtin: Machtin, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    row = {
        "title": "Mưa ở Huế",
        "body": "Mưa lớn ở Huế hôm qua.\nTrường của thành phố đóng cửa.",
        "summary": "Mưa lớn ở Huế.",
    }
    path.write_text(json.dumps(row), encoding="utf-8")

    report = machtin("evaluate", str(path), "--task", "summary", "--json").document
    shown = machtin("evaluate", str(path), "--task", "summary").out

    assert set(report["beside_sapo"]) == {"sapo", "lead", "general", "fresh"}
    assert report["beside_sapo"]["fresh"]["novelty"] == 1.0
    assert "rougeL" in shown
    assert "novelty" in shown
