"""BEIR folders: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/test.tsv``, the usual form of a retrieval test set.

Thakur et al. (2021), "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from machtin.article import Article
from machtin.errors import InvalidInput

_SCORE: Final = re.compile("-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Collection:
    """A test set; ``sha256`` covers the bytes of its three files, in the order corpus, queries, judgements."""

    corpus: Mapping[str, Article]
    queries: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, int]]
    sha256: str


def read_beir(folder: Path) -> Collection:
    """Read a folder; queries without judgements are left out. Raises InvalidInput naming the file and the line."""
    paths = folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels" / "test.tsv"
    digest = hashlib.sha256()
    for path in paths:
        if not path.is_file():
            raise InvalidInput.of(
                str(path), "is missing; a BEIR folder has corpus.jsonl, queries.jsonl, qrels/test.tsv"
            )
        digest.update(path.read_bytes())
    judgements = _judgements(paths[2])
    corpus = {
        str(row["_id"]): Article(id=str(row["_id"]), title=row.get("title") or "", body=row["text"])
        for row in _rows(paths[0])
    }
    queries = {str(row["_id"]): row["text"] for row in _rows(paths[1]) if str(row["_id"]) in judgements}
    return Collection(corpus, queries, judgements, digest.hexdigest())


def read_judged(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, int]]] | None:
    """The queries and judgements of a folder, whose corpus is not looked at; None where there are none.

    Raises InvalidInput naming the file and the line.
    """
    queries, judged = folder / "queries.jsonl", folder / "qrels" / "test.tsv"
    if not queries.exists() and not judged.exists():
        return None
    try:
        judgements = _judgements(judged)
        rows = {str(row["_id"]): row["text"] for row in _rows(queries)}
    except OSError as error:
        raise InvalidInput.of(str(error.filename or folder), f"can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput.of(str(folder), f"is not UTF-8: {error}") from error
    return {query: text for query, text in rows.items() if query in judgements}, judgements


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            well_formed = isinstance(row["text"], str) and isinstance(row["_id"], str | int)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InvalidInput.of(f"{path}:{number}", "must be a JSON object with _id and text") from error
        if not well_formed:
            raise InvalidInput.of(f"{path}:{number}", "must have a text that is a string")
        yield row


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    judgements: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        columns = line.strip().split("\t")
        if number == 1 and not columns[-1].isdigit():
            continue  # the header
        if not line.strip():
            continue
        if len(columns) != 3 or not _SCORE.fullmatch(columns[2]):
            raise InvalidInput.of(f"{path}:{number}", "must have three columns: query-id, corpus-id, score")
        judgements.setdefault(columns[0], {})[columns[1]] = int(columns[2])
    return judgements
