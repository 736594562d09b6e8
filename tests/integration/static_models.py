"""Small static models, made on the spot in the layouts that other people's have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .local_place import NEWS


def static_model(
    folder: Path,
    *,
    module: str = "",
    table: str = "embeddings",
    kind: str = "F32",
    dimensions: int = 32,
    config: Mapping[str, Any] | None = None,
    seed: int = 1,
) -> Path:
    """A word has a random row. By default laid out as model2vec does: table and tokenizer beside modules.json."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    text = " ".join(f"{one['title']} {one['body']}" for one in NEWS).lower()
    words = ["[UNK]", *sorted({word.strip(".,:") for word in text.split()} | {"query", ":"})]
    tokenizer = Tokenizer(WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    place = folder / module
    place.mkdir(parents=True)
    tokenizer.save(str(place / "tokenizer.json"))
    rows = np.random.default_rng(seed).normal(size=(len(words), dimensions))
    rows[0] = 0
    content = rows.astype({"F32": np.float32, "F16": np.float16}[kind]).tobytes()
    header = {table: {"dtype": kind, "shape": [len(words), dimensions], "data_offsets": [0, len(content)]}}
    told = json.dumps(header).encode()
    (place / "model.safetensors").write_bytes(len(told).to_bytes(8, "little") + told + content)
    modules = [{"idx": 0, "name": "0", "path": module, "type": "sentence_transformers.models.StaticEmbedding"}]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "config_sentence_transformers.json").write_text(json.dumps(dict(config or {})))
    return folder
