"""Runs a real OpenSearch with k-NN on this machine, for development and tests, without Docker.

Maven fetches the server once into build/opensearch; it answers this machine alone. `make opensearch` runs it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, NoReturn

from opensearch_parts import BUILD, CONFIG, alone, fetch, find_java, name

RUNNER: Final = "org.codelibs.opensearch.runner.OpenSearchRunner"
READY_SECONDS: Final = 120
STOP_SECONDS: Final = 30
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPED: Final = 128 + signal.SIGTERM  # Java's exit status when it was asked to end


@dataclass(frozen=True)
class Server:
    """A server that was started: its process, and how it was asked to run. Kept as server.json in its data folder."""

    pid: int
    port: int
    nodes: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    data: Path
    port: int
    nodes: int
    heap: str
    fresh: bool


def shown(path: Path) -> str:
    """A path as a reader would type it here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def is_server(pid: int, data: Path) -> bool:
    """Whether a process is the server of this folder; the number alone may have passed to another program."""
    if Path("/proc/self").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            return False
    else:
        ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        command = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
    return f" {RUNNER} -basePath {data} " in command


def running(data: Path) -> Server | None:
    """The server that runs on this folder, if one does."""
    try:
        server = Server(**json.loads((data / "server.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return server if is_server(server.pid, data) else None


def stop(data: Path) -> bool:
    """Stop the server of this folder and wait until it has ended; whether one ran. No other process is touched."""
    server = running(data)
    if server:
        for number in (signal.SIGTERM, signal.SIGKILL):
            os.kill(server.pid, number)
            deadline = time.monotonic() + STOP_SECONDS
            while (going := is_server(server.pid, data)) and time.monotonic() < deadline:
                time.sleep(0.1)
            if not going:
                break
    (data / "server.json").unlink(missing_ok=True)
    return server is not None


def stop_undisturbed(data: Path) -> None:
    """Stop the server of this folder; a second Ctrl-C does not leave it half stopped."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    stop(data)


def health(server: Server) -> tuple[str, int, int]:
    """Colour, nodes and shards on their way; ("", 0, 0) when the server does not answer."""
    local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with local.open(f"{server.url}/_cluster/health", timeout=5) as answer:
            found = json.load(answer)
        return str(found["status"]), int(found["number_of_nodes"]), int(found["initializing_shards"])
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return "", 0, 0


def is_ready(server: Server) -> bool:
    """Whether all nodes are there and the cluster is green; on one node a replica has no place, so yellow will do."""
    colour, nodes, moving = health(server)
    return nodes == server.nodes and not moving and colour in ({"green", "yellow"} if nodes == 1 else {"green"})


def write_config(options: Options) -> None:
    """Write each node's folder of settings.

    The runner would move to the next free port and counts from base + 1; ``force.`` outweighs what it sets.
    """
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(options.nodes)]
    inner = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    for number in range(options.nodes):
        folder = options.data / f"node_{number + 1}" / "config"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(CONFIG / "log4j2.properties", folder)
        own = [f"force.http.port: {options.port + number}", f"transport.port: {inner[number]}"]
        own += [f'discovery.seed_hosts: ["127.0.0.1:{inner[0]}"]']
        own += [f"force.node.roles: {'data' if number else 'cluster_manager,data,ingest'}"]
        settings = (CONFIG / "opensearch.yml").read_text() + "\n".join(own) + "\n"
        (folder / "opensearch.yml").write_text(settings)


def clear_the_way(options: Options) -> None:
    """End the program when the ports are taken or the data do not fit; empty the data when that is asked."""
    for port in range(options.port, options.port + options.nodes):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                sys.exit(
                    f"Port {port} is taken by another program. Choose another: --port {port + 100}, "
                    f"or with make OPENSEARCH_PORT={port + 100}."
                )
    nodes = [options.data / f"node_{number}" for number in (1, 2)]
    if options.fresh:
        for folder in nodes:
            shutil.rmtree(folder, ignore_errors=True)
    elif options.nodes == 1 and nodes[1].exists():
        here = f"python3 {sys.argv[0]} start --data {shown(options.data)}"
        sys.exit(f"{shown(options.data)} holds the data of two nodes: {here} --nodes 2, or with --fresh to empty it.")


def launch(options: Options) -> subprocess.Popen[bytes]:
    """Start the server and wait until it is ready. Ends the program, and the server, when it does not get there."""
    java, version = find_java()
    jars = fetch()
    clear_the_way(options)
    write_config(options)
    print(f"Starting {name()} on Java {version} (10 to 30 s) ...", flush=True)
    log = options.data / "server.log"
    log.unlink(missing_ok=True)
    command = [java, f"-Xmx{options.heap}", "-XX:+ExitOnOutOfMemoryError", "-Dlog4j.shutdownHookEnabled=false"]
    command += [f"-Dmachtin.opensearch.log={log}"]
    command += ["-cp", f"{jars}{os.sep}*", RUNNER, "-basePath", str(options.data), "-numOfNode", str(options.nodes)]
    command += ["-baseHttpPort", "0", "-clusterName", "machtin", "-pluginTypes", "org.opensearch.knn.plugin.KNNPlugin"]
    with log.open("ab") as out:  # a session of its own: Ctrl-C reaches this program, which stops the server in order
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    server = Server(process.pid, options.port, options.nodes)
    begun = time.monotonic()
    try:
        (options.data / "server.json").write_text(json.dumps(asdict(server)))
        while not is_ready(server):
            if process.poll() is not None or time.monotonic() > begun + READY_SECONDS:
                fail(options.data, f"{name()} did not get ready in {time.monotonic() - begun:.0f} s")
            time.sleep(0.2)
    except BaseException:
        stop_undisturbed(options.data)
        raise
    print(f"{name()} answers at {server.url} ({time.monotonic() - begun:.0f} s); its log: {shown(log)}")
    return process


def fail(data: Path, reason: str) -> NoReturn:
    """End the program with the end of the server's log."""
    log = data / "server.log"
    last = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
    sys.exit(f"{last}\n{reason}; the end of its log stands above, all of it in {shown(log)}")


def begin(options: Options) -> subprocess.Popen[bytes] | None:
    """The server, started just now, or None when it runs as asked already. Ends the program when it can't be."""
    with alone(options.data):
        server = running(options.data)
        if server is None:
            return launch(options)
    said = f"{name()} already runs on {shown(options.data)} at {server.url}, nodes: {server.nodes}"
    if options.fresh or (server.port, server.nodes) != (options.port, options.nodes):
        sys.exit(f"{said}; stop it first: python3 {sys.argv[0]} stop --data {shown(options.data)}")
    print(f"{said} (process {server.pid}).")
    return None


def run(options: Options) -> None:
    """Run the server until Ctrl-C, or until it is stopped from elsewhere."""
    process = begin(options)
    if process is None:
        sys.exit(1)
    try:
        use = f"MACHTIN_INDEX=opensearch MACHTIN_OPENSEARCH_URL=http://127.0.0.1:{options.port} make run"
        print(f"In another terminal: {use}\nCtrl-C stops it.", flush=True)
        if process.wait() != STOPPED:
            fail(options.data, f"{name()} ended by itself")
    except KeyboardInterrupt:
        stop_undisturbed(options.data)
    print("Stopped.")


def status(data: Path) -> None:
    """Say whether the server runs and how it is; the exit status is 1 when it does not."""
    server = running(data)
    if server is None:
        sys.exit(f"{name()} does not run on {shown(data)}.")
    colour, nodes, _ = health(server)
    how = f"{colour}, nodes: {nodes} of {server.nodes}" if colour else "it does not answer"
    print(f"{name()} runs on {shown(data)} at {server.url} (process {server.pid}): {how}.")


def port(text: str) -> int:
    """A port that leaves room for a second node."""
    if not 0 < int(text) < 65535:
        raise ValueError
    return int(text)


def heap(text: str) -> str:
    """A size as Java reads it: 512m, 2g."""
    if not re.fullmatch(r"[1-9]\d*[mg]", text):
        raise ValueError
    return text


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="run | start | stop | status")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=BUILD / "data", help="data folder (default build/opensearch/data)")
    starting = argparse.ArgumentParser(add_help=False)
    starting.add_argument("--port", type=port, default=9200, help="HTTP port of the first node (default 9200)")
    starting.add_argument("--nodes", type=int, choices=(1, 2), default=1, help="the second node answers at port + 1")
    starting.add_argument("--heap", type=heap, default="1g", help="memory for Java's heap (default 1g)")
    starting.add_argument("--fresh", action="store_true", help="begin with an empty cluster")
    commands.add_parser("run", parents=[shared, starting], help="run it here until Ctrl-C")
    commands.add_parser("start", parents=[shared, starting], help="start it and return when it is green")
    commands.add_parser("stop", parents=[shared], help="stop what start or run has started")
    commands.add_parser("status", parents=[shared], help="say whether it runs and how it is")
    asked = parser.parse_args()
    data = asked.data.resolve()
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    try:
        if asked.command == "stop":
            print("Stopped." if stop(data) else f"{name()} does not run on {shown(data)}.")
        elif asked.command == "status":
            status(data)
        else:
            options = Options(data, asked.port, asked.nodes, asked.heap, asked.fresh)
            run(options) if asked.command == "run" else begin(options)
    except KeyboardInterrupt:
        print("Stopped.")
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
