"""What may be asked of search, and the limits that it is asked within."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from machtin.answers import Mode
from machtin.cursor import check_walk
from machtin.errors import InvalidInput
from machtin.ports import NO_FILTERS, Filters, Sort

MAX_QUERY: Final = 1_000
MAX_SIZE: Final = 100
MAX_WINDOW: Final = 10_000
Collapse = Literal["copies"]
Order = Literal["relevance", "newest", "oldest", "relevant_newest", "relevant_oldest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search; ``offset`` + ``size`` may not pass MAX_WINDOW. An empty ``q`` lists articles, newest first.

    ``sort``: by date with ``newest``, all alike; with ``relevant_newest`` what is clearly relevant comes first.
    ``cursor`` walks through all matches, however many: "*" begins, each answer says where the next page does.
    ``syntax``: quotes, minus and prefixes in ``q`` are signs (see query_syntax). ``collapse``: copies are folded.
    """

    q: str = ""
    size: int = 10
    offset: int = 0
    filters: Filters = NO_FILTERS
    sort: Order = "relevance"
    mode: Mode = "hybrid"
    facets: bool = False
    explain: bool = False
    cursor: str | None = None
    syntax: bool = True
    collapse: Collapse | None = None

    @property
    def by_date(self) -> Sort | None:
        """The way in which dates order hits, None where they don't. An empty ``q`` lists by date whatever is asked."""
        if self.sort == "relevance":
            return None if self.q.strip() else "newest"
        return "newest" if self.sort in ("newest", "relevant_newest") else "oldest"

    @property
    def in_classes(self) -> bool:
        """Whether a list by date parts what is clearly relevant from the rest."""
        return self.sort in ("relevant_newest", "relevant_oldest") and bool(self.q.strip())

    def __post_init__(self) -> None:
        if len(self.q) > MAX_QUERY:
            raise InvalidInput.of("q", f"has {len(self.q):,} characters; the limit is {MAX_QUERY:,}")
        if not 0 <= self.size <= MAX_SIZE:
            raise InvalidInput.of("size", f"must be from 0 to {MAX_SIZE}")
        if self.offset < 0 or self.offset + self.size > MAX_WINDOW:
            raise InvalidInput.of("from", f"must be from 0, and from + size at most {MAX_WINDOW:,}; narrow the search")
        since, until = self.filters.since, self.filters.until
        if since and until and since >= until:
            raise InvalidInput.of("until", "must be later than since")
        if self.cursor is not None:
            check_walk(self)
            if self.collapse:
                raise InvalidInput.of("collapse", "can't be given with cursor, which walks through every article")
