"""Refused input kept in the bucket, beside its reason."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from machtin.adapters.refusals import SUFFIX, Refused, kept_form, kept_refusal
from machtin.adapters.s3_bucket import Bucket, Changed
from machtin.refused_port import KeptRefusal

REFUSED: Final = "refused/"


def keep_in_bucket(bucket: Bucket, refused: Refused) -> None:
    """Keep one refusal as an object below ``refused/``; the same again changes nothing. Raises StoreUnavailable."""
    name, content = kept_form(refused)
    with suppress(Changed):  # it has been kept before
        bucket.create(REFUSED + name, content)


class S3Refusals:
    """Implements refused_port.RefusedInput below ``refused/`` in the bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def count(self) -> int:
        return sum(1 for _ in self._bucket.listed(REFUSED))

    def newest(self, size: int) -> list[KeptRefusal]:
        listed = sorted(self._bucket.listed(REFUSED), key=lambda one: (one.modified, one.key), reverse=True)
        found = self._bucket.get_all([one.key for one in listed[:size]])
        return [kept_refusal(one.key.removeprefix(REFUSED), one.body) for one in found if one is not None]

    def get(self, refusal_id: str) -> KeptRefusal | None:
        found = self._bucket.get(f"{REFUSED}{refusal_id}{SUFFIX}")
        return kept_refusal(f"{refusal_id}{SUFFIX}", found.body) if found else None

    def remove(self, refusal_id: str) -> None:
        self._bucket.delete(f"{REFUSED}{refusal_id}{SUFFIX}")
