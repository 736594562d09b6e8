"""What a model folder tells before anything of it is loaded: which models can be used, and why others can't."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from machtin.adapters.model_loading import load_model
from machtin.adapters.model_shelf import ModelShelf, write_record
from machtin.commands import model_intake
from machtin.embedding import StaticEmbedder, folder_version
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
    with pytest.raises(ModelError, match=r"no model folder .*nowhere; .* MACHTIN_MODEL, or .* model use bundled"):
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


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("modules.json", '["x"]', "lists 'x', which is no module"),
        ("machtin.json", "[]", "must hold a JSON object"),
        ("config_sentence_transformers.json", "[]", "must hold a JSON object"),
        ("machtin.json", '{"onnx": {}}', "does not tell of an export"),
        ("machtin.json", '{"onnx": {"file": "../x", "prompts": {}, "dimensions": 3}}', "a file outside of the model"),
    ],
)
def test_a_file_of_another_shape_is_named(tmp_path: Path, file: str, content: str, told: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED_MODEL, folder)
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=told) as raised:
        read_model_folder(folder)
    assert file in str(raised.value)


def test_prompts_that_were_added_make_another_name(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(BUNDLED_MODEL, folder)
    assert folder_version(folder) == folder_version(BUNDLED_MODEL)
    for changed in ({"prompts": {"query": "hỏi: "}}, {"truncate_dim": 64}):
        (folder / "config_sentence_transformers.json").write_text(json.dumps(changed), encoding="utf-8")
        assert folder_version(folder) != folder_version(BUNDLED_MODEL)
        assert StaticEmbedder.load(folder).model_version == folder_version(folder)


def test_an_export_that_is_refused_leaves_nothing_that_could_be_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder_of(tmp_path / "model", TRANSFORMER, "model.safetensors")

    def refused(_: Path, into: Path, precision: str) -> None:
        write_record(into, {"model_version": precision})
        raise ModelError("the export disagrees with its model")

    monkeypatch.setattr(model_intake, "_export", refused)
    with pytest.raises(ModelError, match="disagrees"):
        model_intake.exported_to(tmp_path / "to", ModelShelf(tmp_path / "shelf"), str(source), None, "int8")
    assert not (tmp_path / "to").exists()


def test_two_that_keep_the_same_model_at_once_both_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, other = ModelShelf(tmp_path), ModelShelf(tmp_path)
    with shelf.making() as part:
        (part / "a").write_text("a", encoding="utf-8")
        rename = Path.rename

        def late(path: Path, place: Path) -> Path:
            monkeypatch.undo()
            with other.making() as theirs:
                (theirs / "a").write_text("a", encoding="utf-8")
                other.keep(theirs, "m-1")
            return rename(path, place)

        monkeypatch.setattr(Path, "rename", late)
        assert shelf.keep(part, "m-1") == tmp_path / "m-1"
    assert [one.name for one in tmp_path.iterdir()] == ["m-1"]


def test_what_a_process_that_died_left_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".making-old"
    left.mkdir()
    os.utime(left, (1, 1))
    with ModelShelf(tmp_path).making() as part:
        assert [one.name for one in tmp_path.iterdir()] == [part.name]


def test_a_shelf_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match=r"can't be kept below .*models"), ModelShelf(tmp_path / "models").making():
        pass


def test_a_model_is_known_by_where_it_came_from(tmp_path: Path) -> None:
    shelf = ModelShelf(tmp_path)
    kept = shelf.take_in(BUNDLED_MODEL, "small", origin="maker/small")
    assert shelf.named("maker/small") == kept
    assert shelf.named("maker/other") is None


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
