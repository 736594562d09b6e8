"""What an address of the readers' site says, and the address that says it; the twin of ``address.js``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Final, Literal, NamedTuple, get_args
from urllib.parse import quote, urlencode

from machtin.answers import SummaryForm, SummaryMode
from machtin.ports import Filters
from machtin.search_request import MAX_QUERY, MAX_WINDOW, Order, SearchRequest
from machtin.summary_request import MAX_SENTENCES, MAX_SYLLABLES, SummaryRequest
from machtin.web_pages import ROOTS
from machtin.words import Lang

PAGE_SIZE: Final = 10
FILTERS: Final = ("section", "tag", "author", "since", "until")
# No article has a longer section, tag or author, and the API takes none.
LONGEST_NAME: Final = 200
# Days are Vietnam's, as those of the API are.
HANOI: Final = timezone(timedelta(hours=7))
# Those that the fields of the page take; there is a day after each.
_DAY: Final = re.compile(r"(19|2[01])\d{2}-\d{2}-\d{2}", re.ASCII)
_COUNT: Final = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_STRETCH: Final = re.compile(r"(sapo|body)-(\d{1,8})-(\d{1,8})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search as its address says it; empty strings where nothing is said. Days are inclusive.

    ``offset``: hits of earlier pages.
    """

    q: str = ""
    section: str = ""
    tag: str = ""
    author: str = ""
    since: str = ""
    until: str = ""
    sort: str = ""
    offset: int = 0

    @property
    def filtered(self) -> bool:
        """Whether anything but words narrows it."""
        return any(getattr(self, name) for name in FILTERS)

    def request(self) -> SearchRequest:
        """What the service is asked. Raises InvalidInput."""
        until = _start_of_day(self.until)
        filters = Filters(
            self.section or None,
            self.tag or None,
            self.author or None,
            _start_of_day(self.since),
            until and until + timedelta(days=1),
        )
        return SearchRequest(
            q=self.q,
            size=PAGE_SIZE,
            offset=self.offset,
            filters=filters,
            sort=next((one for one in get_args(Order) if one == self.sort), "relevance"),
            facets=True,
        )

    def parameters(self) -> dict[str, str | int]:
        """The same as a script asks the API, see ``searchParameters``."""
        asked = self.request().filters
        since, until = (moment and moment.isoformat() for moment in (asked.since, asked.until))
        named: dict[str, str | int] = {name: getattr(self, name) for name in ("q", "section", "tag", "author", "sort")}
        named |= {"since": since or "", "until": until or ""}
        return (
            {name: value for name, value in named.items() if value}
            | {"size": PAGE_SIZE, "facets": "true"}
            | ({"from": self.offset} if self.offset else {})
        )


class Stretch(NamedTuple):
    """A stretch of an article: code points of ``field`` as published."""

    field: Literal["sapo", "body"]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a summary is wanted, as an address says it; empty strings where nothing is said."""

    mode: str = ""
    form: str = ""
    sentences: str = ""
    syllables: str = ""
    query: str = ""

    def request(self) -> SummaryRequest:
        """What the service is asked."""
        return SummaryRequest(
            sentences=int(self.sentences) if self.sentences else None,
            syllables=int(self.syllables) if self.syllables else None,
            query=self.query or None,
            mode=next((one for one in get_args(SummaryMode) if one == self.mode), "general"),
            form=next((one for one in get_args(SummaryForm) if one == self.form), "text"),
        )

    def parameters(self) -> dict[str, str]:
        """What is said, by the names of the API."""
        return {name: value for name, value in asdict(self).items() if value}


def read_search(given: Mapping[str, str]) -> Search:
    """The search of an address; what can't be meant is passed over, as the page's script does."""
    named = {name: given.get(name, "") for name in ("q", *FILTERS, "sort")}
    for name in FILTERS:
        if len(named[name]) > LONGEST_NAME:
            named[name] = ""
    for name in ("since", "until"):
        if not _is_day(named[name]):
            named[name] = ""
    if named["sort"] not in get_args(Order):
        named["sort"] = ""
    offset = int(given.get("from", "")) if _COUNT.fullmatch(given.get("from", "")) else 0
    return Search(**named, offset=min(offset, MAX_WINDOW - PAGE_SIZE))


def read_wanted(given: Mapping[str, str]) -> Wanted:
    """How an address wants the summary. A form without script says ``length`` and ``unit``."""
    said = dict(given)
    if said.get("unit") in ("sentences", "syllables"):
        said.setdefault(said["unit"], said.get("length", ""))
    lengths = {
        name: said.get(name, "") if _COUNT.fullmatch(said.get(name, "")) and int(said[name]) <= most else ""
        for name, most in (("sentences", MAX_SENTENCES), ("syllables", MAX_SYLLABLES))
    }
    mode, form = "sapo+" if said.get("mode") == "sapo " else said.get("mode", ""), said.get("form", "")
    return Wanted(
        mode=mode if mode in ("sapo+", "fresh") else "",
        form=form if form in ("bullets", "push") else "",
        query=said.get("query", "").strip()[:MAX_QUERY],
        **lengths,
    )


def read_stretch(text: str) -> Stretch | None:
    """The stretch that a link leads to, ``body-120-240``; None for none."""
    found = _STRETCH.fullmatch(text)
    if found is None or int(found[2]) >= int(found[3]):
        return None
    return Stretch("sapo" if found[1] == "sapo" else "body", int(found[2]), int(found[3]))


def page_address(lang: Lang, path: str) -> str:
    """The address of a path, ``/articles/ID`` or ``/?q=…``, in a language."""
    root = ROOTS[lang]
    return root + path[1:] if root and re.match(r"/(\?|$)", path) else root + path


def search_path(search: Search) -> str:
    """The path of a search, the same in each language."""
    named = {name: getattr(search, name) for name in ("q", *FILTERS, "sort")}
    said = {name: value for name, value in named.items() if value}
    query = urlencode(said | ({"from": str(search.offset)} if search.offset else {}))
    return f"/?{query}" if query else "/"


def article_path(article_id: str, parameters: Mapping[str, str] | None = None) -> str:
    """The path of an article, with what else its address says."""
    query = urlencode(parameters or {})
    return f"/articles/{quote(article_id, safe='')}" + (f"?{query}" if query else "")


def search_address(lang: Lang, search: Search, **changes: str | int) -> str:
    """The address of a search that differs from another; a change begins at its first page."""
    return page_address(lang, search_path(replace(search, **{"offset": 0, **changes})))  # type: ignore[arg-type]


def article_address(lang: Lang, article_id: str, **parameters: str) -> str:
    """The address of an article."""
    return page_address(lang, article_path(article_id, parameters))


def stretch_address(lang: Lang, article_id: str, field: str, start: int, end: int) -> str:
    """The address of a stretch of an article: there it is lit."""
    return article_address(lang, article_id, at=f"{field}-{start}-{end}")


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _start_of_day(day: str) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=HANOI) if day else None
