"""machtin doctor and token: what is wrong is found, said and mended."""

from __future__ import annotations

import gc
from pathlib import Path

from machtin import bootstrap
from machtin.adapters.worker_lock import WorkerLock

from .command_line import Machtin, Outcome
from .memory_installation import Installation, SyllableEmbedder


def checks(outcome: Outcome) -> dict[str, bool]:
    return {check["part"]: check["ok"] for check in outcome.document["checks"]}


def test_the_doctor_finds_a_fresh_and_a_used_installation_well(
    machtin: Machtin, news: Path, installation: Installation
) -> None:
    machtin("token")
    outcome = machtin("doctor", "--json")
    assert outcome.code == 0
    assert outcome.document["ok"] is True
    assert list(checks(outcome)) == [
        "python", "packages", "data folder", "token", "store", "model", "index", "stories", "store and index",
        "queue", "schedule",
    ]  # fmt: skip
    shown = machtin("doctor").out
    assert "NOT OK" not in shown
    assert "3 articles, sound" in shown


def test_the_doctor_does_not_make_what_is_not_there(machtin: Machtin, installation: Installation) -> None:
    assert machtin("doctor").code == 0
    assert not installation.settings.store_file.exists()


def test_the_doctor_finds_and_repairs_a_difference(machtin: Machtin, news: Path, installation: Installation) -> None:
    index = installation.catalog.live()
    del index.entries["gao-1"]
    found = machtin("doctor", "--json")
    assert found.code == 1
    assert checks(found)["store and index"] is False
    assert "NOT OK  store and index: 1 articles differ\n        → run: machtin doctor --repair" in machtin("doctor").out
    mended = machtin("doctor", "--repair")
    assert mended.code == 0
    assert "1 articles brought to agree" in mended.err
    assert installation.agreeing()


def test_the_doctor_finds_and_releases_dead_letters(machtin: Machtin, news: Path, installation: Installation) -> None:
    work = bootstrap.queue(installation.settings)
    installation.service.take_down("gao-1")
    with bootstrap.store_file(installation.settings).writing() as db:
        db.execute("UPDATE queue SET dead = 1")
    found = machtin("doctor", "--json")
    assert found.code == 1
    assert checks(found)["queue"] is False
    assert checks(found)["store and index"] is False
    assert machtin("doctor", "--repair").code == 0
    assert work.state() == (0, 0)
    assert installation.agreeing()


def test_the_doctor_finds_a_token_that_others_can_read(machtin: Machtin, installation: Installation) -> None:
    machtin("token")
    installation.settings.token_file.chmod(0o644)
    found = machtin("doctor")
    assert found.code == 1
    assert "chmod 600" in found.out


def test_the_doctor_finds_a_broken_store(machtin: Machtin, news: Path, installation: Installation) -> None:
    file = installation.settings.store_file
    installation.restart()
    gc.collect()  # the last connection that is closed writes to the file once more
    file.write_bytes(b"no database at all, and long enough to be looked at by SQLite" * 100)
    found = machtin("doctor", "--json")
    assert found.code == 1
    assert checks(found)["store"] is False
    shown = machtin("search", "gạo")
    assert "Traceback" not in shown.err


def test_the_doctor_finds_an_index_of_another_model(machtin: Machtin, news: Path, installation: Installation) -> None:
    installation.embedder.model_version = "another-2"
    found = machtin("doctor")
    assert found.code == 1
    assert "it was made with another model: machtin reindex" in found.out


def test_the_doctor_finds_an_index_of_an_earlier_model_well_while_that_is_installed(
    machtin: Machtin, news: Path, installation: Installation
) -> None:
    installation.embedder.model_version = "another-2"
    installation.further["syllables-1"] = SyllableEmbedder()
    found = machtin("doctor")
    assert "ok      index: version v1" in found.out
    assert "of syllables-1; machtin reindex would make it with the present model" in found.out


def test_the_doctor_repairs_only_when_nobody_else_is_at_work(
    machtin: Machtin, news: Path, installation: Installation
) -> None:
    lock = WorkerLock(installation.settings.data / "worker.lock")
    assert lock.take()
    outcome = machtin("doctor", "--repair")
    lock.release()
    assert outcome.code == 4
    assert "stop it first" in outcome.err


def test_the_token_is_made_once(machtin: Machtin, installation: Installation) -> None:
    first = machtin("token").out.strip()
    assert len(first) >= 40
    assert machtin("token").out.strip() == first
    assert installation.settings.token_file.stat().st_mode & 0o077 == 0
