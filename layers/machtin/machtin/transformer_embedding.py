"""Embeddings of models that read a text as a whole: any Sentence Transformers model, or its export, by an encoder.

How a query and an article become texts, and what is cut and normalised, is the same whoever runs the model.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np

from machtin.article import Article
from machtin.embedding import CUT, Vectors, split_version
from machtin.errors import ModelError
from machtin.model_folder import NO_PROMPTS, CosineScale, Prompts

# More than any model reads of a text; the model itself cuts at its number of tokens.
LONGEST: Final = 50_000


class Encoder(Protocol):
    """Runs a model."""

    def encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        """Shape (n, width), float32, of any length; of prompt and text as much as the model reads."""


class TransformerEmbedder:
    """Embeds by an encoder. Safe to share among threads as far as the encoder is."""

    def __init__(
        self,
        encoder: Encoder,
        model_version: str,
        dimensions: int,
        prompts: Prompts = NO_PROMPTS,
        cosine_scale: CosineScale | None = None,
    ) -> None:
        self.model_version = model_version
        self.dimensions = dimensions
        self.cosine_scale = cosine_scale
        self._encoder = encoder
        self._prompts = prompts

    def cut(self, dimensions: int) -> TransformerEmbedder:
        """The same model with the leading dimensions alone; its name says so. Good only for a model trained for it."""
        if not 1 <= dimensions <= self.dimensions:
            raise ModelError(f"{self.model_version} has {self.dimensions} dimensions, it can't be cut to {dimensions}")
        if dimensions == self.dimensions:
            return self
        version = f"{split_version(self.model_version)[0]}{CUT}{dimensions}"
        return TransformerEmbedder(self._encoder, version, dimensions, self._prompts, self.cosine_scale)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries and sentences, with the model's prompt for queries; of a blank text, zeros."""
        return self._vectors(texts, self._prompts.query)

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        """Unit vectors of title, sapo and the beginning of the body, as much of it as the model reads in one piece."""
        return self._vectors([article_text(article) for article in articles], self._prompts.article)

    def _vectors(self, texts: Sequence[str], prompt: str) -> Vectors:
        vectors: Vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        readable = [_readable(text) for text in texts]
        told = [place for place, text in enumerate(readable) if text]
        if told:
            encoded = self._encoder.encode([readable[place] for place in told], prompt)
            vectors[told] = encoded[:, : self.dimensions]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        units: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
        return units


def article_text(article: Article) -> str:
    """What a model reads of an article, most important first: what doesn't fit in is the end of the body."""
    return "\n".join(part for part in (article.title, article.sapo, article.body) if part)


def _readable(text: str) -> str:
    """Composed letters, as models were trained on, and no lone surrogates."""
    whole = text[:LONGEST].encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", whole).strip()
