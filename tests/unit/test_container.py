"""Functions as container images, for a model that is too large for a layer: the recipe, and the template for it."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from build_layers import add_model
from container_template import IMAGES, MODEL, MODELS, with_images
from lambda_parts import FUNCTIONS, ROOT
from machtin.commands.lambda_room import BUILT, LIMIT, ONNXRUNTIME, room
from machtin.model_folder import ModelFolder

DOCKERFILE = (ROOT / "functions" / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture
def images(template: dict[str, Any]) -> dict[str, Any]:
    return with_images(copy.deepcopy(template), MODEL, "..")


def test_functions_that_embed_texts_are_images_and_the_others_stay(
    template: dict[str, Any], images: dict[str, Any]
) -> None:
    assert set(IMAGES) == {"ReaderFunction", "EditorFunction", "IngestFunction", "ReindexFunction"}
    for name, function in FUNCTIONS.items():
        properties = images["Resources"][name]["Properties"]
        if name in IMAGES:
            assert properties["ImageConfig"] == {"Command": [f"{function.module}.handler"]}
            own = template["Resources"][name]["Properties"]["FunctionName"]["Fn::Sub"]
            assert properties["FunctionName"] == {"Fn::Sub": f"{own}-image"}, "else no stack could be moved over"
            assert not properties.keys() & {"Handler", "Runtime", "Layers", "CodeUri", "SnapStart"}
            metadata = images["Resources"][name]["Metadata"]
            assert (ROOT / "build" / metadata["DockerContext"] / metadata["Dockerfile"]).resolve().is_file()
        else:
            assert len(properties["Layers"]) == len(function.layers)
            assert (ROOT / "build" / properties["CodeUri"] / f"{function.module}.py").resolve().is_file()
    assert not images["Globals"]["Function"].keys() & {"Runtime", "Layers", "CodeUri"}
    assert "SnapStart" not in str(images)


def test_the_rights_and_settings_of_the_images_are_those_of_the_functions(
    template: dict[str, Any], images: dict[str, Any]
) -> None:
    for name in IMAGES:
        own, image = (one["Resources"][name]["Properties"] for one in (template, images))
        for kept in ("Policies", "Environment", "Timeout", "Events", "MemorySize"):
            assert own.get(kept) == image.get(kept)
    assert images["Parameters"]["Models"]["Default"] == MODELS
    assert f"ENV MACHTIN_MODEL={MODELS}\n" in DOCKERFILE


def test_what_the_recipe_copies_is_there_and_let_through() -> None:
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    copied = [one.split()[0] for one in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)]
    assert copied.pop() == "${MODEL}"
    assert re.search(r"^ARG MODEL=(.+)$", DOCKERFILE, re.MULTILINE)[1] == MODEL  # type: ignore[index]
    assert MODEL in let_through
    for source in copied:
        assert source in let_through
        assert list(ROOT.glob(source))


def test_whatever_the_recipe_installs_is_pinned_with_hashes() -> None:
    (installed,) = re.findall(r"^RUN (.+)$", DOCKERFILE, re.MULTILINE)
    assert {"--no-deps", "--require-hashes", "--only-binary=:all:"} <= set(installed.split())
    assert "--hash=sha256:" in (ROOT / "requirements" / "onnx.txt").read_text()


def sized(path: Path, megabytes: float, runtime: str = "onnx") -> ModelFolder:
    path.mkdir()
    with (path / "model.onnx").open("wb") as file:
        file.truncate(int(megabytes * 1e6))
    return ModelFolder(path, runtime)  # type: ignore[arg-type]


def test_a_model_with_room_in_a_layer_is_told_how_it_gets_there(tmp_path: Path) -> None:
    left = LIMIT - BUILT - ONNXRUNTIME
    told = "\n".join(room(sized(tmp_path / "small", left - 1)))
    assert "+ 37 MB (onnxruntime) = 261 MB unzipped, of 262 MB: it has room in a layer." in told
    assert f"MODEL={tmp_path / 'small'} sam build" in told


def test_a_model_too_large_for_a_layer_is_told_with_figures_and_the_container_way(tmp_path: Path) -> None:
    told = "\n".join(room(sized(tmp_path / "large", 120)))
    assert "126 MB (machtin and its own model) + 120 MB (this model) + 37 MB (onnxruntime) = 283 MB" in told
    assert "too large for a layer by 21 MB" in told
    assert "scripts/container_template.py" in told
    assert (ROOT / "scripts" / "container_template.py").is_file()
    assert "Export it" in room(sized(tmp_path / "torch", 1, "transformer"))[0]


def test_a_layer_takes_only_a_folder_that_was_exported(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="machtin model export"):
        add_model(tmp_path, tmp_path / "layer", "x86_64", "3.13")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "machtin.json").write_text('{"model_version": "static-1"}')
    add_model(tmp_path / "model", tmp_path / "layer", "x86_64", "3.13")
    assert (tmp_path / "layer" / "model" / "machtin.json").is_file()
