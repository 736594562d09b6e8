"""A folder of a static model → unit vectors, without torch: tokens, the mean of their rows, length 1.

The folder is in Sentence Transformers' own format (``StaticEmbedding``, ``Normalize`` or not) and gives the same
vectors there. Rows are memory-mapped, so that loading reads only the tokenizer, and processes share them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from machtin.article import Article
from machtin.errors import ModelError
from machtin.model_folder import NO_PROMPTS, CosineScale, ModelFolder, Prompts, content_version, read_model_folder
from machtin.word_alignment import Pieces, WordAlignment

if TYPE_CHECKING:
    from tokenizers import Tokenizer


Vectors = NDArray[np.float32]

Rows = NDArray[np.float16] | NDArray[np.float32]

MODULE = "0_StaticEmbedding"
# The table's name as Sentence Transformers saves it, and as model2vec does.
WEIGHTS = ("embedding.weight", "embeddings")
# model2vec's own tables beside it, without which vectors would be wrong.
FURTHER_TABLES = ("mapping", "weights")
PRECISIONS: dict[str, np.dtype[Any]] = {"F16": np.dtype(np.float16), "F32": np.dtype(np.float32)}
# Between the name of a model and the number of dimensions that its vectors are cut to.
CUT = "@"
# A text is read up to here, about 10,000 syllables: four times the longest of 128,060 news articles.
LONGEST_TEXT = 50_000
# An article's vector is the sum of its parts' unit vectors, so weighted; the lead is the body's first tokens, for a
# news report says first what it is about. Measured in docs/decisions/0003-static-embedding-model.md.
TITLE_WEIGHT = 0.5
SAPO_WEIGHT = 0.5
LEAD_WEIGHT = 0.3
LEAD_TOKENS = 100
# So many pieces of an article are kept: its title, its sapo and most bodies whole.
PIECES = 500
# What a batch may hold at once.
_BATCH_CHARACTERS = 1_000_000
_BATCH_TEXTS = 1_024


class StaticEmbedder:
    """Embeds texts by a table of rows, one for each piece of the tokenizer. Safe to share among threads."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        rows: Rows,
        model_version: str,
        prompts: Prompts = NO_PROMPTS,
        cosine_scale: CosineScale | None = None,
        dimensions: int | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._rows = rows
        self._prompts = prompts
        self.cosine_scale = cosine_scale
        self._word_alignment = WordAlignment(rows)
        self.model_version = model_version
        self.dimensions: int = rows.shape[1] if dimensions is None else min(dimensions, rows.shape[1])

    @classmethod
    def load(cls, folder: Path, dimensions: int | None = None) -> StaticEmbedder:
        """The model of a folder, cut to ``dimensions``; raises ModelError that says what is wrong with it."""
        from tokenizers import Tokenizer

        read = read_model_folder(folder)
        if read.runtime != "static":
            raise ModelError(
                f"{folder} holds no static model; its modules: {', '.join(one.name for one in read.modules)}"
            )
        module = read.modules[0].folder
        for needed in (module / "model.safetensors", module / "tokenizer.json"):
            if not needed.is_file():
                raise ModelError(f"the model folder {folder} has no {needed.relative_to(folder)}")
        rows, metadata = _map_rows(module / "model.safetensors")
        try:
            tokenizer = Tokenizer.from_file(str(module / "tokenizer.json"))
        except Exception as error:  # tokenizers raises bare Exception for whatever is wrong with the file
            raise ModelError(f"{module / 'tokenizer.json'} is not a tokenizer: {error}") from error
        if tokenizer.get_vocab_size() != len(rows):
            raise ModelError(
                f"{folder}: the tokenizer has {tokenizer.get_vocab_size()} pieces, the table {len(rows)} rows"
            )
        # A tokenizer may have been saved with what its maker's training cut and filled up.
        tokenizer.no_truncation()
        tokenizer.no_padding()
        version = read.model_version or _own_version(read, metadata) or content_version(folder, folder.resolve().name)
        whole = cls(tokenizer, rows, version, read.prompts, read.cosine_scale, read.truncated)
        return whole if dimensions is None else whole.cut(dimensions)

    def cut(self, dimensions: int) -> StaticEmbedder:
        """The same model with the leading dimensions alone; its name says so. It shares tokenizer and rows.

        Rows are trained so that a prefix is an embedding too: Kusupati et al. (2022), "Matryoshka Representation
        Learning". Raises ModelError for more dimensions than there are.
        """
        if not 1 <= dimensions <= self.dimensions:
            raise ModelError(f"{self.model_version} has {self.dimensions} dimensions, it can't be cut to {dimensions}")
        if dimensions == self.dimensions:
            return self
        version = f"{split_version(self.model_version)[0]}{CUT}{dimensions}"
        return StaticEmbedder(self._tokenizer, self._rows, version, self._prompts, self.cosine_scale, dimensions)

    def embed(self, texts: Sequence[str], dimensions: int | None = None) -> Vectors:
        """Unit vectors, float32 of shape (n, dimensions); by default all dimensions, else a prefix (128, 64).

        A text with no known token (empty, or only signs and unknown letters) gives a row of zeros, which has no
        direction: an index must not store it. Of a text only the first 50,000 characters are read.
        """
        width = self.dimensions if dimensions is None else dimensions
        if not 1 <= width <= self.dimensions:
            raise ValueError(f"dimensions must be between 1 and {self.dimensions}, not {width}")
        return self._mean(texts, self._prompts.query, width)

    def _mean(self, texts: Sequence[str], prompt: str, width: int) -> Vectors:
        vectors = np.zeros((len(texts), width), dtype=np.float32)
        for place, tokens in self._tokens(texts, prompt):
            vectors[place] = self._direction(tokens, width)
        return vectors

    def embed_articles(self, articles: Sequence[Article]) -> Vectors:
        """Unit vectors of whole articles, float32 of shape (n, dimensions), comparable with those of ``embed``."""
        return self.embed_with_pieces(articles)[0]

    def embed_with_pieces(self, articles: Sequence[Article]) -> tuple[Vectors, list[Pieces]]:
        """The vectors of ``embed_articles``, and each article's pieces in the order of its text, for ``alignment``.

        Title, sapo and body count as parts, whatever their lengths. In the body a piece that occurs n times counts
        1 + ln n (sublinear term frequency: Manning et al., *Introduction to Information Retrieval*, 2008, 6.4.1).
        """
        vectors = np.zeros((len(articles), self.dimensions), dtype=np.float32)
        pieces: list[Pieces] = []
        parts = (
            self._tokens([article.title for article in articles], self._prompts.article),
            self._tokens([article.sapo for article in articles], self._prompts.article),
            self._tokens([article.body for article in articles]),
        )
        for (place, title), (_, sapo), (_, body) in zip(*parts, strict=True):
            whole, lead = (self._damped_sum(part) for part in (body, body[:LEAD_TOKENS]))
            vectors[place] = _unit(
                TITLE_WEIGHT * self._direction(title, self.dimensions)
                + SAPO_WEIGHT * self._direction(sapo, self.dimensions)
                + _unit(whole + LEAD_WEIGHT * lead)
            )
            pieces.append(np.asarray([*title, *sapo, *body][:PIECES], dtype=np.int32))
        return vectors, pieces

    def alignment(self, query: str, articles: Sequence[Pieces]) -> Vectors:
        """How near each article's words come to each of the query's, and those of its best passage; see ports."""
        (_, tokens), *_ = self._tokens([query])
        return self._word_alignment.scores(np.unique(np.asarray(tokens, dtype=np.int64)), articles)

    def _tokens(self, texts: Sequence[str], prompt: str = "") -> Iterator[tuple[int, list[int]]]:
        if prompt:
            texts = [text and prompt + text for text in texts]
        for first, batch in _batches(texts):
            encodings = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            for place, encoding in enumerate(encodings, start=first):
                yield place, encoding.ids

    def _damped_sum(self, tokens: Sequence[int]) -> Vectors:
        named, occurrences = np.unique(np.asarray(tokens, dtype=np.intp), return_counts=True)
        weights = (1 + np.log(occurrences)).astype(np.float32)
        return _unit(weights @ self._rows.take(named, axis=0)[:, : self.dimensions].astype(np.float32))

    def _direction(self, tokens: Sequence[int], width: int) -> Vectors:
        # Of a whole table ``take`` is much the cheapest way to a few rows; of a part of one it would copy all first.
        total: Vectors = self._rows.take(tokens, axis=0).sum(axis=0, dtype=np.float32)
        return _unit(total[:width])


def split_version(model_version: str) -> tuple[str, int | None]:
    """The folder's own name of a model, and the dimensions that its vectors were cut to; None where they are whole."""
    name, _, cut = model_version.rpartition(CUT)
    return (name, int(cut)) if name and cut.isascii() and cut.isdigit() else (model_version, None)


def folder_version(folder: Path) -> str:
    """The name of a folder's model, read without loading it. Raises ModelError."""
    read = read_model_folder(folder)
    return read.model_version or named_in_weights(read) or content_version(folder, folder.resolve().name)


def named_in_weights(read: ModelFolder) -> str | None:
    """The name that a static model carries in its weights' header, as the bundled one does. Raises ModelError."""
    if read.runtime != "static":
        return None
    return _own_version(read, _map_rows(read.modules[0].folder / "model.safetensors")[1])


def _own_version(read: ModelFolder, metadata: Mapping[str, str]) -> str | None:
    """None where prompts or a cut were set, too, which the name in the weights does not tell: vectors are others."""
    changed = read.prompts != NO_PROMPTS or read.truncated is not None
    return None if changed else metadata.get("model_version") or None


def _unit(vector: Vectors) -> Vectors:
    """With length 1, or zeros as they are. For each vector on its own, since for a query's one nothing costs less."""
    unit: Vectors = vector / (math.sqrt(vector.dot(vector)) or 1.0)
    return unit


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of texts, cut to what is read and freed of lone surrogates, with the place of the first."""
    batch: list[str] = []
    characters = 0
    for place, text in enumerate(texts):
        readable = text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
        if batch and (characters + len(readable) > _BATCH_CHARACTERS or len(batch) == _BATCH_TEXTS):
            yield place - len(batch), batch
            batch, characters = [], 0
        batch.append(readable)
        characters += len(readable)
    if batch:
        yield len(texts) - len(batch), batch


def _map_rows(path: Path) -> tuple[Rows, dict[str, str]]:
    """The table of a safetensors file, memory-mapped, and the file's metadata.

    The format: eight bytes of length (little-endian), a JSON header of that length, then the tensors' bytes.
    """
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header: dict[str, Any] = json.loads(file.read(min(length, 1 << 20)))
        name = next(one for one in WEIGHTS if one in header)
        tensor = header[name]
        start, end = tensor["data_offsets"]
        pieces, dimensions = tensor["shape"]
        kind = tensor["dtype"]
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise ModelError(f"{path} is not a safetensors file with a table {WEIGHTS[0]!r}: {error}") from error
    if further := [one for one in FURTHER_TABLES if one in header]:
        raise ModelError(
            f"{path} keeps its table in parts ({', '.join(further)}); save it again with one row per piece"
        )
    precision = PRECISIONS.get(kind)
    if precision is None or end - start != precision.itemsize * pieces * dimensions:
        raise ModelError(f"{path}: {name} is {kind}, {end - start} bytes, not F16 or F32 of {pieces} × {dimensions}")
    if path.stat().st_size < 8 + length + end:
        raise ModelError(f"{path} is cut short: {path.stat().st_size} of {8 + length + end} bytes")
    mapped = np.memmap(path, dtype=precision, mode="r", offset=8 + length + start, shape=(pieces, dimensions))
    return np.asarray(mapped), header.get("__metadata__", {})
