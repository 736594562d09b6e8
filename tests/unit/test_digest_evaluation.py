"""Digests measured against written ones: what is read, and what is said of a broken file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from machtin.digest import EventDigester
from machtin.digest_evaluation import evaluate_digests, filled, read_events
from machtin.errors import InvalidInput
from machtin.summary_scoring import SentenceScorer

from .command_line import Machtin

ROWS = [
    {
        "cluster": "lo-dat",
        "title": "Lở đất",
        "body": "Lở đất ở Mường Pồn. Mưa còn to.",
        "cluster_refs": ["Lở đất ở Mường Pồn."],
    },
    {
        "cluster": "lo-dat",
        "title": "Cứu hộ",
        "body": "Cứu hộ tới nơi lúc sáng.",
        "cluster_refs": ["Lở đất ở Mường Pồn."],
    },
    {
        "cluster": "bao",
        "title": "Bão",
        "summary": "Bão mạnh.",
        "body": "Bão vào bờ đêm qua.",
        "cluster_refs": ["Bão vào bờ."],
    },
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clusters.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    return path


def test_articles_of_one_event_are_measured_together(file: Path) -> None:
    events = read_events(file)
    assert [len(event.articles) for event in events] == [2, 1]
    assert events[1].articles[0].sapo == "Bão mạnh."

    figures, better = evaluate_digests(events, EventDigester(SentenceScorer.load()))

    assert set(better) == set(figures) - {"machtin"}
    assert all(0 < row["rouge1"] <= 100 for row in figures.values())
    assert all(one["low"] <= one["mean"] <= one["high"] for one in better.values())


def test_the_command_prints_both_tables(file: Path, machtin: Machtin) -> None:
    told = machtin("evaluate", str(file), "--task", "digest", "--json").document
    assert (told["events"], set(told["rouge2_better_than"])) == (2, set(told["results"]) - {"machtin"})
    assert "leads in turn" in machtin("evaluate", str(file), "--task", "digest").out


def test_first_sentences_are_never_too_many() -> None:
    assert filled([["a"] * 200, ["b"] * 51, ["c"]]) == ["a"] * 200


@pytest.mark.parametrize("line", ["{", "[]", '{"cluster": "a", "title": "b", "body": "c"}', '{"cluster": 1}'])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n" + line, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"broken\.jsonl:2"):
        read_events(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_a_file_without_events_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"empty\.jsonl"):
        read_events(path)
