"""machtin purge: what is forgotten, what stays, and what can't be done now."""

from __future__ import annotations

from pathlib import Path

import pytest

from machtin.errors import IndexUnavailable

from .command_line import Machtin
from .memory_installation import Installation


def test_old_tombstones_are_forgotten_in_every_version_and_stay_in_the_store(
    machtin: Machtin, news: Path, installation: Installation
) -> None:
    machtin("reindex")
    service = installation.service
    service.take_down("gao-1")
    for index in installation.catalog.indexes.values():
        service.index_changes(index, list(service.store.get(["gao-1"]).values()))
        index.buried["xa-xua"] = 1
    outcome = machtin("purge", "--json")
    assert outcome.code == 0
    assert (outcome.document["tombstones"], outcome.document["versions"]) == (2, ["v1", "v2"])
    assert [set(index.buried) for index in installation.catalog.indexes.values()] == [{"gao-1"}, {"gao-1"}]
    assert machtin("purge", "--older-than", "90").out.startswith("0 tombstones of before ")
    assert service.store.get(["gao-1"])["gao-1"].article is None


def test_a_version_that_cannot_be_purged_is_named_and_the_others_are(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(before: int) -> int:
        raise IndexUnavailable("the disk is full")

    machtin("reindex")
    monkeypatch.setattr(installation.catalog.live(), "purge", away)
    outcome = machtin("purge", "--json")
    assert outcome.code == 5
    assert outcome.document["versions"] == ["v1"]
    assert "index version v2 was left out: the disk is full" in outcome.err


@pytest.mark.parametrize("days", ["14", "0", "-1", "99999999999"])
def test_tombstones_that_a_late_message_may_need_stay(machtin: Machtin, news: Path, days: str) -> None:
    outcome = machtin("purge", "--older-than", days)
    assert outcome.code == 2
    assert "a message can wait in a queue for 14 days" in outcome.err
