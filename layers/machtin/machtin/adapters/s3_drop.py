"""One version of one file in the bucket's inbox: read piece by piece, and marked with how far it was taken."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from machtin.adapters.s3_bucket import Bucket
from machtin.drops import Drop

# What one request fetches: large enough that requests do not count, small enough to be held twice.
PIECE: Final = 8 << 20
# The tag that says how far a file was taken: a position, or one of these two.
TAG: Final = "machtin"
TAKEN: Final = "taken"
REFUSED: Final = "refused"
# How S3 says that a version is not there, or not there any more.
GONE: Final = frozenset({"NoSuchKey", "NoSuchVersion", "PreconditionFailed", "404", "412"})

log = logging.getLogger(__name__)


class OutOfTime(Exception):
    """There is no time left to read on."""


class Gone(Exception):
    """The version that was asked for is not there any more."""


class DropStream(io.RawIOBase):
    """A version's bytes, fetched in pieces as they are read; never those of another version.

    Reading raises StoreUnavailable, ``Gone``, and ``OutOfTime`` where ``late`` says so before a piece is fetched.
    """

    def __init__(self, bucket: Bucket, drop: Drop, late: Callable[[], bool]) -> None:
        self._bucket = bucket
        self._drop = drop
        self._late = late
        self._at = 0
        self._piece = memoryview(b"")
        self._size: int | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on at ``offset``, counted from the beginning."""
        if whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only places counted from the beginning are known")
        self._at, self._piece = offset, memoryview(b"")
        return offset

    def readinto(self, buffer: Any, /) -> int:
        if not self._piece:
            self._piece = memoryview(self._fetched())
        count = min(len(buffer), len(self._piece))
        buffer[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        self._at += count
        return count

    def _fetched(self) -> bytes:
        if self._size is not None and self._at >= self._size:
            return b""
        if self._late():
            raise OutOfTime
        with self._bucket.asking() as client:
            try:
                answer = client.get_object(
                    Bucket=self._bucket.name,
                    Key=self._drop.key,
                    Range=f"bytes={self._at}-{self._at + PIECE - 1}",
                    **pinned(self._drop),
                )
            except client.exceptions.ClientError as error:
                if _code(error) == "InvalidRange":  # an empty file has no first byte
                    return b""
                if _code(error) in GONE:
                    raise Gone from error
                raise
            self._size = int(answer["ContentRange"].rpartition("/")[2])
            data: bytes = answer["Body"].read()
            return data


def pinned(drop: Drop) -> dict[str, str]:
    """What a request says so that it gets this version or none."""
    if drop.version is not None:
        return {"VersionId": drop.version}
    return {"IfMatch": drop.etag} if drop.etag is not None else {}


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def found(bucket: Bucket, drop: Drop) -> Drop | None:
    """The drop with its version named, None where the file does not lie in the inbox any more.

    None as well for a version that another one has followed: taken late, it would undo the correction.
    """
    with bucket.asking() as client:
        try:
            head = client.head_object(Bucket=bucket.name, Key=drop.key)
        except client.exceptions.ClientError as error:
            if _code(error) in GONE:
                return None
            raise
    if drop.version is not None and drop.version != head.get("VersionId"):
        log.info("%s was dropped again; its version %s is passed over", drop.key, drop.version)
        return None
    named = drop.version is not None or drop.etag not in (None, head["ETag"].strip('"'))
    return drop if named else replace(drop, version=head.get("VersionId"), etag=head["ETag"].strip('"'))


class Mark:
    """How far a version was taken, kept as a tag on it, where a lifecycle rule can see it; other tags stay.

    In a bucket without versions nothing is marked, since the mark might land on what came after.
    """

    def __init__(self, bucket: Bucket, drop: Drop) -> None:
        self._bucket = bucket
        self._where = {"Bucket": bucket.name, "Key": drop.key, "VersionId": drop.version}
        self._tags = self._read() if drop.version is not None else {}

    def is_beyond(self, position: int) -> bool:
        """Whether somebody has already gone on behind this position, or has come to the end."""
        value = self._tags.get(TAG, "")
        return value in (TAKEN, REFUSED) or (value.isdecimal() and int(value) > position)

    def set(self, value: str) -> None:
        """Say how far it was taken. Raises StoreUnavailable."""
        if self._where["VersionId"] is None:
            return
        self._tags[TAG] = value
        tags = [{"Key": key, "Value": text} for key, text in self._tags.items()]
        with self._bucket.asking() as client:
            client.put_object_tagging(**self._where, Tagging={"TagSet": tags})

    def _read(self) -> dict[str, str]:
        with self._bucket.asking() as client:
            try:
                answer = client.get_object_tagging(**self._where)
            except client.exceptions.ClientError as error:
                if _code(error) in GONE:
                    raise Gone from error
                raise
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
