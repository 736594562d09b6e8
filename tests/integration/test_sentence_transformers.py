"""The model folder in Sentence Transformers, whose format it is: the same vectors as machtin's own runtime."""

from __future__ import annotations

import json
import lzma
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from machtin.embedding import StaticEmbedder
from machtin.settings import BUNDLED_MODEL

pytestmark = pytest.mark.models

TEXTS = [
    "Đẩy mạnh phát triển các vùng kinh tế trọng điểm",
    "vùng KTTÐ miền Trung: thuỷ điện Hoà Bình, 76,2 triệu…",
    "day manh phat trien cac vung kinh te trong diem",
    "How many points did the defence give up?",
    "Xyzzyq 漢字 COVID-19 \u200bнефть",
]


def test_sentence_transformers_gives_the_same_vectors(shared_data: Path) -> None:
    from sentence_transformers import SentenceTransformer

    with lzma.open(shared_data / "vietnews.val.jsonl.xz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in islice(lines, 200)]
    texts = [*TEXTS, *(article["title"] for article in articles), *(article["body"] for article in articles)]
    model = SentenceTransformer(str(BUNDLED_MODEL), device="cpu")
    embedder = StaticEmbedder.load(BUNDLED_MODEL)
    assert model.get_embedding_dimension() == embedder.dimensions
    np.testing.assert_allclose(model.encode(texts), embedder.embed(texts), rtol=0, atol=1e-3)


def test_sentence_transformers_gives_the_same_prefixes() -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(BUNDLED_MODEL), device="cpu", truncate_dim=64)
    embedder = StaticEmbedder.load(BUNDLED_MODEL)
    found = model.encode(TEXTS, normalize_embeddings=True)
    np.testing.assert_allclose(found, embedder.embed(TEXTS, 64), rtol=0, atol=2e-3)
