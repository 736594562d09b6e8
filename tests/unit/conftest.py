"""Fixtures of the unit tests: an installation in memory, and the command line on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from machtin import bootstrap, cli

from .command_line import NEWS, Machtin, Outcome
from .memory_installation import Installation


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A fresh data folder, and handlers that use it."""
    made = Installation(tmp_path / "data")
    monkeypatch.setenv("MACHTIN_DATA", str(made.settings.data))
    monkeypatch.setattr(bootstrap, "build", made.build)
    bootstrap.service.cache_clear()
    yield made
    bootstrap.service.cache_clear()


@pytest.fixture
def machtin(installation: Installation, capsys: pytest.CaptureFixture[str]) -> Machtin:
    """Runs one command line, in what amounts to a process of its own."""

    def run(*arguments: str) -> Outcome:
        installation.restart()
        code = cli.run(arguments)
        shown = capsys.readouterr()
        return Outcome(code, shown.out, shown.err)

    return run


@pytest.fixture
def news(machtin: Machtin, tmp_path: Path) -> Path:
    """Three articles, taken in."""
    path = tmp_path / "news.ndjson"
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in NEWS), encoding="utf-8")
    assert machtin("ingest", str(path)).code == 0
    return path
