"""Purge: tombstones are forgotten when no late message can bring back what they buried."""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from machtin.answers import PurgeAnswer
from machtin.errors import InvalidInput, MachtinError

if TYPE_CHECKING:
    from machtin.ports import IndexCatalog

# A queue keeps a message for up to 14 days, and what waits that long must still find the tombstone.
LEAST_DAYS: Final = 15
DEFAULT_DAYS: Final = 30
MOST_DAYS: Final = 36_500

log = logging.getLogger(__name__)


def purge(catalog: IndexCatalog, now: datetime, days: int = DEFAULT_DAYS) -> PurgeAnswer:
    """Drop tombstones of more than ``days`` days ago from every index version; the store keeps its own.

    A version that can't be written is named with its reason and left for the next time. Raises InvalidInput below
    LEAST_DAYS.
    """
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise InvalidInput.of(
            "older_than",
            f"must be from {LEAST_DAYS} to {MOST_DAYS:,} days: a message can wait in a queue for 14 days, "
            "and would bring back an article whose tombstone is gone",
        )
    before = now - timedelta(days=days)
    purged: list[str] = []
    failed: dict[str, str] = {}
    tombstones = 0
    for version in catalog.versions():
        try:
            with closing(catalog.open(version)) as index:
                tombstones += index.purge(int(before.timestamp() * 1000))
        except MachtinError as error:
            log.warning("tombstones of index version %s stay for now: %s", version, error)
            failed[version] = str(error)
        else:
            purged.append(version)
    return PurgeAnswer(before.isoformat(), tombstones, purged, failed)
