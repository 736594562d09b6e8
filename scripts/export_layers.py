"""Writes the layers' requirements from the lock: what Lambda needs of it, and nothing that only a laptop needs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from lambda_parts import ROOT

LOCK: Final = ROOT / "requirements" / "runtime.txt"
HEADER: Final = "# Exported from requirements/runtime.txt by scripts/export_layers.py (make lock); not to be edited.\n"
# What machtin imports there; what these need comes along.
ROOTS: Final = {
    "dependencies": {"aws-lambda-powertools", "boto3", "numpy", "opensearch-py", "pydantic", "tokenizers"},
    "extraction": {"trafilatura"},
}
# Named by a package that works without them: tokenizers needs the hub only to download, and opensearch-py never
# imports its gRPC.
LEFT_OUT: Final = {"grpcio", "huggingface-hub", "opensearch-protobufs", "protobuf"}


def read_lock(text: str) -> dict[str, tuple[str, set[str]]]:
    """Of each package its lines in the lock, and the packages that ask for it."""
    packages = {}
    for entry in re.split(r"\n(?=[a-z0-9])", text.removeprefix(HEADER).strip()):
        pinned, _, asked_for = entry.partition("\n    # via")
        name = re.match(r"[a-z0-9-]+", pinned)
        if name is None:
            sys.exit(f"{LOCK.name} has an entry without a name: {pinned[:60]}")
        packages[name[0]] = pinned, set(re.findall(r"[a-z0-9-]+", asked_for))
    return packages


def closure(packages: dict[str, tuple[str, set[str]]], roots: set[str]) -> set[str]:
    """The roots and everything that they need, directly or not, but what is left out."""
    found = set(roots)
    while more := {name for name, (_, parents) in packages.items() if parents & found} - found - LEFT_OUT:
        found |= more
    return found


def export(lock: str) -> dict[str, str]:
    """Of each layer its requirements file. A layer holds nothing that the dependencies have already."""
    packages = read_lock(lock)
    below = closure(packages, ROOTS["dependencies"])
    wanted = {layer: closure(packages, roots) for layer, roots in ROOTS.items()}
    return {
        layer: HEADER
        + "".join(packages[name][0] + "\n" for name in sorted(names - (below if layer != "dependencies" else set())))
        for layer, names in wanted.items()
    }


def main() -> None:
    """Write each layer's requirements.txt."""
    for layer, text in export(LOCK.read_text(encoding="utf-8")).items():
        Path(ROOT / "layers" / layer / "requirements.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
