"""An exported model, run by onnxruntime: no torch. Needs the extra ``onnx``.

The graph goes from token ids to the vector of a text, pooling and all; so that the tokenizer's file and the record of
the export are all that is needed beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from machtin.embedding import Vectors, folder_version
from machtin.errors import EmbeddingUnavailable, ModelError
from machtin.model_folder import ModelFolder
from machtin.transformer_embedding import TransformerEmbedder

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

# Texts of like length are run together, so that little is padded.
BATCH: Final = 32
OUTPUT: Final = "sentence_embedding"
_INPUTS: Final = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}


class OnnxEncoder:
    """Runs a graph. Safe to share among threads: a session keeps nothing between runs."""

    def __init__(self, session: Any, tokenizer: Tokenizer, *, lower: bool = False) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._lower = lower
        self._inputs = [one.name for one in session.get_inputs()]

    def encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        """See Encoder. Raises EmbeddingUnavailable."""
        read = [(prompt + text).lower() if self._lower else prompt + text for text in texts]
        encodings = self._tokenizer.encode_batch(read)
        order = sorted(range(len(texts)), key=lambda place: len(encodings[place].ids))
        parts = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        try:
            made = [self._run([encodings[place] for place in part]) for part in parts]
        except Exception as error:  # onnxruntime raises classes of its own, which have no common root
            raise EmbeddingUnavailable(f"the model failed: {type(error).__name__}: {error}") from error
        vectors: Vectors = np.concatenate(made)
        vectors[order] = vectors.copy()
        return vectors

    def _run(self, encodings: Sequence[Encoding]) -> Vectors:
        width = max(len(one.ids) for one in encodings)
        feeds: dict[str, NDArray[np.int64]] = {}
        for name in self._inputs:
            feeds[name] = np.zeros((len(encodings), width), dtype=np.int64)
            for row, one in zip(feeds[name], encodings, strict=True):
                # The mask of what is padded is 0, so that it doesn't matter with which token.
                row[: len(one.ids)] = getattr(one, _INPUTS[name])
        vectors: Vectors = self._session.run([OUTPUT], feeds)[0]
        return vectors.astype(np.float32, copy=False)


def load_onnx(read: ModelFolder) -> TransformerEmbedder:
    """The exported model of a folder. Raises ModelError."""
    from tokenizers import Tokenizer

    told = read.record["onnx"]
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(
            f"{read.path} is an ONNX export, and onnxruntime is not installed: pip install 'machtin[onnx]'"
        ) from error
    try:
        tokenizer = Tokenizer.from_file(str(read.path / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(told["max_tokens"])
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors: they are raised as well
        # Threads that wait for work by spinning take the processor from whatever else runs here.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(
            str(read.path / told["file"]), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # neither library has an error of its own that tells a broken file
        raise ModelError(f"the export in {read.path} can't be loaded, export the model again: {error}") from error
    encoder = OnnxEncoder(session, tokenizer, lower=told.get("lower", False))
    version = read.model_version or folder_version(read.path)
    return TransformerEmbedder(encoder, version, told["dimensions"], read.prompts, read.cosine_scale)
