"""What a model folder tells before anything of it is loaded: which models can be used, and why others can't."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from machtin.adapters.model_loading import load_model
from machtin.adapters.model_shelf import ModelShelf
from machtin.errors import ModelError
from machtin.model_folder import Prompts, content_version, plain_name, prompts_of, read_model_folder
from machtin.settings import BUNDLED_MODEL

SENTENCE = "sentence_transformers.models."
TRANSFORMER = [("", f"{SENTENCE}Transformer"), ("1_Pooling", f"{SENTENCE}Pooling")]


def folder_of(path: Path, modules: list[tuple[str, str]], *weights: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    listed = [{"idx": place, "path": where, "type": kind} for place, (where, kind) in enumerate(modules)]
    (path / "modules.json").write_text(json.dumps(listed))
    for name in weights:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(b"weights")
    return path


def test_the_bundled_model_is_static(tmp_path: Path) -> None:
    read = read_model_folder(BUNDLED_MODEL)
    assert (read.runtime, read.prompts, read.cosine_scale) == ("static", Prompts(), None)
    assert 40 < read.megabytes < 45


@pytest.mark.parametrize("library", [SENTENCE, "sentence_transformers.base.modules.transformer."])
def test_a_transformer_is_told_by_its_modules(tmp_path: Path, library: str) -> None:
    dense = [*TRANSFORMER, ("2_Dense", f"{SENTENCE}Dense"), ("3_Normalize", f"{SENTENCE}Normalize")]
    dense[0] = ("", f"{library}Transformer")
    folder = folder_of(tmp_path / "model", dense, "model.safetensors", "2_Dense/model.safetensors")
    read = read_model_folder(folder)
    assert read.runtime == "transformer"
    assert [one.name for one in read.modules] == ["Transformer", "Pooling", "Dense", "Normalize"]


@pytest.mark.parametrize(
    ("prompts", "default", "expected"),
    [
        ({"query": "query: ", "passage": "passage: "}, None, Prompts("query: ", "passage: ")),
        ({"query": "q: ", "document": "d: ", "passage": "p: "}, None, Prompts("q: ", "d: ")),
        ({"classify": "c: "}, "classify", Prompts("c: ", "c: ")),
        ({"classify": "c: "}, None, Prompts()),
        ({"query": "", "document": ""}, None, Prompts()),
    ],
)
def test_prompts_are_chosen_as_the_library_does(prompts: dict[str, str], default: str, expected: Prompts) -> None:
    assert prompts_of(prompts, default) == expected


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere has no modules\.json.*save_pretrained"):
        read_model_folder(tmp_path / "nowhere")
    (tmp_path / "modules.json").write_text("[")
    with pytest.raises(ModelError, match=r"modules\.json can't be read"):
        read_model_folder(tmp_path)
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(ModelError, match="lists no modules"):
        read_model_folder(tmp_path)


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "model.pt", "model.ckpt"])
def test_a_pickle_is_refused(tmp_path: Path, weights: str) -> None:
    with pytest.raises(ModelError, match=rf"{weights} .* are a pickle, which can run any code.*save_pretrained"):
        read_model_folder(folder_of(tmp_path, TRANSFORMER, weights))


def test_a_pickle_beside_safetensors_is_not_read_and_so_not_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "model", TRANSFORMER, "model.safetensors", "pytorch_model.bin")
    kept = ModelShelf(tmp_path / "shelf").take_in(folder, "both")
    assert not (kept / "pytorch_model.bin").exists()


def test_a_later_module_may_not_be_a_pickle_either(tmp_path: Path) -> None:
    modules = [*TRANSFORMER, ("2_Dense", f"{SENTENCE}Dense")]
    folder = folder_of(tmp_path, modules, "model.safetensors", "2_Dense/pytorch_model.bin")
    with pytest.raises(ModelError, match=r"2_Dense/pytorch_model\.bin"):
        read_model_folder(folder)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no model\.safetensors"):
        read_model_folder(folder_of(tmp_path, TRANSFORMER))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("custom_st.Transformer", "asks for custom_st.Transformer, code of the model's own, which machtin never runs"),
        ("", "a module without a type"),
        (f"{SENTENCE}CLIPModel", r"the module CLIPModel of .* is not supported \(known are Dense, "),
        ("sentence_transformers.sparse_encoder.models.SpladePooling", "SpladePooling"),
    ],
)
def test_a_module_that_cannot_be_used_is_named(tmp_path: Path, kind: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        read_model_folder(folder_of(tmp_path, [("", kind)], "model.safetensors"))


def test_a_module_lies_within_its_model(tmp_path: Path) -> None:
    modules = [("../../elsewhere", f"{SENTENCE}Transformer")]
    with pytest.raises(ModelError, match="outside of the model"):
        read_model_folder(folder_of(tmp_path / "model", modules))


def test_the_name_of_a_model_tells_its_content(tmp_path: Path) -> None:
    one = folder_of(tmp_path / "one", TRANSFORMER, "model.safetensors")
    other = folder_of(tmp_path / "other", TRANSFORMER, "model.safetensors")
    (other / "README.md").write_text("told otherwise")
    assert content_version(one, "a/b c") == content_version(other, "a/b c")
    assert content_version(one, "a/b c").startswith("a-b-c-")
    (other / "config.json").write_text("{}")
    assert content_version(one, "a") != content_version(other, "a")
    assert plain_name("../…/") == "model"


def test_what_a_model_needs_is_said_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", None)
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(ModelError, match=r"pip install 'machtin\[models\]'.*machtin model export"):
        load_model(folder_of(tmp_path / "torch", TRANSFORMER, "model.safetensors"))
    exported = tmp_path / "exported"
    exported.mkdir()
    told = {"file": "model.onnx", "dimensions": 3, "max_tokens": 8, "prompts": {"query": "", "article": ""}}
    (exported / "machtin.json").write_text(json.dumps({"model_version": "a-1", "onnx": told}))
    with pytest.raises(ModelError, match=r"has no model\.onnx; export the model again"):
        load_model(exported)
    (exported / "model.onnx").touch()
    (exported / "tokenizer.json").touch()
    with pytest.raises(ModelError, match=r"pip install 'machtin\[onnx\]'"):
        load_model(exported)
