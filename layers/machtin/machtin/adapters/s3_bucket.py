"""One S3 bucket: conditional writes, listings, and S3's errors in machtin's words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from machtin.deadline import seconds_left
from machtin.errors import MachtinError, NotFound, StoreUnavailable

Given = TypeVar("Given")
Made = TypeVar("Made")

# Requests that are under way at a time: S3 answers each in 10 to 30 ms, however many are asked.
PARALLEL: Final = 32
CONNECT_SECONDS: Final = 2.0
READ_SECONDS: Final = 5.0
ATTEMPTS: Final = 3
# What one request may take of whoever has no deadline.
PATIENCE: Final = ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS)
# For whoever waits with a deadline: two attempts, and some for the rest of the answer.
HASTY_SECONDS: Final = 1.0
HASTY_ATTEMPTS: Final = 2

log = logging.getLogger(__name__)


class Changed(MachtinError):
    """A conditional write found another state than it expected; whoever wrote read too early, and reads again."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as it was read: ``etag`` is what a conditional write of its successor names."""

    key: str
    body: bytes
    etag: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing shows it; ``modified`` is aware and counts whole seconds."""

    key: str
    size: int
    modified: datetime


class Bucket:
    """A bucket by name. Threads may share it. Every method raises StoreUnavailable where S3 does not answer."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def client(self) -> Any:
        """Asks S3, with less patience where the time that a use case may take is running."""
        return _client(hasty=seconds_left(PATIENCE) < PATIENCE)

    def get(self, key: str) -> StoredObject | None:
        """The object, None where there is none."""
        with _translated(self.name):
            try:
                answer = self.client.get_object(Bucket=self.name, Key=key)
            except self.client.exceptions.NoSuchKey:
                return None
            return StoredObject(key, answer["Body"].read(), answer["ETag"], answer.get("Metadata", {}))

    def head(self, key: str) -> StoredObject | None:
        """The object without its body, None where there is none."""
        with _translated(self.name):
            try:
                answer = self.client.head_object(Bucket=self.name, Key=key)
            except self.client.exceptions.ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    return None
                raise
            return StoredObject(key, b"", answer["ETag"], answer.get("Metadata", {}))

    def get_all(self, keys: Sequence[str]) -> list[StoredObject | None]:
        """``get`` of each key, in order, many at a time."""
        return self.each(self.get, keys)

    def create(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> str:
        """Write an object that is not there yet; returns its etag. Raises Changed where it is."""
        return self._put(key, body, metadata, IfNoneMatch="*")

    def replace(self, key: str, body: bytes, etag: str, metadata: Mapping[str, str] | None = None) -> str:
        """Write over the object that has this etag; returns the new one. Raises Changed where another is there."""
        return self._put(key, body, metadata, IfMatch=etag)

    def put(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> str:
        """Write an object, whatever is there."""
        return self._put(key, body, metadata)

    def _put(self, key: str, body: bytes, metadata: Mapping[str, str] | None, **conditions: str) -> str:
        with _translated(self.name):
            answer = self.client.put_object(
                Bucket=self.name, Key=key, Body=body, Metadata=dict(metadata or {}), **conditions
            )
            return str(answer["ETag"])

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""
        with _translated(self.name):
            self.client.delete_object(Bucket=self.name, Key=key)

    def listed(self, prefix: str, after: str = "", most: int = 1_000) -> Iterator[Listed]:
        """The objects whose key begins with ``prefix``, in the order of their keys, from the one behind ``after``.

        ``most`` of them are fetched in one request.
        """
        wanted: dict[str, Any] = {"Bucket": self.name, "Prefix": prefix, "MaxKeys": most}
        if after:
            wanted["StartAfter"] = after
        while True:
            with _translated(self.name):
                page = self.client.list_objects_v2(**wanted)
            for entry in page.get("Contents", []):
                yield Listed(entry["Key"], entry["Size"], entry["LastModified"])
            if not page.get("IsTruncated"):
                return
            wanted["ContinuationToken"] = page["NextContinuationToken"]

    def each(self, call: Callable[[Given], Made], given: Sequence[Given]) -> list[Made]:
        """``call`` of each, in order, many at a time; the first failure is raised when all have ended."""
        if len(given) < 2:
            return [call(one) for one in given]
        with ThreadPoolExecutor(min(PARALLEL, len(given)), thread_name_prefix="machtin-s3") as pool:
            # Each with the deadline of whoever asks.
            calls = [pool.submit(copy_context().run, call, one) for one in given]
            return [made.result() for made in calls]

    @contextmanager
    def asking(self) -> Iterator[Any]:
        """The client, for a request that only one adapter makes; S3's errors come in machtin's words here too."""
        with _translated(self.name):
            yield self.client


@lru_cache(maxsize=2)
def _client(*, hasty: bool) -> Any:
    """One for all buckets and threads: making it takes longer than any request."""
    from botocore.config import Config
    from botocore.session import Session

    config = Config(
        connect_timeout=HASTY_SECONDS if hasty else CONNECT_SECONDS,
        read_timeout=HASTY_SECONDS if hasty else READ_SECONDS,
        retries={"total_max_attempts": HASTY_ATTEMPTS if hasty else ATTEMPTS, "mode": "standard"},
        max_pool_connections=PARALLEL,
    )
    # botocore's client is boto3's, without the transfer manager that boto3 loads for S3 as well.
    return Session().create_client("s3", config=config)


@contextmanager
def _translated(bucket: str) -> Iterator[None]:
    """S3's own words go to the log: they name accounts and roles."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        # 409: two conditional writes met; S3 asks to read again and repeat, as after 412.
        if status in (409, 412):
            raise Changed(f"the object was changed meanwhile ({code})") from error
        log.warning("S3 answered %s %s (bucket %s): %s", status, code, bucket, error)
        if code == "NoSuchBucket":
            raise NotFound(f"there is no bucket {bucket}") from error
        raise StoreUnavailable(f"S3 answered {status} {code}") from error
    except BotoCoreError as error:
        log.warning("S3 can't be asked (bucket %s): %s", bucket, error)
        raise StoreUnavailable(f"S3 can't be asked: {type(error).__name__}") from error
