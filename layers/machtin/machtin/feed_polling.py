"""Polling feeds: what they tell of is fetched once for each change, politely, and within a time that is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from machtin.feed_report import PollReport
from machtin.feed_site import Site
from machtin.feed_sites import Sites
from machtin.feed_state import FeedState
from machtin.feed_visits import LEAST_SECONDS, FeedTools, Visits
from machtin.web_address import AllowedSites, normal_address, site_of

SAVE_SECONDS: Final = 10.0


class FeedPoller:
    """Polls ``feeds``; what they tell of may lie at their own sites and at ``sites`` (see web_address)."""

    def __init__(self, feeds: Sequence[str], sites: Sequence[str], tools: FeedTools) -> None:
        self._feeds = tuple(normal_address(feed) for feed in feeds)
        self._allowed = AllowedSites([*map(site_of, self._feeds), *sites])
        self._tools = tools

    def poll(self, *, within: float, every: float = 60.0) -> PollReport:
        """Ask all feeds that were not asked for ``every`` seconds, and fetch what is new, for ``within`` seconds.

        What is left waits for the next poll. Raises StoreUnavailable;
        whatever is wrong with a feed or a page is in the report.
        """
        return _Poll(self._feeds, self._allowed, self._tools, within, every).run()


class _Poll:
    """One poll: a request at a time, to the site that may be asked soonest."""

    def __init__(
        self,
        feeds: tuple[str, ...],
        allowed: AllowedSites,
        tools: FeedTools,
        within: float,
        every: float,
    ) -> None:
        self._feeds = feeds
        self._tools = tools
        self._every = every
        self._started = self._saved_at = tools.now()
        self._until = self._started + within
        self._sites = Sites(tools.states)
        self._report = PollReport()
        self._visits = Visits(tools, self._sites, allowed, self._report, self._until, self._follow)

    def run(self) -> PollReport:
        self._plan()
        try:
            while (site := self._next_site()) is not None:
                self._tools.sleep(max(site.ready_at - self._tools.now(), 0.0))
                self._visits.visit(site)
                if self._tools.now() - self._saved_at > SAVE_SECONDS:
                    self._save()
        finally:
            self._save()
        for site in self._sites:
            for feed in site.feeds if site.gone else ():
                self._report.of(feed).fail(site.trouble)
            self._report.pending += 0 if site.gone else len(site.feeds)
            for waiting in site.state.waiting.values():
                report = self._report.of(waiting.feed)
                report.waiting += 1
                if site.gone and not report.reason:
                    report.reason = f"{site.name}: {site.trouble}"
        self._report.seconds = self._tools.now() - self._started
        return self._report

    def _plan(self) -> None:
        for name in {*self._tools.states.sites(), *map(site_of, self._feeds)}:
            self._sites.named(name)
        known = set(self._feeds)
        for feed in self._feeds:
            self._report.of(feed)
            self._plan_feed(feed)
            listed = self._sites.feed(feed)
            for further, changed in listed.feeds.items() if listed else ():
                known.add(further)
                self._plan_feed(further, changed)
        for site in self._sites:
            state = site.state
            state.feeds = {address: one for address, one in state.feeds.items() if address in known}
            state.waiting = {address: one for address, one in state.waiting.items() if one.feed in known}
            site.plan_articles()

    def _plan_feed(self, feed: str, listed_as: str = "") -> None:
        """Ask a feed that is due. One that an index lists with its date of change is due when that has changed."""
        state = self._sites.feed(feed) or FeedState()
        if self._started - state.asked_at >= self._every and (not listed_as or state.done != listed_as):
            self._sites.at(feed).plan_feeds([feed])

    def _follow(self, index: str, listed: dict[str, str]) -> dict[str, str]:
        """Ask the feeds of an index too, and return them; not those of an index that an index lists."""
        if index not in self._feeds:
            return {}
        for feed, changed in listed.items():
            self._plan_feed(feed, changed)
        return listed

    def _next_site(self) -> Site | None:
        """The site that may be asked soonest, None where none may be within the time."""
        sites = (site for site in self._sites if site.next_address is not None)
        site = min(sites, key=lambda one: one.ready_at, default=None)
        if site is None or max(site.ready_at, self._tools.now()) + LEAST_SECONDS > self._until:
            return None
        return site

    def _save(self) -> None:
        self._sites.save(self._tools.now())
        self._saved_at = self._tools.now()
