"""The embedding model alone, cosine over exact vectors: never below these floors (nDCG@10)."""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from machtin.article import Article
from machtin.embedding import StaticEmbedder, Vectors
from machtin.evaluation import corpus_sha256, evaluate_rankings
from machtin.settings import BUNDLED_MODEL
from machtin.vietnamese import fold

pytestmark = pytest.mark.floors

BEIR_FLOORS = [
    ("xquad-vi", False, 256, 0.885),
    ("xquad-vi", False, 128, 0.83),
    ("xquad-vi", False, 64, 0.74),
    ("xquad-vi", True, 256, 0.78),
    ("xquad-en-vi", False, 256, 0.63),
    ("viquad2-validation", False, 256, 0.66),
]
BEIR_SHA256 = {
    "xquad-vi": "bd872541be45364b7a5a74cf7a67ed879aad83ad246c5cc4c50f0d629d8a998f",
    "xquad-en-vi": "08e3d90ed7024642831ceded6f485798820e636c6d2bff80e397f59a6f04f2f6",
    "viquad2-validation": "2aad5110d1ed81654803c600bb597df36244165fc6499ae521cfeb975caee38a",
}
VALIDATION_SHA256 = "b262bba73cacf20374156ff6d3ee503c58a1dff9112a6a7074c5e664cdf47a81"
TITLES = 1_000
BODIES = 5_000


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder.load(BUNDLED_MODEL)


def read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ranked(queries: Vectors, texts: Vectors, names: Sequence[str]) -> list[list[str]]:
    order = np.argsort(-(queries @ texts.T), axis=1, kind="stable")[:, :100]
    return [[names[place] for place in row] for row in order]


@pytest.mark.parametrize(("name", "bare", "dimensions", "floor"), BEIR_FLOORS)
def test_questions_find_their_paragraphs(
    embedder: StaticEmbedder, shared_data: Path, name: str, bare: bool, dimensions: int, floor: float
) -> None:
    folder = shared_data / "beir" / name
    files = [folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels" / "test.tsv"]
    assert corpus_sha256(files) == BEIR_SHA256[name], "the floors are those of other data"
    passages, questions = read_lines(files[0]), read_lines(files[1])
    judgements: dict[str, dict[str, int]] = {}
    for line in files[2].read_text(encoding="utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        judgements.setdefault(question, {})[passage] = int(grade)
    typed: Callable[[str], str] = fold if bare else str
    rankings = ranked(
        embedder.embed([typed(question["text"]) for question in questions], dimensions),
        embedder.embed([passage["text"] for passage in passages], dimensions),
        [passage["_id"] for passage in passages],
    )
    found = dict(zip((question["_id"] for question in questions), rankings, strict=True))
    assert evaluate_rankings(found, judgements)["ndcg@10"] >= floor


@pytest.mark.parametrize(("bare", "floor"), [(False, 0.84), (True, 0.77)])
def test_titles_find_their_bodies(embedder: StaticEmbedder, shared_data: Path, bare: bool, floor: float) -> None:
    file = shared_data / "vietnews.val.jsonl.xz"
    assert corpus_sha256([file]) == VALIDATION_SHA256, "the floors are those of other data"
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(BODIES), strict=False)]
    bodies = [Article(id=f"a{place}", title="", body=row["body"]) for place, row in enumerate(rows)]
    titles = [fold(row["title"]) if bare else row["title"] for row in rows[:TITLES]]
    names = [article.id for article in bodies]
    rankings = ranked(embedder.embed(titles), embedder.embed_articles(bodies), names)
    found = dict(zip(names, rankings, strict=False))
    judgements = {name: {name: 1} for name in names[:TITLES]}
    assert evaluate_rankings(found, judgements)["ndcg@10"] >= floor
