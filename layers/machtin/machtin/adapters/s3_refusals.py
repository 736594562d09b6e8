"""Refused input kept in the bucket, beside its reason."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from machtin.adapters.refusals import Refused, kept_form
from machtin.adapters.s3_bucket import Bucket, Changed

REFUSED: Final = "refused/"


def keep_in_bucket(bucket: Bucket, refused: Refused) -> None:
    """Keep one refusal as an object below ``refused/``; the same again changes nothing. Raises StoreUnavailable."""
    name, content = kept_form(refused)
    with suppress(Changed):  # it has been kept before
        bucket.create(REFUSED + name, content)
