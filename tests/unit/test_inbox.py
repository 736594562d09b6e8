"""Files that are dropped into the inbox are taken once, when they are whole, and never lost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from machtin.adapters.inbox import QUIET_SECONDS, Inbox
from machtin.adapters.intake import Intake, Tally
from machtin.adapters.refusals import keep_refused
from machtin.adapters.sources import Source, read_sources
from machtin.audit import By
from machtin.errors import StoreUnavailable
from machtin.store_port import ArticleStore

from .memory_installation import Installation


class Desk:
    """An inbox, the clock by which it looks, and what a test asks of both."""

    def __init__(self, installation: Installation) -> None:
        self.now = 0.0
        self.told: list[str] = []
        self.settings = installation.settings
        self.folder = installation.settings.inbox_folder
        self.folder.mkdir(parents=True)
        self.store: ArticleStore = installation.service.store
        service = installation.service
        keep = self.settings.refused_folder
        intake = Intake(service.put, lambda refused: keep_refused(keep, refused), service.clock)
        self.take: Callable[[Iterable[Source], By], Tally] = intake.take
        self.inbox = self.open()

    def open(self) -> Inbox:
        def take(sources: Iterable[Source], by: By) -> Tally:
            return self.take(sources, by)

        return Inbox(self.folder, self.settings.refused_folder, take, self.told.append, lambda: self.now)

    def drop(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def look(self, seconds: float = 1.0) -> int:
        self.now += seconds
        return self.inbox.chore()

    def wait(self) -> int:
        """Look until every file that does not grow has had its time."""
        return sum(self.look() for _ in range(int(QUIET_SECONDS) + 2))

    def left(self) -> list[str]:
        return files_below(self.folder, without="taken")

    def taken(self) -> list[str]:
        return files_below(self.folder / "taken")

    def reasons(self) -> list[dict[str, object]]:
        return [json.loads(path.read_text()) for path in sorted(self.settings.refused_folder.glob("*.json"))]


def files_below(folder: Path, without: str = "") -> list[str]:
    paths = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    return sorted(str(path) for path in paths if path.parts[0] != without)


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def row(article_id: str, title: str = "Tiêu đề") -> str:
    return json.dumps({"id": article_id, "title": title, "body": "Nội dung."})


PAGE = "Chợ nổi đông khách trở lại\n\nNội dung bài báo có một đoạn văn.\n\nĐoạn thứ hai của bài báo.\n"


def test_a_file_is_taken_when_it_is_quiet_and_then_moved(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a") + "\n" + row("b"))
    assert desk.look() == 0
    assert desk.store.count() == 0
    assert desk.wait() == 1
    assert desk.store.count() == 2
    assert desk.left() == []
    assert desk.taken() == ["a.ndjson"]
    assert desk.wait() == 0


def test_a_file_that_grows_is_left_until_it_stops(desk: Desk) -> None:
    path = desk.drop("a.ndjson", row("a") + "\n")
    for number in range(6):
        assert desk.look() == 0
        with path.open("a") as file:
            file.write(row(f"b{number}") + "\n")
    assert desk.wait() == 1
    assert desk.store.count() == 7


def test_it_looks_at_most_twice_a_second(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a"))
    assert desk.look(QUIET_SECONDS) == 0
    desk.now += QUIET_SECONDS
    assert [desk.look(0.1) for _ in range(5)] == [1, 0, 0, 0, 0]


def test_folders_are_kept_as_they_were_and_give_pages_their_ids(desk: Desk) -> None:
    desk.drop("tinh/cho noi.txt", PAGE)
    desk.drop("huyen/cho noi.txt", PAGE.replace("đông khách", "vắng khách"))
    assert desk.wait() == 2
    assert sorted(article_id for article_id, _ in desk.store.revisions()) == ["huyen-cho-noi", "tinh-cho-noi"]
    assert desk.taken() == ["huyen/cho noi.txt", "tinh/cho noi.txt"]


def test_a_second_file_of_the_same_name_does_not_replace_the_first(desk: Desk) -> None:
    for title in ("Bản một", "Bản hai", "Bản ba"):
        desk.drop("a.ndjson", row("a", title))
        assert desk.wait() == 1
    assert desk.taken() == ["a-2.ndjson", "a-3.ndjson", "a.ndjson"]
    stored = desk.store.get(["a"])["a"].article
    assert stored is not None
    assert stored.title == "Bản ba"


def test_refused_lines_are_kept_with_their_reason_and_the_rest_is_taken(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a") + "\n{broken\n" + row("b"))
    assert desk.wait() == 1
    assert desk.store.count() == 2
    assert desk.taken() == ["a.ndjson"]
    (reason,) = desk.reasons()
    assert reason["line"] == 2
    assert reason["input"] == "{broken"
    assert desk.told[0] == "From the inbox, a.ndjson: 2 taken, 0 unchanged, 1 refused"
    assert desk.told[1].startswith("  refused: ")


def test_a_file_of_which_nothing_is_taken_goes_to_what_was_refused(desk: Desk) -> None:
    desk.drop("tin/rong.txt", "")
    assert desk.wait() == 1
    assert desk.left() == []
    assert desk.taken() == []
    assert files_below(desk.settings.refused_folder / "files") == ["tin/rong.txt"]
    (reason,) = desk.reasons()
    assert str(reason["origin"]).endswith("rong.txt")


@pytest.mark.parametrize("name", [".hidden.ndjson", "a.ndjson.part", "a.tmp", "a.crdownload", ".sync/a.ndjson"])
def test_unfinished_and_hidden_files_are_left_alone(desk: Desk, name: str) -> None:
    desk.drop(name, row("a"))
    assert desk.wait() == 0
    assert desk.left() == [name]


def test_links_are_not_followed(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside.ndjson"
    outside.write_text(row("a"))
    (desk.folder / "link.ndjson").symlink_to(outside)
    os.mkfifo(desk.folder / "pipe.ndjson")
    assert desk.wait() == 0
    assert outside.exists()


def test_killed_between_store_and_move_a_file_is_taken_again_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop("a.ndjson", row("a") + "\n{broken")

    def killed(self: Path, target: Path) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(SystemExit):
            desk.wait()
    revision = desk.store.position()
    assert desk.left() == ["a.ndjson"]
    desk.inbox = desk.open()
    assert desk.wait() == 1
    assert desk.store.position() == revision
    assert desk.taken() == ["a.ndjson"]
    assert len(desk.reasons()) == 1


def test_a_file_waits_while_the_store_is_unavailable(desk: Desk) -> None:
    desk.drop("a.ndjson", row("a"))
    desk.look()
    working = desk.take

    def locked(sources: Iterable[Source], by: By) -> Tally:
        raise StoreUnavailable("database is locked")

    desk.take = locked
    with pytest.raises(StoreUnavailable):
        desk.look(QUIET_SECONDS)
    assert desk.left() == ["a.ndjson"]
    desk.take = working
    assert desk.look() == 1


def test_a_file_that_breaks_its_reader_does_not_hold_up_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from machtin.adapters import inbox

    def read(paths: list[Path], *, below: Path) -> Iterable[Source]:
        if paths[0].name == "a.ndjson":
            raise RecursionError("too deep")
        return read_sources(paths, below=below)

    monkeypatch.setattr(inbox, "read_sources", read)
    desk.drop("a.ndjson", row("a"))
    desk.drop("b.ndjson", row("b"))
    assert desk.wait() == 2
    assert desk.store.count() == 1
    assert desk.taken() == ["b.ndjson"]
    assert files_below(desk.settings.refused_folder / "files") == ["a.ndjson"]


def test_a_file_that_cannot_be_moved_is_taken_once_until_it_changes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.drop("a.ndjson", row("a"))
    calls: list[int] = []
    working = desk.take

    def counted(sources: Iterable[Source], by: By) -> Tally:
        calls.append(1)
        return working(sources, by)

    desk.take = counted

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        assert desk.wait() == 0
        assert desk.wait() == 0
        assert len(calls) == 1
    path.write_text(row("a", "Bản sửa"))
    assert desk.wait() == 1
    assert len(calls) == 2
