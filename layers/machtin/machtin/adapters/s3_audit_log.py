"""The audit log on S3: one object a record, which is only ever created, and a copy of it in the order of time.

The records lie by article, where S3 can't list what was done last in the whole house; the copies lie newest first, and
the bucket forgets them after a while.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Final

from machtin.adapters.s3_bucket import Bucket, Changed
from machtin.audit import AuditRecord, folder, in_order
from machtin.errors import StoreUnavailable

AUDIT: Final = "audit/"
LATEST: Final = f"{AUDIT}latest/"
# Milliseconds of the year 5138: what is left until then makes keys that lie newest first.
_END: Final = 10**14
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# S3 answers 409 to one of two who create an object at once, and doesn't say whether the other one will succeed.
ATTEMPTS: Final = 5


class S3AuditLog:
    """Implements audit.AuditLog."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def append(self, records: Sequence[AuditRecord]) -> None:
        self._bucket.each(self._append, list({record.key: record for record in reversed(records)}.values()))

    def _append(self, record: AuditRecord) -> None:
        key = f"{AUDIT}{record.key}.json"
        body = json.dumps(record.to_json(), ensure_ascii=False).encode()
        # First, so that whoever is killed in between leaves no record without its copy.
        with suppress(Changed):
            self._bucket.create(_key_of_copy(record), body)
        for _ in range(ATTEMPTS):
            try:
                self._bucket.create(key, body)
            except Changed:
                if self._bucket.get(key) is None:
                    continue
            return
        raise StoreUnavailable(f"the audit record {record.key} can't be written")

    def of_article(self, article_id: str) -> list[AuditRecord]:
        return self._below(folder("article", article_id))

    def of_reindexes(self) -> list[AuditRecord]:
        return self._below(folder("reindex"))

    def latest(self, size: int) -> list[AuditRecord]:
        keys = [one.key for one in islice(self._bucket.listed(LATEST, most=min(size, 1_000)), size)]
        # What was sent twice has two copies; the earlier one tells when it was done.
        known = {record.key: record for record in self._read(keys)}
        return sorted(known.values(), key=lambda record: record.when, reverse=True)

    def _below(self, prefix: str) -> list[AuditRecord]:
        return in_order(self._read([one.key for one in self._bucket.listed(f"{AUDIT}{prefix}")]))

    def _read(self, keys: Sequence[str]) -> list[AuditRecord]:
        found = self._bucket.get_all(keys)
        return [AuditRecord.from_json(json.loads(one.body)) for one in found if one is not None]


def _key_of_copy(record: AuditRecord) -> str:
    left = _END - (record.when - _EPOCH) // timedelta(milliseconds=1)
    return f"{LATEST}{left:014d}-{sha256(record.key.encode()).hexdigest()[:16]}.json"
