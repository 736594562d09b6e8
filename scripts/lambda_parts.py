"""What machtin is built into for Lambda: the functions, the layers that each stands on, and how large they may get."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = ROOT / "build" / "lambda"
# The runtime and the architecture that template.yaml names.
RUNTIME: Final = "3.13"
ARCHITECTURE: Final = "arm64"
# Lambda's names of architectures, and those of Python's wheels.
MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
# Unzipped megabytes (10**6 bytes) of a function and its layers; Lambda's own limit is 250 MiB.
QUERY_LIMIT: Final = 130
INGEST_LIMIT: Final = 220
LAMBDA_LIMIT: Final = 262


@dataclass(frozen=True)
class Function:
    """One function of the template: its module, its layers from the lowest, and the most megabytes all may have."""

    module: str
    layers: tuple[str, ...]
    limit: int


FUNCTIONS: Final = {
    "ReaderFunction": Function("reader_api", ("dependencies", "machtin"), QUERY_LIMIT),
    "EditorFunction": Function("editor_api", ("dependencies", "extraction", "machtin"), INGEST_LIMIT),
    "IngestFunction": Function("ingest", ("dependencies", "machtin"), INGEST_LIMIT),
    "InboxFunction": Function("inbox", ("dependencies", "extraction", "machtin"), INGEST_LIMIT),
    "FeedsFunction": Function("feeds", ("dependencies", "extraction", "machtin"), INGEST_LIMIT),
    "ReindexFunction": Function("reindex", ("dependencies", "machtin"), INGEST_LIMIT),
}
LAYERS: Final = ("dependencies", "extraction", "machtin")


def this_architecture() -> str:
    """The architecture of this machine in Lambda's words. Ends the program on another than those two."""
    machine = platform.machine().lower().replace("amd64", "x86_64")
    found = next((name for name, python in MACHINES.items() if machine in (name, python)), None)
    return found or sys.exit(f"Lambda has no architecture {machine}")


def artefact_folders(module: str, architecture: str) -> list[Path]:
    """The built folders that a function's modules come from, its own code first, as Lambda searches them."""
    layers = next(one.layers for one in FUNCTIONS.values() if one.module == module)
    built = BUILD / architecture
    return [built / "functions", *(built / "layers" / layer / "python" for layer in reversed(layers))]
