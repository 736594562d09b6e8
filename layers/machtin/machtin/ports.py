"""What machtin needs from the outside, as Protocols, and the values that pass through them.

Adapters retrieve, the core ranks: an index answers two legs, lexical and nearest; fusion, freshness, diversity and
de-duplication are written once, in the core, and so are the same on every engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from machtin.answers import SummarySentence
from machtin.article import Article
from machtin.completion import Typed

Vectors = NDArray[np.float32]
Pieces = NDArray[np.int32]
"""The pieces of a text by a model's tokenizer, in their order."""


# --- article index: a view that can always be rebuilt --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What is written for one article; ``vector`` (unit, float32) is None when the text has no known token.

    ``pieces`` are kept beside it where the model has a row for each; ``get`` answers without them. ``summarizer`` is
    the version of the one that made ``summary``, None where that is not known.
    """

    article: Article
    revision: int
    vector: Vectors | None
    summary: tuple[SummarySentence, ...] = ()
    pieces: Pieces | None = None
    summarizer: str | None = None


@dataclass(frozen=True, slots=True)
class IndexTombstone:
    """What is written for an article that was taken down."""

    id: str
    revision: int


WriteOutcome = Literal["written", "stale"]


Kind = Literal["section", "tag", "author"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on both legs, all of which must hold. ``until`` is exclusive, ``since`` inclusive; both aware.

    Each of ``phrases`` must stand in one field of the text, word after word, none of ``without`` may; ``named`` and
    ``not_named`` are further labels that must be there, or must not. In all of them, and in section, tag and author,
    a typed mark counts; in words one by one a missing one is forgiven, in labels where none at all was typed.
    """

    section: str | None = None
    tag: str | None = None
    author: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    named: tuple[tuple[Kind, str], ...] = ()
    not_named: tuple[tuple[Kind, str], ...] = ()


NO_FILTERS = Filters()
Sort = Literal["relevance", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Classes:
    """What a list by date puts first: matches that score at least ``least``, which is above 0, and the ``strong`` ids.

    Both ``strong`` and ``fair`` ids are listed whether they match the text or not.
    """

    least: float
    strong: tuple[str, ...] = ()
    fair: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieval:
    """One question to an index. A leg whose part is None is not run.

    ``text`` is what was typed (or an article's text, for related news); ``vector`` is a unit vector of the index's
    model. ``offset``, ``sort`` and ``classes`` apply to the lexical leg alone. With ``text`` == "" that matches all.
    With ``classes`` a list by date of a text has one class after the other, and scores of 1 and 0 tell which.
    """

    text: str | None
    vector: Vectors | None
    size: int
    offset: int = 0
    filters: Filters = NO_FILTERS
    sort: Sort = "relevance"
    facets: bool = False
    classes: Classes | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg's answer, best first. ``scores`` are BM25 or cosine; ``total`` is exact, over the filtered articles.

    The total of the vector leg is the number of articles with a vector that pass the filters. ``failure`` is the
    reason when the leg could not answer (then everything else is empty), so that the other may still answer.
    ``matching``: which of the vector leg's articles match the text too, where the engine tells it along with both legs.
    """

    ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    total: int = 0
    failure: str | None = None
    matching: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a walk through all lexical matches; ``next`` is where the following one begins, None at the end."""

    ids: tuple[str, ...]
    total: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Completion:
    """An article whose headline goes on from what was typed."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Headlines:
    """Headlines that have what was typed: at their beginning, and anywhere; the newest first in both."""

    opening: list[Completion]
    anywhere: list[Completion]


EMPTY_LEG = Leg()
Facets = Mapping[str, Mapping[str, int]]
"""``{"section": {"Kinh tế": 12, …}, "month": {"2026-03": 7, …}}``, over all lexical matches, largest/newest first."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The answers of both legs, and the facets where they were asked for."""

    lexical: Leg = EMPTY_LEG
    nearest: Leg = EMPTY_LEG
    facets: Facets = field(default_factory=dict)


class ArticleIndex(Protocol):
    """One index version. Readers in many processes; one writer at a time, guarded by a lock that names its holder."""

    @property
    def version(self) -> str:
        """The name of this version."""

    @property
    def model_version(self) -> str:
        """The model whose vectors it holds; vectors of another are refused with ModelError."""

    def write(
        self, entries: Iterable[IndexEntry | IndexTombstone], *, within: float | None = None
    ) -> list[WriteOutcome]:
        """Upsert or bury, durable on return, visible to later searches of every process (in a build: to ``warm_up``).

        ``entries`` may be made while others are written. Revisions are external: an entry is ``stale`` (and harmless)
        unless newer than what is there or was buried. What is busy is asked again for ``within`` seconds (by default
        the adapter's own patience). Raises NotAllWritten naming each article that could not be written when the others
        were, WriterBusy naming the holder where an engine has one writer.
        """

    def retrieve(self, question: Retrieval) -> Retrieved:
        """Run the asked legs. Raises IndexUnavailable when no leg can answer."""

    def matching(self, text: str, article_ids: Sequence[str], filters: Filters) -> int:
        """How many of these ids match ``text`` lexically: makes the total of a union of both legs exact."""

    def walk(self, text: str, filters: Filters, sort: Sort, size: int, after: str | None) -> Page:
        """All lexical matches in a stable order, ``size`` at a time, however many: from the start, or from ``after``.

        Articles that are written meanwhile neither repeat nor hide others. Raises InvalidInput (field ``cursor``) for
        a place that this index did not give, or has forgotten.
        """

    def headlines(self, typed: Typed, filters: Filters, opening: int, anywhere: int) -> Headlines:
        """So many of the newest headlines that have the typed syllables in a row, the last one perhaps begun.

        Missing marks are forgiven. Typed ones stand somewhere in the headline; whether in that place is for the caller
        to see.
        """

    def occurrences(self, words: Sequence[str]) -> list[int]:
        """How many articles have each word, or two neighbouring ones parted by a space; about, soon after a change.

        A single word with marks counts as spelt, one without however it is marked, and so do all pairs.
        """

    def tag_counts(self, keys: Sequence[str]) -> dict[str, int]:
        """How many live articles have each of these tags; those that none has are absent.

        A key is canonical, in small letters, its words parted by one space; without marks it stands for all tags that
        are so without them.
        """

    def tag_spellings(self, keys: Sequence[str]) -> dict[str, str]:
        """How each of these tags is usually spelt: by most of the latest few articles that have it."""

    def get(self, article_ids: Sequence[str]) -> dict[str, IndexEntry]:
        """Entries by id, vector and summary included; unknown or buried ids are absent."""

    def pieces(self, article_ids: Sequence[str]) -> dict[str, Pieces]:
        """The pieces of articles by id; absent where an id is unknown or buried, or none were written."""

    def revisions(self) -> Iterator[tuple[str, int]]:
        """Every live article's id and revision: what a check of store against index compares."""

    def count(self) -> int:
        """Number of live articles."""

    def warm_up(self) -> None:
        """End a build: what was written is visible, copies are made, and the first search is as quick as later ones."""

    def purge(self, before: int) -> int:
        """Forget tombstones with a revision below ``before``; returns how many."""

    def close(self) -> None:
        """Give back locks and files; safe to call twice."""


class IndexCatalog(Protocol):
    """All index versions of one installation and the alias that names the live one."""

    def create(self, model_version: str, dimensions: int, *, building: bool = False) -> ArticleIndex:
        """A new, empty version that is not live, under a name that was never given before.

        ``building``: set up for many writes, until ``warm_up``.
        """

    def open(self, version: str) -> ArticleIndex:
        """Raises NotFound."""

    def live(self) -> ArticleIndex:
        """The version that answers. Raises NotFound before the first promotion, IndexUnavailable when it is lost.

        Promotions by others are noticed: at once, or a second later where asking costs a request.
        """

    def live_version(self) -> str | None:
        """The name of the version that answers as of this moment, None before the first promotion."""

    def promote(self, version: str, *, only_first: bool = False) -> str | None:
        """Make it live in one atomic step and return the version that was live before. Raises NotFound.

        ``only_first``: only where nothing is live yet; else nothing is changed and the live version is returned.
        """

    def previous(self) -> str | None:
        """The version that was live before, kept for rollback."""

    def versions(self) -> list[str]:
        """All versions, oldest first."""

    def drop(self, version: str) -> None:
        """Delete a version. Raises Conflict for the live one."""

    def close(self) -> None:
        """Give back files and connections, those of the live version included; safe to call twice."""
