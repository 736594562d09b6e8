"""What a feed lists, compared with what is remembered: which articles are to be fetched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from machtin.feed_entry import FeedEntry
from machtin.feed_report import FeedReport
from machtin.feed_site import Site
from machtin.feed_state import DAY, FeedState, Waiting
from machtin.web_address import AllowedSites, site_of


def take_listing(
    entries: Sequence[FeedEntry],
    feed: str,
    state: FeedState,
    allowed: AllowedSites,
    site_at: Callable[[str], Site],
    now: float,
    since: float,
    report: FeedReport,
) -> tuple[list[Site], bool]:
    """Let those entries wait that tell of something new; returns the sites where any do, and whether all found room.

    One that found none gets no mark, so that it is news when the feed is read again.

    An article waits when no feed has told of it before, or when this feed says something else of it than last time.
    One that another feed has told of before, or that was fetched since ``since``, waits only when this feed dates a
    change after it was fetched.
    """
    marks: dict[str, str] = {}
    waiting: dict[str, Site] = {}
    complete = True
    for entry in entries:
        address, before = entry.address, state.marks.get(entry.address)
        if not allowed.allows(address):
            if before != entry.mark:
                report.refuse(address, f"lies at {site_of(address)}; to allow that, name it in MACHTIN_FEED_HOSTS")
            marks[address] = entry.mark
            continue
        site = site_at(address)
        if _is_news(entry, before, site, now, since):
            told = site.state.waiting.get(address)
            if told is None and site.state.full:
                complete = False
                continue
            if told is None or (told.feed == feed and told.mark != entry.mark):
                site.state.waiting[address] = Waiting.of(feed, entry, now)
            waiting[site.name] = site
        elif address not in site.state.waiting:
            marks[address] = entry.mark
    state.marks = marks
    return list(waiting.values()), complete


def _is_news(entry: FeedEntry, before: str | None, site: Site, now: float, since: float) -> bool:
    known = site.state.articles.get(entry.address)
    if known is not None and now - known.told_at > DAY:
        known.told_at, site.touched = now, True
    if before == entry.mark:
        return False
    if known is None or (before is not None and known.fetched_at < since):
        return True
    return entry.changed_at is not None and entry.changed_at.timestamp() > known.fetched_at
