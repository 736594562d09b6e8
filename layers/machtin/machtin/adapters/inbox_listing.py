"""What lies in the inbox, the files that changed last first: in a folder of this machine, or in the bucket."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import nlargest
from pathlib import Path
from typing import TYPE_CHECKING, Final

from machtin.adapters.inbox import TAKEN as TAKEN_FOLDER
from machtin.drops import INBOX
from machtin.ingest_status import FileState, InboxFile

if TYPE_CHECKING:
    from machtin.adapters.s3_bucket import Bucket, Listed

REFUSED_FILES: Final = "files"


def in_folders(inbox: Path, refused: Path, most: int) -> list[InboxFile]:
    """Files of a laptop: those that wait, then those that were taken, or refused as a whole."""
    folders: tuple[tuple[Path, FileState], ...] = (
        (inbox, "waiting"),
        (inbox / TAKEN_FOLDER, "taken"),
        (refused / REFUSED_FILES, "refused"),
    )
    found = [(path, folder, state) for folder, state in folders for path in _files(folder)]
    listed = [_file(path, folder, state) for path, folder, state in found]
    present = [one for one in listed if one is not None]
    return nlargest(most, present, key=lambda one: (one.state == "waiting", one.changed_at, one.name))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and path.is_file() and not (parts[0] == TAKEN_FOLDER and folder.name != TAKEN_FOLDER):
            yield path


def _file(path: Path, folder: Path, state: FileState) -> InboxFile | None:
    try:
        known = path.stat()
    except OSError:  # it was moved meanwhile
        return None
    changed = datetime.fromtimestamp(known.st_mtime, UTC).isoformat(timespec="seconds")
    return InboxFile(str(path.relative_to(folder)), known.st_size, changed, state)


def in_bucket(bucket: Bucket, most: int) -> list[InboxFile]:
    """Files below ``inbox/``; how far each was taken stands in its tag, see s3_drop."""
    newest = nlargest(most, bucket.listed(INBOX), key=lambda one: (one.modified, one.key))
    states = bucket.each(lambda one: _state(bucket, one), newest)
    return [
        InboxFile(one.key.removeprefix(INBOX), one.size, one.modified.isoformat(), state)
        for one, state in zip(newest, states, strict=True)
        if not one.key.endswith("/")
    ]


def _state(bucket: Bucket, one: Listed) -> FileState:
    from machtin.adapters.s3_drop import REFUSED, TAG, TAKEN

    with bucket.asking() as client:
        tags = client.get_object_tagging(Bucket=bucket.name, Key=one.key)["TagSet"]
    value = next((tag["Value"] for tag in tags if tag["Key"] == TAG), None)
    if value is None:
        return "waiting"
    return "taken" if value == TAKEN else "refused" if value == REFUSED else "under_way"
