"""One request of a poll: robots.txt, a feed or an article's page, and what comes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from machtin.answers import WriteAnswer
from machtin.article import Article
from machtin.audit import By
from machtin.errors import InvalidInput, Problem, Unavailable
from machtin.feed_article import article_of
from machtin.feed_entry import Feed
from machtin.feed_listing import take_listing
from machtin.feed_report import FeedReport, PollReport
from machtin.feed_site import Site
from machtin.feed_sites import Sites
from machtin.feed_state import ArticleState, FeedState, FeedStates, Waiting
from machtin.web_address import AllowedSites, normal_address, site_of
from machtin.web_port import NotAllowed, NotFetched, Web, WebAnswer

MOST_FEED: Final = 50 << 20
MOST_PAGE: Final = 10 << 20
# One request, from the name's look-up to the last byte.
REQUEST_SECONDS: Final = 20.0
# Below so much time no further request is begun.
LEAST_SECONDS: Final = 2.0
ATTEMPTS: Final = 5
_BUSY: Final = (429, 503)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTools:
    """What polling needs of the outside.

    ``read_feed`` reads a feed's bytes, address and charset, ``read_page`` an answer's body to an article's fields; both
    raise InvalidInput. ``keep`` puts a page that was refused where it is not lost.
    """

    web: Web
    states: FeedStates
    read_feed: Callable[[bytes, str, str | None], Feed]
    read_page: Callable[[WebAnswer], Mapping[str, Any]]
    put: Callable[[Sequence[Article], By], Sequence[WriteAnswer]]
    keep: Callable[[str, bytes, Sequence[Problem]], object]
    clock: Callable[[], datetime]
    sleep: Callable[[float], object]

    def now(self) -> float:
        """Seconds since 1970."""
        return self.clock().timestamp()


class Visits:
    """Asks sites, notes in their states and in the report what came of it.

    ``until``: when the poll ends, in seconds since 1970; ``follow`` is given the feeds that an index lists, and returns
    those that are asked too.
    """

    def __init__(
        self,
        tools: FeedTools,
        sites: Sites,
        allowed: AllowedSites,
        report: PollReport,
        until: float,
        follow: Callable[[str, dict[str, str]], dict[str, str]],
    ) -> None:
        self._tools = tools
        self._sites = sites
        self._allowed = allowed
        self._report = report
        self._started = tools.now()
        self._until = until
        self._follow = follow

    def visit(self, site: Site) -> None:
        """Make one request: for its robots.txt where that is not known, else for a feed or an article."""
        site.touched = True
        address = site.next_address
        if address is not None and not site.knows_robots(self._tools.now()):
            try:
                self._read_robots(site, address)
            except NotFetched as error:
                site.failed(str(error))
        elif (feed := site.next_feed()) is not None:
            self._read_feed(site, feed)
        elif (article := site.next_article()) is not None:
            self._fetch_article(site, article)

    def _get(self, site: Site, address: str, most: int, state: FeedState | ArticleState) -> WebAnswer:
        """Raises NotFetched and NotAllowed."""
        try:
            answer = self._tools.web.get(
                address,
                most=most,
                seconds=self._seconds(),
                permit=self._permit,
                etag=state.etag,
                modified=state.modified,
            )
        except NotFetched as error:
            site.failed(str(error))
            raise
        finally:
            site.state.asked_at = self._tools.now()
        site.answered()
        if answer.status in _BUSY:
            site.rest(self._tools.now(), answer.retry_after)
        return answer

    def _seconds(self) -> float:
        return max(min(REQUEST_SECONDS, self._until - self._tools.now()), LEAST_SECONDS)

    def _permit(self, address: str) -> None:
        """Allow-list and robots.txt, for each address that is asked for, redirects' too."""
        self._permit_site(address)
        site = self._sites.at(address)
        if not site.knows_robots(self._tools.now()):  # a redirect has led to it
            self._read_robots(site, address)
        site.state.asked_at = self._tools.now()
        if not site.robots.permits(address):
            raise NotAllowed(f"the robots.txt of {site.name} forbids it")

    def _read_robots(self, site: Site, address: str) -> None:
        root, seconds = normal_address("/robots.txt", address), self._seconds()

        def ask(most: int) -> WebAnswer:
            try:
                return self._tools.web.get(root, most=most, seconds=seconds, permit=self._permit_site)
            finally:
                site.state.asked_at = self._tools.now()

        site.read_robots(self._tools.now(), ask)
        site.touched = True

    def _permit_site(self, address: str) -> None:
        if not self._allowed.allows(address):
            raise NotAllowed(f"lies at {site_of(address)}; to allow that, name it in MACHTIN_FEED_HOSTS")

    # --- what comes of it -------------------------------------------------------------------------------------------

    def _read_feed(self, site: Site, feed: str) -> None:
        report = self._report.of(feed)
        state = site.state.feeds.setdefault(feed, FeedState())
        state.asked_at = self._tools.now()
        try:
            answer = self._get(site, feed, MOST_FEED, state)
            if answer.status == 200:
                self._take_feed(feed, state, answer, report)
            elif answer.status == 304:
                report.state = "unchanged"
                report.entries = len(state.marks)
            else:
                report.fail(f"is answered with {answer.status}")
        except (NotFetched, NotAllowed) as error:
            report.fail(str(error))
        except InvalidInput as error:
            report.fail("; ".join(problem.message for problem in error.problems))
        if report.state != "failed":
            self._note_listed(feed, state)

    def _take_feed(self, feed: str, state: FeedState, answer: WebAnswer, report: FeedReport) -> None:
        try:
            listing = self._tools.read_feed(answer.body, answer.address, answer.charset)
        except InvalidInput:
            raise
        except Exception as error:  # one feed that breaks its reader must not hold up the others
            log.exception("the feed %s could not be read", feed)
            raise InvalidInput.of("feed", f"could not be read: {type(error).__name__}") from error
        report.state, report.entries = "polled", len(listing.entries) or len(listing.feeds)
        now = self._tools.now()
        waiting = take_listing(listing.entries, feed, state, self._allowed, self._sites.at, now, self._started, report)
        state.etag, state.modified = answer.etag, answer.modified
        listed = {one.address: one.changed for one in listing.feeds if self._allowed.allows(one.address)}
        state.feeds = self._follow(feed, listed)
        for site in waiting:
            site.touched = True
            site.plan_articles()

    def _note_listed(self, feed: str, state: FeedState) -> None:
        """Remember with which date of change an index listed a feed that was read."""
        indexes = (index.feeds for site in self._sites for index in site.state.feeds.values())
        state.done = next((listed[feed] for listed in indexes if feed in listed), None)

    def _fetch_article(self, site: Site, address: str) -> None:
        told = site.state.waiting[address]
        report = self._report.of(told.feed)
        known = site.state.articles.get(address) or ArticleState()
        try:
            answer = self._get(site, address, MOST_PAGE, known)
        except NotAllowed as error:
            self._settle(site, address, known)
            report.refuse(address, str(error))
            return
        except NotFetched as error:
            self._try_later(site, address, str(error))
            return
        if answer.status in _BUSY:
            return  # it waits for the next poll
        report.fetched += 1
        if answer.status >= 500:
            self._try_later(site, address, f"is answered with {answer.status}")
        elif answer.status == 304:
            report.unchanged += 1
            self._settle(site, address, known)
        elif answer.status == 200:
            self._take_page(site, address, told, answer, report)
        else:
            report.refuse(address, f"is answered with {answer.status}")
            self._settle(site, address, known)

    def _take_page(self, site: Site, address: str, told: Waiting, answer: WebAnswer, report: FeedReport) -> None:
        problems: Sequence[Problem]
        try:
            page = self._tools.read_page(answer)
            article = article_of(page, answer.address, told, self._allowed, self._tools.clock())
        except InvalidInput as error:
            problems = error.problems
        except Exception as error:  # one page that breaks its reader must not hold up the others
            log.exception("the page %s could not be read", address)
            problems = [Problem("page", f"could not be read: {type(error).__name__}")]
        else:
            self._put(site, address, article, answer)
            return
        report.refuse(address, "; ".join(f"{name} {message}" for name, message in problems))
        self._tools.keep(address, answer.body, problems)
        self._settle(site, address, ArticleState())

    def _put(self, site: Site, address: str, article: Article, answer: WebAnswer) -> None:
        told = site.state.waiting[address]
        try:
            (written,) = self._tools.put([article], By.feed(told.feed))
        except Unavailable:  # for this one as for all others: the poll ends, and it waits
            raise
        except Exception as error:
            log.exception("the article at %s could not be stored", address)
            self._try_later(site, address, f"could not be stored: {type(error).__name__}")
            return
        report = self._report.of(told.feed)
        if written.outcome != "unchanged":
            self._report.changes.append((written.id, written.revision))
        counted = {"created": "new", "updated": "changed"}.get(written.outcome, "unchanged")
        setattr(report, counted, getattr(report, counted) + 1)
        self._settle(site, address, ArticleState(etag=answer.etag, modified=answer.modified))

    def _settle(self, site: Site, address: str, state: ArticleState) -> None:
        """It is dealt with, until a feed tells of a change."""
        told = site.state.waiting.pop(address)
        now = self._tools.now()
        state.fetched_at, state.told_at = now, now
        site.state.articles[address] = state
        home = self._sites.at(told.feed)
        home.touched = True
        if told.feed in home.state.feeds:
            home.state.feeds[told.feed].marks[address] = told.mark

    def _try_later(self, site: Site, address: str, reason: str) -> None:
        told = site.state.waiting[address]
        told.failures += 1
        if told.failures >= ATTEMPTS:
            self._report.of(told.feed).refuse(address, f"{reason}; tried {ATTEMPTS} times")
            self._settle(site, address, site.state.articles.get(address) or ArticleState())
