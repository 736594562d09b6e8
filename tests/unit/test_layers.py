"""The layers for Lambda: exported from the lock, pruned without harm, and the same wherever they are named."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from build_layers import build_part, interpreter_of, zipped
from export_layers import LEFT_OUT, LOCK, ROOTS, export, read_lock
from lambda_parts import ARCHITECTURE, FUNCTIONS, LAYERS, ROOT, RUNTIME
from layer_pruning import keep_endpoints, prune, unpack_model

LAPTOP_ALONE = {"click", "grpcio", "hf-xet", "huggingface-hub", "rich", "tantivy", "tqdm", "uvicorn"}


@pytest.mark.parametrize("layer", ROOTS)
def test_what_a_layer_asks_for_is_what_the_lock_says(layer: str) -> None:
    written = (ROOT / "layers" / layer / "requirements.txt").read_text(encoding="utf-8")
    assert written == export(LOCK.read_text(encoding="utf-8"))[layer], "run: make lock"


def test_layers_overlap_nowhere_and_leave_the_laptop_at_home() -> None:
    layers = [set(read_lock(text)) for text in export(LOCK.read_text(encoding="utf-8")).values()]
    assert not layers[0] & layers[1]
    assert not (layers[0] | layers[1]) & LAPTOP_ALONE
    assert ROOTS["dependencies"] < layers[0]


def test_each_pinned_package_brings_its_hashes() -> None:
    for text in export(LOCK.read_text(encoding="utf-8")).values():
        for name, (pinned, _) in read_lock(text).items():
            assert "--hash=sha256:" in pinned, name


def test_a_new_requirement_of_a_package_comes_along_by_itself() -> None:
    lock = LOCK.read_text(encoding="utf-8") + "\nnewcomer==1.0 \\\n    --hash=sha256:00\n    # via botocore\n"
    assert "\nnewcomer==1.0 \\\n    --hash=sha256:00\n" in export(lock)["dependencies"]


def test_what_is_left_out_takes_along_what_it_alone_needs() -> None:
    exported = "".join(export(LOCK.read_text(encoding="utf-8")).values())
    for name in LEFT_OUT | {"filelock", "fsspec", "hf-xet"}:
        assert f"\n{name}==" not in exported


def test_every_function_stands_on_known_layers_and_its_module_is_there() -> None:
    for function in FUNCTIONS.values():
        assert set(function.layers) <= set(LAYERS)
        assert "machtin" in function.layers


def test_the_template_says_the_same(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    layers = {f"{name.capitalize()}Layer": name for name in LAYERS}
    declared = {
        name: (
            one["Properties"]["Handler"].removesuffix(".handler"),
            {layers[ref["Ref"]] for ref in layers_of(template, one)},
        )
        for name, one in resources.items()
        if one["Type"] == "AWS::Serverless::Function"
    }
    assert declared == {name: (one.module, set(one.layers)) for name, one in FUNCTIONS.items()}
    assert {name for name, one in resources.items() if one["Type"] == "AWS::Serverless::LayerVersion"} == set(layers)
    common = template["Globals"]["Function"]
    assert (common["Runtime"], common["Architectures"]) == (f"python{RUNTIME}", [ARCHITECTURE])


def layers_of(template: dict[str, Any], function: dict[str, Any]) -> list[dict[str, str]]:
    """A function's own layers are added to those of all."""
    own: list[dict[str, str]] = function["Properties"].get("Layers", [])
    return [*template["Globals"]["Function"].get("Layers", []), *own]


def test_pages_are_read_by_no_function_that_readers_wait_for() -> None:
    reading = {name for name, one in FUNCTIONS.items() if "extraction" in one.layers}
    assert reading == {"EditorFunction", "InboxFunction", "FeedsFunction"}


def written(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_pruning_takes_tests_caches_and_stubs_and_leaves_code_and_licences(tmp_path: Path) -> None:
    kept = [
        written(tmp_path / one)
        for one in ("a/code.py", "a/testsuite.py", "a-1.dist-info/METADATA", "a-1.dist-info/licenses/LICENSE", "b.py")
    ]
    taken = [
        written(tmp_path / one)
        for one in ("a/tests/test_code.py", "a/code.pyi", "a/__pycache__/code.pyc", "bin/a", "a-1.dist-info/RECORD")
    ]
    prune(tmp_path)
    assert all(path.is_file() for path in kept)
    assert not any(path.exists() for path in taken)


def test_of_aws_only_the_services_that_are_asked_are_left(tmp_path: Path) -> None:
    data = tmp_path / "botocore" / "data"
    for service in ("s3", "sqs", "stepfunctions", "sts", "ec2"):
        written(data / service / "2006-03-01" / "paginators-1.json", "{}")
    endpoints = {"partitions": [{"partition": "aws", "services": {"s3": 1, "states": 2, "ec2": 3}}]}
    written(data / "endpoints.json", json.dumps(endpoints))
    prune(tmp_path)
    assert {path.name for path in data.iterdir()} == {"s3", "sqs", "stepfunctions", "sts", "endpoints.json"}
    left = json.loads((data / "endpoints.json").read_text())
    assert left == {"partitions": [{"partition": "aws", "services": {"s3": 1, "states": 2}}]}


def test_endpoints_keep_every_region(tmp_path: Path) -> None:
    regions = {"ap-southeast-1": {"description": "Singapore"}, "us-east-1": {"description": "Virginia"}}
    path = written(tmp_path / "endpoints.json", json.dumps({"partitions": [{"regions": regions, "services": {}}]}))
    keep_endpoints(path)
    assert json.loads(path.read_text())["partitions"][0]["regions"] == regions


def test_a_description_loses_its_prose_and_no_member(tmp_path: Path) -> None:
    described = {
        "documentation": "prose",
        "shapes": {"Part": {"members": {"documentation": {"shape": "Text", "documentation": "prose"}}}},
        "rules": [{"documentation": "prose", "type": "endpoint"}],
    }
    packed = tmp_path / "service-2.json.gz"
    packed.write_bytes(gzip.compress(json.dumps(described).encode()))
    unpack_model(packed)
    assert not packed.exists()
    assert json.loads((tmp_path / "service-2.json").read_text(encoding="utf-8")) == {
        "documentation": "",
        "shapes": {"Part": {"members": {"documentation": {"shape": "Text", "documentation": ""}}}},
        "rules": [{"documentation": "", "type": "endpoint"}],
    }


def test_the_same_contents_make_the_same_archive(tmp_path: Path) -> None:
    for name, order in (("one", "ab"), ("two", "ba")):
        for letter in order:
            written(tmp_path / name / "python" / f"{letter}.py", letter)
    assert zipped(tmp_path / "one", tmp_path / "one.zip") == zipped(tmp_path / "two", tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_built_twice_it_is_the_same_wherever_it_was_built(tmp_path: Path) -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    for folder in ("one", "another/place"):
        assert build_part("functions", tmp_path / folder / "functions", ARCHITECTURE, here)
        zipped(tmp_path / folder / "functions", tmp_path / folder / "functions.zip")
    one, another = (tmp_path / folder / "functions.zip" for folder in ("one", "another/place"))
    assert one.read_bytes() == another.read_bytes()


def test_a_python_that_is_not_here_is_not_taken_for_another() -> None:
    assert interpreter_of("3.1") is None
    assert interpreter_of("2.9") is None
