"""Digests of events are nearer to those that people wrote than first sentences are.

The shipped weights were learned from these events, of which they have eight numbers for half a million syllables; the
figures of models that had not seen the event they digest stand in ``digest_model.json``, and must be as good.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from machtin.adapters.model_loading import load_model
from machtin.digest import EventDigester
from machtin.digest_evaluation import evaluate_digests, read_events
from machtin.digest_pairs import MODEL_FILE
from machtin.evaluation import corpus_sha256
from machtin.settings import BUNDLED_MODEL
from machtin.summary_scoring import SentenceScorer

pytestmark = pytest.mark.floors

FLOORS = {"rouge1": 58.0, "rouge2": 45.5, "rougeL": 39.5}
MARGINS = {"lead of the first": 12.0, "lead of the last": 9.5, "leads in turn": 1.5}
EVENTS_SHA256 = "e4433990cc01249d846aba10054c6a5aa36991b8b05ecfa0951471d3fc283e83"


def test_digests_of_a_hundred_events(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "vnmds.dev.jsonl.xz"
    assert corpus_sha256([file]) == EVENTS_SHA256, "the floors are those of other data"
    unpacked = tmp_path / "events.jsonl"
    unpacked.write_bytes(lzma.decompress(file.read_bytes()))

    digester = EventDigester(SentenceScorer.load(), load_model(BUNDLED_MODEL))
    results, better = evaluate_digests(read_events(unpacked), digester)

    held_out = json.loads(MODEL_FILE.read_text(encoding="utf-8"))["provenance"]
    for measured in (results["machtin"], held_out["results"]["machtin"]):
        assert {name: value for name, value in measured.items() if value < FLOORS[name]} == {}, results
    for margins in (better, held_out["rouge2_better_than"]):
        assert {name: margins[name] for name, least in MARGINS.items() if margins[name]["mean"] < least} == {}
        assert all(one["low"] > 0 for one in margins.values()), margins
