"""Paths become a stream of documents; what can't be one comes with its reason and is kept."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from machtin.adapters.sources import Refused, Source, SourceDocument, keep_refused, page_id, read_sources
from machtin.article import id_of_url
from machtin.article_reading import read_article
from machtin.errors import Problem, StoreUnavailable

PAGE = "Mở đường lên bản\n\nCon đường dài 4 km đã được khởi công sáng nay sau nhiều năm.\n\nDân mừng vui đón tin."
ROW = {"id": "a", "title": "Mở đường", "body": "Xong."}


def documents(items: list[Source]) -> list[SourceDocument]:
    return [item for item in items if isinstance(item, SourceDocument)]


def refusals(items: list[Source]) -> list[Refused]:
    return [item for item in items if isinstance(item, Refused)]


def rows(*values: object) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


def test_one_bad_line_never_stops_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    deep = b"[" * 100_000
    path.write_bytes(
        b"\xef\xbb\xbf" + rows(ROW) + b"{broken\n\n" + b"\xff\xfe{}\n" + b"[1]\n" + deep + b"\r\n" + rows(ROW)
    )
    items = list(read_sources([path]))
    assert [item.line for item in documents(items)] == [1, 7]
    assert [(item.line, item.raw) for item in refusals(items)] == [
        (2, b"{broken"), (4, b"\xff\xfe{}"), (5, b"[1]"), (6, deep),
    ]  # fmt: skip
    assert all(item.origin == str(path) and item.reasons[0].message for item in refusals(items))
    assert items[-1].position == items[-1].size == path.stat().st_size


def test_the_position_grows_to_the_size_over_all_files(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_bytes(rows(*[ROW] * 50_000))
    (tmp_path / "b.txt").write_text(PAGE, "utf-8")
    items = list(read_sources([tmp_path]))
    positions = [item.position for item in items]
    assert positions == sorted(positions)
    assert positions[0] < positions[-1] == items[-1].size


def test_rows_are_streamed(tmp_path: Path) -> None:
    endless = tmp_path / "endless.ndjson"
    os.mkfifo(endless)
    lines = "for n in range(10**7): print(json.dumps({'id': str(n), 'title': 't'}), file=pipe)"
    script = f"import json\nwith open({str(endless)!r}, 'w') as pipe:\n  {lines}"
    writer = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    try:
        stream = read_sources([endless])
        first = next(stream)
        assert isinstance(first, SourceDocument)
        assert (first.document["id"], first.size) == ("0", None)
    finally:
        writer.terminate()
        writer.wait()
    stream.close()  # type: ignore[attr-defined]  # an iterator to callers, a generator to this test


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_packed_files(tmp_path: Path, suffix: str) -> None:
    packing: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}
    pack = packing[suffix]
    (tmp_path / f"a.jsonl{suffix}").write_bytes(pack(rows(ROW, ROW)))
    (tmp_path / f"Bầu cử 1.txt{suffix}").write_bytes(pack(PAGE.encode()))
    items = list(read_sources([tmp_path]))
    assert [item.document["id"] for item in documents(items)] == ["bau-cu-1", "a", "a"]
    assert items[-1].position == items[-1].size


def test_a_broken_archive_gives_what_it_holds_and_the_reason(tmp_path: Path) -> None:
    whole = gzip.compress(rows(*[{**ROW, "body": os.urandom(4000).hex()} for _ in range(200)]))
    (tmp_path / "a.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "b.txt.xz").write_bytes(b"no archive")
    items = list(read_sources([tmp_path]))
    assert len(documents(items)) > 50
    assert [item.reasons[0].message.partition(":")[0] for item in refusals(items)][-2:] == [
        "can't be read to its end"
    ] * 2


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (json.dumps(ROW), ["a"]),
        (json.dumps(ROW, indent=2), ["a"]),
        (json.dumps([ROW, {**ROW, "id": "b"}], indent=2), ["a", "b"]),
        (json.dumps(ROW) + "\n" + json.dumps({**ROW, "id": "b"}), ["a", "b"]),
        (json.dumps(ROW, indent=1) + "\n" + json.dumps({**ROW, "id": "b"}, indent=1), ["a", "b"]),
        ("[]", []),
        ("\ufeff" + json.dumps([ROW]), ["a"]),
    ],
)
def test_json_files(tmp_path: Path, text: str, ids: list[str]) -> None:
    for encoding in ("utf-8", "utf-16"):
        (tmp_path / "a.json").write_text(text, encoding)
        items = list(read_sources([tmp_path / "a.json"]))
        assert [item.document["id"] for item in documents(items)] == ids
        assert not refusals(items)


def test_a_json_list_is_read_up_to_its_error_and_the_rest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(f"[{json.dumps(ROW)},\n 7,\n {{broken}},\n {json.dumps(ROW)}]", "utf-8")
    items = list(read_sources([tmp_path]))
    assert [(type(item).__name__, item.line) for item in items] == [
        ("SourceDocument", 1),
        ("Refused", 2),
        ("Refused", 3),
    ]
    assert items[-1].raw.startswith(b"{broken}")
    (tmp_path / "a.json").write_text("[" + json.dumps(ROW), "utf-8")
    assert [type(item).__name__ for item in read_sources([tmp_path])] == ["SourceDocument", "Refused"]


def test_folders_give_pages_with_ids_of_their_paths(tmp_path: Path) -> None:
    for name in ("1.txt", "a/1.txt", "a/b/Đường mới.html", "c/2.HTM"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"<h1>Mở đường</h1><p>{PAGE}</p>" if "h" in name.lower()[-4:] else PAGE, "utf-8")
    found = documents(list(read_sources([tmp_path])))
    assert {item.document["id"]: item.line for item in found} == dict.fromkeys(["1", "a-1", "a-b-duong-moi", "c-2"])
    assert [item.document["id"] for item in documents(list(read_sources([tmp_path / "a" / "1.txt"])))] == ["1"]
    below = read_sources([tmp_path / "a" / "1.txt"], below=tmp_path)
    assert [item.document["id"] for item in documents(list(below))] == ["a-1"]


def test_a_canonical_address_gives_the_id(tmp_path: Path) -> None:
    url = "https://tin.example/mo-duong.html"
    (tmp_path / "x.html").write_text(f"<link rel=canonical href='{url}'><h1>Mở đường</h1><p>{PAGE}", "utf-8")
    assert documents(list(read_sources([tmp_path])))[0].document["id"] == id_of_url(url)


def test_the_second_page_of_an_id_is_refused_naming_both(tmp_path: Path) -> None:
    for name in ("a-1.txt", "a/1.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PAGE, "utf-8")
    items = list(read_sources([tmp_path]))
    assert len(documents(items)) == 1
    message = refusals(items)[0].reasons[0].message
    assert str(tmp_path / "a-1.txt") in message
    assert str(tmp_path / "a" / "1.txt") in message


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text(PAGE, "utf-8")
    (tmp_path / "link.txt").symlink_to(tmp_path / "1.txt")
    assert len(list(read_sources([tmp_path, tmp_path / "1.txt"]))) == 1


def test_unknown_kinds_are_refused_and_hidden_files_passed_over(tmp_path: Path) -> None:
    for name in (
        "photo.jpg",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        ".git/config.txt",
        "__MACOSX/1.txt",
        "notes.docx",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\0")
    items = list(read_sources([tmp_path]))
    assert [Path(item.origin).name for item in refusals(items)] == ["notes.docx", "photo.jpg"]
    assert not documents(items)
    assert "unknown kind" in refusals(items)[0].reasons[0].message


def test_missing_and_undecodable_files_are_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(bytes(range(128, 256)) * 9)
    (tmp_path / "empty.html").write_bytes(b"")
    items = list(read_sources([tmp_path, tmp_path / "nowhere", "a\0b"]))
    assert len(refusals(items)) == len(items) == 4
    messages = " ".join(item.reasons[0].message for item in refusals(items))
    assert "windows-1258" in messages
    assert "is empty" in messages
    assert "No such file" in messages
    assert refusals(items)[0].raw == bytes(range(128, 256)) * 9


@pytest.mark.parametrize(
    ("raw", "title", "line"),
    [
        (rows(ROW, ROW), "Mở đường", 1),
        (json.dumps([ROW], indent=1).encode(), "Mở đường", 2),
        (
            b"\n <!DOCTYPE html><title>x</title><h1>Ba con \xc4\x91\xc6\xb0\xe1\xbb\x9dng</h1><p>" + PAGE.encode(),
            "Ba con đường",
            None,
        ),
        (PAGE.encode(), "Mở đường lên bản", None),
        (PAGE.encode("utf-16"), "Mở đường lên bản", None),
        (gzip.compress(rows(ROW)), "Mở đường", 1),
    ],
)
def test_standard_input_is_known_by_how_it_begins(raw: bytes, title: str, line: int | None, tmp_path: Path) -> None:
    first = next(read_sources(["-"], stdin=io.BytesIO(raw)))
    assert isinstance(first, SourceDocument)
    assert (first.origin, first.document["title"], first.line, first.size) == ("-", title, line, None)
    read_article(first.document, now=datetime.now(UTC))
    (tmp_path / "unnamed").write_bytes(raw)
    again = next(read_sources([tmp_path / "unnamed"]))
    assert isinstance(again, SourceDocument)
    assert again.document["title"] == title


def test_a_document_is_refused_later_with_its_input(tmp_path: Path) -> None:
    document = documents(list(read_sources(["-"], stdin=io.BytesIO(rows(ROW)))))[0]
    refused = document.refused([Problem("title", "is blank")])
    assert (refused.raw, refused.line, refused.reasons) == (rows(ROW).strip(), 1, (Problem("title", "is blank"),))


def test_refused_input_is_kept_once_and_never_overwritten(tmp_path: Path) -> None:
    refused = Refused(origin="a/Tin 1.ndjson", line=3, reasons=(Problem("title", "is missing"),), raw="{Đ\r\n".encode())
    folder = tmp_path / "refused"
    first = keep_refused(folder, refused, at=datetime(2026, 3, 15, tzinfo=UTC))
    before = first.read_bytes()
    assert keep_refused(folder, refused, at=datetime(2027, 1, 1, tzinfo=UTC)) == first
    assert first.read_bytes() == before
    assert json.loads(before) == {
        "at": "2026-03-15T00:00:00+00:00",
        "origin": "a/Tin 1.ndjson",
        "line": 3,
        "reasons": [{"field": "title", "message": "is missing"}],
        "input": "{Đ\r\n",
    }
    others = [
        Refused(origin=refused.origin, line=3, reasons=refused.reasons, raw=b"\xff\x00"),
        Refused(origin=refused.origin, line=4, reasons=refused.reasons, raw=refused.raw),
        Refused(origin=refused.origin, line=3, reasons=(Problem("body", "is missing"),), raw=refused.raw),
        Refused(origin="\udcff", line=None, reasons=(), raw=b""),
    ]
    assert len({keep_refused(folder, other) for other in others} | {first}) == 5
    assert len(list(folder.iterdir())) == 5


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="can't be kept"):
        keep_refused(tmp_path / "file", Refused(origin="a", line=1, reasons=(), raw=b""))


@settings(max_examples=300)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_every_path_gives_a_valid_id(path: str) -> None:
    made: dict[str, Any] = {"id": page_id(f"a/{path}.txt"), "title": "a", "body": "b"}
    assert read_article(made, now=datetime.now(UTC)).id


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"{}", b"[", b"]", b"\n", b",", rows(ROW), PAGE.encode(), b"<html>", b"\xff\xfe"])
        | st.binary(max_size=30)
    )
)
def test_any_bytes_are_read_or_refused_and_nothing_is_lost(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    items = list(read_sources(["-"], stdin=io.BytesIO(raw)))
    assert items or not raw.strip().strip(b"[], \n\xef\xbb\xbf\xff\xfe\0")
    assert all(item.reasons for item in refusals(items))


@settings(max_examples=200, deadline=None)
@example([b"[\0\n", rows(ROW)])
@given(st.lists(st.just(rows(ROW)) | st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"") + b"\n")))
def test_every_line_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("lines") / "a.ndjson"
    path.write_bytes(b"".join(lines))
    numbers = [item.line for item in read_sources([path])]
    assert numbers == [
        n
        for n, line in enumerate(lines, 1)
        if (line[3:] if n == 1 and line.startswith(b"\xef\xbb\xbf") else line).strip()
    ]
