"""The golden queries in the bucket: tables, or a BEIR folder's files, under ``golden/``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from machtin.adapters.s3_bucket import Bucket
from machtin.golden import BEIR_FILES, TABLES, GoldenQueries, read_golden

FOLDER: Final = "golden/"


def golden_of(bucket: Bucket) -> GoldenQueries | None:
    """The queries and judgements, None where there are none. Raises InvalidInput naming the file and the line."""
    with _copied(bucket) as (folder, _):
        return read_golden(folder)


@contextmanager
def golden_to_edit(bucket: Bucket) -> Iterator[Path]:
    """A copy on this machine; tables that were written or removed in it are so in the bucket at the end."""
    with _copied(bucket) as (folder, known):
        yield folder
        for path in sorted(folder.glob(TABLES)):
            if known.pop(path.name, None) != (content := path.read_bytes()):
                bucket.put(FOLDER + path.name, content)
        for name in known:
            bucket.delete(FOLDER + name)


@contextmanager
def _copied(bucket: Bucket) -> Iterator[tuple[Path, dict[str, bytes]]]:
    """All files in a folder that is gone afterwards, and what each table held."""
    keys = [one.key for one in bucket.listed(FOLDER) if Path(one.key.removeprefix(FOLDER)).parent == Path()]
    keys = [key for key in keys if Path(key).match(TABLES)]
    tables: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as made:
        for key in (*(FOLDER + name for name in BEIR_FILES), *keys):
            found = bucket.get(key)
            if found is not None:
                path = Path(made, key.removeprefix(FOLDER))
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(found.body)
                if key in keys:
                    tables[path.name] = found.body
        yield Path(made), tables
