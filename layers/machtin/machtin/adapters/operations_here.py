"""The operations of one installation, on what it keeps where: folders and a SQLite file, or a bucket."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from machtin.adapters.refused_reading import documents_of
from machtin.golden_editing import GoldenEditing, Opened
from machtin.ingest_status import InboxFile, IngestStatus, QueueCounts
from machtin.operations import Operations
from machtin.refused_mending import RefusedMending

if TYPE_CHECKING:
    from machtin.audit import AuditLog
    from machtin.feed_state import FeedStates
    from machtin.refused_port import RefusedInput
    from machtin.service import Machtin
    from machtin.settings import Settings


class _Places(NamedTuple):
    refused: RefusedInput
    inbox: Callable[[int], list[InboxFile]]
    feeds: FeedStates


def operations_of(
    settings: Settings,
    service: Machtin,
    audit_log: AuditLog,
    golden: Opened,
    queue: Callable[[], tuple[int, int]],
) -> Operations:
    """``golden`` opens the folder of golden queries; ``queue`` counts what waits and what was given up, on a laptop."""
    on_s3 = settings.store == "s3"
    places = _in_bucket(settings) if on_s3 else _in_folders(settings)
    return Operations(
        ingest=IngestStatus(
            store=service.store,
            live_index=service.live_index,
            audit_log=audit_log,
            # In the cloud it can't be asked from within the cluster's network, where editors' function is.
            queue=lambda: None if on_s3 else QueueCounts(*queue()),
            refused=places.refused.count,
            inbox=places.inbox,
            feeds=places.feeds,
        ),
        refused=RefusedMending(places.refused, documents_of, service.put, audit_log, service.clock),
        golden=GoldenEditing(service.store, golden, audit_log, service.clock, search=not on_s3),
    )


def _in_folders(settings: Settings) -> _Places:
    from machtin.adapters.feed_states import FolderFeedStates
    from machtin.adapters.inbox_listing import in_folders
    from machtin.adapters.refusals import FolderRefusals

    return _Places(
        FolderRefusals(settings.refused_folder),
        lambda most: in_folders(settings.inbox_folder, settings.refused_folder, most),
        FolderFeedStates(settings.feeds_folder),
    )


def _in_bucket(settings: Settings) -> _Places:
    from machtin.adapters.feed_states import S3FeedStates
    from machtin.adapters.inbox_listing import in_bucket
    from machtin.adapters.s3_bucket import Bucket
    from machtin.adapters.s3_refusals import S3Refusals

    bucket = Bucket(settings.bucket)
    return _Places(S3Refusals(bucket), lambda most: in_bucket(bucket, most), S3FeedStates(bucket))
