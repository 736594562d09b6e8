"""Golden queries as the gate reads them: a BEIR folder whose corpus nobody needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from machtin.beir import GoldenQueries, read_golden
from machtin.errors import InvalidInput

QUERIES = '{"_id": "q1", "text": "giá gạo"}\n{"_id": 2, "text": "bóng đá"}\n{"_id": "q3", "text": "không ai xét"}\n'
JUDGED = "query-id\tcorpus-id\tscore\nq1\tgao-1\t2\nq1\tgao-2\t0\n2\tbong-da\t1\n"


def golden(folder: Path, queries: bytes = QUERIES.encode(), judged: bytes = JUDGED.encode()) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "queries.jsonl").write_bytes(queries)
    (folder / "qrels" / "test.tsv").write_bytes(judged)
    return folder


def test_queries_with_judgements_are_read_without_a_corpus(tmp_path: Path) -> None:
    assert read_golden(golden(tmp_path)) == GoldenQueries(
        {"q1": "giá gạo", "2": "bóng đá"}, {"q1": {"gao-1": 2, "gao-2": 0}, "2": {"bong-da": 1}}
    )


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read_golden(tmp_path / "nowhere") is None
    assert read_golden(tmp_path) is None


@pytest.mark.parametrize(
    ("queries", "judged", "where"),
    [
        (b'{"_id": "q1"}\n', JUDGED.encode(), "queries.jsonl:1"),
        (QUERIES.encode(), b"query-id\tcorpus-id\tscore\nq1\tgao-1\n", "test.tsv:2"),
        (QUERIES.encode(), b"q1\tgao-1\t1\nq1\tgao-1\tx\n", "test.tsv:2"),
        (b"\xff", JUDGED.encode(), "is not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, queries: bytes, judged: bytes, where: str) -> None:
    with pytest.raises(InvalidInput, match=where):
        read_golden(golden(tmp_path, queries, judged))


def test_half_a_folder_is_a_mistake(tmp_path: Path) -> None:
    (golden(tmp_path) / "qrels" / "test.tsv").unlink()
    with pytest.raises(InvalidInput, match=r"test\.tsv"):
        read_golden(tmp_path)
