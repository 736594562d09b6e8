"""The golden queries in the bucket: a BEIR folder under ``golden/``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from machtin.adapters.s3_bucket import Bucket
from machtin.beir import GoldenQueries, read_golden

FOLDER: Final = "golden/"
FILES: Final = ("queries.jsonl", "qrels/test.tsv")


def golden_of(bucket: Bucket) -> GoldenQueries | None:
    """The queries and judgements, None where there are none. Raises InvalidInput naming the file and the line."""
    with tempfile.TemporaryDirectory() as made:
        for name in FILES:
            found = bucket.get(FOLDER + name)
            if found is not None:
                path = Path(made, name)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(found.body)
        return read_golden(Path(made))
