"""Runs a built function as Lambda does, without Docker: AWS's interface emulator and its runtime client for Python.

Only the artefacts, the standard library and the runtime client are on the path. ``make build ARCH=…`` builds them.

    with Emulator("reader_api", {"MACHTIN_INDEX": "opensearch", …}) as reader:
        answer = reader.invoke(event)
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from lambda_parts import BUILD, ROOT, artefact_folders, this_architecture

PINNED: Final = ROOT / "requirements" / "emulator.txt"
START_SECONDS: Final = 10.0
STOP_SECONDS: Final = 5.0
# Beyond the function's own timeout: starting its process, and carrying event and answer.
PATIENCE_SECONDS: Final = 30.0
_INIT: Final = re.compile(r"INIT REPORT\(durationMs: ([\d.]+)\)")
_INVOKE: Final = re.compile(r"INVOKE RTDONE\(status: success, .*duration: ([\d.]+)ms\)")


class FunctionFailed(Exception):
    """The function raised, ended or took too long; Lambda would count an error. ``kind`` is Lambda's errorType."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class Emulator:
    """One function in a process of its own, which starts with the first invocation, as in Lambda."""

    def __init__(
        self,
        module: str,
        env: Mapping[str, str] | None = None,
        *,
        log: Path | None = None,
        timeout: int = 30,
        memory: int = 1024,
        core: int | None = None,
        folders: Sequence[Path] | None = None,
        python: str | None = None,
    ) -> None:
        """``env`` is all that the function sees beside what Lambda sets; ``timeout`` in seconds, ``memory`` in MB.

        ``core`` pins it to one processor. ``folders`` are searched for modules in place of those that were built for
        this machine; ``python`` is the interpreter, by default this one without its environment.
        """
        self.module = module
        self.log = log or BUILD / "logs" / f"{module}.log"
        self._given = folders is not None
        self._folders = list(folders or artefact_folders(module, this_architecture()))
        self._env = dict(env or {})
        self._timeout, self._memory, self._core = timeout, memory, core
        self._python = python or str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._one_at_a_time = threading.Lock()

    def start(self) -> Self:
        """Start the emulator and wait until it listens. The function's own process starts with the first event."""
        missing = [str(folder) for folder in self._folders if not folder.is_dir()]
        if missing:
            raise FileNotFoundError(f"not built: {', '.join(missing)}; make build ARCH={this_architecture()}")
        version = _version(self._python)
        if not self._given:
            _check_version(version)
        program, client = fetch(version)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._port, inner = _free_ports(2)
        command = [str(program), "--runtime-interface-emulator-address", f"127.0.0.1:{self._port}"]
        command += ["--runtime-api-address", f"127.0.0.1:{inner}"]
        # Neither site-packages nor the working folder: nothing but PYTHONPATH and the standard library.
        command += [self._python, "-S", "-s", "-P", "-m", "awslambdaric", f"{self.module}.handler"]
        if self._core is not None:
            command = ["taskset", "--cpu-list", str(self._core), *command]
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                command,
                cwd=self._folders[0],
                env=self._environment(client),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not _listens(self._port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the emulator of {self.module} did not start; see {self.log}")
            time.sleep(0.02)
        return self

    def _environment(self, client: Path) -> dict[str, str]:
        region = self._env.get("AWS_REGION", "ap-southeast-1")
        lambdas = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join(map(str, [*self._folders, client])),
            # The folders of a real function can't be written to.
            "PYTHONDONTWRITEBYTECODE": "1",
            "LAMBDA_TASK_ROOT": str(self._folders[0]),
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_FUNCTION_NAME": self.module,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(self._timeout),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self._memory),
        }
        return lambdas | self._env

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """The function's answer. One event at a time, as one instance of a function gets them.

        Raises FunctionFailed where the function raises, its process ends, or it takes longer than its timeout.
        """
        url = f"http://127.0.0.1:{self._port}/2015-03-31/functions/function/invocations"
        request = urllib.request.Request(url, json.dumps(event).encode())
        local = urllib.request.build_opener(urllib.request.ProxyHandler({}), _AnyStatus())
        with (
            self._one_at_a_time,
            local.open(request, timeout=self._timeout + PATIENCE_SECONDS) as response,
        ):
            told = response.read().decode()
        try:
            answer = json.loads(told)
        except ValueError:
            raise FunctionFailed("Sandbox.Timedout" if "timed out" in told else "Runtime.Unknown", told) from None
        if isinstance(answer, dict) and {"errorType", "errorMessage"} <= answer.keys():
            raise FunctionFailed(answer["errorType"], answer["errorMessage"])
        return answer

    def init_ms(self) -> list[float]:
        """Milliseconds of each start of the function's process, until it could take an event: Lambda's init phase."""
        return [float(one) for one in _INIT.findall(self._told())]

    def invoke_ms(self) -> list[float]:
        """Milliseconds of each invocation that the function answered, without its start."""
        return [float(one) for one in _INVOKE.findall(self._told())]

    def processor_ms(self) -> float:
        """Milliseconds that the function's process has run on a processor so far: other programs don't lengthen it."""
        tasks = [task for pid in self._children() for task in Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6

    def _told(self) -> str:
        return self.log.read_text(errors="replace")

    def kill_function(self) -> bool:
        """End the function's process at once, in the middle of whatever it does; whether one ran.

        The invocation under way fails with Runtime.ExitError, and the next one starts a new process.
        """
        children = self._children()
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        return bool(children)

    def _children(self) -> list[int]:
        if self._process is None or self._process.poll() is not None:
            return []
        found: list[int] = []
        for task in Path(f"/proc/{self._process.pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
        return found

    def stop(self) -> None:
        """End the emulator and the function; safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        children = []
        if process.poll() is None:
            self._process = process
            children = self._children()
            self._process = None
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pid in children:
            if _still_runs(pid, self.module):
                os.kill(pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _AnyStatus(urllib.request.HTTPErrorProcessor):
    """The emulator tells with 502 what Lambda tells in its answer."""

    def http_response(self, _request: urllib.request.Request, response: Any) -> Any:
        return response


def fetch(version: str) -> tuple[Path, Path]:
    """The emulator's program and the folder of the runtime client for a Python, fetched once, hashes checked."""
    whole = BUILD / "emulator" / f"{this_architecture()}-{version}"
    program = whole / f"aws-lambda-rie-{this_architecture()}"
    if program.exists() and (whole / "pinned.txt").read_bytes() == PINNED.read_bytes():
        return program, whole / "client"
    part = whole.with_suffix(f".{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--python-version", version, "--dest", str(part / "wheels")]
    subprocess.run([*command, "-r", str(PINNED)], check=True)
    for wheel in (part / "wheels").glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            if wheel.name.startswith("aws_sam_cli-"):
                inside = f"samcli/local/rapid/{program.name}"
                (part / program.name).write_bytes(archive.read(inside))
                (part / program.name).chmod(0o755)
            else:
                archive.extractall(part / "client")
    shutil.rmtree(part / "wheels")
    shutil.copy(PINNED, part / "pinned.txt")
    shutil.rmtree(whole, ignore_errors=True)
    part.rename(whole)
    return program, whole / "client"


def _version(python: str) -> str:
    command = [python, "-IS", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _check_version(version: str) -> None:
    """Packages that are built for another Python can't be imported; say so before it fails in the log."""
    architecture = this_architecture()
    known = BUILD / architecture / "built.json"
    built = json.loads(known.read_text())["python"] if known.is_file() else "nothing"
    if built != version:
        raise RuntimeError(f"{known.parent} is built for {built}, not {version}: make build ARCH={architecture}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _still_runs(pid: int, module: str) -> bool:
    try:
        return f"{module}.handler" in Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return False
