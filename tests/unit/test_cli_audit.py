"""machtin audit: an article's life, and what was done to re-indexes, for a person and for a program."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from machtin.audit import By

from .command_line import NEWS, Machtin
from .memory_installation import Installation

USER = f"command line: {pwd.getpwuid(os.getuid()).pw_name}"


def test_what_was_ingested_by_command_names_its_user(machtin: Machtin, news: Path) -> None:
    (record,) = machtin("audit", "gao-1", "--json").document["records"]
    assert (record["action"], record["outcome"], record["who"]) == ("put", "created", USER)
    assert record["request_id"] is None
    machtin("ingest", str(news))
    assert len(machtin("audit", "gao-1", "--json").document["records"]) == 1, "an interrupted run is simply repeated"


def test_a_life_for_a_person(machtin: Machtin, news: Path, installation: Installation) -> None:
    installation.service.take_down("gao-1", By(who="token", request_id="r-7", reason="theo văn bản 12/2026"))
    shown = machtin("audit", "gao-1")
    assert shown.code == 0
    put, down, why = shown.out.splitlines()
    assert " put        created  – → " in put
    assert put.endswith(USER)
    assert " take down  deleted  " in down
    assert down.endswith("  request r-7")
    assert why == "  because: theo văn bản 12/2026"


def test_what_was_done_to_reindexes(machtin: Machtin, news: Path) -> None:
    assert "Nothing is on record." in machtin("audit", "--reindexes").err
    done = machtin("reindex", "--force", "vì vội", "--json").document
    machtin("reindex", "--rollback", done["id"])
    records = machtin("audit", "--reindexes", "--json").document["records"]
    assert [(one["id"], one["action"], one["outcome"], one["who"]) for one in records] == [
        (done["id"], "begin_reindex", "asked", USER),
        (done["id"], "roll_back_reindex", "asked", USER),
    ]
    assert records[0]["reason"] == "vì vội"
    assert all(one["request_id"] for one in records)
    shown = machtin("audit", "--reindexes").out
    assert f"begin      asked  {done['id']}  {USER}  request " in shown


def test_wrong_usage_and_unknown_articles(machtin: Machtin, news: Path) -> None:
    assert machtin("audit").code == 2
    assert machtin("audit", "gao-1", "--reindexes").code == 2
    assert machtin("audit", "bài").code == 2
    assert machtin("audit", "khong-co").code == 3
    assert NEWS[0]["title"] not in machtin("audit", "gao-1").out
