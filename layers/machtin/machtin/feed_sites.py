"""All sites of one poll, loaded when they are first asked for and kept when something has changed."""

from __future__ import annotations

from collections.abc import Iterator

from machtin.feed_site import Site
from machtin.feed_state import FeedState, FeedStates
from machtin.web_address import site_of


class Sites:
    """The sites by name and by address. Raises StoreUnavailable where their states can't be reached."""

    def __init__(self, states: FeedStates) -> None:
        self._states = states
        self._sites: dict[str, Site] = {}

    def __iter__(self) -> Iterator[Site]:
        return iter(list(self._sites.values()))

    def named(self, name: str) -> Site:
        """The site of this name."""
        if name not in self._sites:
            self._sites[name] = Site(name, self._states.load(name))
        return self._sites[name]

    def at(self, address: str) -> Site:
        """The site of this address."""
        return self.named(site_of(address))

    def feed(self, address: str) -> FeedState | None:
        """What is remembered of a feed."""
        return self.at(address).state.feeds.get(address)

    def save(self, now: float) -> None:
        """Keep what was touched, feeds last: one that is answered with 304 must not have lost an article that waits."""
        for site in sorted((one for one in self if one.touched), key=lambda one: bool(one.state.feeds)):
            site.state.forget(now)
            self._states.save(site.name, site.state)
            site.touched = False
