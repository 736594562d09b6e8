"""The golden queries in the bucket: tables, or a BEIR folder's files, under ``golden/``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from machtin.adapters.s3_bucket import Bucket, Changed, StoredObject
from machtin.errors import Conflict
from machtin.golden import BEIR_FILES, TABLES, GoldenQueries, read_golden

FOLDER: Final = "golden/"


def golden_of(bucket: Bucket) -> GoldenQueries | None:
    """The queries and judgements, None where there are none. Raises InvalidInput naming the file and the line."""
    with _copied(bucket) as (folder, _):
        return read_golden(folder)


@contextmanager
def golden_to_edit(bucket: Bucket) -> Iterator[Path]:
    """A copy on this machine; tables that were written or removed in it are so in the bucket at the end.

    Raises Conflict for a table that somebody else has changed meanwhile.
    """
    with _copied(bucket) as (folder, known):
        yield folder
        for path in sorted(folder.glob(TABLES)):
            _write(bucket, FOLDER + path.name, path.read_bytes(), known.pop(path.name, None))
        for name in known:
            bucket.delete(FOLDER + name)


def _write(bucket: Bucket, key: str, content: bytes, before: StoredObject | None) -> None:
    try:
        if before is None:
            bucket.create(key, content)
        elif before.body != content:
            bucket.replace(key, content, before.etag)
    except Changed as error:
        raise Conflict(f"{key} was changed by somebody else meanwhile, and is as they left it; try again") from error


@contextmanager
def _copied(bucket: Bucket) -> Iterator[tuple[Path, dict[str, StoredObject]]]:
    """All files in a folder that is gone afterwards, and what each table was."""
    keys = [one.key for one in bucket.listed(FOLDER) if Path(one.key.removeprefix(FOLDER)).parent == Path()]
    keys = [key for key in keys if Path(key).match(TABLES)]
    tables: dict[str, StoredObject] = {}
    with tempfile.TemporaryDirectory() as made:
        for key in (*(FOLDER + name for name in BEIR_FILES), *keys):
            found = bucket.get(key)
            if found is not None:
                path = Path(made, key.removeprefix(FOLDER))
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(found.body)
                if key in keys:
                    tables[path.name] = found
        yield Path(made), tables
