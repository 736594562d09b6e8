"""The trained rows as a folder that ``SentenceTransformer(folder)`` and machtin.embedding both read."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from tokenizers import Tokenizer

from vocabulary import compact_json

NAME = "machtin-static-vi-en"
MODULE = "0_StaticEmbedding"
WEIGHTS = "embedding.weight"
_MODULES = [
    {"idx": 0, "name": "0", "path": MODULE, "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]
_CONFIG = {
    "model_type": "SentenceTransformer",
    "prompts": {"query": "", "document": ""},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}


def export(folder: Path, tokenizer: Tokenizer, rows: NDArray[np.float32], aliases: dict[int, int]) -> str:
    """Writes the folder and returns the model version, a name with a hash of tokenizer and weights.

    Alias pieces get an exact copy of their row; the unknown piece gets zeros, so that it turns no vector.
    """
    table = rows.astype(np.float16)
    for alias, piece in aliases.items():
        table[alias] = table[piece]
    table[0] = 0
    text = compact_json(tokenizer)
    digest = hashlib.sha256(text.encode() + table.tobytes()).hexdigest()
    model_version = f"{NAME}-{table.shape[1]}-{digest[:12]}"
    module = folder / MODULE
    module.mkdir(parents=True, exist_ok=True)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    (module / "tokenizer.json").write_text(text, encoding="utf-8")
    content = save({WEIGHTS: table}, metadata={"format": "pt", "model_version": model_version})
    (module / "model.safetensors").write_bytes(content)
    _write_json(folder / "modules.json", _MODULES)
    _write_json(folder / "config_sentence_transformers.json", _CONFIG)
    _write_json(folder / "1_Normalize" / "config.json", {})
    return model_version


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
