"""What the local server does in the background by itself: re-indexes begun and rested, and the daily purge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from machtin.adapters.local_events import DAY_SECONDS, daily_chore, reindex_chore
from machtin.commands.serve import _reconcile
from machtin.reindex_record import State

from .memory_installation import Installation, SyllableEmbedder


class Called:
    """A function that notes its events and gives one answer."""

    def __init__(self, **answer: object) -> None:
        self.events: list[dict[str, Any]] = []
        self.answer = answer

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        self.events.append(event)
        return self.answer


def test_a_reindex_that_was_set_back_is_left_alone_for_so_long() -> None:
    now = 100.0
    function = Called(retry_after=8.0)
    chore = reindex_chore(lambda: "r1", function, lambda: now)
    assert (chore(), chore()) == (1, 0)
    now = 108.0
    assert chore() == 1
    assert function.events == [{"reindex_id": "r1"}] * 2
    function.answer = {"retry_after": 0.0}
    now = 116.0
    assert (chore(), chore()) == (1, 1), "without a setback it goes on at once"


def test_a_daily_chore_runs_at_once_and_then_once_a_day() -> None:
    now = 0.0
    function = Called()
    chore = daily_chore({"purge": True}, function, lambda: now)
    assert (chore(), chore()) == (1, 0)
    now = DAY_SECONDS
    assert (chore(), chore()) == (1, 0)
    assert function.events == [{"purge": True}] * 2


@pytest.mark.parametrize("state", ["refused", "cancelled", "rolled_back"])
def test_an_index_of_another_model_is_built_anew_unless_somebody_decided_against_it(
    news: Path, installation: Installation, capsys: pytest.CaptureFixture[str], state: State
) -> None:
    installation.restart()
    installation.further["syllables-1"] = SyllableEmbedder()
    installation.embedder.model_version = "another-2"
    assert _reconcile()
    service = installation.service
    begun = service.reindexer.running()
    assert begun is not None
    assert "built anew with another-2 meanwhile, and stays as it is if the gate refuses" in capsys.readouterr().out
    record = service.reindexer.advance(service.reindexer.advance(begun.id).id)
    service.reindexer._log.save(replace(record, state=state), record)
    assert _reconcile()
    assert service.reindexer.running() is None
    assert f"re-index {begun.id} to another-2 was {state.replace('_', ' ')}" in capsys.readouterr().out
    installation.embedder.model_version = "a-third-1"
    assert _reconcile()
    assert service.reindexer.running() is not None


def test_a_live_index_that_cannot_be_read_is_built_anew(
    news: Path, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.restart()
    installation.catalog.live().unreadable = "the rows are broken"
    assert _reconcile()
    assert "The index can't be read (the rows are broken); it is built anew" in capsys.readouterr().out
    begun = installation.service.reindexer.running()
    assert begun is not None
    assert _reconcile(), "the one that runs is not begun twice"
    while installation.service.reindexer.advance(begun.id).state == "running":
        pass
    assert installation.agreeing()
