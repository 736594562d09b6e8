"""What is asked of the Hugging Face hub, and what is said where it does not answer. Nothing is asked here."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from machtin.adapters.model_hub import NAME, fetch
from machtin.errors import Unavailable


def test_neither_pickles_nor_code_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def download(name: str, **options: Any) -> str:
        asked.update(options, name=name)
        return str(tmp_path)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    assert fetch("intfloat/multilingual-e5-small", tmp_path) == tmp_path
    assert asked["name"] == "intfloat/multilingual-e5-small"

    def wanted(file: str) -> bool:
        patterns = [one for one in asked["allow_patterns"] if fnmatch(file, one)]
        return bool(patterns) and not any(fnmatch(file, one) for one in asked["ignore_patterns"])

    for file in ("modules.json", "model.safetensors", "1_Pooling/config.json", "sentencepiece.bpe.model", "vocab.txt"):
        assert wanted(file)
    for file in ("pytorch_model.bin", "modeling.py", "onnx/model.onnx", "model.pkl", "tf_model.h5", "machtin.json"):
        assert not wanted(file)


class ReadTimeout(Exception):
    """As HTTP clients raise it."""


@pytest.mark.parametrize("error", [FileNotFoundError("no route to the hub"), ReadTimeout("the hub is slow")])
def test_a_hub_that_is_away_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def download(name: str, **_: Any) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    with pytest.raises(Unavailable, match=r"a/b can't be fetched from the hub .*name a folder on this machine"):
        fetch("a/b", tmp_path)


@pytest.mark.parametrize("name", ["bundled", "./a/b", "/a/b", "a/b/c", "../a"])
def test_a_path_is_no_name_at_the_hub(name: str) -> None:
    assert not NAME.fullmatch(name)
