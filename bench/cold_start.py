"""Cold starts in Lambda's own runtime, pinned to one processor: each function beside handlers without machtin's code.

``make bench-cold`` builds the artefacts for this machine and starts OpenSearch. Times are the runtime's own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from articles import articles
from lambda_emulator import Emulator, FunctionFailed
from lambda_parts import FUNCTIONS, ROOT, artefact_folders, this_architecture
from machtin import bootstrap
from machtin.adapters.opensearch_client import OpenSearchClient
from machtin.settings import OpenSearchSettings, Settings
from machtin.store_port import Stored

REPEATS: Final = 9
WARM: Final = 60
ARTICLES: Final = 1_000
EVENT: Final = ROOT / "events" / "http-search.json"
MODEL: Final = ROOT / "layers" / "machtin" / "machtin" / "model" / "0_StaticEmbedding" / "tokenizer.json"
LOGS: Final = "from aws_lambda_powertools import Logger, Metrics\n"
ENGINES: Final = "import botocore.session, numpy, opensearchpy, tokenizers\n"
ROUTES: Final = (
    "from aws_lambda_powertools.event_handler import APIGatewayHttpResolver\n"
    "APIGatewayHttpResolver(enable_validation=True)\n"
)
PAGES: Final = "import botocore.session, lxml.html, numpy\n"
# Of each function the imports that no handler of its kind can do without, before a line of machtin.
IMPORTS: Final = {
    "reader_api": LOGS + ROUTES + ENGINES,
    "editor_api": LOGS + ROUTES + ENGINES,
    "ingest": LOGS + ENGINES,
    "inbox": LOGS + PAGES,
    "feeds": LOGS + PAGES,
    "reindex": LOGS + ENGINES,
}
# What each makes of them before the first event: a client of S3 and, where it searches or writes the index, one of
# OpenSearch and the model's tokenizer.
S3: Final = "session = botocore.session.Session()\nsession.create_client('s3')\n"
READY: Final = f"""{S3}
opensearchpy.OpenSearch(["http://127.0.0.1:9"], http_auth=opensearchpy.Urllib3AWSV4SignerAuth(
    session.get_credentials(), "ap-southeast-1", "es"))
tokenizers.Tokenizer.from_file({str(MODEL)!r})
"""
BARE: Final = "(imports nothing)"
ANSWER: Final = "\ndef handler(event, context):\n    return {}\n"
# Calls a handler again and again, in the same Python with the same folders as the emulator's, and no emulator.
DIRECT: Final = """
import json, sys, time
event = json.load(open(sys.argv[1]))
class Context:
    function_name = invoked_function_arn = aws_request_id = "direct"
    memory_limit_in_mb = 1024
    def get_remaining_time_in_millis(self):
        return 30000
import reader_api
spent = []
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    answer = reader_api.handler(event, Context())
    spent.append((time.perf_counter() - started) * 1000)
    assert answer["statusCode"] == 200, answer
print(json.dumps(spent), file=sys.stderr)
"""


class Start(NamedTuple):
    """Milliseconds of an init phase as the runtime reports it, and of its process on the processor until it answers."""

    init: float
    processor: float


def settings_of(cluster: OpenSearchSettings) -> dict[str, str]:
    """What the functions are told on Lambda; the credentials are nobody's."""
    return {
        "MACHTIN_STORE": "s3",
        "MACHTIN_BUCKET": "machtin-cold",
        "MACHTIN_INDEX": "opensearch",
        "MACHTIN_OPENSEARCH_URL": cluster.url,
        "MACHTIN_OPENSEARCH_PREFIX": cluster.prefix,
        "MACHTIN_OPENSEARCH_REGION": "ap-southeast-1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
    }


def starts(repeats: int, env: Mapping[str, str], core: int) -> dict[str, dict[str, list[Start]]]:
    """Starts of each function and of its floors, taken in turn."""
    code = Path(artefact_folders("reader_api", this_architecture())[0])
    modules = [one.module for one in FUNCTIONS.values() if (code / f"{one.module}.py").is_file()]
    taken: dict[str, dict[str, list[Start]]] = {
        module: {"function": [], "imports": [], "ready": []} for module in modules
    }
    taken[BARE] = {"function": []}
    with tempfile.TemporaryDirectory(prefix="machtin-cold-") as folder:
        for _ in range(repeats):
            taken[BARE]["function"].append(started_with("", Path(folder), BARE, env, core))
            for module in modules:
                times = taken[module]
                times["function"].append(started(Emulator(module, env, core=core)))
                made = READY if "opensearchpy" in IMPORTS[module] else S3
                for name, source in (("imports", IMPORTS[module]), ("ready", IMPORTS[module] + made)):
                    times[name].append(started_with(source, Path(folder), module, env, core))
    return taken


def started_with(source: str, folder: Path, module: str, env: Mapping[str, str], core: int) -> Start:
    """One start of a handler that does nothing but this, on the layers of a function."""
    (folder / "floor.py").write_text(source + ANSWER)
    layers = [] if module == BARE else artefact_folders(module, this_architecture())[1:]
    return started(Emulator("floor", env, core=core, folders=[folder, *layers]))


def started(function: Emulator) -> Start:
    """One start; what the function says to an event that is none doesn't matter here."""
    with function:
        try:
            function.invoke({})
        except FunctionFailed as error:
            if error.kind.startswith(("Runtime.", "Sandbox.")):
                raise
        return Start(function.init_ms()[0], function.processor_ms())


def queries(env: Mapping[str, str], core: int, repeats: int) -> dict[str, Any]:
    """Milliseconds of the first search and of warm ones: in the emulator, over HTTP to it, and called directly."""
    event = json.loads(EVENT.read_text(encoding="utf-8"))
    first: dict[str, list[float]] = {"emulator": [], "direct": []}
    warm: dict[str, list[float]] = {"emulator": [], "over HTTP": [], "direct": []}
    for _ in range(repeats):
        with Emulator("reader_api", env, core=core) as reader:
            for _ in range(WARM):
                started = time.perf_counter()
                answer = reader.invoke(event)
                warm["over HTTP"].append((time.perf_counter() - started) * 1000)
                assert answer["statusCode"] == 200, answer
            inside = reader.invoke_ms()
        direct = called_directly(env, core)
        for name, times in (("emulator", inside), ("direct", direct)):
            first[name].append(times[0])
            warm[name] += times[1:]
    return {
        "first": {name: round(statistics.median(times), 1) for name, times in first.items()},
        "warm": {name: round(statistics.median(times), 1) for name, times in warm.items()},
    }


def called_directly(env: Mapping[str, str], core: int) -> list[float]:
    """Milliseconds of a handler's calls, without emulator and runtime client."""
    folders = os.pathsep.join(map(str, artefact_folders("reader_api", this_architecture())))
    command = ["taskset", "--cpu-list", str(core), str(Path(sys.executable).resolve()), "-S", "-s", "-P", "-c", DIRECT]
    known = {"PYTHONPATH": folders, "PYTHONDONTWRITEBYTECODE": "1", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}
    done = subprocess.run(
        [*command, str(EVENT), str(WARM)], env={**known, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    spent: list[float] = json.loads(done.stderr.splitlines()[-1])
    return spent


def load(cluster: OpenSearchSettings) -> None:
    """Index some articles, as a re-index does."""
    with tempfile.TemporaryDirectory(prefix="machtin-cold-") as folder:
        service = bootstrap.build(Settings(data=Path(folder), index="opensearch", opensearch=cluster))
        made, _ = articles(ARTICLES)
        current = service.models.current
        index = service.catalog.create(current.model_version, current.dimensions)
        service.index_changes(index, [Stored(one.id, at, one) for at, one in enumerate(made, start=1)])
        service.catalog.promote(index.version)


def load_now() -> str:
    """How busy the machine is: what waits for a processor lengthens every time here."""
    return f"{os.getloadavg()[0]:.1f}"


def table(taken: Mapping[str, Mapping[str, Sequence[Start]]], processor: bool) -> str:
    """The starts as Markdown: medians, and how a function compares with its floors."""
    what = "init on the processor, ms" if processor else "init, ms"
    lines = [f"| function | {what} | imports alone | ratio | made ready | ratio |", "|---|---|---|---|---|---|"]
    for module, times in taken.items():
        init, *floors = (
            statistics.median(one.processor if processor else one.init for one in starts) for starts in times.values()
        )
        beside = "".join(f" {floor:.0f} | {init / floor:.2f} |" for floor in floors) or " | | | |"
        lines.append(f"| {module} | {init:.0f} |{beside}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="the processor to pin to")
    options = parser.parse_args()
    cluster = replace(OpenSearchSettings.from_env(os.environ), prefix=f"cold-{uuid.uuid4().hex[:8]}", timeout=10.0)
    client = OpenSearchClient(cluster)
    try:
        load(cluster)
        env = settings_of(cluster)
        python = ".".join(map(str, sys.version_info[:2]))
        print(
            f"Python {python}, processor {options.core}, {options.repeats} starts each; load {os.getloadavg()[0]:.1f}"
        )
        taken = starts(options.repeats, env, options.core)
        print(table(taken, processor=False), table(taken, processor=True), sep="\n\n")
        print("search, ms: " + json.dumps(queries(env, options.core, options.repeats)))
        print(f"load at the end {load_now()}")
    finally:
        client.request("DELETE", f"/{cluster.prefix}-*", seconds=30.0)
        client.close()


if __name__ == "__main__":
    main()
