"""machtin reindex: forth, back, and on from where it was cut short."""

from __future__ import annotations

from pathlib import Path

import pytest

from machtin import gate_canaries, reindex_record, reindexing
from machtin.errors import IndexUnavailable

from .command_line import Machtin
from .memory_installation import Installation, MemoryIndex


def test_a_reindex_swaps_and_rolls_back(machtin: Machtin, news: Path, installation: Installation) -> None:
    outcome = machtin("reindex", "--json")
    assert outcome.code == 0
    done = outcome.document
    assert (done["state"], done["version"], done["previous"], done["articles_done"]) == ("done", "v2", "v1", 3)
    assert installation.catalog.live().version == "v2"
    assert installation.agreeing()
    installation.service.take_down("bong-da")
    back = machtin("reindex", "--rollback", done["id"])
    assert back.code == 0
    assert "Index version v1 is live again" in back.out
    assert installation.catalog.live().version == "v1"
    assert installation.agreeing(), "with what changed since"
    (listed,) = machtin("reindex", "--list", "--json").document["reindexes"]
    assert listed["state"] == "rolled_back"


def test_a_reindex_for_a_person(machtin: Machtin, news: Path) -> None:
    shown = machtin("reindex").out
    assert "Index version v2 is live, with 3 articles written." in shown
    assert "To go back: machtin reindex --rollback " in shown
    assert "done" in machtin("reindex", "--list").out


def test_a_reindex_that_was_cut_short_is_finished(machtin: Machtin, news: Path, installation: Installation) -> None:
    begun = installation.service.reindexer.begin()
    installation.service.reindexer.advance(begun.id)
    outcome = machtin("reindex", "--json")
    assert outcome.document["id"] == begun.id
    assert outcome.document["state"] == "done"
    assert "is under way; going on with it" in outcome.err


def test_a_reindex_that_fails_says_why(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "SETBACKS", 2)
    monkeypatch.setattr(reindex_record, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(MemoryIndex, "warm_up", away)
    outcome = machtin("reindex")
    assert outcome.code == 1
    assert "failed: the disk is full (2 times in a row)" in outcome.err
    assert installation.catalog.live().version == "v1"


def away(index: MemoryIndex) -> int:
    raise IndexUnavailable("the disk is full")


def test_a_refused_reindex_says_why_and_is_promoted_for_a_reason(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MemoryIndex, "revisions", lambda index: iter([]))
        outcome = machtin("reindex")
    assert outcome.code == 1
    assert "REFUSED completeness" in outcome.out
    assert "→ 3 articles are missing or not as they are in the store: bong-da, gao-1, gao-2" in outcome.out
    assert "was refused: 3 articles are missing" in outcome.err
    (refused,) = machtin("reindex", "--list", "--json").document["reindexes"]
    assert "gate REFUSED" in machtin("reindex", "--list").out
    shown = machtin("reindex", "--show", refused["id"]).out
    assert "step gate, model syllables-1" in shown
    assert "→ 3 articles are missing" in shown
    assert machtin("reindex", "--show", refused["id"], "--json").document == refused
    assert machtin("reindex", "--promote", refused["id"]).code == 2
    assert machtin("reindex", "--promote", refused["id"], "--force", " ").code == 2
    promoted = machtin("reindex", "--promote", refused["id"], "--force", "đã xem")
    assert promoted.code == 0
    assert "Index version v2 is live" in promoted.out
    assert "forced: đã xem" in machtin("reindex", "--list").out
    assert machtin("reindex", "--promote", refused["id"], "--force", "đã xem").code == 4


def test_a_forced_reindex_is_promoted_whatever_the_gate_says(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_canaries, "FLOOR", 1.1)
    outcome = machtin("reindex", "--force", "vì vội", "--json")
    assert outcome.code == 0
    done = outcome.document
    assert (done["state"], done["force"], done["gate"]["verdict"]) == ("done", "vì vội", "refused")
    assert installation.catalog.live().version == "v2"


def test_a_reindex_is_cancelled_by_whoever_asks_when_nobody_is_at_work(
    machtin: Machtin, news: Path, installation: Installation
) -> None:
    begun = installation.service.reindexer.begin()
    installation.service.reindexer.advance(begun.id)
    outcome = machtin("reindex", "--cancel", begun.id)
    assert (outcome.code, outcome.out) == (0, f"Re-index {begun.id} is cancelled.\n")
    assert installation.catalog.versions() == ["v1"]
    assert machtin("reindex", "--cancel", begun.id).code == 4
    assert machtin("reindex", "--cancel", "khong-co").code == 3
    assert "cancelled" in machtin("reindex", "--list").out


@pytest.mark.parametrize(
    "arguments",
    [("--promote", "a"), ("--cancel", "a", "--list"), ("--rollback", "a", "--force", "b"), ("--force", "")],
)
def test_options_that_do_not_go_together(machtin: Machtin, news: Path, arguments: tuple[str, ...]) -> None:
    assert machtin("reindex", *arguments).code == 2


def test_rollbacks_that_cannot_be(machtin: Machtin, news: Path) -> None:
    assert machtin("reindex", "--rollback", "khong-co").code == 3
    first = machtin("reindex", "--json").document["id"]
    machtin("reindex")
    assert machtin("reindex", "--rollback", first).code == 4
    assert machtin("reindex", "--rollback", first, "--list").code == 2
