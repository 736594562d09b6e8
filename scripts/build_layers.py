"""Builds what runs on Lambda, for either architecture, on any Python with pip, without Docker and without the SAM CLI.

``make build`` builds everything into build/lambda/ARCHITECTURE and checks sizes; the Makefiles of the layers and of
functions/, which ``sam build`` calls, build one part each into the folder that SAM names. With MODEL=FOLDER the model
of that folder (``machtin model export``) comes into the layer of machtin as well, where it lies in /opt/model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from lambda_parts import (
    ARCHITECTURE,
    BUILD,
    FUNCTIONS,
    LAMBDA_LIMIT,
    LAYERS,
    MACHINES,
    ROOT,
    RUNTIME,
    this_architecture,
)
from layer_pruning import prune

CODE: Final = {"functions": ROOT / "functions", "machtin": ROOT / "layers" / "machtin" / "machtin"}
# Where Lambda unpacks a layer, and a function: compiled code names its sources there.
UNPACKED: Final = {"functions": "/var/task"}
# Amazon Linux 2023, which Python 3.12 and newer run on, has glibc 2.34; older than 2.17 nothing is built any more.
GLIBC: Final = range(34, 16, -1)
SOURCES: Final = shutil.ignore_patterns("__pycache__", "Makefile")
# No function types commands, serves requests itself, or keeps the embedded index, whose engine is in no layer.
LAYER_SOURCES: Final = shutil.ignore_patterns(
    "__pycache__",
    "Makefile",
    "cli.py",
    "commands",
    "local_*.py",
    "embedded_catalog.py",
    "tantivy_index.py",
    "text_index.py",
    "index_reader.py",
    "index_view.py",
    "index_writer.py",
)
# All files of an archive get one date, so that the same contents make the same archive.
DATE: Final = (2020, 1, 1, 0, 0, 0)


def build_part(name: str, into: Path, architecture: str, python: str) -> bool:
    """Build a layer (into/python) or the functions' code (directly in ``into``); whether its code is compiled.

    Compiled code spares a cold start seconds, as the folders of a function can't be written to; it needs the same
    Python here as there.
    """
    shutil.rmtree(into, ignore_errors=True)
    if name == "functions":
        shutil.copytree(CODE[name], into, ignore=SOURCES)
    elif name == "machtin":
        shutil.copytree(CODE[name], into / "python" / "machtin", ignore=LAYER_SOURCES)
        if model := os.environ.get("MODEL"):
            add_model(ROOT / model, into, architecture, python)
    else:
        install(ROOT / "layers" / name / "requirements.txt", into / "python", architecture, python)
        prune(into / "python")
    return compiled(into, UNPACKED.get(name, "/opt"), python)


def add_model(model: Path, into: Path, architecture: str, python: str) -> None:
    """Put a further model into a layer, with what runs it."""
    record = model / "machtin.json"
    told = (
        json.loads(record.read_text(encoding="utf-8"))
        if record.is_file()
        else sys.exit(f"MODEL is {model}, which machtin has not written: machtin model export PATH_OR_NAME --to FOLDER")
    )
    shutil.copytree(model, into / "model")
    if "onnx" in told:
        install(ROOT / "requirements" / "onnx.txt", into / "python", architecture, python)
        prune(into / "python")


def install(requirements: Path, into: Path, architecture: str, python: str) -> None:
    """Unpack the locked wheels for an architecture and a Python into a folder; hashes are checked."""
    machine = MACHINES[architecture]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary=:all:", "--no-compile", "--root-user-action=ignore"]
    command += ["--implementation", "cp", "--python-version", python, "--target", str(into)]
    for platform in [*(f"manylinux_2_{minor}_{machine}" for minor in GLIBC), f"manylinux2014_{machine}"]:
        command += ["--platform", platform]
    done = subprocess.run([*command, "-r", str(requirements)], check=False)
    if done.returncode:
        sys.exit(f"pip could not install {requirements.relative_to(ROOT)} for Python {python} on {architecture}")


def compiled(folder: Path, unpacked: str, python: str) -> bool:
    """Compile a folder's code for where it will be unpacked; False where this machine lacks that Python."""
    interpreter = interpreter_of(python)
    if interpreter is None:
        return False
    # Never compared with its source, so that neither dates nor a changed copy matter.
    command = [interpreter, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    # A seed of its own each time would order sets, and with them the bytes, differently.
    seeded = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run([*command, "-s", str(folder), "-p", unpacked, str(folder)], check=True, env=seeded)
    return True


def interpreter_of(version: str) -> str | None:
    """A Python of this version: the one that runs this, or one on the PATH."""
    for candidate in (sys.executable, shutil.which(f"python{version}")):
        if candidate:
            told = subprocess.run([candidate, "-IS", "--version"], capture_output=True, text=True, check=False).stdout
            if told.startswith(f"Python {version}."):
                return candidate
    return None


def fingerprint(part: str, architecture: str, python: str) -> str:
    """What a built layer of packages depends on; the same again means that it need not be built again."""
    read = [ROOT / "layers" / part / "requirements.txt", Path(__file__), ROOT / "scripts" / "layer_pruning.py"]
    told = "\n".join([architecture, python, str(interpreter_of(python)), *(path.read_text() for path in read)])
    return hashlib.sha256(told.encode()).hexdigest()


def build_all(architecture: str, python: str) -> None:
    """Build everything, print the sizes, and end the program when a function is too large."""
    built = BUILD / architecture
    known = built / "built.json"
    before = json.loads(known.read_text()).get("layers", {}) if known.is_file() else {}
    known.unlink(missing_ok=True)
    layers = {}
    is_compiled = build_part("functions", built / "functions", architecture, python)
    for layer in LAYERS:
        if layer in CODE:
            build_part(layer, built / "layers" / layer, architecture, python)
            continue
        layers[layer] = fingerprint(layer, architecture, python)
        if layers[layer] != before.get(layer) or not (built / "layers" / layer).is_dir():
            print(f"Building {layer} for Python {python} on {architecture} ...", flush=True)
            build_part(layer, built / "layers" / layer, architecture, python)
    known.write_text(json.dumps({"python": python, "compiled": is_compiled, "layers": layers}, indent=1) + "\n")
    if not is_compiled:
        tell_uncompiled(python)
    check_sizes(built)


def tell_uncompiled(python: str) -> None:
    """Say what it costs that this machine lacks the runtime's Python."""
    print(
        f"There is no python{python} on the PATH, so nothing is compiled and each cold start takes about four times as "
        "long: install it before deploying.",
        file=sys.stderr,
    )


def check_sizes(built: Path) -> None:
    """Print what each function takes, unzipped and zipped, with its layers; end the program where it is too much."""
    parts = {"functions": built / "functions", **{layer: built / "layers" / layer for layer in LAYERS}}
    sizes = {name: (megabytes(folder), zipped(folder, built / f"{name}.zip")) for name, folder in parts.items()}
    print(f"{'MB':16}{'unzipped':>10}{'limit':>8}{'zipped':>8}")
    too_large = []
    further = (built / "layers" / "machtin" / "model").is_dir()
    for name, function in FUNCTIONS.items():
        limit = LAMBDA_LIMIT if further else function.limit
        taken = [sizes[part] for part in ("functions", *function.layers)]
        unzipped, packed = sum(one for one, _ in taken), sum(one for _, one in taken)
        print(f"{name:16}{unzipped:10.1f}{limit:8}{packed:8.1f}")
        if unzipped > limit:
            too_large.append(name)
    for name, (unzipped, packed) in sizes.items():
        print(f"  {name:14}{unzipped:10.1f}{'':8}{packed:8.1f}")
    if too_large:
        way = "; a model this large needs a container image: docs/models.md" if further else ""
        sys.exit(f"larger than its limit: {', '.join(too_large)}{way}")


def megabytes(folder: Path) -> float:
    """Megabytes (10**6 bytes) of the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def zipped(folder: Path, archive: Path) -> float:
    """Pack a folder as Lambda takes it; the same contents make the same archive. Its megabytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), DATE)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100755 << 16
                packed.writestr(entry, path.read_bytes())
    return archive.stat().st_size / 1e6


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=(*LAYERS, "functions"), help="build this alone (default: all)")
    parser.add_argument("--into", type=Path, help="the folder of the part: ARTIFACTS_DIR of sam build")
    parser.add_argument("--arch", choices=MACHINES, default=ARCHITECTURE)
    parser.add_argument("--python", help=f"of the runtime (default {RUNTIME}; all for x86_64: the one that runs this)")
    parser.add_argument("--here", action="store_true", help="for this machine and this Python, to be run here")
    asked = parser.parse_args()
    architecture = this_architecture() if asked.here else asked.arch
    here = ".".join(map(str, sys.version_info[:2]))
    deployed = not asked.here and (asked.part or architecture == ARCHITECTURE)
    python = asked.python or (RUNTIME if deployed else here)
    if asked.part is None:
        build_all(architecture, python)
    elif asked.into is None:
        parser.error("a part needs --into")
    elif asked.into.is_dir() and any(asked.into.iterdir()):
        parser.error(f"{asked.into} is not empty")
    elif not build_part(asked.part, asked.into.resolve(), architecture, python):
        tell_uncompiled(python)


if __name__ == "__main__":
    main()
