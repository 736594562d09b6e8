"""A model folder → an embedder, by what the folder holds: a static table, an ONNX graph, or any other model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from machtin.model_folder import read_model_folder

if TYPE_CHECKING:
    from machtin.models import CutEmbedder


def load_model(folder: Path) -> CutEmbedder:
    """Load a folder's model. Raises ModelError that says what is wrong with it, or which extra is not installed."""
    read = read_model_folder(folder)
    if read.runtime == "static":
        from machtin.embedding import StaticEmbedder

        return StaticEmbedder.load(folder)
    if read.runtime == "onnx":
        from machtin.adapters.onnx_model import load_onnx

        return load_onnx(read)
    from machtin.adapters.sentence_transformers_model import load_transformer

    return load_transformer(read)
