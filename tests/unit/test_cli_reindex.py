"""machtin reindex: forth, back, and on from where it was cut short."""

from __future__ import annotations

from pathlib import Path

from .command_line import Machtin
from .memory_installation import Installation


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
    (listed,) = machtin("reindex", "--list", "--json").document
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


def test_a_reindex_that_fails_says_why(machtin: Machtin, news: Path, installation: Installation) -> None:
    begun = installation.service.reindexer.begin()
    installation.catalog.open(begun.version).failure = "the disk is full"
    outcome = machtin("reindex")
    assert outcome.code == 1
    assert "failed: the disk is full" in outcome.err
    assert installation.catalog.live().version == "v1"


def test_rollbacks_that_cannot_be(machtin: Machtin, news: Path) -> None:
    assert machtin("reindex", "--rollback", "khong-co").code == 3
    first = machtin("reindex", "--json").document["id"]
    machtin("reindex")
    assert machtin("reindex", "--rollback", first).code == 4
    assert machtin("reindex", "--rollback", first, "--list").code == 2
