"""Re-index records on S3. The latest stands in one object, which makes "one at a time" a conditional write.

An earlier one is moved to an object of its own before the next takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import Final, NamedTuple

from machtin.adapters.s3_bucket import Bucket, Changed
from machtin.errors import Conflict, NotFound
from machtin.reindex_record import ReindexRecord, refuse_cancel

LATEST: Final = "reindexes/latest.json"
EARLIER: Final = "reindexes/earlier/"
PARTS: Final = "reindexes/parts/"
# Two that write one record alternate: whoever carries it out, and whoever cancels it.
ATTEMPTS: Final = 10


class _Kept(NamedTuple):
    record: ReindexRecord
    key: str
    etag: str


class S3ReindexLog:
    """Implements reindex_record.ReindexLog."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def begin(self, record: ReindexRecord) -> None:
        latest = self._read(LATEST)
        if latest and latest.record.state == "running":
            raise Conflict(f"re-index {latest.record.id} is running; wait until it is done")
        try:
            if latest is None:
                self._bucket.create(LATEST, _document(record))
                return
            if latest.record.id != record.id:
                self._bucket.put(_earlier(latest.record.id), _document(latest.record))
            self._bucket.replace(LATEST, _document(record), latest.etag)
        except Changed as error:
            now = self._read(LATEST)
            if now and now.record == record:
                return  # the answer was lost, and it was sent again
            raise Conflict(f"re-index {now.record.id if now else ''} is running; wait until it is done") from error

    def save(self, record: ReindexRecord, before: ReindexRecord) -> None:
        for _ in range(ATTEMPTS):
            kept = self._find(record.id)
            stored = kept.record if kept else None
            if kept is None or stored is None or replace(stored, cancel_requested=before.cancel_requested) != before:
                raise Conflict(f"re-index {record.id} went on elsewhere")
            saved = replace(record, cancel_requested=record.cancel_requested or stored.cancel_requested)
            try:
                self._bucket.replace(kept.key, _document(saved), kept.etag)
            except Changed:
                continue
            return
        raise Conflict(f"re-index {record.id} went on elsewhere")

    def request_cancel(self, reindex_id: str) -> ReindexRecord:
        for _ in range(ATTEMPTS):
            kept = self._found(reindex_id)
            if refusal := refuse_cancel(kept.record):
                raise Conflict(refusal)
            asked = replace(kept.record, cancel_requested=True)
            try:
                self._bucket.replace(kept.key, _document(asked), kept.etag)
            except Changed:
                continue
            return asked
        raise Conflict(f"re-index {reindex_id} goes on all the time; try again")

    def note_part(self, reindex_id: str, part: str, articles: int) -> None:
        # As many bytes as articles, so that a listing adds them up.
        digest = sha256(part.encode()).hexdigest()[:32]
        self._bucket.put(f"{PARTS}{reindex_id}/{digest}", b"." * articles)

    def parts(self, reindex_id: str) -> int:
        return sum(one.size for one in self._bucket.listed(f"{PARTS}{reindex_id}/"))

    def get(self, reindex_id: str) -> ReindexRecord:
        return self._found(reindex_id).record

    def running(self) -> ReindexRecord | None:
        latest = self._read(LATEST)
        return latest.record if latest and latest.record.state == "running" else None

    def all(self) -> list[ReindexRecord]:
        by_id = {kept.record.id: kept.record for kept in self._all()}
        return sorted(by_id.values(), key=lambda record: record.started_at, reverse=True)

    def _all(self) -> Iterator[_Kept]:
        keys = [one.key for one in self._bucket.listed(EARLIER)]
        yield from (kept for kept in self._bucket.each(self._read, keys) if kept)
        # Last, since what it says counts where a record is in both places.
        if latest := self._read(LATEST):
            yield latest

    def _found(self, reindex_id: str) -> _Kept:
        kept = self._find(reindex_id)
        if kept is None:
            raise NotFound(f"there is no re-index {reindex_id}")
        return kept

    def _find(self, reindex_id: str) -> _Kept | None:
        latest = self._read(LATEST)
        if latest and latest.record.id == reindex_id:
            return latest
        return self._read(_earlier(reindex_id))

    def _read(self, key: str) -> _Kept | None:
        found = self._bucket.get(key)
        return _Kept(ReindexRecord.from_json(json.loads(found.body)), key, found.etag) if found else None


def _earlier(reindex_id: str) -> str:
    return f"{EARLIER}{reindex_id}.json"


def _document(record: ReindexRecord) -> bytes:
    return json.dumps(record.to_json(), ensure_ascii=False).encode()
