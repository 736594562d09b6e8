"""When an article was published, as indexes keep it: exact for order and filters, by month in Vietnam for facets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

HANOI: Final = timezone(timedelta(hours=7))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
