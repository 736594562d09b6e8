"""The embedded index when processes die, disks fill up, files are damaged, and others write."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from machtin.adapters import entry_rows, index_writer
from machtin.adapters.embedded_catalog import EmbeddedCatalog
from machtin.adapters.tantivy_index import TantivyIndex
from machtin.adapters.version_folder import FORMAT, OLDEST, VersionFolder
from machtin.adapters.writer_lock import writer_lock
from machtin.article import Article
from machtin.errors import IndexUnavailable, WriterBusy
from machtin.ports import IndexEntry, IndexTombstone, Retrieval, Vectors

KILLS = int(os.environ.get("MACHTIN_KILLS", "4"))
VECTOR = np.array([1, 0, 0, 0], dtype=np.float32)


def entry(n: int, revision: int = 1) -> IndexEntry:
    # Each revision has a syllable of its own, so that a search tells which one the text index holds.
    body = f"bài{n} lần{revision} " + "chữ nghĩa dài dòng " * 50
    return IndexEntry(Article(id=f"a{n}", title="tin", body=body, section="Kinh tế"), revision, turned(revision))


def turned(revision: int) -> Vectors:
    return np.array([np.cos(revision), np.sin(revision), 0, 0], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    index = EmbeddedCatalog(tmp_path).create("m", 4)
    index.close()
    return tmp_path / index.version


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process that has the names of this module."""
    preamble = f"import importlib.util, sys\nspec = importlib.util.spec_from_file_location('told', {__file__!r})\n"
    preamble += (
        "told = importlib.util.module_from_spec(spec); spec.loader.exec_module(told); globals().update(vars(told))\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", preamble + code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )


def check_whole(index: TantivyIndex) -> dict[str, int]:
    """Both legs, the rows and the filters hold the same articles, each in one revision; returns those revisions."""
    revisions = dict(index.revisions())
    legs = index.retrieve(Retrieval(text="tin", vector=VECTOR, size=1 + len(revisions)))
    assert set(legs.lexical.ids) == set(legs.nearest.ids) == set(revisions)
    assert legs.lexical.total == legs.nearest.total == index.count() == len(revisions)
    for article_id, found in index.get(list(revisions)).items():
        number, revision = int(article_id[1:]), revisions[article_id]
        told = index.retrieve(Retrieval(text=f"bài{number} lần{revision}", vector=None, size=2)).lexical
        assert told.ids == (article_id,)
        assert found.vector is not None
        assert found.vector.tolist() == pytest.approx(turned(revision).tolist())
    return revisions


def written_through(last: int) -> dict[str, int]:
    """Revisions after the writes 1 to ``last`` of WRITE_UNTIL_KILLED."""
    return {f"a{n}": revision for revision in range(1, last + 1) for n in range(revision % 5, 12)}


WRITE_UNTIL_KILLED = """
index = TantivyIndex(Path(sys.argv[1]))
revision = int(sys.argv[2])
while True:
    revision += 1
    index.write([entry(n, revision) for n in range(revision % 5, 12)])
    print(revision, flush=True)
"""


def test_killed_at_any_moment_it_opens_with_every_finished_write_and_no_half_article(folder: Path) -> None:
    chance = random.Random(7)
    revision = 0
    reader = TantivyIndex(folder)
    for _ in range(KILLS):
        process = run(WRITE_UNTIL_KILLED, folder, revision)
        assert process.stdout is not None
        told = int(process.stdout.readline())
        time.sleep(chance.random() * 0.5)
        process.send_signal(signal.SIGKILL)
        told = max([told, *map(int, process.communicate()[0].split())])
        # Finished writes are there; of the one that was cut short all or nothing.
        expected = [written_through(told), written_through(told + 1)]
        for index in (reader, TantivyIndex(folder)):
            assert check_whole(index) in expected
            if index is not reader:
                index.write([entry(n, told + 1) for n in range((told + 1) % 5, 12)])
                assert check_whole(index) == expected[1]
                index.close()
        revision = told + 1
    reader.close()


@pytest.mark.parametrize("die_in", ["append_vectors", "follow", "replace"])
def test_whatever_step_a_writer_dies_in_the_next_one_mends(
    folder: Path, die_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = TantivyIndex(folder)
    index.write([entry(n) for n in range(3)])

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if die_in == "append_vectors":
            patch.setattr(index_writer, "append_vectors", die)
        elif die_in == "follow":
            patch.setattr(entry_rows, "follow", die)
        else:
            patch.setattr("machtin.adapters.text_index.TextIndex.replace", die)
        with pytest.raises(KeyboardInterrupt):
            index.write([entry(1, 2), entry(3, 2), IndexTombstone("a2", 2)])
    after = {"a0": 1, "a1": 2, "a3": 2}
    assert check_whole(index) == ({"a0": 1, "a1": 1, "a2": 1} if die_in == "append_vectors" else after)
    outcome = "written" if die_in == "append_vectors" else "stale"
    assert index.write([entry(1, 2), entry(3, 2), IndexTombstone("a2", 2)]) == [outcome] * 3
    assert check_whole(index) == after
    index.close()


def test_a_reader_sees_what_another_process_has_written(folder: Path) -> None:
    reader = TantivyIndex(folder)
    assert reader.count() == 0
    process = run("index = TantivyIndex(Path(sys.argv[1])); index.write([entry(n) for n in range(5)])", folder)
    process.communicate()
    assert process.returncode == 0
    assert len(check_whole(reader)) == 5
    reader.close()


HOLD = """
with writer_lock(VersionFolder(Path(sys.argv[1])).lock, wait_seconds=0):
    print('held', flush=True)
    time.sleep(1)
    print('released', flush=True)
"""


def test_a_second_writer_waits_for_the_first(folder: Path) -> None:
    process = run(HOLD, folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    index = TantivyIndex(folder)
    assert index.write([entry(1)]) == ["written"]
    assert process.communicate()[0] == "released\n"
    index.close()


def test_a_second_writer_is_told_who_holds_the_lock(folder: Path) -> None:
    index = TantivyIndex(folder, wait_seconds=0.1)
    with writer_lock(VersionFolder(folder).lock, wait_seconds=0), pytest.raises(WriterBusy) as busy:
        index.write([entry(1)])
    assert f"process {os.getpid()} (" in str(busy.value)
    assert " since 20" in str(busy.value)
    assert index.write([entry(1)]) == ["written"]
    index.close()


FILL_UP = """
import resource
index = TantivyIndex(Path(sys.argv[1]), wait_seconds=1)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    index.write([entry(n, 2) for n in range(200)])
except IndexUnavailable as error:
    print(error)
    sys.exit(3)
"""


@pytest.mark.parametrize("limit", [100, 20_000, 60_000])
def test_a_full_disk_is_said_and_loses_nothing(folder: Path, limit: int) -> None:
    index = TantivyIndex(folder)
    index.write([entry(n) for n in range(3)])
    process = run(FILL_UP, folder, limit)
    message = process.communicate()[0]
    assert process.returncode == 3
    assert "cannot write" in message
    assert check_whole(index).keys() >= {"a0", "a1", "a2"}
    assert set(index.write([entry(n, 2) for n in range(200)])) <= {"written", "stale"}
    assert check_whole(index) == {f"a{n}": 2 for n in range(200)}
    index.close()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def scribble(path: Path) -> None:
    path.write_bytes(b"\xff" * path.stat().st_size)


def not_numbers(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(64)
        file.write(b"\xff" * (size - 64))


@pytest.mark.parametrize("damage", [Path.unlink, cut, scribble, not_numbers])
def test_when_the_vectors_are_damaged_the_text_still_answers(folder: Path, damage: Callable[[Path], None]) -> None:
    index = TantivyIndex(folder)
    index.write([entry(n) for n in range(3)])
    index.close()
    damage(VersionFolder(folder).vectors)
    index = TantivyIndex(folder)
    found = index.retrieve(Retrieval(text="tin", vector=VECTOR, size=5))
    assert found.lexical.ids == ("a0", "a1", "a2")
    assert found.nearest.failure
    assert found.nearest.ids == ()
    assert index.get(["a1"])["a1"].article.title == "tin"
    with pytest.raises(IndexUnavailable):
        index.retrieve(Retrieval(text=None, vector=VECTOR, size=5))
    index.close()


def damage_text(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith("."):
            scribble(path)


@pytest.mark.parametrize("damage", [shutil.rmtree, damage_text])
def test_when_the_text_is_damaged_the_vectors_still_answer(folder: Path, damage: Callable[[Path], None]) -> None:
    index = TantivyIndex(folder)
    index.write([entry(n) for n in range(3)])
    index.close()
    damage(VersionFolder(folder).text)
    index = TantivyIndex(folder)
    found = index.retrieve(Retrieval(text="tin", vector=VECTOR, size=5, facets=True))
    assert set(found.nearest.ids) == {"a0", "a1", "a2"}
    assert found.lexical.failure
    assert found.facets == {}
    assert index.retrieve(Retrieval(text="", vector=None, size=5)).lexical.total == 3
    with pytest.raises(IndexUnavailable):
        index.retrieve(Retrieval(text="tin", vector=None, size=5))
    with pytest.raises(IndexUnavailable):
        index.write([entry(4)])
    assert index.count() == 3
    index.close()


@pytest.mark.parametrize("damage", [Path.unlink, scribble])
def test_when_the_rows_are_damaged_it_says_so(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(VersionFolder(folder).rows)
    with pytest.raises(IndexUnavailable, match=r"entries\.sqlite"):
        TantivyIndex(folder)


@pytest.mark.parametrize(("written", "told"), [(FORMAT + 1, "newer machtin"), (OLDEST - 1, "build it anew")])
def test_a_folder_written_by_another_machtin_is_refused_clearly(folder: Path, written: int, told: str) -> None:
    meta = VersionFolder(folder).meta
    meta.write_text(meta.read_text().replace(f'"format": {FORMAT}', f'"format": {written}'))
    with pytest.raises(IndexUnavailable, match=told):
        TantivyIndex(folder)


def test_a_version_whose_making_was_cut_short_is_never_seen_and_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = EmbeddedCatalog(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("machtin.adapters.version_folder.create_vectors", full)
        with pytest.raises(IndexUnavailable, match="No space left"):
            catalog.create("m", 4)
    assert catalog.versions() == []
    made = catalog.create("m", 4)
    made.close()
    assert {path.name for path in tmp_path.iterdir()} == {made.version, "catalog.lock"}
