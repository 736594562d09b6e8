"""The script that runs OpenSearch on this machine, with a Java and a Maven that only look like them."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"
RUNNER = "org.codelibs.opensearch.runner.OpenSearchRunner"
RELEASE = "2.19.1.0"

# Answers as a cluster that is green, where the first node's settings say; ends as Java does when it is asked to.
JAVA = """
import http.server, json, os, pathlib, signal, sys
if "-version" in sys.argv:
    sys.exit(VERSION)
after = lambda name: sys.argv[sys.argv.index(name) + 1]
base = pathlib.Path(after("-basePath"))
lines = (base / "node_1" / "config" / "opensearch.yml").read_text().splitlines()
settings = dict(line.split(": ", 1) for line in lines if not line.startswith("#"))
if DYING:
    sys.exit("the server's last words")
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        found = {"status": "green", "number_of_nodes": int(after("-numOfNode")), "initializing_shards": 0}
        self.wfile.write(json.dumps(found).encode())
    def log_message(self, *_):
        pass
signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
http.server.HTTPServer(("127.0.0.1", int(settings["force.http.port"])), Answers).serve_forever()
"""

# Puts a jar and the plugin's archive where it is told; the folder must not be there yet.
MAVEN = """
import pathlib, sys, zipfile
to = pathlib.Path(next(word for word in sys.argv if word.startswith("-DoutputDirectory=")).partition("=")[2])
to.mkdir()
(to / "server.jar").write_text("jar")
if FAILING:
    sys.exit("the network is down")
with zipfile.ZipFile(to / "plugin.zip", "w") as plugin:
    plugin.writestr("knn.jar", "jar")
    plugin.writestr("server.jar", "another")
    plugin.writestr("LICENSE.txt", "text")
"""


class Place:
    """A copy of the script in a folder of its own, and the programs that it finds."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.bin = folder / "bin"
        self.jars = self.root / "build" / "opensearch" / f"lib-{RELEASE}"
        self.data = self.root / "build" / "opensearch" / "data"
        self.bin.mkdir()
        (self.root / "scripts").mkdir(parents=True)
        shutil.copytree(SCRIPTS / "opensearch", self.root / "scripts" / "opensearch")
        for path in SCRIPTS.glob("opensearch*.py"):
            shutil.copy(path, self.root / "scripts")
        if ps := shutil.which("ps"):  # macOS has no /proc
            (self.bin / "ps").symlink_to(ps)

    def program(self, name: str, code: str, **constants: object) -> None:
        """Put a Python program on the PATH under another's name."""
        head = "".join(f"{constant} = {value!r}\n" for constant, value in constants.items())
        path = self.bin / name
        path.write_text(f"#!{sys.executable}\n{head}{code}")
        path.chmod(0o755)

    def java(self, version: str = 'openjdk version "17.0.15" 2025-04-15', *, dying: bool = False) -> None:
        self.program("java", JAVA, VERSION=version, DYING=dying)

    def maven(self, *, failing: bool = False) -> None:
        self.program("mvn", MAVEN, FAILING=failing)

    def popen(self, *arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-B", "scripts/opensearch.py", *map(str, arguments)]
        return subprocess.Popen(
            command,
            cwd=self.root,
            env={"PATH": str(self.bin)},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def ask(self, *arguments: object) -> tuple[int, str]:
        """Exit status and everything said."""
        with self.popen(*arguments) as process:
            said, _ = process.communicate(timeout=60)
        return process.returncode, said


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    if (made.data / "server.json").exists():
        made.ask("stop")


@pytest.fixture
def ready(place: Place) -> Place:
    """A place with Java and Maven."""
    place.java()
    place.maven()
    return place


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


def pid(place: Place) -> int:
    number: int = json.loads((place.data / "server.json").read_text())["pid"]
    return number


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_without_java_it_says_how_to_get_it(place: Place) -> None:
    code, said = place.ask("start")
    assert code == 1
    assert said.startswith("OpenSearch 2.19.1 needs Java 11 or newer; there is none on the PATH.\n")
    assert "apt-get install default-jdk-headless maven" in said
    assert "brew install openjdk maven" in said


@pytest.mark.parametrize(
    ("version", "answer"),
    [
        ('java version "1.8.0_402"', "java is 1.8.0_402."),
        ('openjdk version "9-internal"', "java is 9-internal."),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", "there is none on the PATH."),
        ('openjdk version "11.0.2" 2019-01-15', "there is no mvn on the PATH."),
        ('Picked up JAVA_TOOL_OPTIONS: -Dx=1\nopenjdk version "21-ea" 2023-09-19', "there is no mvn on the PATH."),
        ('java version "25" 2025-09-16 LTS', "there is no mvn on the PATH."),
    ],
)
def test_the_version_of_java_is_read_however_it_is_written(place: Place, version: str, answer: str) -> None:
    place.java(version)
    code, said = place.ask("start")
    assert code == 1
    assert said.splitlines()[0].endswith(answer)
    assert "apt-get install" in said


def test_what_was_fetched_is_not_fetched_again(ready: Place, port: int) -> None:
    assert "Fetching OpenSearch 2.19.1" in ready.ask("start", "--port", port)[1]
    assert sorted(path.name for path in ready.jars.iterdir()) == ["knn.jar", "server.jar"]
    assert (ready.jars / "server.jar").read_text() == "jar"
    ready.ask("stop")
    (ready.bin / "mvn").unlink()
    code, said = ready.ask("start", "--port", port)
    assert code == 0
    assert "Fetching" not in said


def test_a_download_that_failed_is_begun_again(ready: Place, port: int) -> None:
    ready.maven(failing=True)
    for _ in range(2):
        code, said = ready.ask("start", "--port", port)
        assert code == 1
        assert "the network is down" in said
        assert not ready.jars.exists()
    ready.maven()
    assert ready.ask("start", "--port", port)[0] == 0


def test_half_a_download_is_never_used(ready: Place, port: int) -> None:
    half = ready.jars.with_suffix(".part")
    half.mkdir(parents=True)
    (half / "half.jar").write_text("ha")
    assert ready.ask("start", "--port", port)[0] == 0
    assert not half.exists()
    assert not (ready.jars / "half.jar").exists()


def test_starting_twice_and_stopping_twice_does_no_harm(ready: Place, port: int) -> None:
    code, said = ready.ask("start", "--port", port)
    assert code == 0
    assert f"answers at http://127.0.0.1:{port} " in said
    first = pid(ready)
    code, said = ready.ask("start", "--port", port)
    assert code == 0
    assert f"already runs on build/opensearch/data at http://127.0.0.1:{port}" in said
    assert pid(ready) == first
    code, said = ready.ask("status")
    assert code == 0
    assert said.endswith(f" at http://127.0.0.1:{port} (process {first}): green, nodes: 1 of 1.\n")
    assert ready.ask("stop") == (0, "Stopped.\n")
    assert not answers(port)
    assert ready.ask("stop") == (0, "OpenSearch 2.19.1 does not run on build/opensearch/data.\n")
    assert ready.ask("status")[0] == 1


@pytest.mark.parametrize("other", [["--fresh"], ["--nodes", 2]])
def test_a_running_server_is_not_changed(ready: Place, port: int, other: list[object]) -> None:
    ready.ask("start", "--port", port)
    first = pid(ready)
    code, said = ready.ask("start", "--port", port, *other)
    assert code == 1
    assert "stop it first: python3 scripts/opensearch.py stop --data build/opensearch/data" in said
    assert ready.ask("run", "--port", port)[0] == 1
    assert pid(ready) == first


def test_a_taken_port_is_named_and_another_proposed(ready: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        code, said = ready.ask("start", "--port", number)
    assert code == 1
    assert f"Port {number} is taken by another program. Choose another: --port" in said
    assert not (ready.data / "server.json").exists()


@pytest.mark.parametrize("arguments", [[], [RUNNER, "-basePath", "elsewhere", "-numOfNode"]])
def test_a_process_that_is_not_the_server_is_left_alone(place: Place, arguments: list[str]) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)", *arguments]
    with subprocess.Popen(command) as foreign:
        try:
            place.data.mkdir(parents=True)
            (place.data / "server.json").write_text(json.dumps({"pid": foreign.pid, "port": 9200, "nodes": 1}))
            assert place.ask("stop") == (0, "OpenSearch 2.19.1 does not run on build/opensearch/data.\n")
            assert foreign.poll() is None
        finally:
            foreign.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_run_stops_the_server_when_it_is_interrupted(ready: Place, port: int, number: int) -> None:
    with ready.popen("run", "--port", port) as process:
        assert process.stdout is not None
        said = next(line for line in process.stdout if "make run" in line)
        assert f"MACHTIN_INDEX=opensearch MACHTIN_OPENSEARCH_URL=http://127.0.0.1:{port} make run" in said
        assert answers(port)
        process.send_signal(number)
        assert process.stdout.read().endswith("Stopped.\n")
    assert process.returncode == 0
    assert not answers(port)


def test_a_server_that_dies_shows_the_end_of_its_log(ready: Place, port: int) -> None:
    ready.java(dying=True)
    code, said = ready.ask("start", "--port", port)
    assert code == 1
    assert "the server's last words\n" in said
    assert said.endswith("all of it in build/opensearch/data/server.log\n")
    assert not (ready.data / "server.json").exists()


def test_data_of_two_nodes_are_not_run_by_one_unless_emptied(ready: Place, port: int) -> None:
    assert ready.ask("start", "--port", port, "--nodes", 2)[0] == 0
    settings = [(ready.data / f"node_{number}" / "config" / "opensearch.yml").read_text() for number in (1, 2)]
    assert f"force.http.port: {port}\n" in settings[0]
    assert f"force.http.port: {port + 1}\n" in settings[1]
    assert all("action.auto_create_index: false\n" in one for one in settings)
    ready.ask("stop")
    (ready.data / "notes.txt").write_text("mine")
    code, said = ready.ask("start", "--port", port)
    assert code == 1
    assert "start --data build/opensearch/data --nodes 2, or with --fresh to empty it." in said
    assert ready.ask("start", "--port", port, "--fresh")[0] == 0
    assert not (ready.data / "node_2").exists()
    assert (ready.data / "notes.txt").exists()


@pytest.mark.parametrize("wrong", [["--port", "0"], ["--port", "x"], ["--heap", "1t"], ["--nodes", "3"]])
def test_a_wrong_option_is_refused(place: Place, wrong: list[str]) -> None:
    code, said = place.ask("start", *wrong)
    assert code == 2
    assert wrong[0] in said
