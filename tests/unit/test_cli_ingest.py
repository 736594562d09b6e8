"""machtin ingest: what it takes, what it tells, and what is left when it is stopped."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from machtin import bootstrap

from .command_line import NEWS, Machtin
from .memory_installation import Installation


def test_ingested_articles_are_found_when_the_command_returns(machtin: Machtin, news: Path) -> None:
    outcome = machtin("search", "đơn hàng châu Phi", "--json")
    assert outcome.document["hits"][0]["id"] == "gao-2"


def test_ingest_tells_what_it_took(machtin: Machtin, news: Path) -> None:
    outcome = machtin("ingest", str(news))
    assert outcome.code == 0
    assert outcome.out.startswith("0 taken (0 new, 0 changed), 3 unchanged, 0 refused, in ")


def test_ingest_as_json_is_one_object(machtin: Machtin, tmp_path: Path, installation: Installation) -> None:
    path = tmp_path / "mixed.ndjson"
    path.write_text("\n".join([json.dumps(NEWS[0]), "{broken", json.dumps(NEWS[1] | {"title": ""})]))
    outcome = machtin("ingest", str(path), "--json")
    assert outcome.code == 5
    told = outcome.document
    assert (told["taken"], told["created"], told["updated"], told["unchanged"]) == (1, 1, 0, 0)
    assert [(one["file"], one["line"]) for one in told["refused"]] == [(str(path), 2), (str(path), 3)]
    assert told["refused"][1]["errors"][0]["field"] == "title"
    assert told["seconds"] > 0
    assert told["rate"] > 0
    assert len(list(installation.settings.refused_folder.glob("*.json"))) == 2


def test_ingest_shows_twenty_refusals_and_keeps_all(
    machtin: Machtin, tmp_path: Path, installation: Installation
) -> None:
    path = tmp_path / "bad.ndjson"
    path.write_text("\n".join(f'{{"id": "b{number}"}}' for number in range(31)))
    outcome = machtin("ingest", str(path))
    assert outcome.code == 5
    lines = outcome.out.splitlines()
    assert len([line for line in lines if line.startswith("  refused: ")]) == 20
    assert f"  refused: {path}:1: title is missing" in outcome.out
    assert "  … and 11 more" in lines
    assert str(installation.settings.refused_folder) in lines[-1]
    assert len(list(installation.settings.refused_folder.glob("*.json"))) == 31


def test_ingest_reads_folders_and_pages(machtin: Machtin, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "cho-noi.txt").write_text("Chợ nổi đông khách\n\nĐoạn một của bài, dài hơn sáu tiếng.\n\nĐoạn hai.\n")
    (pages / "x.ndjson").write_text(json.dumps(NEWS[2]))
    outcome = machtin("ingest", str(pages), "--json")
    assert outcome.document["created"] == 2
    assert machtin("article", "cho-noi", "--json").document["title"] == "Chợ nổi đông khách"


def test_ingest_reads_standard_input(machtin: Machtin, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input(io.TextIOWrapper):
        pass

    monkeypatch.setattr(sys, "stdin", Input(io.BytesIO(json.dumps(NEWS[0]).encode())))
    assert machtin("ingest", "-", "--json").document["created"] == 1


def test_ingest_of_what_is_not_there(machtin: Machtin, tmp_path: Path) -> None:
    outcome = machtin("ingest", str(tmp_path / "khong-co.ndjson"))
    assert outcome.code == 5
    assert "khong-co.ndjson" in outcome.out
    assert machtin("ingest").code == 2


def test_ingest_leaves_nothing_half_done_when_it_is_stopped(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from machtin.adapters.local_events import Delivery
    from machtin.adapters.local_work import LocalWork

    news.write_text(news.read_text().replace("Gạo", "Thóc"))

    def stopped(self: LocalWork) -> Delivery:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(LocalWork, "deliver", stopped)
        outcome = machtin("ingest", str(news))
    assert outcome.code == 130
    assert "2 articles wait to be indexed" in outcome.err
    assert not installation.agreeing()
    assert machtin("ingest", str(news), "--json").document["unchanged"] == 3
    assert installation.agreeing()


def test_ingest_says_when_the_index_takes_nothing(
    machtin: Machtin, news: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from machtin.adapters import local_events

    monkeypatch.setattr(local_events, "SETBACKS", 1)
    installation.catalog.live().failure = "the disk is full"
    news.write_text(news.read_text().replace("Gạo", "Thóc"))
    work = bootstrap.queue(installation.settings)
    outcome = machtin("ingest", str(news))
    assert outcome.code == 4
    assert outcome.err.splitlines()[-1].endswith("stored but could not be indexed; run: machtin doctor")
    assert "Traceback" not in outcome.err
    assert work.state().waiting == 2
