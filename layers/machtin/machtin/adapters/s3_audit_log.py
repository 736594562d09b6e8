"""The audit log on S3: one object a record, which is only ever created."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from machtin.adapters.s3_bucket import Bucket, Changed
from machtin.audit import AuditRecord, folder, in_order
from machtin.errors import StoreUnavailable

AUDIT: Final = "audit/"
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

    def _below(self, prefix: str) -> list[AuditRecord]:
        keys = [one.key for one in self._bucket.listed(f"{AUDIT}{prefix}")]
        found = self._bucket.get_all(keys)
        return in_order([AuditRecord.from_json(json.loads(one.body)) for one in found if one is not None])
