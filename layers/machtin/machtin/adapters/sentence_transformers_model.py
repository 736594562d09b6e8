"""Any model in Sentence Transformers' format, run by that library on torch. Needs the extra ``models``."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from machtin.embedding import Vectors, folder_version
from machtin.errors import EmbeddingUnavailable, ModelError
from machtin.model_folder import ModelFolder
from machtin.transformer_embedding import TransformerEmbedder

if TYPE_CHECKING:
    from pathlib import Path

BATCH: Final = 32


class TorchEncoder:
    """Runs a loaded model; texts of like length are batched together by the library. One thread at a time."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        """See Encoder. Raises EmbeddingUnavailable, as where memory runs out."""
        try:
            with self._lock:
                vectors: Vectors = self.model.encode(
                    list(texts), prompt=prompt, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True
                )
        except Exception as error:  # torch and the library raise whatever their parts do
            raise EmbeddingUnavailable(f"the model failed: {type(error).__name__}: {error}") from error
        return vectors.astype("float32", copy=False)


def load_transformer(read: ModelFolder) -> TransformerEmbedder:
    """The model of a folder, on a GPU where there is one. Raises ModelError."""
    model = open_model(read.path)
    dimensions = model.get_embedding_dimension()
    if not dimensions:
        raise ModelError(f"the model of {read.path} does not say how many dimensions its vectors have")
    version = read.model_version or folder_version(read.path)
    return TransformerEmbedder(TorchEncoder(model), version, dimensions, read.prompts, read.cosine_scale)


def open_model(folder: Path, device: str | None = None) -> Any:
    """The library's own model: from this folder alone, without its maker's code, and from safetensors."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(
            f"{folder} needs Sentence Transformers, which is not installed: pip install 'machtin[models]' (make "
            "install-models), or export the model where it is, and use the export: machtin model export"
        ) from error
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        return SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # the library raises whatever its parts do
        raise ModelError(f"Sentence Transformers can't load {folder}: {type(error).__name__}: {error}") from error
