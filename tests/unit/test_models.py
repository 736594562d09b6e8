"""Which model an index is asked with: by its name, whole or cut, among all that are installed."""

from __future__ import annotations

import logging
import os
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from machtin import bootstrap, cli
from machtin.adapters.model_shelf import ModelShelf, write_record
from machtin.commands import reindex
from machtin.embedding import StaticEmbedder, folder_version, split_version
from machtin.errors import ModelError, SettingsError
from machtin.models import installed_models
from machtin.settings import BUNDLED_MODEL, Settings

TEXTS = ["Giá gạo xuất khẩu tăng mạnh", "mạch tin"]
NAME = folder_version(BUNDLED_MODEL)


def model_folder(path: Path, name: str) -> Path:
    """The bundled model under another name, of the same length."""
    for source in (BUNDLED_MODEL / "0_StaticEmbedding").iterdir():
        target = path / "0_StaticEmbedding" / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = source.read_bytes()
        if source.suffix == ".safetensors":
            content = content.replace(NAME.encode(), name.ljust(len(NAME), "-").encode(), 1)
        target.write_bytes(content)
    return path


def test_a_cut_model_is_a_prefix_and_says_so() -> None:
    whole = StaticEmbedder.load(BUNDLED_MODEL)
    cut = StaticEmbedder.load(BUNDLED_MODEL, 128)
    assert (cut.model_version, cut.dimensions) == (f"{whole.model_version}@128", 128)
    np.testing.assert_allclose(cut.embed(TEXTS), whole.embed(TEXTS, 128), atol=1e-6)
    assert whole.cut(whole.dimensions) is whole
    assert cut.cut(64).model_version == f"{whole.model_version}@64"
    for dimensions in (0, 257):
        with pytest.raises(ModelError, match="256 dimensions"):
            whole.cut(dimensions)


@pytest.mark.parametrize(
    ("version", "parts"),
    [("a-1@128", ("a-1", 128)), ("a-1", ("a-1", None)), ("a@b", ("a@b", None)), ("@64", ("@64", None))],
)
def test_a_model_version_is_a_name_and_a_cut(version: str, parts: tuple[str, int | None]) -> None:
    assert split_version(version) == parts


def test_every_cut_of_an_installed_model_is_found(tmp_path: Path) -> None:
    further = model_folder(tmp_path / "old", "old-1")
    old = folder_version(further)
    models = installed_models(BUNDLED_MODEL, [further], 128)
    assert models.current.model_version == f"{NAME}@128"
    assert models.named(f"{NAME}@128") is models.current
    for version, dimensions in ((NAME, 256), (f"{NAME}@64", 64), (old, 256), (f"{old}@32", 32)):
        found = models.named(version)
        assert found is not None
        assert (found.model_version, found.dimensions) == (version, dimensions)
        assert models.named(version) is found, "it is loaded once"
    for unknown in ("other-1", f"{NAME}@512", f"{NAME}@0", f"{old}@257"):
        assert models.named(unknown) is None


def test_the_bundled_model_answers_in_every_cut_when_another_was_chosen(tmp_path: Path) -> None:
    models = bootstrap.models_of(Settings.from_env({"MACHTIN_DATA": str(tmp_path), "MACHTIN_DIMENSIONS": "64"}))
    folder = tmp_path / "models" / "other"
    shutil.copytree(BUNDLED_MODEL, folder)
    write_record(folder, {"model_version": "other"})
    ModelShelf(tmp_path / "models").choose(folder)
    assert models.current.model_version == "other@64"
    whole = models.named(folder_version(BUNDLED_MODEL))
    assert whole is not None
    assert whole.dimensions == 256


@pytest.mark.parametrize(("begun", "chosen"), [(True, "bundled\n"), (False, "other\n")])
def test_a_model_stays_chosen_while_its_re_index_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: bool, chosen: str
) -> None:
    shelf = ModelShelf(tmp_path / "models")
    shutil.copytree(BUNDLED_MODEL, shelf.folder / "other")
    write_record(shelf.folder / "other", {"model_version": "other"})
    shelf.choose(shelf.folder / "other")
    monkeypatch.setattr(bootstrap, "service", cache(lambda: bootstrap.build(Settings.from_env())))
    monkeypatch.setenv("MACHTIN_DATA", str(tmp_path))
    assert bootstrap.service().live_index().model_version == "other"

    def interrupted(_: str | None) -> None:
        if begun:
            bootstrap.service().reindexer.begin()
        raise KeyboardInterrupt

    monkeypatch.setattr(reindex, "build_anew", interrupted)
    assert cli.run(["model", "use", "bundled"]) == 130
    assert (shelf.folder / "chosen").read_text(encoding="utf-8") == chosen


def test_a_broken_further_model_does_not_stop_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = tmp_path / "broken"
    sound = model_folder(tmp_path / "old", "old-1")
    with caplog.at_level(logging.WARNING):
        models = installed_models(BUNDLED_MODEL, [broken, sound])
        assert not caplog.records, "further models are looked at only when they are wanted"
        assert models.named(folder_version(sound)) is not None
    assert "broken" in caplog.text
    with pytest.raises(ModelError):
        installed_models(broken, [sound])


def test_the_settings_name_models_dimensions_golden_queries_and_versions(tmp_path: Path) -> None:
    env = {
        "MACHTIN_DATA": str(tmp_path),
        "MACHTIN_MODEL": os.pathsep.join(["new", "old", "", "older"]),
        "MACHTIN_DIMENSIONS": "128",
        "MACHTIN_KEEP_VERSIONS": "3",
    }
    settings = Settings.from_env(env)
    assert (settings.model, settings.further_models) == (Path("new"), (Path("old"), Path("older")))
    assert (settings.dimensions, settings.keep_versions) == (128, 3)
    assert settings.golden_folder == tmp_path / "golden"
    assert Settings.from_env(env | {"MACHTIN_GOLDEN": "/elsewhere"}).golden_folder == Path("/elsewhere")
    assert Settings.from_env({}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("MACHTIN_KEEP_VERSIONS", "1"), ("MACHTIN_DIMENSIONS", "-1"), ("MACHTIN_DIMENSIONS", "x"), ("MACHTIN_PORT", "")],
)
def test_a_setting_that_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})
