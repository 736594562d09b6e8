"""Where polling keeps what it remembers of sites, and pages that were refused: in folders, or in the bucket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from machtin.adapters.feed_states import FolderFeedStates, S3FeedStates
from machtin.adapters.refusals import Refused, keep_refused

if TYPE_CHECKING:
    from machtin.errors import Problem
    from machtin.feed_state import FeedStates
    from machtin.settings import Settings


def feed_keeping(settings: Settings) -> tuple[FeedStates, Callable[[str, bytes, Sequence[Problem]], object]]:
    """The state of sites, and how a page that was refused is kept: its address, its bytes and the reasons."""

    def refused(address: str, page: bytes, problems: Sequence[Problem]) -> Refused:
        return Refused(origin=address, line=None, reasons=tuple(problems), raw=page)

    if settings.store != "s3":
        folder = settings.refused_folder
        return FolderFeedStates(settings.feeds_folder), lambda *one: keep_refused(folder, refused(*one))
    from machtin.adapters.s3_bucket import Bucket
    from machtin.adapters.s3_refusals import keep_in_bucket

    bucket = Bucket(settings.bucket)
    return S3FeedStates(bucket), lambda *one: keep_in_bucket(bucket, refused(*one))
