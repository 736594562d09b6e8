"""The command line as a whole: help, wrong usage, exit codes, and how quickly it starts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from machtin import cli

from .command_line import Machtin

# --- the whole --------------------------------------------------------------------------------------------------------

COMMANDS = [
    "serve",
    "ingest",
    "feeds",
    "search",
    "article",
    "related",
    "thread",
    "draft",
    "summarize",
    "digest",
    "scheduled",
    "audit",
    "reindex",
    "model",
    "purge",
    "evaluate",
    "golden",
    "doctor",
    "token",
]


def test_every_command_explains_itself_with_examples(machtin: Machtin) -> None:
    shown = machtin("--help")
    assert shown.code == 0
    assert "Exit codes: 0 done" in shown.out
    assert list(cli.cli.commands) == COMMANDS
    for command in COMMANDS:
        explained = machtin(command, "--help")
        assert explained.code == 0
        assert "Example" in explained.out
        assert f"machtin {command}" in explained.out or command == "token"


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["search"], ["search", "x", "--nonsense"], ["serve", "--port", "0"]]
)
def test_wrong_usage_is_two(machtin: Machtin, arguments: list[str]) -> None:
    outcome = machtin(*arguments)
    assert outcome.code == 2
    assert "Usage:" in outcome.err


def test_a_wrong_setting_is_named(machtin: Machtin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MACHTIN_PORT", "eighty")
    outcome = machtin("token")
    assert outcome.code == 2
    assert outcome.err == "machtin: MACHTIN_PORT is 'eighty'; give a port from 1 to 65535\n"


def test_help_needs_no_engine() -> None:
    """What makes ``machtin --help`` quick, measured in modules since time depends on the machine."""
    heavy = ["numpy", "rich", "tantivy", "tokenizers", "uvicorn", "pydantic", "aws_lambda_powertools", "trafilatura"]
    code = f"import sys, machtin.cli; machtin.cli.run(['--help']); print([m for m in {heavy} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"
