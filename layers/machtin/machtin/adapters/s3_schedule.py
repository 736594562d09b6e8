"""Which articles of a bucket wait, and until when: an empty marker for each, named so that a listing has the soonest
first.

A marker is written before its article, so that none is lost, and says nothing for certain: what counts is the article's
own metadata. It is removed when its moment is so long past that whoever wrote it can't be at it any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from machtin.adapters.s3_bucket import Bucket
from machtin.store_port import Scheduled

SCHEDULED: Final = "scheduled/"
# Longer than a function may run.
SETTLED_MILLISECONDS: Final = 20 * 60_000


class Schedule:
    """The markers of one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def add(self, one: Scheduled) -> None:
        """Write a marker; the same again is harmless."""
        self._bucket.put(_key(one), b"")

    def until(self, moment: int | None) -> Iterator[Scheduled]:
        """The markers up to a moment, soonest first; all without one."""
        for entry in self._bucket.listed(SCHEDULED):
            written, _, article_id = entry.key.removeprefix(SCHEDULED).partition("/")
            if not (written.isascii() and written.isdigit() and article_id):
                continue  # somebody else has put it there
            if moment is not None and int(written) > moment:
                return
            yield Scheduled(int(written), article_id)

    def settle(self, one: Scheduled, now: int) -> None:
        """Remove a marker whose article doesn't wait for it, once nobody can be about to write that article."""
        if one.moment + SETTLED_MILLISECONDS < now:
            self._bucket.delete(_key(one))


def _key(one: Scheduled) -> str:
    return f"{SCHEDULED}{one.moment:013d}/{one.id}"
