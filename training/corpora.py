"""The training sets, read from the folder of shared research data, and the hashes of what was read."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TRAINING_FILES = (
    "vietnews.train.jsonl.xz",
    "vietnews.words.tsv.xz",
    "envi.train.tsv.xz",
    "envi.dictionary.tsv.xz",
    "viqa.train.passages.jsonl.xz",
    "viqa.train.questions.jsonl.xz",
)


@dataclass(frozen=True)
class NewsArticle:
    title: str
    sapo: str
    body: str


@dataclass(frozen=True)
class Question:
    text: str
    passage: int  # its place in the list of passages
    set_name: str  # of the research set that it is from


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def read_tsv(path: Path) -> Iterator[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def news_articles(path: Path) -> list[NewsArticle]:
    return [NewsArticle(row["title"], row["abstract"], row["body"]) for row in read_jsonl(path)]


def passages_and_questions(data: Path) -> tuple[list[str], list[Question]]:
    """Passages (their titles are left out: a search has no page title to match) and the questions on them."""
    passages: list[str] = []
    places: dict[str, int] = {}
    for row in read_jsonl(data / "viqa.train.passages.jsonl.xz"):
        places[row["_id"]] = len(passages)
        passages.append(row["text"])
    questions = [
        Question(row["text"], places[row["passage"]], row["_id"].split("/")[0])
        for row in read_jsonl(data / "viqa.train.questions.jsonl.xz")
        if row["passage"] in places
    ]
    return passages, questions


@dataclass(frozen=True)
class BeirSet:
    name: str
    passages: list[str]
    queries: list[str]
    relevant: list[set[int]]  # for each query, the places of its passages
    sha256: str


def beir_set(folder: Path) -> BeirSet:
    """A BEIR folder; the hash covers corpus, queries and judgements in this order."""
    files = [folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels" / "test.tsv"]
    corpus = list(read_jsonl(files[0]))
    places = {row["_id"]: place for place, row in enumerate(corpus)}
    judged: dict[str, set[int]] = {}
    for line in files[2].read_text(encoding="utf-8").splitlines()[1:]:
        query, passage, grade = line.split("\t")
        if int(grade) > 0:
            judged.setdefault(query, set()).add(places[passage])
    queries = [row for row in read_jsonl(files[1]) if row["_id"] in judged]
    return BeirSet(
        name=folder.name,
        passages=[f"{row.get('title', '')} {row['text']}".strip() for row in corpus],
        queries=[row["text"] for row in queries],
        relevant=[judged[row["_id"]] for row in queries],
        sha256=hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest(),
    )
