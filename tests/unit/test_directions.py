"""The rules of direction: who may import what, and that importing alone does nothing."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import machtin

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "layers" / "machtin" / "machtin"
FUNCTIONS = ROOT / "functions"
COMPOSITION = {"bootstrap", "cli", "cli_evaluate"}
CORE = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem not in {*COMPOSITION, "__init__"})
HANDLERS = ("reader_api", "editor_api", "ingest", "inbox", "feeds", "reindex")
EVERY_MODULE = sorted(
    ["machtin." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("*.py")]
    + [path.stem for path in FUNCTIONS.glob("*.py")]
)

# What the core must never load, not even in passing: engines, AWS, the local server, the terminal.
OUTSIDE = {
    "aws_lambda_powertools", "boto3", "botocore", "click", "lxml", "opensearchpy", "pydantic", "requests", "rich",
    "sentence_transformers", "sqlite3", "tantivy", "torch", "trafilatura", "usearch", "uvicorn",
}  # fmt: skip
# What a cold start may pay for. An engine is loaded by the first request that needs it.
# Powertools looks whether botocore is there, which costs a millisecond as long as nothing of it is used.
POWERTOOLS = {"aws_lambda_powertools", "botocore", "jmespath", "typing_extensions"}
VALIDATION = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
FLAT = {path.stem for path in FUNCTIONS.glob("*.py")}
ALLOWED_AT_IMPORT = {
    "reader_api": POWERTOOLS | VALIDATION | FLAT | {"machtin", "numpy"},
    "editor_api": POWERTOOLS | VALIDATION | FLAT | {"machtin", "numpy"},
    "ingest": POWERTOOLS | {"ingest", "machtin", "numpy", "telemetry"},
    "inbox": POWERTOOLS | {"inbox", "machtin", "numpy", "telemetry"},
    "feeds": POWERTOOLS | {"feeds", "machtin", "numpy", "telemetry"},
    "reindex": POWERTOOLS | {"machtin", "numpy", "reindex", "telemetry"},
}


def python(code: str, folder: Path, *arguments: str) -> Any:
    """What ``code`` prints as JSON, in a process without any environment, working in ``folder``."""
    command = [sys.executable, "-B", "-W", "error", "-c", code, *arguments]
    done = subprocess.run(command, env={}, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions and for type checking."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("name", CORE)
def test_the_core_imports_the_standard_library_numpy_and_tokenizers(name: str) -> None:
    for module in imports(PACKAGE / f"{name}.py"):
        top, _, rest = module.partition(".")
        assert top in sys.stdlib_module_names | {"numpy", "tokenizers", "machtin"}, module
        assert top not in OUTSIDE, module
        if top == "machtin":
            assert rest.split(".")[0] not in {"adapters", "commands", *COMPOSITION}, module


def test_the_core_loads_nothing_from_outside(tmp_path: Path) -> None:
    code = (
        "import importlib, json, sys\n"
        "loaded = {}\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module('machtin.' + name)\n"
        "    loaded[name] = sorted({module.split('.')[0] for module in sys.modules})\n"
        "print(json.dumps(loaded))\n"
    )
    loaded = python(code, tmp_path, *CORE)
    assert list(loaded) == CORE
    for name, modules in loaded.items():
        assert not OUTSIDE & set(modules), name


@pytest.mark.parametrize("name", HANDLERS)
def test_a_handler_loads_only_what_a_cold_start_may_pay_for(tmp_path: Path, name: str) -> None:
    code = (
        "import json, sys\n"
        "before = set(sys.modules)\n"
        f"import {name}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    loaded = python(code, tmp_path)
    foreign = {module.split(".")[0] for module in loaded} - sys.stdlib_module_names
    # The standard library's own, named for the machine it was built on.
    foreign = {module for module in foreign if not module.startswith("_sysconfigdata")}
    assert foreign <= ALLOWED_AT_IMPORT[name], foreign - ALLOWED_AT_IMPORT[name]
    assert "sqlite3" not in loaded
    assert not [module for module in loaded if module.startswith("machtin.adapters.")]


# Reports whatever an import does beyond reading code: files written or made, data read, sockets, processes.
WATCH = """
import importlib, json, os, sys
done = []
def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        writing = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if isinstance(flags, int) else False
        ours = isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(roots)
        if writing or (ours and not os.fspath(path).endswith((".py", ".pyc"))):
            done.append((module, event, str(path)))
    elif event.startswith(("socket.connect", "socket.bind", "subprocess.", "sqlite3.", "os.mkdir", "os.remove",
                           "os.rename", "os.system", "os.exec", "shutil.", "urllib.")):
        done.append((module, event, str(arguments)[:200]))
roots = tuple(sys.argv[1:3])
module = ""
sys.addaudithook(watch)
for module in sys.argv[3:]:
    importlib.import_module(module)
print(json.dumps(done))
"""


def test_importing_any_module_does_nothing_but_load_code(tmp_path: Path) -> None:
    assert len(EVERY_MODULE) > 60
    modules = [name.removesuffix(".__init__") for name in EVERY_MODULE]
    assert python(WATCH, tmp_path, f"{PACKAGE}{os.sep}", f"{FUNCTIONS}{os.sep}", *modules) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("open('x.txt', 'w').close()", "open"),
        ("import sqlite3; sqlite3.connect('x.sqlite').close()", "sqlite3.connect"),
        ("import pathlib; pathlib.Path('x').mkdir()", "os.mkdir"),
        ("import pathlib, machtin; pathlib.Path(machtin.__file__).with_name('web').joinpath('docs.html').read_bytes()",
         "open"),
    ],
)  # fmt: skip
def test_what_an_import_did_would_be_seen(tmp_path: Path, code: str, event: str) -> None:
    (tmp_path / "meddler.py").write_text(code)
    seen = python(WATCH, tmp_path, f"{PACKAGE}{os.sep}", f"{FUNCTIONS}{os.sep}", "meddler")
    assert event in {what for _, what, _ in seen}


def test_the_environment_is_read_in_one_place() -> None:
    readers = set()
    for path in [*PACKAGE.rglob("*.py"), *FUNCTIONS.glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if named in {"environ", "environb", "getenv", "putenv"}:
                readers.add(path.relative_to(ROOT).as_posix())
    # Powertools takes its settings from nowhere else; local_functions gives it defaults before it is imported.
    assert readers == {
        "layers/machtin/machtin/settings.py",
        "layers/machtin/machtin/adapters/local_functions.py",
    }


def test_only_the_composition_root_and_the_commands_name_adapters() -> None:
    naming = {
        path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for path in PACKAGE.rglob("*.py")
        if any(module.startswith("machtin.adapters") for module in imports(path))
    }
    assert naming <= {"adapters", "commands", *COMPOSITION}
    for path in FUNCTIONS.glob("*.py"):
        assert not [module for module in imports(path) if module.startswith(("machtin.adapters", "machtin.commands"))]


def test_adapters_know_neither_commands_nor_the_composition_root() -> None:
    for path in (PACKAGE / "adapters").glob("*.py"):
        outward = {f"machtin.{name}" for name in ("commands", *COMPOSITION)}
        assert not [module for module in imports(path) if ".".join(module.split(".")[:2]) in outward], path.name


def test_no_module_is_two_subjects_long() -> None:
    long = {
        path.name: lines
        for path in [*PACKAGE.rglob("*.py"), *FUNCTIONS.glob("*.py")]
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert long == {}


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == machtin.__version__
