"""Golden queries as the gate reads them: tables, and a BEIR folder whose corpus nobody needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from machtin.adapters.s3_bucket import Bucket
from machtin.adapters.s3_golden import golden_of, golden_to_edit
from machtin.article import id_of_url
from machtin.errors import Conflict, InvalidInput
from machtin.golden import GoldenQueries, read_golden

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


def test_tables_stand_beside_the_folder_s_own_queries_and_their_grades_count(tmp_path: Path) -> None:
    golden(tmp_path)
    (tmp_path / "a.csv").write_text("query,article,grade\ngiá gạo,gao-1,3\ngiá gạo,gao-9,1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("query,article\nlúa mới,gao-2\n", encoding="utf-8")
    found = read_golden(tmp_path)
    assert found is not None
    assert sorted(found.queries.values()) == ["bóng đá", "giá gạo", "lúa mới"]
    assert found.judgements["q1"] == {"gao-1": 3, "gao-2": 0, "gao-9": 1}


def test_a_table_alone_is_enough(tmp_path: Path) -> None:
    address = "https://bao.example/tin-moi"
    (tmp_path / "a.csv").write_text(f"query,article\ntin mới,{address}\n", encoding="utf-8")
    found = read_golden(tmp_path)
    assert found is not None
    assert list(found.judgements.values()) == [{id_of_url(address): 1}]


def test_what_macos_hides_beside_a_table_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("query,article\nlúa mới,gao-2\n", encoding="utf-8")
    (tmp_path / "._a.csv").write_bytes(b"\0\5\x16\7\xff")
    found = read_golden(tmp_path)
    assert found is not None
    assert list(found.queries.values()) == ["lúa mới"]


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("query,article\n,gao-1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"a\.csv:2 query: must have a text"):
        read_golden(tmp_path)


def test_in_a_bucket_they_lie_below_golden(bucket: Bucket, tmp_path: Path) -> None:
    assert golden_of(bucket) is None
    bucket.put("golden/queries.jsonl", QUERIES.encode())
    bucket.put("golden/qrels/test.tsv", JUDGED.encode())
    bucket.put("golden/toa-soan.csv", "query;article\r\nlúa mới;gao-2\r\n".encode("utf-8-sig"))
    bucket.put("golden/old/draft.csv", b"nothing that is read")
    found = golden_of(bucket)
    assert found is not None
    assert sorted(found.queries.values()) == ["bóng đá", "giá gạo", "lúa mới"]


def test_tables_in_a_bucket_are_changed_and_removed_as_in_a_folder(bucket: Bucket) -> None:
    bucket.put("golden/cu.csv", b"query,article\na,b\n")
    bucket.put("golden/queries.jsonl", QUERIES.encode())
    bucket.put("golden/qrels/test.tsv", JUDGED.encode())
    with golden_to_edit(bucket) as folder:
        (folder / "cu.csv").unlink()
        (folder / "moi.csv").write_bytes(b"query,article\nc,d\n")
    assert sorted(one.key for one in bucket.listed("golden/")) == [
        "golden/moi.csv",
        "golden/qrels/test.tsv",
        "golden/queries.jsonl",
    ]


@pytest.mark.parametrize("before", [None, b"query,article\na,c\n"])
def test_what_somebody_else_wrote_meanwhile_stays_in_the_bucket(bucket: Bucket, before: bytes | None) -> None:
    if before is not None:
        bucket.put("golden/added.csv", before)

    def edit() -> None:
        with golden_to_edit(bucket) as folder:
            (folder / "added.csv").write_bytes(b"query,article\nours,d\n")
            bucket.put("golden/added.csv", b"query,article\ntheirs,b\n")

    with pytest.raises(Conflict, match=r"golden/added\.csv was changed by somebody else meanwhile"):
        edit()
    kept = bucket.get("golden/added.csv")
    assert kept is not None
    assert kept.body == b"query,article\ntheirs,b\n"
