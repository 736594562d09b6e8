"""What is told to be typed works: the scripts of examples/, and each curl line of the README and of docs/."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from machtin.cli import cli
from machtin.web_files import FOLDER

from .local_place import Place, Server, eventually

ROOT: Final = Path(__file__).parent.parent.parent
EXAMPLES: Final = ROOT / "examples"
# Deploying and operating are about an account of AWS.
TOLD: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", EXAMPLES / "README.md"] + [
    path for path in sorted((ROOT / "docs").glob("*.md")) if path.stem not in ("deploying", "operations")
]
HOME: Final = "http://127.0.0.1:8080"
PATHS: Final[dict[str, dict[str, Any]]] = json.loads((FOLDER / "openapi.json").read_text(encoding="utf-8"))["paths"]


def shell_blocks(text: str) -> Iterator[str]:
    """Commands of the blocks of a document that are set as a shell's, each whole though it is folded."""
    for block in re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.replace("\\\n", " ").splitlines()


CURLS: Final = [
    pytest.param(line, id=f"{path.name} {number}")
    for path in TOLD
    for number, line in enumerate(shell_blocks(path.read_text(encoding="utf-8")))
    if line.lstrip("$ ").startswith("curl ") and HOME in line
]


@pytest.fixture(scope="module")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the sample articles, as ``make run`` starts it."""
    assert shutil.which("curl"), "what is told is typed with curl: apt-get install curl"
    one = Server(Place(tmp_path_factory.mktemp("examples") / "data"), "--samples")
    try:
        eventually(lambda: one.client.get("/v1/search", params={"size": 0}).json()["total"] > 100)
        yield one
    finally:
        one.stop(signal.SIGTERM)


def run(server: Server, *command: str) -> str:
    """What a command prints; it is told where the server is and has the editors' token."""
    place = server.place
    token = server.token["Authorization"].removeprefix("Bearer ")
    own = {"MACHTIN_URL": f"http://127.0.0.1:{place.port}", "MACHTIN_TOKEN": token, "MACHTIN_DATA": str(place.data)}
    environment = {**os.environ, **own, "NO_PROXY": "127.0.0.1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("script", sorted(path.name for path in EXAMPLES.glob("*.sh")))
def test_each_script_for_the_shell_works(server: Server, script: str) -> None:
    printed = [json.loads(line) for line in run(server, "sh", str(EXAMPLES / script)).splitlines()]
    first = {"search.sh": "hits", "related.sh": "sentences", "publish.sh": "revision"}[script]
    assert printed[0][first]
    if script == "publish.sh":
        assert [one["outcome"] for one in printed][1:] == ["unchanged", "updated", "deleted"]


@pytest.mark.parametrize("script", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_each_python_script_works(server: Server, script: str) -> None:
    printed = run(server, sys.executable, "-W", "error", str(EXAMPLES / script)).splitlines()
    if script == "search.py":
        assert re.fullmatch(r"\d+ found.*", printed[0])
        assert re.fullmatch(r"[1-9]\d* walked through", printed[-1])
    elif script == "related.py":
        assert {"<h2>Diễn biến</h2>", "<h2>Bối cảnh</h2>"} & set(printed)
    else:
        assert [line.split()[0] for line in printed[1:]] == ["found", "updated", "deleted", "410"]


def test_each_task_has_a_script_in_each_language_and_the_table_names_it() -> None:
    told = set(re.findall(r"\]\(([\w./]+)\)", (EXAMPLES / "README.md").read_text(encoding="utf-8")))
    scripts = {path.name for suffix in ("sh", "py", "mjs") for path in EXAMPLES.glob(f"*.{suffix}")}
    assert told == scripts | {"embed/index.html"}
    tasks = {name.partition(".")[0] for name in scripts}
    assert scripts == {f"{task}.{suffix}" for task in tasks for suffix in ("sh", "py", "mjs")}


@pytest.mark.parametrize("line", CURLS)
def test_each_curl_line_that_is_told_is_answered(server: Server, line: str) -> None:
    here = line.lstrip("$ ").replace(HOME, f"http://127.0.0.1:{server.place.port}").replace(".venv/bin/", "")
    printed = run(
        server,
        "sh",
        "-c",
        f"PATH={Path(sys.executable).parent}:$PATH; {here.replace('curl ', 'curl --fail-with-body ')}",
    )
    assert json.loads(printed)


@pytest.mark.parametrize("path", TOLD, ids=[path.name for path in TOLD])
def test_addresses_and_commands_that_are_told_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for address in re.findall(r"/v1(?:/[A-Za-z]\w*|/\{\w+\})*", text):
        assert any(re.fullmatch(pattern_of(one), address) for one in PATHS), address
    for line in shell_blocks(text):
        for name, rest in re.findall(r"(?:^|[\s(`])(?:\.venv/bin/)?machtin ([a-z]+)([^|#)]*)", line):
            assert name in cli.commands, line
            assert options_of(name) >= set(re.findall(r"(?<=\s)--[a-z-]+", rest)), line


def pattern_of(template: str) -> str:
    """What an operation's path looks like where it is told of: with an id, or ID, and its beginnings too."""
    parts = [re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(part)) for part in template.strip("/").split("/")]
    return "/" + "(?:/".join(parts) + ")?" * (len(parts) - 1)


def options_of(name: str) -> set[str]:
    """The options of a command and of the commands below it."""
    command = cli.commands[name]
    below = list(getattr(command, "commands", {}).values())
    return {option for one in [command, *below] for parameter in one.params for option in parameter.opts} | {"--help"}
